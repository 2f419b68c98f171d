package har

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// redacted stands in place of what was taken out, where nothing hangs on its being the same as something else.
const redacted = "redacted"

// masker replaces secrets. What is the same stays the same, so that a request and its preflight keep one URL; nobody can tell
// what it was, since the key is gone with the masker.
type masker struct{ key [32]byte }

func newMasker() *masker {
	m := new(masker)
	rand.Read(m.key[:])
	return m
}

// label stands for a secret.
func (m *masker) label(secret string) string {
	h := hmac.New(sha256.New, m.key[:])
	h.Write([]byte(secret))
	return redacted + "-" + hex.EncodeToString(h.Sum(nil)[:5])
}

// token is a run of characters as keys and tokens are made of; letters and digits both make it one that looks like a secret.
var (
	token    = regexp.MustCompile(`[A-Za-z0-9_\-]{20,}`)
	base64   = regexp.MustCompile(`[A-Za-z0-9+/_\-]{32,}={0,2}`)
	known    = regexp.MustCompile(`(?:eyJ[\w\-]*\.[\w\-.]*|(?:sk|pk|rk)_(?:live|test)_\w+|gh[pousr]_\w+|glpat-[\w\-]+|xox[a-z]-[\w\-]+|AKIA[A-Z0-9]{8,}|AIza[\w\-]{10,})`)
	address  = regexp.MustCompile(`[\w.+\-]+(?:@|%40)[\w\-]+\.[\w.\-]+`)
	harmless = regexp.MustCompile(`^(?:\d{1,5}|true|false)?$`)
)

// hasLetterAndDigit reports whether a token has both, as chosen words seldom have.
func hasLetterAndDigit(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ContainsFunc(s, func(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' })
}

// mask replaces what looks like a secret, by what replace makes of it.
func mask(s string, replace func(string) string) string {
	either := func(found string) string {
		if hasLetterAndDigit(found) {
			return replace(found)
		}
		return found
	}
	s = known.ReplaceAllStringFunc(s, replace)
	s = address.ReplaceAllStringFunc(s, replace)
	s = token.ReplaceAllStringFunc(s, either)
	return base64.ReplaceAllStringFunc(s, either)
}

// crosses replaces the letters and digits of a secret, which keeps a header safelisted or unsafe.
func crosses(secret string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r|0x20 && r|0x20 <= 'z':
			return 'x'
		case '0' <= r && r <= '9':
			return '0'
		}
		return r
	}, secret)
}

// urlInText finds URLs in messages.
var urlInText = regexp.MustCompile(`(?:https?|wss?)://[^\s'"‘’“”<>]+`)

// message takes the secrets out of a message of a browser.
func (m *masker) message(s string) string {
	if isErrorName(s) {
		return s
	}
	return mask(urlInText.ReplaceAllStringFunc(s, m.url), m.label)
}

