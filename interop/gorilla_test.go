package interop

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"

	"github.com/corsim/corsim/corstest"
)

var gorillaMiddleware = judged{
	name:     "gorilla/handlers",
	modules:  []string{"github.com/gorilla/handlers", "github.com/gorilla/mux"},
	options:  gorillaFields(),
	findings: append(gorillaOptions, gorillaSurprises...),
	policy: func(p Policy) func() http.Handler {
		o := []handlers.CORSOption{
			handlers.AllowedOrigins(p.Origins), handlers.AllowedMethods(p.methods()), handlers.AllowedHeaders(p.Headers),
			handlers.ExposedHeaders(p.Exposed), handlers.MaxAge(p.MaxAge),
		}
		if p.Credentials {
			o = append(o, handlers.AllowCredentials())
		}
		return gorilla(o...)
	},
	differences: []difference{
		exposedStar, noZeroMaxAge, noSubdomains, {
			name:   "* is no header",
			reason: "it is compared with the names that the page asks for",
			instead: func(q *question) {
				q.policy.Headers = without(q.policy.Headers, "*")
			},
			policy: Policy{Origins: []string{app}, Headers: []string{"*"}}, request: allowed(app, "GET", "X-Custom"),
		}, {
			name:    "no preflight is remembered for more than 10 minutes",
			reason:  "it sends no more, as WebKit takes no more",
			instead: func(q *question) { q.policy.MaxAge = min(q.policy.MaxAge, 600) },
			policy:  Policy{Origins: []string{app}, Methods: []string{"PUT"}, MaxAge: 3600}, request: allowed(app, "PUT"),
		}, {
			name:   "a preflighted HEAD is asked for anew each time by Firefox",
			reason: "it lists no method that needs no listing, and Firefox does not know HEAD for one in what it has kept",
			instead: func(q *question) {
				if q.browser == "firefox" && q.request.Method == "HEAD" {
					q.policy.MaxAge = -1
				}
			},
			policy: Policy{Origins: []string{app}, Headers: []string{"X-Custom"}}, request: allowed(app, "HEAD", "X-Custom"),
		}, {
			name:   "OPTIONS is preflighted, and then refused with 400 and without headers",
			reason: "each OPTIONS request of a page that is listed is taken for a preflight",
			instead: func(q *question) {
				q.blocked = q.request.Method == "OPTIONS"
			},
			policy: Policy{Origins: []string{app}, Methods: []string{"OPTIONS"}}, request: allowed(app, "OPTIONS"),
		},
	},
}

// gorillaFields are the options: each function that makes one sets a field of the handler.
func gorillaFields() []string {
	var names []string
	for f := range reflect.TypeOf(handlers.CORS()(http.NotFoundHandler())).Elem().Fields() {
		if f.Name != "h" {
			names = append(names, strings.ToUpper(f.Name[:1])+f.Name[1:])
		}
	}
	return names
}

// gorilla makes a server with the middleware around things.
func gorilla(o ...handlers.CORSOption) func() http.Handler {
	return func() http.Handler { return handlers.CORS(o...)(http.HandlerFunc(things)) }
}

// gorillaListed makes one where app may GET and PUT, and more.
func gorillaListed(more ...handlers.CORSOption) func() http.Handler {
	return gorilla(append([]handlers.CORSOption{handlers.AllowedOrigins([]string{app}), handlers.AllowedMethods([]string{"GET", "PUT"})}, more...)...)
}

// muxRouter is gorilla's router, with middlewares that it uses.
func muxRouter(use ...mux.MiddlewareFunc) *mux.Router {
	r := mux.NewRouter()
	r.Use(use...)
	r.HandleFunc("/things", things).Methods("GET")
	r.HandleFunc("/things/{id}", things).Methods("PUT")
	r.HandleFunc("/private", failing)
	r.HandleFunc("/busy", failing)
	r.HandleFunc("/panics", failing)
	return r
}

