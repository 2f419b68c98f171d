package cookie

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Limits of what is taken, in bytes.
const (
	// MaxSize is how long a cookie's name and value may be together.
	MaxSize = 4096
	// MaxAttribute is how long an attribute's value may be. A longer one is passed over.
	MaxAttribute = 1024
)

// maxAge is the longest time that a cookie is kept.
const maxAge = 400 * 24 * time.Hour

// SameSite is the attribute SameSite of a cookie.
type SameSite string

// The values of SameSite. Any other value is none.
const (
	SameSiteUnset  SameSite = ""
	SameSiteNone   SameSite = "None"
	SameSiteLax    SameSite = "Lax"
	SameSiteStrict SameSite = "Strict"
)

// Cookie is a cookie as it is kept.
type Cookie struct {
	// Name and Value are byte strings, of which one may be empty.
	Name, Value string
	// Host is the host that the cookie is of, as in [origin.URL.Host]. HostOnly is set where it does not go to the hosts
	// below it.
	Host     string
	HostOnly bool
	// Path is the path that the cookie is for. HasPath is set where an attribute says so.
	Path    string
	HasPath bool
	// Secure, HTTPOnly, Partitioned and SameSite are the attributes of those names.
	Secure      bool
	HTTPOnly    bool
	Partitioned bool
	SameSite    SameSite
	// Expires is when the cookie ends, and zero for one that ends with the session.
	Expires time.Time

	// partition is the site of pages that the cookie is kept apart for, empty where it is for all.
	partition string
	// created and used are when that was, on the jar's own clock, which counts.
	created, used uint64
}

// Parse parses the value of a Set-Cookie line of a response of a URL, which must be HTTP(S). Whether the cookie may be set
// there is for [Jar.Store] to say. The error is a [Refusal].
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
func (p *Policy) Parse(line string, from *origin.URL, now time.Time) (*Cookie, error) {
	now = orEpoch(now)
	line, ok := p.withoutControls(line)
	if !ok {
		return nil, RefusedControl
	}
	pair, attributes, more := strings.Cut(line, ";")
	c := &Cookie{Host: from.Host(), HostOnly: true, Path: defaultPath(from.Path())}
	if err := p.pair(c, pair); err != nil {
		return nil, err
	}
	var expires, age lifetime
	for more {
		var attribute string
		attribute, attributes, more = strings.Cut(attributes, ";")
		name, value, hasValue := strings.Cut(attribute, "=")
		name, value = trim(name), trim(value)
		if p.refusesTab(name, value) {
			return nil, RefusedControl
		}
		if len(value) > MaxAttribute && !p.NoLimits {
			// DEVIATION: NoLimits.
			continue
		}
		switch {
		case fetchspec.EqualFold(name, "Expires"):
			t, ok := p.Dates.parse(value) // DEVIATION: Dates.
			expires.set(t, ok, p.LastCounts || p.OneLifetime)
			if p.OneLifetime {
				// DEVIATION: OneLifetime.
				age = lifetime{}
			}
		case fetchspec.EqualFold(name, "Max-Age"):
			t, ok := p.parseMaxAge(value, hasValue, now)
			age.set(t, ok, p.LastCounts)
		case fetchspec.EqualFold(name, "Domain"):
			if c.Host, c.HostOnly, ok = p.parseDomain(value, from); !ok {
				c.Host = ""
			}
		case fetchspec.EqualFold(name, "Path"):
			if c.HasPath = strings.HasPrefix(value, "/"); c.HasPath {
				c.Path = value
			} else {
				c.Path = defaultPath(from.Path())
			}
		case fetchspec.EqualFold(name, "Secure"):
			c.Secure = true
		case fetchspec.EqualFold(name, "HttpOnly"):
			c.HTTPOnly = true
		case fetchspec.EqualFold(name, "Partitioned"):
			c.Partitioned = true
		case fetchspec.EqualFold(name, "SameSite"):
			c.sameSite(value, p.LastCounts)
		}
	}
	if c.Host == "" {
		return nil, RefusedDomain
	}
	if age.given {
		expires = age
	}
	if expires.given {
		c.Expires = expires.end
		if latest := now.Add(maxAge); latest.Before(c.Expires) {
			c.Expires = latest
		}
	}
	return c, nil
}

// lifetime is what the attributes of one name say about when a cookie ends.
type lifetime struct {
	end   time.Time
	given bool
}

// set takes in one attribute; lastCounts is [Policy.LastCounts].
func (l *lifetime) set(end time.Time, ok, lastCounts bool) {
	if ok || lastCounts {
		// DEVIATION: LastCounts.
		*l = lifetime{end, ok}
	}
}

