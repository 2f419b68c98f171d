package origin_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/origin"
)

func parse(t *testing.T, raw, base string) (*origin.URL, error) {
	t.Helper()
	var b *origin.URL
	if base != "" {
		var err error
		if b, err = origin.ParseURL(base, nil); err != nil {
			t.Fatalf("base %q: %v", base, err)
		}
	}
	return origin.ParseURL(raw, b)
}

func TestParseURL(t *testing.T) {
	const base = "https://app.example.com/dir/page?q#f"
	for _, tt := range []struct{ in, base, href, origin string }{
		// Plain ones, which take the fast path, and their neighbours, which do not.
		{"https://api.example.com/a/b?q=1#f", "", "https://api.example.com/a/b?q=1#f", "https://api.example.com"},
		{"https://api.example.com:8443/", "", "https://api.example.com:8443/", "https://api.example.com:8443"},
		{"https://api.example.com", "", "https://api.example.com/", "https://api.example.com"},
		{"https://api.example.com?q", "", "https://api.example.com/?q", "https://api.example.com"},
		{"HTTPS://API.Example.COM/A", "", "https://api.example.com/A", "https://api.example.com"},
		{"https://api.example.com/?", "", "https://api.example.com/?", "https://api.example.com"},
		{"https://api.example.com/#", "", "https://api.example.com/#", "https://api.example.com"},
		// Ports.
		{"https://a.example:443/", "", "https://a.example/", "https://a.example"},
		{"http://a.example:80/", "", "http://a.example/", "http://a.example"},
		{"http://a.example:443/", "", "http://a.example:443/", "http://a.example:443"},
		{"https://a.example:/", "", "https://a.example/", "https://a.example"},
		{"https://a.example:00443/", "", "https://a.example/", "https://a.example"},
		{"https://a.example:0/", "", "https://a.example:0/", "https://a.example:0"},
		{"ws://a.example:80/", "", "ws://a.example/", "ws://a.example"},
		{"wss://a.example:443/", "", "wss://a.example/", "wss://a.example"},
		{"ftp://a.example:21/", "", "ftp://a.example/", "ftp://a.example"},
		// IPv4 in all its forms.
		{"http://0x7f.1/", "", "http://127.0.0.1/", "http://127.0.0.1"},
		{"http://0177.0.0.1/", "", "http://127.0.0.1/", "http://127.0.0.1"},
		{"http://2130706433/", "", "http://127.0.0.1/", "http://127.0.0.1"},
		{"http://127.1/", "", "http://127.0.0.1/", "http://127.0.0.1"},
		{"http://1.2.3.4./", "", "http://1.2.3.4/", "http://1.2.3.4"},
		{"http://0xffffffff/", "", "http://255.255.255.255/", "http://255.255.255.255"},
		{"http://１２７.０.０.１/", "", "http://127.0.0.1/", "http://127.0.0.1"},
		{"http://%31%32%37.0.0.1/", "", "http://127.0.0.1/", "http://127.0.0.1"},
		{"http://1.2.3.a4/", "", "http://1.2.3.a4/", "http://1.2.3.a4"},
		// IPv6.
		{"http://[1:0:0:0:0:0:0:1]/", "", "http://[1::1]/", "http://[1::1]"},
		{"http://[::FFFF:127.0.0.1]/", "", "http://[::ffff:7f00:1]/", "http://[::ffff:7f00:1]"},
		{"http://[1:2:0:0:5:0:0:0]/", "", "http://[1:2:0:0:5::]/", "http://[1:2:0:0:5::]"},
		{"http://[1:0::]/", "", "http://[1::]/", "http://[1::]"},
		// IDNA.
		{"https://bücher.example/", "", "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"},
		{"https://BÜCHER.example/", "", "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"},
		{"https://b%C3%BCcher.example/", "", "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"},
		{"https://faß.example/", "", "https://xn--fa-hia.example/", "https://xn--fa-hia.example"},
		{"https://日本語。example/", "", "https://xn--wgv71a119e.example/", "https://xn--wgv71a119e.example"},
		{"https://Ｇｏ.example/", "", "https://go.example/", "https://go.example"},
		{"https://a.b\u00adc.example/", "", "https://a.bc.example/", "https://a.bc.example"},
		{"https://xn--bcher-kva.example/", "", "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"},
		{"https://a_b.example/", "", "https://a_b.example/", "https://a_b.example"},
		{"https://-a-.example/", "", "https://-a-.example/", "https://-a-.example"},
		{"https://a--b.example/", "", "https://a--b.example/", "https://a--b.example"},
		{"https://a..b/", "", "https://a..b/", "https://a..b"},
		{"https://a.b./", "", "https://a.b./", "https://a.b."},
		// Backslashes, white space, and slashes missing or too many.
		{`https:\\a.example\b\c`, "", "https://a.example/b/c", "https://a.example"},
		{`https://a.example\@b.example/`, "", "https://a.example/@b.example/", "https://a.example"},
		{"https:a.example/x", "", "https://a.example/x", "https://a.example"},
		{"https:///a.example/x", "", "https://a.example/x", "https://a.example"},
		{"  https://a.example/x \n", "", "https://a.example/x", "https://a.example"},
		{"ht\ntps://a.exa\tmple/x\r", "", "https://a.example/x", "https://a.example"},
		{"https://a.example/x y", "", "https://a.example/x%20y", "https://a.example"},
		// Dot segments.
		{"https://a.example/b/../c/./d", "", "https://a.example/c/d", "https://a.example"},
		{"https://a.example/b/%2e%2E/c", "", "https://a.example/c", "https://a.example"},
		{"https://a.example/../..", "", "https://a.example/", "https://a.example"},
		{"https://a.example/b/..", "", "https://a.example/", "https://a.example"},
		{"https://a.example/.b/..c", "", "https://a.example/.b/..c", "https://a.example"},
		{"https://a.example//b", "", "https://a.example//b", "https://a.example"},
		// Encoding, which differs between path, query and fragment.
		{"https://a.example/é\"<>`{}|^", "", "https://a.example/%C3%A9%22%3C%3E%60%7B%7D|%5E", "https://a.example"},
		{"https://a.example/?é\"<>'`{}|^", "", "https://a.example/?%C3%A9%22%3C%3E%27`{}|^", "https://a.example"},
		{"https://a.example/#é\"<>'`{}|^", "", "https://a.example/#%C3%A9%22%3C%3E'%60{}|^", "https://a.example"},
		{"https://a.example/%zz%", "", "https://a.example/%zz%", "https://a.example"},
		{"https://a.example/a\x00b", "", "https://a.example/a%00b", "https://a.example"},
		// User information.
		{"https://user:pass@a.example/", "", "https://user:pass@a.example/", "https://a.example"},
		{"https://user@a.example/", "", "https://user@a.example/", "https://a.example"},
		{"https://:pass@a.example/", "", "https://:pass@a.example/", "https://a.example"},
		{"https://@a.example/", "", "https://a.example/", "https://a.example"},
		{"https://a@b@c.example/", "", "https://a%40b@c.example/", "https://c.example"},
		{"https://a:b:c@d.example/", "", "https://a:b%3Ac@d.example/", "https://d.example"},
		// Relative to a base.
		{"/x", base, "https://app.example.com/x", "https://app.example.com"},
		{"x", base, "https://app.example.com/dir/x", "https://app.example.com"},
		{"../x", base, "https://app.example.com/x", "https://app.example.com"},
		{"?p", base, "https://app.example.com/dir/page?p", "https://app.example.com"},
		{"#g", base, "https://app.example.com/dir/page?q#g", "https://app.example.com"},
		{"", base, "https://app.example.com/dir/page?q", "https://app.example.com"},
		{"//b.example/x", base, "https://b.example/x", "https://b.example"},
		{`\\b.example\x`, base, "https://b.example/x", "https://b.example"},
		{"https:x", base, "https://app.example.com/dir/x", "https://app.example.com"},
		{"https:/x", base, "https://app.example.com/x", "https://app.example.com"},
		{"http:x", base, "http://x/", "http://x"},
		{"http://b.example/", base, "http://b.example/", "http://b.example"},
		// Opaque paths, and other schemes.
		{"data:text/plain,a b#c d", "", "data:text/plain,a b#c%20d", "null"},
		{"javascript:alert(1)", "", "javascript:alert(1)", "null"},
		{"mailto:a@b.example", "", "mailto:a@b.example", "null"},
		{"about:blank", "", "about:blank", "null"},
		{"foo://H:80/a/../b", "", "foo://H:80/b", "null"},
		{"foo:/a/../b", "", "foo:/b", "null"},
		{"foo:a/../b", "", "foo:a/../b", "null"},
		{"file:///C|/x", "", "file:///C:/x", "null"},
		{"file://localhost/x", "", "file:///x", "null"},
		// blob: URLs have the origin that they name, if it is an HTTP(S) one.
		{"blob:https://a.example:8443/1-2", "", "blob:https://a.example:8443/1-2", "https://a.example:8443"},
		{"blob:http://a.example/1", "", "blob:http://a.example/1", "http://a.example"},
		{"blob:ftp://a.example/1", "", "blob:ftp://a.example/1", "null"},
		{"blob:blob:https://a.example/1", "", "blob:blob:https://a.example/1", "null"},
		{"blob:null/1", "", "blob:null/1", "null"},
		{"blob:", "", "blob:", "null"},
		{"blob:httpfoo://a/", "", "blob:httpfoo://a/", "null"},
	} {
		u, err := parse(t, tt.in, tt.base)
		if err != nil {
			t.Errorf("%q on %q: %v", tt.in, tt.base, err)
			continue
		}
		if u.String() != tt.href {
			t.Errorf("%q on %q is %q, want %q", tt.in, tt.base, u, tt.href)
		}
		if u.Origin().String() != tt.origin {
			t.Errorf("%q has the origin %q, want %q", tt.in, u.Origin(), tt.origin)
		}
	}
}

