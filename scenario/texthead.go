package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
)

// parseHead parses header lines and, after an empty line, a body. The parser is at the line before them, and stays at the
// line that is wrong.
func (p *textParser) parseHead(lines []string) (headers [][]string, body *string, err error) {
	start := p.line
	for i, l := range lines {
		p.line = start + 1 + i
		switch {
		case body != nil:
			return nil, nil, fmt.Errorf("found %q after the quoted body; want nothing more", l)
		case l == "":
			text := strings.Join(lines[i+1:], "\n")
			p.line = start
			return headers, &text, nil
		case strings.HasPrefix(l, "="):
			b, err := unquote(strings.TrimSpace(l[1:]))
			if err != nil {
				return nil, nil, err
			}
			body = &b
		default:
			h, err := headerLine(l)
			if err != nil {
				return nil, nil, err
			}
			headers = append(headers, h)
		}
	}
	p.line = start
	return headers, body, nil
}

// headerLine parses Name: value, and Name = "value", where the name may be quoted too.
func headerLine(l string) ([]string, error) {
	if strings.HasPrefix(l, `"`) {
		quoted, err := strconv.QuotedPrefix(l)
		if err != nil {
			return nil, fmt.Errorf("the name in %q is not well quoted; want a string in double quotes", l)
		}
		name, _ := strconv.Unquote(quoted)
		return quotedHeader(name, l[len(quoted):])
	}
	end := strings.IndexFunc(l, func(r rune) bool { return r >= utf8.RuneSelf || !fetchspec.IsToken(string(r)) })
	switch {
	case end > 0 && l[end] == ':':
		return []string{l[:end], strings.Trim(l[end+1:], " \t")}, nil
	case end > 0 && strings.HasPrefix(strings.TrimLeft(l[end:], " \t"), "="):
		return quotedHeader(l[:end], l[end:])
	}
	hint := "; before a body comes an empty line"
	if strings.Contains(l, ":") {
		hint = `; a name that is no token is written in double quotes, as in "odd name" = "value"`
	}
	return nil, fmt.Errorf("found %q; want a header such as Accept: text/html%s", l, hint)
}

func quotedHeader(name, rest string) ([]string, error) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "=")
	if !ok {
		return nil, fmt.Errorf(`found %q after the name %q; want = and the value in double quotes`, rest, name)
	}
	value, err := unquote(strings.TrimSpace(rest))
	return []string{name, value}, err
}

func unquote(s string) (string, error) {
	if strings.HasPrefix(s, `"`) {
		if v, err := strconv.Unquote(s); err == nil {
			return v, nil
		}
	}
	return "", fmt.Errorf("found %s after =; want a string in double quotes, with the escapes of Go", s)
}
