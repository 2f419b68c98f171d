package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// Expectation is what a scenario in JSON expects of one browser: any part of its [Verdict]. A scenario may have a member
// expect, which is no part of the exchange format, with one of these for each browser:
//
//	{"client": …, "request": …, "server": …,
//	 "expect": {"chromium": {"outcome": "blocked", "code": "allow-origin-missing"},
//	            "firefox": {"console": [{"text": "Cross-Origin Request Blocked: …"}]}}}
//
// What is absent is not looked at; members that are not known are an error. What is there must be as in the verdict:
//
//   - outcome, code, exception and response are those of the scenario's only request. Scenarios with steps have results
//     instead, a list with one object of these for each step; an empty object expects nothing of its step. Of response, too,
//     only the members that are there are compared, its headers as a complete list.
//   - console are all lines of the page's console, in order. Of each line, level and source may be left out.
//   - requests is all that goes over the wire, in order. Of each request, any member may be left out; headers need not list
//     any but Origin, Access-Control-Request-Method, Access-Control-Request-Headers and Cookie, of which those that are not
//     listed must not be sent. A value null is that of a header that must not be sent either.
type Expectation struct {
	ResultExpectation
	Results  []ResultExpectation   `json:"results,omitempty"`
	Console  *[]LineExpectation    `json:"console,omitempty"`
	Requests *[]RequestExpectation `json:"requests,omitempty"`
}

// ResultExpectation is what is expected of a [Result].
type ResultExpectation struct {
	Outcome   *string              `json:"outcome,omitempty"`
	Code      *engine.Code         `json:"code,omitempty"`
	Exception *string              `json:"exception,omitempty"`
	Response  *ResponseExpectation `json:"response,omitempty"`
}

// ResponseExpectation is what is expected of a [Response].
type ResponseExpectation struct {
	Type       *string     `json:"type,omitempty"`
	Status     *int        `json:"status,omitempty"`
	URL        *string     `json:"url,omitempty"`
	Redirected *bool       `json:"redirected,omitempty"`
	Headers    *[][]string `json:"headers,omitempty"`
	Loaded     *bool       `json:"loaded,omitempty"`
}

// LineExpectation is what is expected of a [Line] of the console.
type LineExpectation struct {
	Text   string  `json:"text"`
	Level  *string `json:"level,omitempty"`
	Source *string `json:"source,omitempty"`
}

// RequestExpectation is what is expected of a [WireRequest].
type RequestExpectation struct {
	Method *string `json:"method,omitempty"`
	URL    *string `json:"url,omitempty"`
	// Headers are pairs of a name and a value, which is nil for a header that must not be sent.
	Headers *[][]*string `json:"headers,omitempty"`
}

// expected is an expectation with the name of its browser.
type expected struct {
	browser string
	want    Expectation
}

// decodeExpect parses the member expect of a scenario with so many requests, keeping the order of browsers.
func decodeExpect(raw []byte, requests int) ([]expected, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("expect is not an object; want browsers and what is expected of them")
	}
	var list []expected
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		e := expected{browser: t.(string)}
		if _, err := personality.ByName(e.browser); err != nil {
			return nil, fmt.Errorf("expect: %w", err)
		}
		if err := dec.Decode(&e.want); err != nil {
			return nil, fmt.Errorf("expect.%s: %s", e.browser, strings.TrimPrefix(err.Error(), "json: "))
		}
		if err := e.want.validate(requests); err != nil {
			return nil, fmt.Errorf("expect.%s.%w", e.browser, err)
		}
		list = append(list, e)
	}
	return list, nil
}

