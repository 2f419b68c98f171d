// Package prove proves recipes of package fix: it starts the real servers on loopback with what a recipe prints, and asks them
// as browsers do. See README.md.
package prove

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

const (
	app   = "https://app.example.com"
	admin = "https://admin.example.com:8443"
	// long is longer than what nginx takes without more memory for its maps.
	long = "https://a-preview-of-some-branch-with-a-very-long-name.deploys.example.com"
)

var policies = map[string]fix.Policy{
	"one origin": {Origins: []string{app}},
	"several with credentials": {
		Origins: []string{app, admin, long, "http://[::1]:3000"}, Methods: []string{"PUT", "DELETE"}, Headers: []string{"Content-Type", "X-Token"},
		Expose: []string{"X-Total", "X-Page"}, Credentials: true, MaxAge: 600,
	},
	"every origin":           {Origins: []string{fix.Any}},
	"every origin, with PUT": {Origins: []string{fix.Any}, Methods: []string{"PUT"}, Headers: []string{"X-Token"}, Expose: []string{"X-Total"}, MaxAge: 60},
}

// strangers are origins that no policy lists: some look as those that do.
var strangers = []string{
	"https://sibling.example.com", "http://app.example.com", "https://app.example.com.evil.example", "https://appxexample.com",
	"https://evil-app.example.com", "https://app.example.com:444", "https://unrelated.example", "https://admin.example.com",
}

// application is what is behind the servers, or what is in them: it answers 200, 404 and 500.
type application struct {
	preflights atomic.Int64
}

func (a *application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		a.preflights.Add(1)
	}
	h := w.Header()
	h.Set("X-Total", "3")
	h.Set("Vary", "Accept-Encoding")
	status := http.StatusOK
	switch r.URL.Path {
	case "/missing":
		status = http.StatusNotFound
	case "/broken":
		status = http.StatusInternalServerError
	case "/own", "/own-broken":
		// It knows of CORS too, and wrongly.
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Allow-Methods", "GET")
		h.Set("Access-Control-Allow-Headers", "X-Own")
		h.Set("Access-Control-Expose-Headers", "X-Own")
		h.Set("Access-Control-Max-Age", "1")
		h.Add("Vary", "Origin")
		if r.URL.Path == "/own-broken" {
			status = http.StatusInternalServerError
		}
	}
	w.WriteHeader(status)
	io.WriteString(w, "{}")
}

// path is what is asked for, and the status that comes of it.
type path struct {
	path   string
	status []int
}

// inside are paths of all servers: private needs a password.
var inside = []path{{"/things", []int{200}}, {"/missing", []int{404}}, {"/broken", []int{500}}, {"/private", []int{401}}}

// behind are paths of proxies: nothing answers behind down.
var behind = []path{{"/own", []int{200}}, {"/own-broken", []int{500}}, {"/down", []int{502, 503}}}

// TestRecipes proves the recipes.
func TestRecipes(t *testing.T) {
	for _, r := range fix.Recipes() {
		if r.Proved == "" {
			continue
		}
		if starters[r.Name] == nil {
			t.Errorf("%s is said to be proved, and is not", r.Name)
			continue
		}
		for name, policy := range policies {
			t.Run(r.Name+"/"+name, func(t *testing.T) {
				parts, err := r.Parts(policy)
				if err != nil {
					t.Fatal(err)
				}
				for _, problem := range prove(t, r, policy, parts) {
					t.Error(problem)
				}
			})
		}
	}
}

// prove starts a recipe's server with its parts, and returns what is wrong with what it answers.
func prove(t *testing.T, r fix.Recipe, policy fix.Policy, parts []fix.Part) []string {
	a := &application{}
	upstream := httptest.NewServer(a)
	t.Cleanup(upstream.Close)
	p := proof{policy: policy, refusal: refusals[r.Name], unvarying: unvarying[r.Name], network: network(starters[r.Name](t, parts, strings.TrimPrefix(upstream.URL, "http://")))}
	paths := inside
	if proxies[r.Name] {
		paths = slices.Concat(inside, behind)
	}
	for _, path := range paths {
		p.prove(path)
	}
	if n := a.preflights.Load(); n > 0 {
		p.problem("%d preflights came to the application", n)
	}
	return p.problems
}

