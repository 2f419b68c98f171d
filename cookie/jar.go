package cookie

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Limits of what a jar keeps.
const (
	// MaxPerHost is how many cookies a host may have where no site has a limit.
	MaxPerHost = 180
	// MaxCookies is how many cookies a jar keeps, and MaxBytes how long their names and values may be together.
	MaxCookies = 3000
	MaxBytes   = 1 << 20
)

// Jar is a cookie store. The zero Jar is empty, and follows the specification. It is not safe for concurrent use.
type Jar struct {
	// Policy are the departures from the specification; nil is none.
	Policy *Policy

	cookies []*Cookie
	// clock counts what happens to cookies.
	clock uint64
}

var specification Policy

func (j *Jar) policy() *Policy {
	if j.Policy == nil {
		return &specification
	}
	return j.Policy
}

// Epoch is when a clock starts that starts at the zero time, so that it is not before all that cookies name.
var Epoch = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)

func orEpoch(now time.Time) time.Time {
	if now.Year() > 200 {
		return now
	}
	return Epoch.Add(now.Sub(time.Time{}))
}

// Len returns how many cookies the jar has.
func (j *Jar) Len() int { return len(j.cookies) }

// IsThirdParty reports whether a request is one to another site than the page's.
func (j *Jar) IsThirdParty(r *Request) bool { return j.policy().isThirdParty(r) }

// SendsThirdParty reports whether cookies of the user's visits to a site are sent there from pages of other sites.
func (j *Jar) SendsThirdParty() bool {
	p := j.policy()
	return p.ThirdParty == ThirdPartyAllow || p.ThirdParty == ThirdPartyKeep
}

// Header returns the value of the Cookie header that a request goes out with, and the empty string where it has none.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func (j *Jar) Header(r *Request, now time.Time) string {
	if len(j.cookies) == 0 {
		return ""
	}
	now = orEpoch(now)
	p := j.policy()
	c := p.context(r)
	var send []*Cookie
	for _, k := range j.cookies {
		if k.goesTo(c.url) && (c.secure || !k.Secure) && j.allows(k, &c) && !k.expired(now) {
			send = append(send, k)
		}
	}
	slices.SortStableFunc(send, p.compare)
	var b strings.Builder
	j.clock++
	for i, k := range send {
		k.used = j.clock
		if i > 0 {
			b.WriteString("; ")
		}
		if k.Name != "" || p.Nameless == NamelessName {
			b.WriteString(k.Name + "=")
		}
		b.WriteString(k.Value)
	}
	return b.String()
}

// Withheld returns the names of the cookies that do not go along with a request only because a redirect has led it through
// another site, in the order in which they are kept.
func (j *Jar) Withheld(r *Request, now time.Time) []string {
	if len(r.URLs) < 2 || len(j.cookies) == 0 {
		return nil
	}
	c := j.policy().context(r)
	if !c.strayed {
		return nil
	}
	now = orEpoch(now)
	straight := c
	straight.sends = true
	var names []string
	for _, k := range j.cookies {
		if k.goesTo(c.url) && (c.secure || !k.Secure) && !j.allows(k, &c) && j.allows(k, &straight) && !k.expired(now) {
			names = append(names, k.Name)
		}
	}
	return names
}

// goesTo reports whether the cookie is for a URL's host and path.
func (c *Cookie) goesTo(u *origin.URL) bool {
	return (u.Host() == c.Host || !c.HostOnly && isBelow(u.Host(), c.Host)) && pathMatches(u.Path(), c.Path)
}

func (c *Cookie) expired(now time.Time) bool { return !c.Expires.IsZero() && !now.Before(c.Expires) }

// pathMatches reports whether a cookie of a path goes to another.
//
// NOTE: The draft's text lets /foo match /foobar, too; RFC 6265bis and browsers do not.
func pathMatches(request, cookie string) bool {
	rest, ok := strings.CutPrefix(request, cookie)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(cookie, "/"))
}

// allows reports whether a browser sends a cookie in a context, as far as sites go.
func (j *Jar) allows(c *Cookie, x *context) bool {
	if c.partition != "" {
		if c.partition != x.partition {
			return false
		}
	} else if x.thirdParty && !j.SendsThirdParty() {
		// DEVIATION: ThirdParty.
		return false
	}
	switch c.SameSite {
	case SameSiteNone:
		return true
	case SameSiteUnset:
		// DEVIATION: Unset.
		return x.sends || j.policy().Unset != UnsetLax
	}
	return x.sends
}

// compare says which of two cookies is sent first: that with the longer path, or else the older one.
func (p *Policy) compare(a, b *Cookie) int {
	if n := cmp.Compare(len(b.Path), len(a.Path)); n != 0 {
		return n
	}
	if p.Order == OrderDomain {
		// DEVIATION: Order.
		domain := func(c *Cookie) int {
			n := 2 * len(c.Host)
			if !c.HostOnly {
				n++
			}
			return n
		}
		if n := cmp.Compare(domain(b), domain(a)); n != 0 {
			return n
		}
	}
	return cmp.Compare(a.created, b.created)
}

// Store takes in the value of a Set-Cookie line of the answer to a request. The error says why the cookie is not kept; it
// is a [Refusal].
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (j *Jar) Store(r *Request, line string, now time.Time) error {
	now = orEpoch(now)
	p := j.policy()
	c, err := p.Parse(line, r.url(), now)
	if err != nil {
		return err
	}
	x := p.context(r)
	if refusal := j.refuse(c, &x); refusal != "" {
		return refusal
	}
	switch {
	case p.ThirdParty == ThirdPartyPartition && x.thirdParty, p.Partitioned && c.Partitioned:
		// DEVIATION: ThirdParty, Partitioned.
		c.partition = x.partition
	}

	j.clock++
	c.created, c.used = j.clock, j.clock
	same := func(k *Cookie) bool { return c.isSame(k) }
	if i := slices.IndexFunc(j.cookies, same); i >= 0 {
		if old := j.cookies[i]; p.Order != OrderValue || old.Value == c.Value {
			// DEVIATION: Order.
			c.created = old.created
		}
		j.cookies = slices.Delete(j.cookies, i, i+1)
	}
	if !c.expired(now) {
		j.cookies = append(j.cookies, c)
		j.collect(c, now)
	}
	return nil
}

