package corstest

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// Page is a page in a fresh profile of each browser. It remembers what a browser does: results of preflights, and cookies.
// It is safe for concurrent use.
type Page struct {
	t      TB
	server *Server
	origin string
	// document is the same for all requests: an opaque origin is equal to itself alone.
	document engine.Page

	mu     sync.Mutex
	agents []*engine.UserAgent
	clock  time.Time
}

// Page opens a page of an origin, such as https://app.example.com, or null. Its requests' assertions fail t.
func (s *Server) Page(t TB, origin string) *Page {
	t.Helper()
	p := &Page{t: t, server: s, origin: origin, clock: time.Now()}
	q, err := (&Case{Origin: origin, URL: "/"}).question(s)
	if err != nil {
		t.Fatal(err)
		return p
	}
	p.document = q.page
	for _, browser := range s.browsers() {
		ua := browser.UserAgent()
		ua.Now = p.now
		p.agents = append(p.agents, ua)
	}
	return p
}

func (p *Page) now() time.Time { return p.clock }

// Wait lets time pass on the page, without waiting: results of preflights and cookies expire. Nothing else does: the page's
// clock stands still, however long a server takes, so that a slow machine changes no test.
func (p *Page) Wait(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clock = p.clock.Add(d)
}

// SetCookies sets cookies by Set-Cookie lines that the server is to have sent when the user visited it.
func (p *Page) SetCookies(lines ...string) {
	p.t.Helper()
	base, err := p.server.base()
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ua := range p.agents {
		if err := setCookies(ua.Cookies, base, lines, p.now()); err != nil {
			p.t.Fatal(err)
		}
	}
}

// Get, Head, Post, Put, Patch and Delete begin a request of script on the page to a URL, relative to the server's. A method
// that starts with Must makes it.
func (p *Page) Get(url string) Request    { return p.Request("GET", url) }
func (p *Page) Head(url string) Request   { return p.Request("HEAD", url) }
func (p *Page) Post(url string) Request   { return p.Request("POST", url) }
func (p *Page) Put(url string) Request    { return p.Request("PUT", url) }
func (p *Page) Patch(url string) Request  { return p.Request("PATCH", url) }
func (p *Page) Delete(url string) Request { return p.Request("DELETE", url) }

// Request begins a request of any method.
func (p *Page) Request(method, url string) Request {
	return p.begin(Case{Origin: p.origin, Method: method, URL: url})
}

// Load begins a request of an element or a style sheet: an img, a script, a font.
func (p *Page) Load(api fetchspec.API, url string) Request {
	return p.begin(Case{Origin: p.origin, API: api, URL: url})
}

// begin makes sure that a request is made in the end: one without assertion would prove nothing.
func (p *Page) begin(c Case) Request {
	r := Request{page: p, c: c, made: new(bool)}
	p.t.Cleanup(func() {
		if !*r.made && !p.t.Failed() {
			p.t.Errorf("corstest: %v was begun and never made; end it with MustBeAllowed, MustBeBlocked, MustNotBeReadable or MustNotBeSent", c)
		}
	})
	return r
}

// Request is a request that a page is about to make. It is a value: each method returns another.
type Request struct {
	page *Page
	c    Case
	made *bool
}

// JSON gives the request a body, encoded as JSON, and the Content-Type of it.
func (r Request) JSON(v any) Request { r.c.JSON = v; return r }

// Body gives the request a string as body. Its Content-Type is text/plain;charset=UTF-8 unless Header says otherwise.
func (r Request) Body(s string) Request { r.c.Body = s; return r }

// Header sets a header.
func (r Request) Header(name, value string) Request {
	r.c.Header = maps.Clone(r.c.Header)
	if r.c.Header == nil {
		r.c.Header = map[string]string{}
	}
	r.c.Header[name] = value
	return r
}

// WithCredentials sends cookies along: credentials: "include", or withCredentials.
func (r Request) WithCredentials() Request { return r.Credentials(fetchspec.CredentialsInclude) }

// Credentials sets the credentials mode.
func (r Request) Credentials(mode fetchspec.Credentials) Request { r.c.Credentials = mode; return r }

// Mode sets the request mode.
func (r Request) Mode(mode fetchspec.Mode) Request { r.c.Mode = mode; return r }

// Redirect sets the redirect mode.
func (r Request) Redirect(mode fetchspec.Redirect) Request { r.c.Redirect = mode; return r }