func (e *Expectation) validate(requests int) error {
	one := e.ResultExpectation != ResultExpectation{}
	switch {
	case one && e.Results != nil:
		return fmt.Errorf("results stands beside outcome, code, exception or response; want one of the two ways")
	case one && requests > 1:
		return fmt.Errorf("outcome, code, exception and response are those of an only request, and there are %d; want results", requests)
	case e.Results != nil && len(e.Results) != requests:
		return fmt.Errorf("results has %d elements for %d requests; want one for each", len(e.Results), requests)
	}
	if e.Requests == nil {
		return nil
	}
	for i, r := range *e.Requests {
		if r.Headers == nil {
			continue
		}
		for j, h := range *r.Headers {
			if len(h) != 2 || h[0] == nil {
				return fmt.Errorf("requests[%d].headers[%d] is no pair; want a name and a value", i, j)
			}
		}
	}
	return nil
}

// actual returns an expectation of the same shape that the verdict meets.
func (e *Expectation) actual(v *Verdict) *Expectation {
	a := &Expectation{}
	if e.Results == nil {
		a.ResultExpectation = e.ResultExpectation.actual(&v.Results[0])
	}
	for i := range e.Results {
		a.Results = append(a.Results, e.Results[i].actual(&v.Results[i]))
	}
	if e.Console != nil {
		lines := make([]LineExpectation, len(v.Console))
		for i, l := range v.Console {
			lines[i].Text = l.Text
			if i < len(*e.Console) {
				lines[i].Level = same((*e.Console)[i].Level, l.Level)
				lines[i].Source = same((*e.Console)[i].Source, l.Source)
			}
		}
		a.Console = &lines
	}
	if e.Requests != nil {
		requests := make([]RequestExpectation, len(v.Requests))
		for i := range v.Requests {
			r := &v.Requests[i]
			if i < len(*e.Requests) {
				requests[i] = (*e.Requests)[i].actual(r)
			} else {
				requests[i] = RequestExpectation{Method: &r.Method, URL: &r.URL}
			}
		}
		a.Requests = &requests
	}
	return a
}

// same returns the value where something is expected of it, and nil otherwise.
func same[T any](want *T, value T) *T {
	if want == nil {
		return nil
	}
	return &value
}

func (e *ResultExpectation) actual(r *Result) ResultExpectation {
	a := ResultExpectation{
		Outcome: same(e.Outcome, r.Outcome), Code: same(e.Code, r.Code), Exception: same(e.Exception, r.Exception),
	}
	if e.Response == nil || r.Response == nil {
		return a
	}
	w, resp := e.Response, r.Response
	a.Response = &ResponseExpectation{Type: same(w.Type, resp.Type), Loaded: same(w.Loaded, resp.Loaded)}
	if w.Status != nil {
		a.Response.Status = resp.Status
	}
	if w.URL != nil {
		a.Response.URL = resp.URL
	}
	if w.Redirected != nil {
		a.Response.Redirected = resp.Redirected
	}
	if w.Headers != nil {
		headers := append([][]string{}, resp.Headers...)
		a.Response.Headers = &headers
	}
	return a
}

func (e *RequestExpectation) actual(r *WireRequest) RequestExpectation {
	a := RequestExpectation{Method: same(e.Method, r.Method), URL: same(e.URL, r.URL)}
	if e.Headers == nil {
		return a
	}
	headers := [][]*string{}
	taken := make([]bool, len(r.Headers))
	for _, want := range *e.Headers {
		pair := []*string{want[0], nil}
		for i := range r.Headers {
			if h := r.Headers[i]; !taken[i] && fetchspec.EqualFold(h[0], *want[0]) {
				taken[i], pair[1] = true, &h[1]
				break
			}
		}
		if pair[1] != nil || want[1] == nil {
			headers = append(headers, pair)
		}
	}
	for i := range r.Headers {
		if h := r.Headers[i]; !taken[i] && isShown(h[0]) {
			headers = append(headers, []*string{&h[0], &h[1]})
		}
	}
	a.Headers = &headers
	return a
}

// marshal returns the JSON of an expectation, indented.
func (e *Expectation) marshal() string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		panic("scenario: an expectation does not marshal: " + err.Error()) // it is all strings, numbers and lists
	}
	return b.String()
}
