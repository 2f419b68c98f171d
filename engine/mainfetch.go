package engine

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// run fetches and filters.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetch) run() *fetchspec.Response {
	resp := f.mainFetch()
	if f.res.Block != nil {
		if f.q.Cache.Clear == ClearOnAnyCORS && f.tainting == fetchspec.TaintingCORS {
			// DEVIATION: Clear.
			f.clearCache()
		}
		return resp
	}

	// 14. Show script only what it may see.
	filtered := resp
	if resp.Type != fetchspec.ResponseOpaqueRedirect {
		filtered = f.filter(resp)
	}

	if resp.Status >= 400 {
		f.notice(NoticeStatus)
	}

	// 20. Elements and nosniff.
	if f.req.API.IsElement() {
		if b := f.load(resp); b != nil {
			return f.block(b)
		}
	}
	return filtered
}

// mainFetch picks how to fetch the current URL. It is run again after a redirect.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetch) mainFetch() *fetchspec.Response {
	f.trace("main-fetch 1", f.req.Method, " ", f.url.String(), ", origin ", f.origin)

	// 6. Insecure images, audio and video are asked for securely.
	f.upgradeCurrent()

	// 7, 12. What is refused before anything is sent.
	order := orStandard(f.q.Opening, standardOpening)
	// DEVIATION: Opening.
	if b := f.open(f.url, order); b != nil {
		return f.block(b)
	}

	// 12. The first that matches.
	switch {
	case !f.isCrossOrigin(f.url):
		f.tainting = fetchspec.TaintingBasic
		f.trace("main-fetch 12b.1", "response tainting basic")
		return f.schemeFetch()

	case f.req.Mode == fetchspec.ModeNoCORS:
		f.tainting = fetchspec.TaintingOpaque
		f.trace("main-fetch 12d.2", "response tainting opaque")
		return f.schemeFetch()
	}

	f.tainting = fetchspec.TaintingCORS
	unsafe := f.unsafeNames()
	if !f.wantsPreflight(unsafe) {
		f.trace("main-fetch 12g.1", "response tainting cors, no preflight")
		return f.httpFetch(nil, false)
	}
	f.trace("main-fetch 12f.1", "response tainting cors, with preflight")
	resp := f.httpFetch(unsafe, true)
	if f.res.Block != nil && f.q.Cache.Clear == ClearOnError {
		// 12f.3. What failed is not to be let through by the cache again.
		// DEVIATION: Clear.
		f.clearCache()
	}
	return resp
}

// sameOrigin reports whether the request stays home at url: it is of the page's origin, and has never left it.
func (f *fetch) sameOrigin(url *origin.URL) bool {
	return f.tainting == fetchspec.TaintingBasic && origin.SameOrigin(f.req.Origin, url.Origin())
}

// isCrossOrigin reports whether the request leaves home with url. data: URLs are at home everywhere.
func (f *fetch) isCrossOrigin(url *origin.URL) bool {
	if url.Scheme() == "data" {
		// DEVIATION: ForeignData.
		return f.q.ForeignData != nil && f.req.Mode == fetchspec.ModeCORS && f.req.Destination != fetchspec.DestinationFont && slices.Contains(f.q.ForeignData, f.req.API)
	}
	return !f.sameOrigin(url)
}

// preflightHeaders returns the headers that the need for a preflight is computed from.
func (f *fetch) preflightHeaders() fetchspec.Headers {
	if f.q.PreflightAuthoredHeaders {
		// DEVIATION: PreflightAuthoredHeaders.
		return f.first
	}
	if f.q.PreflightAfterRewrite {
		// DEVIATION: PreflightAfterRewrite.
		return f.announced
	}
	return f.req.Headers
}

func (f *fetch) unsafeNames() []string {
	names := f.q.Safelist.UnsafeNames(f.preflightHeaders())
	if b := f.req.Body; f.q.XHRBlobTypeUnbounded && f.req.API == fetchspec.APIXHR && b != nil && len(b.Type) > fetchspec.MaxSafelistedValue && f.q.Safelist.IsSafelistedType(b.Type) {
		// DEVIATION: XHRBlobTypeUnbounded.
		names = slices.DeleteFunc(names, func(name string) bool { return name == "content-type" })
	}
	return names
}

