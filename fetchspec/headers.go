package fetchspec

import (
	"iter"
	"strings"
)

// Header is a header: a name and a value. A value is a byte string: each byte of the Go string is one byte on the wire,
// whatever its encoding.
//
// https://fetch.spec.whatwg.org/#concept-header
type Header struct{ Name, Value string }

// Headers is a header list: order, case and repetition are kept.
//
// https://fetch.spec.whatwg.org/#concept-header-list
type Headers []Header

// Has reports whether the list contains a header of this name, in any case.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (h Headers) Has(name string) bool {
	for i := range h {
		if EqualFold(h[i].Name, name) {
			return true
		}
	}
	return false
}

// Values yields the values of all headers of this name, in order.
func (h Headers) Values(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range h {
			if EqualFold(h[i].Name, name) && !yield(h[i].Value) {
				return
			}
		}
	}
}

// Get returns the values of all headers of this name, joined by a comma and a space; ok tells "no such header" from
// "empty".
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (h Headers) Get(name string) (value string, ok bool) {
	first := -1
	for i := range h {
		if !EqualFold(h[i].Name, name) {
			continue
		}
		if first < 0 {
			first, value = i, h[i].Value
			continue
		}
		value += ", " + h[i].Value
	}
	return value, first >= 0
}

// Conflict reports whether there are several headers of this name with values that differ.
func (h Headers) Conflict(name string) bool {
	first, seen := "", false
	for v := range h.Values(name) {
		if seen && v != first {
			return true
		}
		first, seen = v, true
	}
	return false
}

// Append appends a header. Where the list has the name already, the new header takes that spelling.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (h *Headers) Append(name, value string) {
	for i := range *h {
		if EqualFold((*h)[i].Name, name) {
			name = (*h)[i].Name
			break
		}
	}
	*h = append(*h, Header{name, value})
}

// Delete removes all headers of this name.
//
// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (h *Headers) Delete(name string) {
	kept := (*h)[:0]
	for _, x := range *h {
		if !EqualFold(x.Name, name) {
			kept = append(kept, x)
		}
	}
	*h = kept
}

// Combine appends the value to the first header of this name, after a comma and a space, or adds a header.
//
// https://fetch.spec.whatwg.org/#concept-header-list-combine
func (h *Headers) Combine(name, value string) {
	for i := range *h {
		if EqualFold((*h)[i].Name, name) {
			(*h)[i].Value += ", " + value
			return
		}
	}
	*h = append(*h, Header{name, value})
}

// Clone returns a copy with room for n more headers.
func (h Headers) Clone(n int) Headers {
	return append(make(Headers, 0, len(h)+n), h...)
}

// NormalizeValue strips leading and trailing HTTP white space from a header value.
//
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func NormalizeValue(v string) string { return strings.Trim(v, "\t\n\r ") }

// IsValue reports whether v is a header value: normalized, and without NUL, CR and LF.
//
// https://fetch.spec.whatwg.org/#header-value
func IsValue(v string) bool {
	return NormalizeValue(v) == v && !strings.ContainsAny(v, "\x00\r\n")
}

// IsToken reports whether s matches the token production of HTTP, which header names and methods are made of.
//
// https://www.rfc-editor.org/rfc/rfc9110#name-tokens
func IsToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !tokenByte[s[i]] {
			return false
		}
	}
	return s != ""
}

var tokenByte = func() (t [256]bool) {
	for c := '0'; c <= '9'; c++ {
		t[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = true, true
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] = true
	}
	return t
}()

// ByteLower lower-cases ASCII letters and leaves all other bytes alone.
//
// https://infra.spec.whatwg.org/#byte-lowercase
func ByteLower(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// GetDecodeSplit splits a header value at commas that are not inside a quoted string, and strips tabs and spaces from
// the parts.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func GetDecodeSplit(value string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i <= len(value); i++ {
		if i < len(value) {
			switch c := value[i]; {
			case c == '"':
				quoted = !quoted
				continue
			case c == '\\' && quoted && i+1 < len(value):
				i++
				continue
			case c != ',' || quoted:
				continue
			}
		}
		parts = append(parts, strings.Trim(value[start:i], "\t "))
		start = i + 1
	}
	return parts
}

// List is what was extracted from a header whose value is a comma-separated list of tokens. Three states must not be
// confused: the header is absent (Present false), it is there and lists nothing, or its value does not match the grammar
// (Invalid names the first item that is not a token).
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
type List struct {
	Items   []string
	Present bool
	Invalid bool
	// Offender is the first item that is not a token, where Invalid is set.
	Offender string
	// Sound is how many items stand before it.
	Sound int

	// exact and folded hold the items of long lists, the latter in lower case, once they are asked for.
	exact, folded map[string]struct{}
}

// scanned is the length up to which lists are searched from start to end.
const scanned = 32

// Contains reports whether the list has the item, compared byte for byte.
func (l *List) Contains(item string) bool {
	if len(l.Items) > scanned {
		return lookUp(&l.exact, l.Items, item, func(s string) string { return s })
	}
	for _, x := range l.Items {
		if x == item {
			return true
		}
	}
	return false
}

// ContainsFold is [List.Contains] with ASCII letters compared without case.
func (l *List) ContainsFold(item string) bool {
	if len(l.Items) > scanned {
		return lookUp(&l.folded, l.Items, item, ByteLower)
	}
	for _, x := range l.Items {
		if EqualFold(x, item) {
			return true
		}
	}
	return false
}

func lookUp(set *map[string]struct{}, items []string, item string, key func(string) string) bool {
	if *set == nil {
		*set = make(map[string]struct{}, len(items))
		for _, x := range items {
			(*set)[key(x)] = struct{}{}
		}
	}
	_, ok := (*set)[key(item)]
	return ok
}

// ExtractTokens extracts the items of a header whose value is a list of tokens: Access-Control-Allow-Methods,
// Access-Control-Allow-Headers and Access-Control-Expose-Headers. Empty items are skipped, as the list production of HTTP
// wants it; an item that is not a token makes the whole header invalid.
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
func ExtractTokens(h Headers, name string) List {
	var l List
	for v := range h.Values(name) {
		l.Present = true
		if l.Items == nil {
			l.Items = make([]string, 0, 1+strings.Count(v, ","))
		}
		for start := 0; start <= len(v); {
			end := strings.IndexByte(v[start:], ',')
			if end < 0 {
				end = len(v)
			} else {
				end += start
			}
			item := strings.Trim(v[start:end], "\t ")
			start = end + 1
			if item == "" {
				continue
			}
			if !IsToken(item) {
				if !l.Invalid {
					l.Invalid, l.Offender, l.Sound = true, item, len(l.Items)
				}
				continue
			}
			l.Items = append(l.Items, item)
		}
	}
	return l
}

// EqualFold reports whether a and b are a byte-case-insensitive match. Unlike [strings.EqualFold] it knows ASCII only.
//
// https://infra.spec.whatwg.org/#byte-case-insensitive
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z' {
			return false
		}
	}
	return true
}
