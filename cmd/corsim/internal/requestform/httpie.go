package requestform

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/cmd/corsim/internal/curl"
	"github.com/corsim/corsim/fetchspec"
)

// httpieSeparators are the characters that HTTPie tells the kinds of items by. A backslash before one of them makes it a character
// like others; before any other it is one itself.
const httpieSeparators = ":;=@"

// asHTTPie writes a command of HTTPie.
//
// https://httpie.io/docs/cli/request-items
func asHTTPie(r *fetchspec.Request) (string, error) {
	lines := []string{"http --ignore-stdin --print=hb " + curl.Quote(r.Method) + " " + curl.Quote(r.WireURL())}
	for _, h := range r.Headers {
		switch {
		case r.Body != nil && fetchspec.EqualFold(h.Name, "Content-Length"):
		case !utf8.ValidString(h.Value):
			return "", fmt.Errorf("the value of the header %s is not UTF-8, and HTTPie sends no other", h.Name)
		case h.Value == "":
			lines = append(lines, curl.Quote(h.Name+";"))
		case hasEscape(h.Value):
			return "", fmt.Errorf("the value of the header %s has a backslash before a separator, and HTTPie would drop it", h.Name)
		case strings.ContainsRune(httpieSeparators, rune(h.Value[0])):
			lines = append(lines, curl.Quote(h.Name+`:\`+h.Value))
		default:
			lines = append(lines, curl.Quote(h.Name+":"+h.Value))
		}
	}
	if r.Body != nil {
		if body := r.Body.Source; !utf8.ValidString(body) || strings.IndexByte(body, 0) >= 0 {
			return "", fmt.Errorf("the body is not text in UTF-8, which HTTPie takes from a file only")
		}
		lines = append(lines, "--raw="+curl.Quote(r.Body.Source))
	}
	return strings.Join(lines, " \\\n  "), nil
}

// hasEscape reports whether HTTPie would take a backslash in a value for an escape.
func hasEscape(value string) bool {
	for i, c := range value[:max(len(value)-1, 0)] {
		if c == '\\' && strings.IndexByte(httpieSeparators, value[i+1]) >= 0 {
			return true
		}
	}
	return false
}
