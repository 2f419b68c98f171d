package har

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of what is taken.
const (
	// maxDepth is how deep values may be nested. Real HARs have a depth of some dozens: stack traces have parents.
	maxDepth = 10_000
	// maxKey is how much of a member's name is looked at, in bytes, and maxNumber how long a number may be.
	maxKey    = 256
	maxNumber = 64
)

// SyntaxError says where the input is no JSON any more, or ends too early.
type SyntaxError struct {
	// Offset is the number of bytes before the place, and Line and Column, in bytes, are where it is, from 1.
	Offset, Line, Column int64
	// Path is where in the document it is, such as "log.entries[3].request".
	Path string
	// Found is what is there, and Want what should be.
	Found, Want string
	// Cut is set where the input ends in the middle.
	Cut bool
}

func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("line %d, column %d (byte %d): %s", e.Line, e.Column, e.Offset, e.Found)
	if e.Path != "" {
		s += ", in " + e.Path
	}
	if e.Want != "" {
		s += "; want " + e.Want
	}
	return s
}

// scanner reads JSON token by token. It holds one buffer, however long a string is: what nobody asks for is skipped without
// being kept.
type scanner struct {
	r      io.Reader
	buf    []byte
	pos    int
	err    error // of the reader
	offset int64 // of buf[0]
	// line is the number of buf[0]'s line, and lineStart where it starts.
	line, lineStart int64

	path  []step
	depth int
	// mismatch is the first value of a wrong type since it was last cleared.
	mismatch error
}

// step is a member of an object, or where key is empty an element of an array.
type step struct {
	key   string
	index int
}

const bufferSize = 256 << 10

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, 0, bufferSize), line: 1}
}

