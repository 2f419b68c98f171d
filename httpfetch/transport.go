package httpfetch

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// Transport is an http.RoundTripper that is a page in a browser: requests are those that script on the page makes. It sends
// preflights and keeps their results, follows redirects, sends cookies by the credentials mode, and returns the filtered
// response that script would see, or a [*Blocked] error. Its fields must not change once it is used. It is safe for
// concurrent use.
//
// The response's Request has the URL that the response came from in the end. A response that is opaque to script has the
// status 0, no headers and no body. Bodies are streamed, requests' and responses' alike. The body of a request that
// redirects or a second try send again comes from its GetBody, which http.NewRequest sets for readers in memory.
//
// Headers that script cannot set are dropped, as in a browser; among them is Cookie, so that an http.Client's Jar comes to
// nothing here.
type Transport struct {
	// Page is the URL of the page, such as https://app.example.com, or null for a page of an opaque origin.
	Page string
	// Browser is the browser; nil is the Fetch standard.
	Browser *personality.Personality
	// Base sends what goes over the wire; nil is http.DefaultTransport.
	Base http.RoundTripper
	// API is fetch where it is empty.
	API fetchspec.API
	// Mode, Credentials and Redirect are empty for the API's defaults: cors, same-origin and follow.
	Mode        fetchspec.Mode
	Credentials fetchspec.Credentials
	Redirect    fetchspec.Redirect
	// Jar keeps the cookies. Where it is nil, the browser keeps them by its own rules about sites and third parties.
	Jar http.CookieJar
	// Header are headers that the model leaves to the browser, such as User-Agent; see [Wire].
	Header http.Header
	// Observe is told of each result, with all exchanges. It may be nil.
	Observe func(*engine.Result)

	once sync.Once
	page engine.Page
	bad  error

	// mu is held while the user agent works, and not while the network is asked.
	mu sync.Mutex
	ua *engine.UserAgent
}

// RoundTrip makes a request as script on the page does. The errors are a [*Blocked], or say what is wrong with the
// Transport or the request.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body := &oneBody{req: req}
	defer body.discard()
	t.once.Do(t.start)
	if t.bad != nil {
		return nil, t.bad
	}
	init, err := t.init(req)
	if err != nil {
		return nil, err
	}
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	wire := Network(base)
	wire.Context, wire.Header, wire.Jar, wire.keep = req.Context(), t.Header, t.Jar, true
	if init.BodyKind != engine.BodyNone {
		wire.body, wire.length = body.next, req.ContentLength
	}

	result := t.do(init, wire)
	if t.Observe != nil {
		t.Observe(result)
	}
	if result.Block != nil {
		wire.close()
		return nil, t.blocked(init, result)
	}
	return response(req, result, wire), nil
}

func (t *Transport) do(init engine.Init, wire *Wire) *engine.Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ua.Do(t.page, init, unlocked{wire, &t.mu})
}

func (t *Transport) browser() *personality.Personality {
	if t.Browser == nil {
		return personality.Spec
	}
	return t.Browser
}

// start makes the page and the browser.
func (t *Transport) start() {
	t.ua = t.browser().UserAgent()
	t.ua.Now = time.Now
	if t.Jar != nil {
		t.ua.Cookies = nil
	}
	if t.API != "" && t.API != fetchspec.APIFetch && t.API != fetchspec.APIXHR {
		t.bad = fmt.Errorf("httpfetch: the API of a Transport is %q, whose result is no response; want fetch or xhr", t.API)
		return
	}
	if t.Page == "null" {
		t.page.Origin = origin.NewOpaque()
		return
	}
	u, err := origin.ParseURL(t.Page, nil)
	if err != nil || !u.IsHTTP() {
		t.bad = fmt.Errorf("httpfetch: the Page of a Transport is %q; want the URL of the page, such as https://app.example.com", t.Page)
		return
	}
	t.page = engine.Page{Origin: u.Origin(), URL: u}
}

// init is what script on the page would write for the request.
func (t *Transport) init(req *http.Request) (engine.Init, error) {
	init := engine.Init{API: t.API, Method: req.Method, Mode: t.Mode, Credentials: t.Credentials, Redirect: t.Redirect}
	if init.API == "" {
		init.API = fetchspec.APIFetch
	}
	if req.URL == nil || req.URL.Host == "" {
		return init, errors.New("httpfetch: the request has no URL with a host in it")
	}
	if req.Host != "" && req.Host != req.URL.Host {
		return init, fmt.Errorf("httpfetch: the request's Host is %q and the host of its URL %q; a page cannot set Host", req.Host, req.URL.Host)
	}
	init.URL = req.URL.String()
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		for _, value := range req.Header[name] {
			init.Headers = append(init.Headers, fetchspec.Header{Name: name, Value: fetchspec.IsomorphicDecode(value)})
		}
	}
	if req.Body != nil && req.Body != http.NoBody {
		init.BodyKind = engine.BodyBlob
	}
	return init, nil
}

// blocked makes the error of a result.
func (t *Transport) blocked(init engine.Init, result *engine.Result) error {
	b := &Blocked{Browser: t.browser().Name, Result: result}
	for _, line := range t.browser().Console(t.page, init, result) {
		b.Console = append(b.Console, line.Text)
	}
	if e := result.Block.Exchange; e != nil {
		b.Cause = e.Err
	}
	return b
}

// response makes an http.Response of what script sees.
func response(req *http.Request, result *engine.Result, wire *Wire) *http.Response {
	seen := result.Response
	resp := &http.Response{
		StatusCode: seen.Status,
		Status:     strings.TrimSpace(fmt.Sprint(seen.Status, " ", seen.StatusMessage)),
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, len(seen.Headers)),
		Body:   http.NoBody,
	}
	for _, h := range seen.Headers {
		resp.Header.Add(h.Name, h.Value)
	}
	final := *req
	if u := seen.URL(); u != nil {
		if parsed, err := url.Parse(u.String()); err == nil {
			final.URL, final.Host = parsed, parsed.Host
		}
	}
	resp.Request = &final
	raw := wire.take()
	switch {
	case seen.Type != fetchspec.ResponseBasic && seen.Type != fetchspec.ResponseCORS:
		wire.last = raw
		wire.close()
	case raw == nil:
		// A response that nobody was asked for, such as that of a data: URL.
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(seen.Body)), int64(len(seen.Body))
	default:
		resp.Proto, resp.ProtoMajor, resp.ProtoMinor = raw.Proto, raw.ProtoMajor, raw.ProtoMinor
		resp.Body, resp.ContentLength, resp.Uncompressed = raw.Body, raw.ContentLength, raw.Uncompressed
	}
	return resp
}

// unlocked is a network that lets others use the user agent while it waits.
type unlocked struct {
	*Wire
	mu *sync.Mutex
}

func (u unlocked) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	u.mu.Unlock()
	defer u.mu.Lock()
	return u.Wire.Send(r)
}

// oneBody is the body of a request, which can be read once, or again if the request says how.
type oneBody struct {
	req  *http.Request
	used bool
}

func (b *oneBody) next() (io.ReadCloser, error) {
	if !b.used {
		b.used = true
		return b.req.Body, nil
	}
	if b.req.GetBody == nil {
		return nil, errors.New("httpfetch: the body must be sent again and cannot be: set the request's GetBody")
	}
	return b.req.GetBody()
}

// discard closes a body that was not sent.
func (b *oneBody) discard() {
	if !b.used && b.req.Body != nil {
		b.req.Body.Close()
	}
}
