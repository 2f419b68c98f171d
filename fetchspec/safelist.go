package fetchspec

import (
	"slices"
	"strconv"
	"strings"
)

// MaxSafelistedValue is the longest value, in bytes, with which a request header can be CORS-safelisted, and
// MaxSafelistedTotal how many bytes the values of all safelisted headers of one request may have together.
const (
	MaxSafelistedValue = 128
	MaxSafelistedTotal = 1024
)

// Safelist says how the safelist rules of a browser differ from the standard's. The zero Safelist is the standard.
type Safelist struct {
	// ClientHints adds DPR, Downlink, Save-Data and the other legacy client hints to the safelisted names
	// (seen in Chromium 156).
	ClientHints bool
	// NonASCIIUnsafe makes bytes over 0x7F CORS-unsafe request-header bytes (Firefox 153).
	NonASCIIUnsafe bool
	// StrictParameters refuses a Content-Type with a comma anywhere, or with an empty last parameter after another one
	// (Firefox 153).
	StrictParameters bool
	// RangeUnitFold matches the range unit without case (WebKitGTK 2.50).
	RangeUnitFold bool
	// RangeSigns takes a plus before the numbers of a Range value (WebKitGTK 2.50).
	RangeSigns bool
	// RangeMax is the greatest number that a Range value may have; 0 is no bound (2⁶³−2 in Chromium, 2⁶⁴−1 in Firefox
	// and WebKit).
	RangeMax uint64
	// RepeatedNames lists a name as often as the request has headers of it (Firefox 153).
	RepeatedNames bool
	// NoTotal leaves out the limit of 1024 bytes over all safelisted values (Firefox 153).
	NoTotal bool
	// ForbidUserAgent keeps User-Agent from script (Chromium 156).
	ForbidUserAgent bool
}

// isUnsafeByte reports whether c is a CORS-unsafe request-header byte.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
func (s *Safelist) isUnsafeByte(c byte) bool {
	switch {
	case c < 0x20:
		return c != '\t'
	case c > 0x7F:
		return s.NonASCIIUnsafe
	}
	switch c {
	case '"', '(', ')', ':', '<', '>', '?', '@', '[', '\\', ']', '{', '}', 0x7F:
		return true
	}
	return false
}

func (s *Safelist) hasUnsafeByte(v string) bool {
	for i := 0; i < len(v); i++ {
		if s.isUnsafeByte(v[i]) {
			return true
		}
	}
	return false
}

func isLanguageValue(v string) bool {
	for i := 0; i < len(v); i++ {
		c := v[i]
		if !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || strings.IndexByte(" *,-.;=", c) >= 0) {
			return false
		}
	}
	return true
}

// IsSafelisted reports whether a request header is CORS-safelisted, which depends on its value.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (s *Safelist) IsSafelisted(name, value string) bool {
	if len(value) > MaxSafelistedValue {
		return false
	}
	switch {
	case EqualFold(name, "accept"):
		return !s.hasUnsafeByte(value)
	case EqualFold(name, "accept-language"), EqualFold(name, "content-language"):
		return isLanguageValue(value)
	case EqualFold(name, "content-type"):
		return s.IsSafelistedType(value)
	case EqualFold(name, "range"):
		return s.isSimpleRange(value)
	}
	return s.ClientHints && isClientHint(name, value)
}

// IsSafelistedType reports whether a Content-Type is CORS-safelisted, however long it is.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (s *Safelist) IsSafelistedType(value string) bool {
	if s.hasUnsafeByte(value) || s.StrictParameters && !strictParameters(value) {
		return false
	}
	switch MIMEEssence(value) {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

func strictParameters(v string) bool {
	if strings.IndexByte(v, ',') >= 0 {
		return false
	}
	parts := strings.Split(v, ";")
	return len(parts) < 3 || strings.Trim(parts[len(parts)-1], "\t ") != ""
}

// isSimpleRange reports whether a value is one range with a start and without white space: bytes=5- or bytes=5-9.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func (s *Safelist) isSimpleRange(v string) bool {
	const unit = "bytes="
	if len(v) < len(unit) || v[:len(unit)] != unit && !(s.RangeUnitFold && EqualFold(v[:len(unit)], unit)) {
		return false
	}
	first, last, ok := strings.Cut(v[len(unit):], "-")
	if s.RangeSigns {
		first = strings.TrimPrefix(first, "+")
		if n := strings.TrimPrefix(last, "+"); n != "" {
			last = n
		}
	}
	if !ok || !isDigits(first) || last != "" && !isDigits(last) {
		return false
	}
	if s.RangeMax > 0 && (!atMost(first, s.RangeMax) || last != "" && !atMost(last, s.RangeMax)) {
		return false
	}
	if last == "" {
		return true
	}
	first, last = strings.TrimLeft(first, "0"), strings.TrimLeft(last, "0")
	return len(first) < len(last) || len(first) == len(last) && first <= last
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func atMost(digits string, most uint64) bool {
	n, err := strconv.ParseUint(digits, 10, 64)
	return err == nil && n <= most
}

// ClientHintNames are the legacy client hints that depend on the page, which Chromium 156 takes off a request when it is
// redirected.
var ClientHintNames = [...]string{"Device-Memory", "DPR", "Width", "Viewport-Width", "RTT", "Downlink", "ECT"}

// isClientHint knows the client hints that Chromium 156 safelists; scripts cannot set those that start with "sec-".
func isClientHint(name, value string) bool {
	switch ByteLower(name) {
	case "device-memory", "dpr", "downlink":
		whole, fraction, dot := strings.Cut(value, ".")
		return isDigits(whole) && (!dot || isDigits(fraction))
	case "width", "viewport-width", "rtt":
		return isDigits(value)
	case "ect":
		return value == "slow-2g" || value == "2g" || value == "3g" || value == "4g"
	case "save-data":
		return EqualFold(value, "on")
	case "intervention":
		return true
	}
	return false
}

// IsNoCORSSafelisted reports whether a request header may stand in a request of mode no-cors.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func (s *Safelist) IsNoCORSSafelisted(name, value string) bool {
	switch ByteLower(name) {
	case "accept", "accept-language", "content-language", "content-type":
		return s.IsSafelisted(name, value)
	}
	return false
}

