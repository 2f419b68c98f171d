package har

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Limits of what is taken of an entry.
const (
	// MaxURL is the length in bytes of the longest URL. Chromium takes no longer ones.
	MaxURL = 2 << 20
	// MaxHeaders is how many headers a request or response may have, and MaxHeaderBytes how long they may be in all.
	MaxHeaders     = 1000
	MaxHeaderBytes = 1 << 20
	// MaxPages is how many pages are remembered.
	MaxPages = 1000

	maxCookies = 1000
	maxWord    = 4 << 10 // names, types, versions, messages
)

// FormatError is input that is no HAR at all.
type FormatError struct {
	// Found is what it is, and Hint what to do.
	Found, Hint string
}

func (e *FormatError) Error() string {
	return e.Found + "; want a HAR, which is JSON: {\"log\": {…}}"
}

// EntryError is an entry that cannot be read. Those after it can.
type EntryError struct {
	// Number is the entry's number, from 1.
	Number int
	// Problem names the JSON path, what is there, and what was expected.
	Problem string
}

func (e *EntryError) Error() string { return fmt.Sprintf("entry %d: %s", e.Number, e.Problem) }

// Reader reads a HAR, one entry after the other. It takes no more memory for a long one than for a short one.
type Reader struct {
	s *scanner
	// Log is what the HAR says of itself, as far as it was read.
	Log Log

	opened, inEntries, done bool
	entries                 int
	// seen are the members of log, and before that those of the document.
	seen map[string]bool
	// known is what the HAR says of itself, where that was read before.
	known *Log
	// err is final.
	err error
}

// NewReader returns a reader of a HAR in JSON, with or without a byte order mark.
func NewReader(r io.Reader) *Reader {
	return &Reader{s: newScanner(r), seen: map[string]bool{}}
}

// Entries returns how many entries were read.
func (r *Reader) Entries() int { return r.entries }

// Next returns the next entry. After the last one the error is [io.EOF]. An [*EntryError] is about one entry, and the
// next call goes on after it; every other error is final: a [*FormatError] where this is no HAR, a [*SyntaxError] where
// it breaks off or is no JSON, or what the underlying reader returned.
func (r *Reader) Next() (*Entry, error) {
	for {
		if err := r.start(); err != nil {
			return nil, err
		}
		if r.done {
			return nil, io.EOF
		}
		if e, err := r.entry(); e != nil || err != nil {
			return e, err
		}
	}
}

// start reads up to the first entry, or from the last one to the end.
func (r *Reader) start() error {
	if r.err == nil && !r.opened {
		r.err = r.open()
		r.opened = true
	}
	if r.err == nil && !r.inEntries && !r.done {
		r.err = r.members()
	}
	return r.err
}

// isInOrder reports whether log has its members in the order of the specification, so that those that matter come before the
// entries.
func (r *Reader) isInOrder() bool {
	return !r.inEntries || r.seen["version"] && r.seen["creator"]
}

// skipEntries reads past all entries, up to the end.
func (r *Reader) skipEntries() error {
	for {
		end, err := r.atEnd()
		if err == nil && !end {
			err = r.s.skip()
			r.entries++
		}
		if err != nil || end {
			return err
		}
	}
}

var byteOrderMark = []byte("\uFEFF")

