package engine

import (
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

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
		if f.req.API == fetchspec.APIImage && url.Scheme() != "http" {
			f.noticeOf(NoticeUpgraded, url) // it says so of every image, before it refuses it
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
			f.noticeOf(code, url)
		}
		return false
	}
	if image && f.q.MixedImages {
		// DEVIATION: MixedImages.
		if f.upgrade(url) == url {
			f.noticeOf(NoticeInsecureImage, url)
		}
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
	f.upgraded = f.req.Mode == fetchspec.ModeCORS && !f.sameOrigin(f.url)
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
