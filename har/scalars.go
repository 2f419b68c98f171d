package har

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// skipText skips a string.
func (s *scanner) skipText() error {
	s.pos++
	return s.skipRest()
}

// skipRest skips what is left of a string.
func (s *scanner) skipRest() error {
	for {
		rest := s.buf[s.pos:]
		i := bytes.IndexByte(rest, '"')
		head := rest
		if i >= 0 {
			head = rest[:i]
		}
		switch j := bytes.IndexByte(head, '\\'); {
		case j >= 0:
			if s.pos += j + 1; !s.more() {
				return s.fail(restOfString)
			}
			s.pos++
		case i >= 0:
			s.pos += i + 1
			return nil
		default:
			if s.pos = len(s.buf); !s.more() {
				return s.fail(restOfString)
			}
		}
	}
}

const restOfString = "the rest of a string"

// more reports whether there is a byte at the current place.
func (s *scanner) more() bool { return s.pos < len(s.buf) || s.fill() }

// text reads a string and returns what it starts with, up to so many bytes, and whether that is all of it.
func (s *scanner) text(most int) (text string, whole bool, err error) {
	s.pos++
	// Most strings are in the buffer, and plain.
	if i := bytes.IndexByte(s.buf[s.pos:], '"'); i >= 0 && i <= most {
		if plain := s.buf[s.pos : s.pos+i]; isPlain(plain) {
			s.pos += i + 1
			return string(plain), true, nil
		}
	}
	var kept []byte
	var high rune // half of a surrogate pair
	for len(kept) <= most {
		if !s.more() {
			return "", false, s.fail(restOfString)
		}
		c := s.buf[s.pos]
		if c == '\\' {
			r, err := s.escape()
			if err != nil {
				return "", false, err
			}
			if high != 0 {
				kept = kept[:len(kept)-len("\uFFFD")]
				if pair := utf16.DecodeRune(high, r); pair != utf8.RuneError {
					kept, high = utf8.AppendRune(kept, pair), 0
					continue
				}
				kept = append(kept, "\uFFFD"...)
			}
			high = 0
			if utf16.IsSurrogate(r) {
				high = r
			}
			kept = utf8.AppendRune(kept, r)
			continue
		}
		high = 0
		switch {
		case c == '"':
			s.pos++
			return strings.ToValidUTF8(string(kept), "\uFFFD"), true, nil
		case c < ' ':
			return "", false, s.fail(restOfString + ", where control characters are escaped")
		}
		kept = append(kept, c)
		s.pos++
	}
	return strings.ToValidUTF8(string(kept[:most]), "\uFFFD"), false, s.skipRest()
}

// isPlain reports whether a string is written as it is.
func isPlain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c == '\\' || c > '~' {
			return false
		}
	}
	return true
}

// escape reads an escape sequence of a string.
func (s *scanner) escape() (rune, error) {
	if s.pos++; !s.more() {
		return 0, s.fail(restOfString)
	}
	c := s.buf[s.pos]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		s.pos++
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	if c != 'u' {
		return 0, s.fail("an escape sequence after the backslash")
	}
	var r rune
	for range 4 {
		if s.pos++; !s.more() {
			return 0, s.fail(restOfString)
		}
		n, err := strconv.ParseUint(string(s.buf[s.pos:s.pos+1]), 16, 8)
		if err != nil {
			return 0, s.fail("four hexadecimal digits after \\u")
		}
		r = r<<4 | rune(n)
	}
	s.pos++
	return r, nil
}

// digits reads a number, of which no more than maxNumber bytes are kept.
func (s *scanner) digits() (string, error) { return s.run("0123456789+-.eE") }

// word reads true, false or null.
func (s *scanner) word() (string, error) {
	w, err := s.run("aeflnrstu")
	if err == nil && w != "true" && w != "false" && w != "null" {
		s.pos -= min(s.pos, len(w))
		return "", s.fail("true, false or null")
	}
	return w, err
}

// run reads bytes for as long as they are of a set, and returns the first of them.
func (s *scanner) run(set string) (string, error) {
	var kept []byte
	for s.more() && strings.IndexByte(set, s.buf[s.pos]) >= 0 {
		if len(kept) <= maxNumber {
			kept = append(kept, s.buf[s.pos])
		}
		s.pos++
	}
	if s.pos == len(s.buf) && s.broken() {
		return "", s.err
	}
	return string(kept), nil
}

// string reads a string of no more than so many bytes.
func (s *scanner) string(to *string, most int) error {
	if ok, err := s.is("a string"); !ok {
		return err
	}
	text, whole, err := s.text(most)
	if err == nil && !whole {
		s.note("is longer than %d bytes", most)
	}
	*to = text
	return err
}

// number reads a number.
func (s *scanner) number(to *float64) error {
	if ok, err := s.is("a number"); !ok {
		return err
	}
	text, err := s.digits()
	if err != nil {
		return err
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case len(text) > maxNumber:
		s.note("is a number of more than %d digits", maxNumber)
	case errors.Is(err, strconv.ErrRange):
		s.note("is %s, which is out of range", text)
	case err != nil:
		return s.fail("a number, and not " + text)
	}
	*to = n
	return nil
}

// bool reads true or false.
func (s *scanner) bool(to *bool) error {
	if ok, err := s.is("true or false"); !ok {
		return err
	}
	w, err := s.word()
	*to = w == "true"
	return err
}
