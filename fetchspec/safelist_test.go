package fetchspec_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/fetchspec"
)

var standard fetchspec.Safelist

// The bytes that make a value of Accept or Content-Type unsafe, one by one.
func TestUnsafeBytes(t *testing.T) {
	const unsafe = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f" +
		"\"():<>?@[\\]{}\x7f"
	strict := fetchspec.Safelist{NonASCIIUnsafe: true}
	for c := range 256 {
		value := string([]byte{'a', byte(c), 'z'})
		want := strings.IndexByte(unsafe, byte(c)) < 0
		if got := standard.IsSafelisted("Accept", value); got != want {
			t.Errorf("Accept with byte %#02x: safelisted %v, want %v", c, got, want)
		}
		if got := strict.IsSafelisted("Accept", value); got != (want && c < 0x80) {
			t.Errorf("NonASCIIUnsafe: Accept with byte %#02x: safelisted %v, want %v", c, got, want && c < 0x80)
		}
		if got := standard.IsSafelisted("Content-Type", "text/plain;"+value); got != want {
			t.Errorf("Content-Type with byte %#02x: safelisted %v, want %v", c, got, want)
		}
	}
}

func TestLanguageBytes(t *testing.T) {
	const safe = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;="
	for _, name := range []string{"Accept-Language", "content-language"} {
		for c := range 256 {
			want := strings.IndexByte(safe, byte(c)) >= 0
			if got := standard.IsSafelisted(name, string([]byte{byte(c)})); got != want {
				t.Errorf("%s with byte %#02x: safelisted %v, want %v", name, c, got, want)
			}
		}
	}
}

func TestIsSafelisted(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		// Any value is safe up to 128 bytes, counted in bytes.
		{"Accept", "", true},
		{"ACCEPT", "text/html, */*;q=0.5", true},
		{"accept", a(128), true},
		{"accept", a(129), false},
		{"accept", strings.Repeat("é", 64), true},
		{"accept", strings.Repeat("é", 64) + "a", false},
		{"Accept-Language", "", true},
		{"Accept-Language", "de-DE, en;q=0.5, *", true},
		{"Accept-Language", a(128), true},
		{"Accept-Language", a(129), false},
		{"Accept-Language", "en_US", false},
		{"Accept-Language", "en\tde", false},
		{"Content-Language", "de", true},
		{"Content-Language", "de/at", false},
		{"Content-Language", a(129), false},
		// Content-Type, by its essence.
		{"Content-Type", "text/plain", true},
		{"content-TYPE", "TEXT/Plain;charset=UTF-8", true},
		{"Content-Type", "multipart/form-data; boundary=x", true},
		{"Content-Type", "application/x-www-form-urlencoded", true},
		{"Content-Type", "text/plain;", true},
		{"Content-Type", "text/plain; ", true},
		{"Content-Type", "text/plain ;a=b", true},
		{"Content-Type", "text/plain;a", true},
		{"Content-Type", "text/plain;;", true},
		{"Content-Type", "text/plain;=x", true},
		{"Content-Type", "text/plain;a b=c", true},
		{"Content-Type", "text/plain; charset=utf-8;", true},
		{"Content-Type", "text/plain;a=b, text/html", true},
		{"Content-Type", " text/plain ", true},
		{"Content-Type", "text/plain;" + a(128-len("text/plain;")), true},
		{"Content-Type", "text/plain;" + a(129-len("text/plain;")), false},
		{"Content-Type", "", false},
		{"Content-Type", "text", false},
		{"Content-Type", "text/", false},
		{"Content-Type", "/plain", false},
		{"Content-Type", "text/plain/x", false},
		{"Content-Type", "text/plain x", false},
		{"Content-Type", "text/plain,", false},
		{"Content-Type", "text/plain, text/html", false},
		{"Content-Type", ";text/plain", false},
		{"Content-Type", "application/json", false},
		{"Content-Type", "text/html", false},
		{"Content-Type", "text/plain;charset=\"utf-8\"", false},
		{"Content-Type", "text/plain(x)", false},
		// Range: one range with a start.
		{"Range", "bytes=0-", true},
		{"range", "bytes=0-0", true},
		{"Range", "bytes=10-9", false},
		{"Range", "bytes=09-10", true},
		{"Range", "bytes=010-9", false},
		{"Range", "bytes=00000000000000000000009-10", true},
		{"Range", "bytes=99999999999999999999999-", true},
		{"Range", "bytes=99999999999999999999998-99999999999999999999999", true},
		{"Range", "bytes=99999999999999999999999-99999999999999999999998", false},
		{"Range", "bytes=-5", false},
		{"Range", "bytes=-", false},
		{"Range", "bytes=", false},
		{"Range", "bytes", false},
		{"Range", "", false},
		{"Range", "bytes=5", false},
		{"Range", "bytes=0-1,2-3", false},
		{"Range", "bytes=0-1-2", false},
		{"Range", "bytes= 0-1", false},
		{"Range", "bytes =0-1", false},
		{"Range", "bytes=0 -1", false},
		{"Range", "bytes=0- 1", false},
		{"Range", "Bytes=0-1", false},
		{"Range", "items=0-1", false},
		{"Range", "bytes=+0-1", false},
		{"Range", "bytes=0-x", false},
		{"Range", "bytes=" + strings.Repeat("0", 121) + "-", true},
		{"Range", "bytes=" + strings.Repeat("0", 122) + "-", false},
		// Nothing else, not even with an empty value.
		{"X-Foo", "", false}, {"Authorization", "", false}, {"Cache-Control", "no-cache", false}, {"Pragma", "no-cache", false},
		{"User-Agent", "x", false}, {"Last-Event-ID", "1", false}, {"X-Requested-With", "XMLHttpRequest", false},
		{"DPR", "2", false}, {"Save-Data", "on", false}, {"Downlink", "1", false}, {"Accept-Encoding", "", false},
		{"If-None-Match", "x", false}, {"Content-Length", "0", false}, {"", "", false}, {"Accept ", "", false},
	} {
		if got := standard.IsSafelisted(tt.name, tt.value); got != tt.want {
			t.Errorf("%s: %q: safelisted %v, want %v", tt.name, tt.value, got, tt.want)
		}
	}
}

