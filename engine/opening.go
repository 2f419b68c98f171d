package engine

import (
	"slices"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// standardOpening is the order in which main fetch refuses requests before anything is sent.
var standardOpening = []OpeningCheck{OpenBadPort, OpenMixedContent, OpenSameOriginMode, OpenNoCORSRedirect, OpenScheme}

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
	crossOrigin := f.isCrossOrigin(url)
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
			return &Block{Code: CodeSameOriginMode, Step: "main-fetch 12c"}
		}

	case OpenNoCORSRedirect:
		// DEVIATION: DataNeedsFollow.
		if f.req.Mode == fetchspec.ModeNoCORS && (crossOrigin || f.q.DataNeedsFollow && url.Scheme() == "data") && f.req.Redirect != fetchspec.RedirectFollow {
			return &Block{Code: CodeNoCORSRedirect, Step: "main-fetch 12d.1"}
		}

	case OpenScheme, OpenScriptScheme:
		if f.req.Mode == fetchspec.ModeCORS && crossOrigin && !url.IsHTTP() && (c == OpenScheme || f.isScripts()) {
			return &Block{Code: CodeSchemeNotHTTP, Step: "main-fetch 12e", Param: url.Scheme()}
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

// isScripts reports whether it is a request of script's own, and not of an element.
func (f *fetch) isScripts() bool {
	return !f.req.API.IsElement() || f.req.API == fetchspec.APIEventSource
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

// isBadPort reports whether a URL's port is blocked.
//
// https://fetch.spec.whatwg.org/#block-bad-port
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
