package cells

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWidth(t *testing.T) {
	for _, test := range []struct {
		text string
		want int
	}{
		{"", 0}, {"GET /", 5}, {"é", 1}, {"e\u0301", 1}, {"例え", 4}, {"ｆ", 2}, {"ｱ", 1}, {"a\u200db", 2}, {"🙂", 2}, {"…", 1}, {"│", 1},
	} {
		if got := Width(test.text); got != test.want {
			t.Errorf("Width(%q) = %d; want %d", test.text, got, test.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		text, mark  string
		n           int
		cut, middle string
	}{
		{"https://a.example/", "…", 18, "https://a.example/", "https://a.example/"},
		{"https://a.example/x", "…", 18, "https://a.example…", "https://a…xample/x"},
		{"https://a.example/x", "...", 10, "https:/...", "http...e/x"},
		{"例え例え例え", "…", 7, "例え例…", "例…例え"},
		{"abc", "...", 2, "..", ".."},
		{"abc", "…", 0, "", ""},
	} {
		if got := Cut(test.text, test.n, test.mark); got != test.cut {
			t.Errorf("Cut(%q, %d) = %q; want %q", test.text, test.n, got, test.cut)
		}
		if got := Middle(test.text, test.n, test.mark); got != test.middle {
			t.Errorf("Middle(%q, %d) = %q; want %q", test.text, test.n, got, test.middle)
		}
	}
}

func TestWrap(t *testing.T) {
	const line = "  - Send `Vary: Origin` with it, 例え always."
	want := "  - Send `Vary:\n    Origin` with\n    it, 例え\n    always."
	if got := Wrap(line, 16, 4); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// FuzzFit: what is fitted fits, and what fits is left alone.
func FuzzFit(f *testing.F) {
	f.Add("https://a.example/例え", 9)
	f.Add("e\u0301e\u0301", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 0 || n > 1000 || !utf8.ValidString(text) {
			return
		}
		for name, got := range map[string]string{"Cut": Cut(text, n, "..."), "Middle": Middle(text, n, "...")} {
			if Width(got) > n || Width(text) <= n && got != text {
				t.Errorf("%s(%q, %d) = %q", name, text, n, got)
			}
		}
		if got := Wrap(text, n, 4); Width(text) > n && strings.Join(strings.Fields(got), "") != strings.Join(strings.Fields(text), "") {
			t.Errorf("Wrap(%q, %d) = %q", text, n, got)
		}
	})
}
