package engine

import (
	"slices"
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Network answers the requests that a fetch sends. An error stands for a network error: no answer came. What [FailureOf]
// tells of it is the reason. The request must not be changed or kept.
type Network interface {
	Send(*fetchspec.Request) (*fetchspec.Response, error)
}

// NetworkFunc makes a function a [Network].
type NetworkFunc func(*fetchspec.Request) (*fetchspec.Response, error)

// Send calls f.
func (f NetworkFunc) Send(r *fetchspec.Request) (*fetchspec.Response, error) { return f(r) }

// UserAgent is a browser as far as fetching goes: its quirks, its clock, its cookies and its CORS-preflight cache. The zero
// UserAgent is the standard's, with an empty cache, no cookies and a clock that stands still. A UserAgent is not safe for concurrent use.
type UserAgent struct {
	// Quirks are the departures from the standard; nil is none.
	Quirks *Quirks
	// Cookies is the cookie store. Nil is a browser that has none, and takes none.
	Cookies *cookie.Jar
	// Now is the clock that the preflight cache and cookies go by. Nil is a clock that stands still.
	Now func() time.Time
	// Trace makes results carry the steps that were taken.
	Trace bool

	cache        cache
	lastRelation relation
}

// Page is where a request comes from.
type Page struct {
	// Origin is the page's origin.
	Origin origin.Origin
	// URL is the page's URL: relative URLs are resolved against it, and messages name it.
	URL *origin.URL
	// Embedder is, for a page in a sandboxed frame, the origin of the page around it. Zero otherwise.
	Embedder origin.Origin
	// Document is the URL of the page that has started a worker, nil elsewhere. Some messages name it.
	Document *origin.URL
	// Worker is set where a dedicated worker makes the requests. URL is then the URL of its script.
	Worker bool
	// EmbedderPolicy is the page's embedder policy value, which its workers share.
	EmbedderPolicy fetchspec.EmbedderPolicy
}

// isSecureContext reports whether the page is a secure context. A sandboxed frame is one where the page around it is, and a
// sandboxed document where its URL is.
//
// https://html.spec.whatwg.org/multipage/webappapis.html#secure-context
func (p *Page) isSecureContext() bool {
	switch {
	case !p.Origin.IsOpaque():
		return p.Origin.IsPotentiallyTrustworthy()
	case !p.Embedder.IsZero():
		return p.Embedder.IsPotentiallyTrustworthy()
	}
	return p.URL != nil && p.URL.IsPotentiallyTrustworthy()
}

// Exchange is one request that went over the wire, and what came back.
type Exchange struct {
	Request *fetchspec.Request
	// Response is nil where no answer came.
	Response *fetchspec.Response
	// Err is the network's error, and Failure what it tells. A browser may take what is not HTTP for a response all the same.
	Err     error
	Failure Failure
	// Preflight tells CORS-preflight requests.
	Preflight bool
	// HTTP2 is set where the network spoke HTTP/2 or later.
	HTTP2 bool
}

// Notice is something that a browser mentions about a request without blocking it.
type Notice struct {
	Code NoticeCode
	URL  *origin.URL
	// Redirected is set where a redirect had led to the URL.
	Redirected bool
	// Param is a value that the notice is about, where there is one.
	Param string
	// Cookie is the cookie that a [NoticeCookie] is about.
	Cookie *SetCookie
}

// SetCookie is a cookie that a response was to set.
type SetCookie struct {
	// Line is the value of the Set-Cookie line.
	Line string
	// Refused says why the cookie was not taken; it is empty where it was.
	Refused cookie.Refusal
	// Foreign is set where the response is of another site than the page, and the browser blocks or partitions the cookies of
	// such.
	Foreign bool
}

// NoticeCode says what a [Notice] is about.
type NoticeCode string

// The notices.
const (
	// NoticeAuthorizationByWildcard: a preflight passed only because Access-Control-Allow-Headers: * was taken to cover
	// Authorization, which the standard does not.
	NoticeAuthorizationByWildcard NoticeCode = "authorization-by-wildcard"
	// NoticeStatus: the response passed, with an error status.
	NoticeStatus NoticeCode = "error-status"
	// NoticeScriptType: a classic script was loaded whose MIME type is not one of JavaScript's.
	NoticeScriptType NoticeCode = "script-type"
	// NoticeEventStreamCharset: an event stream has another charset than UTF-8, which is what it is read as.
	NoticeEventStreamCharset NoticeCode = "event-stream-charset"
	// NoticeInsecureImage: an insecure image, audio or video was loaded into a secure page.
	NoticeInsecureImage NoticeCode = "insecure-image"
	// NoticeCookie: a response was to set a cookie, or one was withheld from a request.
	NoticeCookie NoticeCode = "cookie"
	// NoticeUpgraded: an insecure image, audio or video of a secure page was asked for over HTTPS.
	NoticeUpgraded NoticeCode = "upgraded"
	// NoticeUpgradedMedia: audio or video was loaded whose URL was upgraded, and that no redirect led elsewhere.
	NoticeUpgradedMedia NoticeCode = "upgraded-media"
)

// Result is what became of a fetch.
type Result struct {
	// Request is the request as it stood at the end, with its URL list. Nil where script could not make one.
	Request *fetchspec.Request
	// Response is what script sees: a filtered response, or a network error.
	Response *fetchspec.Response
	// Exchanges is all that went over the wire, preflights included, in order.
	Exchanges []Exchange
	// Trace is the path through the standard. It is recorded only where the user agent asks for it.
	Trace []Event
	// Block says why the request was blocked. It is nil where it was allowed.
	Block *Block
	// Concealed says why the request was blocked where the page is told that it was not.
	Concealed *Block
	// Notices are what a browser mentions besides, in order.
	Notices []Notice
}

// Err returns Block as an error, nil where the request was allowed.
func (r *Result) Err() error {
	if r.Block == nil {
		return nil
	}
	return r.Block
}

// Event is one step of an algorithm that was taken.
type Event struct {
	Step Step
	// Saw is what the step looked at and found.
	Saw string
}

var standard Quirks

func (ua *UserAgent) quirks() *Quirks {
	if ua.Quirks == nil {
		return &standard
	}
	return ua.Quirks
}

// Do makes a request as script or an element on the page would, and fetches it.
func (ua *UserAgent) Do(page Page, init Init, network Network) *Result {
	req, b := ua.NewRequest(page, init)
	switch {
	case b == nil:
		return ua.Fetch(req, network)
	case b.Code == CodePreloadDestination && slices.Contains(ua.quirks().PreloadsIdle, fetchspec.ByteLower(b.Param)):
		// DEVIATION: PreloadsIdle.
		if _, err := origin.ParseURL(init.URL, page.URL); err == nil {
			return &Result{Response: fetchspec.FilterOpaque(), Concealed: b}
		}
	}
	return &Result{Response: fetchspec.NetworkError(), Block: b}
}

// Fetch fetches a request. It does not change the request.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (ua *UserAgent) Fetch(req *fetchspec.Request, network Network) *Result {
	s := &struct {
		fetch
		req  fetchspec.Request
		res  Result
		urls [2]*origin.URL
		exch [2]Exchange
	}{req: *req}
	if s.req.Destination == fetchspec.DestinationNone {
		s.req.Destination = req.API.Destination()
	}
	s.urls[0] = req.URL()
	s.req.URLs = s.urls[:1]
	s.res.Request = &s.req
	s.res.Exchanges = s.exch[:0]
	f := &s.fetch
	*f = fetch{ua: ua, q: ua.quirks(), net: network, req: &s.req, res: &s.res, origin: req.Origin.String(), tainting: fetchspec.TaintingBasic, url: req.URL(), first: req.Headers, announced: req.Headers}
	f.res.Response = f.run()
	if b := f.res.Block; f.q.MediaAgain && b != nil && b.Code == CodeNotDecodable && f.req.API.IsMedia() {
		// DEVIATION: MediaAgain.
		f.res.Exchanges = append(f.res.Exchanges, ua.fetchAgain(req, network)...)
	}
	if f.q.PreloadEvents && req.API == fetchspec.APIPreload && f.concealed() {
		// DEVIATION: PreloadEvents.
		f.res.Response, f.res.Block, f.res.Concealed = fetchspec.FilterOpaque(), nil, f.res.Block
	}
	return f.res
}

