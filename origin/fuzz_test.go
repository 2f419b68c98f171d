package origin

import "testing"

// FuzzParseURL holds the fast path equal to the URL parser in all that can be asked of a URL, and URLs to be what their
// serialization parses to.
func FuzzParseURL(f *testing.F) {
	for _, s := range []string{
		"https://app.example.com/", "http://a/", "https://a.b-c.d0/x/y.z;v=1,2?q=1&r='a'?#f'?#", "https://a:8443/?", "http://a:80/",
		"http://a:443/#", "https://a.example:65535/%41%2e", "https://a:65536/", "https://a:012/", "https://1.2.3.4/", "https://a.1/",
		"https://0x7f.1/", "https://a.0x1/", "https://xn--bcher-kva.example/", "https://a--b.example/", "https://a-.example/",
		"https://-a.example/", "https://a..b/", "https://.a/", "https://a./", "https://A.example/", "https://u:p@a/", "https://a/../b",
		"https://a/%2e%2E/b", "https://a/b/.", "https://a/.b", "https://a\\b", "https://a/b\\c", "https://a/ b", "https://a/b c",
		"https://a/\u00e9", "https://b\u00fccher.example/", "https://a", "https://a?q", "https://a#f", "https:///a", "https:a",
		"https://a/|^`{}", "https://a/?'\"<>", "https://a/#'\"<>`", "https://[::1]/", "https://localhost.:8080/", "\thttps://a/",
		"https://a/\n", "https://a/\x00", "https://a/b/%", "https://a/%zz", "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b/",
		"/rel?q#f", "/a/../b", "/\\h", "/ ", "/", "?q", "#f", "", "//h/p", "data:text/plain,a b", "blob:https://a/b", "about:blank", "foo://h:1/p", "ftp://h:21/", "file:///a",
	} {
		f.Add(s)
	}
	base, err := ParseURL("https://base.example/dir/page?q#f", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if fast := parsePlain(raw); fast != nil {
			slow, err := parser.Parse(raw)
			if err != nil {
				t.Fatalf("the fast path takes %q, the parser says %v", raw, err)
			}
			equal(t, raw, fast, fromWHATWG(slow))
		}
		if fast := parsePlainPath(raw, base); fast != nil {
			slow, err := parser.ParseRef(base.String(), raw)
			if err != nil {
				t.Fatalf("the fast path takes %q, the parser says %v", raw, err)
			}
			equal(t, raw, fast, fromWHATWG(slow))
		}
		for _, b := range []*URL{nil, base} {
			u, err := ParseURL(raw, b)
			if err != nil {
				if err.Error() == "" {
					t.Errorf("%q: an error without words", raw)
				}
				continue
			}
			again, err := ParseURL(u.String(), nil)
			if err != nil {
				t.Fatalf("%q is %q, which does not parse: %v", raw, u, err)
			}
			equal(t, raw, again, u)
		}
	})
}

// equal compares all accessors.
func equal(t *testing.T, raw string, got, want *URL) {
	t.Helper()
	type parts struct {
		scheme, host, port, path, query, fragment, origin       string
		hasFragment, opaque, http, trustworthy, ip, credentials bool
		serialized                                              [9]string
	}
	of := func(u *URL) parts {
		fragment, has := u.Fragment()
		other := u.WithFragment("g")
		return parts{
			u.Scheme(), u.Host(), u.Port(), u.Path(), u.Query(), fragment, u.Origin().String(),
			has, u.Origin().IsOpaque(), u.IsHTTP(), u.IsPotentiallyTrustworthy(), u.Origin().IsIPAddress(), u.IncludesCredentials(),
			[...]string{
				u.String(), u.WithoutFragment(), u.WithoutCredentials().String(), u.WithRootPath().String(), u.WithHTTPS().String(),
				u.WithNormalizedEscapes().String(), u.WithoutItsFragment().String(), other.String(), other.WithoutFragment(),
			},
		}
	}
	if g, w := of(got), of(want); g != w {
		t.Errorf("%q:\n got %+v\nwant %+v", raw, g, w)
	}
}

// FuzzParseOrigin: an origin that parses is its own serialization, and the origin of the URL that it would make.
func FuzzParseOrigin(f *testing.F) {
	for _, s := range []string{
		"https://app.example.com", "http://localhost:8080", "https://[::1]:8443", "https://127.0.0.1", "null", "*", "", "https://a/",
		"https://A", "https://a:443", "ftp://h", "ws://h:1", "file://", "about:blank", "https://b\u00fccher.example", "https://u@a", "a.example",
		"blob:https://a", "https://a?q", "https://a#f", "https://a\\", "chrome-extension://abc", "https://a.", "https://xn--bcher-kva.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := Parse(s)
		if err != nil {
			if err.Error() == "" || !o.IsZero() {
				t.Errorf("Parse(%q) = %q and error %q", s, o, err)
			}
			return
		}
		if o.String() != s {
			t.Errorf("Parse(%q) is %q", s, o)
		}
		if again, err := Parse(o.String()); err != nil || again != o || !SameOrigin(again, o) || !SameSite(again, o) {
			t.Errorf("Parse(%q) is %#v, then %#v, %v", s, o, again, err)
		}
		if u, err := ParseURL(s+"/", nil); err != nil || u.Origin() != o {
			t.Errorf("Parse(%q) is %q, and the URL's origin %v, %v", s, o, u, err)
		}
	})
}
