package fetchspec_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/corsim/corsim/fetchspec"
)

func TestHeadersGet(t *testing.T) {
	h := headers("X-Foo: 1", "Accept: a", "x-foo: 2", "X-FOO: ", "Empty: ", "Multi: a, b", "multi: c")
	for _, tt := range []struct {
		name, value string
		ok          bool
		values      []string
	}{
		{"x-Foo", "1, 2, ", true, []string{"1", "2", ""}},
		{"ACCEPT", "a", true, []string{"a"}},
		{"empty", "", true, []string{""}},
		{"Multi", "a, b, c", true, []string{"a, b", "c"}},
		{"missing", "", false, nil},
		{"X-Fo", "", false, nil},
		{"", "", false, nil},
	} {
		value, ok := h.Get(tt.name)
		if value != tt.value || ok != tt.ok {
			t.Errorf("Get(%q) = %q, %v; want %q, %v", tt.name, value, ok, tt.value, tt.ok)
		}
		if got := h.Has(tt.name); got != tt.ok {
			t.Errorf("Has(%q) = %v", tt.name, got)
		}
		if got := slices.Collect(h.Values(tt.name)); !slices.Equal(got, tt.values) {
			t.Errorf("Values(%q) = %q, want %q", tt.name, got, tt.values)
		}
	}
	if value, ok := fetchspec.Headers(nil).Get("x"); value != "" || ok {
		t.Errorf("Get of an empty list = %q, %v", value, ok)
	}
	for v := range h.Values("X-Foo") {
		if v != "1" {
			t.Errorf("Values goes on to %q after it was stopped", v)
		}
		break
	}
}

func TestHeadersChange(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*fetchspec.Headers)
		want   []string
	}{
		{"append a new name", func(h *fetchspec.Headers) { h.Append("X-New", "1") }, []string{"X-Foo: 1", "Accept: a", "x-foo: 2", "X-New: 1"}},
		{"append takes the first spelling", func(h *fetchspec.Headers) { h.Append("x-FOO", "3") }, []string{"X-Foo: 1", "Accept: a", "x-foo: 2", "X-Foo: 3"}},
		{"combine a new name", func(h *fetchspec.Headers) { h.Combine("X-New", "1") }, []string{"X-Foo: 1", "Accept: a", "x-foo: 2", "X-New: 1"}},
		{"combine adds to the first", func(h *fetchspec.Headers) { h.Combine("x-FOO", "3") }, []string{"X-Foo: 1, 3", "Accept: a", "x-foo: 2"}},
		{"combine an empty value", func(h *fetchspec.Headers) { h.Combine("accept", "") }, []string{"X-Foo: 1", "Accept: a, ", "x-foo: 2"}},
		{"delete all of a name", func(h *fetchspec.Headers) { h.Delete("X-FOO") }, []string{"Accept: a"}},
		{"delete what is not there", func(h *fetchspec.Headers) { h.Delete("X-New") }, []string{"X-Foo: 1", "Accept: a", "x-foo: 2"}},
	} {
		h := headers("X-Foo: 1", "Accept: a", "x-foo: 2")
		tt.change(&h)
		if want := headers(tt.want...); !slices.Equal(h, want) {
			t.Errorf("%s: %v, want %v", tt.name, h, want)
		}
	}
}

func TestHeadersClone(t *testing.T) {
	h := headers("X-Foo: 1")
	c := h.Clone(1)
	c[0].Value = "2"
	c.Append("X-Bar", "3")
	if !slices.Equal(h, headers("X-Foo: 1")) || !slices.Equal(c, headers("X-Foo: 2", "X-Bar: 3")) {
		t.Errorf("the list is %v, its changed copy %v", h, c)
	}
}