// isErrorName reports whether a message is one of Chromium's names of network errors.
func isErrorName(s string) bool {
	name, ok := strings.CutPrefix(s, "net::ERR_")
	return ok && len(name) <= 100 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// scheme is how a URL starts that is not relative.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.\-]*:`)

// url takes the secrets out of a URL: user name and password, the values of its query, its fragment, and what looks like
// one in its path. It stays as it is otherwise, whether it can be parsed or not.
func (m *masker) url(raw string) string {
	rest, _, _ := strings.Cut(raw, "#")
	scheme := scheme.FindString(rest)
	rest = rest[len(scheme):]
	switch strings.ToLower(scheme) {
	case "", "http:", "https:", "ws:", "wss:":
	default:
		// A data: URL is all content, and others may be.
		return clip(scheme, 40) + m.label(raw)
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	authority := ""
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexAny(after, `/\`)
		if end < 0 {
			end = len(after)
		}
		authority, rest = after[:end], after[end:]
		if i := strings.LastIndexByte(authority, '@'); i >= 0 {
			authority = redacted + ":" + redacted + authority[i:]
		}
		authority = "//" + authority
	}
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		segments[i] = mask(segment, m.label)
	}
	s := scheme + authority + strings.Join(segments, "/")
	if hasQuery {
		s += "?" + m.query(query)
	}
	return s
}

// query takes the values out of a query, but for small numbers, true and false.
func (m *masker) query(q string) string {
	parts := strings.Split(q, "&")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok:
			parts[i] = mask(name, m.label)
			if !isWord(name) {
				parts[i] = m.label(name)
			}
		case !harmless.MatchString(value) || isSecretName(name) && value != "":
			parts[i] = mask(name, m.label) + "=" + m.label(value)
		}
	}
	return strings.Join(parts, "&")
}

// isWord reports whether a query without an equals sign is a plain word.
func isWord(s string) bool {
	return len(s) <= 12 && !strings.ContainsFunc(s, func(r rune) bool { return !('a' <= r && r <= 'z') })
}

// isSecretName reports whether a parameter is one that holds secrets, however short they are.
func isSecretName(name string) bool {
	name = strings.ToLower(name)
	for _, s := range [...]string{"token", "key", "secret", "pass", "pin", "code", "otp", "auth", "sig", "session", "sid", "jwt", "nonce"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// plainHeaders are the headers whose values are kept: CORS is judged by them, or they say what was asked for and by what.
// What looks like a secret in them is crossed out.
var plainHeaders = set(
	":authority", ":method", ":scheme", "accept", "accept-encoding", "accept-language", "accept-ranges", "age", "allow",
	"cache-control", "connection", "content-encoding", "content-language", "content-length", "content-range",
	"cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "dnt", "downlink",
	"dpr", "ect", "expires", "host", "keep-alive", "last-modified", "origin", "pragma", "priority", "range", "rtt",
	"save-data", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site",
	"sec-fetch-storage-access", "sec-fetch-user", "server", "te", "timing-allow-origin", "transfer-encoding", "upgrade",
	"upgrade-insecure-requests", "user-agent", "vary", "via", "width", "viewport-width", "device-memory",
	"x-content-type-options", "x-firefox-spdy", "x-http-method", "x-http-method-override", "x-method-override",
)

// urlHeaders are the headers whose values are URLs.
var urlHeaders = set("referer", "location", "content-location", ":path")

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, n := range names {
		s[n] = true
	}
	return s
}

// header returns a header less its secrets. What decides on CORS stays: the name, and how long the value is and of what
// characters it is made where a preflight hangs on that.
func (m *masker) header(h fetchspec.Header) fetchspec.Header {
	name := fetchspec.ByteLower(h.Name)
	switch {
	case name == "origin", strings.HasPrefix(name, "access-control-"):
		return h // compared byte for byte
	case name == "content-type":
		essence, parameters, ok := strings.Cut(h.Value, ";")
		if ok {
			essence += ";" + mask(parameters, crosses)
		}
		return fetchspec.Header{Name: h.Name, Value: essence}
	case urlHeaders[name]:
		return fetchspec.Header{Name: h.Name, Value: m.url(h.Value)}
	case plainHeaders[name]:
		return fetchspec.Header{Name: h.Name, Value: mask(h.Value, crosses)}
	case name == "cookie":
		return fetchspec.Header{Name: h.Name, Value: maskCookies(h.Value)}
	case name == "set-cookie":
		return fetchspec.Header{Name: h.Name, Value: maskSetCookie(h.Value)}
	case h.Value == "":
		return h
	}
	return fetchspec.Header{Name: h.Name, Value: redacted}
}

// maskCookies keeps the names of a Cookie header.
func maskCookies(value string) string {
	parts := strings.Split(value, ";")
	for i, part := range parts {
		name, _, ok := strings.Cut(part, "=")
		if !ok {
			name = "" // a value alone
		}
		parts[i] = strings.TrimSpace(mask(name, crosses)) + "=" + redacted
	}
	return strings.Join(parts, "; ")
}

// cookieAttributes are those that are kept of a Set-Cookie header.
var cookieAttributes = set("path", "domain", "expires", "max-age", "secure", "httponly", "samesite", "partitioned", "priority")

// maskSetCookie keeps the name and the attributes of a Set-Cookie header.
func maskSetCookie(value string) string {
	parts := strings.Split(value, ";")
	kept := []string{maskCookies(parts[0])}
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "=")
		if cookieAttributes[strings.ToLower(strings.TrimSpace(name))] {
			kept = append(kept, mask(strings.TrimSpace(part), crosses))
		}
	}
	return strings.Join(kept, "; ")
}
