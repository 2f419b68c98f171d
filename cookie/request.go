package cookie

import (
	"slices"

	"github.com/corsim/corsim/origin"
)

// Request is what of a request decides on its cookies.
type Request struct {
	// URLs is the request's URL list: the last is where it goes, the others redirected it there. All are HTTP(S).
	URLs []*origin.URL
	// Client is the origin of the page that makes the request, opaque where it is sandboxed.
	Client origin.Origin
	// Top is the origin of the URL of the page at the top, and Framed is set where the client is in a frame of it.
	Top    origin.Origin
	Framed bool
}

// Visit is the request of a user who goes to a URL.
func Visit(u *origin.URL) Request {
	return Request{URLs: []*origin.URL{u}, Client: u.Origin(), Top: u.Origin()}
}

func (r *Request) url() *origin.URL { return r.URLs[len(r.URLs)-1] }

// context is what a browser makes of a request.
type context struct {
	url    *origin.URL
	secure bool
	// sends and sets tell whether cookies with SameSite may go along, and be set by the answer.
	sends, sets bool
	// strayed is set where they would, had no redirect led through another site.
	strayed bool
	// thirdParty is set where the URL is of another site than the page.
	thirdParty bool
	// partition is the partition of the page's site.
	partition string
}

func (p *Policy) context(r *Request) context {
	c := context{url: r.url()}
	c.secure = c.url.Scheme() == "https" || p.LoopbackIsSecure && c.url.Origin().IsLoopback() // DEVIATION: LoopbackIsSecure.
	home := r.Client
	if p.FrameIsTop && r.Framed {
		home = r.Top
	}
	c.thirdParty = p.isThirdParty(r)
	c.sends = p.sends(r, home)
	c.strayed = !c.sends && p.isSameSite(home, c.url)
	c.sets = c.sends || p.AnswersForgiven && !c.thirdParty // DEVIATION: AnswersForgiven.
	if p.Partitioned || p.ThirdParty == ThirdPartyPartition {
		c.partition = r.Top.Site()
		if c.thirdParty {
			// A frame's share of its own site's cookies is apart from the page's.
			c.partition += " third-party"
		}
	}
	return c
}

// isThirdParty reports whether the URL is of another site than the page.
func (p *Policy) isThirdParty(r *Request) bool {
	if p.FrameIsTop {
		// DEVIATION: FrameIsTop.
		return !p.isSameSite(r.Top, r.url())
	}
	return !p.isSameSite(r.Client, r.url())
}

// sends reports whether cookies with SameSite go along with a request.
//
// NOTE: The standard asks that the client has no ancestor of another site, and that no redirect went through one, but not that
// the URL itself is of the client's site; RFC 6265bis, which it means to follow, does.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (p *Policy) sends(r *Request, home origin.Origin) bool {
	last := r.url()
	switch p.Redirects {
	case RedirectsForgive:
		// DEVIATION: Redirects.
		return p.isSameSite(home, last)
	case RedirectsHome:
		if last.Host() == r.Top.Host() {
			return true
		}
	}
	return !slices.ContainsFunc(r.URLs, func(u *origin.URL) bool { return !p.isSameSite(home, u) })
}

func (p *Policy) isSameSite(home origin.Origin, u *origin.URL) bool {
	if p.Schemeless {
		// DEVIATION: Schemeless.
		return origin.SameSite(home, u.Origin())
	}
	return origin.SchemefullySameSite(home, u.Origin())
}
