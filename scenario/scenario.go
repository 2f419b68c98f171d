// Package scenario is the exchange format of corsim: what a page does and what servers answer, as one value with a JSON
// form for machines and a txtar form for people, and the verdict that a browser makes of it.
package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/nearest"
	"github.com/corsim/corsim/origin"
)

// Scenario is one thing a page does, and all that servers would answer.
type Scenario struct {
	ID     string `json:"id"`
	Client Client `json:"client"`
	// Request is one request, and Steps several that the page makes one after the other, with one preflight cache. Just one
	// of the two is set.
	Request *Request  `json:"request,omitempty"`
	Steps   []Request `json:"steps,omitempty"`
	// Server says what is answered at each URL, which is written without fragment. A URL without a query answers for any
	// query that has no entry of its own. All other URLs answer 404 without headers.
	Server map[string]Exchange `json:"server,omitempty"`
	// HTTP2 is set where servers of https URLs speak HTTP/2. All others speak HTTP/1.1.
	HTTP2 bool `json:"http2,omitempty"`
	// Cookies are what servers set before the scenario, when the user visited them: http(s) URLs, and the values of the
	// Set-Cookie lines that came from there.
	Cookies map[string][]string `json:"cookies,omitempty"`

	// Kind, Settle and Note are for people, and for what made the scenario.
	Kind   string          `json:"kind,omitempty"`
	Settle json.RawMessage `json:"settle,omitempty"`
	Note   json.RawMessage `json:"note,omitempty"`
}

// Client is the page.
type Client struct {
	// Origin is the page's origin, serialized.
	Origin string `json:"origin"`
	// Opaque, with the origin "null", is a sandboxed frame inside a page of https://app.example.com.
	Opaque bool `json:"opaque,omitempty"`
	// Sandbox, with the origin "null", is a document of https://app.example.com that a Content-Security-Policy sandboxes.
	Sandbox bool `json:"sandbox,omitempty"`
	// Worker is "dedicated" where the requests are made in a dedicated worker of the page.
	Worker string `json:"worker,omitempty"`
	// COEP is the Cross-Origin-Embedder-Policy of the page, and of its worker: "require-corp" or "credentialless".
	COEP string `json:"coep,omitempty"`
}

// Request is a request as the page writes it. Absent members are the API's defaults, and so are empty strings.
type Request struct {
	API string `json:"api,omitempty"`
	// URL is required; nil is a missing one.
	URL         *string    `json:"url"`
	Method      string     `json:"method,omitempty"`
	Headers     [][]string `json:"headers,omitempty"`
	Mode        string     `json:"mode,omitempty"`
	Credentials string     `json:"credentials,omitempty"`
	Redirect    string     `json:"redirect,omitempty"`
	// Body is a string body. BodyKind names another kind of body, and BlobType the type of a blob.
	Body     *string `json:"body,omitempty"`
	BodyKind string  `json:"bodyKind,omitempty"`
	BlobType string  `json:"blobType,omitempty"`
	// UploadListener is set where an XMLHttpRequest has an upload listener.
	UploadListener bool `json:"uploadListener,omitempty"`
	// CrossOrigin is an element's crossorigin attribute.
	CrossOrigin *string `json:"crossorigin,omitempty"`
	// As is a preload's as attribute.
	As *string `json:"as,omitempty"`
	// Wait is how long the page waits before the request, in milliseconds. Only steps may have it.
	Wait float64 `json:"wait,omitempty"`
}

// Exchange is what a URL answers: Preflight to an OPTIONS with Access-Control-Request-Method, and Response to everything
// else, and to preflights too where there is no Preflight.
type Exchange struct {
	Preflight *Answer `json:"preflight,omitempty"`
	Response  *Answer `json:"response,omitempty"`
}

// Answering returns what servers answer to a request for a URL, which has no fragment: nil where the connection is closed
// without an answer. It is not ok where nothing is said of the URL, which is a 404 without headers.
func Answering(server map[string]Exchange, url string, preflight bool) (a *Answer, ok bool) {
	e, ok := server[url]
	if !ok {
		bare, _, _ := strings.Cut(url, "?")
		if e, ok = server[bare]; !ok {
			return nil, false
		}
	}
	if preflight && e.Preflight != nil {
		return e.Preflight, true
	}
	return e.Response, true
}

