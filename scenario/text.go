package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/corsim/corsim/personality"
)

// Text is a scenario in the form for people: a txtar archive. Its comment says why the case is there, its sections what
// the page does, what servers answer, and what is expected to come of it:
//
//	A PUT needs a preflight that allows it.
//
//	-- page --
//	https://app.example.com
//	-- request --
//	fetch PUT https://api.example.com/items credentials=include
//	Content-Type: application/json
//
//	{"a": 1}
//	-- preflight https://api.example.com/items --
//	HTTP/1.1 204 No Content
//	Access-Control-Allow-Origin: https://app.example.com
//	-- response https://api.example.com/items --
//	HTTP/1.1 200 OK
//	-- chromium --
//
// The sections are:
//
//   - page: the origin of the page, or null for an opaque origin, or sandboxed for a sandboxed frame inside a page of
//     https://app.example.com.
//   - request: on the first line the API (fetch, xhr, script, module, img, stylesheet or font), the method, which may be
//     left out for GET, the URL, and options: mode, credentials, redirect, crossorigin, bodyKind, blobType, wait (as in
//     wait=500ms) and uploadListener; header lines; after an empty line, the body. Several request sections are steps.
//   - response URL and preflight URL: a status line as curl -i prints it, or just the status; header lines; after an
//     empty line, the body. Or the word drop, for a connection that is closed without an answer.
//   - chromium, firefox, webkit, spec, trace: what is expected, as [Run.Render] and [Run.RenderTrace] put it.
//
// What these lines cannot carry is written in double quotes, with the escapes of Go: a word of the request line; a header,
// as in X-Odd = " two\tspaces "; and a body, as the head's last line = "…". As in JSON, a character of a response header
// up to U+00FF is the byte of that number. Empty lines at the end of a section do not count.
//
// ID, Kind, Settle and Note are not part of the text form, and a request without an API comes back as a fetch.
type Text struct {
	// Comment is the reason for the case, in prose. Its first line is a title of one sentence.
	Comment  string
	Scenario *Scenario
	// Sections are the renderings, in file order.
	Sections []Section
}

// Section is a rendering that is expected.
type Section struct {
	// Name is the name of a browser, or trace.
	Name string
	Data string
}

// traceSection is the section with the trace of spec.
const traceSection = "trace"

// TextError is a mistake in the text form of a scenario.
type TextError struct {
	// Section is the section's name, empty where the mistake is of the whole file.
	Section string
	// Line is the line in the file, from 1.
	Line int
	Err  error
}

// Error returns the place, what was found there, and what was expected.
func (e *TextError) Error() string {
	if e.Section == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("line %d, section %q: %v", e.Line, e.Section, e.Err)
}

// Unwrap returns what is wrong, without the place.
func (e *TextError) Unwrap() error { return e.Err }

// ParseText parses the text form of a scenario. Its errors are of type [*TextError].
func ParseText(data []byte) (*Text, error) {
	if len(data) > MaxSize {
		return nil, &TextError{Err: fmt.Errorf("the scenario is %d bytes long; the longest taken is %d", len(data), MaxSize)}
	}
	return parseArchive(txtar.Parse(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))))
}

func parseArchive(a *txtar.Archive) (*Text, error) {
	p := textParser{text: &Text{Scenario: &Scenario{}}}
	p.text.Comment = strings.Trim(string(a.Comment), "\n")
	line := bytes.Count(a.Comment, []byte("\n")) + 1
	for _, f := range a.Files {
		p.section, p.line = f.Name, line
		line += 1 + bytes.Count(f.Data, []byte("\n"))
		if err := p.parseSection(string(f.Data)); err != nil {
			return nil, &TextError{Section: p.section, Line: p.line, Err: err}
		}
	}
	if err := p.finish(); err != nil {
		return nil, &TextError{Err: err}
	}
	return p.text, nil
}

type textParser struct {
	text *Text
	// section and line are where the parser is: the line of the file.
	section  string
	line     int
	page     bool
	waits    bool
	requests []Request
}

// kinds are the names of sections, and the words that names with a URL start with.
var kinds = func() []string {
	k := []string{"page", "request", "response", "preflight", traceSection}
	for _, p := range personality.All() {
		k = append(k, p.Name)
	}
	return k
}()

func (p *textParser) parseSection(data string) error {
	if !utf8.ValidString(data) {
		p.line += 1 + strings.Count(data[:invalidUTF8(data)], "\n")
		return errors.New("the text is not UTF-8; write odd bytes in double quotes, as in X-Odd = \"\\xE9\"")
	}
	kind, rest, hasURL := strings.Cut(p.section, " ")
	if !slices.Contains(kinds, kind) {
		return fmt.Errorf("there is no such section%s", didYouMean(kind, kinds))
	}
	switch kind {
	case "response", "preflight":
		if !hasURL {
			return fmt.Errorf("the section's name has no URL; want -- %s https://… --", kind)
		}
		return p.parseAnswer(kind, rest, sectionLines(data))
	}
	if hasURL {
		return fmt.Errorf("the section's name goes on with %q; want -- %s --", rest, kind)
	}
	switch kind {
	case "page":
		return p.parsePage(sectionLines(data))
	case "request":
		return p.parseRequest(sectionLines(data))
	}
	for _, s := range p.text.Sections {
		if s.Name == kind {
			return errors.New("there is such a section already; want one")
		}
	}
	p.text.Sections = append(p.text.Sections, Section{kind, trimEnd(data)})
	return nil
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return len(s)
}

