package engine

import (
	"slices"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// referrer returns the value of the Referer header of a request to a URL under the default policy,
// strict-origin-when-cross-origin.
//
// OUT OF SCOPE: other referrer policies.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (f *fetch) referrer(sent *origin.URL) string {
	p := f.req.Page
	switch {
	case p == nil, !p.IsHTTP():
		return ""
	case !f.req.Origin.IsOpaque():
	case f.q.SandboxedReferrer && f.req.Embedder.IsZero(), slices.Contains(f.q.EmbedderReferrer, f.req.API):
		// DEVIATION: SandboxedReferrer, EmbedderReferrer.
	default:
		return ""
	}
	secure := sent.IsPotentiallyTrustworthy()
	if f.q.ReferrerNeedsHTTPS {
		// DEVIATION: ReferrerNeedsHTTPS.
		secure = sent.Scheme() == "https"
	}
	if p.IsPotentiallyTrustworthy() && !secure {
		return ""
	}
	if (!f.tainted || sent != f.url) && origin.SameOrigin(p.Origin(), sent.Origin()) {
		return p.WithoutFragment()
	}
	return p.WithoutFragment()[:len(p.Origin().String())+1]
}

// site returns the value of Sec-Fetch-Site: how far the request has been from home.
//
// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
func (f *fetch) site(preflight bool) string {
	if preflight {
		// DEVIATION: PreflightSite.
		switch {
		case f.q.PreflightSite == PreflightSiteOfOrigin && f.origin == "null":
			return crossSite
		case f.q.PreflightSite != PreflightSiteOfList:
			return f.relation(f.url)
		}
	}
	for ; f.sited < len(f.req.URLs); f.sited++ {
		switch f.relation(f.req.URLs[f.sited]) {
		case crossSite:
			f.crossSite = true
		case sameSite:
			f.sameSite = true
		}
	}
	switch {
	case f.crossSite:
		return crossSite
	case f.sameSite:
		return sameSite
	}
	return sameOrigin
}

// The values of Sec-Fetch-Site for requests that pages make.
const (
	sameOrigin = "same-origin"
	sameSite   = "same-site"
	crossSite  = "cross-site"
)

// relation says how far a URL is from home. The user agent keeps the last answer: most fetches are between the same two
// origins, and sites are looked up in a long list.
func (f *fetch) relation(u *origin.URL) string {
	last := &f.ua.lastRelation
	if last.is != "" && last.home == f.req.Origin && last.other == u.Origin() {
		return last.is
	}
	*last = relation{f.req.Origin, u.Origin(), crossSite}
	switch {
	case origin.SameOrigin(last.home, last.other):
		last.is = sameOrigin
	case origin.SchemefullySameSite(last.home, last.other):
		last.is = sameSite
	}
	return last.is
}

// relation is how far one origin is from another: a value of Sec-Fetch-Site.
type relation struct {
	home, other origin.Origin
	is          string
}

// metadataDestination returns the value of Sec-Fetch-Dest.
//
// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header
func metadataDestination(d fetchspec.Destination) string {
	if d == fetchspec.DestinationNone {
		return "empty"
	}
	return string(d)
}
