// Package personality describes browsers as data: how each departs from the standard ([engine.Quirks]), and the exact
// words in which it reports a blocked request. There is one file per browser and version, and one for the standard.
//
// What a browser prints was observed on the versions that are named, in the English locale. A personality words a result
// of the engine; it decides nothing.
package personality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Personality is a browser, of one version, or the standard.
type Personality struct {
	// Name is the short name: chromium, firefox, webkit or spec.
	Name string
	// Version is what was observed, such as "Chromium 156.0.8078.79".
	Version string
	// Quirks are the departures from the standard.
	Quirks engine.Quirks
	// Cookies are the departures from the cookie specification.
	Cookies cookie.Policy
	// FrameConsole is set where a sandboxed frame has a console of its own, apart from that of the page around it.
	FrameConsole bool

	words words
}

// Line is a line of a browser's console.
type Line struct {
	Text string
	// Level is "error" or "warning".
	Level string
	// Source is where the browser files the line: a DevTools source in Chromium, a message category in Firefox, a source in
	// WebKit.
	Source string
}

// DevTools is what Chromium's DevTools protocol says of a CORS error, in Network.loadingFailed.
//
// https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-CorsErrorStatus
type DevTools struct {
	CORSError       string `json:"corsError"`
	FailedParameter string `json:"failedParameter"`
}

// words is how a browser puts things.
type words interface {
	// dropped words a forbidden header that an XMLHttpRequest was asked to set; ok is false where the page's console says
	// nothing.
	dropped(r *report, name string) (line Line, ok bool)
	// notice words a notice; ok is false where the browser has no word for it.
	notice(*report, engine.Notice) (line Line, ok bool)
	// blocked words a request that was blocked.
	blocked(*report) []Line
	// exception is what script sees of a request that was blocked.
	exception(*report) string
}

// cookieWords are the words of a browser that tells of cookies.
type cookieWords interface {
	// cookie words what comes of a cookie that a response was to set.
	cookie(*engine.SetCookie) []Line
}

// headWords are the words of a browser that remarks on the headers of responses.
type headWords interface {
	// head words what is odd about the headers of the last response.
	head(*report) []Line
}

// report is a result to be worded, with what was asked.
type report struct {
	*engine.Result
	page engine.Page
	init *engine.Init
}

// asSent is a URL as the network is given it: the first one without its fragment, if it is one of HTTP(S).
func (r *report) asSent(u *origin.URL) *origin.URL {
	if r.redirected() || !u.IsHTTP() {
		return u
	}
	return u.WithoutItsFragment()
}

// api is the API or element that made the request.
func (r *report) api() fetchspec.API {
	if r.init.API == "" {
		return fetchspec.APIFetch
	}
	return r.init.API
}

// isScript reports whether it is a script that was asked for, or preloaded.
func (r *report) isScript() bool {
	return r.Request != nil && r.Request.Destination == fetchspec.DestinationScript
}

// dropped returns the forbidden headers that an XMLHttpRequest was asked to set; fetch drops them without a word.
func (r *report) dropped() []string {
	switch {
	case r.api() != fetchspec.APIXHR:
		return nil
	case r.Request == nil:
		return r.Block.Dropped
	}
	return r.Request.Dropped
}

// previous returns the URL that redirected to where the request was stopped.
func (r *report) previous() *origin.URL {
	urls := r.Request.URLs
	for i, u := range urls {
		if u == r.Block.URL && i > 0 {
			return urls[i-1]
		}
	}
	return urls[len(urls)-1]
}

// redirected reports whether the block is of a URL that a redirect led to.
func (r *report) redirected() bool {
	return r.Request != nil && (len(r.Request.URLs) > 1 || r.Block != nil && r.Block.Redirect)
}

// Console returns the lines that the browser's console shows for the result of a request, in order.
func (p *Personality) Console(page engine.Page, init engine.Init, result *engine.Result) []Line {
	if result.Concealed != nil {
		told := *result
		told.Block = result.Concealed
		result = &told
	}
	r := &report{result, page, &init}
	dropped := r.dropped()
	remarks, _ := p.words.(headWords)
	if p.words == nil || result.Block == nil && len(result.Notices) == 0 && len(dropped) == 0 && remarks == nil {
		return nil
	}
	var lines []Line
	for _, name := range dropped {
		if line, ok := p.words.dropped(r, name); ok {
			lines = append(lines, line)
		}
	}
	for _, n := range result.Notices {
		if c, ok := p.words.(cookieWords); ok && n.Cookie != nil {
			lines = append(lines, c.cookie(n.Cookie)...)
		} else if line, ok := p.words.notice(r, n); ok {
			lines = append(lines, line)
		}
	}
	if remarks != nil {
		lines = append(lines, remarks.head(r)...)
	}
	if result.Block != nil {
		lines = append(lines, p.words.blocked(r)...)
	}
	return lines
}