// fetchAgain returns what goes over the wire for the same request once more.
func (ua *UserAgent) fetchAgain(req *fetchspec.Request, network Network) []Exchange {
	once := *ua.quirks()
	once.MediaAgain = false
	again := UserAgent{Quirks: &once, Cookies: ua.Cookies, Now: ua.Now}
	return again.Fetch(req, network).Exchanges
}

// concealed reports whether the page is not told that a preload was blocked: it went to another origin, and it is not what came
// of it that cannot be used, but for a style sheet that script could not read.
func (f *fetch) concealed() bool {
	b := f.res.Block
	used := b != nil && b.Step == "main-fetch 24" && !(f.tainting == fetchspec.TaintingOpaque && f.req.Destination == fetchspec.DestinationStyle)
	return b != nil && f.tainting != fetchspec.TaintingBasic && len(f.res.Exchanges) > 0 && !used
}

// fetch is the state of one fetch: the standard's fetch params, and what it keeps on a request as it goes.
type fetch struct {
	ua  *UserAgent
	q   *Quirks
	net Network
	req *fetchspec.Request
	res *Result

	// url is the request's current URL.
	url *origin.URL
	// origin is the request's origin, byte-serialized.
	origin string
	// tainted is set where the request's redirect-taint is not "same-origin".
	tainted  bool
	tainting fetchspec.Tainting
	// redirects is the request's redirect count.
	redirects int
	// preflighted is set once any hop has needed a preflight.
	preflighted bool
	// rewritten is set once a redirect has made a GET of another method.
	rewritten bool
	// upgraded is set for a CORS image whose URL was of another origin before it was upgraded.
	upgraded bool
	// hopped is set where the last redirect went to another origin.
	hopped bool
	// leftOrigin is set once a redirect has gone to another origin.
	leftOrigin bool
	// sited is how many URLs of the URL list have been judged for Sec-Fetch-Site: one was of another site, or of another
	// origin of the same site.
	sited               int
	crossSite, sameSite bool
	// pending is the redirect that led here, where some of its checks are still to be made.
	pending *redirect
	// first are the headers that the request started with, and announced those of them that the next preflight asks for.
	first, announced fetchspec.Headers
}