// trimEnd returns a rendering with one newline at its end, and none where it is empty.
func trimEnd(data string) string {
	if data = strings.TrimRight(data, "\n"); data == "" {
		return ""
	}
	return data + "\n"
}

// sectionLines splits a section into lines, less the empty ones at its end.
func sectionLines(data string) []string {
	data = strings.TrimRight(data, "\n")
	if data == "" {
		return nil
	}
	return strings.Split(data, "\n")
}

func (p *textParser) finish() error {
	s := p.text.Scenario
	switch {
	case !p.page:
		return errors.New("there is no section page; want one with the page's origin, such as https://app.example.com")
	case len(p.requests) == 0:
		return errors.New("there is no section request; want one, or several for steps")
	case len(p.requests) == 1 && !p.waits:
		s.Request = &p.requests[0]
	default:
		s.Steps = p.requests
	}
	return s.Validate()
}

func (p *textParser) parsePage(lines []string) error {
	if p.page {
		return errors.New("there is such a section already; a scenario has one page")
	}
	if len(lines) != 1 {
		return fmt.Errorf("there are %d lines; want one: an origin such as https://app.example.com, null or sandboxed", len(lines))
	}
	p.line++
	p.page = true
	c := Client{Origin: strings.TrimSpace(lines[0])}
	if c.Origin == "sandboxed" {
		c = Client{Origin: "null", Opaque: true}
	}
	p.text.Scenario.Client = c
	return c.validate()
}

func (p *textParser) parseRequest(lines []string) error {
	p.line++
	if len(lines) == 0 || strings.TrimSpace(lines[0]) == "" {
		return errors.New("the first line is empty; want API METHOD URL, such as fetch GET https://api.example.com/")
	}
	r, err := p.requestLine(lines[0])
	if err != nil {
		return err
	}
	if r.Headers, r.Body, err = p.parseHead(lines[1:]); err != nil {
		return err
	}
	if err := r.validate(); err != nil {
		return err
	}
	p.requests = append(p.requests, r)
	return nil
}

func (p *textParser) parseAnswer(kind, url string, lines []string) error {
	if strings.HasPrefix(url, `"`) {
		u, err := strconv.Unquote(url)
		if err != nil {
			return fmt.Errorf("the URL %s is not well quoted; want a string in double quotes", url)
		}
		url = u
	} else if strings.ContainsAny(url, " \t") {
		return fmt.Errorf("the URL %q has a space in it; want it without, or in double quotes", url)
	}
	if strings.Contains(url, "#") {
		return fmt.Errorf("the URL %q has a fragment; a URL is asked for without: want %q", url, url[:strings.IndexByte(url, '#')])
	}
	e := p.text.Scenario.Server[url]
	if kind == "preflight" && e.Preflight != nil || kind == "response" && e.Response != nil {
		return fmt.Errorf("there is such a section already; a URL has one %s", kind)
	}
	p.line++
	a, err := p.answer(lines)
	if err != nil {
		return err
	}
	if err := a.validate(); err != nil {
		return err
	}
	if kind == "preflight" {
		e.Preflight = a
	} else {
		e.Response = a
	}
	if p.text.Scenario.Server == nil {
		p.text.Scenario.Server = map[string]Exchange{}
	}
	p.text.Scenario.Server[url] = e
	return nil
}

func (p *textParser) answer(lines []string) (*Answer, error) {
	const want = "want a status line such as HTTP/1.1 204 No Content, or 204, or drop"
	if len(lines) == 0 || strings.TrimSpace(lines[0]) == "" {
		return nil, errors.New("the first line is empty; " + want)
	}
	words := strings.Fields(lines[0])
	if words[0] == "drop" {
		if len(words) > 1 || len(lines) > 1 {
			return nil, errors.New("there is more than the word drop; a dropped connection answers nothing")
		}
		return &Answer{Drop: true}, nil
	}
	status := words[0]
	if strings.HasPrefix(status, "HTTP/") && len(words) > 1 {
		status = words[1]
	} else if len(words) > 1 {
		return nil, fmt.Errorf("found %q; %s", lines[0], want)
	}
	n, err := strconv.Atoi(status)
	if err != nil {
		return nil, fmt.Errorf("found %q; %s", lines[0], want)
	}
	a := &Answer{Status: n}
	headers, body, err := p.parseHead(lines[1:])
	if err != nil {
		return nil, err
	}
	a.Headers = headers
	if body != nil {
		a.Body = *body
	}
	return a, nil
}
