package origin

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// MaxURLLength is the length in bytes of the longest URL that [ParseURL] takes. Chromium refuses URLs over 2 MiB; no
// server takes one near that.
const MaxURLLength = 2 << 20

// URL is a parsed URL record, immutable. The zero URL is not valid; they come from [ParseURL].
//
// https://url.spec.whatwg.org/#concept-url
type URL struct {
	href     string // with fragment
	noFrag   int    // length of href without fragment and its '#'
	fragment bool   // fragment is non-null
	scheme   string
	username string
	password string
	path     string
	query    string // with the question mark, if there is one
	opaque   bool   // the path is opaque
	origin   Origin
}

// parser is the library's, with a caret in the path encoded, as the URL Standard has it since 2025.
var parser = whatwg.NewParser(whatwg.WithPathPercentEncodeSet(whatwg.PathPercentEncodeSet.Set('^')))

// ParseURL parses a string against a base URL, which may be nil, by the URL Standard's basic URL parser.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func ParseURL(raw string, base *URL) (*URL, error) { return parseURL(raw, base, parser) }

func parseURL(raw string, base *URL, parser whatwg.Parser) (*URL, error) {
	if len(raw) > MaxURLLength {
		return nil, fmt.Errorf("URL is %d bytes long; the longest taken is %d", len(raw), MaxURLLength)
	}
	if u := parsePlain(raw); u != nil {
		return u, nil
	}
	if u := parsePlainPath(raw, base); u != nil {
		return u, nil
	}
	var (
		w   *whatwg.Url
		err error
	)
	if base == nil {
		w, err = parser.Parse(raw)
	} else {
		w, err = parser.ParseRef(base.href, raw)
	}
	if err != nil {
		return nil, parseError(raw, err)
	}
	return fromWHATWG(w), nil
}

// laxParser takes hosts that are not valid, and percent-encodes what they may not have.
var laxParser = whatwg.NewParser(whatwg.WithPathPercentEncodeSet(whatwg.PathPercentEncodeSet.Set('^')), whatwg.WithLaxHostParsing())

// ParseURLEscaping parses as [ParseURL] does, except that it percent-encodes vertical lines in paths, and spaces and asterisks
// in host names.
func ParseURLEscaping(raw string, base *URL) (*URL, error) {
	u, err := parseURL(raw, base, parser)
	if err != nil {
		lax, laxErr := parseURL(raw, base, laxParser)
		if laxErr != nil || !lax.IsHTTP() || !hasSpacesOnly(lax.Host()) {
			return nil, err
		}
		u = lax
	}
	if !u.IsHTTP() || !strings.Contains(u.path, "|") && !strings.Contains(u.origin.host, "*") {
		return u, nil
	}
	v := *u
	host, path := strings.ReplaceAll(u.origin.host, "*", "%2A"), strings.ReplaceAll(u.path, "|", "%7C")
	start := u.pathStart()
	authority := strings.TrimSuffix(u.href[:start], u.origin.serialized[len(u.scheme)+3:])
	v.origin.host, v.path = host, path
	v.origin.serialized = strings.Replace(u.origin.serialized, u.origin.host, host, 1)
	v.href = authority + v.origin.serialized[len(u.scheme)+3:] + path + u.href[start+len(u.path):]
	v.noFrag += len(v.href) - len(u.href)
	return &v, nil
}

// hasSpacesOnly reports whether a percent-encoded host name has spaces, and nothing else that a name may not have.
func hasSpacesOnly(host string) bool {
	rest := strings.ReplaceAll(host, "%20", "")
	return rest != host && rest != "" && strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-_.*") == ""
}

func parseError(raw string, err error) error {
	if base := errors.Unwrap(err); base != nil {
		err = base
	}
	shown := raw
	if len(shown) > 200 {
		shown = shown[:200] + "…"
	}
	return fmt.Errorf("%q is not a valid URL: %w", shown, err)
}

func fromWHATWG(w *whatwg.Url) *URL {
	u := &URL{
		href:     w.Href(false),
		scheme:   w.Scheme(),
		username: w.Username(),
		password: w.Password(),
		path:     w.Pathname(),
		query:    w.Search(),
		opaque:   w.OpaquePath(),
	}
	u.noFrag = len(w.Href(true))
	u.fragment = u.noFrag < len(u.href)
	u.origin = urlOrigin(u.scheme, w.Hostname(), w.Port(), u.path)
	return u
}

