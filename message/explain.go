package message

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// Explanation says what a message means.
type Explanation struct {
	// Why is what the browser found, in one or two sentences.
	Why string
	// IsCORS is set where it is the rules of CORS that stopped the request, or may be.
	IsCORS bool
	// Step is the step of the Fetch standard that decides, and Anchor the URL of its algorithm; empty where none does.
	Step   engine.Step
	Anchor string
	// Causes are what it usually comes of, the likeliest first.
	Causes []string
	// Change is what to change, on the server or in the page.
	Change []string
	// Next are commands to run next, in the language of a POSIX shell.
	Next []string
	// StandsIn says what in Change and Next stands for what the message does not say.
	StandsIn []string
}

// What stands for an origin and a URL that a message does not tell.
const (
	someOrigin = "https://app.example.com"
	someURL    = "https://api.example.com/things"
)

// Explain explains a message.
func (m *Message) Explain() Explanation {
	c := newCase(m)
	e := Explanation{}
	r, isTopic := remarks[m.Topic]
	switch {
	case m.Cut:
		return Explanation{
			Why:    "The message breaks off before it says why.",
			IsCORS: true,
			Change: []string{"Paste the whole message: what comes after this says which rule it was."},
		}
	case isTopic:
		e = Explanation{Why: r.why, IsCORS: r.isCORS, Causes: r.causes, Change: r.change}
		if slices.Contains(m.Codes, engine.CodeNetworkError) {
			e.Next = c.connect()
		}
		e.StandsIn = c.standIns(&e)
		return e
	}
	rule := rules[c.code.Base()]
	e.Why, e.Step, e.Anchor = rule.why, rule.step, rule.step.Link()
	e.IsCORS = isCORS(c.code)
	result := c.result()
	explained := personality.Explain(c.page(), c.init(), result)
	if m.Parts.Value != nil && m.Parts.Origin != "" && c.code.Base() != engine.CodeAllowCredentials {
		e.Why = explained.Why // which quotes it
	}
	if isPreflight(c.code) && c.code.Base() != c.code {
		e.Why += " It is the answer to the preflight, the OPTIONS request."
	} else if slices.Contains(m.Codes, onPreflight(c.code)) && onPreflight(c.code) != c.code {
		e.Why += " The same words serve the answer to the preflight: see whether OPTIONS or the request itself failed."
	}
	e.Causes, e.Change = m.causes(c.code), c.change(explained.Change)
	e.Next = c.next()
	e.StandsIn = c.standIns(&e)
	return e
}

// change is what to change, with what the advice on a whole answer does not have, or has only where the answer is known.
func (c *requestCase) change(advice []string) []string {
	switch c.code {
	case engine.CodePreflightStatus:
		if c.m.Parts.Status == 0 {
			return append([]string{"Answer OPTIONS " + c.url.WithoutFragment() + " with status 204, before authentication and routing get at it."}, advice...)
		}
	case engine.CodeMethodNotAllowed, engine.CodeHeaderNotAllowed:
		return append(advice, "Keep in that list what it has already, which the message does not tell.")
	case engine.CodeStatusNotOK:
		if c.m.Parts.Status == 0 {
			return []string{"Find out why the server answers with an error: open the URL, and look at the server's log."}
		}
	case engine.CodeOpaqueBlocked:
		return []string{
			"Send what the element can use, with its own `Content-Type`: an image, a script, a style sheet, a video. JSON and HTML are for fetch() to read.",
			"Or let the page load it with CORS: crossorigin on the element, and `Access-Control-Allow-Origin` on the answer to GET " + c.url.WithoutFragment() + ".",
		}
	case engine.CodeSchemeNotHTTP, engine.CodeLocalResource:
		if c.url.Scheme() == "file" || c.origin.IsOpaque() {
			return []string{"Serve the folder over http, for one with python3 -m http.server, and open the page from there: http://localhost:8000/. No header can help a page from a file."}
		}
	}
	return advice
}

// isCORS reports whether a code is of CORS.
func isCORS(c engine.Code) bool {
	switch c {
	case engine.CodePreflightNetwork:
		return false
	case engine.CodeSchemeNotHTTP, engine.CodeRedirectCredentials:
		return true
	}
	return isPreflight(c) || onPreflight(c) != c
}

// requestCase is a request and an answer as a message tells of them, with what stands in for the rest.
type requestCase struct {
	m      *Message
	code   engine.Code
	origin origin.Origin
	url    *origin.URL
	method string
	// header is the name of the request header that the preflight is for, empty where there is none.
	header string
	// standsIn says by what stands in which part of it is.
	standsIn map[string]string
}