func TestParseURLFails(t *testing.T) {
	for _, tt := range []struct{ in, base string }{
		{"", ""}, {"/x", ""}, {"x", ""}, {"#f", ""}, {"//a", ""}, {"https://", ""}, {"http://[", ""}, {"http://[::1", ""},
		{"http://[::1]x/", ""}, {"http://[1::2::3]/", ""}, {"http://[:]/", ""}, {"https://a:b/", ""}, {"https://a:65536/", ""},
		{"https://a b/", ""}, {"https://a<b/", ""}, {"https://a|b/", ""}, {"https://a^b/", ""}, {"https://a%b/", ""},
		{"https://a%00b/", ""}, {"https://a%2fb/", ""}, {"https://a\x00b/", ""}, {"http://256.0.0.1/", ""}, {"http://1.2.3.4.5/", ""},
		{"http://0x100000000/", ""}, {"http://1.2.3.08/", ""}, {"http://foo.0x/", ""}, {"http://foo.2/", ""}, {"https://xn--a/", ""},
		{"https://xn--/", ""}, {"https://\u00ad/", ""}, {"https://@/", ""}, {"https://u:p@/", ""}, {"1http://a/", ""},
		{"x", "data:,y"}, {"/x", "mailto:a"}, {"//", "https://a/"},
		{"https://" + strings.Repeat("a/", origin.MaxURLLength/2), ""},
	} {
		u, err := parse(t, tt.in, tt.base)
		if err == nil {
			t.Errorf("%.80q on %q is %.80q, want an error", tt.in, tt.base, u)
			continue
		}
		if s := err.Error(); len(s) > 1000 || s == "" {
			t.Errorf("%.80q on %q: an error of %d bytes", tt.in, tt.base, len(s))
		}
	}
}

