package interop

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corsim/corsim/corstest"
)

var netHTTPMiddleware = judged{
	name:     "net/http",
	options:  methods[*http.CrossOriginProtection](),
	findings: append(netHTTPOptions, netHTTPSurprises...),
	policy: func(p Policy) func() http.Handler {
		return func() http.Handler { return byPolicy(p, protect(p.Origins...)(http.HandlerFunc(things))) }
	},
	differences: []difference{{
		name:   "what changes something is refused with 403 for pages that are not listed by name",
		reason: "CrossOriginProtection trusts whole origins, and neither a * nor null",
		instead: func(q *question) {
			if !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, q.request.Method) && (q.request.Origin == sandbox || !slices.Contains(q.policy.Origins, q.request.Origin)) {
				q.status = http.StatusForbidden
			}
		},
		policy: Policy{Origins: []string{"*"}}, request: allowed(app, "POST"),
	}},
}

// methods are the exported methods of a type.
func methods[T any]() []string {
	var names []string
	for m := range reflect.TypeFor[T]().Methods() {
		names = append(names, m.Name)
	}
	return names
}

// byPolicy is CORS written by hand: all that a policy takes.
func byPolicy(p Policy, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, page := w.Header(), r.Header.Get("Origin")
		h.Add("Vary", "Origin")
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if page != "" && p.lets(page) {
			allow := page
			if p.letsAll() {
				allow = "*"
			}
			h.Set("Access-Control-Allow-Origin", allow)
			if p.Credentials {
				h.Set("Access-Control-Allow-Credentials", "true")
			}
			// Names: a * is none for requests with credentials.
			exposed := p.Exposed
			if slices.Contains(exposed, "*") {
				exposed = []string{"X-Request-Id", "Link"}
			}
			h.Set("Access-Control-Expose-Headers", strings.Join(exposed, ", "))
			if preflight {
				h.Set("Access-Control-Allow-Methods", strings.Join(p.methods(), ", "))
				headers := strings.Join(p.Headers, ", ")
				if slices.Contains(p.Headers, "*") {
					headers = r.Header.Get("Access-Control-Request-Headers")
				}
				h.Set("Access-Control-Allow-Headers", headers)
				if p.MaxAge != 0 {
					h.Set("Access-Control-Max-Age", strconv.Itoa(max(0, p.MaxAge)))
				}
			}
		}
		if preflight {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// protect is a http.CrossOriginProtection that trusts the origins that it can.
func protect(trusted ...string) func(http.Handler) http.Handler {
	c := http.NewCrossOriginProtection()
	for _, o := range trusted {
		if o != sandbox && !strings.Contains(o, "*") {
			if err := c.AddTrustedOrigin(o); err != nil {
				panic(err)
			}
		}
	}
	return c.Handler
}

// listed is a policy that lets app GET, PUT and POST JSON.
var listed = Policy{Origins: []string{app}, Methods: []string{"PUT", "DELETE"}, Headers: []string{"Content-Type"}}

// serveMux has the routes, each with a middleware around it, if there is one.
func serveMux(each func(http.Handler) http.Handler) http.Handler {
	if each == nil {
		each = func(h http.Handler) http.Handler { return h }
	}
	mux := http.NewServeMux()
	mux.Handle("GET /things", each(http.HandlerFunc(things)))
	mux.Handle("PUT /things/{id}", each(http.HandlerFunc(things)))
	for _, path := range []string{"/private", "/busy", "/panics"} {
		mux.Handle("GET "+path, each(http.HandlerFunc(failing)))
	}
	return mux
}

// sending makes a server that answers everything with the same headers, as people write it first.
func sending(headers ...string) func() http.Handler {
	return func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Add(headers[i], headers[i+1])
			}
			things(w, r)
		})
	}
}

// echoing makes one that tells pages what a function makes of their origin, and takes cookies.
func echoing(allow func(page string) string) func() http.Handler {
	return func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if o := allow(r.Header.Get("Origin")); o != "" {
				w.Header().Set("Access-Control-Allow-Origin", o)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
			}
			things(w, r)
		})
	}
}

// protected makes a server with CORS around a CrossOriginProtection around things, and a change of it.
func protected(change func(*http.CrossOriginProtection)) func() http.Handler {
	return func() http.Handler {
		c := http.NewCrossOriginProtection()
		change(c)
		return byPolicy(listed, c.Handler(http.HandlerFunc(things)))
	}
}

