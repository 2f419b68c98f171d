package scenario

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// embedder is the origin of the page around a sandboxed frame, and of the URL of a sandboxed document.
var embedder = origin.MustParse("https://app.example.com")

// start is when scenarios start. What becomes of a cookie that names the day of its end depends on it.
var start = time.Date(2026, time.July, 2, 0, 0, 0, 0, time.UTC)

// Outcomes of a request.
const (
	Allowed = "allowed"
	Blocked = "blocked"
)

// Verdict is what one browser makes of a scenario.
type Verdict struct {
	ID      string   `json:"id"`
	Browser string   `json:"browser"`
	Results []Result `json:"results"`
	// Console are the lines of the page's console.
	Console []Line `json:"console"`
	// Requests is what goes over the wire, preflights included.
	Requests []WireRequest `json:"requests"`
	// Frame is what the console and the DevTools of a sandboxed frame show, in browsers that keep them apart from those of
	// the page around it.
	Frame *Frame `json:"frame,omitempty"`
}

// Result is what became of one request.
type Result struct {
	Outcome   string                `json:"outcome"`
	Code      engine.Code           `json:"code,omitempty"`
	Exception string                `json:"exception,omitempty"`
	Response  *Response             `json:"response,omitempty"`
	DevTools  *personality.DevTools `json:"devtools,omitempty"`
	// Trace is the path through the standard, where it was asked for.
	Trace []TraceEvent `json:"trace,omitempty"`
}

// Response is what script sees of a response. For an element it is Loaded alone.
type Response struct {
	Type       string     `json:"type,omitempty"`
	Status     *int       `json:"status,omitempty"`
	URL        *string    `json:"url,omitempty"`
	Redirected *bool      `json:"redirected,omitempty"`
	Headers    [][]string `json:"headers,omitempty"`
	Loaded     bool       `json:"loaded,omitempty"`
}

// Line is a line of the console.
type Line struct {
	Text   string `json:"text"`
	Level  string `json:"level,omitempty"`
	Source string `json:"source,omitempty"`
}

// WireRequest is a request that goes over the wire.
type WireRequest struct {
	Method  string     `json:"method"`
	URL     string     `json:"url"`
	Headers [][]string `json:"headers"`
}

// Frame is what a sandboxed frame's own console and DevTools show.
type Frame struct {
	Console  []Line                 `json:"console"`
	DevTools []personality.DevTools `json:"devtools,omitempty"`
}

// TraceEvent is a step of the standard that was taken.
type TraceEvent struct {
	Step string `json:"step"`
	Saw  string `json:"saw,omitempty"`
}

// Options changes how a scenario is evaluated.
type Options struct {
	// Trace makes results carry the path through the standard.
	Trace bool
	// Page is the URL of the page. Where it is empty, the page is <origin>/__run?b=<browser>, as it was when browsers were
	// recorded; relative URLs are resolved against it, and messages name it. A worker's script is /__worker.js of the same
	// origin, with the page's query.
	Page string
	// Network answers in place of the scenario's server, which then does not count, and nor does HTTP2; nil leaves it to the
	// server. A network that has a method HTTP2() bool speaks HTTP/2 to servers of https URLs where it says so.
	Network engine.Network
}

// Run is a scenario's evaluation in one browser: the results of the engine, and all that is needed to word them.
type Run struct {
	Browser *personality.Personality
	Page    engine.Page
	Inits   []engine.Init
	Results []*engine.Result
}

// Evaluate runs a scenario in a browser. The scenario must be valid, see [Scenario.Validate].
func Evaluate(s *Scenario, browser *personality.Personality, opt Options) (*Run, error) {
	page, err := s.page(browser, opt)
	if err != nil {
		return nil, err
	}
	clock := start
	ua := browser.UserAgent()
	ua.Trace = opt.Trace
	ua.Now = func() time.Time { return clock }
	if err := s.visit(ua.Cookies, clock); err != nil {
		return nil, err
	}
	steps := s.Steps
	if s.Request != nil {
		steps = []Request{*s.Request}
	}
	run := &Run{Browser: browser, Page: page, Inits: make([]engine.Init, len(steps)), Results: make([]*engine.Result, len(steps))}
	network := opt.Network
	if network == nil {
		network = s.Network()
	}
	for i := range steps {
		clock = clock.Add(time.Duration(steps[i].Wait * float64(time.Millisecond)))
		if s.Client.Opaque && i > 0 {
			// Each step is made in a frame of its own.
			page.Origin = origin.NewOpaque()
		}
		run.Inits[i] = steps[i].init()
		run.Results[i] = ua.Do(page, run.Inits[i], network)
	}
	return run, nil
}

