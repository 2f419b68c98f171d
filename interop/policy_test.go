package interop

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/fetchspec"
)

// Policy is who may ask for what, and what script may read: one value that each middleware is configured from.
type Policy struct {
	// Origins are the pages that may ask. https://*.example.com is all subdomains, and * every page, which then must not send
	// credentials.
	Origins []string
	// Methods are those that may be asked for beside GET, HEAD and POST, which every page can.
	Methods []string
	// Headers are those that pages may set, Exposed those that script may read; * is all.
	Headers, Exposed []string
	// Credentials lets pages send cookies.
	Credentials bool
	// MaxAge is for how many seconds a preflight may be remembered; 0 leaves it to browsers, -1 forbids it.
	MaxAge int
}

// methods are all that may be asked for, as middlewares want them.
func (p *Policy) methods() []string { return append([]string{"GET", "HEAD", "POST"}, p.Methods...) }

// question is what must become of a request that is made in a browser of a server that follows a policy.
type question struct {
	policy  Policy
	request corstest.Case
	browser string
	// status is the server's answer to the request; things sends its headers with 200 alone. refused is a policy that no
	// server is made for, and blocked an answer without CORS headers.
	status           int
	refused, blocked bool
}

// verdict is what becomes of a request in a browser.
type verdict struct {
	// outcome is allowed, blocked, unsent or refused.
	outcome string
	// status and readable are what script sees: which of X-Request-Id and Link.
	status   int
	readable []string
	// lifetime is how long the preflight is remembered, where one was sent and the request allowed.
	lifetime time.Duration
}

func (v verdict) String() string {
	if v.outcome != "allowed" {
		return v.outcome
	}
	return fmt.Sprintf("allowed, status %d, can read %q, preflight kept for %v", v.status, v.readable, v.lifetime)
}

// caps are for how long browsers remember a preflight at most, in seconds.
var caps = map[string]int{"chromium": 7200, "firefox": 86_400, "webkit": 600}

// wants is what must become of the request.
func (q *question) wants() verdict {
	p, c := &q.policy, &q.request
	method := normalized(c.Method)
	may := p.lets(c.Origin) && (p.Credentials && !p.letsAll() || c.Credentials != fetchspec.CredentialsInclude)
	may = may && slices.Contains(p.methods(), method)
	preflight := !slices.Contains([]string{"GET", "HEAD", "POST"}, method)
	for name := range c.Header {
		if needsListing(name) {
			preflight = true
			may = may && (slices.Contains(p.Headers, name) || slices.Contains(p.Headers, "*"))
		}
	}

	switch {
	case q.refused:
		return verdict{outcome: "refused"}
	case !may && preflight:
		return verdict{outcome: "unsent"}
	case !may || q.blocked:
		return verdict{outcome: "blocked"}
	}
	v := verdict{outcome: "allowed", status: q.status}
	for _, name := range []string{"X-Request-Id", "Link"} {
		if q.status == 200 && (slices.Contains(p.Exposed, name) || slices.Contains(p.Exposed, "*")) {
			v.readable = append(v.readable, name)
		}
	}
	if preflight && (c.Origin != sandbox || q.browser != "chromium") { // Chromium remembers none of a sandboxed frame
		seconds := p.MaxAge
		if seconds == 0 {
			seconds = 5
		}
		v.lifetime = time.Duration(max(0, min(seconds, caps[q.browser]))) * time.Second
	}
	return v
}

// letsAll reports whether every page may ask.
func (p *Policy) letsAll() bool { return slices.Contains(p.Origins, "*") }

// lets reports whether a page may ask.
func (p *Policy) lets(page string) bool {
	for _, o := range p.Origins {
		scheme, host, wild := strings.Cut(o, "*.")
		if o == page || o == "*" || wild && strings.HasPrefix(page, scheme) && strings.HasSuffix(page, "."+host) {
			return true
		}
	}
	return false
}

// normalized is a method as browsers send it: those that were there first in upper case, all others as they are written.
func normalized(method string) string {
	if upper := strings.ToUpper(method); upper != "PATCH" {
		return upper
	}
	return method
}

// needsListing reports whether a header that pages of these tests set is one that needs a preflight.
func needsListing(name string) bool { return name != "Accept" }

func (p Policy) String() string {
	return fmt.Sprintf("origins %q, methods %q, headers %q, exposed %q, credentials %v, max-age %d", p.Origins, p.Methods, p.Headers, p.Exposed, p.Credentials, p.MaxAge)
}

// tell tells a request.
func tell(c corstest.Case) string {
	return fmt.Sprintf("%s %s from %s with headers %q, credentials %q", c.Method, c.URL, c.Origin, slices.Sorted(maps.Keys(c.Header)), c.Credentials)
}