func TestSortAndCombine(t *testing.T) {
	got := headers("X-Foo: 1", "Accept: a", "x-foo: 2", "ETag: x", "X-Empty: ").SortAndCombine()
	if want := headers("accept: a", "etag: x", "x-empty: ", "x-foo: 1, 2"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := fetchspec.Headers(nil).SortAndCombine(); len(got) > 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestHeaderValues(t *testing.T) {
	for _, tt := range []struct {
		value, normalized string
		isValue           bool
	}{
		{"a", "a", true}, {"", "", true}, {" a\t", "a", false}, {"\r\na\n", "a", false}, {"a b\tc", "a b\tc", true}, {"a\nb", "a\nb", false},
		{"a\rb", "a\rb", false}, {"a\x00b", "a\x00b", false}, {"\x01", "\x01", true}, {"\xe9\xff", "\xe9\xff", true}, {"\va\f", "\va\f", true},
		{"\u00a0a", "\u00a0a", true}, {" \t\r\n", "", false},
	} {
		if got := fetchspec.NormalizeValue(tt.value); got != tt.normalized {
			t.Errorf("NormalizeValue(%q) = %q, want %q", tt.value, got, tt.normalized)
		}
		if got := fetchspec.IsValue(tt.value); got != tt.isValue {
			t.Errorf("IsValue(%q) = %v, want %v", tt.value, got, tt.isValue)
		}
	}
}

func TestIsToken(t *testing.T) {
	const token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for c := range 256 {
		want := strings.IndexByte(token, byte(c)) >= 0
		if got := fetchspec.IsToken("a" + string([]byte{byte(c)})); got != want {
			t.Errorf("IsToken with byte %#02x = %v, want %v", c, got, want)
		}
	}
	if fetchspec.IsToken("") || !fetchspec.IsToken(token) {
		t.Error("the empty string is a token, or all token bytes are none")
	}
}

// EqualFold and ByteLower know the letters of ASCII and no others, unlike package strings.
func TestCaseIsThatOfASCII(t *testing.T) {
	for a := range 256 {
		lower := byte(a)
		if 'A' <= a && a <= 'Z' {
			lower += 'a' - 'A'
		}
		if got := fetchspec.ByteLower("x" + string([]byte{byte(a)})); got != "x"+string([]byte{lower}) {
			t.Errorf("ByteLower of byte %#02x = %q", a, got)
		}
		for b := range 256 {
			want := a == b || a < unicode.MaxASCII && b < unicode.MaxASCII && unicode.IsLetter(rune(a)) && unicode.ToLower(rune(a)) == unicode.ToLower(rune(b))
			if got := fetchspec.EqualFold(string([]byte{byte(a)}), string([]byte{byte(b)})); got != want {
				t.Errorf("EqualFold of bytes %#02x and %#02x = %v, want %v", a, b, got, want)
			}
		}
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"Content-Type", "cONTENT-tYPE", true}, {"", "", true}, {"a", "", false}, {"a", "ab", false}, {"ab", "aC", false},
		{"\u212a", "k", false}, {"\u017f", "s", false}, {"\u00c9", "\u00e9", false}, {"[", "{", false}, {"@", "`", false},
	} {
		if got := fetchspec.EqualFold(tt.a, tt.b); got != tt.want {
			t.Errorf("EqualFold(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
	if s := "\u00c9\u212a already lower"; fetchspec.ByteLower(s) != s {
		t.Errorf("ByteLower(%q) = %q", s, fetchspec.ByteLower(s))
	}
}

func TestGetDecodeSplit(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  []string
	}{
		{"", []string{""}},
		{"nosniff", []string{"nosniff"}},
		{"a, b,c", []string{"a", "b", "c"}},
		{"a,,b", []string{"a", "", "b"}},
		{",", []string{"", ""}},
		{"a,", []string{"a", ""}},
		{" \ta\t , b ", []string{"a", "b"}},
		{"\va\f,\u00a0b", []string{"\va\f", "\u00a0b"}},
		{`"a, b", c`, []string{`"a, b"`, "c"}},
		{`a "b, c" d, e`, []string{`a "b, c" d`, "e"}},
		{`"a\", b", c`, []string{`"a\", b"`, "c"}},
		{`"a\\", b`, []string{`"a\\"`, "b"}},
		{`a\, b`, []string{`a\`, "b"}},
		{`"a, b`, []string{`"a, b`}},
		{`"a\`, []string{`"a\`}},
		{`text/html;charset="`, []string{`text/html;charset="`}},
	} {
		if got := fetchspec.GetDecodeSplit(tt.value); !slices.Equal(got, tt.want) {
			t.Errorf("GetDecodeSplit(%q) = %q, want %q", tt.value, got, tt.want)
		}
	}
}

// Absent, empty and invalid are three things.
func TestExtractTokens(t *testing.T) {
	const name = "Access-Control-Allow-Methods"
	for _, tt := range []struct {
		lines    []string
		items    []string
		present  bool
		offender string
	}{
		{nil, nil, false, ""},
		{[]string{"X-Foo: 1"}, nil, false, ""},
		{[]string{name + ": "}, nil, true, ""},
		{[]string{name + ": , ,\t,"}, nil, true, ""},
		{[]string{name + ": GET"}, []string{"GET"}, true, ""},
		{[]string{name + ": GET, put ,\tx-y,,DELETE,"}, []string{"GET", "put", "x-y", "DELETE"}, true, ""},
		{[]string{name + ": GET", "access-control-allow-methods: PUT", "ACCESS-CONTROL-ALLOW-METHODS: "}, []string{"GET", "PUT"}, true, ""},
		{[]string{name + ": *"}, []string{"*"}, true, ""},
		{[]string{name + ": GET, GET"}, []string{"GET", "GET"}, true, ""},
		{[]string{name + ": GET PUT"}, nil, true, "GET PUT"},
		{[]string{name + ": GET, P UT, \"x\""}, []string{"GET"}, true, "P UT"},
		{[]string{name + ": GET", name + ": a/b"}, []string{"GET"}, true, "a/b"},
		{[]string{name + ": \"GET, PUT\""}, nil, true, "\"GET"},
		{[]string{name + ": GET;q=1"}, nil, true, "GET;q=1"},
		{[]string{name + ": \vGET"}, nil, true, "\vGET"},
		{[]string{name + ": \xe9"}, nil, true, "\xe9"},
		{[]string{name + ": GET\x00"}, nil, true, "GET\x00"},
	} {
		got := fetchspec.ExtractTokens(headers(tt.lines...), "access-control-Allow-Methods")
		if got.Present != tt.present || got.Invalid != (tt.offender != "") || got.Offender != tt.offender {
			t.Errorf("%q: %+v, want present %v, offender %q", tt.lines, got, tt.present, tt.offender)
		}
		if !got.Invalid && !slices.Equal(got.Items, tt.items) {
			t.Errorf("%q: items %q, want %q", tt.lines, got.Items, tt.items)
		}
	}
}

func TestListContains(t *testing.T) {
	testListContains(t, "X: GET, X-Foo")
	testListContains(t, "X: GET, X-Foo"+strings.Repeat(", other", 100)) // long lists are looked up otherwise
}

func testListContains(t *testing.T, line string) {
	l := fetchspec.ExtractTokens(headers(line), "X")
	for _, tt := range []struct {
		item        string
		exact, fold bool
	}{{"GET", true, true}, {"get", false, true}, {"x-foo", false, true}, {"X-Foo", true, true}, {"", false, false}, {"GE", false, false}} {
		if got := l.Contains(tt.item); got != tt.exact {
			t.Errorf("Contains(%q) = %v", tt.item, got)
		}
		if got := l.ContainsFold(tt.item); got != tt.fold {
			t.Errorf("ContainsFold(%q) = %v", tt.item, got)
		}
	}
}

func TestHeadersConflict(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		want  bool
	}{
		{nil, false},
		{[]string{"Location: a"}, false},
		{[]string{"Location: a", "location: a", "X-Foo: b"}, false},
		{[]string{"Location: a", "LOCATION: b"}, true},
		{[]string{"Location: ", "Location: a"}, true},
	} {
		if got := headers(tt.lines...).Conflict("Location"); got != tt.want {
			t.Errorf("%q conflict: %v, want %v", tt.lines, got, tt.want)
		}
	}
}
