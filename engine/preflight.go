package engine

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// standardPreflight is the order in which the standard checks a preflight response.
var standardPreflight = []PreflightCheck{PreflightCORS, PreflightStatus, PreflightMethodsSyntax, PreflightHeadersSyntax, PreflightMethod, PreflightHeaders}

// preflightOrigin is the origin that preflights are sent with and checked against.
func (f *fetch) preflightOrigin() string {
	if f.q.PreflightUntainted {
		// DEVIATION: PreflightUntainted.
		return f.req.Origin.String()
	}
	return f.origin
}

// preflightFetch performs the CORS-preflight fetch and returns nil where the request may go out.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetch) preflightFetch(unsafe []string) *Block {
	// 1–5. The preflight: OPTIONS, without credentials, with the method and the names of the unsafe headers.
	resp, err := f.sendPreflight(unsafe)

	// 6. A network error is the end.
	if err != nil {
		return &Block{Code: CodePreflightNetwork, Step: "cors-preflight-fetch 6", Preflight: true, Exchange: f.failedExchange(err)}
	}
	f.traceStatus("cors-preflight-fetch 6", resp)

	// 7, 8. The checks, in the order of the standard or of the browser.
	p := preflightResponse{fetch: f, resp: resp, unsafe: unsafe}
	order := orStandard(f.q.Preflight, standardPreflight)
	// DEVIATION: Preflight.
	var b *Block
	stored := false
	for _, check := range order {
		if f.q.Cache.StoreRefused && !stored && (check == PreflightMethod || check == PreflightHeaders) {
			// DEVIATION: StoreRefused.
			p.store()
			stored = true
		}
		if b = p.check(check); b != nil {
			break
		}
	}
	if b != nil {
		b.Preflight = true
		b.Exchange = f.lastExchange()
		return b
	}
	if !stored {
		p.store()
	}
	return nil
}

// preflightResponse is a preflight response under judgement. Its lists are extracted when they are first asked for.
type preflightResponse struct {
	*fetch
	resp             *fetchspec.Response
	unsafe           []string
	methods, headers fetchspec.List
	extracted        bool
}

func (p *preflightResponse) extract() {
	if p.extracted {
		return
	}
	p.extracted = true
	// 7.1, 7.2. The two lists.
	p.methods = fetchspec.ExtractTokens(p.resp.Headers, allowMethods)
	p.headers = fetchspec.ExtractTokens(p.resp.Headers, allowHeaders)
	if p.methods.Present && p.ua.Trace {
		p.trace("cors-preflight-fetch 7.1", allowMethods, ": ", strings.Join(p.methods.Items, ", "))
	}
	if p.headers.Present && p.ua.Trace {
		p.trace("cors-preflight-fetch 7.2", allowHeaders, ": ", strings.Join(p.headers.Items, ", "))
	}
	// 7.4. A preflight that only the use-CORS-preflight flag asked for needs no Access-Control-Allow-Methods.
	if !p.methods.Present && p.req.UseCORSPreflight && !p.q.FlagNeedsMethods {
		// DEVIATION: FlagNeedsMethods.
		p.methods.Items = []string{p.req.Method}
	}
}

func (p *preflightResponse) store() {
	p.extract()
	// 7.8–7.15. Keep what was granted.
	p.fetch.store(p.resp, p.methods.Items, p.headers.Items)
}