func TestURLAccessors(t *testing.T) {
	for _, tt := range []struct {
		in                                        string
		scheme, host, port, path, query, fragment string
		hasFragment, http, credentials            bool
	}{
		{"https://a.example:8443/b/c?d=e#f", "https", "a.example", "8443", "/b/c", "?d=e", "f", true, true, false},
		{"http://a.example/", "http", "a.example", "", "/", "", "", false, true, false},
		{"https://a.example/?#", "https", "a.example", "", "/", "", "", true, true, false},
		{"https://u@a.example/", "https", "a.example", "", "/", "", "", false, true, true},
		{"https://:p@a.example/", "https", "a.example", "", "/", "", "", false, true, true},
		{"https://@a.example/", "https", "a.example", "", "/", "", "", false, true, false},
		{"http://[::1]:1/", "http", "[::1]", "1", "/", "", "", false, true, false},
		{"data:,x?y#z", "data", "", "", ",x", "?y", "z", true, false, false},
		{"ws://a.example/", "ws", "a.example", "", "/", "", "", false, false, false},
		{"file:///a", "file", "", "", "/a", "", "", false, false, false},
	} {
		u, err := origin.ParseURL(tt.in, nil)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		fragment, has := u.Fragment()
		for _, c := range []struct {
			name      string
			got, want any
		}{
			{"Scheme", u.Scheme(), tt.scheme}, {"Host", u.Host(), tt.host}, {"Port", u.Port(), tt.port}, {"Path", u.Path(), tt.path},
			{"Query", u.Query(), tt.query}, {"Fragment", fragment, tt.fragment}, {"has Fragment", has, tt.hasFragment},
			{"IsHTTP", u.IsHTTP(), tt.http}, {"IncludesCredentials", u.IncludesCredentials(), tt.credentials},
		} {
			if c.got != c.want {
				t.Errorf("%q: %s is %v, want %v", tt.in, c.name, c.got, c.want)
			}
		}
		if want, _, _ := strings.Cut(u.String(), "#"); u.WithoutFragment() != want {
			t.Errorf("%q: WithoutFragment is %q, want %q", tt.in, u.WithoutFragment(), want)
		}
	}
}

