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
	if f.q.MixedAnyScheme || f.q.WorkerMixedAnyScheme && f.req.Worker {
		// DEVIATION: MixedAnyScheme, WorkerMixedAnyScheme.
		switch url.Scheme() {
		case "https", "wss", "data", "about", "blob", "file", "resource":
			return false
		}
		if isUpgradeable(f.req.Destination) && url.Scheme() != "http" {
			f.noticeOf(NoticeUpgraded, url) // it says so of every image, before it refuses it
		}
	} else if url.Scheme() != "http" {
		return false
	}
	upgradeable := isUpgradeable(f.req.Destination) && url.Scheme() == "http"
	if url.IsPotentiallyTrustworthy() && !f.q.LoopbackMixed {
		// DEVIATION: LoopbackMixed, NoteLoopbackImages.
		if upgradeable && f.q.NoteLoopbackImages {
			code := NoticeUpgraded
			if url.Origin().IsIPAddress() {
				code = NoticeInsecureImage
			}
			f.noticeOf(code, url)
		}
		return false
	}
	if upgradeable && f.upgrade(url) != url {
		return false // a redirect leads to it, and it will be upgraded
	}
	if upgradeable && f.q.MixedImages && url.Origin().IsLoopback() {
		// DEVIATION: MixedImages.
		f.noticeOf(NoticeInsecureImage, url)
		return false
	}
	if upgradeable && f.q.NoteLoopbackImages {
		f.noticeOf(NoticeInsecureImage, url)
	}
	return true
}

// isUpgradeable tells the destinations whose insecure URLs are asked for securely.
//
// https://w3c.github.io/webappsec-mixed-content/#upgradeable-mixed-content
func isUpgradeable(d fetchspec.Destination) bool {
	return d == fetchspec.DestinationImage || d == fetchspec.DestinationAudio || d == fetchspec.DestinationVideo
}

// upgradeCurrent makes the current URL of an image, audio or video secure, or notes why not.
func (f *fetch) upgradeCurrent() {
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

// upgrade returns the URL that an image, audio or video is asked for at: a secure one, where the page is secure and url is not.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (f *fetch) upgrade(url *origin.URL) *origin.URL {
	if !isUpgradeable(f.req.Destination) || url.Scheme() != "http" || f.home().Scheme() != "https" || url.Origin().IsLoopback() {
		return url
	}
	redirected := len(f.req.URLs) > 1 || url != f.url
	if url.Origin().IsIPAddress() && !f.q.UpgradesIP && !(f.q.RedirectUpgradesIP && redirected) {
		// DEVIATION: UpgradesIP, RedirectUpgradesIP.
		return url
	}
	return url.WithHTTPS()
}

// home is the origin that decides whether the page is secure: its own, or for a sandboxed frame that of the page around it. A
// sandboxed document has none that would make it secure.
func (f *fetch) home() origin.Origin {
	switch {
	case !f.req.Origin.IsOpaque():
		return f.req.Origin
	case f.q.MixedByURL && f.req.Embedder.IsZero() && f.req.Page != nil:
		// DEVIATION: MixedByURL.
		return f.req.Page.Origin()
	}
	return f.req.Embedder
}