var netHTTPOptions = []finding{
	{option: "Handler", says: "lets every page GET, and refuses what changes something with 403, which the page can read inside of CORS",
		server: protected(func(*http.CrossOriginProtection) {}), cases: []corstest.Case{
			allowed(app, "GET"), answered(http.StatusForbidden, allowed(app, "POST")), answered(http.StatusForbidden, allowed(app, "PUT")), allowed(corstest.DefaultURL, "POST"),
		}},
	{option: "AddTrustedOrigin", says: "lets a page through, of those that CORS lets in",
		server: protected(func(c *http.CrossOriginProtection) { c.AddTrustedOrigin(app); c.AddTrustedOrigin(admin) }), cases: []corstest.Case{
			allowed(app, "POST"), allowed(app, "PUT", "Content-Type"), blocked(admin, "POST"), blocked(evil, "POST"),
		}},
	{option: "AddTrustedOrigin", says: "refuses null, a * and a slash at the end",
		server: protected(func(*http.CrossOriginProtection) {}), check: func(t *testing.T, _ *corstest.Server) {
			for _, o := range []string{sandbox, "*", app + "/"} {
				if err := http.NewCrossOriginProtection().AddTrustedOrigin(o); err == nil {
					t.Errorf("%s is taken", o)
				}
			}
		}},
	{option: "AddInsecureBypassPattern", says: "leaves a route unprotected",
		server: protected(func(c *http.CrossOriginProtection) { c.AddInsecureBypassPattern("POST /things") }), cases: []corstest.Case{
			allowed(app, "POST"), answered(http.StatusForbidden, allowed(app, "PUT")),
		}},
	{option: "SetDenyHandler", says: "answers what is refused, and the page can read it inside of CORS",
		server: protected(func(c *http.CrossOriginProtection) {
			c.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) }))
		}), cases: []corstest.Case{answered(http.StatusTeapot, allowed(app, "POST"))}},
	{option: "Check", says: "lets preflights through: OPTIONS is safe", server: func() http.Handler {
		c := http.NewCrossOriginProtection()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := c.Check(r); err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
			byPolicy(listed, http.HandlerFunc(things)).ServeHTTP(w, r)
		})
	}, check: preflightStatus(blocked(app, "PUT"), http.StatusNoContent)},
}