func TestURLOriginIsTheSameEachTime(t *testing.T) {
	a, _ := origin.ParseURL("data:,x", nil)
	b, _ := origin.ParseURL("data:,x", nil)
	if first, second := a.Origin(), a.Origin(); first != second {
		t.Error("one URL has two opaque origins")
	}
	if a.Origin() == b.Origin() {
		t.Error("two URLs share an opaque origin")
	}
}

func TestURLIsPotentiallyTrustworthy(t *testing.T) {
	for in, want := range map[string]bool{
		"https://a.example/": true, "http://a.example/": false, "http://localhost/": true, "http://127.0.0.1:8080/": true,
		"ws://a.example/": false, "wss://a.example/": true, "ftp://a.example/": false, "data:,x": true, "about:blank": true,
		"about:srcdoc": true, "blob:https://a.example/1": true, "blob:http://a.example/1": false, "blob:http://localhost/1": true,
		"blob:null/1": false, "file:///a": false, "foo:bar": false,
	} {
		u, err := origin.ParseURL(in, nil)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got := u.IsPotentiallyTrustworthy(); got != want {
			t.Errorf("%q: IsPotentiallyTrustworthy is %v, want %v", in, got, want)
		}
	}
}

func TestURLWith(t *testing.T) {
	type method struct {
		name string
		call func(*origin.URL) *origin.URL
	}
	fragment := method{"WithFragment", func(u *origin.URL) *origin.URL { return u.WithFragment("x") }}
	noFragment := method{"WithoutItsFragment", (*origin.URL).WithoutItsFragment}
	noCredentials := method{"WithoutCredentials", (*origin.URL).WithoutCredentials}
	rootPath := method{"WithRootPath", (*origin.URL).WithRootPath}
	secure := method{"WithHTTPS", (*origin.URL).WithHTTPS}
	decoded := method{"WithNormalizedEscapes", (*origin.URL).WithNormalizedEscapes}
	for _, tt := range []struct {
		method   method
		in, want string
	}{
		{fragment, "https://a.example/b?c#d", "https://a.example/b?c#x"},
		{fragment, "https://a.example/b", "https://a.example/b#x"},
		{fragment, "data:", "data:#x"},
		{noFragment, "https://a.example/b?c#d", "https://a.example/b?c"},
		{noFragment, "https://a.example/b?c#", "https://a.example/b?c"},
		{noFragment, "https://a.example/b?c", "https://a.example/b?c"},
		{noCredentials, "https://a.example/b?c#d", "https://a.example/b?c#d"},
		{noCredentials, "https://u:p@a.example/b@c#d@e", "https://a.example/b@c#d@e"},
		{noCredentials, "https://u@a.example:8443/", "https://a.example:8443/"},
		{noCredentials, "foo://:p@h", "foo://h"},
		{rootPath, "chrome://settings", "chrome://settings/"},
		{rootPath, "chrome://settings?a#b", "chrome://settings/?a#b"},
		{rootPath, "chrome://settings?#b", "chrome://settings/?#b"},
		{rootPath, "chrome://settings/x", "chrome://settings/x"},
		{rootPath, "data:", "data:"},
		{secure, "http://a.example/b?c#d", "https://a.example/b?c#d"},
		{secure, "http://u:p@a.example:8080/", "https://u:p@a.example:8080/"},
		{secure, "http://a.example:443/", "https://a.example/"},
		{secure, "https://a.example/", "https://a.example/"},
		{secure, "ws://a.example/", "ws://a.example/"},
		{decoded, "https://a.example/%41%7e/%2f%e9?%42%3d#%43", "https://a.example/A~/%2F%E9?B%3D#%43"},
		{decoded, "https://a.example/%41?#f", "https://a.example/A?#f"},
		{decoded, "https://a.example/b%2ec", "https://a.example/b.c"},
		{decoded, "https://a.example/%zz%4", "https://a.example/%zz%4"},
		{decoded, "https://a.example/b?c#d", "https://a.example/b?c#d"},
	} {
		u, err := origin.ParseURL(tt.in, nil)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		got := tt.method.call(u)
		if got.String() != tt.want {
			t.Errorf("%q: %s gives %q, want %q", tt.in, tt.method.name, got, tt.want)
		}
		if u.String() != tt.in {
			t.Errorf("%s made %q of %q", tt.method.name, u, tt.in)
		}
		again, err := origin.ParseURL(tt.want, nil)
		if err != nil || again.WithoutFragment() != got.WithoutFragment() || again.Path() != got.Path() || again.Query() != got.Query() ||
			again.IncludesCredentials() != got.IncludesCredentials() || again.Origin().String() != got.Origin().String() {
			t.Errorf("%q: %s gives %q, which is not what its serialization parses to (%v)", tt.in, tt.method.name, got, err)
		}
	}
}