func newCase(m *Message) *requestCase {
	c := &requestCase{m: m, method: "GET", standsIn: map[string]string{}}
	if len(m.Codes) > 0 {
		c.code = m.Codes[0]
	}
	c.findURL()
	c.findOrigin()
	if fetchspec.IsToken(m.Parts.Method) {
		c.method = m.Parts.Method
	}
	if fetchspec.IsToken(m.Parts.Header) {
		c.header = m.Parts.Header
	}
	needsStandIn := isPreflight(c.code) && c.header == "" && fetchspec.IsSafelistedMethod(c.method)
	switch {
	case !needsStandIn:
	case c.m.Parts.Method == "" && (c.code == engine.CodeMethodNotAllowed || c.code == engine.CodeAllowMethodsInvalid):
		c.method = "PUT"
		c.standsIn["PUT"] = "the method of the request"
	default:
		if c.m.Parts.Method == "" {
			c.method = "POST"
		}
		c.header = "Content-Type"
		c.standsIn["Content-Type"] = "the header that the request needs the preflight for"
	}
	return c
}

// standIns says what of an explanation is not of the message.
func (c *requestCase) standIns(e *Explanation) []string {
	all := strings.Join(append(slices.Clone(e.Change), e.Next...), "\n")
	var used []string
	for _, s := range slices.Sorted(maps.Keys(c.standsIn)) {
		if strings.Contains(all, s) {
			used = append(used, s+" for "+c.standsIn[s])
		}
	}
	return used
}

func (c *requestCase) findURL() {
	u, err := origin.ParseURL(c.m.Parts.URL, nil)
	if err == nil && !strings.ContainsAny(c.m.Parts.URL, "…{}<>") && (u.IsHTTP() || !isCORS(c.code) || c.code == engine.CodeSchemeNotHTTP) {
		c.url = u
		return
	}
	c.url, _ = origin.ParseURL(someURL, nil)
	c.standsIn[someURL] = "the URL that is asked for"
}

func (c *requestCase) findOrigin() {
	o, err := origin.Parse(c.m.Parts.Origin)
	if page, pageErr := origin.ParseURL(c.m.Parts.Page, nil); err != nil && pageErr == nil && page.IsHTTP() {
		o, err = page.Origin(), nil
	}
	if c.m.Parts.Origin == "null" {
		o, err = origin.NewOpaque(), nil
	}
	if c.origin = o; err != nil {
		c.origin = origin.MustParse(someOrigin)
		c.standsIn[someOrigin] = "the origin of the page"
	}
}

// page is the page that asked.
func (c *requestCase) page() engine.Page { return engine.Page{Origin: c.origin} }

// api is the API or the element that asked.
func (c *requestCase) api() fetchspec.API {
	switch strings.ToLower(c.m.Parts.Kind) {
	case "xmlhttprequest", "xmlhttprequest endpoint":
		return fetchspec.APIXHR
	case "image":
		return fetchspec.APIImage
	case "script":
		return fetchspec.APIScript
	case "css stylesheet", "stylesheet":
		return fetchspec.APIStylesheet
	case "font":
		return fetchspec.APIFont
	}
	switch c.code {
	case engine.CodeEventStreamType, engine.CodeEventStreamCharset:
		return fetchspec.APIEventSource
	case engine.CodeMIMETypeMismatch:
		switch text := strings.ToLower(c.m.Text); {
		case strings.Contains(text, "style"):
			return fetchspec.APIStylesheet
		case strings.Contains(text, "module"):
			return fetchspec.APIModule
		}
		return fetchspec.APIScript
	case engine.CodeOpaqueBlocked:
		return fetchspec.APIScript
	case engine.CodeStatusNotOK, engine.CodeNotDecodable:
		return fetchspec.APIImage
	case engine.CodeRangeMismatch, engine.CodeSizeUnknown:
		return fetchspec.APIVideo
	case engine.CodePreloadDestination:
		return fetchspec.APIPreload
	}
	return fetchspec.APIFetch
}

// include reports whether the request must have had credentials.
func (c *requestCase) include() bool {
	base := c.code.Base()
	return base == engine.CodeAllowOriginWildcard || base == engine.CodeAllowCredentials
}

func (c *requestCase) init() engine.Init {
	i := engine.Init{API: c.api(), URL: c.url.String(), Method: c.method}
	if c.header != "" {
		i.Headers = fetchspec.Headers{{Name: c.header, Value: "…"}}
	}
	if c.include() {
		i.Credentials = fetchspec.CredentialsInclude
	}
	return i
}