// Each quirk changes what it says, and nothing for the standard.
func TestSafelistQuirks(t *testing.T) {
	for _, tt := range []struct {
		quirk          string
		safelist       fetchspec.Safelist
		name, value    string
		standard, with bool
	}{
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "DPR", "2", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "dpr", "2.5", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "DPR", "2.", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "DPR", ".5", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "DPR", "", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Device-Memory", "8", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Downlink", "1.5", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Width", "100", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Width", "1.5", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Viewport-Width", "100", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "RTT", "50", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "RTT", "x", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "ECT", "slow-2g", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "ECT", "4g", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "ECT", "5g", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "ECT", "4G", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Save-Data", "ON", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Save-Data", "off", false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Intervention", "<x>", false, true},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "Intervention", strings.Repeat("x", 129), false, false},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, "X-Foo", "1", false, false},
		{"NonASCIIUnsafe", fetchspec.Safelist{NonASCIIUnsafe: true}, "Accept", "\xe9", true, false},
		{"NonASCIIUnsafe", fetchspec.Safelist{NonASCIIUnsafe: true}, "Content-Type", "text/plain;a=\xe9", true, false},
		{"NonASCIIUnsafe", fetchspec.Safelist{NonASCIIUnsafe: true}, "Accept", "~", true, true},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain;a=b,c", true, false},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain;", true, true},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain; ", true, true},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain;;", true, false},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain; charset=utf-8;", true, false},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain; charset=utf-8; \t", true, false},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Content-Type", "text/plain;;a=b", true, true},
		{"StrictParameters", fetchspec.Safelist{StrictParameters: true}, "Accept", "a,b", true, true},
		{"RangeUnitFold", fetchspec.Safelist{RangeUnitFold: true}, "Range", "BYTES=0-1", false, true},
		{"RangeUnitFold", fetchspec.Safelist{RangeUnitFold: true}, "Range", "bytez=0-1", false, false},
		{"RangeSigns", fetchspec.Safelist{RangeSigns: true}, "Range", "bytes=+1-2", false, true},
		{"RangeSigns", fetchspec.Safelist{RangeSigns: true}, "Range", "bytes=1-+2", false, true},
		{"RangeSigns", fetchspec.Safelist{RangeSigns: true}, "Range", "bytes=+1-", false, true},
		{"RangeSigns", fetchspec.Safelist{RangeSigns: true}, "Range", "bytes=1-+", false, false},
		{"RangeSigns", fetchspec.Safelist{RangeSigns: true}, "Range", "bytes=+-1", false, false},
		{"RangeMax", fetchspec.Safelist{RangeMax: math.MaxInt64 - 1}, "Range", "bytes=9223372036854775806-", true, true},
		{"RangeMax", fetchspec.Safelist{RangeMax: math.MaxInt64 - 1}, "Range", "bytes=9223372036854775807-", true, false},
		{"RangeMax", fetchspec.Safelist{RangeMax: math.MaxInt64 - 1}, "Range", "bytes=0-9223372036854775807", true, false},
		{"RangeMax", fetchspec.Safelist{RangeMax: math.MaxUint64}, "Range", "bytes=0-18446744073709551615", true, true},
		{"RangeMax", fetchspec.Safelist{RangeMax: math.MaxUint64}, "Range", "bytes=0-18446744073709551616", true, false},
		{"RangeMax", fetchspec.Safelist{RangeMax: math.MaxUint64}, "Range", "bytes=00000000000000000000000001-2", true, true},
	} {
		if got := standard.IsSafelisted(tt.name, tt.value); got != tt.standard {
			t.Errorf("%s: %q: safelisted %v in the standard, want %v", tt.name, tt.value, got, tt.standard)
		}
		if got := tt.safelist.IsSafelisted(tt.name, tt.value); got != tt.with {
			t.Errorf("%s: %q: safelisted %v with %s, want %v", tt.name, tt.value, got, tt.quirk, tt.with)
		}
	}
}

