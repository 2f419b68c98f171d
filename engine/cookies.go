package engine

import (
	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// cookieHeader returns the value of the Cookie header, and the empty string where none is sent.
//
// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
func (f *fetch) cookieHeader() string {
	jar := f.ua.Cookies
	if jar == nil || jar.Len() == 0 {
		return ""
	}
	r := f.cookieRequest()
	value := jar.Header(&r, f.now())
	if value != "" {
		f.trace("http-network-or-cache-fetch 8.21.1", "Cookie: ", value)
	}
	return value
}

// storeCookies takes in the cookies of a response, whatever becomes of it later.
//
// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (f *fetch) storeCookies(resp *fetchspec.Response) {
	jar := f.ua.Cookies
	if jar == nil {
		return
	}
	for _, h := range resp.Headers {
		if !fetchspec.EqualFold(h.Name, "Set-Cookie") {
			continue
		}
		r := f.cookieRequest()
		if err := jar.Store(&r, h.Value, f.now()); err != nil {
			f.trace("http-network-fetch 17", err.Error(), ": ", h.Value)
		}
	}
}

// storageAccess returns the value of Sec-Fetch-Storage-Access, which says of a third-party request whether the cookies go
// along that its site has elsewhere. It is empty for any other.
//
// https://privacycg.github.io/storage-access-headers/#sec-fetch-storage-access
func (f *fetch) storageAccess() string {
	jar := f.ua.Cookies
	if jar == nil || f.q.StorageAccessUntainted && f.tainted {
		// DEVIATION: StorageAccessUntainted.
		return ""
	}
	r := f.cookieRequest()
	switch {
	case !jar.IsThirdParty(&r):
		return ""
	case jar.SendsThirdParty():
		return "active"
	case origin.SchemefullySameSite(f.req.Embedder, f.url.Origin()):
		return "inactive"
	}
	return "none"
}

// cookieRequest returns what of the request decides on cookies.
func (f *fetch) cookieRequest() cookie.Request {
	r := cookie.Request{URLs: f.sentURLs(), Client: f.req.Origin, Top: f.req.Origin}
	switch {
	case !f.req.Embedder.IsZero():
		r.Top, r.Framed = f.req.Embedder, true
	case f.req.Origin.IsOpaque() && f.req.Page != nil:
		r.Top = f.req.Page.Origin()
	}
	return r
}
