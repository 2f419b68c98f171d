package warn

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/excerpt"
)

// refused says of a cookie that a browser does not keep, or does not send, why, and what to do.
var refused = map[cookie.Refusal]struct {
	code        Code
	why, change string
}{
	cookie.RefusedThirdParty: {CookieThirdParty, "is not kept: the page is of another site, and the browser takes no third-party cookies",
		"Serve the URL from the page's site; for browsers that partition cookies, `SameSite=None; Secure; Partitioned` will do."},
	cookie.RefusedCrossSite: {CookieSameSite, "is not kept: its SameSite, or having none, lets no answer to a page of another site set it",
		"Serve the URL from the page's site; for browsers that partition cookies, `SameSite=None; Secure; Partitioned` will do."},
	cookie.RefusedNoneInsecure: {CookieSameSite, "is not kept: SameSite=None takes Secure", "Send it with `SameSite=None; Secure`, over https."},
	cookie.WithheldRedirect: {CookieSameSite, "is not sent: a redirect by another site led here, and its SameSite is Lax or Strict",
		"Let the page ask for the URL at once, or set the cookie with `SameSite=None; Secure`."},
	cookie.RefusedControl:             {CookieRefused, "is not kept: there is a control character in it", "Encode its value."},
	cookie.RefusedEmpty:               {CookieRefused, "is not kept: it has no name or no value", "Write it `name=value`."},
	cookie.RefusedSize:                {CookieRefused, "is not kept: name and value are longer than 4096 bytes", "Keep the data at the server, and a key in the cookie."},
	cookie.RefusedDomain:              {CookieRefused, "is not kept: its Domain is not the host or one above it that may have cookies", "Leave out Domain, or set it to the host's own."},
	cookie.RefusedInsecure:            {CookieRefused, "is not kept: it has Secure and came over http", "Serve over https."},
	cookie.RefusedSecureExists:        {CookieRefused, "is not kept: it came over http, and there is a Secure cookie of its name", "Serve over https."},
	cookie.RefusedPrefix:              {CookieRefused, "is not kept: its name's prefix asks for attributes that are not there", "Give a `__Secure-` cookie Secure, and a `__Host-` cookie Secure, Path=/ and no Domain."},
	cookie.RefusedPartitionedInsecure: {CookieRefused, "is not kept: Partitioned takes Secure", "Send it with `Secure; Partitioned`, over https."},
}

func (f *finder) cookieThirdParty() {
	f.cookies()
	for _, run := range f.runs {
		for _, n := range run.Result.Notices {
			if c := n.Cookie; n.Code == engine.NoticeCookie && c.Refused == "" && c.Foreign && !isPartitioned(c.Line) {
				f.add(run.Browser.Name, cookieOf(&n)+" is kept apart for this page's site: the browser partitions third-party cookies.",
					"Send it with `SameSite=None; Secure; Partitioned`, which says the same to other browsers, and do not count on it elsewhere.")
			}
		}
	}
}

func (f *finder) cookieSameSite() { f.cookies() }
func (f *finder) cookieRefused()  { f.cookies() }

// cookies looks for cookies that are refused or withheld for a reason of the finder's code.
func (f *finder) cookies() {
	for _, run := range f.runs {
		for _, n := range run.Result.Notices {
			if n.Code != engine.NoticeCookie {
				continue
			}
			if r, ok := refused[n.Cookie.Refused]; ok && r.code == f.code {
				f.add(run.Browser.Name, cookieOf(&n)+" "+r.why+".", r.change)
			}
		}
	}
}

// cookieOf names the cookie of a notice, and not its value, which may be a secret.
func cookieOf(n *engine.Notice) string {
	pair, _, _ := strings.Cut(n.Cookie.Line, ";")
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		name = ""
	}
	return "The cookie " + shown(strings.Trim(name, " \t")) + " of " + excerpt.Of(n.URL.WithoutFragment())
}

func isPartitioned(line string) bool {
	return slices.ContainsFunc(strings.Split(line, ";")[1:], func(a string) bool { return fetchspec.EqualFold(strings.TrimSpace(a), "Partitioned") })
}
