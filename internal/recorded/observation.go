package recorded

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Observation is what one browser, real or simulated, made of a scenario.
type Observation struct {
	Browser string
	// Results are what the page saw, one for each of its requests.
	Results []Result
	// Console are the lines of the page's console.
	Console []string
	// Frame are the lines of a sandboxed frame's own console, in the browser that keeps one.
	Frame []string
	// DevTools are the CORS errors that Chromium's DevTools report.
	DevTools []CORSError
	// Requests is what went over the wire, preflights included.
	Requests []Request
}

// Result is what a page saw of one request: an error, that an element was loaded, or a response.
type Result struct {
	// Error is the string of what was thrown, nil where nothing was.
	Error  *string `json:"error"`
	Loaded bool    `json:"loaded"`

	// The parts of a response; any, because an absent one must not equal a zero one.
	Type       any        `json:"type"`
	Status     any        `json:"status"`
	URL        any        `json:"url"`
	Redirected any        `json:"redirected"`
	Headers    [][]string `json:"headers"`
}

// Request is a request as its server received it.
type Request struct {
	Method  string     `json:"method"`
	URL     string     `json:"url"`
	Headers [][]string `json:"headers"`
}

// CORSError is Chromium's name of a CORS error, and its parameter.
type CORSError struct {
	CORSError       string `json:"corsError"`
	FailedParameter string `json:"failedParameter"`
}

// Recording is what a real browser did with a scenario, one line of a recorded corpus.
type Recording struct {
	ID      string `json:"id"`
	Browser string `json:"browser"`
	// Version is the browser's; it may be missing.
	Version string `json:"version"`
	// Date is the day of the recording, as 2006-01-02; it may be missing.
	Date string `json:"date"`
	// JS is the result, or a list of results where the scenario has steps.
	JS       Results   `json:"js"`
	Console  []Entry   `json:"console"`
	Frame    []Entry   `json:"frame"`
	Requests []Request `json:"requests"`
}

// Entry is an entry of a console, or of Chromium's DevTools.
type Entry struct {
	Text  string     `json:"text"`
	Level string     `json:"level"`
	CORS  *CORSError `json:"cors"`
}

// Results are results that may be written as one.
type Results []Result

// UnmarshalJSON decodes a result, or a list of results.
func (r *Results) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]Result)(r))
	}
	var one Result
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*r = Results{one}
	return nil
}

// ParseRecording parses a line of a recorded corpus.
func ParseRecording(line []byte) (*Recording, error) {
	var r Recording
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, fmt.Errorf("not a recording: %w", err)
	}
	for i, res := range r.JS {
		if err := checkPairs(res.Headers); err != nil {
			return nil, fmt.Errorf("recording %q: js[%d].%w", r.ID, i, err)
		}
	}
	return &r, checkRequests("recording", r.ID, r.Requests)
}

// checkRequests reports a request whose headers are not pairs.
func checkRequests(kind, id string, requests []Request) error {
	for i, q := range requests {
		if err := checkPairs(q.Headers); err != nil {
			return fmt.Errorf("%s %q: requests[%d].%w", kind, id, i, err)
		}
	}
	return nil
}

func checkPairs(headers [][]string) error {
	for i, h := range headers {
		if len(h) != 2 {
			return fmt.Errorf("headers[%d] has %d elements; want a name and a value", i, len(h))
		}
	}
	return nil
}

// Broken reports whether the recording itself failed, which it marks with "!!".
func (r *Recording) Broken() bool {
	return slices.ContainsFunc(r.Console, func(e Entry) bool { return strings.HasPrefix(e.Text, "!!") }) ||
		slices.ContainsFunc(r.JS, func(j Result) bool { return j.Error != nil && strings.HasPrefix(*j.Error, "!!") })
}

// Observation returns what the browser made of the scenario.
func (r *Recording) Observation() *Observation {
	o := &Observation{Browser: r.Browser, Results: r.JS, Requests: r.Requests}
	for _, e := range r.Frame {
		if e.Text != "" {
			o.Frame = append(o.Frame, e.Text)
		}
	}
	for _, e := range r.Console {
		if e.Text != "" {
			o.Console = append(o.Console, e.Text)
		}
		if e.CORS != nil {
			o.DevTools = append(o.DevTools, *e.CORS)
		}
	}
	return o
}

// Verdict is what the simulator says, read back from the JSON that others compare too.
type Verdict struct {
	ID      string `json:"id"`
	Browser string `json:"browser"`
	Results []struct {
		Outcome string `json:"outcome"`
		// Code is the simulator's own code for the reason of a block.
		Code      string     `json:"code"`
		Exception *string    `json:"exception"`
		Response  Result     `json:"response"`
		DevTools  *CORSError `json:"devtools"`
	} `json:"results"`
	Console []Line `json:"console"`
	Frame   struct {
		Console []Line `json:"console"`
	} `json:"frame"`
	Requests []Request `json:"requests"`
}

// Line is a line of a console.
type Line struct {
	Text string `json:"text"`
}

// ParseVerdict parses a verdict of the simulator.
func ParseVerdict(line []byte) (*Verdict, error) {
	var v Verdict
	if err := json.Unmarshal(line, &v); err != nil {
		return nil, fmt.Errorf("not a verdict: %w", err)
	}
	for i, r := range v.Results {
		if err := checkPairs(r.Response.Headers); err != nil {
			return nil, fmt.Errorf("verdict %q: results[%d].response.%w", v.ID, i, err)
		}
	}
	return &v, checkRequests("verdict", v.ID, v.Requests)
}

// Observation returns what the simulated browser made of the scenario.
func (v *Verdict) Observation() *Observation {
	o := &Observation{Browser: v.Browser, Requests: v.Requests}
	for _, r := range v.Results {
		x := r.Response
		if r.Outcome == "blocked" {
			if x.Error = r.Exception; x.Error == nil {
				x.Error = new(string)
			}
		}
		o.Results = append(o.Results, x)
		if r.DevTools != nil {
			o.DevTools = append(o.DevTools, *r.DevTools)
		}
	}
	for _, l := range v.Console {
		o.Console = append(o.Console, l.Text)
	}
	for _, l := range v.Frame.Console {
		o.Frame = append(o.Frame, l.Text)
	}
	return o
}