// Exception returns what script sees of a blocked request: the string of what the promise rejects with, or "error event", or
// "no event" where there never is one.
// It is empty for a request that was allowed.
func (p *Personality) Exception(page engine.Page, init engine.Init, result *engine.Result) string {
	if result.Block == nil {
		return ""
	}
	r := &report{result, page, &init}
	if p.words == nil {
		return specException(r)
	}
	return p.words.exception(r)
}

// specException returns the name of the exception that the standards ask for.
//
// https://xhr.spec.whatwg.org/#interface-xmlhttprequest
func specException(r *report) string {
	switch r.api() {
	case fetchspec.APIFetch:
		return "TypeError"
	case fetchspec.APIXHR:
		switch r.Block.Code {
		case engine.CodeURLInvalid, engine.CodeMethodInvalid, engine.CodeHeaderNameInvalid, engine.CodeHeaderValueInvalid:
			return "SyntaxError"
		case engine.CodeMethodForbidden:
			return "SecurityError"
		case engine.CodeHeaderValueNotLatin1:
			return "TypeError"
		}
	case fetchspec.APIEventSource:
		if r.Block.Code == engine.CodeURLInvalid {
			return "SyntaxError"
		}
	}
	return eventOrNone(r)
}

// noEvent stands for an event, or a promise settled, that never comes.
const noEvent = "no event"

// eventOrNone is what becomes of an element: an error event, or nothing at all where it has nothing to load: a link without
// a destination, or without a URL that is one.
//
// https://html.spec.whatwg.org/multipage/semantics.html#create-a-link-request
func eventOrNone(r *report) string {
	code := r.Block.Code
	isLink := r.api() == fetchspec.APIPreload || r.api() == fetchspec.APIStylesheet
	if code == engine.CodePreloadDestination || code == engine.CodeURLInvalid && isLink {
		return noEvent
	}
	return "error event"
}

// eventStreamType is the line, in browsers of one descent, about a response that is no event stream.
const eventStreamType = `EventSource's response has a MIME type ("%s") that is not "text/event-stream". Aborting the connection.`

// DevTools returns Chromium's own name for a CORS error, and nil for other browsers and other errors.
func (p *Personality) DevTools(result *engine.Result) *DevTools {
	if c, ok := p.words.(chromiumWords); ok && result.Block != nil {
		return c.devTools(result.Block)
	}
	return nil
}

// UserAgent returns a new user agent of this browser, with an empty preflight cache and without cookies.
func (p *Personality) UserAgent() *engine.UserAgent {
	return &engine.UserAgent{Quirks: &p.Quirks, Cookies: &cookie.Jar{Policy: &p.Cookies}}
}

// firefoxAllowing is Firefox with its partitioning of third-party cookies switched off.
var firefoxAllowing = func() *Personality {
	p := *Firefox153
	p.Cookies.ThirdParty = cookie.ThirdPartyAllow
	return &p
}()

// AllowingThirdPartyCookies returns the browser with third-party cookies allowed, where it was recorded so: that is Firefox. Of
// others it is the browser as it is.
func (p *Personality) AllowingThirdPartyCookies() *Personality {
	if p == Firefox153 {
		return firefoxAllowing
	}
	return p
}

// all are the personalities, browsers first.
var all = []*Personality{Chromium156, Firefox153, WebKit250, Spec}

// All returns all personalities: the browsers, then the standard.
func All() []*Personality { return slices.Clone(all) }

// Browsers returns the personalities of browsers.
func Browsers() []*Personality { return []*Personality{Chromium156, Firefox153, WebKit250} }

// ByName returns the personality of a name such as "chromium".
func ByName(name string) (*Personality, error) {
	names := make([]string, 0, len(all))
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("browser %q is not known; known are %s", name, strings.Join(names, ", "))
}

// ParseList parses a list of names such as "chromium,firefox". "all" stands for the three browsers.
func ParseList(list string) ([]*Personality, error) {
	if list == "all" {
		return Browsers(), nil
	}
	var ps []*Personality
	for name := range strings.SplitSeq(list, ",") {
		p, err := ByName(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.Contains(ps, p) {
			return nil, fmt.Errorf("browser %q is listed twice", p.Name)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// ellipsize shortens a URL of more than 1024 UTF-16 code units to 1024, with an ellipsis in the middle, as Chromium and
// WebKit do in some of their messages.
func ellipsize(url string) string {
	const most, head, tail = 1024, 511, 510
	if len(url) <= most {
		return url
	}
	return url[:head] + "..." + url[len(url)-tail:]
}