func (f *fetch) trace(step Step, saw ...string) {
	if !f.ua.Trace {
		return
	}
	var s string
	for _, x := range saw {
		s += x
	}
	f.res.Trace = append(f.res.Trace, Event{step, s})
}

func (f *fetch) traceStatus(step Step, resp *fetchspec.Response) {
	if f.ua.Trace {
		f.trace(step, "status ", statusText(resp))
	}
}

// block ends the fetch with a network error.
func (f *fetch) block(b *Block) *fetchspec.Response {
	if b.URL == nil {
		b.URL = f.url
	}
	if b.Origin == "" {
		b.Origin = f.origin
	}
	b.Crossed = b.Crossed || f.tainting == fetchspec.TaintingCORS
	if b.Exchange != nil && b.Exchange.Response != nil {
		b.Status = b.Exchange.Response.Status
	}
	f.res.Block = b
	f.trace(b.Step, "network error: ", string(b.Code), " ", b.Param)
	return fetchspec.NetworkError()
}

// notice notes something about the current URL.
func (f *fetch) notice(c NoticeCode) { f.noticeOf(c, f.url) }

func (f *fetch) noticeOf(c NoticeCode, u *origin.URL) {
	f.res.Notices = append(f.res.Notices, Notice{Code: c, URL: u, Redirected: len(f.req.URLs) > 1 || u != f.url})
}

// include reports whether the request's credentials mode is "include".
func (f *fetch) include() bool { return f.req.Credentials == fetchspec.CredentialsInclude }

// lastExchange returns the exchange that just ended.
func (f *fetch) lastExchange() *Exchange { return &f.res.Exchanges[len(f.res.Exchanges)-1] }
