package scenario

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// AnswerError says where a file of responses is not what it should be.
type AnswerError struct {
	// Line and Column are the place, both from 1; the column counts bytes.
	Line, Column int
	// Found is what stands there, and Want what was expected.
	Found, Want string
	// Hint says what to do about it; it may be empty.
	Hint string
}

// Error returns the place, what was found and what was expected, without the hint.
func (e *AnswerError) Error() string {
	return fmt.Sprintf("line %d, column %d: found %s; want %s", e.Line, e.Column, e.Found, e.Want)
}

func truncated(l textLine) error {
	return &AnswerError{
		l.no, l.column + len(l.text), "the end of the file in the middle of a line, after " + quoted(l.text), "the rest of the head, and an empty line",
		"the file is truncated; if the line is whole, end it with a newline",
	}
}

// notAResponse says what a line is that should be a status line.
func notAResponse(l textLine) error {
	e := &AnswerError{Line: l.no, Column: l.column, Want: wantStatus, Hint: hintCurl}
	text := string(l.text)
	name, _, colon := strings.Cut(text, ":")
	switch {
	case strings.HasPrefix(text, "\xFF\xFE"), strings.HasPrefix(text, "\xFE\xFF"), strings.HasPrefix(text, "H\x00T\x00"), strings.HasPrefix(text, "\x00H\x00T"):
		e.Found, e.Hint = "text in UTF-16", "save it as UTF-8; in PowerShell, curl.exe -si -o answer.txt URL writes the bytes as they come"
	case strings.IndexByte(text, 0) >= 0:
		e.Column += strings.IndexByte(text, 0)
		e.Found = "a NUL byte: a binary file"
	case strings.HasPrefix(text, "curl: ("):
		e.Found, e.Hint = "an error of curl, "+quoted(l.text), "there is no answer to judge; a browser would report a network error"
	case strings.HasPrefix(text, "curl "), strings.HasPrefix(text, "$ curl "):
		e.Found, e.Hint = "a curl command", "run it with -i, and save what it prints"
	case strings.HasPrefix(text, "  % Total"):
		e.Found, e.Hint = "curl's progress meter", "leave it out with curl -s"
	case strings.HasPrefix(text, "<"):
		e.Found, e.Hint = "what looks like HTML or XML, "+quoted(l.text), "a body says nothing about CORS; "+hintCurl
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		e.Found, e.Hint = "what looks like JSON, "+quoted(l.text), "a body says nothing about CORS; "+hintCurl
	case isRequestLine(text):
		e.Found, e.Hint = "a request, "+quoted(l.text), "what is wanted is what the server answers to it; "+hintCurl
	case colon && fetchspec.IsToken(name):
		e.Found, e.Hint = "a header line without a status line before it, "+quoted(l.text), "put the status line first, such as HTTP/1.1 200 OK"
	default:
		e.Found = quoted(l.text)
	}
	return e
}

func isRequestLine(s string) bool {
	method, rest, ok := strings.Cut(s, " ")
	return ok && fetchspec.IsToken(method) && strings.Contains(rest, " HTTP/")
}

// quoted quotes the start of a line for an error.
func quoted(line []byte) string {
	return strconv.Quote(clip(string(bytes.TrimSuffix(line, []byte("\r")))))
}

// clip shortens what an error or a note shows of the input.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
