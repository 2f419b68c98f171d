package engine

import (
	"errors"

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
	for _, name := range jar.Withheld(&r, f.now()) {
		held := SetCookie{Line: name + "=", Refused: cookie.WithheldRedirect}
		f.res.Notices = append(f.res.Notices, Notice{Code: NoticeCookie, URL: f.url, Cookie: &held})
	}
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
		set := SetCookie{Line: h.Value, Foreign: jar.IsThirdParty(&r) && !jar.SendsThirdParty()}
		if err := jar.Store(&r, h.Value, f.now()); err != nil {
			f.trace("http-network-fetch 17", err.Error(), ": ", h.Value)
			errors.As(err, &set.Refused)
		}
		f.res.Notices = append(f.res.Notices, Notice{Code: NoticeCookie, URL: f.url, Cookie: &set})
	}
}

// storageAccess returns the value of Sec-Fetch-Storage-Access, which says of a third-party request whether the cookies go
// along that its site has elsewhere. It is empty for any other.
//
// https://privacycg.github.io/storage-access-headers/#sec-fetch-storage-access
func (f *fetch) storageAccess(preflight bool) string {
	jar := f.ua.Cookies
	if jar == nil || f.q.StorageAccessUntainted && f.tainted && !preflight || f.q.StorageAccessWindows && f.req.Worker {
		// DEVIATION: StorageAccessUntainted, StorageAccessWindows.
		return ""
	}
	r := f.cookieRequest()
	switch {
	case !jar.IsThirdParty(&r):
		return ""
	case jar.SendsThirdParty():
		if f.q.StorageAccessQuiet {
			// DEVIATION: StorageAccessQuiet.
			return ""
		}
		return "active"
	case origin.SchemefullySameSite(f.req.Embedder, f.url.Origin()):
		return "inactive"
	}
	return "none"
}

// sendsThirdParty reports whether cookies of the user's visits to other sites are sent there.
func (f *fetch) sendsThirdParty() bool { return f.ua.Cookies != nil && f.ua.Cookies.SendsThirdParty() }

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
