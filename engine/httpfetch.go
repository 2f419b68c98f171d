package engine

import (
	"github.com/corsim/corsim/fetchspec"
)

// httpFetch fetches the current URL over HTTP, after a preflight where one is wanted and not cached.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) httpFetch(unsafe []string, preflight bool) *fetchspec.Response {
	// OUT OF SCOPE: 3. Service workers.

	// 4.1. The preflight.
	if preflight {
		f.preflighted = true
		if f.cacheMatch(unsafe) {
			f.trace("http-fetch 4.1", "the preflight cache allows it")
		} else if b := f.preflightFetch(unsafe); b != nil {
			return f.block(b)
		}
	}

	if b := f.lateRedirect(); b != nil {
		return f.block(b)
	}

	// A streaming body goes out on HTTP/2 or later only.
	if f.req.Body != nil && f.req.Body.Stream && !f.http2() {
		return f.block(&Block{Code: CodeStreamNeedsHTTP2, Step: "http-network-fetch 8.3"})
	}

	// 4.3. The request itself.
	resp, err := f.networkFetch()
	if err != nil && FailureOf(err) == FailureClosed && f.q.UnansweredPUT && f.req.API == fetchspec.APIXHR && f.req.Method == "PUT" && f.tainting == fetchspec.TaintingBasic && !f.http2() {
		// DEVIATION: UnansweredPUT.
		return &fetchspec.Response{}
	}
	if err != nil {
		return f.block(&Block{Code: CodeNetworkError, Step: "http-fetch 4.3", Exchange: f.failedExchange(err)})
	}
	f.traceStatus("http-fetch 4.3", resp)
	if f.q.SeveralLocations == LocationsConflict && (resp.Headers.Conflict("Location") || resp.Headers.Conflict("Content-Disposition")) {
		// DEVIATION: SeveralLocations.
		return f.block(&Block{Code: CodeNetworkError, Step: "http-fetch 4.3", Exchange: f.lastExchange()})
	}

	// Cookies are set whatever becomes of the response.
	if f.lastExchange().Request.IncludeCredentials {
		f.storeCookies(resp)
	}

	if f.q.TypeBeforeCORS && !isRedirect(resp) {
		// DEVIATION: TypeBeforeCORS.
		if b := f.checkCORP(resp); b != nil {
			return f.block(b)
		}
		if b := f.typeCheck(resp.Headers); b != nil {
			b.Exchange = f.lastExchange()
			return f.block(b)
		}
	}

	// 6. A redirect is judged in the order of the standard or of the browser.
	if f.isRedirectResponse(resp) {
		return f.redirectResponse(resp)
	}

	// 4.4. The CORS check.
	if b := f.checkCORS(resp); b != nil {
		return f.block(b)
	}

	// 5. The CORP check.
	if b := f.checkCORP(resp); b != nil {
		return f.block(b)
	}
	return resp
}

// http2 reports whether the network speaks HTTP/2 to the server of the current URL. User agents speak it over TLS alone.
func (f *fetch) http2() bool {
	n, ok := f.net.(interface{ HTTP2() bool })
	return ok && f.url.Scheme() == "https" && n.HTTP2()
}

// checkCORS makes the CORS check where the request is a CORS request.
func (f *fetch) checkCORS(resp *fetchspec.Response) *Block {
	if f.tainting != fetchspec.TaintingCORS {
		return nil
	}
	b := f.corsCheck(resp, f.include(), f.origin)
	if b != nil {
		b.Exchange = f.lastExchange()
	}
	return b
}

// checkCORP makes the cross-origin resource policy check where the response is opaque.
func (f *fetch) checkCORP(resp *fetchspec.Response) *Block {
	if f.tainting != fetchspec.TaintingOpaque {
		return nil
	}
	b := f.corpCheck(resp)
	if b != nil {
		b.Exchange = f.lastExchange()
	}
	return b
}