// wantsPreflight is the condition of main fetch step 12f.
func (f *fetch) wantsPreflight(unsafe []string) bool {
	switch {
	case f.req.UseCORSPreflight, len(unsafe) > 0, !fetchspec.IsSafelistedMethod(f.req.Method):
		return true
	case f.q.PreflightSticky && f.preflighted:
		// DEVIATION: PreflightSticky.
		return true
	case f.q.PreflightAfterRewrite && len(f.req.URLs) > 1:
		// DEVIATION: PreflightAfterRewrite.
		return len(f.q.Safelist.UnsafeNames(f.first)) > 0
	}
	return false
}

// filter returns the filtered response that script sees.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetch) filter(resp *fetchspec.Response) *fetchspec.Response {
	if q := f.q; q.SkipEmptyValues || q.TightContentType || q.FirstLineOnly != nil || q.LineBreaks != nil {
		resp = f.joinHeaders(resp)
	}
	if f.q.HTTP2Header.Name != "" && f.http2() {
		// DEVIATION: HTTP2Header.
		with := *resp
		with.Headers = append(slices.Clip(resp.Headers), f.q.HTTP2Header)
		resp = &with
	}
	switch f.tainting {
	case fetchspec.TaintingOpaque:
		f.trace("main-fetch 14.2c", "opaque filtered response")
		return fetchspec.FilterOpaque()

	case fetchspec.TaintingCORS:
		// 14.1. What the server exposes; a list that does not parse exposes nothing.
		exposed := fetchspec.ExtractTokens(resp.Headers, exposeHeaders)
		if exposed.Invalid {
			if !f.q.ExposeUpToInvalid || f.req.API != fetchspec.APIFetch || !slices.Contains(exposed.Items[:exposed.Sound], "*") {
				// DEVIATION: ExposeUpToInvalid.
				exposed.Items = nil
			}
		}
		all := !f.include() && exposed.Contains("*")
		f.trace("main-fetch 14.2b", "cors filtered response")
		return fetchspec.FilterCORS(resp, f.sentURLs(), &exposed, all)
	}
	f.trace("main-fetch 14.2a", "basic filtered response")
	return fetchspec.FilterBasic(resp, f.sentURLs())
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return fetchspec.EqualFold(n, name) })
}

// repeats reports whether a list has several headers of one name.
func repeats(h fetchspec.Headers) bool {
	for i := range h {
		for j := range i {
			if fetchspec.EqualFold(h[i].Name, h[j].Name) {
				return true
			}
		}
	}
	return false
}

// joinHeaders joins the lines of each response header into one, as the browser does.
func (f *fetch) joinHeaders(resp *fetchspec.Response) *fetchspec.Response {
	if !repeats(resp.Headers) {
		return resp
	}
	joined := make(fetchspec.Headers, 0, len(resp.Headers))
next:
	for _, h := range resp.Headers {
		for i := range joined {
			have := &joined[i]
			if !fetchspec.EqualFold(have.Name, h.Name) {
				continue
			}
			if containsFold(f.q.FirstLineOnly, h.Name) {
				// DEVIATION: FirstLineOnly.
				continue next
			}
			separator := ", "
			if containsFold(f.q.LineBreaks, h.Name) {
				// DEVIATION: LineBreaks.
				separator = "\n"
			}
			tight := f.q.TightContentType && fetchspec.EqualFold(h.Name, "Content-Type")
			if tight {
				// DEVIATION: TightContentType.
				separator = ","
			}
			switch {
			case f.q.SkipEmptyValues && h.Value == "" && !tight:
				// DEVIATION: SkipEmptyValues.
			case f.q.SkipEmptyValues && have.Value == "":
				have.Value = h.Value
			default:
				have.Value += separator + h.Value
			}
			continue next
		}
		joined = append(joined, h)
	}
	r := *resp
	r.Headers = slices.DeleteFunc(joined, func(h fetchspec.Header) bool { return strings.IndexByte(h.Value, '\n') >= 0 })
	return &r
}
