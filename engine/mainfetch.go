package engine

import (
	"slices"

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

// standardOpening is the order in which main fetch refuses requests before anything is sent.
var standardOpening = []OpeningCheck{OpenBadPort, OpenMixedContent, OpenSameOriginMode, OpenNoCORSRedirect, OpenScheme}

// mainFetch picks how to fetch the current URL. It is run again after a redirect.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetch) mainFetch() *fetchspec.Response {
	f.trace("main-fetch 1", f.req.Method, " ", f.url.String(), ", origin ", f.origin)

	// 6. Insecure images are asked for securely.
	f.upgradeImage()

	// 7, 12. What is refused before anything is sent.
	order := f.q.Opening
	if order == nil {
		order = standardOpening
	}
	// DEVIATION: Opening.
	if b := f.open(f.url, order); b != nil {
		return f.block(b)
	}

	// 12. The first that matches.
	switch {
	case f.sameOrigin(f.url), f.url.Scheme() == "data":
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
	return f.q.Safelist.UnsafeNames(f.preflightHeaders())
}

// wantsPreflight is the condition of main fetch step 12f.
func (f *fetch) wantsPreflight(unsafe []string) bool {
	switch {
	case f.req.UseCORSPreflight, len(unsafe) > 0, !fetchspec.IsSafelistedMethod(f.req.Method):
		return true
	case f.q.PreflightSticky && f.preflighted:
		// DEVIATION: PreflightSticky.
		return true
	case f.q.PreflightAfterRewrite:
		// DEVIATION: PreflightAfterRewrite.
		return len(f.q.Safelist.UnsafeNames(f.first)) > 0
	}
	return false
}

// open makes the checks that can refuse a request before anything is sent to url.
func (f *fetch) open(url *origin.URL, order []OpeningCheck) *Block {
	redirected := len(f.req.URLs) > 1 && url == f.url
	for _, c := range order {
		if redirected && slices.Contains(f.q.Veto, c) {
			// DEVIATION: Veto.
			continue
		}
		b := f.openCheck(c, url)
		if b == nil {
			continue
		}
		if b.URL == nil {
			b.URL = url
		}
		return b
	}
	return nil
}

func (f *fetch) openCheck(c OpeningCheck, url *origin.URL) *Block {
	first := len(f.req.URLs) == 1 && url == f.url
	crossOrigin := !f.sameOrigin(url) && url.Scheme() != "data"
	switch c {
	case OpenBadPort:
		// https://fetch.spec.whatwg.org/#block-bad-port
		if url.IsHTTP() && isBadPort(url.Port()) {
			return &Block{Code: CodeBadPort, Step: "main-fetch 7", Param: url.Port(), Preflight: f.req.Mode == fetchspec.ModeCORS && crossOrigin && f.wantsPreflight(f.unsafeNames())}
		}

	case OpenMixedContent:
		if f.isMixedContent(url) {
			return &Block{Code: CodeMixedContent, Step: "main-fetch 7"}
		}

	case OpenSameOriginMode:
		if f.req.Mode == fetchspec.ModeSameOrigin && (crossOrigin || !first && !f.sameOrigin(url)) {
			return &Block{Code: CodeSameOriginMode, Step: "main-fetch 12"}
		}

	case OpenNoCORSRedirect:
		if f.req.Mode == fetchspec.ModeNoCORS && crossOrigin && f.req.Redirect != fetchspec.RedirectFollow {
			return &Block{Code: CodeNoCORSRedirect, Step: "main-fetch 12d.1"}
		}

	case OpenScheme, OpenScriptScheme:
		if f.req.Mode == fetchspec.ModeCORS && crossOrigin && !url.IsHTTP() && (c == OpenScheme || !f.req.API.IsElement()) {
			return &Block{Code: CodeSchemeNotHTTP, Step: "main-fetch 12", Param: url.Scheme()}
		}

	case OpenFetchScheme:
		if first && f.req.API == fetchspec.APIFetch && crossOrigin && !slices.Contains(f.q.FetchSchemes, url.Scheme()) &&
			(f.req.Mode != fetchspec.ModeNoCORS || url.Scheme() != "blob") {
			return &Block{Code: CodeSchemeUnknown, Step: "main-fetch 12", Param: url.Scheme()}
		}

	case OpenRefusedScheme:
		if first && f.req.API == fetchspec.APIXHR && slices.Contains(f.q.RefusedSchemes, url.Scheme()) {
			return &Block{Code: CodeSchemeUnknown, Step: "main-fetch 12", Param: url.Scheme()}
		}

	case OpenLocalResource:
		if !origin.SameOrigin(f.req.Origin, url.Origin()) && slices.Contains(f.q.LocalSchemes, url.Scheme()) {
			return &Block{Code: CodeLocalResource, Step: "main-fetch 12", Param: url.Scheme()}
		}

	case OpenUnsafeScheme:
		if scheme := url.Scheme(); slices.Contains(f.q.UnsafeRedirectSchemes, scheme) && (scheme != "blob" || f.unsafeBlob(url)) {
			return &Block{Code: CodeRedirectScheme, Step: "http-redirect-fetch 6", Param: url.Scheme(), URL: f.url}
		}

	case OpenLateRedirect:
		// Without a preflight to wait for, they are made now.
		if !url.IsHTTP() || f.req.Mode == fetchspec.ModeSameOrigin {
			return f.lateRedirect()
		}

	case OpenCredentials:
		if url.IncludesCredentials() && f.req.API != fetchspec.APIXHR && !(first && f.req.Mode == fetchspec.ModeCORS) {
			return &Block{Code: CodeURLCredentialed, Step: "main-fetch 7"}
		}
	}
	return nil
}

// unsafeBlob reports whether a redirect may not lead to a blob: URL: it is of another origin than what redirects, or for an
// XMLHttpRequest than the page.
func (f *fetch) unsafeBlob(url *origin.URL) bool {
	from := f.url.Origin()
	if f.req.API == fetchspec.APIXHR {
		from = f.req.Origin
	}
	return !origin.SameOrigin(from, url.Origin())
}

// isMixedContent reports whether a secure page asks for an insecure URL.
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (f *fetch) isMixedContent(url *origin.URL) bool {
	if f.home().Scheme() != "https" {
		return false
	}
	if f.q.MixedAnyScheme {
		// DEVIATION: MixedAnyScheme.
		switch url.Scheme() {
		case "https", "wss", "data", "about", "blob", "file", "resource":
			return false
		}
	} else if url.Scheme() != "http" {
		return false
	}
	image := f.req.API == fetchspec.APIImage && url.Scheme() == "http"
	if url.IsPotentiallyTrustworthy() && !f.q.LoopbackMixed {
		// DEVIATION: LoopbackMixed, NoteLoopbackImages.
		if image && f.q.NoteLoopbackImages {
			code := NoticeUpgraded
			if url.Origin().IsIPAddress() {
				code = NoticeInsecureImage
			}
			f.notice(code)
		}
		return false
	}
	if image && f.q.MixedImages {
		// DEVIATION: MixedImages.
		f.notice(NoticeInsecureImage)
		return false
	}
	return true
}

// upgradeImage makes the current URL of an image secure, or notes why not.
func (f *fetch) upgradeImage() {
	u := f.upgrade(f.url)
	if u == f.url {
		return
	}
	f.notice(NoticeUpgraded)
	f.trace("main-fetch 6", "upgraded to ", u.String())
	if f.q.UpgradeTaints && f.req.Mode == fetchspec.ModeCORS && !f.sameOrigin(f.url) {
		// DEVIATION: UpgradeTaints.
		f.tainting = fetchspec.TaintingCORS
	}
	f.url = u
	f.req.URLs[len(f.req.URLs)-1] = u
}

// upgrade returns the URL that an image is asked for at: a secure one, where the page is secure and url is not.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (f *fetch) upgrade(url *origin.URL) *origin.URL {
	if f.req.API != fetchspec.APIImage || url.Scheme() != "http" || f.home().Scheme() != "https" || url.Origin().IsIPAddress() || url.Origin().IsLoopback() {
		return url
	}
	return url.WithHTTPS()
}

