// Package origin models HTML's origins and WHATWG URLs as immutable, comparable values.
//
// An [Origin] is either a tuple origin (scheme, host, port) or an opaque origin, which is same origin with nothing but
// itself and always serializes to "null". A [URL] is parsed once, by the WHATWG URL Standard's rules and not by
// [net/url]'s, and knows its origin.
package origin

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Origin is an origin as HTML defines it. Two origins are same origin exactly when they are equal with ==.
// The zero Origin is no origin at all; it serializes to the empty string.
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin
type Origin struct {
	// serialized is the origin's serialization; scheme, host and port are parts of it.
	serialized string
	scheme     string
	host       string
	port       string
	// opaque is the identity of an opaque origin, and nil for a tuple origin.
	opaque *identity
}

// identity must have a size, or two of them might share an address.
type identity struct{ _ byte }

// NewOpaque returns a new opaque origin, same origin with no other.
//
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
func NewOpaque() Origin {
	return Origin{serialized: "null", opaque: new(identity)}
}

// Parse parses the serialization of a tuple origin, such as "https://app.example.com:8443". It accepts just what a
// browser would send in an Origin header: a scheme, a host in ASCII and a port that is not the scheme's default. The
// error says what is in the way and what was probably meant. "null" is not accepted: it names no particular origin, see
// [NewOpaque].
func Parse(s string) (Origin, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	switch {
	case s == "":
		return Origin{}, fmt.Errorf("origin is empty; write scheme://host[:port], such as https://app.example.com")
	case s == "null":
		return Origin{}, fmt.Errorf("origin \"null\" is an opaque origin, not a tuple of scheme, host and port")
	case s == "*":
		return Origin{}, fmt.Errorf("origin \"*\" is a wildcard of response headers; a page has one origin, such as https://app.example.com")
	case !ok:
		return Origin{}, fmt.Errorf("origin %q has no scheme; write https://%s or http://%s", s, s, s)
	case scheme == "" || rest == "":
		return Origin{}, fmt.Errorf("origin %q has no host; write scheme://host[:port], such as https://app.example.com", s)
	}
	u, err := ParseURL(s, nil)
	if err != nil {
		return Origin{}, fmt.Errorf("origin %q is not valid: %w", s, err)
	}
	o := u.Origin()
	switch {
	case u.IncludesCredentials():
		return Origin{}, fmt.Errorf("origin %q has a user name or password; write %s", s, o)
	case strings.ContainsAny(rest, "/?#\\"):
		return Origin{}, fmt.Errorf("origin %q has a path, query or fragment; an origin is only scheme, host and port: write %s", s, o)
	case o.IsOpaque():
		return Origin{}, fmt.Errorf("origin %q: a page of scheme %q has an opaque origin; write null for that", s, scheme)
	case o.String() != s:
		return Origin{}, fmt.Errorf("origin %q is not in the form that browsers use; write %s", s, o)
	}
	return o, nil
}

// MustParse is [Parse] for constants; it panics on an error.
func MustParse(s string) Origin {
	o, err := Parse(s)
	if err != nil {
		panic("origin: " + err.Error())
	}
	return o
}

// String returns the origin's serialization, "null" for an opaque origin.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func (o Origin) String() string { return o.serialized }

// IsOpaque reports whether o is an opaque origin.
func (o Origin) IsOpaque() bool { return o.opaque != nil }

// IsZero reports whether o is the zero Origin, which is no origin.
func (o Origin) IsZero() bool { return o == Origin{} }

// Scheme returns the scheme of a tuple origin, without the colon.
func (o Origin) Scheme() string { return o.scheme }

// Host returns the host of a tuple origin, in ASCII; an IPv6 address is in brackets.
func (o Origin) Host() string { return o.host }

// Port returns the port of a tuple origin, the empty string where it is the scheme's default.
func (o Origin) Port() string { return o.port }

// SameOrigin reports whether a and b are same origin.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-origin
func SameOrigin(a, b Origin) bool { return a == b }

// SameSite reports whether a and b are same site, which disregards port and, unlike [SchemefullySameSite], scheme.
//
// https://html.spec.whatwg.org/multipage/browsers.html#same-site
func SameSite(a, b Origin) bool {
	if a.IsOpaque() || b.IsOpaque() {
		return a == b
	}
	if a.host == b.host {
		return true
	}
	if topLabel(a.host) != topLabel(b.host) {
		return false // without a look at the list of public suffixes
	}
	ra := registrableDomain(a.host)
	return ra != "" && ra == registrableDomain(b.host)
}

// SchemefullySameSite reports whether a and b are same site with the same scheme.
//
// https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site
func SchemefullySameSite(a, b Origin) bool {
	return a.scheme == b.scheme && SameSite(a, b)
}

func topLabel(host string) string { return host[strings.LastIndexByte(host, '.')+1:] }

// IsPublicSuffix reports whether a host, as URLs have it, is a public suffix: a name such as com or github.io, below which
// anybody can have one.
func IsPublicSuffix(host string) bool { return !isIP(host) && registrableDomain(host) == "" }

// Site returns a serialization of a tuple origin's site: its scheme, and its registrable domain or, where it has none, its
// host. For an opaque origin, which is a site of its own, it is "null".
//
// https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site
func (o Origin) Site() string {
	if o.IsOpaque() {
		return o.String()
	}
	return o.scheme + "://" + SiteHost(o.host)
}

// SiteHost returns the part of a host, as URLs have it, that its site goes by: its registrable domain or, where it has none,
// the host itself.
func SiteHost(host string) string {
	if domain := registrableDomain(host); domain != "" {
		return domain
	}
	return host
}

// registrableDomain returns the empty string for hosts that have none: IP addresses and public suffixes. A trailing dot
// stays, so that example.com. is of another site than example.com.
func registrableDomain(host string) string {
	if isIP(host) {
		return ""
	}
	name := strings.TrimSuffix(host, ".")
	suffix, _ := publicsuffix.PublicSuffix(name)
	rest, ok := strings.CutSuffix(name, "."+suffix)
	if !ok {
		return "" // the host is a public suffix itself
	}
	return host[strings.LastIndexByte(rest, '.')+1:]
}

// isIP reports whether a host of a parsed URL is an IP address: IPv6 is in brackets, and the URL parser makes an IPv4 address
// of every host whose last label is a number.
func isIP(host string) bool {
	if host == "" {
		return false
	}
	last := host[len(host)-1]
	return host[0] == '[' || '0' <= last && last <= '9' && strings.Trim(host, "0123456789.") == ""
}

// IsPotentiallyTrustworthy reports whether o is potentially trustworthy: of a secure scheme, or on the loopback interface.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (o Origin) IsPotentiallyTrustworthy() bool {
	switch o.scheme {
	case "https", "wss":
		return true
	}
	return o.IsLoopback()
}

// IsIPAddress reports whether o's host is an IP address.
func (o Origin) IsIPAddress() bool { return isIP(o.host) }

// IsLoopback reports whether o's host is localhost, a name below it, or a loopback address.
func (o Origin) IsLoopback() bool {
	h := strings.TrimSuffix(o.host, ".")
	return h == "localhost" || strings.HasSuffix(h, ".localhost") || h == "[::1]" || strings.HasPrefix(h, "127.") && isIP(h)
}