// visit fills a jar with the cookies that servers set before the scenario.
func (s *Scenario) visit(jar *cookie.Jar, now time.Time) error {
	for _, raw := range slices.Sorted(maps.Keys(s.Cookies)) {
		u, err := origin.ParseURL(raw, nil)
		if err != nil {
			return err
		}
		r := cookie.Visit(u)
		for _, line := range s.Cookies[raw] {
			line, _ := fetchspec.IsomorphicEncode(line)       // a valid cookie has bytes only
			_ = jar.Store(&r, strings.Trim(line, "\t "), now) // one that is refused is as if it had not been sent
		}
	}
	return nil
}

func (s *Scenario) page(browser *personality.Personality, opt Options) (engine.Page, error) {
	c := &s.Client
	page := engine.Page{Worker: c.Worker != "", EmbedderPolicy: fetchspec.EmbedderPolicy(c.COEP)}
	base := c.Origin
	if base == "null" {
		page.Origin = origin.NewOpaque()
		switch {
		case c.Opaque:
			page.Embedder = embedder
			base = embedder.String()
		case c.Sandbox:
			base = embedder.String()
		}
	}
	if opt.Page != "" {
		u, err := origin.ParseURL(opt.Page, nil)
		if err != nil {
			return page, err
		}
		page.URL = u
	} else if base != "null" {
		u, err := origin.ParseURL(base+"/__run?b="+browser.Name, nil)
		if err != nil {
			return page, err
		}
		page.URL = u
	}
	if c.Origin != "null" {
		page.Origin = page.URL.Origin()
		if opt.Page != "" && page.Origin.String() != c.Origin {
			return page, errors.New("the page " + opt.Page + " is not of the origin " + c.Origin)
		}
	}
	if page.Worker {
		script := "/__worker.js"
		if opt.Page == "" {
			script += "?b=" + browser.Name
		}
		u, err := origin.ParseURL(script, page.URL)
		if err != nil {
			return page, err
		}
		page.Document, page.URL = page.URL, u
	}
	return page, nil
}

func (r *Request) init() engine.Init {
	i := engine.Init{
		API: r.api(), URL: *r.URL, Method: r.Method,
		Mode: fetchspec.Mode(r.Mode), Credentials: fetchspec.Credentials(r.Credentials), Redirect: fetchspec.Redirect(r.Redirect),
		BodyKind: engine.BodyKind(r.BodyKind), BlobType: r.BlobType, UploadListener: r.UploadListener, CrossOrigin: r.CrossOrigin, As: r.As,
	}
	if len(r.Headers) > 0 {
		i.Headers = make(fetchspec.Headers, len(r.Headers))
		for j, h := range r.Headers {
			i.Headers[j] = fetchspec.Header{Name: h[0], Value: h[1]}
		}
	}
	if r.Body != nil && i.BodyKind == engine.BodyNone {
		i.BodyKind = engine.BodyString
		i.Body = *r.Body
	}
	switch i.BodyKind {
	case engine.BodyURLSearchParams, engine.BodyFormData:
		i.Body = "a=1"
	case engine.BodyBlob:
		i.Body = "x"
	}
	return i
}

// Network returns a network that answers as the scenario says.
func (s *Scenario) Network() engine.Network {
	if s.HTTP2 {
		return http2Network{s.Server}
	}
	return network{s.Server}
}

// network answers as the scenario says.
type network struct {
	server map[string]Exchange
}

var notFound = &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: 404}