// urlOrigin returns a URL's origin.
//
// https://url.spec.whatwg.org/#concept-url-origin
func urlOrigin(scheme, host, port, path string) Origin {
	switch scheme {
	case "http", "https", "ws", "wss", "ftp":
		s := scheme + "://" + host
		if port != "" {
			s += ":" + port
		}
		return Origin{serialized: s, scheme: scheme, host: host, port: port}
	case "blob":
		// Only an http(s) URL inside gives its origin; looking at the prefix first keeps blob:blob:… from recursing.
		if !strings.HasPrefix(path, "http") {
			break
		}
		if inner, err := ParseURL(path, nil); err == nil && inner.IsHTTP() {
			return inner.origin
		}
	}
	return NewOpaque()
}

// parsePlainPath is [parsePlain] for a path, from its slash on, of a base URL.
func parsePlainPath(raw string, base *URL) *URL {
	if len(raw) == 0 || raw[0] != '/' || len(raw) > 1 && raw[1] == '/' || base == nil || !base.IsHTTP() || base.IncludesCredentials() {
		return nil
	}
	return parsePlain(base.origin.serialized + raw)
}

// parsePlain parses URLs that the URL parser would leave as they are or add a slash to, which nearly all http(s) URLs in
// tests and recordings are: lower-case scheme and host name, path, query and fragment of bytes that need no encoding. It
// returns nil where anything needs the full parser. FuzzParseURL holds the two equal.
func parsePlain(raw string) *URL {
	var scheme, rest string
	switch {
	case strings.HasPrefix(raw, "https://"):
		scheme, rest = raw[:5], raw[8:]
	case strings.HasPrefix(raw, "http://"):
		scheme, rest = raw[:4], raw[7:]
	default:
		return nil
	}
	start := len(raw) - len(rest)
	i, label := 0, 0
	for ; i < len(rest); i++ {
		c := rest[i]
		if 'a' <= c && c <= 'z' {
			continue
		}
		if c == '.' || c == '-' || '0' <= c && c <= '9' {
			if c == '.' {
				if i == label { // an empty label
					return nil
				}
				label = i + 1
			}
			continue
		}
		break
	}
	hostEnd := start + i
	last := rest[label:i]
	// A last label that starts with a digit may be an IPv4 address; xn-- labels need their punycode checked.
	if last == "" || last[0] < 'a' || strings.Contains(rest[:i], "--") || rest[0] == '-' || strings.Contains(rest[:i], "-.") || strings.Contains(rest[:i], ".-") || rest[i-1] == '-' || i > 253 {
		return nil
	}
	port := ""
	if i < len(rest) && rest[i] == ':' {
		p := i + 1
		n := 0
		for i = p; i < len(rest) && '0' <= rest[i] && rest[i] <= '9' && i-p < 6; i++ {
			n = n*10 + int(rest[i]-'0')
		}
		port = rest[p:i]
		if port == "" || port[0] == '0' || n > 65535 || scheme == "http" && n == 80 || scheme == "https" && n == 443 {
			return nil
		}
	}
	if i == len(rest) {
		return parsePlain(raw + "/")
	}
	if rest[i] != '/' {
		return nil // needs a slash added, or has user info, or is not valid
	}
	originEnd := start + i
	pathStart := originEnd
	for ; i < len(rest); i++ {
		c := rest[i]
		if !plainPath[c] {
			break
		}
		// Dot segments, also in their encoded form, need the full parser.
		if c == '/' && i+1 < len(rest) && (rest[i+1] == '.' || rest[i+1] == '%') {
			return nil
		}
	}
	u := &URL{href: raw, noFrag: len(raw), scheme: scheme, path: raw[pathStart : start+i]}
	if i < len(rest) && rest[i] == '?' {
		q := i
		for i++; i < len(rest) && (plainPath[rest[i]] && rest[i] != '\'' || rest[i] == '?'); i++ {
		}
		u.query = raw[start+q : start+i]
		if i == q+1 {
			u.query = ""
		}
	}
	if i < len(rest) && rest[i] == '#' {
		u.noFrag, u.fragment = start+i, true
		for i++; i < len(rest) && (plainPath[rest[i]] || rest[i] == '?'); i++ {
		}
	}
	if i < len(rest) {
		return nil
	}
	u.origin = Origin{serialized: raw[:originEnd], scheme: scheme, host: raw[start:hostEnd], port: port}
	return u
}