// Answer is a response, or that none comes.
type Answer struct {
	Status int `json:"status,omitempty"`
	// Headers are the header lines as sent. In JSON, bytes over 0x7F are the code points of the same number.
	Headers [][]string `json:"headers,omitempty"`
	Body    string     `json:"body,omitempty"`
	// Drop is a connection that is closed without a response. Fail is any other reason, one of [engine.Failures], such as
	// "refused".
	Drop bool           `json:"drop,omitempty"`
	Fail engine.Failure `json:"fail,omitempty"`
}

// Limits of what is taken as a scenario.
const (
	// MaxSize is the size in bytes of the largest scenario, as JSON.
	MaxSize = 16 << 20
	// MaxSteps is how many steps a scenario may have.
	MaxSteps = 1000
	// MaxHeaders is how many headers a request or an answer may have, and MaxHeaderBytes how long they may be in all.
	// Servers and browsers take fewer.
	MaxHeaders     = 1000
	MaxHeaderBytes = 1 << 20
	// MaxCookies is how many cookies may be set before a scenario.
	MaxCookies = 1000
)

// Decode parses a scenario from JSON. Fields that are not known are an error, and so is everything that could only be a
// mistake; the error names the field and says what was expected.
func Decode(data []byte) (*Scenario, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("the scenario is %d bytes long; the longest taken is %d", len(data), MaxSize)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var s Scenario
	if err := dec.Decode(&s); err != nil {
		return nil, decodeError(data, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more after the scenario's closing brace; one scenario is one JSON object")
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return &s, nil
}

// decodeError says where JSON is not what it should be.
func decodeError(data []byte, err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON at byte %d: %w", syntax.Offset, err)
	case errors.As(err, &typ):
		where := typ.Field
		if where == "" {
			where = "the scenario"
		}
		return fmt.Errorf("%s is a JSON %s, want %s", where, typ.Value, jsonType(typ.Type.Kind().String()))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		if len(bytes.TrimSpace(data)) == 0 {
			return errors.New("the scenario is empty; want a JSON object with client, request and server")
		}
		return errors.New("the JSON breaks off in the middle")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return fmt.Errorf("unknown field %q%s", name, didYouMean(name, knownFields))
	}
	return err
}

func jsonType(kind string) string {
	switch kind {
	case "slice", "array":
		return "an array"
	case "map", "struct", "ptr":
		return "an object"
	case "bool":
		return "true or false"
	case "string":
		return "a string"
	}
	return "a number"
}

// knownFields are the fields of a scenario.
var knownFields = []string{
	"id", "client", "origin", "opaque", "sandbox", "worker", "coep", "request", "steps", "server", "http2", "cookies", "kind",
	"settle", "note", "api", "url", "method", "headers", "mode", "credentials", "redirect", "body", "bodyKind", "blobType",
	"uploadListener", "crossorigin", "as", "wait", "preflight", "response", "status", "drop", "fail",
}

// didYouMean returns a hint at the known name that is nearest to name.
func didYouMean(name string, known []string) string {
	if best := nearest.Word(name, known); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return "; known are " + strings.Join(known, ", ")
}

// Validate reports what is wrong with the scenario: it names the field, what was found and what was expected. What a
// browser would throw an exception at is not wrong; such scenarios are worth asking about.
func (s *Scenario) Validate() error {
	switch {
	case s.Request == nil && len(s.Steps) == 0:
		return errors.New("there is neither request nor steps; want one of the two")
	case s.Request != nil && len(s.Steps) > 0:
		return errors.New("there are both request and steps; want one of the two")
	case len(s.Steps) > MaxSteps:
		return fmt.Errorf("steps has %d elements; the most taken are %d", len(s.Steps), MaxSteps)
	}
	if err := s.Client.validate(); err != nil {
		return fmt.Errorf("client.%w", err)
	}
	if s.Request != nil {
		if s.Request.Wait != 0 {
			return errors.New("request.wait is set; only steps can wait")
		}
		if err := s.Client.validateRequest(s.Request); err != nil {
			return fmt.Errorf("request.%w", err)
		}
	}
	for i := range s.Steps {
		if err := s.Client.validateRequest(&s.Steps[i]); err != nil {
			return fmt.Errorf("steps[%d].%w", i, err)
		}
	}
	for u, e := range s.Server {
		if err := validateServer(u, e); err != nil {
			return fmt.Errorf("server[%q]%w", u, err)
		}
	}
	return validateCookies(s.Cookies)
}

func (c *Client) validate() error {
	opaque := c.Origin == "null"
	switch {
	case c.Opaque && !opaque:
		return fmt.Errorf("origin is %q with opaque set; an opaque origin is written \"null\"", c.Origin)
	case c.Sandbox && !opaque:
		return fmt.Errorf("origin is %q with sandbox set; an opaque origin is written \"null\"", c.Origin)
	case c.Opaque && c.Sandbox:
		return errors.New("sandbox is set beside opaque; want sandbox for a document, or opaque for a frame inside another")
	case c.Worker != "" && c.Worker != workerDedicated:
		return fmt.Errorf("worker is %q; want %q, or none", c.Worker, workerDedicated)
	case c.Worker != "" && opaque:
		return fmt.Errorf("worker is %q with the origin \"null\"; only a page of a server's origin can start that worker", c.Worker)
	case c.COEP != "" && !slices.Contains(embedderPolicies, c.COEP):
		return fmt.Errorf("coep is %q%s", c.COEP, didYouMean(c.COEP, embedderPolicies))
	case c.COEP != "" && opaque && !c.Opaque && !c.Sandbox:
		return fmt.Errorf("coep is %q with the origin \"null\"; a page that no server sends has no such header; want opaque or sandbox too", c.COEP)
	case opaque:
		return nil
	}
	_, err := origin.Parse(c.Origin)
	return err
}

const workerDedicated = "dedicated"

var embedderPolicies = []string{string(fetchspec.RequireCORP), string(fetchspec.Credentialless)}

// validateRequest validates a request of the client.
func (c *Client) validateRequest(r *Request) error {
	if err := r.validate(); err != nil {
		return err
	}
	if api := r.api(); c.Worker != "" && api.IsElement() && api != fetchspec.APIEventSource {
		return fmt.Errorf("api is %q with client.worker set; a worker has no elements, want fetch, xhr or eventsource", api)
	}
	return nil
}

// validateCookies checks that cookies are of http(s) URLs, and could each stand in a Set-Cookie line.
func validateCookies(cookies map[string][]string) error {
	count, size := 0, 0
	for url, values := range cookies {
		u, err := origin.ParseURL(url, nil)
		switch {
		case err != nil:
			return fmt.Errorf("cookies[%q]: %w", url, err)
		case !u.IsHTTP():
			return fmt.Errorf("cookies[%q] has the scheme %s; only http and https servers set cookies", url, u.Scheme())
		case strings.Contains(url, "#"):
			return fmt.Errorf("cookies[%q]: a URL is asked for without its fragment; write it without", url)
		case len(values) == 0:
			return fmt.Errorf("cookies[%q] is empty; want the values of Set-Cookie lines, such as \"sid=1; Secure\"", url)
		}
		for i, v := range values {
			if strings.IndexByte(v, 0) >= 0 {
				return fmt.Errorf("cookies[%q][%d] has NUL in it, which no browser takes in a Set-Cookie line", url, i)
			}
			if err := validateValue(v); err != nil {
				return fmt.Errorf("cookies[%q][%d] %w", url, i, err)
			}
			count++
			size += len(v)
		}
	}
	switch {
	case count > MaxCookies:
		return fmt.Errorf("cookies has %d values; want %d at most", count, MaxCookies)
	case size > MaxHeaderBytes:
		return fmt.Errorf("cookies has %d bytes; want %d at most", size, MaxHeaderBytes)
	}
	return nil
}

func (r *Request) validate() error {
	if r.URL == nil {
		return errors.New("url is missing; want the URL that the page asks for")
	}
	if !slices.Contains(apis, r.api()) {
		return fmt.Errorf("api is %q; want one of %s", r.API, join(apis))
	}
	if !slices.Contains(bodyKinds, engine.BodyKind(r.BodyKind)) {
		return fmt.Errorf("bodyKind is %q; want one of %s", r.BodyKind, join(bodyKinds[1:]))
	}
	if r.As != nil && r.api() != fetchspec.APIPreload {
		return fmt.Errorf("as is %q; only a request of api preload has that attribute", *r.As)
	}
	if r.api().IsElement() {
		for _, m := range []struct{ name, value string }{{"mode", r.Mode}, {"redirect", r.Redirect}} {
			if m.value != "" {
				return fmt.Errorf("%s is %q; an element's request has no such member, see crossorigin", m.name, m.value)
			}
		}
	}
	if r.Wait < 0 || r.Wait > 1e12 {
		return fmt.Errorf("wait is %v; want a number of milliseconds from 0 up", r.Wait)
	}
	if err := validateSize(r.Headers); err != nil {
		return err
	}
	for i, h := range r.Headers {
		if len(h) != 2 {
			return fmt.Errorf("headers[%d] has %d elements; want a name and a value", i, len(h))
		}
	}
	return nil
}

func (r *Request) api() fetchspec.API {
	if r.API == "" {
		return fetchspec.APIFetch
	}
	return fetchspec.API(r.API)
}

var apis = fetchspec.APIs()

var bodyKinds = []engine.BodyKind{
	engine.BodyNone, engine.BodyString, engine.BodyURLSearchParams, engine.BodyFormData, engine.BodyBlob, engine.BodyStream,
}

func join[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, x := range list {
		s[i] = string(x)
	}
	return strings.Join(s, ", ")
}

func validateServer(u string, e Exchange) error {
	// NOTE: A key that is no http(s) URL is never asked; recorded scenarios have such keys where a redirect leads nowhere.
	switch {
	case strings.Contains(u, "#"):
		return errors.New(": a URL is asked for without its fragment; write it without")
	case e.Preflight == nil && e.Response == nil:
		return errors.New(" answers nothing; want preflight, response or both")
	}
	for _, a := range []struct {
		name   string
		answer *Answer
	}{{"preflight", e.Preflight}, {"response", e.Response}} {
		if a.answer == nil {
			continue
		}
		if err := a.answer.validate(); err != nil {
			return fmt.Errorf(".%s.%w", a.name, err)
		}
	}
	return nil
}

// validateSize holds headers against what servers and browsers take.
func validateSize(headers [][]string) error {
	if len(headers) > MaxHeaders {
		return fmt.Errorf("headers has %d elements; want %d at most", len(headers), MaxHeaders)
	}
	size := 0
	for _, h := range headers {
		for _, s := range h {
			size += len(s)
		}
	}
	if size > MaxHeaderBytes {
		return fmt.Errorf("headers has %d bytes; want %d at most", size, MaxHeaderBytes)
	}
	return nil
}

func (a *Answer) validate() error {
	switch beside := a.Status != 0 || len(a.Headers) > 0; {
	case a.Drop && a.Fail != "":
		return errors.New("drop is set beside fail; want one of the two")
	case a.Drop && beside:
		return errors.New("drop is set beside a status or headers; a dropped connection answers nothing")
	case a.Fail != "" && !slices.Contains(failures, a.Fail):
		return fmt.Errorf("fail is %q; want one of %s", a.Fail, join(failures))
	case a.Fail != "" && beside:
		return errors.New("fail is set beside a status or headers; a request that fails has no answer")
	case a.Drop, a.Fail != "":
		return nil
	}
	if a.Status < 100 || a.Status > 999 {
		return fmt.Errorf("status is %d; want a number from 100 to 999", a.Status)
	}
	if err := validateSize(a.Headers); err != nil {
		return err
	}
	for i, h := range a.Headers {
		switch {
		case len(h) != 2:
			return fmt.Errorf("headers[%d] has %d elements; want a name and a value", i, len(h))
		case !fetchspec.IsToken(h[0]):
			return fmt.Errorf("headers[%d] has the name %q; want a token: letters, digits and !#$%%&'*+-.^_`|~", i, h[0])
		}
		if err := validateValue(h[1]); err != nil {
			return fmt.Errorf("headers[%d] (%s) %w", i, h[0], err)
		}
	}
	return nil
}

// failures are the reasons for which no answer comes, besides a dropped connection.
var failures = engine.Failures()

// validateValue checks that a header line could carry a value.
func validateValue(v string) error {
	if strings.ContainsAny(v, "\r\n") {
		return errors.New("has CR or LF in its value, which no header line can carry")
	}
	for i, c := range []rune(v) {
		if c > 0xFF {
			return fmt.Errorf("has U+%04X at character %d; a header's value is bytes, written as U+0000 to U+00FF", c, i)
		}
	}
	return nil
}
