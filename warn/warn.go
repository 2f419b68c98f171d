// Package warn finds what is worth a warning in what browsers made of a request, beside the verdict itself: what will fail
// in another browser, behind a cache or for another page, and what the verdict does not say.
//
// A server that does it right gives no warning, and what [personality.Explain] says of a blocked request is not said again.
package warn

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/excerpt"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// Run is what one browser made of a request.
type Run struct {
	Browser *personality.Personality
	Page    engine.Page
	Init    engine.Init
	Result  *engine.Result
}

// Warning is something to look at.
type Warning struct {
	Code Code `json:"code"`
	// Browsers are the names of the browsers that it is about.
	Browsers []string `json:"browsers"`
	// Text is one sentence on what is there, and Change one on what to do about it.
	Text   string `json:"text"`
	Change string `json:"change"`
}

// Code says what a warning is about. The codes are a closed set, which does not change: [Codes] lists it.
type Code string

// The warnings, in the order in which they are given.
const (
	// BrowsersDiffer: a request passes in one browser and not in another.
	BrowsersDiffer Code = "browsers-differ"
	// Executed: a request that is not safe was sent and answered, though the page may not read the answer.
	Executed Code = "executed"
	// ErrorWithoutHeaders: the answer that the page may not read is an error, whose status it does not learn.
	ErrorWithoutHeaders Code = "error-without-headers"
	// DuplicateAllowOrigin: an answer has several lines of Access-Control-Allow-Origin.
	DuplicateAllowOrigin Code = "duplicate-allow-origin"
	// NullAllowed: the origin null is allowed.
	NullAllowed Code = "null-allowed"
	// WildcardWithCredentials: Access-Control-Allow-Credentials goes with an Access-Control-Allow-Origin of *.
	WildcardWithCredentials Code = "wildcard-with-credentials"
	// AuthorizationByWildcard: Authorization passes by Access-Control-Allow-Headers: *, which the standard does not have.
	AuthorizationByWildcard Code = "authorization-by-wildcard"
	// VaryMissing: an answer that caches may keep allows one origin, and has no Vary: Origin.
	VaryMissing Code = "vary-origin-missing"
	// MaxAgeCapped: Access-Control-Max-Age is more than a browser goes by.
	MaxAgeCapped Code = "max-age-capped"
	// CookieThirdParty: a cookie is not kept, or kept apart, because it is of another site than the page.
	CookieThirdParty Code = "cookie-third-party"
	// CookieSameSite: SameSite keeps a cookie from being set or sent.
	CookieSameSite Code = "cookie-same-site"
	// CookieRefused: a cookie is not kept for another reason.
	CookieRefused Code = "cookie-refused"
)

// checks are what finds the warnings of each code.
var checks = []struct {
	code Code
	find func(*finder)
}{
	{BrowsersDiffer, (*finder).browsersDiffer},
	{Executed, (*finder).executed},
	{ErrorWithoutHeaders, (*finder).errorWithoutHeaders},
	{DuplicateAllowOrigin, (*finder).duplicateAllowOrigin},
	{NullAllowed, (*finder).nullAllowed},
	{WildcardWithCredentials, (*finder).wildcardWithCredentials},
	{AuthorizationByWildcard, (*finder).authorizationByWildcard},
	{VaryMissing, (*finder).varyMissing},
	{MaxAgeCapped, (*finder).maxAgeCapped},
	{CookieThirdParty, (*finder).cookieThirdParty},
	{CookieSameSite, (*finder).cookieSameSite},
	{CookieRefused, (*finder).cookieRefused},
}

// Codes returns all codes, in the order in which warnings are given.
func Codes() []Code {
	var codes []Code
	for _, c := range checks {
		codes = append(codes, c.code)
	}
	return codes
}

// Of returns the warnings about a request of a page, of which each run is what another browser made. What is the same in
// several browsers is one warning.
func Of(runs ...Run) []Warning {
	f := &finder{runs: runs}
	for _, c := range checks {
		f.code = c.code
		c.find(f)
	}
	return f.found
}

// finder collects warnings.
type finder struct {
	runs  []Run
	code  Code
	found []Warning
}

// add adds a warning about a browser, or a browser to the same warning.
func (f *finder) add(browser, text, change string) {
	i := slices.IndexFunc(f.found, func(w Warning) bool { return w.Code == f.code && w.Text == text && w.Change == change })
	if i < 0 {
		i = len(f.found)
		f.found = append(f.found, Warning{Code: f.code, Text: text, Change: change})
	}
	if !slices.Contains(f.found[i].Browsers, browser) {
		f.found[i].Browsers = append(f.found[i].Browsers, browser)
	}
}

// answers calls what looks at the answer of each exchange in which another origin than the page's was asked in mode cors.
// Judged is set where it is the answer for which the request was blocked.
func (f *finder) answers(look func(run *Run, e *engine.Exchange, judged bool)) {
	for i := range f.runs {
		run := &f.runs[i]
		for j := range run.Result.Exchanges {
			e := &run.Result.Exchanges[j]
			if e.Response == nil || e.Request.Mode != fetchspec.ModeCORS || origin.SameOrigin(e.Request.CurrentURL().Origin(), run.Page.Origin) {
				continue
			}
			b := run.Result.Block
			look(run, e, b != nil && b.Exchange != nil && b.Exchange.Request == e.Request)
		}
	}
}

// asked names the request of an exchange.
func asked(e *engine.Exchange) string {
	return e.Request.Method + " " + excerpt.Of(e.Request.WireURL())
}

// answer names the answer of an exchange, at the start of a sentence.
func answer(e *engine.Exchange) string { return "The answer to " + asked(e) }

// and joins names for a sentence.
func and(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return strings.Join(names, "")
}