var gorillaOpen = handlers.CORS(handlers.AllowedMethods([]string{"GET", "PUT", "DELETE"}), handlers.AllowedHeaders([]string{"Content-Type"}))

var gorillaOptions = []finding{
	{option: "AllowedOrigins", says: "left out, every page is let in", server: gorilla(), cases: []corstest.Case{
		allowed(app, "GET"), allowed(evil, "GET"), allowed(sandbox, "GET"),
	}},
	{option: "AllowedOrigins", says: "lists pages, which are compared whole",
		server: gorilla(handlers.AllowedOrigins([]string{app, admin, sandbox})), cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), allowed(sandbox, "GET"), blocked("https://admin.example.com", "GET"), blocked("http://app.example.com", "GET"),
			blocked("https://app.example.com.evil.com", "GET"), unsent(evil, "POST", "Content-Type"),
		}},
	{option: "AllowedOriginValidator", says: "decides alone: AllowedOrigins is not asked",
		server: gorillaListed(handlers.AllowedOriginValidator(func(o string) bool { return o == admin })), cases: []corstest.Case{
			allowed(admin, "GET"), allowed(admin, "PUT"), blocked(app, "GET"),
		}},
	{option: "AllowedMethods", says: "left out, is GET, HEAD and POST", server: gorilla(), cases: []corstest.Case{
		allowed(app, "GET"), allowed(app, "HEAD"), allowed(app, "POST"), unsent(app, "PUT"), unsent(app, "DELETE"),
	}},
	{option: "AllowedMethods", says: "lists the methods, in any case",
		server: gorillaListed(handlers.AllowedMethods([]string{"put", "patch"})), cases: []corstest.Case{
			allowed(app, "PUT"), allowed(app, "put"), allowed(app, "PATCH"), unsent(app, "DELETE"), unsent(app, "patch"),
		}},
	{option: "AllowedHeaders", says: "lists the headers, in any case",
		server: gorillaListed(handlers.AllowedHeaders([]string{"x-custom", "Authorization"})), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), allowed(app, "GET", "X-Custom", "Authorization"), unsent(app, "GET", "X-Other"),
		}},
	{option: "AllowedHeaders", says: "left out, lets no JSON through", server: gorillaListed(),
		cases: []corstest.Case{unsent(app, "PUT", "Content-Type")}},
	{option: "ExposedHeaders", says: "lists the headers that script can read", server: gorillaListed(handlers.ExposedHeaders([]string{"x-request-id"})),
		cases: []corstest.Case{
			cannotRead(reading(allowed(app, "GET"), "X-Request-Id"), "Link"), reading(allowed(app, "PUT"), "X-Request-Id"),
		}},
	{option: "MaxAge", says: "0 says nothing, and browsers remember a preflight for 5 seconds", server: gorillaListed(),
		check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is in seconds", server: gorillaListed(handlers.MaxAge(60)), check: remembers(time.Minute, time.Minute, time.Minute)},
	{option: "AllowCredentials", says: "lets a listed page send cookies", server: gorillaListed(handlers.AllowCredentials()), cases: []corstest.Case{
		credentialed(allowed(app, "GET")), credentialed(allowed(app, "PUT")), credentialed(blocked(evil, "GET")),
	}},
	{option: "AllowCredentials", says: "left out, lets none", server: gorillaListed(), cases: []corstest.Case{
		allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "PUT")),
	}},
	{option: "OptionStatusCode", says: "may be any from 200 to 299", server: gorillaListed(handlers.OptionStatusCode(204)),
		cases: []corstest.Case{allowed(app, "PUT")}},
}