// UnsafeNames returns the CORS-unsafe request-header names of a header list, in lower case and sorted: what
// Access-Control-Request-Headers lists.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (s *Safelist) UnsafeNames(h Headers) []string {
	var names []string
	total := 0
	for _, x := range h {
		if s.IsSafelisted(x.Name, x.Value) {
			total += len(x.Value)
			continue
		}
		if names == nil {
			names = make([]string, 0, len(h))
		}
		names = append(names, ByteLower(x.Name))
	}
	if total > MaxSafelistedTotal && !s.NoTotal {
		for _, x := range h {
			if s.IsSafelisted(x.Name, x.Value) {
				names = append(names, ByteLower(x.Name))
			}
		}
	}
	slices.Sort(names)
	if s.RepeatedNames {
		return names
	}
	return slices.Compact(names)
}

// forbiddenNames are in lower case.
var forbiddenNames = map[string]bool{
	"accept-charset": true, "accept-encoding": true, "access-control-request-headers": true,
	"access-control-request-method": true, "connection": true, "content-length": true, "cookie": true, "cookie2": true,
	"date": true, "dnt": true, "expect": true, "host": true, "keep-alive": true, "origin": true, "referer": true,
	"set-cookie": true, "te": true, "trailer": true, "transfer-encoding": true, "upgrade": true, "via": true,
}

// IsForbidden reports whether a request header is forbidden to script, which for X-HTTP-Method and its like depends on
// the value.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func (s *Safelist) IsForbidden(name, value string) bool {
	n := ByteLower(name)
	switch {
	case forbiddenNames[n], strings.HasPrefix(n, "proxy-"), strings.HasPrefix(n, "sec-"):
		return true
	case n == "user-agent":
		return s.ForbidUserAgent
	case n == "x-http-method", n == "x-http-method-override", n == "x-method-override":
		return slices.ContainsFunc(GetDecodeSplit(value), IsForbiddenMethod)
	}
	return false
}

// IsNonWildcard reports whether a request-header name is one that a wildcard does not cover.
//
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsNonWildcard(name string) bool { return EqualFold(name, "authorization") }

// RequestBodyHeaderNames are the headers that go when a redirect drops the body.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
var RequestBodyHeaderNames = [...]string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"}

// IsSafelistedResponseName reports whether script may read a response header of this name without
// Access-Control-Expose-Headers.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func IsSafelistedResponseName(name string) bool {
	for _, n := range safelistedResponseNames {
		if EqualFold(n, name) {
			return true
		}
	}
	return false
}

var safelistedResponseNames = [...]string{
	"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
}

// IsForbiddenResponseName reports whether a response header is kept from script in every case.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseName(name string) bool {
	return EqualFold(name, "set-cookie") || EqualFold(name, "set-cookie2")
}

// MIMEEssence returns the essence of a MIME type, in lower case, and the empty string where parsing fails. Parameters
// are not looked at: the standard's parser skips those that are not valid.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func MIMEEssence(v string) string {
	v = NormalizeValue(v)
	if i := strings.IndexByte(v, ';'); i >= 0 {
		v = strings.TrimRight(v[:i], "\t\n\r ")
	}
	typ, sub, ok := strings.Cut(v, "/")
	if !ok || !IsToken(typ) || !IsToken(sub) {
		return ""
	}
	return ByteLower(v)
}

// ExtractMIMEType returns the essence of the MIME type that a header list declares: of the last Content-Type value that
// parses, and the empty string where none does.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func ExtractMIMEType(h Headers) string {
	v, ok := h.Get("content-type")
	if !ok {
		return ""
	}
	essence := ""
	for _, part := range GetDecodeSplit(v) {
		if e := MIMEEssence(part); e != "" && e != "*/*" {
			essence = e
		}
	}
	return essence
}

// LooseMIMEType returns the essence of the MIME type that a header list declares to those who take one to end at the first space,
// tab or parenthesis, and to have a slash, and any other characters.
func LooseMIMEType(h Headers) string { return looseMIMEType(h, " \t;(") }

// UnparsedMIMEType returns the essence of the MIME type that a header list declares, or where no value parses what those who take
// one to end at the first space or tab, and to have a slash, and any other characters, make of it.
func UnparsedMIMEType(h Headers) string {
	if essence := ExtractMIMEType(h); essence != "" {
		return essence
	}
	return looseMIMEType(h, " \t;")
}

func looseMIMEType(h Headers, ends string) string {
	v, ok := h.Get("content-type")
	if !ok {
		return ""
	}
	essence := ""
	for _, part := range GetDecodeSplit(v) {
		part = NormalizeValue(part)
		if end := strings.IndexAny(part, ends); end >= 0 {
			part = part[:end]
		}
		if strings.Contains(part, "/") && part != "*/*" {
			essence = ByteLower(part)
		}
	}
	return essence
}

// IsNoSniff reports whether X-Content-Type-Options asks for no sniffing.
//
// https://fetch.spec.whatwg.org/#determine-nosniff
func IsNoSniff(h Headers) bool {
	v, ok := h.Get("x-content-type-options")
	return ok && EqualFold(GetDecodeSplit(v)[0], "nosniff")
}