func TestParseURLEscaping(t *testing.T) {
	for raw, want := range map[string]string{
		"https://api.example.com/a|b?c|d#e|f":    "https://api.example.com/a%7Cb?c|d#e|f",
		"https://u:p@a*b.example.com:8443/x|y":   "https://u:p@a%2Ab.example.com:8443/x%7Cy",
		"https://a b/":                           "https://a%20b/",
		"https://u:p@a b.example.com:8443/|?|#|": "https://u:p@a%20b.example.com:8443/%7C?|#|",
		"https://a%20b/":                         "https://a%20b/",
		"https://api.example.com/plain":          "https://api.example.com/plain",
		"foo:a|b":                                "foo:a|b",
		"https://a<b/":                           "",
		"https://a b<c/":                         "",
		"https:// /":                             "",
		"foo://a b/":                             "",
		"https://a b:x/":                         "",
	} {
		u, err := origin.ParseURLEscaping(raw, nil)
		got := ""
		if err == nil {
			got = u.String()
			host, _, _ := strings.Cut(strings.TrimPrefix(u.Origin().String(), "https://"), ":")
			if u.IsHTTP() && host != u.Host() {
				t.Errorf("ParseURLEscaping(%q): origin %s, host %s", raw, u.Origin(), u.Host())
			}
			if fragment, ok := u.Fragment(); ok && got != u.WithoutFragment()+"#"+fragment {
				t.Errorf("ParseURLEscaping(%q): %s and %q do not add up", raw, u.WithoutFragment(), fragment)
			}
		}
		if got != want {
			t.Errorf("ParseURLEscaping(%q) = %q, want %q", raw, got, want)
		}
	}
}