var gorillaSurprises = []finding{
	{option: "AllowCredentials", says: "with the origin *, no page can send cookies: browsers refuse *",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: gorilla(handlers.AllowedOrigins([]string{"*"}), handlers.AllowCredentials()),
		cases:  []corstest.Case{allowed(app, "GET"), credentialed(blocked(app, "GET"))}},
	{option: "AllowedOrigins", says: "an empty list is every page",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: gorilla(handlers.AllowedOrigins([]string{})), cases: []corstest.Case{allowed(evil, "GET")}},
	{option: "AllowedOrigins", says: "a * for subdomains, another case and a slash at the end never match",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: gorilla(handlers.AllowedOrigins([]string{"https://*.example.com", "https://App.example.com", app + "/"})),
		cases:  []corstest.Case{blocked(app, "GET")}},
	{option: "AllowedOrigins, AllowedOriginValidator, AllowCredentials", says: "with * in the list, pages that the function lets in cannot send cookies",
		rule: "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials", issue: "https://github.com/gorilla/handlers/issues/117",
		server: gorilla(handlers.AllowedOrigins([]string{"*"}), handlers.AllowedOriginValidator(func(o string) bool { return o == app }), handlers.AllowCredentials()),
		cases:  []corstest.Case{allowed(app, "GET"), credentialed(blocked(app, "GET")), blocked(evil, "GET")}},
	{option: "AllowedMethods", says: "refuses GET with a header where it does not list GET, and lets GET without one through",
		rule:   "https://fetch.spec.whatwg.org/#cors-safelisted-method",
		server: gorillaListed(handlers.AllowedMethods([]string{"PUT"}), handlers.AllowedHeaders([]string{"X-Custom"})),
		cases:  []corstest.Case{allowed(app, "GET"), unsent(app, "GET", "X-Custom")}},
	{option: "AllowedMethods", says: "with OPTIONS in it, OPTIONS is preflighted and then refused with 400 and without headers",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-request",
		server: gorillaListed(handlers.AllowedMethods([]string{"OPTIONS"})), cases: []corstest.Case{blocked(app, "OPTIONS")},
		check: preflightStatus(blocked(app, "OPTIONS"), http.StatusOK)},
	{option: "AllowedMethods", says: "a preflight that it refuses is answered with 405, as if the router had",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", server: gorillaListed(),
		check: preflightStatus(unsent(app, "DELETE"), http.StatusMethodNotAllowed)},
	{option: "AllowedHeaders", says: "a preflight that it refuses is answered with 403, as if a login had",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", server: gorillaListed(),
		check: preflightStatus(unsent(app, "GET", "X-Custom"), http.StatusForbidden)},
	{option: "AllowedOrigins", says: "a preflight of a page that is not listed is answered with 200 all the same",
		rule: "https://fetch.spec.whatwg.org/#cors-check", server: gorillaListed(), check: preflightStatus(unsent(evil, "PUT"), http.StatusOK)},
	{option: "AllowedHeaders", says: "* is no header",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-allow-headers",
		server: gorillaListed(handlers.AllowedHeaders([]string{"*"})), cases: []corstest.Case{unsent(app, "GET", "X-Custom")}},
	{option: "ExposedHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		server: gorillaListed(handlers.ExposedHeaders([]string{"*"}), handlers.AllowCredentials()),
		cases:  []corstest.Case{reading(allowed(app, "GET"), "X-Request-Id", "Link"), credentialed(cannotRead(allowed(app, "GET"), "X-Request-Id"))}},
	{option: "MaxAge", says: "an hour is 10 minutes in all browsers: it sends no more",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: gorillaListed(handlers.MaxAge(3600)), check: remembers(10*time.Minute, 10*time.Minute, 10*time.Minute)},
	{option: "MaxAge", says: "cannot forbid to remember: below 0 it says nothing, which is 5 seconds",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: gorillaListed(handlers.MaxAge(-1)), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is nothing to Firefox for HEAD, which it does not list: each request has a preflight",
		rule:   "https://fetch.spec.whatwg.org/#concept-cache-match-method",
		server: gorillaListed(handlers.AllowedMethods([]string{"HEAD"}), handlers.AllowedHeaders([]string{"X-Custom"}), handlers.MaxAge(60)),
		check:  remembersFor(allowed(app, "HEAD", "X-Custom"), time.Minute, 0, time.Minute)},
	{option: "OptionStatusCode", says: "one beyond 299 refuses all preflights",
		rule:   "https://fetch.spec.whatwg.org/#ok-status",
		server: gorillaListed(handlers.OptionStatusCode(304)), cases: []corstest.Case{allowed(app, "GET"), unsent(app, "PUT")}},
	{option: "IgnoreOptions", says: "leaves preflights to the application, and gives it none of the headers",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: gorillaListed(handlers.IgnoreOptions()), cases: []corstest.Case{allowed(app, "GET"), unsent(app, "PUT")},
		check: preflightStatus(unsent(app, "PUT"), http.StatusOK)},
	{option: "AllowedOrigins", says: "behind a shared cache, an answer to a page that is not listed spoils it for one that is: it has no Vary",
		rule: "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches", issue: "https://github.com/gorilla/handlers/issues/248",
		server: gorilla(handlers.AllowedOrigins([]string{app, admin})), check: poisoned(blocked(evil, "GET"), allowed(app, "GET"))},
	{option: "AllowedOriginValidator", says: "behind a shared cache, an answer to one page spoils it for the next: it has no Vary",
		rule: "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches", issue: "https://github.com/gorilla/handlers/issues/244",
		server: gorilla(handlers.AllowedOriginValidator(func(string) bool { return true })),
		check:  poisoned(allowed(app, "GET"), allowed(admin, "GET"))},
	{says: "behind a shared cache, an answer to an element without CORS spoils it for pages: it has no Vary",
		rule: "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches", issue: "https://github.com/gorilla/handlers/issues/248",
		server: gorilla(), check: poisoned(noCORS(app), allowed(app, "GET"))},
	{says: "used by gorilla/mux, it sees no preflight of a route with methods, and no 404 or 405",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", issue: "https://github.com/gorilla/handlers/issues/142",
		server: func() http.Handler { return muxRouter(gorillaOpen) },
		check:  all(hidden("the router does not take OPTIONS"), keeps("401 /private", "429 /busy"), loses("404 /nowhere", "405 DELETE /things"))},
	{says: "mux's CORSMethodMiddleware answers no preflight: it adds one header, and only at routes for OPTIONS",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", issue: "https://github.com/gorilla/mux/issues/381",
		server: func() http.Handler {
			r := mux.NewRouter()
			r.Use(mux.CORSMethodMiddleware(r))
			open := func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				things(w, r)
			}
			r.HandleFunc("/things", open).Methods("PUT")
			r.HandleFunc("/both", open).Methods("PUT", "OPTIONS")
			return r
		}, cases: []corstest.Case{unsent(app, "PUT"), {Origin: app, Method: "PUT", URL: "/both"}}},
	{says: "around gorilla/mux, it answers all preflights, and all error answers but a panic can be read",
		server: func() http.Handler { return gorillaOpen(muxRouter()) },
		check:  all(reaches, keeps("404 /nowhere", "405 DELETE /things", "401 /private", "429 /busy"), loses("500 /panics"))},
	{says: "a panic can be read on both sides of gorilla's RecoveryHandler: headers that were set stay",
		server: func() http.Handler { return gorillaOpen(handlers.RecoveryHandler(gorillaQuiet)(muxRouter())) },
		check: all(keeps("500 /panics"), func(t *testing.T, _ *corstest.Server) {
			keeps("500 /panics")(t, corstest.New(handlers.RecoveryHandler(gorillaQuiet)(gorillaOpen(muxRouter()))))
		})},
}

// gorillaQuiet keeps the panic that RecoveryHandler has recovered from the log.
var gorillaQuiet = handlers.RecoveryLogger(noLog{})

func (noLog) Println(...any) {}