// sameSite takes in one SameSite attribute; lastCounts is [Policy.LastCounts].
func (c *Cookie) sameSite(value string, lastCounts bool) {
	for _, s := range [...]SameSite{SameSiteNone, SameSiteLax, SameSiteStrict} {
		if fetchspec.EqualFold(value, string(s)) {
			c.SameSite = s
			return
		}
	}
	if lastCounts {
		// DEVIATION: LastCounts.
		c.SameSite = SameSiteUnset
	}
}

// withoutControls returns what of a line is parsed, and whether it is not refused for a control character.
func (p *Policy) withoutControls(line string) (string, bool) {
	separated := true
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch cut := p.Controls == ControlsCut; {
		case c == 0, !cut && (c < 0x20 && c != '\t' || c == 0x7F):
			return "", false
		case cut && (c < 0x20 && !(c == '\t' && separated) || c > 0x7F):
			// DEVIATION: Controls.
			return line[:i], true
		}
		separated = c == ';' || c == '=' || separated && (c == ' ' || c == '\t')
	}
	return line, true
}

// refusesTab reports whether there is a tab in a name or a value for which the line is refused.
func (p *Policy) refusesTab(name, value string) bool {
	// DEVIATION: Controls.
	return p.Controls == ControlsRefuseTabs && (strings.IndexByte(name, '\t') >= 0 || strings.IndexByte(value, '\t') >= 0)
}

// pair parses what stands before the attributes: a name, an equals sign and a value, or one of the two.
func (p *Policy) pair(c *Cookie, pair string) error {
	name, value, named := strings.Cut(pair, "=")
	name, value = trim(name), trim(value)
	switch {
	case !named && p.Nameless == NamelessName:
		// DEVIATION: Nameless.
	case !named:
		name, value = "", name
	}
	if p.ValuesAreUTF8 && !utf8.ValidString(value) {
		// DEVIATION: ValuesAreUTF8.
		value = string([]rune(value))
	}
	c.Name, c.Value = name, value
	switch {
	case name == "" && (value == "" || p.Nameless == NamelessName || p.Nameless == NamelessSimple && strings.Contains(value, "=")):
		// DEVIATION: Nameless.
		return RefusedEmpty
	case c.size() > MaxSize && !(p.NoLimits && c.size() <= MaxBytes):
		// DEVIATION: NoLimits.
		return RefusedSize
	case p.refusesTab(name, value):
		return RefusedControl
	}
	return nil
}

// parseMaxAge returns the end that a Max-Age gives: for one that is not positive, that is at once.
func (p *Policy) parseMaxAge(s string, hasValue bool, now time.Time) (time.Time, bool) {
	digits := strings.TrimPrefix(s, "-")
	switch {
	case s != digits && p.AgeSyntax == AgeMinus, s == "" && hasValue && p.AgeSyntax == AgeEmpty:
		// DEVIATION: AgeSyntax.
		return now, true
	case digits == "" || strings.Trim(digits, "0123456789") != "":
		return time.Time{}, false
	case s != digits || strings.Trim(digits, "0") == "":
		return now, true
	}
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if longest := int64(maxAge / time.Second); err != nil || seconds > longest {
		seconds = longest
	}
	return now.Add(time.Duration(seconds) * time.Second), true
}

// parseDomain returns the host that a Domain attribute names, and whether the cookie goes to no host but that. The host must
// be that of the URL or above it, and no public suffix.
//
// NOTE: An empty attribute is none, as in RFC 6265bis; the newer draft would refuse the cookie.
func (p *Policy) parseDomain(value string, from *origin.URL) (host string, hostOnly, ok bool) {
	host = strings.TrimPrefix(value, ".")
	if !p.DomainLiteral {
		// DEVIATION: DomainLiteral.
		host = fetchspec.ByteLower(host)
	}
	switch own := from.Host(); {
	case value == "":
		return own, true, true
	case p.DomainLiteral && strings.IndexByte(host, '.') < 0:
		// DEVIATION: DomainLiteral.
		return "", false, false
	case host == own:
		return own, origin.IsPublicSuffix(own), true
	case host == "" || !isBelow(own, host) || from.Origin().IsIPAddress() || origin.IsPublicSuffix(host):
		return "", false, false
	}
	return host, false, true
}

// isBelow reports whether a host is of a domain that is not its own name.
func isBelow(host, domain string) bool {
	n := len(host) - len(domain)
	return n > 0 && host[n-1] == '.' && host[n:] == domain
}

// defaultPath returns the path of a cookie without a Path attribute, of a response of a URL with a path.
func defaultPath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// trim removes the white space of HTTP around s.
func trim(s string) string { return strings.Trim(s, " \t") }