// TestProofsFindMistakes breaks recipes in ways in which people do, each of which a proof must find.
func TestProofsFindMistakes(t *testing.T) {
	for _, mistake := range []mistake{
		{"nginx", " always;", ";"},
		{"nginx", "proxy_hide_header Access-Control-Allow-Origin;", ""},
		{"nginx", "return 204;", "break;"},
		{"nginx", "add_header Vary Origin always;", ""},
		{"nginx", `"https://app.example.com" "https://app.example.com";`, `"~^https://app.example.com" $http_origin;`},
		{"apache", "Header always", "Header"},
		{"apache", "Header onsuccess unset Access-Control-Allow-Origin", ""},
		{"apache", "RewriteRule ^ - [R=204,L]", ""},
		{"caddy", "header_down -Access-Control-Allow-Origin", ""},
		{"caddy", "respond @cors_preflight 204", ""},
		{"caddy", "header +Vary Origin", ""},
		{"haproxy", "http-after-response", "http-response"},
		{"haproxy", "http-after-response del-header Access-Control-Allow-Origin", ""},
		{"haproxy", "http-request return status 204", "http-request return status 405"},
		{"traefik", `Access-Control-Allow-Origin: ""`, "X-Frame-Options: DENY"},
		{"traefik", "addVaryHeader: true", ""},
		{"traefik", "accessControlAllowCredentials: true", ""},
		{"traefik", `accessControlAllowOriginList:`, "accessControlAllowOriginListRegex:"},
		{"express", "credentials: true,", ""},
		{"express", `origin: ["https://app.example.com", `, `origin: [/https:..app.example.com/, `},
		{"fastapi", "cors(scope, receive, send_varying)", "cors(scope, receive, send)"},
		{"fastapi", "allow_credentials=True,", ""},
		{"fastapi", `allow_origins=["https://app.example.com", `, `allow_origin_regex="https://app.example.com.*", allow_origins=[`},
		{"fastapi", "    app,\n", "    app.router,\n"},
		{"rs-cors", `"https://app.example.com"`, `"https://*"`},
		{"go", "w.WriteHeader(http.StatusNoContent)", "next.ServeHTTP(w, r)"},
		{"go", `h.Add("Vary", "Origin")`, ""},
	} {
		t.Run(mistake.recipe+"/"+mistake.right, func(t *testing.T) {
			r, policy, parts := mistake.make(t)
			if problems := prove(t, r, policy, parts); len(problems) == 0 {
				t.Errorf("the proof does not see that %q is %q", mistake.right, mistake.wrong)
			}
		})
	}
}

// mistake is a change of what a recipe prints that makes it wrong.
type mistake struct{ recipe, right, wrong string }

// make returns the parts of the recipe for a policy, with the mistake in them.
func (m mistake) make(t *testing.T) (fix.Recipe, fix.Policy, []fix.Part) {
	recipes := fix.Recipes()
	r := recipes[slices.IndexFunc(recipes, func(r fix.Recipe) bool { return r.Name == m.recipe })]
	policy := policies["several with credentials"]
	parts, err := r.Parts(policy)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for i, part := range parts {
		found = found || strings.Contains(part.Text, m.right)
		parts[i].Text = strings.ReplaceAll(part.Text, m.right, m.wrong)
	}
	if !found {
		t.Fatalf("%q is not in the recipe", m.right)
	}
	return r, policy, parts
}

// TestVersions holds the versions that recipes say they were proved with against those that are here.
func TestVersions(t *testing.T) {
	for _, r := range fix.Recipes() {
		if r.Proved == "" {
			continue
		}
		for _, want := range strings.Fields(r.Proved) {
			if got := version(t, r.Name); want[0] >= '0' && want[0] <= '9' && !strings.Contains(got, want) {
				t.Errorf("%s says that it was proved with %s, and here is %s", r.Name, r.Proved, got)
			}
		}
	}
}

// loopback sends all requests to one address, whatever their host.
type loopback struct {
	http.Transport
	address string
}

// RoundTrip sends a request.
func (l *loopback) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host, r.URL.Scheme, r.URL.Host = r.URL.Host, "http", l.address
	return l.Transport.RoundTrip(r)
}

// network asks a server on loopback.
func network(address string) engine.Network {
	return httpfetch.Network(&loopback{http.Transport{DisableKeepAlives: true}, address})
}

type proof struct {
	policy fix.Policy
	// refusal is a status that preflights may have which are refused, 0 for none.
	refusal int
	// unvarying is set where preflights are answered without Vary.
	unvarying bool
	network   engine.Network
	problems  []string
}

func (p *proof) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf(format, args...))
}

