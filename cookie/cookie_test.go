package cookie_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/origin"
)

var now = time.Date(2026, time.July, 2, 12, 0, 0, 0, time.UTC)

func url(t testing.TB, s string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// from is a request that a page makes of URLs, of which all but the last redirect it.
func from(t testing.TB, page string, urls ...string) *cookie.Request {
	t.Helper()
	r := &cookie.Request{Client: origin.MustParse(page), Top: origin.MustParse(page)}
	for _, u := range urls {
		r.URLs = append(r.URLs, url(t, u))
	}
	return r
}

// framed is the same from a sandboxed frame in the page.
func framed(t testing.TB, page string, urls ...string) *cookie.Request {
	r := from(t, page, urls...)
	r.Client, r.Framed = origin.NewOpaque(), true
	return r
}

const (
	app   = "https://app.example.com"
	api   = "https://api.example.com"
	other = "https://other.example.org"
)

func TestParse(t *testing.T) {
	in := func(d time.Duration) time.Time { return now.Add(d) }
	base := cookie.Cookie{Name: "a", Value: "1", Host: "app.example.com", HostOnly: true, Path: "/dir"}
	with := func(change func(*cookie.Cookie)) cookie.Cookie {
		c := base
		change(&c)
		return c
	}
	pair := func(name, value string) cookie.Cookie {
		return with(func(c *cookie.Cookie) { c.Name, c.Value = name, value })
	}
	expires := func(t time.Time) cookie.Cookie { return with(func(c *cookie.Cookie) { c.Expires = t }) }
	for line, want := range map[string]cookie.Cookie{
		"a=1":              base,
		" \ta \t=\t 1\t ;": base,
		"a=1;;; ;=;x;y=z":  base,
		"a==":              pair("a", "="),
		"a=":               pair("a", ""),
		"=1":               pair("", "1"),
		"1":                pair("", "1"),
		"=a=1":             pair("", "a=1"),
		"a=\"1;2\"":        pair("a", "\"1"),
		"a b=c,d":          pair("a b", "c,d"),
		"\xff=\x80\t\xe9":  pair("\xff", "\x80\t\xe9"),

		"a=1; Secure=no; HTTPONLY; partitioned": with(func(c *cookie.Cookie) { c.Secure, c.HTTPOnly, c.Partitioned = true, true, true }),

		"a=1; samesite=STRICT":             with(func(c *cookie.Cookie) { c.SameSite = cookie.SameSiteStrict }),
		"a=1; SameSite=Lax; SameSite=Bad":  with(func(c *cookie.Cookie) { c.SameSite = cookie.SameSiteLax }),
		"a=1; SameSite=Lax; SameSite=None": with(func(c *cookie.Cookie) { c.SameSite = cookie.SameSiteNone }),
		"a=1; SameSite=\"None\"":           base,

		"a=1; Path=/x":           with(func(c *cookie.Cookie) { c.Path, c.HasPath = "/x", true }),
		"a=1; Path=/x; Path=/y/": with(func(c *cookie.Cookie) { c.Path, c.HasPath = "/y/", true }),
		"a=1; Path=/x; Path=y":   base,
		"a=1; Path":              base,

		"a=1; Domain=.EXAMPLE.com":                 with(func(c *cookie.Cookie) { c.Host, c.HostOnly = "example.com", false }),
		"a=1; Domain=app.example.com":              with(func(c *cookie.Cookie) { c.HostOnly = false }),
		"a=1; Domain=com; Domain=":                 base,
		"a=1; Domain":                              base,
		"a=1; Domain=" + strings.Repeat("x", 1025): base,

		"a=1; Max-Age=10":  expires(in(10 * time.Second)),
		"a=1; Max-Age=0":   expires(now),
		"a=1; Max-Age=-10": expires(now),
		"a=1; Max-Age=-0; Max-Age=+1; Max-Age=1.5; Max-Age=x; Max-Age=": expires(now),
		"a=1; Max-Age=99999999999999999999":                             expires(in(400 * 24 * time.Hour)),
		"a=1; Max-Age=-99999999999999999999":                            expires(now),
		"a=1; Expires=Thu, 02 Jul 2026 13:00:00 GMT":                    expires(in(time.Hour)),
		"a=1; Expires=Thu, 02 Jul 2099 13:00:00 GMT":                    expires(in(400 * 24 * time.Hour)),
		"a=1; Max-Age=10; Expires=Thu, 02 Jul 2026 13:00:00 GMT":        expires(in(10 * time.Second)),
		"a=1; Expires=Thu, 02 Jul 2026 13:00:00 GMT; Max-Age=10":        expires(in(10 * time.Second)),
		"a=1; Expires=Thu, 02 Jul 2026 13:00:00 GMT; Expires=x":         expires(in(time.Hour)),
		"a=1; Expires=x": base,
	} {
		c, err := new(cookie.Policy).Parse(line, url(t, app+"/dir/page?q"), now)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		} else if *c != want {
			t.Errorf("%q:\n got %+v\nwant %+v", line, *c, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	long := strings.Repeat("v", cookie.MaxSize)
	for _, tt := range []struct {
		line string
		want cookie.Refusal
	}{
		{"", cookie.RefusedEmpty}, {"=", cookie.RefusedEmpty}, {" = ; Secure", cookie.RefusedEmpty}, {";a=1", cookie.RefusedEmpty},
		{"a=\x00", cookie.RefusedControl}, {"a=1\x1f", cookie.RefusedControl}, {"a=1; x=\x7f", cookie.RefusedControl}, {"a\n=1", cookie.RefusedControl},
		{"a=" + long, cookie.RefusedSize}, {long + "v", cookie.RefusedSize}, {long + "=v", cookie.RefusedSize},
		{"a=1; Domain=com", cookie.RefusedDomain}, {"a=1; Domain=.", cookie.RefusedDomain}, {"a=1; Domain=..example.com", cookie.RefusedDomain},
		{"a=1; Domain=api.example.com", cookie.RefusedDomain}, {"a=1; Domain=xample.com", cookie.RefusedDomain},
		{"a=1; Domain=x.app.example.com", cookie.RefusedDomain}, {"a=1; Domain=example.com:443", cookie.RefusedDomain},
		{"a=1; Domain=example.com.", cookie.RefusedDomain}, {"a=1; Domain=https://example.com", cookie.RefusedDomain},
	} {
		c, err := new(cookie.Policy).Parse(tt.line, url(t, app), now)
		if refusal := cookie.Refusal(""); !errors.As(err, &refusal) || refusal != tt.want {
			t.Errorf("%.40q: %+v, %v; want %q", tt.line, c, err, tt.want)
		}
	}
	if _, err := new(cookie.Policy).Parse(long[1:]+"=v", url(t, app), now); err != nil {
		t.Errorf("a cookie of the greatest size: %v", err)
	}
}

// A host that has no domain above it has its cookies to itself.
func TestParseDomainOfSingleHosts(t *testing.T) {
	for _, tt := range []struct{ url, domain, want string }{
		{"http://localhost/", "localhost", "localhost only"},
		{"https://github.io/", "github.io", "github.io only"},
		{"https://me.github.io/", "github.io", "domain"},
		{"https://me.github.io/", "me.github.io", "me.github.io"},
		{"http://127.0.0.1/", "127.0.0.1", "127.0.0.1"},
		{"http://127.0.0.1/", "0.0.1", "domain"},
		{"http://[::1]/", "[::1]", "[::1]"},
	} {
		got := ""
		c, err := new(cookie.Policy).Parse("a=1; Domain="+tt.domain, url(t, tt.url), now)
		switch {
		case err != nil:
			got = string(err.(cookie.Refusal))
		case c.HostOnly:
			got = c.Host + " only"
		default:
			got = c.Host
		}
		if got != tt.want {
			t.Errorf("%s, Domain=%s: %s, want %s", tt.url, tt.domain, got, tt.want)
		}
	}
}

// dates are Expires values, what the specification makes of them, and how the browsers that the syntaxes are of were seen to
// differ from it: k for one that keeps the cookie, and x for one where it is gone, in the order of DatesWhole, DatesLoose and
// DatesInOrder.
var dates = []struct{ in, want, kept string }{
	{"Wed, 09 Jun 1999 10:18:14 GMT", "1999-06-09 10:18:14", "xxx"},
	{"Wednesday, 09-Jun-99 10:18:14 GMT", "1999-06-09 10:18:14", "xxx"},
	{"Wed Jun  9 10:18:14 1999", "1999-06-09 10:18:14", "xxx"},
	{"09 Jun 1999 10:18:14", "1999-06-09 10:18:14", "xxx"},
	{"1999 Jun 9 10:18:14", "1999-06-09 10:18:14", "xxk"},
	{"Jun/9/1999 10:18:14", "1999-06-09 10:18:14", "xkk"},
	{"10:18:14 9 June 1999", "1999-06-09 10:18:14", "xxk"},
	{"9 Jun 99 1:2:3", "1999-06-09 01:02:03", "xxx"},
	{"Wed, 09 Jun 1999", "", "kxk"},
	{"Wed, 09 Jun 1999 10:18", "", "kxk"},
	{"Wed, 09 Jun 1999 24:00:00 GMT", "", "kxk"},
	{"Wed, 31 Feb 1999 10:18:14 GMT", "", "kxk"},
	{"Wed, 32 Jun 1999 10:18:14 GMT", "", "kkk"},
	{"Wed, 09 Jun 1600 10:18:14 GMT", "", "xxx"},
	{"Wed, 09 Jun 1601 10:18:14 GMT", "1601-06-09 10:18:14", "xxx"},
	{"09 Jun 69 10:18:14", "2069-06-09 10:18:14", "kkk"},
	{"09 Jun 70 10:18:14", "1970-06-09 10:18:14", "xxx"},
	{"09 Jun 00 10:18:14", "2000-06-09 10:18:14", "xxx"},
	{"09 Jun 199 10:18:14", "", "xkk"},
	{"09 Jun 19990 10:18:14", "", "kkk"},
	{"09 Jun 1999 10:18:14.5", "1999-06-09 10:18:14", "xxx"},
	{"09 jUnX 1999x 10:18:14x", "1999-06-09 10:18:14", "kkk"},
	{"9th Jun 1999 10:18:14", "1999-06-09 10:18:14", "kkk"},
	{"2020-01-02T03:04:05Z", "", "kkk"},
	{"2020-01-02 03:04:05", "", "kkk"},
	{"1577934245", "", "kkk"},
	{"Wed, 09 Jun 1999 10:18:60 GMT", "", "kxk"},
	{"01 Jan 1970 01:01:01 PM", "1970-01-01 01:01:01", "xxx"},
	{"\"Thu, 01 Jan 1970 00:00:00 GMT\"", "1970-01-01 00:00:00", "xxk"},
	{"06/09/1999 10:18:14", "", "kxk"},
	{"Thu Jan 01 00:00:00 GMT 1970", "1970-01-01 00:00:00", "xxk"},
	{"Thu, 01 Jan 1970 000:00:00 GMT", "", "xxx"},
	{"01 Jan 1970 1:1:1:1", "1970-01-01 01:01:01", "kxx"},
	{"Tomorrow", "", "kkk"},
	{"", "", "kkk"},
}

func TestDates(t *testing.T) {
	long := time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC) // so that nothing is capped
	for _, tt := range dates {
		c, err := new(cookie.Policy).Parse("a=1; Expires="+tt.in, url(t, app), long)
		if err != nil {
			t.Fatal(err)
		}
		if tt.want != "" {
			// The cap is all that can be seen from so far back, but that it is there.
			if c.Expires.IsZero() {
				t.Errorf("%q is no date, want %s", tt.in, tt.want)
			}
			end, err := time.Parse(time.DateTime, tt.want)
			if err != nil {
				t.Fatal(err)
			}
			c, _ = new(cookie.Policy).Parse("a=1; Expires="+tt.in, url(t, app), end.Add(-time.Hour))
			if !c.Expires.Equal(end) {
				t.Errorf("%q is %v, want %v", tt.in, c.Expires, end)
			}
		} else if !c.Expires.IsZero() {
			t.Errorf("%q is a date: %v", tt.in, c.Expires)
		}
		for i, syntax := range []cookie.Dates{cookie.DatesWhole, cookie.DatesLoose, cookie.DatesInOrder} {
			jar := &cookie.Jar{Policy: &cookie.Policy{Dates: syntax}}
			if err := jar.Store(from(t, app, app+"/"), "a=1; Expires="+tt.in, now); err != nil {
				t.Fatal(err)
			}
			if kept := jar.Len() == 1; kept != (tt.kept[i] == 'k') {
				t.Errorf("%q, syntax %d: kept %v", tt.in, syntax, kept)
			}
		}
	}
}

// step is something that happens to a jar: a response sets cookies, or a request is sent with some.
type step struct {
	request *cookie.Request
	// set are Set-Cookie lines; a refusal stands before a colon where one is refused.
	set []string
	// want is the Cookie header, where nothing is set.
	want  string
	after time.Duration
}

func set(r *cookie.Request, lines ...string) step  { return step{request: r, set: lines} }
func send(r *cookie.Request, want string) step     { return step{request: r, want: want} }
func later(d time.Duration, s step) step           { s.after = d; return s }
func visit(t testing.TB, u string) *cookie.Request { r := cookie.Visit(url(t, u)); return &r }

func TestJar(t *testing.T) {
	kinds := []string{"unset=1; Secure", "none=1; Secure; SameSite=None", "lax=1; Secure; SameSite=Lax", "strict=1; Secure; SameSite=Strict"}
	crossSet := []string{"cross-site: unset=1; Secure", "none=1; Secure; SameSite=None", "cross-site: lax=1; Secure; SameSite=Lax", "cross-site: strict=1; Secure; SameSite=Strict"}
	all := "unset=1; none=1; lax=1; strict=1"
	for name, tt := range map[string]struct {
		policy cookie.Policy
		steps  []step
	}{
		"same site": {steps: []step{
			set(visit(t, api+"/"), kinds...), send(from(t, app, api+"/x"), all), send(from(t, api, api+"/x"), all),
			send(from(t, app, app+"/x"), ""), send(from(t, "https://app.example.com:8443", api+":8443/"), all),
		}},
		"cross-site": {steps: []step{
			set(visit(t, other+"/"), kinds...), send(from(t, app, other+"/x"), "unset=1; none=1"), send(framed(t, other, other+"/x"), "unset=1; none=1"),
			set(from(t, app, other+"/"), crossSet...), send(from(t, app, other+"/x"), "unset=1; none=1"),
		}},
		"unset is lax": {cookie.Policy{Unset: cookie.UnsetLax}, []step{
			set(visit(t, other+"/"), kinds...), send(from(t, app, other+"/x"), "none=1"), set(from(t, app, other+"/"), crossSet...),
		}},
		"unset is none": {cookie.Policy{Unset: cookie.UnsetNone}, []step{
			set(from(t, app, other+"/"), "unset=1"), send(from(t, app, other+"/"), "unset=1"),
		}},
		"other scheme": {steps: []step{
			set(visit(t, app+"/"), kinds...), send(from(t, "http://app.example.com", app+"/"), "unset=1; none=1"),
		}},
		"schemeless": {cookie.Policy{Schemeless: true}, []step{
			set(visit(t, app+"/"), kinds...), send(from(t, "http://app.example.com", app+"/"), all),
		}},
		"redirects taint": {steps: []step{
			set(visit(t, app+"/"), kinds...), send(from(t, app, api+"/", app+"/"), all), send(from(t, app, other+"/", app+"/"), "unset=1; none=1"),
			send(from(t, app, app+"/", other+"/", app+"/"), "unset=1; none=1"), set(from(t, app, other+"/", app+"/"), crossSet...),
		}},
		"redirects forgive": {cookie.Policy{Redirects: cookie.RedirectsForgive}, []step{
			set(from(t, app, other+"/", app+"/"), kinds...), send(from(t, app, other+"/", app+"/"), all), send(from(t, app, app+"/", other+"/"), ""),
		}},
		"redirects home": {cookie.Policy{Redirects: cookie.RedirectsHome, AnswersForgiven: true}, []step{
			set(from(t, app, other+"/", app+"/"), kinds...), send(from(t, app, other+"/", app+"/"), all),
			set(from(t, app, other+"/", api+"/"), kinds...), send(from(t, app, other+"/", api+"/"), "unset=1; none=1"),
		}},
		"frame is top": {cookie.Policy{FrameIsTop: true}, []step{
			set(framed(t, app, api+"/"), kinds...), send(framed(t, app, api+"/"), all),
		}},
		"third party blocked": {cookie.Policy{ThirdParty: cookie.ThirdPartyBlock, Partitioned: true}, []step{
			set(visit(t, other+"/"), "a=1; Secure; SameSite=None"), send(from(t, app, other+"/"), ""),
			set(from(t, app, other+"/"), "third-party: a=2; Secure; SameSite=None", "p=2; Secure; SameSite=None; Partitioned"),
			send(from(t, app, other+"/"), "p=2"), send(from(t, "https://www.example.com", other+"/"), "p=2"),
			send(from(t, "https://evil.example.net", other+"/"), ""), send(visit(t, other+"/"), "a=1"),
		}},
		"third party partitioned": {cookie.Policy{ThirdParty: cookie.ThirdPartyPartition}, []step{
			set(visit(t, other+"/"), "a=1; Secure; SameSite=None"), send(from(t, app, other+"/"), ""),
			set(from(t, app, other+"/"), "a=2; Secure; SameSite=None"), send(from(t, app, other+"/"), "a=2"), send(visit(t, other+"/"), "a=1"),
			send(from(t, "http://app.example.com", other+"/"), ""),
		}},
		"third party not taken": {cookie.Policy{ThirdParty: cookie.ThirdPartyKeep}, []step{
			set(visit(t, other+"/"), "a=1; Secure; SameSite=None"), set(from(t, app, other+"/"), "third-party: a=2; Secure; SameSite=None"),
			send(from(t, app, other+"/"), "a=1"),
		}},
		"partitioned": {cookie.Policy{Partitioned: true}, []step{
			set(visit(t, api+"/"), "partitioned-insecure: a=1; Partitioned", "a=1; Secure; Partitioned", "a=2; Secure"), send(from(t, app, api+"/"), "a=1; a=2"),
			send(framed(t, app, api+"/"), "a=2"), send(from(t, app, api+"/"), "a=1; a=2"), set(visit(t, api+"/"), "a=; Secure; Partitioned; Max-Age=0"),
			send(from(t, app, api+"/"), "a=2"),
		}},
		"partitioned is nothing": {steps: []step{
			set(visit(t, api+"/"), "a=1; Partitioned"), send(from(t, "https://evil.example.net", api+"/"), "a=1"),
		}},
		"secure": {steps: []step{
			set(visit(t, "http://app.example.com/"), "insecure: a=1; Secure", "none-insecure: b=1; SameSite=None", "c=1"),
			set(visit(t, app+"/"), "d=1; Secure"), send(visit(t, "http://app.example.com/"), "c=1"), send(visit(t, app+"/"), "c=1; d=1"),
			set(visit(t, "http://localhost/"), "insecure: a=1; Secure"),
		}},
		"secure on loopback": {cookie.Policy{LoopbackIsSecure: true}, []step{
			set(visit(t, "http://localhost/"), "a=1; Secure"), send(visit(t, "http://localhost:8080/"), "a=1"), set(visit(t, "http://127.0.0.1/"), "a=1; Secure"),
		}},
		"none without secure": {cookie.Policy{NoneWithoutSecure: true}, []step{
			set(visit(t, app+"/"), "a=1; SameSite=None"), send(visit(t, app+"/"), "a=1"),
		}},
		"leave secure cookies alone": {steps: []step{
			set(visit(t, app+"/"), "a=1; Secure; Path=/x", "b=1; Secure; Domain=example.com"),
			set(visit(t, "http://app.example.com/"), "secure-exists: a=2; Path=/x", "secure-exists: a=2; Path=/x/y", "a=2; Path=/", "a=2; Path=/xy", "secure-exists: b=2; Path=/"),
			set(visit(t, "http://example.com/"), "secure-exists: a=2; Path=/x; Domain=example.com", "secure-exists: b=2"),
			set(visit(t, app+"/"), "a=3; Path=/x"), send(visit(t, app+"/x"), "a=3; b=1; a=2"),
		}},
		"leave secure cookies alone by path": {cookie.Policy{SecureAloneByPath: true}, []step{
			set(visit(t, app+"/"), "a=1; Secure; Path=/x"), set(visit(t, "http://app.example.com/"), "secure-exists: a=2; Path=/x", "a=2; Path=/x/y"),
		}},
		"prefixes": {steps: []step{
			set(visit(t, app+"/dir/"), "prefix: __Secure-a=1", "__secure-b=1; Secure", "prefix: __Host-c=1; Secure", "prefix: __HOST-d=1; Secure; Path=/; Domain=app.example.com",
				"__Host-e=1; Secure; Path=/", "prefix: __Http-f=1; Secure", "prefix: __http-g=1; HttpOnly", "__Http-h=1; Secure; HttpOnly",
				"prefix: __Host-Http-i=1; Secure; Path=/", "prefix: __Host-Http-j=1; Secure; HttpOnly", "__Host-Http-k=1; Secure; HttpOnly; Path=/",
				"prefix: =__Secure-l; Secure", "prefix: __host-m; Secure; Path=/", "__Hos=1", "__Host=1"),
			set(visit(t, app+"/"), "prefix: __Host-n=1; Secure"),
		}},
		"no prefixes": {cookie.Policy{NoPrefixes: true}, []step{set(visit(t, app+"/"), "__Host-a=1", "__Secure-b")}},
		"paths": {steps: []step{
			set(visit(t, app+"/a/b/c"), "d=1", "r=1; Path=/", "s=1; Path=/a/"), send(visit(t, app+"/a/b"), "d=1; s=1; r=1"), send(visit(t, app+"/a/b/x?q"), "d=1; s=1; r=1"),
			send(visit(t, app+"/a/bc"), "s=1; r=1"), send(visit(t, app+"/a"), "r=1"), send(visit(t, app), "r=1"), send(visit(t, app+"/A/b"), "r=1"),
		}},
		"domains": {steps: []step{
			set(visit(t, app+"/"), "h=1", "d=1; Domain=example.com"), send(visit(t, app+"/"), "h=1; d=1"), send(visit(t, "https://x.app.example.com/"), "d=1"),
			send(visit(t, "https://example.com/"), "d=1"), send(visit(t, "https://anexample.com/"), ""), send(visit(t, "https://app.example.com./"), ""),
		}},
		"order": {steps: []step{
			set(visit(t, app+"/"), "a=1; Path=/", "b=1; Path=/x", "c=1; Path=/", "a=2; Path=/", "b=2; Path=/x/yy", "a=3; Domain=example.com"), send(visit(t, app+"/x/yy"), "b=2; b=1; a=2; c=1; a=3"),
		}},
		"order by value": {cookie.Policy{Order: cookie.OrderValue}, []step{
			set(visit(t, app+"/"), "a=1", "b=1", "c=1", "a=2", "b=1; Secure"), send(visit(t, app+"/"), "b=1; c=1; a=2"),
		}},
		"order by domain": {cookie.Policy{Order: cookie.OrderDomain}, []step{
			set(visit(t, app+"/"), "a=1; Domain=example.com", "b=1", "c=1; Domain=app.example.com"), send(visit(t, app+"/"), "c=1; b=1; a=1"),
		}},
		"time": {steps: []step{
			set(visit(t, app+"/"), "s=1", "a=1; Max-Age=10", "b=1; Expires=Thu, 02 Jul 2026 12:00:20 GMT", "c=1", "c=; Max-Age=0"), later(9*time.Second, send(visit(t, app+"/"), "s=1; a=1; b=1")),
			later(10*time.Second, send(visit(t, app+"/"), "s=1; b=1")), later(20*time.Second, send(visit(t, app+"/"), "s=1")),
		}},
		"nameless": {steps: []step{
			set(visit(t, app+"/"), "a", "=b=c", "n="), send(visit(t, app+"/"), "b=c; n="),
		}},
		"nameless simple": {cookie.Policy{Nameless: cookie.NamelessSimple}, []step{
			set(visit(t, app+"/"), "a", "empty: =b=c", "=b"), send(visit(t, app+"/"), "b"),
		}},
		"nameless is a name": {cookie.Policy{Nameless: cookie.NamelessName}, []step{
			set(visit(t, app+"/"), "a", "empty: =b"), send(visit(t, app+"/"), "a="),
		}},
		"tabs": {cookie.Policy{Controls: cookie.ControlsRefuseTabs}, []step{
			set(visit(t, app+"/"), "a\t=\t1\t;\tSecure\t;", "control-character: b=1\t2", "control-character: b\tc=1", "control-character: b=1; x=1\t2", "control-character: b=\x01"),
		}},
		"controls cut": {cookie.Policy{Controls: cookie.ControlsCut}, []step{
			set(visit(t, app+"/"), "a=1\x012", "b=1\t2", "c=\x7f1", "d=1\xe92", "e=1;\tPath=\t/x;\x02", "empty: \x01f=1", "control-character: g=\x00"), send(visit(t, app+"/"), "a=1; b=1; c=\x7f1; d=1"),
		}},
		"values are UTF-8": {cookie.Policy{ValuesAreUTF8: true}, []step{
			set(visit(t, app+"/"), "a\xff=\xc3\xa9\xe9"), send(visit(t, app+"/"), "a\xff=\u00e9\ufffd"),
		}},
		"the last counts": {cookie.Policy{LastCounts: true}, []step{
			set(visit(t, app+"/"), "a=1; Max-Age=0; Max-Age=x", "none-insecure: b=1; SameSite=None", "c=1; SameSite=None; SameSite=x", "d=1; Max-Age=0; Expires=x"), send(visit(t, app+"/"), "a=1; c=1"),
		}},
		"one lifetime": {cookie.Policy{OneLifetime: true}, []step{
			set(visit(t, app+"/"), "a=1; Max-Age=0; Expires=x", "b=1; Expires=x; Max-Age=0", "c=1; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), send(visit(t, app+"/"), "a=1"),
		}},
		"a minus is enough": {cookie.Policy{AgeSyntax: cookie.AgeMinus}, []step{
			set(visit(t, app+"/"), "a=1; Max-Age=-x", "b=1; Max-Age=x", "c=1; Max-Age="), send(visit(t, app+"/"), "b=1; c=1"),
		}},
		"an empty age": {cookie.Policy{AgeSyntax: cookie.AgeEmpty}, []step{
			set(visit(t, app+"/"), "a=1; Max-Age=", "b=1; Max-Age", "c=1; Max-Age=x"), send(visit(t, app+"/"), "b=1; c=1"),
		}},
		"literal domains": {cookie.Policy{DomainLiteral: true}, []step{
			set(visit(t, app+"/"), "domain: a=1; Domain=Example.com", "b=1; Domain=.example.com"), set(visit(t, "http://localhost/"), "domain: a=1; Domain=localhost"),
		}},
		"no limits": {cookie.Policy{NoLimits: true}, []step{
			set(visit(t, app+"/"), "a="+strings.Repeat("v", 5000), "size: b="+strings.Repeat("v", cookie.MaxBytes), "c=1; Path=/"+strings.Repeat("x", 1025)), send(visit(t, app+"/"), "a="+strings.Repeat("v", 5000)),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			jar := &cookie.Jar{Policy: &tt.policy}
			for i, s := range tt.steps {
				for _, line := range s.set {
					want, rest, refused := strings.Cut(line, ": ")
					if refused && !strings.ContainsAny(want, "=;") {
						line = rest
					} else {
						want = ""
					}
					err := jar.Store(s.request, line, now.Add(s.after))
					if got := fmt.Sprint(err); want != "" && got != cookie.Refusal(want).Error() || want == "" && err != nil {
						t.Errorf("step %d: %.60q: %v, want %q", i, line, err, want)
					}
				}
				if s.set == nil {
					if got := jar.Header(s.request, now.Add(s.after)); got != s.want {
						t.Errorf("step %d: Cookie: %.200q, want %.200q", i, got, s.want)
					}
				}
			}
		})
	}
}

// Cookies are withheld that would go along, had no redirect led through another site.
func TestWithheld(t *testing.T) {
	const other = "https://other.example.org/"
	lines := []string{"strict=1; Secure; SameSite=Strict", "lax=1; Secure; SameSite=Lax", "unset=1; Secure", "none=1; Secure; SameSite=None", "path=1; SameSite=Lax; Path=/x", "old=1; SameSite=Lax; Max-Age=5"}
	for name, tt := range map[string]struct {
		policy cookie.Policy
		urls   []string
		want   string
	}{
		"through another site": {urls: []string{other, app + "/"}, want: "strict lax"},
		"there and back":       {urls: []string{app + "/", other, app + "/"}, want: "strict lax"},
		"no redirect":          {urls: []string{app + "/"}},
		"the same site":        {urls: []string{app + "/", app + "/"}},
		"to another site":      {urls: []string{app + "/", other}},
		"forgiven":             {policy: cookie.Policy{Redirects: cookie.RedirectsForgive}, urls: []string{other, app + "/"}},
		"by default":           {policy: cookie.Policy{Unset: cookie.UnsetLax}, urls: []string{other, app + "/"}, want: "strict lax unset"},
	} {
		t.Run(name, func(t *testing.T) {
			jar := &cookie.Jar{Policy: &tt.policy}
			for _, u := range []string{app + "/", other} {
				for _, line := range lines {
					if err := jar.Store(visit(t, u), line, now); err != nil {
						t.Fatal(err)
					}
				}
			}
			if got := strings.Join(jar.Withheld(from(t, app, tt.urls...), now.Add(time.Minute)), " "); got != tt.want {
				t.Errorf("withheld: %q, want %q", got, tt.want)
			}
		})
	}
}

// fill stores cookies named by number.
func fill(t *testing.T, jar *cookie.Jar, r *cookie.Request, n int, attributes string) {
	t.Helper()
	for i := range n {
		if err := jar.Store(r, fmt.Sprintf("%d=%s", i, attributes), now); err != nil {
			t.Fatal(err)
		}
	}
}

func count(header string) int { return len(strings.Fields(header)) }

func TestLimits(t *testing.T) {
	home := visit(t, app+"/")
	t.Run("of a host", func(t *testing.T) {
		jar := new(cookie.Jar)
		fill(t, jar, home, cookie.MaxPerHost, "; Secure")
		if err := jar.Store(home, "insecure=1", now); err != nil {
			t.Fatal(err)
		}
		if h := jar.Header(home, now); count(h) != cookie.MaxPerHost || strings.Contains(h, "insecure") {
			t.Errorf("%d cookies: %s; want the insecure one to go", count(h), h)
		}
		if err := jar.Store(home, "secure=1; Secure", now); err != nil {
			t.Fatal(err)
		}
		if h := jar.Header(home, now); count(h) != cookie.MaxPerHost || !strings.HasPrefix(h, "1=; ") {
			t.Errorf("%d cookies: %.40s; want the oldest to go", count(h), h)
		}
	})
	t.Run("of a site", func(t *testing.T) {
		jar := &cookie.Jar{Policy: &cookie.Policy{PerSite: 20, SiteKeeps: 10}}
		elsewhere := visit(t, other+"/")
		fill(t, jar, elsewhere, 20, "")
		fill(t, jar, visit(t, api+"/"), 10, "")
		fill(t, jar, home, 10, "")
		if jar.Len() != 40 {
			t.Fatalf("%d cookies, want 40", jar.Len())
		}
		if err := jar.Store(home, "more=1", now); err != nil {
			t.Fatal(err)
		}
		if h := jar.Header(home, now); count(h) != 10 || !strings.HasPrefix(h, "1=; ") {
			t.Errorf("%d cookies: %s; want the ten last", count(h), h)
		}
		if h := jar.Header(elsewhere, now); count(h) != 20 {
			t.Errorf("another site has %d cookies, want its 20", count(h))
		}
	})
	t.Run("of all", func(t *testing.T) {
		jar := &cookie.Jar{Policy: &cookie.Policy{PerSite: -1}}
		fill(t, jar, home, cookie.MaxCookies+10, "")
		if jar.Len() != cookie.MaxCookies {
			t.Errorf("%d cookies, want %d", jar.Len(), cookie.MaxCookies)
		}
	})
	t.Run("of bytes", func(t *testing.T) {
		jar := &cookie.Jar{Policy: &cookie.Policy{PerSite: -1, NoLimits: true}}
		fill(t, jar, home, 20, strings.Repeat("v", cookie.MaxBytes/10))
		if h := jar.Header(home, now); len(h) > cookie.MaxBytes || count(h) != 9 {
			t.Errorf("%d cookies of %d bytes", count(h), len(h))
		}
	})
}

// A clock that starts at the zero time is not before all dates.
func TestZeroTime(t *testing.T) {
	jar, home := new(cookie.Jar), visit(t, app+"/")
	for _, line := range []string{"a=1; Max-Age=10", "b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "c=1; Max-Age=0", "d=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"} {
		if err := jar.Store(home, line, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if h := jar.Header(home, time.Time{}.Add(9*time.Second)); h != "a=1; d=1" {
		t.Errorf("Cookie: %s", h)
	}
	if h := jar.Header(home, time.Time{}.Add(10*time.Second)); h != "d=1" {
		t.Errorf("later, Cookie: %s", h)
	}
}

func TestNothingCostsNothing(t *testing.T) {
	jar, r := new(cookie.Jar), from(t, app, api+"/")
	if n := testing.AllocsPerRun(100, func() { jar.Header(r, now) }); n != 0 {
		t.Errorf("an empty jar allocates %v times", n)
	}
}