// result is the result of a request that was blocked so, with the answer as far as it is known.
func (c *requestCase) result() *engine.Result {
	p := &c.m.Parts
	b := &engine.Block{Code: c.code, Preflight: isPreflight(c.code), Status: p.Status, URL: c.url, Origin: c.origin.String(), Param: c.param()}
	req := &fetchspec.Request{API: c.api(), Method: c.method, URLs: []*origin.URL{c.url}, Mode: fetchspec.ModeCORS, Origin: c.origin, Redirect: fetchspec.RedirectFollow}
	if c.include() {
		req.Credentials = fetchspec.CredentialsInclude
	}
	sent := *req
	if b.Preflight {
		sent.Method = "OPTIONS"
		sent.Headers.Append("Access-Control-Request-Method", c.method)
		if c.standsIn[c.header] == "" || c.code == engine.CodeAllowHeadersInvalid {
			sent.Headers.Append("Access-Control-Request-Headers", strings.ToLower(c.header))
		}
	}
	answer := &fetchspec.Response{Status: p.Status, Headers: c.answerHeaders()}
	if c.code != engine.CodeNetworkError && c.code != engine.CodePreflightNetwork {
		b.Exchange = &engine.Exchange{Preflight: b.Preflight, Request: &sent, Response: answer}
	}
	if to, err := origin.ParseURL(p.To, nil); err == nil {
		b.Target, b.Location = to, p.To
	}
	return &engine.Result{Request: req, Response: fetchspec.NetworkError(), Block: b}
}

// param is what the message names.
func (c *requestCase) param() string {
	switch {
	case c.code == engine.CodeMethodNotAllowed:
		return c.method
	case c.code == engine.CodeHeaderNotAllowed:
		return c.header
	case c.m.Parts.Value != nil:
		return *c.m.Parts.Value
	}
	return ""
}

// answerHeaders are the headers that the answer must have had for just this to be found wrong with it.
func (c *requestCase) answerHeaders() fetchspec.Headers {
	var h fetchspec.Headers
	value := c.m.Parts.Value
	allow := func(o string) { h.Append("Access-Control-Allow-Origin", o) }
	switch c.code.Base() {
	case engine.CodeAllowOriginWildcard:
		allow("*")
	case engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch:
		if value != nil {
			allow(*value)
		}
	case engine.CodeAllowCredentials:
		allow(c.origin.String())
		if value != nil && *value != "" {
			h.Append("Access-Control-Allow-Credentials", *value)
		}
	case engine.CodePreflightStatus:
		if c.m.isOnly("chromium") { // which looks at the status last
			allow(c.origin.String())
		}
	case engine.CodeHeaderNotAllowed, engine.CodeAllowHeadersInvalid:
		allow(c.origin.String())
		h.Append("Access-Control-Allow-Methods", c.method) // which are looked at before
	case engine.CodeMethodNotAllowed, engine.CodeAllowMethodsInvalid:
		allow(c.origin.String())
	}
	return h
}

// isOnly reports whether no other browser prints the message.
func (m *Message) isOnly(browser string) bool {
	return len(m.Sightings) > 0 && !slices.ContainsFunc(m.Sightings, func(s Sighting) bool { return s.Browser != browser })
}

// Sent is what the answer had, as far as the message tells.
func (m *Message) Sent() []string {
	var sent []string
	p := &m.Parts
	if p.Status != 0 {
		sent = append(sent, "status "+strconv.Itoa(p.Status))
	}
	if len(m.Codes) == 0 || m.Cut {
		return sent
	}
	header := func(name string, value *string) {
		if value != nil {
			sent = append(sent, name+": "+*value)
		}
	}
	star := "*"
	for _, c := range m.Codes {
		if c.Base() != m.Codes[0].Base() {
			return sent // it may be one or the other
		}
	}
	switch m.Codes[0].Base() {
	case engine.CodeAllowOriginMissing:
		sent = append(sent, "no Access-Control-Allow-Origin")
	case engine.CodeAllowOriginWildcard:
		header("Access-Control-Allow-Origin", &star)
	case engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch:
		header("Access-Control-Allow-Origin", p.Value)
	case engine.CodeAllowCredentials:
		if p.Value == nil || *p.Value == "" {
			sent = append(sent, "Access-Control-Allow-Credentials: none, or empty")
			break
		}
		header("Access-Control-Allow-Credentials", p.Value)
	case engine.CodeAllowMethodsInvalid:
		header("Access-Control-Allow-Methods, with", p.Value)
	case engine.CodeAllowHeadersInvalid:
		header("Access-Control-Allow-Headers, with", p.Value)
	case engine.CodeMethodNotAllowed:
		sent = append(sent, "no Access-Control-Allow-Methods with "+cmp.Or(p.Method, "the method"))
	case engine.CodeHeaderNotAllowed:
		sent = append(sent, "no Access-Control-Allow-Headers with "+cmp.Or(p.Header, "the header"))
	}
	return sent
}
