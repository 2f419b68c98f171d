package origin_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/origin"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ in, scheme, host, port string }{
		{"https://app.example.com", "https", "app.example.com", ""},
		{"http://localhost:8080", "http", "localhost", "8080"},
		{"https://127.0.0.1:1", "https", "127.0.0.1", "1"},
		{"http://[::1]:8443", "http", "[::1]", "8443"},
		{"https://[2001:db8::1]", "https", "[2001:db8::1]", ""},
		{"https://xn--bcher-kva.example", "https", "xn--bcher-kva.example", ""},
		{"https://example.com.", "https", "example.com.", ""},
		{"https://under_score.example", "https", "under_score.example", ""},
		{"http://example.com:443", "http", "example.com", "443"},
		{"ftp://files.example", "ftp", "files.example", ""},
		{"wss://chat.example", "wss", "chat.example", ""},
	} {
		o, err := origin.Parse(tt.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.in, err)
			continue
		}
		if o.String() != tt.in || o.Scheme() != tt.scheme || o.Host() != tt.host || o.Port() != tt.port || o.IsOpaque() || o.IsZero() {
			t.Errorf("Parse(%q) = %q: scheme %q, host %q, port %q", tt.in, o, o.Scheme(), o.Host(), o.Port())
		}
		if again := origin.MustParse(tt.in); again != o {
			t.Errorf("Parse(%q) twice gives two origins", tt.in)
		}
	}
}