// prove asks for a path from all sorts of pages in all browsers.
func (p *proof) prove(path path) {
	listed := p.policy.Origins
	if p.policy.Any() {
		listed = strangers
	}
	url := "https://api.example.com" + path.path
	plain := engine.Init{API: fetchspec.APIFetch, URL: url}
	if p.policy.Credentials {
		plain.Credentials = fetchspec.CredentialsInclude
	}
	full := plain
	if len(p.policy.Methods) > 0 {
		full.Method, full.Body, full.BodyKind = p.policy.Methods[0], "{}", engine.BodyString
		for _, name := range p.policy.Headers {
			full.Headers = append(full.Headers, fetchspec.Header{Name: name, Value: "application/json"})
		}
		if !slices.Contains(p.policy.Headers, "Content-Type") {
			full.Body, full.BodyKind = "", engine.BodyNone
		}
	}
	patch := plain
	patch.Method = "PATCH"
	header := plain
	header.Headers = fetchspec.Headers{{Name: "X-Other", Value: "1"}}
	with := plain
	with.Credentials = fetchspec.CredentialsInclude

	for _, o := range listed {
		p.passes(o, plain, path.status)
		p.passes(o, full, path.status)
		p.refused(o, patch, "a method that is not listed")
		p.refused(o, header, "a header that is not listed")
		if !p.policy.Credentials {
			p.refused(o, with, "credentials")
		}
	}
	if p.policy.Any() {
		p.passes("null", plain, path.status)
		return
	}
	for _, o := range append(strangers, "null") {
		p.refused(o, plain, "the origin")
		p.refused(o, full, "the origin")
		p.refused(o, engine.Init{API: fetchspec.APIFetch, URL: url}, "the origin")
	}
}

// ask makes a request of a page in a browser, and checks what holds of all answers.
func (p *proof) ask(browser *personality.Personality, from string, init engine.Init) *engine.Result {
	page := engine.Page{Origin: origin.NewOpaque()}
	if from != "null" {
		page.Origin = origin.MustParse(from)
		page.URL, _ = origin.ParseURL(from+"/", nil)
	}
	result := browser.UserAgent().Do(page, init, p.network)
	for _, e := range result.Exchanges {
		what := fmt.Sprintf("%s: %s %s from %s", browser.Name, e.Request.Method, init.URL, from)
		if e.Err != nil {
			p.problem("%s: %v", what, e.Err)
			continue
		}
		vary, _ := e.Response.Headers.Get("Vary")
		if !p.policy.Any() && !(e.Preflight && p.unvarying) && !strings.Contains(strings.ToLower(vary), "origin") {
			p.problem("%s: Vary is %q", what, vary)
		}
		for _, h := range e.Response.Headers {
			if values := slices.Collect(e.Response.Headers.Values(h.Name)); strings.HasPrefix(strings.ToLower(h.Name), "access-control-") && len(values) > 1 {
				p.problem("%s: %s comes %d times: %q", what, h.Name, len(values), values)
			}
		}
		if e.Preflight && !fetchspec.IsOKStatus(e.Response.Status) && e.Response.Status != p.refusal {
			p.problem("%s: the preflight is answered with status %d", what, e.Response.Status)
		}
	}
	return result
}

// passes checks that a request passes in all browsers.
func (p *proof) passes(from string, init engine.Init, status []int) {
	for _, browser := range personality.Browsers() {
		r := p.ask(browser, from, init)
		if r.Block != nil {
			p.problem("%s: %s %s from %s: %v, answered %+v", browser.Name, init.Method, init.URL, from, r.Block, r.Exchanges[len(r.Exchanges)-1].Response)
			continue
		}
		if !slices.Contains(status, r.Response.Status) {
			p.problem("%s: %s from %s: status %d; want %v", browser.Name, init.URL, from, r.Response.Status, status)
		}
		last := r.Exchanges[len(r.Exchanges)-1].Response
		if slices.Contains(p.policy.Expose, "X-Total") != r.Response.Headers.Has("X-Total") && last.Headers.Has("X-Total") {
			p.problem("%s: %s from %s: script sees %v", browser.Name, init.URL, from, r.Response.Headers)
		}
		if age, _ := r.Exchanges[0].Response.Headers.Get("Access-Control-Max-Age"); r.Exchanges[0].Preflight && p.policy.MaxAge > 0 && age != fmt.Sprint(p.policy.MaxAge) {
			p.problem("%s: %s from %s: Access-Control-Max-Age is %q", browser.Name, init.URL, from, age)
		}
	}
}

// refused checks that a request does not pass in any browser.
func (p *proof) refused(from string, init engine.Init, why string) {
	for _, browser := range personality.Browsers() {
		if r := p.ask(browser, from, init); r.Block == nil {
			p.problem("%s: %s %s from %s passes, in spite of %s", browser.Name, init.Method, init.URL, from, why)
		}
	}
}