// Expect says which status script must see. Without it, 404, 405 and those from 500 up will not do.
func (r Request) Expect(status int) Request { r.c.Status = status; return r }

// XHR makes the request by XMLHttpRequest.
func (r Request) XHR() Request { r.c.API = fetchspec.APIXHR; return r }

// CrossOrigin gives an element the attribute crossorigin, anonymous or use-credentials.
func (r Request) CrossOrigin(value string) Request { r.c.CrossOrigin = value; return r }

// MustBeAllowed makes the request, and fails the test unless the page gets the response in every browser.
func (r Request) MustBeAllowed() *Answer {
	r.page.t.Helper()
	return r.must(Allow)
}

// MustBeBlocked fails the test unless the server's answers refuse the page in every browser.
func (r Request) MustBeBlocked() *Answer {
	r.page.t.Helper()
	return r.must(Block)
}

// MustNotBeReadable fails the test where script can read the response in a browser.
func (r Request) MustNotBeReadable() *Answer {
	r.page.t.Helper()
	return r.must(Unreadable)
}

// MustNotBeSent fails the test unless the preflight refuses the page in every browser, so that the request itself is never
// sent.
func (r Request) MustNotBeSent() *Answer {
	r.page.t.Helper()
	return r.must(Unsent)
}

func (r Request) must(want Want) *Answer {
	r.page.t.Helper()
	*r.made = true
	r.c.Want = want
	a := &Answer{t: r.page.t, c: r.c}
	q, err := r.c.question(r.page.server)
	if err != nil {
		report(a.t, err)
		return a
	}
	q.page = r.page.document
	a.Visits = r.page.ask(q)
	a.check(&a.c)
	return a
}

// ask makes a request in each browser.
func (p *Page) ask(q *question) []*Visit {
	p.mu.Lock()
	defer p.mu.Unlock()
	var visits []*Visit
	for i, browser := range p.server.browsers() {
		visits = append(visits, q.ask(p.server, browser, p.agents[i]))
	}
	return visits
}

// Answer is what became of a request that a page has made. Once an assertion about it has failed, others are not looked at.
type Answer struct {
	// Visits are what became of it in each browser, nil where the request made no sense.
	Visits []*Visit

	t      TB
	c      Case
	failed bool
}

// check holds the visits against a case, and reports what is not as it must be.
func (a *Answer) check(c *Case) {
	a.t.Helper()
	if a.failed || a.Visits == nil {
		return
	}
	if err := c.judge(a.Visits); err != nil {
		a.failed = true
		report(a.t, err)
	}
}

// MustRead fails the test unless script can read these response headers.
func (a *Answer) MustRead(names ...string) *Answer {
	a.t.Helper()
	c := a.allowed("MustRead")
	c.CanRead = names
	a.check(&c)
	return a
}

// MustNotRead fails the test where script can read one of these response headers.
func (a *Answer) MustNotRead(names ...string) *Answer {
	a.t.Helper()
	c := a.allowed("MustNotRead")
	c.CannotRead = names
	a.check(&c)
	return a
}

// allowed is the case, which must be one of a response that is allowed.
func (a *Answer) allowed(method string) Case {
	a.t.Helper()
	if a.c.Want != Allow {
		report(a.t, misuse(method+" is asked of a response that must be "+a.c.Want.String(), "ask it after MustBeAllowed"))
	}
	return a.c
}

// MustPreflight fails the test unless every browser has sent a preflight, which it does not where it remembers one.
func (a *Answer) MustPreflight() *Answer {
	a.t.Helper()
	return a.preflighted(true)
}

// MustNotPreflight fails the test where a browser has sent a preflight.
func (a *Answer) MustNotPreflight() *Answer {
	a.t.Helper()
	return a.preflighted(false)
}

func (a *Answer) preflighted(want bool) *Answer {
	a.t.Helper()
	var browsers []string
	for _, v := range a.Visits {
		if v.Preflighted() != want {
			browsers = append(browsers, v.Browser.Name)
		}
	}
	if len(browsers) == 0 || a.failed {
		return a
	}
	a.failed = true
	what := "sends no preflight; it must"
	if !want {
		what = "sends a preflight; it must not"
	}
	a.t.Errorf("\n%s", strings.TrimSuffix(fmt.Sprintf("%v: %s %s\n  exchange\n%s", a.c, strings.Join(browsers, ", "), what, exchanges(a.Visits[0].Result)), "\n"))
	return a
}