// home is the origin that decides whether the page is secure.
func (f *fetch) home() origin.Origin {
	if f.req.Origin.IsOpaque() {
		return f.req.Embedder
	}
	return f.req.Origin
}

func isBadPort(port string) bool {
	if port == "" {
		return false
	}
	n := 0
	for i := 0; i < len(port); i++ {
		n = n*10 + int(port[i]-'0')
	}
	_, bad := slices.BinarySearch(badPorts[:], uint16(n))
	return bad
}

// https://fetch.spec.whatwg.org/#bad-port
var badPorts = [...]uint16{
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
	111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540,
	548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
	6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
}

// filter returns the filtered response that script sees.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetch) filter(resp *fetchspec.Response) *fetchspec.Response {
	if f.q.SkipEmptyValues || f.q.TightContentType {
		resp = f.joinHeaders(resp)
	}
	switch f.tainting {
	case fetchspec.TaintingOpaque:
		f.trace("main-fetch 14.2", "opaque filtered response")
		return fetchspec.FilterOpaque()

	case fetchspec.TaintingCORS:
		// 14.1. What the server exposes; a list that does not parse exposes nothing.
		exposed := fetchspec.ExtractTokens(resp.Headers, exposeHeaders)
		if exposed.Invalid {
			exposed.Items = nil
		}
		all := !f.include() && exposed.Contains("*")
		f.trace("main-fetch 14.2", "cors filtered response")
		return fetchspec.FilterCORS(resp, f.req.URLs, exposed.Items, all)
	}
	f.trace("main-fetch 14.2", "basic filtered response")
	return fetchspec.FilterBasic(resp, f.req.URLs)
}

// joinHeaders joins the lines of each response header into one, as the browser does.
func (f *fetch) joinHeaders(resp *fetchspec.Response) *fetchspec.Response {
	joined := make(fetchspec.Headers, 0, len(resp.Headers))
next:
	for _, h := range resp.Headers {
		for i := range joined {
			have := &joined[i]
			if !fetchspec.EqualFold(have.Name, h.Name) {
				continue
			}
			separator := ", "
			if f.q.TightContentType && fetchspec.EqualFold(h.Name, "Content-Type") {
				// DEVIATION: TightContentType.
				separator = ","
			}
			switch {
			case f.q.SkipEmptyValues && h.Value == "":
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
	r.Headers = joined
	return &r
}
