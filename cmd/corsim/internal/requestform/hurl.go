package requestform

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
)

// asHurl writes an entry of a Hurl file.
//
// https://hurl.dev/docs/grammar.html
func asHurl(r *fetchspec.Request) (string, error) {
	for _, c := range []byte(r.Method) {
		if c < 'A' || c > 'Z' {
			return "", fmt.Errorf("the method %s has other characters than A to Z, which Hurl does not take", r.Method)
		}
	}
	if c, bad := firstOther(r.WireURL(), hurlURL); bad {
		return "", fmt.Errorf("the URL has the character %q, which Hurl does not take", c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.WireURL())
	for _, h := range r.Headers {
		switch {
		case r.Body != nil && fetchspec.EqualFold(h.Name, "Content-Length"):
			continue
		case !utf8.ValidString(h.Value):
			return "", fmt.Errorf("the value of the header %s is not UTF-8, and Hurl sends no other", h.Name)
		}
		fmt.Fprintf(&b, "%s: %s\n", hurlName(h.Name), hurlText(h.Value))
	}
	if r.Body != nil {
		if body := r.Body.Source; utf8.ValidString(body) {
			fmt.Fprintf(&b, "`%s`\n", hurlText(body))
		} else {
			fmt.Fprintf(&b, "hex,%x;\n", body)
		}
	}
	b.WriteString("HTTP *")
	return b.String(), nil
}

// hurlURL are the characters besides letters and digits that Hurl takes in a URL.
const hurlURL = ":/.-?=&_%*,@~+!$'();[]"

// hurlKey are the characters besides letters and digits that Hurl takes in a name as they are.
const hurlKey = "_-."

// firstOther returns the first character that is neither a letter nor a digit of ASCII, nor among those given.
func firstOther(s, given string) (r rune, ok bool) {
	for _, r := range s {
		if !isAlphanumeric(r) && !strings.ContainsRune(given, r) {
			return r, true
		}
	}
	return 0, false
}

func isAlphanumeric(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// hurlName escapes the name of a header.
func hurlName(s string) string {
	var b strings.Builder
	for _, r := range s {
		if isAlphanumeric(r) || strings.ContainsRune(hurlKey, r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}

// hurlText escapes a value, or a body between backticks: what could end it, start a comment or be a template.
func hurlText(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\#`", r), !unicode.IsPrint(r), r == '{' && (strings.HasPrefix(s[i+1:], "{") || strings.HasSuffix(s[:i], "{")):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