func TestIsNoCORSSafelisted(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		{"Accept", "x", true}, {"ACCEPT-language", "de", true}, {"Content-Language", "de", true}, {"Content-Type", "text/plain", true},
		{"Content-Type", "application/json", false}, {"Accept", "\"", false}, {"Accept", strings.Repeat("a", 129), false},
		{"Range", "bytes=0-", false}, {"X-Foo", "1", false}, {"DPR", "1", false},
	} {
		hints := fetchspec.Safelist{ClientHints: true}
		for _, s := range []*fetchspec.Safelist{&standard, &hints} {
			if got := s.IsNoCORSSafelisted(tt.name, tt.value); got != tt.want {
				t.Errorf("%s: %q: no-CORS-safelisted %v, want %v", tt.name, tt.value, got, tt.want)
			}
		}
	}
}

func TestUnsafeNames(t *testing.T) {
	// Eight values of 128 bytes are 1024, which is allowed; a byte more is not.
	full := slices.Repeat([]string{"Accept: " + strings.Repeat("a", 128)}, 8)
	for _, tt := range []struct {
		name     string
		safelist fetchspec.Safelist
		headers  []string
		want     []string
	}{
		{"nothing", standard, nil, nil},
		{"safelisted only", standard, []string{"Accept: x", "Content-Type: text/plain"}, nil},
		{"in lower case and sorted by byte", standard, []string{"X-B: 1", "x_a: 1", "X-A: 1", "Authorization: x", "XA: 1", "x.a: 1", "x1: 1"}, []string{"authorization", "x-a", "x-b", "x.a", "x1", "x_a", "xa"}},
		{"by value", standard, []string{"Accept: \"", "Content-Type: application/json", "Range: bytes=0-"}, []string{"accept", "content-type"}},
		{"1024 bytes", standard, full, nil},
		{"1025 bytes", standard, append(slices.Clone(full), "Content-Language: a"), []string{"accept", "content-language"}},
		{"1025 bytes, and others", standard, append(slices.Clone(full), "Range: bytes=0-", "X-Foo: 1"), []string{"accept", "range", "x-foo"}},
		{"a name set twice", standard, []string{"X-Foo: 1", "x-foo: 2"}, []string{"x-foo"}},
		{"a name set twice, RepeatedNames", fetchspec.Safelist{RepeatedNames: true}, []string{"X-Foo: 1", "x-foo: 2"}, []string{"x-foo", "x-foo"}},
		{"unsafe values do not count", standard, append(slices.Clone(full), "Accept: "+strings.Repeat("a", 129)), []string{"accept"}},
		{"empty values do not count", standard, append(slices.Clone(full), "Content-Language: "), nil},
		{"1025 bytes with NoTotal", fetchspec.Safelist{NoTotal: true}, append(slices.Clone(full), "Content-Language: a"), nil},
		{"ClientHints", fetchspec.Safelist{ClientHints: true}, []string{"DPR: 2", "X-Foo: 1"}, []string{"x-foo"}},
	} {
		got := tt.safelist.UnsafeNames(headers(tt.headers...))
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// headers makes a header list of lines.
func headers(lines ...string) fetchspec.Headers {
	var h fetchspec.Headers
	for _, l := range lines {
		name, value, ok := strings.Cut(l, ": ")
		if !ok {
			panic(fmt.Sprintf("header line %q", l))
		}
		h = append(h, fetchspec.Header{Name: name, Value: value})
	}
	return h
}

func TestIsForbidden(t *testing.T) {
	userAgent := fetchspec.Safelist{ForbidUserAgent: true}
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		{"Accept-Charset", "", true}, {"accept-encoding", "", true}, {"Access-Control-Request-Headers", "", true},
		{"Access-Control-Request-Method", "", true}, {"Connection", "", true}, {"Content-Length", "", true}, {"Cookie", "", true},
		{"Cookie2", "", true}, {"Date", "", true}, {"DNT", "", true}, {"Expect", "", true}, {"Host", "", true}, {"Keep-Alive", "", true},
		{"Origin", "", true}, {"Referer", "", true}, {"Set-Cookie", "", true}, {"TE", "", true}, {"Trailer", "", true},
		{"Transfer-Encoding", "", true}, {"Upgrade", "", true}, {"Via", "", true}, {"ORIGIN", "x", true},
		{"Proxy-Authorization", "", true}, {"proxy-", "", true}, {"Sec-Fetch-Mode", "", true}, {"SEC-", "", true},
		{"Proxy", "", false}, {"Sec", "", false}, {"Set-Cookie2", "", false}, {"Accept", "", false}, {"Authorization", "", false},
		{"User-Agent", "x", false}, {"Access-Control-Request-Private-Network", "true", false}, {"X-Foo", "", false},
		{"Upgrade-Insecure-Requests", "1", false}, {"Content-Transfer-Encoding", "x", false}, {"", "", false},
		// Names that carry a method, by the method.
		{"X-HTTP-Method", "TRACE", true}, {"X-HTTP-Method-Override", "track", true}, {"x-method-override", "Connect", true},
		{"X-HTTP-Method", "GET", false}, {"X-HTTP-Method", "GET, TRACE", true}, {"X-HTTP-Method", "GET,\tCONNECT ", true},
		{"X-HTTP-Method", "\"TRACE\"", false}, {"X-HTTP-Method", "\"GET, TRACE\"", false}, {"X-HTTP-Method", "", false},
		{"X-HTTP-Method", "TRACER", false}, {"X-HTTP-Methods", "TRACE", false}, {"X-Foo", "TRACE", false},
	} {
		if got := standard.IsForbidden(tt.name, tt.value); got != tt.want {
			t.Errorf("%s: %q: forbidden %v, want %v", tt.name, tt.value, got, tt.want)
		}
		want := tt.want || tt.name == "User-Agent"
		if got := userAgent.IsForbidden(tt.name, tt.value); got != want {
			t.Errorf("ForbidUserAgent: %s: %q: forbidden %v, want %v", tt.name, tt.value, got, want)
		}
	}
}

func TestHeaderNamePredicates(t *testing.T) {
	for _, tt := range []struct {
		name                               string
		nonWildcard, safelisted, forbidden bool
	}{
		{"Authorization", true, false, false}, {"AUTHORIZATION", true, false, false}, {"Proxy-Authorization", false, false, false},
		{"Cache-Control", false, true, false}, {"content-language", false, true, false}, {"Content-Length", false, true, false},
		{"CONTENT-TYPE", false, true, false}, {"Expires", false, true, false}, {"Last-Modified", false, true, false},
		{"Pragma", false, true, false}, {"Set-Cookie", false, false, true}, {"SET-cookie2", false, false, true},
		{"Set-Cookie3", false, false, false}, {"ETag", false, false, false}, {"X-Foo", false, false, false}, {"", false, false, false},
		{"Content-Encoding", false, false, false}, {"Location", false, false, false},
	} {
		if got := fetchspec.IsNonWildcard(tt.name); got != tt.nonWildcard {
			t.Errorf("IsNonWildcard(%q) = %v", tt.name, got)
		}
		if got := fetchspec.IsSafelistedResponseName(tt.name); got != tt.safelisted {
			t.Errorf("IsSafelistedResponseName(%q) = %v", tt.name, got)
		}
		if got := fetchspec.IsForbiddenResponseName(tt.name); got != tt.forbidden {
			t.Errorf("IsForbiddenResponseName(%q) = %v", tt.name, got)
		}
	}
}

func TestMethods(t *testing.T) {
	for _, tt := range []struct {
		method, normalized    string
		forbidden, safelisted bool
	}{
		{"GET", "GET", false, true}, {"get", "GET", false, false}, {"HEAD", "HEAD", false, true}, {"POST", "POST", false, true},
		{"Post", "POST", false, false}, {"PUT", "PUT", false, false}, {"put", "PUT", false, false}, {"dElEtE", "DELETE", false, false},
		{"options", "OPTIONS", false, false}, {"patch", "patch", false, false}, {"PATCH", "PATCH", false, false},
		{"CONNECT", "CONNECT", true, false}, {"Trace", "Trace", true, false}, {"track", "track", true, false},
		{"TRACER", "TRACER", false, false}, {"ge\u017f", "ge\u017f", false, false}, {"*", "*", false, false}, {"", "", false, false},
	} {
		if got := fetchspec.NormalizeMethod(tt.method); got != tt.normalized {
			t.Errorf("NormalizeMethod(%q) = %q, want %q", tt.method, got, tt.normalized)
		}
		if got := fetchspec.IsForbiddenMethod(tt.method); got != tt.forbidden {
			t.Errorf("IsForbiddenMethod(%q) = %v", tt.method, got)
		}
		if got := fetchspec.IsSafelistedMethod(tt.method); got != tt.safelisted {
			t.Errorf("IsSafelistedMethod(%q) = %v", tt.method, got)
		}
	}
}
