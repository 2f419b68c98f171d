package corstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// Visit is what became of a request in one browser.
type Visit struct {
	Browser *personality.Personality
	Page    engine.Page
	Init    engine.Init
	Result  *engine.Result
}

// Console returns the lines on the browser's console.
func (v *Visit) Console() []string {
	var lines []string
	for _, l := range v.Browser.Console(v.Page, v.Init, v.Result) {
		lines = append(lines, strings.TrimSuffix(l.Text, "\n"))
	}
	return lines
}

// Preflighted reports whether a preflight was sent.
func (v *Visit) Preflighted() bool {
	return v.preflight() != nil
}

// preflight returns the first preflight, nil where none was sent.
func (v *Visit) preflight() *engine.Exchange {
	for i := range v.Result.Exchanges {
		if e := &v.Result.Exchanges[i]; e.Preflight {
			return e
		}
	}
	return nil
}

// answered returns a header of the last answer.
func (v *Visit) answered(name string) (value string, ok bool) {
	return v.Result.Exchanges[len(v.Result.Exchanges)-1].Response.Headers.Get(name)
}

// Sent reports whether the request itself was sent, and not just a preflight.
func (v *Visit) Sent() bool {
	return slices.ContainsFunc(v.Result.Exchanges, func(e engine.Exchange) bool { return !e.Preflight })
}

// Ask makes the request of a case in each of the server's browsers, each in a fresh profile, and judges nothing. The error
// is a [*Misuse].
func Ask(s *Server, c Case) ([]*Visit, error) {
	q, err := c.question(s)
	if err != nil {
		return nil, err
	}
	var visits []*Visit
	for _, browser := range s.browsers() {
		ua := browser.UserAgent()
		if err := setCookies(ua.Cookies, q.base, c.Cookies, time.Time{}); err != nil {
			return nil, err
		}
		visits = append(visits, q.ask(s, browser, ua))
	}
	return visits, nil
}

func (q *question) ask(s *Server, browser *personality.Personality, ua *engine.UserAgent) *Visit {
	wire, done := s.network(q.base)
	defer done()
	return &Visit{browser, q.page, q.init, ua.Do(q.page, q.init, wire)}
}

// setCookies puts cookies into a jar that the server sent to a user who visited it.
func setCookies(jar *cookie.Jar, from *origin.URL, lines []string, now time.Time) error {
	visit := cookie.Visit(from)
	for _, line := range lines {
		if name, _, ok := strings.Cut(line, "="); !ok || strings.HasPrefix(strings.ToLower(name), "set-cookie:") {
			return misuse(fmt.Sprintf("the cookie is %q", line), "write the value of a Set-Cookie line, such as \"session=1; Secure; SameSite=None\"")
		}
		if err := jar.Store(&visit, line, now); err != nil {
			return misuse(fmt.Sprintf("the cookie %q is one that the browser does not take: %v", line, err), "write one that it takes; a cookie that it refuses is never sent")
		}
	}
	return nil
}

// Check asks a server as a page would, in all browsers, and returns nil where what is wanted becomes of it. The error is a
// [*Failure], which errors.As finds the browser's *engine.Block in, or a [*Misuse] where the question makes no sense.
func Check(s *Server, c Case) error {
	visits, err := Ask(s, c)
	if err != nil {
		return err
	}
	return c.judge(visits)
}

// Run checks cases, each in a subtest of its own, in parallel.
func Run(t *testing.T, s *Server, cases ...Case) {
	t.Helper()
	if len(cases) == 0 {
		t.Fatal(misuse("there are no cases to run", "give Run one Case or more"))
	}
	for _, c := range cases {
		t.Run(subtest(&c), func(t *testing.T) {
			t.Parallel()
			report(t, Check(s, c))
		})
	}
}

func (c *Case) name() string {
	if c.Name != "" {
		return c.Name
	}
	return c.method() + " " + c.URL + " from " + c.Origin + c.suffix()
}

// subtest is the name of a case as -run takes it: without slashes.
func subtest(c *Case) string {
	return strings.NewReplacer("https://", "", "http://", "http:", "/", "_").Replace(c.name())
}

// report fails a test: at once where the question makes no sense.
func report(t TB, err error) {
	t.Helper()
	switch err.(type) {
	case nil:
	case *Misuse:
		t.Fatal(err)
	default:
		t.Errorf("\n%v", err)
	}
}

// judge compares what became of a request with what must.
func (c *Case) judge(visits []*Visit) error {
	var f *Failure
	for _, v := range visits {
		if p := c.problem(v); p != nil {
			if f == nil {
				f = &Failure{Case: *c, all: visits}
			}
			f.problems = append(f.problems, p)
		}
	}
	if f == nil {
		return nil
	}
	return f
}

// problem returns what is not as it must be, nil where nothing is.
func (c *Case) problem(v *Visit) *problem {
	r := v.Result
	if c.Want != Allow {
		return c.notRefused(v)
	}
	if r.Block != nil {
		return blocked(v, "blocked")
	}
	if status := r.Response.Status; c.Status == 0 && (status == 404 || status == 405 || status >= 500) {
		return &problem{
			visit: v, got: fmt.Sprintf("allowed, with status %d", status), want: "want an answer of what is asked for",
			why:    "The page gets the response, but it is the error page: it proves nothing of the route.",
			change: []string{fmt.Sprintf("See that the method and the URL are those of a route. If the error is what is asked for, expect status %d.", status)},
		}
	}
	if c.Status != 0 && r.Response.Status != c.Status {
		return &problem{visit: v, got: fmt.Sprintf("allowed, with status %d", r.Response.Status), want: fmt.Sprintf("want status %d", c.Status), why: "The page gets the response, but with another status."}
	}
	for _, name := range c.CanRead {
		if !r.Response.Headers.Has(name) {
			return unread(v, name)
		}
	}
	for _, name := range c.CannotRead {
		if r.Response.Headers.Has(name) {
			return readable(v, name)
		}
	}
	return nil
}

