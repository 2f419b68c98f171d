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

	"github.com/corsim/corsim/engine"
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
//     https://app.example.com, or sandboxed document for a document from there that its Content-Security-Policy sandboxes.
//     On lines of their own may follow coep=require-corp or coep=credentialless, the page's Cross-Origin-Embedder-Policy;
//     worker, where a dedicated worker of the page makes the requests; and http2, where servers of https URLs speak HTTP/2.
//   - cookies URL: the values of the Set-Cookie lines, one a line, that came from there before the page was opened.
//   - request: on the first line the API (fetch, xhr, eventsource, script, module, img, stylesheet, font, video, audio or
//     preload), the method, which may be left out for GET, the URL, and options: mode, credentials, redirect, crossorigin,
//     as, bodyKind, blobType, wait (as in wait=500ms) and uploadListener; header lines; after an empty line, the body.
//     Several request sections are steps.
//   - response URL and preflight URL: a status line as curl -i prints it, or just the status; header lines; after an
//     empty line, the body. Or the word drop, for a connection that is closed without an answer,
//     or fail and another reason why none comes, such as refused: one of [engine.Failures].
//   - chromium, firefox, webkit, spec, trace: what is expected, as [Run.Render] and [Run.RenderTrace] put it.
//
// What these lines cannot carry is written in double quotes, with the escapes of Go: a word of the request line; a cookie; a
// header, as in X-Odd = " two\tspaces "; and a body, as the head's last line = "…". As in JSON, a character of a response header
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
	k := []string{"page", "request", "response", "preflight", "cookies", traceSection}
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
	case "response", "preflight", "cookies":
		if !hasURL {
			return fmt.Errorf("the section's name has no URL; want -- %s https://… --", kind)
		}
		url, err := sectionURL(rest)
		if err != nil {
			return err
		}
		if kind == "cookies" {
			return p.parseCookies(url, sectionLines(data))
		}
		return p.parseAnswer(kind, url, sectionLines(data))
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
	if len(lines) == 0 {
		return errors.New("there are 0 lines; want one: an origin such as https://app.example.com, null or sandboxed")
	}
	p.line++
	p.page = true
	c := &p.text.Scenario.Client
	switch first := strings.TrimSpace(lines[0]); first {
	case pageSandboxed:
		*c = Client{Origin: "null", Opaque: true}
	case pageSandboxedDocument:
		*c = Client{Origin: "null", Sandbox: true}
	default:
		c.Origin = first
	}
	for _, l := range lines[1:] {
		// A mistake is reported at the line that makes it one.
		if err := c.validate(); err != nil {
			return err
		}
		p.line++
		if err := p.pageLine(strings.TrimSpace(l)); err != nil {
			return err
		}
	}
	return c.validate()
}

// The ways to write a page of an opaque origin that is no page of its own.
const (
	pageSandboxed         = "sandboxed"
	pageSandboxedDocument = "sandboxed document"
)

// pageLine parses a line below the page's origin.
func (p *textParser) pageLine(l string) error {
	s := p.text.Scenario
	name, value, hasValue := strings.Cut(l, "=")
	switch {
	case name == "coep" && hasValue && value != "" && s.Client.COEP == "":
		s.Client.COEP = value
	case l == "worker" && s.Client.Worker == "":
		s.Client.Worker = workerDedicated
	case l == "http2" && !s.HTTP2:
		s.HTTP2 = true
	default:
		return fmt.Errorf("found %q below the page's origin; want coep=require-corp, coep=credentialless, worker or http2, each once at most", l)
	}
	return nil
}

func (p *textParser) parseCookies(url string, lines []string) error {
	cookies := &p.text.Scenario.Cookies
	if _, twice := (*cookies)[url]; twice {
		return errors.New("there is such a section already; a URL has one list of cookies")
	}
	var values []string
	for _, l := range lines {
		p.line++
		value := strings.Trim(l, " \t")
		switch {
		case value == "":
			return errors.New(`the line is empty; want the value of a Set-Cookie line, such as sid=1; Secure. An empty value is written ""`)
		case value[0] == '"':
			v, err := strconv.Unquote(value)
			if err != nil {
				return fmt.Errorf("found %s; want a string in double quotes, with the escapes of Go", value)
			}
			value = v
		}
		values = append(values, value)
	}
	if *cookies == nil {
		*cookies = map[string][]string{}
	}
	(*cookies)[url] = values
	return validateCookies(map[string][]string{url: values})
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

// sectionURL returns the URL in the name of a section.
func sectionURL(url string) (string, error) {
	if strings.HasPrefix(url, `"`) {
		u, err := strconv.Unquote(url)
		if err != nil {
			return "", fmt.Errorf("the URL %s is not well quoted; want a string in double quotes", url)
		}
		url = u
	} else if strings.ContainsAny(url, " \t") {
		return "", fmt.Errorf("the URL %q has a space in it; want it without, or in double quotes", url)
	}
	if strings.Contains(url, "#") {
		return "", fmt.Errorf("the URL %q has a fragment; a URL is asked for without: want %q", url, url[:strings.IndexByte(url, '#')])
	}
	return url, nil
}

func (p *textParser) parseAnswer(kind, url string, lines []string) error {
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
	const want = "want a status line such as HTTP/1.1 204 No Content, or 204, or drop, or fail REASON"
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
	if words[0] == "fail" {
		if len(words) != 2 || len(lines) > 1 {
			return nil, fmt.Errorf("want fail and a reason, and nothing else; the reasons are %s", join(failures))
		}
		return &Answer{Fail: engine.Failure(words[1])}, nil
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