var netHTTPSurprises = []finding{
	{option: "Handler", says: "around CORS, its 403 has no headers: the page sees a network error",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: func() http.Handler { return protect()(byPolicy(listed, http.HandlerFunc(things))) },
		cases:  []corstest.Case{allowed(app, "GET"), blocked(app, "POST"), blocked(app, "PUT", "Content-Type")}},
	{option: "Handler", says: "refuses other hosts of the same site, too",
		rule:   "https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header",
		server: protected(func(*http.CrossOriginProtection) {}), cases: []corstest.Case{answered(http.StatusForbidden, allowed(app, "POST"))}},
	{option: "Handler", says: "keeps a POST without preflight from being executed, which CORS does not",
		rule:   "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		server: func() http.Handler { return http.NotFoundHandler() }, check: func(t *testing.T, _ *corstest.Server) {
			post := noCORS(evil)
			post.Method, post.Body, post.Want = "POST", "delete everything", corstest.Unreadable
			for _, test := range []struct {
				layer func(http.Handler) http.Handler
				want  int32
			}{{protect(), 0}, {func(h http.Handler) http.Handler { return h }, 3}} {
				var executed atomic.Int32
				s := corstest.New(byPolicy(listed, test.layer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { executed.Add(1) }))))
				if err := corstest.Check(s, post); err != nil {
					t.Error(err)
				}
				if n := executed.Load(); n != test.want {
					t.Errorf("the POST was executed for %d browsers, want %d", n, test.want)
				}
			}
		}},
	{says: "two origins in one header are none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-allow-origin",
		server: sending("Access-Control-Allow-Origin", app+", "+admin), cases: []corstest.Case{blocked(app, "GET"), blocked(admin, "GET")}},
	{says: "the header twice, by two layers, is none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-allow-origin",
		server: sending("Access-Control-Allow-Origin", "*", "Access-Control-Allow-Origin", "*"), cases: []corstest.Case{blocked(app, "GET")}},
	{says: "a * within an origin is none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-allow-origin",
		server: sending("Access-Control-Allow-Origin", "https://*.example.com"), cases: []corstest.Case{blocked(app, "GET")}},
	{says: "True is not true",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-allow-credentials",
		server: sending("Access-Control-Allow-Origin", app, "Access-Control-Allow-Credentials", "True"),
		cases:  []corstest.Case{credentialed(blocked(app, "GET"))}},
	{says: "Access-Control-Allow-Headers: * covers Authorization in today's browsers, against the standard, and no header of a request with credentials",
		rule:   "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name",
		server: sending("Access-Control-Allow-Origin", app, "Access-Control-Allow-Credentials", "true", "Access-Control-Allow-Headers", "*"),
		cases:  []corstest.Case{allowed(app, "GET", "Authorization"), credentialed(unsent(app, "GET", "X-Custom"))}},
	{says: "any origin told back with credentials lets every page read what its user may",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: echoing(func(page string) string { return page }),
		cases:  []corstest.Case{credentialed(allowed(evil, "GET")), credentialed(allowed(sandbox, "GET"))}},
	{says: "strings.HasSuffix of a host, and strings.HasPrefix of an origin, match hosts of others",
		rule: "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: echoing(func(page string) string {
			if strings.HasSuffix(page, "example.com") || strings.HasPrefix(page, app) {
				return page
			}
			return ""
		}), cases: []corstest.Case{credentialed(allowed("https://evilexample.com", "GET")), credentialed(allowed(app+".evil.com", "GET")), credentialed(blocked(evil, "GET"))}},
	{says: "an origin told back without Vary: behind a shared cache, the next page is told the first one's",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches",
		server: echoing(func(page string) string { return page }), check: poisoned(allowed(app, "GET"), allowed(admin, "GET"))},
	{says: "headers in a handler at a http.ServeMux pattern with a method answer no preflight",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: func() http.Handler { return serveMux(func(h http.Handler) http.Handler { return byPolicy(listed, h) }) },
		check:  all(hidden("the router does not take OPTIONS"), keeps("401 /private", "429 /busy"), loses("404 /nowhere", "405 DELETE /things"))},
	{says: "inside of http.ServeMux at a path with a slash at its end, preflights without one are redirected, which ends them",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: func() http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/things/", byPolicy(listed, http.HandlerFunc(things)))
			return mux
		}, cases: []corstest.Case{unsent(app, "PUT")}, check: preflightStatus(unsent(app, "PUT"), http.StatusTemporaryRedirect)},
	{says: "around http.ServeMux, the redirect to a slash at the end is followed",
		server: func() http.Handler {
			mux := http.NewServeMux()
			mux.HandleFunc("/things/", things)
			return byPolicy(listed, mux)
		}, cases: []corstest.Case{allowed(app, "GET"), allowed(app, "PUT")}},
	{says: "inside of http.TimeoutHandler, the 503 of a handler that takes too long is lost",
		rule: "https://fetch.spec.whatwg.org/#cors-check",
		server: func() http.Handler {
			return http.TimeoutHandler(byPolicy(listed, http.HandlerFunc(slow)), time.Millisecond, "later")
		},
		check: all(loses("503 /things"), func(t *testing.T, _ *corstest.Server) {
			keeps("503 /things")(t, corstest.New(byPolicy(listed, http.TimeoutHandler(http.HandlerFunc(slow), time.Millisecond, "later"))))
		})},
	{says: "around http.ServeMux, it answers all preflights, and all error answers but a panic can be read",
		server: func() http.Handler { return byPolicy(listed, serveMux(nil)) },
		check:  all(reaches, keeps("404 /nowhere", "405 DELETE /things", "401 /private", "429 /busy"), loses("500 /panics"))},
	{says: "around what fails in every way there is, it keeps all answers but that of a panic",
		server: func() http.Handler { return http.NotFoundHandler() }, check: func(t *testing.T, _ *corstest.Server) {
			s := corstest.Around(func(h http.Handler) http.Handler { return byPolicy(listed, h) })
			all(keeps("404 /404", "405 /405", "401 /401", "429 /429"), loses("500 /panic"))(t, s)
		}},
}
