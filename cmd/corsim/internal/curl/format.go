package curl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
)

// Format writes a request as a command for bash, zsh and other shells that know $'…'. [Parse] reads it back as the same: URL,
// method, headers and body, byte for byte. It prints the answer with its head. Content-Length is left out where curl counts
// the body itself.
//
// The error says what no command can carry: a NUL byte, or a line break in a header.
func Format(method, url string, headers fetchspec.Headers, body *string) (string, error) {
	var lines []string
	first := "curl -i"
	if strings.ContainsAny(url, "[]{}") {
		first += " -g"
	}
	switch {
	case method == "HEAD":
		first = strings.Replace(first, "-i", "-I", 1)
	case method == "GET" && body == nil, method == "POST" && body != nil:
	default:
		first += " -X " + Quote(method)
	}
	lines = append(lines, first+" "+Quote(url))
	for _, h := range headers {
		switch {
		case body != nil && fetchspec.EqualFold(h.Name, "Content-Length"):
		case h.Value == "":
			lines = append(lines, "-H "+Quote(h.Name+";"))
		default:
			lines = append(lines, "-H "+Quote(h.Name+": "+h.Value))
		}
		if strings.ContainsAny(h.Value, "\r\n\x00") {
			return "", fmt.Errorf("the value of the header %s has a line break or a NUL byte, which no header can have", h.Name)
		}
	}
	if body != nil {
		if !headers.Has("Content-Type") {
			lines = append(lines, "-H 'Content-Type:'")
		}
		if strings.IndexByte(*body, 0) >= 0 {
			return "", fmt.Errorf("the body has a NUL byte, which no argument of a command can hold; curl takes it with --data-binary @FILE")
		}
		lines = append(lines, "--data-raw "+Quote(*body))
	}
	return strings.Join(lines, " \\\n  "), nil
}

// plainBytes are those that mean nothing to a shell.
const plainBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// Quote writes text as one word for a shell, whatever is in it. What a terminal could take for a command is escaped.
func Quote(s string) string {
	if s != "" && strings.Trim(s, plainBytes) == "" {
		return s
	}
	plain := utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
	if plain {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\'', r == '\\':
			b.WriteString(`\` + s[i:i+n])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '!', r == utf8.RuneError && n == 1, !unicode.IsPrint(r):
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String() + "'"
}