// open reads up to the first member of log.
func (r *Reader) open() error {
	s := r.s
	if !s.more() {
		if s.broken() {
			return s.err
		}
		return &FormatError{Found: "the input is empty"}
	}
	if bytes.HasPrefix(s.buf, byteOrderMark) {
		s.pos += len(byteOrderMark)
	}
	if err := r.notJSON(); err != nil {
		return err
	}
	if err := s.expect('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, ok := s.next()
		if ok && c == '}' {
			return &FormatError{Found: "the input is a JSON object without the member log" + r.others(), Hint: hintExport}
		}
		if !first {
			if err := s.expect(','); err != nil {
				return err
			}
		}
		key, err := r.key()
		if err != nil {
			return err
		}
		r.seen[key] = len(r.seen) < 10
		if key != "log" {
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		s.path = append(s.path, step{key: "log"})
		kind, err := s.kind()
		if err != nil {
			return err
		}
		if kind != "an object" {
			return &FormatError{Found: "the member log is " + kind + ", and not an object", Hint: hintExport}
		}
		s.pos++
		clear(r.seen)
		return nil
	}
}

// key reads a member's name and the colon after it.
func (r *Reader) key() (string, error) {
	if c, ok := r.s.next(); !ok || c != '"' {
		return "", r.s.fail("a member's name in quotes")
	}
	key, _, err := r.s.text(maxKey)
	if err != nil {
		return "", err
	}
	return key, r.s.expect(':')
}

const hintExport = "in the browser's network panel, “Save all as HAR” or “Export HAR” makes one"

// others lists the members that there are.
func (r *Reader) others() string {
	var names []string
	for name := range r.seen {
		names = append(names, fmt.Sprintf("%q", clip(name, 40)))
	}
	switch len(names) {
	case 0:
		return ", and without any other"
	case 1:
		return ", and with " + names[0]
	}
	return ""
}

func clip(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// notJSON recognises what people take for a HAR by mistake.
func (r *Reader) notJSON() error {
	c, ok := r.s.next()
	rest := r.s.buf[r.s.pos:]
	has := func(prefix string) bool {
		return len(rest) >= len(prefix) && strings.EqualFold(string(rest[:len(prefix)]), prefix)
	}
	switch {
	case !ok:
		return &FormatError{Found: "the input has nothing in it but white space"}
	case c == '{':
		return nil
	case c == '<':
		what := "XML"
		if bytes.Contains(bytes.ToLower(rest[:min(len(rest), 1024)]), []byte("html")) {
			what = "an HTML page"
		}
		return &FormatError{what + " stands where a HAR should", "perhaps a login page was saved in place of the file; open it in a browser to see. Some HAR viewers save themselves: ask for the .har file"}
	case c == '[', c == '"', c == 't', c == 'f', c == 'n', '0' <= c && c <= '9', c == '-':
		kind, _ := r.s.kind()
		return &FormatError{"the input is JSON, but " + kind, hintExport}
	case has("HTTP/"):
		return &FormatError{"this is the answer of a server", "corsim check judges those, see corsim help check"}
	case has("PK\x03\x04"):
		return &FormatError{"this is a ZIP archive", "name it as a file, and not as standard input; or unpack it"}
	case has("curl "):
		return &FormatError{"this is a curl command", "copy “all as HAR” instead"}
	case bytes.IndexByte(rest[:min(len(rest), 512)], 0) >= 0:
		return &FormatError{"this is a binary file, or text in UTF-16", "a HAR is text in UTF-8"}
	}
	return r.s.fail("a HAR, which starts with {")
}

// members reads the members of log up to the next entry, or to the end.
func (r *Reader) members() error {
	s := r.s
	for {
		c, ok := s.next()
		if ok && c == '}' {
			s.pos++
			r.done = true
			if !r.seen["entries"] {
				return &FormatError{Found: "log has no entries", Hint: hintExport}
			}
			return r.end()
		}
		if len(r.seen) > 0 {
			if err := s.expect(','); err != nil {
				return err
			}
		}
		key, err := r.key()
		if err != nil {
			return err
		}
		if len(r.seen) < 100 || key == "entries" {
			r.seen[key] = true
		}
		s.path = append(s.path[:1], step{key: key})
		s.mismatch = nil
		switch {
		case key == "entries" && r.entries > 0:
			return s.fail("no second member of that name")
		case key == "entries":
			return r.openEntries()
		case r.known != nil && r.entries > 0:
			if err := s.skip(); err != nil {
				return err
			}
			continue
		}
		if err := r.member(key); err != nil {
			return err
		}
		if s.mismatch != nil {
			return &FormatError{Found: s.mismatch.Error()}
		}
		s.path = s.path[:1]
	}
}

func (r *Reader) openEntries() error {
	kind, err := r.s.kind()
	if err != nil {
		return err
	}
	if kind != "an array" {
		return &FormatError{Found: "log.entries is " + kind + ", and not an array"}
	}
	r.s.pos++
	r.inEntries = true
	if r.known != nil {
		r.Log = *r.known
	}
	return nil
}

// end reads what may stand behind log.
func (r *Reader) end() error {
	s := r.s
	s.path = s.path[:0]
	for {
		c, ok := s.next()
		if ok && c == '}' {
			s.pos++
			break
		}
		if err := s.expect(','); err != nil {
			return err
		}
		if _, err := r.key(); err != nil {
			return err
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
	if _, ok := s.next(); ok {
		return s.fail("nothing after the HAR")
	}
	if s.broken() {
		return s.err
	}
	return nil
}

// member reads a member of log that is not entries.
func (r *Reader) member(key string) error {
	s := r.s
	switch key {
	case "version":
		return s.string(&r.Log.Version, maxWord)
	case "creator":
		return s.software(&r.Log.Creator)
	case "browser":
		return s.software(&r.Log.Browser)
	case "pages":
		return s.array(func(int) error {
			var p Page
			err := s.object(func(key string) error {
				switch key {
				case "id":
					return s.string(&p.ID, maxWord)
				case "title":
					var whole bool
					ok, err := s.is("a string")
					if ok {
						p.Title, whole, err = s.text(MaxURL)
					}
					if !whole {
						p.Title = clip(p.Title, maxWord)
					}
					return err
				case "startedDateTime":
					return s.string(&p.Started, maxWord)
				}
				return s.skip()
			})
			if len(r.Log.Pages) < MaxPages {
				r.Log.Pages = append(r.Log.Pages, p)
			}
			return err
		})
	}
	return s.skip()
}

func (s *scanner) software(to *Software) error {
	return s.object(func(key string) error {
		switch key {
		case "name":
			return s.string(&to.Name, maxWord)
		case "version":
			return s.string(&to.Version, maxWord)
		}
		return s.skip()
	})
}

// atEnd reads the end of the entries, or what stands before the next one.
func (r *Reader) atEnd() (bool, error) {
	s := r.s
	c, ok := s.next()
	if ok && c == ']' {
		s.pos++
		r.inEntries = false
		return true, nil
	}
	if r.entries > 0 {
		if err := s.expect(','); err != nil {
			return false, err
		}
	}
	s.path = append(s.path[:2], step{index: r.entries})
	return false, nil
}

// entry reads an entry, and returns nil at their end.
func (r *Reader) entry() (*Entry, error) {
	s := r.s
	end, err := r.atEnd()
	if end || err != nil {
		r.err = err
		return nil, err
	}
	s.next()
	e := &Entry{Number: r.entries + 1, Offset: s.at()}
	s.mismatch = nil
	if r.err = s.entry(e); r.err != nil {
		return nil, r.err
	}
	e.Length = s.at() - e.Offset
	r.entries++
	if s.mismatch == nil {
		s.check(e)
	}
	if s.mismatch != nil {
		return nil, &EntryError{e.Number, s.mismatch.Error()}
	}
	return e, nil
}