// blocked explains a block.
func blocked(v *Visit, got string) *problem {
	x := personality.Explain(v.Page, v.Init, v.Result)
	p := &problem{visit: v, got: got, why: x.Why, change: x.Change}
	if e := v.Result.Block.Exchange; e != nil {
		if errors.Is(e.Err, context.DeadlineExceeded) {
			p.change = []string{"See why the server takes so long, or give it more time with Server.Timeout."}
		}
		if panicked := (*panicError)(nil); errors.As(e.Err, &panicked) {
			p.change = []string{"Recover panics inside of the CORS layer, and answer with status 500: a page cannot tell a closed connection from a server that is down."}
		}
	}
	return p
}

// notRefused is problem where the page must not get the response.
func (c *Case) notRefused(v *Visit) *problem {
	r := v.Result
	switch b := r.Block; {
	case b != nil && !isPolicy(b):
		p := blocked(v, "failed")
		p.why += " That is not the server refusing the page."
		return p
	case b != nil && c.Want == Unsent && v.Sent():
		return &problem{visit: v, got: "blocked, but only after it was sent", why: "The server has executed the request; only the response was kept from the page.", change: []string{
			"A request that changes something must need a preflight: take only Content-Type: application/json, or ask for a header of your own, and refuse all else.",
			"Check Origin or Sec-Fetch-Site on the server before it acts, as http.CrossOriginProtection does.",
		}}
	case b != nil, c.Want == Unreadable && r.Response.Type == fetchspec.ResponseOpaque:
		return nil
	}
	p := &problem{visit: v, got: "allowed"}
	if r.Response.Type == fetchspec.ResponseBasic {
		p.why = "The page is of the server's own origin: CORS has no say."
		p.change = []string{"Ask from another origin in the test."}
		return p
	}
	if r.Response.Type == fetchspec.ResponseOpaque {
		p.why = "CORS has no say in a response that script cannot read."
		p.change = []string{"Want corstest.Unreadable, or leave out mode no-cors."}
		return p
	}
	allow, _ := v.answered("Access-Control-Allow-Origin")
	p.why = fmt.Sprintf("The answer has Access-Control-Allow-Origin: %s, which lets in the page at %s.", allow, c.Origin)
	p.change = []string{"Send Access-Control-Allow-Origin only to the origins that you trust: compare Origin, whole, with a list."}
	return p
}

// isPolicy reports whether it was the server's answers that refused the page, and not the network or a slip in the request.
func isPolicy(b *engine.Block) bool {
	if b.Code == engine.CodePreflightNetwork {
		return false
	}
	algorithm, _, _ := strings.Cut(string(b.Step), " ")
	switch algorithm {
	case "cors-check", "cors-preflight-fetch", "corp-check", "corp-internal-check":
		return true
	}
	switch b.Code.Base() {
	case engine.CodeAllowOriginMissing, engine.CodeAllowOriginWildcard, engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid,
		engine.CodeAllowOriginMismatch, engine.CodeAllowCredentials, engine.CodeOpaqueBlocked:
		return true
	}
	return false
}

// unread says why script cannot read a header that it must be able to read.
func unread(v *Visit, name string) *problem {
	p := &problem{visit: v, got: "allowed, but script cannot read " + name, want: "it must be able to"}
	if v.Result.Response.Type == fetchspec.ResponseOpaque || v.Result.Response.Type == fetchspec.ResponseOpaqueRedirect {
		p.why = "The response is opaque: script can read nothing of it."
		p.change = []string{"Leave out mode no-cors or redirect mode manual."}
		return p
	}
	for _, hidden := range personality.HiddenHeaders(v.Result) {
		if !fetchspec.EqualFold(hidden, name) {
			continue
		}
		exposed, ok := v.answered("Access-Control-Expose-Headers")
		p.why = fmt.Sprintf("The server sent %s, and Access-Control-Expose-Headers is missing.", name)
		list := name
		if ok {
			p.why = fmt.Sprintf("The server sent %s, and Access-Control-Expose-Headers, which is %q, does not list it.", name, exposed)
			if exposed != "" && exposed != "*" {
				list = exposed + ", " + name
			}
		}
		p.change = []string{"Send Access-Control-Expose-Headers: " + list + " on the answer to the request itself; on that to the preflight it has no effect."}
		return p
	}
	p.why = "The server did not send " + name + "."
	if fetchspec.EqualFold(name, "Set-Cookie") {
		p.why = "Script can never read Set-Cookie."
	}
	return p
}

// readable says that script can read a header that it must not.
func readable(v *Visit, name string) *problem {
	p := &problem{visit: v, got: "allowed, and script can read " + name, want: "it must not be able to"}
	switch exposed, _ := v.answered("Access-Control-Expose-Headers"); {
	case v.Result.Response.Type == fetchspec.ResponseBasic:
		p.why = "The page is of the server's own origin and can read every header but Set-Cookie."
	case fetchspec.IsSafelistedResponseName(name):
		p.why = name + " is a safelisted response header, which every page can read that gets the response."
	default:
		p.why = fmt.Sprintf("Access-Control-Expose-Headers is %q.", exposed)
		p.change = []string{"List just the headers that script needs."}
	}
	return p
}
