package engine

import (
	"slices"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// maxRedirects is how many redirects are followed.
const maxRedirects = 20

// standardRedirect is the order in which the standard judges a redirect response.
var standardRedirect = []RedirectCheck{
	RedirectCORS, RedirectCORP, RedirectModeError, RedirectModeManual, RedirectLocation, RedirectScheme, RedirectCount,
	RedirectCredentials, RedirectStream,
}

// isRedirectResponse reports whether a response is treated as a redirect.
func (f *fetch) isRedirectResponse(resp *fetchspec.Response) bool {
	if !fetchspec.IsRedirectStatus(resp.Status) {
		return false
	}
	location, ok := f.location(resp)
	if location == "" && (f.q.EmptyLocationIsNone || f.q.EmptyLocationFails && f.req.Redirect == fetchspec.RedirectError) {
		// DEVIATION: EmptyLocationIsNone, EmptyLocationFails.
		ok = false
	}
	// DEVIATION: RedirectNeedsLocation.
	return ok || !f.q.RedirectNeedsLocation || f.req.Redirect == fetchspec.RedirectManual
}

// redirect is a redirect response under judgement.
type redirect struct {
	*fetch
	resp     *fetchspec.Response
	location string
	// target is the location URL: nil where there is no Location, and where it is no URL, which sets invalid.
	target   *origin.URL
	present  bool
	invalid  bool
	exchange *Exchange
}

// redirectResponse judges a redirect response and follows it.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) redirectResponse(resp *fetchspec.Response) *fetchspec.Response {
	r := redirect{fetch: f, resp: resp, exchange: f.lastExchange()}
	// HTTP-redirect fetch 3. The location URL.
	r.location, r.present = f.location(resp)
	if r.present {
		var ok bool
		r.target, ok = f.locationURL(r.location)
		r.invalid = !ok || f.q.SeveralLocations == LocationsFail && severalLines(resp.Headers, "Location")
	}
	order := orStandard(f.q.Redirect, standardRedirect)
	// DEVIATION: Redirect.
	for _, c := range order {
		if c == RedirectModeManual && f.req.Redirect == fetchspec.RedirectManual {
			f.trace("http-fetch 6.3b.2", "opaque-redirect filtered response")
			return fetchspec.FilterOpaqueRedirect(f.sentURLs())
		}
		b := r.check(c)
		if b == nil {
			continue
		}
		return f.block(r.locate(b))
	}
	if !r.present {
		// HTTP-redirect fetch 4. Without a Location it is a response like any other.
		return resp
	}
	return r.follow()
}

// locate says of a block where it happened.
func (r *redirect) locate(b *Block) *Block {
	b.Redirect, b.Location, b.Target = r.present, r.location, r.target
	if b.Exchange == nil {
		b.Exchange = r.exchange
	}
	return b
}

// lateRedirect makes the checks of the redirect that led to the current URL which come after the preflight there.
func (f *fetch) lateRedirect() *Block {
	r := f.pending
	if r == nil {
		return nil
	}
	f.pending = nil
	// DEVIATION: LateRedirect.
	for _, c := range f.q.LateRedirect {
		if b := r.check(c); b != nil {
			b.URL, b.Origin = r.url, r.fetch.origin
			b.Crossed = r.tainting == fetchspec.TaintingCORS
			return r.locate(b)
		}
	}
	return nil
}

// check makes one of the checks of a redirect response. Numbers without a name are steps of HTTP-redirect fetch.
func (r *redirect) check(c RedirectCheck) *Block {
	switch c {
	case RedirectCORS:
		// HTTP fetch 4.4. The redirect response itself must pass.
		return r.checkCORS(r.resp)

	case RedirectHop:
		return r.checkHop()

	case RedirectCORP:
		// HTTP fetch 5.
		return r.checkCORP(r.resp)

	case RedirectModeError:
		// HTTP fetch 6.3a.
		if r.req.Redirect == fetchspec.RedirectError {
			return &Block{Code: CodeRedirectModeError, Step: "http-fetch 6.3a.1"}
		}

	case RedirectLocation:
		// 5. A location that is no URL is an error.
		if r.present && r.invalid {
			return &Block{Code: CodeRedirectLocation, Step: "http-redirect-fetch 5", Param: r.location}
		}

	case RedirectScheme, RedirectCORSScheme:
		// 6. So is one that is not HTTP(S).
		if r.target != nil && !r.target.IsHTTP() && !r.followsData() && (c == RedirectScheme || r.tainting == fetchspec.TaintingCORS) {
			return &Block{Code: CodeRedirectScheme, Step: "http-redirect-fetch 6", Param: r.target.Scheme()}
		}

	case RedirectUnsafe:
		if r.target != nil && slices.Contains(r.q.UnsafeRedirectSchemes, r.target.Scheme()) {
			return &Block{Code: CodeRedirectScheme, Step: "http-redirect-fetch 6", Param: r.target.Scheme()}
		}

	case RedirectCount:
		// 7. Twenty redirects are enough.
		if r.redirects == maxRedirects {
			return &Block{Code: CodeRedirectLimit, Step: "http-redirect-fetch 7"}
		}

	case RedirectCredentials, RedirectCORSCredentials:
		// 9, 10. No user name and password for a CORS request.
		if r.target == nil || !r.target.IncludesCredentials() {
			return nil
		}
		if c == RedirectCredentials && r.req.Mode == fetchspec.ModeCORS && !origin.SameOrigin(r.req.Origin, r.target.Origin()) {
			return &Block{Code: CodeRedirectCredentials, Step: "http-redirect-fetch 9", Param: r.target.String()}
		}
		if r.tainting == fetchspec.TaintingCORS {
			return &Block{Code: CodeRedirectCredentials, Step: "http-redirect-fetch 10", Param: r.target.String()}
		}

	case RedirectStream:
		// 11. A streaming body has no source to send again.
		if r.resp.Status != 303 && r.req.Body != nil && r.req.Body.Stream {
			return &Block{Code: CodeRedirectStreamBody, Step: "http-redirect-fetch 11"}
		}

	case RedirectVeto:
		if r.req.Redirect != fetchspec.RedirectFollow {
			return nil
		}
		if r.present && r.invalid {
			return &Block{Code: CodeRedirectLocation, Step: "http-redirect-fetch 5", Param: r.location}
		}
		if r.target != nil {
			if b := r.open(r.target, r.q.Veto); b != nil {
				return b
			}
		}
	}
	return nil
}

