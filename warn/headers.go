package warn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/excerpt"
)

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowHeaders     = "Access-Control-Allow-Headers"
)

// duplicateAllowOrigin looks for answers that two layers have put the header on.
func (f *finder) duplicateAllowOrigin() {
	f.answers(func(run *Run, e *engine.Exchange, _ bool) {
		values := slices.Collect(e.Response.Headers.Values(allowOrigin))
		if len(values) < 2 {
			return
		}
		f.add(run.Browser.Name, fmt.Sprintf("%s has %d lines of %s, %s and %s: two layers set it, such as an application and the proxy before it.", answer(e), len(values), allowOrigin, shown(values[0]), shown(values[1])),
			"Let one of them set it, and the other leave it alone.")
	})
}

// nullAllowed looks for answers that allow the origin null.
func (f *finder) nullAllowed() {
	f.answers(func(run *Run, e *engine.Exchange, _ bool) {
		if value, _ := e.Response.Headers.Get(allowOrigin); value == "null" {
			f.add(run.Browser.Name, answer(e)+" allows the origin null, which sandboxed frames of every site have.", "Take null off the list of allowed origins.")
		}
	})
}

// wildcardWithCredentials looks for a pair of headers that no browser takes together.
func (f *finder) wildcardWithCredentials() {
	f.answers(func(run *Run, e *engine.Exchange, judged bool) {
		value, _ := e.Response.Headers.Get(allowOrigin)
		credentials, _ := e.Response.Headers.Get(allowCredentials)
		if value != "*" || credentials != "true" || judged && run.Result.Block.Code.Base() == engine.CodeAllowOriginWildcard {
			return
		}
		f.add(run.Browser.Name, answer(e)+" has "+allowCredentials+": true with "+allowOrigin+": *, which browsers refuse as soon as a request has credentials.",
			"Leave out "+allowCredentials+", or send the one origin that asks, if it is on a list of those that you trust.")
	})
}

// authorizationByWildcard looks for preflights that only a * lets Authorization through in.
func (f *finder) authorizationByWildcard() {
	f.answers(func(run *Run, e *engine.Exchange, judged bool) {
		requested, _ := e.Request.Headers.Get("Access-Control-Request-Headers")
		allowed := fetchspec.ExtractTokens(e.Response.Headers, allowHeaders)
		if e.Preflight && !judged && lists(requested, "Authorization") && allowed.Contains("*") && !allowed.ContainsFold("Authorization") {
			f.add(run.Browser.Name, answer(e)+" has "+allowHeaders+": *, which stands for Authorization in browsers of today, and not in the standard.",
				"List Authorization by name: `"+allowHeaders+": *, Authorization`.")
		}
	})
}

// varyMissing looks for answers to one origin that a cache could give to another.
func (f *finder) varyMissing() {
	f.answers(func(run *Run, e *engine.Exchange, judged bool) {
		h := e.Response.Headers
		value, _ := h.Get(allowOrigin)
		vary, _ := h.Get("Vary")
		switch {
		case !strings.Contains(value, "://"), lists(vary, "Origin"), lists(vary, "*"), !cacheable(e):
			return
		case judged && (run.Result.Block.Code.Base() == engine.CodeAllowCredentials || strings.HasPrefix(string(run.Result.Block.Code.Base()), "allow-origin-")):
			return // the advice on the block says it
		}
		f.add(run.Browser.Name, answer(e)+" allows one origin, "+shown(value)+", and has no Vary: Origin: a cache may give it to a page of another origin.",
			"Send `Vary: Origin` with it, on answers that allow no origin too, unless it is the same whoever asks.")
	})
}

// heuristic are the statuses of answers that caches may keep though nothing says for how long.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-15.1
var heuristic = []int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}

// cacheable reports whether a cache may keep an answer: to GET and HEAD unless it says no-store, and where its status or it
// says so; to OPTIONS only where it says so, which some CDNs go by though HTTP does not let them.
func cacheable(e *engine.Exchange) bool {
	control, _ := e.Response.Headers.Get("Cache-Control")
	explicit := e.Response.Headers.Has("Expires") || slices.ContainsFunc(strings.Split(control, ","), func(d string) bool {
		name, age, _ := strings.Cut(strings.TrimSpace(d), "=")
		return fetchspec.EqualFold(name, "public") || (fetchspec.EqualFold(name, "max-age") || fetchspec.EqualFold(name, "s-maxage")) && exceeds(age, 0)
	})
	switch e.Request.Method {
	case "GET", "HEAD":
		return !lists(control, "no-store") && (explicit || slices.Contains(heuristic, e.Response.Status))
	case "OPTIONS":
		return explicit && !lists(control, "no-store")
	}
	return false
}

// lists reports whether a comma-separated list has an item, in any case.
func lists(value, item string) bool {
	return slices.ContainsFunc(strings.Split(value, ","), func(s string) bool { return fetchspec.EqualFold(strings.TrimSpace(s), item) })
}

// shown quotes a header value, bounded. Its bytes are taken for Latin-1.
func shown(value string) string { return strconv.Quote(excerpt.Of(fetchspec.IsomorphicDecode(value))) }