// fill reads more into the buffer, of which nothing is left. It reports whether there is more.
func (s *scanner) fill() bool {
	if s.err != nil {
		return false
	}
	s.offset += int64(len(s.buf))
	s.line += int64(bytes.Count(s.buf, newline))
	if i := bytes.LastIndexByte(s.buf, '\n'); i >= 0 {
		s.lineStart = s.offset - int64(len(s.buf)) + int64(i) + 1
	}
	s.buf, s.pos = s.buf[:0], 0
	for range 100 {
		var n int
		n, s.err = s.r.Read(s.buf[:cap(s.buf)])
		if s.buf = s.buf[:n]; n > 0 {
			return true
		}
		if s.err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

var newline = []byte{'\n'}

// broken reports whether reading has ended with an error, and not with an end of the input. A compressed input that is cut
// has ended.
func (s *scanner) broken() bool {
	return s.err != nil && s.err != io.EOF && s.err != io.ErrUnexpectedEOF
}

// at returns how many bytes were read.
func (s *scanner) at() int64 { return s.offset + int64(s.pos) }

// fail returns an error about what is at the current place.
func (s *scanner) fail(want string) error {
	if s.pos == len(s.buf) && s.broken() {
		return s.err
	}
	e := &SyntaxError{Offset: s.at(), Line: s.line + int64(bytes.Count(s.buf[:s.pos], newline)), Path: s.where(), Want: want}
	start := s.lineStart
	if i := bytes.LastIndexByte(s.buf[:s.pos], '\n'); i >= 0 {
		start = s.offset + int64(i) + 1
	}
	e.Column = e.Offset - start + 1
	if s.pos == len(s.buf) {
		e.Found, e.Cut = "the input ends here", true
		return e
	}
	r, _ := utf8.DecodeRune(s.buf[s.pos:])
	e.Found = "found " + strconv.QuoteRune(r)
	return e
}

// where returns the path of the current value.
func (s *scanner) where() string {
	var b strings.Builder
	for _, p := range s.path {
		switch {
		case p.key == "":
			fmt.Fprintf(&b, "[%d]", p.index)
		case b.Len() == 0:
			b.WriteString(p.key)
		default:
			b.WriteString("." + p.key)
		}
	}
	return b.String()
}

// next skips white space and returns the byte after it, which stays; ok is false at the end.
func (s *scanner) next() (c byte, ok bool) {
	for {
		for s.pos < len(s.buf) {
			switch c = s.buf[s.pos]; c {
			case ' ', '\n', '\t', '\r':
				s.pos++
			default:
				return c, true
			}
		}
		if !s.fill() {
			return 0, false
		}
	}
}

// expect takes a byte after white space.
func (s *scanner) expect(c byte) error {
	if got, ok := s.next(); !ok || got != c {
		return s.fail(strconv.QuoteRune(rune(c)))
	}
	s.pos++
	return nil
}

// kind names the type of the value that comes next.
func (s *scanner) kind() (string, error) {
	c, ok := s.next()
	if !ok {
		return "", s.fail("a value")
	}
	switch {
	case c == '{':
		return "an object", nil
	case c == '[':
		return "an array", nil
	case c == '"':
		return "a string", nil
	case c == 't', c == 'f':
		return "true or false", nil
	case c == 'n':
		return "null", nil
	case c == '-', '0' <= c && c <= '9':
		return "a number", nil
	}
	return "", s.fail("a value")
}

// is reports whether a value of the kind comes next. One of another kind is skipped, and noted unless it is null.
func (s *scanner) is(want string) (bool, error) {
	got, err := s.kind()
	if err != nil || got == want {
		return err == nil, err
	}
	if got != "null" {
		s.note("is %s, want %s", got, want)
	}
	return false, s.skip()
}

// may reports whether a value of the kind comes next, and skips any other.
func (s *scanner) may(want string) (bool, error) {
	got, err := s.kind()
	if err != nil || got == want {
		return err == nil, err
	}
	return false, s.skip()
}

// note notes that the current value is not what it should be, unless an earlier one was not.
func (s *scanner) note(format string, args ...any) {
	if s.mismatch == nil {
		s.mismatch = errors.New(s.where() + " " + fmt.Sprintf(format, args...))
	}
}

// object reads an object, and calls f with the name of each member to read its value.
func (s *scanner) object(f func(key string) error) error {
	if ok, err := s.is("an object"); !ok {
		return err
	}
	return s.each('{', '}', func(int) error {
		if c, ok := s.next(); !ok || c != '"' {
			return s.fail("a member's name in quotes")
		}
		key, _, err := s.text(maxKey)
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if key == "" {
			key = `""`
		}
		s.path = append(s.path, step{key: key})
		err = f(key)
		if err == nil {
			s.path = s.path[:len(s.path)-1]
		}
		return err
	})
}

// array reads an array, and calls f to read each element.
func (s *scanner) array(f func(i int) error) error {
	if ok, err := s.is("an array"); !ok {
		return err
	}
	return s.each('[', ']', func(i int) error {
		s.path = append(s.path, step{index: i})
		err := f(i)
		if err == nil {
			s.path = s.path[:len(s.path)-1]
		}
		return err
	})
}

// each reads what is between brackets, with commas between.
func (s *scanner) each(open, close byte, f func(i int) error) error {
	if err := s.expect(open); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return s.fail(fmt.Sprintf("values nested less than %d deep", maxDepth))
	}
	defer func() { s.depth-- }()
	if c, ok := s.next(); ok && c == close {
		s.pos++
		return nil
	}
	for i := 0; ; i++ {
		if err := f(i); err != nil {
			return err
		}
		c, ok := s.next()
		switch {
		case ok && c == ',':
			s.pos++
		case ok && c == close:
			s.pos++
			return nil
		default:
			return s.fail(fmt.Sprintf("%q or %q", ',', close))
		}
	}
}

// skip reads a value of whatever kind and keeps nothing of it.
func (s *scanner) skip() error {
	var open []byte // the brackets that are open
	for {
		c, ok := s.next()
		if !ok {
			return s.fail("a value")
		}
		switch {
		case c == '{' || c == '[':
			if s.depth+len(open) >= maxDepth {
				return s.fail(fmt.Sprintf("values nested less than %d deep", maxDepth))
			}
			s.pos++
			open = append(open, c+2) // ASCII has the closing bracket there
			if c, ok = s.next(); ok && c == open[len(open)-1] {
				break
			}
			if open[len(open)-1] == '}' {
				if err := s.skipKey(); err != nil {
					return err
				}
			}
			continue
		default:
			if err := s.skipScalar(); err != nil {
				return err
			}
		}
		// After a value, brackets may close; then a comma comes, and the next value.
		for len(open) > 0 {
			c, ok = s.next()
			if !ok || c != open[len(open)-1] {
				break
			}
			s.pos++
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			return nil
		}
		if !ok || c != ',' {
			return s.fail(fmt.Sprintf("%q or %q", ',', open[len(open)-1]))
		}
		s.pos++
		if open[len(open)-1] == '}' {
			if err := s.skipKey(); err != nil {
				return err
			}
		}
	}
}

func (s *scanner) skipKey() error {
	if c, ok := s.next(); !ok || c != '"' {
		return s.fail("a member's name in quotes")
	}
	if err := s.skipText(); err != nil {
		return err
	}
	return s.expect(':')
}

func (s *scanner) skipScalar() error {
	kind, err := s.kind()
	switch {
	case err != nil:
		return err
	case kind == "a string":
		return s.skipText()
	case kind == "a number":
		_, err = s.digits()
		return err
	}
	_, err = s.word()
	return err
}