// followsData reports whether the redirect leads an element to a data: URL that it loads.
func (r *redirect) followsData() bool {
	// DEVIATION: ElementsFollowData.
	return r.q.ElementsFollowData && r.req.API.IsElement() && r.req.Mode == fetchspec.ModeNoCORS && r.target.Scheme() == "data"
}

// checkHop makes the second check of a redirect response that follows a same-origin one, with credentials.
func (r *redirect) checkHop() *Block {
	if !r.q.HopCredentials || r.tainting != fetchspec.TaintingCORS || r.req.Credentials != fetchspec.CredentialsSameOrigin || !origin.SameOrigin(r.req.Origin, r.req.URL().Origin()) {
		return nil
	}
	// DEVIATION: HopCredentials.
	return r.corsCheck(r.resp, true, r.origin)
}

// follow sends the request on to the location URL.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (r *redirect) follow() *fetchspec.Response {
	f := r.fetch
	if f.q.LateRedirect != nil {
		before := *f
		late := *r
		late.fetch = &before
		f.pending = &late
	}

	// 8. Count it.
	f.redirects++

	target := f.upgrade(r.target)
	if f.q.UpgradeTaints {
		// DEVIATION: UpgradeTaints.
		target = r.target
	}
	crossOrigin := !origin.SameOrigin(f.url.Origin(), target.Origin())

	// 12. Some statuses make a GET of the request, and drop its body.
	status, method := r.resp.Status, f.req.Method
	f.announced = f.first
	if (status == 301 || status == 302) && method == "POST" || status == 303 && method != "GET" && method != "HEAD" ||
		f.q.DeleteBecomesGET && crossOrigin && method == "DELETE" { // DEVIATION: DeleteBecomesGET.
		f.trace("http-redirect-fetch 12.1", method, " becomes GET")
		f.req.Method, f.req.Body = "GET", nil
		f.rewritten = true
		dropHeaders(&f.req.Headers, fetchspec.RequestBodyHeaderNames[:]...)
		dropHeaders(&f.announced, fetchspec.RequestBodyHeaderNames[:]...)
	}

	f.hopped = crossOrigin

	// 13. Authorization does not go to another origin.
	if crossOrigin {
		dropHeaders(&f.req.Headers, "Authorization")
		f.leftOrigin = true

		// Redirect-taint: leaving an origin that is not the request's own makes the request's origin opaque.
		if !origin.SameOrigin(f.req.Origin, f.url.Origin()) {
			f.tainted = true
			f.origin = "null"
			f.trace("redirect-taint 4.3", "origin is null from here on")
		}
	}

	if f.q.Safelist.ClientHints && !origin.SameOrigin(f.req.Origin, target.Origin()) {
		// DEVIATION: ClientHints. Which hints others get is for the user agent to decide anew.
		dropHeaders(&f.req.Headers, fetchspec.ClientHintNames[:]...)
	}
	switch {
	case !f.leftOrigin:
	case f.q.AuthorizationReturns && !crossOrigin:
		// DEVIATION: AuthorizationReturns.
		if v, ok := f.first.Get("Authorization"); ok && !f.req.Headers.Has("Authorization") {
			f.req.Headers = append(slices.Clip(f.req.Headers), fetchspec.Header{Name: "Authorization", Value: v})
		}
	default:
		dropHeaders(&f.announced, "Authorization")
	}

	// 18. The new URL.
	f.req.URLs = append(f.req.URLs, r.target)
	f.url = r.target

	// 22. And once more.
	f.trace("http-redirect-fetch 22", "to ", f.url.String())
	return f.mainFetch()
}

// dropHeaders removes headers from a list without touching the list that the caller gave.
func dropHeaders(h *fetchspec.Headers, names ...string) {
	if !slices.ContainsFunc(names, h.Has) {
		return
	}
	*h = h.Clone(0)
	for _, n := range names {
		h.Delete(n)
	}
}