// plainPath holds the bytes that stay as they are in a path, a query and a fragment of a special URL.
var plainPath = func() (t [256]bool) {
	for c := '0'; c <= '9'; c++ {
		t[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = true, true
	}
	for _, c := range "-._~!$&'()*+,;=:@/%" {
		t[c] = true
	}
	return t
}()

// String returns the URL's serialization, with its fragment.
func (u *URL) String() string { return u.href }

// WithoutFragment returns the URL's serialization with exclude fragment set.
func (u *URL) WithoutFragment() string { return u.href[:u.noFrag] }

// Scheme returns the scheme, without the colon.
func (u *URL) Scheme() string { return u.scheme }

// Host returns the host, in ASCII; the empty string where there is none.
func (u *URL) Host() string { return u.origin.host }

// Port returns the port of an http, https, ws, wss or ftp URL, the empty string where it is the scheme's default.
func (u *URL) Port() string { return u.origin.port }

// Path returns the serialized path.
func (u *URL) Path() string { return u.path }

// Query returns the query with its question mark, the empty string where there is none or it is empty.
func (u *URL) Query() string { return u.query }

// Fragment returns the fragment and whether there is one (it may be empty).
func (u *URL) Fragment() (string, bool) {
	if !u.fragment {
		return "", false
	}
	return u.href[u.noFrag+1:], true
}

// Origin returns the URL's origin. For schemes other than http, https, ws, wss, ftp and blob it is opaque, and the same
// each time it is asked of one URL.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (u *URL) Origin() Origin { return u.origin }

// IncludesCredentials reports whether the URL has a user name or a password.
//
// https://url.spec.whatwg.org/#include-credentials
func (u *URL) IncludesCredentials() bool { return u.username != "" || u.password != "" }

// IsHTTP reports whether the scheme is an HTTP(S) scheme.
//
// https://fetch.spec.whatwg.org/#http-scheme
func (u *URL) IsHTTP() bool { return u.scheme == "http" || u.scheme == "https" }

// IsPotentiallyTrustworthy reports whether the URL is potentially trustworthy.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (u *URL) IsPotentiallyTrustworthy() bool {
	switch u.scheme {
	case "data", "about", "blob":
		return u.scheme != "blob" || u.origin.IsPotentiallyTrustworthy()
	}
	return u.origin.IsPotentiallyTrustworthy()
}

// WithFragment returns u with another fragment, which must be in serialized form.
func (u *URL) WithFragment(fragment string) *URL {
	v := *u
	v.href = u.href[:u.noFrag] + "#" + fragment
	v.fragment = true
	return &v
}

// WithoutItsFragment returns u with a null fragment.
func (u *URL) WithoutItsFragment() *URL {
	if !u.fragment {
		return u
	}
	v := *u
	v.href, v.fragment = u.href[:u.noFrag], false
	return &v
}

// WithoutCredentials returns u without user name and password.
func (u *URL) WithoutCredentials() *URL {
	if !u.IncludesCredentials() {
		return u
	}
	v := *u
	// Credentials stand between the scheme's slashes and the first '@': neither can hold that byte in serialized form.
	slashes, at := len(u.scheme)+3, strings.IndexByte(u.href, '@')
	v.href = u.href[:slashes] + u.href[at+1:]
	v.noFrag -= at + 1 - slashes
	v.username, v.password = "", ""
	return &v
}

// WithHTTPS returns an http URL with the scheme https.
func (u *URL) WithHTTPS() *URL {
	if u.scheme != "http" {
		return u
	}
	v, err := ParseURL("https"+u.href[len("http"):], nil)
	if err != nil {
		return u
	}
	return v
}

// WithNormalizedEscapes returns u with the percent-encoded bytes of its path and query normalized (RFC 3986, sections 6.2.2.1
// and 6.2.2.2): letters, digits and -._~ are decoded, hexadecimal digits are in upper case. It returns u itself where that
// changes nothing.
func (u *URL) WithNormalizedEscapes() *URL {
	path, query := normalizeEscapes(u.path), normalizeEscapes(u.query)
	if path == u.path && query == u.query {
		return u
	}
	v := *u
	v.path, v.query = path, query
	start := u.pathStart()
	v.href = u.href[:start] + v.path + v.query + u.href[start+len(u.path)+len(u.query):]
	v.noFrag -= len(u.path) + len(u.query) - len(path) - len(query)
	return &v
}

// pathStart returns where in href the path starts.
func (u *URL) pathStart() int {
	start := u.noFrag - len(u.path) - len(u.query)
	if u.query == "" && u.href[u.noFrag-1] == '?' {
		start-- // an empty query
	}
	return start
}

func normalizeEscapes(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				if isUnreserved(c[0]) {
					b = append(b, c[0])
				} else {
					b = fmt.Appendf(b, "%%%02X", c[0])
				}
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// WithRootPath returns u with the path "/" where its path is empty and not opaque, and u itself otherwise.
func (u *URL) WithRootPath() *URL {
	if u.path != "" || u.opaque {
		return u
	}
	v := *u
	start := u.pathStart()
	v.href = u.href[:start] + "/" + u.href[start:]
	v.noFrag++
	v.path = "/"
	return &v
}