func (p *preflightResponse) check(c PreflightCheck) *Block {
	switch c {
	case PreflightCORS:
		// 7. The CORS check, with the request's own credentials mode.
		if p.q.PreflightHome && origin.SameOrigin(p.req.Origin, p.url.Origin()) {
			// DEVIATION: PreflightHome.
			return nil
		}
		b := p.corsCheck(p.resp, p.include(), p.preflightOrigin())
		if b != nil {
			b.Code = onPreflight[b.Code]
			b.Redirect = isRedirect(p.resp)
		}
		return b

	case PreflightRedirect:
		if isRedirect(p.resp) && (!p.q.PreflightOnlyFollowedRedirect || p.req.Redirect == fetchspec.RedirectFollow) {
			// DEVIATION: PreflightOnlyFollowedRedirect.
			location, _ := p.location(p.resp)
			target, _ := p.locationURL(location)
			return &Block{Code: CodePreflightRedirect, Step: "cors-preflight-fetch 8", Redirect: true, Location: location, Target: target}
		}

	case PreflightStatus:
		// 7. The status.
		if !fetchspec.IsOKStatus(p.resp.Status) {
			return &Block{Code: CodePreflightStatus, Step: "cors-preflight-fetch 8", Param: statusText(p.resp), Redirect: isRedirect(p.resp)}
		}

	case PreflightMethodsSyntax:
		// 7.3. A list that does not parse fails, whether it is needed or not.
		if p.extract(); p.methods.Invalid {
			return &Block{Code: CodeAllowMethodsInvalid, Step: "cors-preflight-fetch 7.3", Param: p.methods.Offender}
		}

	case PreflightHeadersSyntax:
		if p.extract(); p.headers.Invalid {
			return &Block{Code: CodeAllowHeadersInvalid, Step: "cors-preflight-fetch 7.3", Param: p.headers.Offender}
		}

	case PreflightMethod:
		// 7.5. The method must be listed, unless it is safelisted; * lists all, without credentials.
		p.extract()
		m := p.req.Method
		if !p.methods.Contains(m) && !fetchspec.IsSafelistedMethod(m) && (p.include() || !p.methods.Contains("*")) {
			return &Block{Code: CodeMethodNotAllowed, Step: "cors-preflight-fetch 7.5", Param: m}
		}

	case PreflightHeaders:
		return p.checkHeaders()
	}
	return nil
}

// checkHeaders checks that the unsafe headers are allowed.
func (p *preflightResponse) checkHeaders() *Block {
	p.extract()
	wildcard := !p.include() && p.headers.Contains("*")
	var refused *Block
	for _, name := range p.unsafe {
		if p.headers.ContainsFold(name) {
			continue
		}
		if fetchspec.IsNonWildcard(name) {
			// 7.6. Authorization must be listed by name.
			if !wildcard || !p.q.WildcardCoversAuthorization {
				refused = &Block{Code: CodeHeaderNotAllowed, Step: "cors-preflight-fetch 7.6", Param: p.authored(name)}
				break
			}
			// DEVIATION: WildcardCoversAuthorization.
			if p.q.NoteAuthorizationByWildcard {
				// DEVIATION: NoteAuthorizationByWildcard.
				p.notice(NoticeAuthorizationByWildcard)
			}
			continue
		}
		// 7.7. Every unsafe header must be listed; * lists all others, without credentials.
		if !wildcard {
			refused = &Block{Code: CodeHeaderNotAllowed, Step: "cors-preflight-fetch 7.7", Param: p.authored(name)}
			break
		}
	}
	if refused == nil || p.q.NamedHeader == nil {
		return refused
	}
	// DEVIATION: NamedHeader.
	for _, name := range p.q.NamedHeader(p.preflightHeaders(), p.req, p.url) {
		lower := fetchspec.ByteLower(name)
		if slices.Contains(p.unsafe, lower) && !p.headers.ContainsFold(name) && (!wildcard || fetchspec.IsNonWildcard(name) && !p.q.WildcardCoversAuthorization) {
			refused.Param = p.authored(lower)
			break
		}
	}
	return refused
}

// authored returns a header name as the page spelled it.
func (f *fetch) authored(lower string) string {
	for _, h := range f.preflightHeaders() {
		if fetchspec.EqualFold(h.Name, lower) {
			return h.Name
		}
	}
	return lower
}

// isRedirect reports whether a response is a redirect that says where to.
func isRedirect(r *fetchspec.Response) bool {
	return fetchspec.IsRedirectStatus(r.Status) && r.Headers.Has("Location")
}