// Send answers a request.
func (n network) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	a, ok := Answering(n.server, r.WireURL(), r.IsPreflight())
	switch {
	case !ok:
		return notFound, nil
	case a == nil || a.Drop:
		return nil, engine.FailureClosed.Err()
	case a.Fail != "":
		return nil, a.Fail.Err()
	}
	resp := &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: a.Status, Body: a.Body}
	if len(a.Headers) > 0 {
		resp.Headers = make(fetchspec.Headers, len(a.Headers))
		for i, h := range a.Headers {
			value, _ := fetchspec.IsomorphicEncode(h[1]) // a valid answer has bytes only
			resp.Headers[i] = fetchspec.Header{Name: h[0], Value: strings.Trim(value, "\t ")}
		}
	}
	return resp, nil
}

// http2Network is a network whose servers of https URLs speak HTTP/2.
type http2Network network

// Send answers a request.
func (n http2Network) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	return network(n).Send(r)
}

// HTTP2 lets streaming bodies out.
func (http2Network) HTTP2() bool { return true }

// inFrame reports whether the lines go to a sandboxed frame's own console.
func (run *Run) inFrame() bool {
	return run.Browser.FrameConsole && run.Page.Origin.IsOpaque() && !run.Page.Embedder.IsZero()
}

// Verdict puts a run into the form of the JSON contract.
func (run *Run) Verdict(id string) *Verdict {
	v := &Verdict{ID: id, Browser: run.Browser.Name, Results: make([]Result, len(run.Results)), Console: []Line{}, Requests: []WireRequest{}}
	console := &v.Console
	inFrame := run.inFrame()
	if inFrame {
		v.Frame = &Frame{Console: []Line{}}
		console = &v.Frame.Console
	}
	for i, r := range run.Results {
		v.Results[i] = run.result(i)
		if d := run.Browser.DevTools(r); d != nil {
			if inFrame {
				v.Frame.DevTools = append(v.Frame.DevTools, *d)
			} else {
				v.Results[i].DevTools = d
			}
		}
		for _, l := range run.Browser.Console(run.Page, run.Inits[i], r) {
			*console = append(*console, Line(l))
		}
		for _, e := range r.Exchanges {
			v.Requests = append(v.Requests, wireRequest(e.Request, sentHeaders(e)))
		}
	}
	return v
}

func wireRequest(r *fetchspec.Request, headers fetchspec.Headers) WireRequest {
	return WireRequest{Method: r.Method, URL: r.WireURL(), Headers: pairs(headers)}
}

// sentHeaders returns the headers of a request as they are sent: HTTP/2 has names in lower case.
//
// https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1
func sentHeaders(e engine.Exchange) fetchspec.Headers {
	if !e.HTTP2 {
		return e.Request.Headers
	}
	headers := e.Request.Headers.Clone(0)
	for i := range headers {
		headers[i].Name = fetchspec.ByteLower(headers[i].Name)
	}
	return headers
}

func pairs(h fetchspec.Headers) [][]string {
	p := make([][]string, len(h))
	flat := make([]string, 2*len(h))
	for i := range h {
		flat[2*i], flat[2*i+1] = fetchspec.IsomorphicDecode(h[i].Name), fetchspec.IsomorphicDecode(h[i].Value)
		p[i] = flat[2*i : 2*i+2 : 2*i+2]
	}
	return p
}

func (run *Run) result(i int) Result {
	r := run.Results[i]
	result := Result{Outcome: Allowed}
	for _, e := range r.Trace {
		result.Trace = append(result.Trace, TraceEvent{string(e.Step), e.Saw})
	}
	if r.Block != nil {
		result.Outcome = Blocked
		result.Code = r.Block.Code
		result.Exception = run.Browser.Exception(run.Page, run.Inits[i], r)
		return result
	}
	result.Response = response(run.Inits[i].API, r.Response)
	return result
}

func response(api fetchspec.API, r *fetchspec.Response) *Response {
	if api.IsElement() {
		return &Response{Loaded: true}
	}
	url := ""
	if u := r.URL(); u != nil {
		url = u.WithoutFragment()
	}
	resp := &Response{Status: &r.Status, URL: &url, Headers: pairs(r.Headers.SortAndCombine())}
	if api == fetchspec.APIFetch {
		redirected := r.Redirected()
		resp.Type, resp.Redirected = string(r.Type), &redirected
	}
	return resp
}