// An error names what was found, and what to write where that is known.
func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ in, found, write string }{
		{"", "empty", "https://app.example.com"},
		{"null", "opaque origin", ""},
		{"*", "wildcard", "https://app.example.com"},
		{"app.example.com", "no scheme", "https://app.example.com"},
		{"localhost:3000", "no scheme", "http://localhost:3000"},
		{"https:app.example.com", "no scheme", ""},
		{"https://", "no host", "scheme://host"},
		{"://app.example.com", "no host", "scheme://host"},
		{"https://app.example.com/", "path, query or fragment", "write https://app.example.com"},
		{"https://app.example.com/a", "path, query or fragment", "write https://app.example.com"},
		{"https://app.example.com?q", "path, query or fragment", "write https://app.example.com"},
		{"https://app.example.com#f", "path, query or fragment", "write https://app.example.com"},
		{`https://app.example.com\`, "path, query or fragment", "write https://app.example.com"},
		{"https://user@app.example.com", "user name or password", "write https://app.example.com"},
		{"https://user:pass@app.example.com/x", "user name or password", "write https://app.example.com"},
		{"https://app.example.com:443", "not in the form", "write https://app.example.com"},
		{"http://app.example.com:80", "not in the form", "write http://app.example.com"},
		{"https://app.example.com:08443", "not in the form", "write https://app.example.com:8443"},
		{"HTTPS://APP.EXAMPLE.COM", "not in the form", "write https://app.example.com"},
		{"https://bücher.example", "not in the form", "write https://xn--bcher-kva.example"},
		{"https://0x7f.1", "not in the form", "write https://127.0.0.1"},
		{"http://[0:0:0:0:0:0:0:1]", "not in the form", "write http://[::1]"},
		{" https://app.example.com", "not in the form", "write https://app.example.com"},
		{"https://app.exa\tmple.com", "not in the form", "write https://app.example.com"},
		{"chrome-extension://abc", "chrome-extension", "null"},
		{"file://host", "file", "null"},
		{"https://app.example.com:99999", "not valid", ""},
		{"https://app example.com", "not valid", ""},
		{"https://[::1", "not valid", ""},
		{"https://a, https://b", "not valid", ""},
		{"https://*.example.com", "", ""},
	} {
		o, err := origin.Parse(tt.in)
		if tt.found == "" {
			continue
		}
		if err == nil {
			t.Errorf("Parse(%q) = %q, want an error", tt.in, o)
			continue
		}
		if !o.IsZero() {
			t.Errorf("Parse(%q) fails with the origin %q", tt.in, o)
		}
		if s := err.Error(); !strings.Contains(s, tt.found) || !strings.Contains(s, tt.write) {
			t.Errorf("Parse(%q): %q does not say %q and %q", tt.in, s, tt.found, tt.write)
		}
		if tt.in != "" && !strings.Contains(err.Error(), strings.TrimSpace(tt.in)) && !strings.ContainsAny(tt.in, "\t\\") {
			t.Errorf("Parse(%q): %q does not name what was found", tt.in, err)
		}
	}
}

func TestMustParsePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustParse(\"null\") does not panic")
		}
	}()
	origin.MustParse("null")
}

func TestOpaqueOriginsAreSameOriginWithThemselvesOnly(t *testing.T) {
	a, b, app := origin.NewOpaque(), origin.NewOpaque(), origin.MustParse("https://app.example.com")
	if !origin.SameOrigin(a, a) || !origin.SameSite(a, a) || !origin.SchemefullySameSite(a, a) {
		t.Error("an opaque origin is not same origin and same site with itself")
	}
	for _, x := range []origin.Origin{b, app} {
		if origin.SameOrigin(a, x) || origin.SameSite(a, x) || origin.SameSite(x, a) || origin.SchemefullySameSite(a, x) {
			t.Errorf("an opaque origin is same origin or same site with %s", x)
		}
	}
	if a.String() != "null" || !a.IsOpaque() || a.Scheme() != "" || a.Host() != "" || a.Port() != "" || a.IsZero() {
		t.Errorf("an opaque origin is %q: opaque %v, scheme %q, host %q, port %q", a, a.IsOpaque(), a.Scheme(), a.Host(), a.Port())
	}
	if a.IsPotentiallyTrustworthy() || a.IsLoopback() {
		t.Error("an opaque origin is trustworthy")
	}
}

func TestZeroOriginIsNone(t *testing.T) {
	var zero origin.Origin
	if !zero.IsZero() || zero.IsOpaque() || zero.String() != "" {
		t.Errorf("the zero origin is %q, opaque %v", zero, zero.IsOpaque())
	}
}

func TestSameOriginAndSite(t *testing.T) {
	for _, tt := range []struct {
		a, b                    string
		origin, site, schemeful bool
	}{
		{"https://a.example", "https://a.example", true, true, true},
		{"https://a.example", "http://a.example", false, true, false},
		{"https://a.example", "https://a.example:8443", false, true, true},
		{"https://a.example", "http://a.example:8443", false, true, false},
		{"https://app.example.com", "https://api.example.com", false, true, true},
		{"https://app.example.com", "https://example.com", false, true, true},
		{"https://app.example.com", "wss://api.example.com", false, true, false},
		{"https://app.example.com", "https://app.example.org", false, false, false},
		{"https://example.com", "https://notexample.com", false, false, false},
		// Public suffixes of more than one label, and private ones.
		{"https://a.co.uk", "https://b.co.uk", false, false, false},
		{"https://x.a.co.uk", "https://y.a.co.uk", false, true, true},
		{"https://alice.github.io", "https://bob.github.io", false, false, false},
		{"https://github.io", "https://github.io:1", false, true, true},
		{"https://github.io", "https://alice.github.io", false, false, false},
		{"https://www.ck", "https://x.www.ck", false, true, true},
		{"https://a.b.ck", "https://b.ck", false, false, false},
		{"https://com", "https://com:1", false, true, true},
		// A top-level domain that nobody lists.
		{"https://a.corp.internal", "https://b.corp.internal", false, true, true},
		{"https://a.internal", "https://b.internal", false, false, false},
		{"http://localhost:3000", "http://localhost:4000", false, true, true},
		{"http://a.localhost", "http://b.localhost", false, false, false},
		{"http://x.a.localhost", "http://a.localhost", false, true, true},
		// Addresses have no registrable domain: the whole host counts.
		{"http://127.0.0.1:1", "http://127.0.0.1:2", false, true, true},
		{"http://127.0.0.1", "http://127.0.0.2", false, false, false},
		{"http://10.0.0.1", "http://20.0.0.1", false, false, false},
		{"http://x.a.node1", "http://y.a.node1", false, true, true},
		{"http://[::1]:1", "http://[::1]:2", false, true, true},
		{"http://[2001:db8::1]", "http://[2001:db8::2]", false, false, false},
		// A trailing dot makes another host, and another site.
		{"https://example.com", "https://example.com.", false, false, false},
		{"https://a.example.com.", "https://b.example.com.", false, true, true},
		{"https://xn--bcher-kva.example", "https://www.xn--bcher-kva.example", false, true, true},
	} {
		for _, p := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			a, b := origin.MustParse(p[0]), origin.MustParse(p[1])
			if got := origin.SameOrigin(a, b); got != tt.origin {
				t.Errorf("SameOrigin(%s, %s) = %v, want %v", a, b, got, tt.origin)
			}
			if got := origin.SameSite(a, b); got != tt.site {
				t.Errorf("SameSite(%s, %s) = %v, want %v", a, b, got, tt.site)
			}
			if got := origin.SchemefullySameSite(a, b); got != tt.schemeful {
				t.Errorf("SchemefullySameSite(%s, %s) = %v, want %v", a, b, got, tt.schemeful)
			}
		}
	}
}

func TestTrustworthyAndLoopback(t *testing.T) {
	for _, tt := range []struct {
		origin                string
		trustworthy, loopback bool
	}{
		{"https://a.example", true, false},
		{"wss://a.example", true, false},
		{"http://a.example", false, false},
		{"ws://a.example", false, false},
		{"ftp://a.example", false, false},
		{"http://localhost", true, true},
		{"http://localhost:8080", true, true},
		{"http://localhost.", true, true},
		{"http://a.localhost", true, true},
		{"http://a.b.localhost.", true, true},
		{"ws://localhost", true, true},
		{"https://localhost", true, true},
		{"http://notlocalhost", false, false},
		{"http://localhost.example", false, false},
		{"http://127.0.0.1", true, true},
		{"http://127.255.255.254:1", true, true},
		{"http://128.0.0.1", false, false},
		{"http://0.0.0.0", false, false},
		{"http://10.0.0.1", false, false},
		{"http://[::1]", true, true},
		{"http://[::2]", false, false},
		{"http://[::ffff:7f00:1]", false, false},
		{"http://127.a1", false, false},
	} {
		o := origin.MustParse(tt.origin)
		if got := o.IsPotentiallyTrustworthy(); got != tt.trustworthy {
			t.Errorf("%s: IsPotentiallyTrustworthy is %v, want %v", o, got, tt.trustworthy)
		}
		if got := o.IsLoopback(); got != tt.loopback {
			t.Errorf("%s: IsLoopback is %v, want %v", o, got, tt.loopback)
		}
	}
}

func TestIsIPAddress(t *testing.T) {
	for in, want := range map[string]bool{
		"http://127.0.0.1": true, "https://8.8.8.8:1": true, "http://[::1]": true, "http://localhost": false, "http://host1": false,
		"http://1.2.3.a4": false, "http://1.2.3.example": false, "https://a.example": false,
	} {
		if got := origin.MustParse(in).IsIPAddress(); got != want {
			t.Errorf("%s: IsIPAddress is %v, want %v", in, got, want)
		}
	}
	if origin.NewOpaque().IsIPAddress() {
		t.Error("an opaque origin is an IP address")
	}
}

func TestSite(t *testing.T) {
	for host, want := range map[string]struct {
		site         string
		publicSuffix bool
	}{
		"app.example.com": {"https://example.com", false},
		"example.com":     {"https://example.com", false},
		"example.com.":    {"https://example.com.", false},
		"me.github.io":    {"https://me.github.io", false},
		"a.me.github.io":  {"https://me.github.io", false},
		"github.io":       {"https://github.io", true},
		"com":             {"https://com", true},
		"localhost":       {"https://localhost", true},
		"127.0.0.1":       {"https://127.0.0.1", false},
		"[::1]":           {"https://[::1]", false},
		"a.example.co.uk": {"https://example.co.uk", false},
	} {
		if got := origin.MustParse("https://" + host + ":8443").Site(); got != want.site {
			t.Errorf("the site of %s is %s, want %s", host, got, want.site)
		}
		if got := origin.IsPublicSuffix(host); got != want.publicSuffix {
			t.Errorf("IsPublicSuffix(%s) is %v", host, got)
		}
		if got := "https://" + origin.SiteHost(host); got != want.site {
			t.Errorf("SiteHost(%s) is %s", host, got)
		}
	}
	if got := origin.NewOpaque().Site(); got != "null" {
		t.Errorf("the site of an opaque origin is %s", got)
	}
}