// isSame reports whether one cookie takes the place of the other.
func (c *Cookie) isSame(k *Cookie) bool {
	return c.Name == k.Name && c.Host == k.Host && c.HostOnly == k.HostOnly && c.Path == k.Path && c.partition == k.partition
}

// refuse returns why a cookie may not be set in a context.
func (j *Jar) refuse(c *Cookie, x *context) Refusal {
	p := j.policy()
	switch {
	case c.Secure && !x.secure:
		return RefusedInsecure
	case !x.secure && slices.ContainsFunc(j.cookies, func(k *Cookie) bool { return k.Secure && p.liesOver(c, k) }):
		return RefusedSecureExists
	case !x.sets && (c.SameSite == SameSiteLax || c.SameSite == SameSiteStrict || c.SameSite == SameSiteUnset && p.Unset != UnsetNone):
		// DEVIATION: Unset.
		return RefusedCrossSite
	case c.SameSite == SameSiteNone && !c.Secure && !p.NoneWithoutSecure:
		// DEVIATION: NoneWithoutSecure.
		return RefusedNoneInsecure
	case !p.NoPrefixes && !c.hasWhatItsNameSays():
		// DEVIATION: NoPrefixes.
		return RefusedPrefix
	case c.Partitioned && p.Partitioned:
		// DEVIATION: Partitioned.
		if !c.Secure {
			return RefusedPartitionedInsecure
		}
	case x.thirdParty && (p.ThirdParty == ThirdPartyBlock || p.ThirdParty == ThirdPartyKeep):
		// DEVIATION: ThirdParty.
		return RefusedThirdParty
	}
	return ""
}

// liesOver reports whether a cookie from an insecure URL would be sent in the place of a Secure one.
func (p *Policy) liesOver(c, secure *Cookie) bool {
	if p.SecureAloneByPath {
		// DEVIATION: SecureAloneByPath.
		return c.isSame(secure)
	}
	return c.Name == secure.Name && pathMatches(c.Path, secure.Path) &&
		(c.Host == secure.Host || isBelow(c.Host, secure.Host) || isBelow(secure.Host, c.Host))
}

// hasWhatItsNameSays reports whether a cookie has the attributes that the prefix of its name promises. A nameless one must
// not look as if it had a prefix.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-name-prefixes
func (c *Cookie) hasWhatItsNameSays() bool {
	name := c.Name
	if name == "" {
		name = c.Value
	}
	name = fetchspec.ByteLower(name[:min(len(name), len("__host-http-"))])
	host := c.Secure && c.HostOnly && c.HasPath && c.Path == "/"
	http := c.Secure && c.HTTPOnly
	var ok bool
	switch {
	case strings.HasPrefix(name, "__host-http-"):
		ok = host && http
	case strings.HasPrefix(name, "__host-"):
		ok = host
	case strings.HasPrefix(name, "__http-"):
		ok = http
	case strings.HasPrefix(name, "__secure-"):
		ok = c.Secure
	default:
		return true
	}
	return ok && c.Name != ""
}

// collect removes expired cookies, and those that are too many once c was added.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-garbage-collect-cookies
func (j *Jar) collect(c *Cookie, now time.Time) {
	p := j.policy()
	limit, keep := MaxPerHost, MaxPerHost
	of := func(k *Cookie) bool { return k.Host == c.Host }
	if p.PerSite > 0 {
		// DEVIATION: PerSite.
		limit, keep = p.PerSite, p.SiteKeeps
		site := origin.SiteHost(c.Host)
		of = func(k *Cookie) bool { return k.partition == c.partition && origin.SiteHost(k.Host) == site }
	}
	if len(j.cookies) > min(limit, MaxCookies) {
		j.cookies = slices.DeleteFunc(j.cookies, func(k *Cookie) bool { return k.expired(now) })
		if p.PerSite >= 0 {
			j.evict(of, limit, keep)
		}
		j.evict(func(*Cookie) bool { return true }, MaxCookies, MaxCookies)
	}
	size := 0
	for _, k := range j.cookies {
		size += k.size()
	}
	for size > MaxBytes {
		oldest := slices.MinFunc(j.cookies, compareUse)
		size -= oldest.size()
		j.cookies = slices.DeleteFunc(j.cookies, func(k *Cookie) bool { return k == oldest })
	}
}

func (c *Cookie) size() int { return len(c.Name) + len(c.Value) }

// compareUse says which of two cookies was not used for longer.
func compareUse(a, b *Cookie) int { return cmp.Compare(a.used, b.used) }

// evict removes some of the cookies that there are more of than the limit: insecure ones first, and of those that which was
// not used for longest.
func (j *Jar) evict(of func(*Cookie) bool, limit, keep int) {
	var list []*Cookie
	for _, k := range j.cookies {
		if of(k) {
			list = append(list, k)
		}
	}
	if len(list) <= limit {
		return
	}
	slices.SortStableFunc(list, func(a, b *Cookie) int {
		if a.Secure != b.Secure {
			if b.Secure {
				return -1
			}
			return 1
		}
		return compareUse(a, b)
	})
	list = list[:len(list)-keep]
	j.cookies = slices.DeleteFunc(j.cookies, func(c *Cookie) bool { return slices.Contains(list, c) })
}
