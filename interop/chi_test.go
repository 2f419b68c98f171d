package interop

import (
	"bytes"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/cors"

	"github.com/corsim/corsim/corstest"
)

var chiMiddleware = judged{
	name:     "go-chi/cors",
	modules:  []string{"github.com/go-chi/cors", "github.com/go-chi/chi/v5"},
	options:  fields[cors.Options](),
	findings: append(chiOptions, chiSurprises...),
	policy: func(p Policy) func() http.Handler {
		return chiServer(cors.Options{
			AllowedOrigins: p.Origins, AllowedMethods: p.methods(), AllowedHeaders: p.Headers, ExposedHeaders: p.Exposed,
			AllowCredentials: p.Credentials, MaxAge: p.MaxAge,
		})
	},
	differences: []difference{defaultHeaders("Accept", "Content-Type", "Origin"), optionsForAll, exposedStar, noZeroMaxAge},
}

// chiServer makes a server with the middleware around things.
func chiServer(o cors.Options) func() http.Handler {
	return func() http.Handler { return cors.Handler(o)(http.HandlerFunc(things)) }
}

// chiListed makes one where app may GET and PUT, but for a change.
func chiListed(change func(*cors.Options)) func() http.Handler {
	o := cors.Options{AllowedOrigins: []string{app}, AllowedMethods: []string{"GET", "PUT"}}
	change(&o)
	return chiServer(o)
}

// chiRouter is a chi router, with middlewares for all of it, and for its routes alone.
func chiRouter(all, each []func(http.Handler) http.Handler) func() http.Handler {
	return func() http.Handler {
		r := chi.NewRouter()
		r.Use(all...)
		r.Group(func(r chi.Router) {
			r.Use(each...)
			r.Get("/things", things)
			r.Put("/things/{id}", things)
			r.Get("/private", failing)
			r.Get("/busy", failing)
			r.Get("/panics", failing)
		})
		return r
	}
}

type wrappers = []func(http.Handler) http.Handler

var chiOpen = cors.Handler(cors.Options{AllowedMethods: []string{"GET", "PUT", "DELETE"}})

// quiet keeps the panic that Recoverer has recovered from the log.
func quiet(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, middleware.WithLogEntry(r, noLog{})) })
}

type noLog struct{}

func (noLog) Write(int, int, http.Header, time.Duration, any) {}
func (noLog) Panic(any, []byte)                               {}

var chiOptions = []finding{
	{option: "AllowedOrigins", says: "left out, every page is let in", server: chiServer(cors.Options{}), cases: []corstest.Case{
		allowed(app, "GET"), allowed(evil, "GET"), allowed(sandbox, "GET"),
	}},
	{option: "AllowedOrigins", says: "lists pages, which are compared whole and in any case",
		server: chiServer(cors.Options{AllowedOrigins: []string{"HTTPS://App.Example.com", admin}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), blocked("https://admin.example.com", "GET"), blocked("http://app.example.com", "GET"),
			blocked("https://app.example.com.evil.com", "GET"), blocked(sandbox, "GET"), unsent(evil, "POST", "Content-Type"),
		}},
	{option: "AllowedOrigins", says: "takes a * for the subdomains of a host, of any depth",
		server: chiServer(cors.Options{AllowedOrigins: []string{"https://*.example.com"}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed("https://a.b.example.com", "GET"), blocked("https://example.com", "GET"), blocked(admin, "GET"), blocked("https://evilexample.com", "GET"),
		}},
	{option: "AllowOriginFunc", says: "decides alone: AllowedOrigins is not asked", server: chiServer(cors.Options{
		AllowedOrigins: []string{app}, AllowOriginFunc: func(_ *http.Request, o string) bool { return o == admin },
	}), cases: []corstest.Case{allowed(admin, "GET"), blocked(app, "GET")}},
	{option: "AllowedMethods", says: "left out, is GET, HEAD and POST",
		server: chiListed(func(o *cors.Options) { o.AllowedMethods = nil }), cases: []corstest.Case{
			allowed(app, "GET"), allowed(app, "HEAD"), allowed(app, "POST"), unsent(app, "PUT"), unsent(app, "DELETE"),
		}},
	{option: "AllowedMethods", says: "lists the methods, in any case",
		server: chiListed(func(o *cors.Options) { o.AllowedMethods = []string{"get", "put", "patch"} }), cases: []corstest.Case{
			allowed(app, "PUT"), allowed(app, "put"), allowed(app, "PATCH"), unsent(app, "DELETE"),
		}},
	{option: "AllowedHeaders", says: "lists the headers, in any case",
		server: chiListed(func(o *cors.Options) { o.AllowedHeaders = []string{"x-custom", "Authorization"} }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), allowed(app, "GET", "X-Custom", "Authorization"), unsent(app, "GET", "X-Other"),
		}},
	{option: "AllowedHeaders", says: "takes * for all, Authorization and requests with credentials too",
		server: chiListed(func(o *cors.Options) { o.AllowedHeaders = []string{"*"}; o.AllowCredentials = true }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), credentialed(allowed(app, "GET", "X-Custom", "Authorization")),
		}},
	{option: "ExposedHeaders", says: "lists the headers that script can read",
		server: chiListed(func(o *cors.Options) { o.ExposedHeaders = []string{"x-request-id"} }), cases: []corstest.Case{
			cannotRead(reading(allowed(app, "GET"), "X-Request-Id"), "Link"), reading(allowed(app, "PUT"), "X-Request-Id"),
		}},
	{option: "MaxAge", says: "0 says nothing, and browsers remember a preflight for 5 seconds",
		server: chiListed(func(*cors.Options) {}), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is in seconds",
		server: chiListed(func(o *cors.Options) { o.MaxAge = 60 }), check: remembers(time.Minute, time.Minute, time.Minute)},
	{option: "AllowCredentials", says: "lets a listed page send cookies", server: chiListed(func(o *cors.Options) { o.AllowCredentials = true }),
		cases: []corstest.Case{
			credentialed(allowed(app, "GET")), credentialed(allowed(app, "PUT")), credentialed(blocked(evil, "GET")),
		}},
	{option: "AllowCredentials", says: "left out, lets none", server: chiListed(func(*cors.Options) {}), cases: []corstest.Case{
		allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "PUT")),
	}},
	{option: "OptionsPassthrough", says: "lets the application answer preflights, with the middleware's headers",
		server: chiListed(func(o *cors.Options) { o.OptionsPassthrough = true }), cases: []corstest.Case{allowed(app, "PUT"), unsent(app, "DELETE")}},
	{option: "Debug", says: "tells the log why a page is refused, and changes nothing", server: func() http.Handler {
		c := cors.New(cors.Options{AllowedOrigins: []string{app}, Debug: true})
		c.Log.(*log.Logger).SetOutput(&chiLog)
		return c.Handler(http.HandlerFunc(things))
	}, check: func(t *testing.T, s *corstest.Server) {
		if err := corstest.Check(s, unsent(app, "DELETE")); err != nil {
			t.Error(err)
		}
		if want := "method 'DELETE' not allowed"; !strings.Contains(chiLog.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, chiLog.String())
		}
	}},
}

var chiLog bytes.Buffer

var chiSurprises = []finding{
	{option: "AllowCredentials", says: "with the origin *, no page can send cookies: browsers refuse *",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: chiServer(cors.Options{AllowedOrigins: []string{"*"}, AllowCredentials: true}),
		cases:  []corstest.Case{allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "POST", "Content-Type"))}},
	{option: "AllowedOrigins, AllowCredentials", says: "https://*, as in its README, lets every page of https in with cookies",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: chiServer(cors.Options{AllowedOrigins: []string{"https://*"}, AllowCredentials: true}),
		cases:  []corstest.Case{credentialed(allowed(evil, "GET"))}},
	{option: "AllowedOrigins", says: "a * without a dot or at the end matches hosts of others",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: chiServer(cors.Options{AllowedOrigins: []string{"https://*example.com", "http://localhost*"}}),
		cases:  []corstest.Case{allowed("https://evilexample.com", "GET"), allowed("http://localhost.evil.com", "GET")}},
	{option: "AllowedOrigins", says: "an origin with a slash at its end never matches",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: chiServer(cors.Options{AllowedOrigins: []string{app + "/"}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowedOrigins, AllowCredentials", says: "null lets every sandboxed frame in, of any site",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: chiServer(cors.Options{AllowedOrigins: []string{"null"}, AllowCredentials: true}),
		cases:  []corstest.Case{credentialed(allowed(sandbox, "GET"))}},
	{option: "AllowedMethods", says: "keeps GET and POST from pages where it does not list them, after they were executed",
		rule:   "https://fetch.spec.whatwg.org/#cors-safelisted-method",
		server: chiListed(func(o *cors.Options) { o.AllowedMethods = []string{"PUT"} }),
		cases:  []corstest.Case{allowed(app, "PUT"), blocked(app, "GET"), blocked(app, "POST"), unsent(app, "GET", "Content-Type")}},
	{option: "AllowedMethods", says: "answers a page that sends patch with PATCH, which browsers do not take for it",
		rule:   "https://fetch.spec.whatwg.org/#concept-method-normalize",
		server: chiListed(func(o *cors.Options) { o.AllowedMethods = []string{"PATCH"} }),
		cases:  []corstest.Case{allowed(app, "PATCH"), unsent(app, "patch")}},
	{option: "AllowedMethods", says: "OPTIONS is let through unlisted",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-request",
		server: chiListed(func(*cors.Options) {}), cases: []corstest.Case{allowed(app, "OPTIONS")}},
	{option: "AllowedHeaders", says: "left out, lets JSON through; naming another header ends that",
		rule:   "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		server: chiListed(func(o *cors.Options) { o.AllowedHeaders = []string{"Authorization"} }),
		cases:  []corstest.Case{allowed(app, "GET", "Authorization"), unsent(app, "PUT", "Content-Type", "Authorization")},
		check: func(t *testing.T, _ *corstest.Server) {
			if err := corstest.Check(corstest.New(chiListed(func(*cors.Options) {})()), allowed(app, "PUT", "Content-Type")); err != nil {
				t.Error(err)
			}
		}},
	{option: "AllowedHeaders", says: "cannot list a name with a character that it drops while it reads them",
		rule:   "https://httpwg.org/specs/rfc9110.html#tokens",
		server: chiListed(func(o *cors.Options) { o.AllowedHeaders = []string{"X~Trace"} }), cases: []corstest.Case{unsent(app, "GET", "X~Trace")}},
	{option: "ExposedHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		server: chiListed(func(o *cors.Options) { o.ExposedHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{reading(allowed(app, "GET"), "X-Request-Id", "Link"), credentialed(cannotRead(allowed(app, "GET"), "X-Request-Id"))}},
	{option: "MaxAge", says: "a day is 2 hours in Chromium and 10 minutes in WebKit",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: chiListed(func(o *cors.Options) { o.MaxAge = 86_400 }), check: remembers(2*time.Hour, 24*time.Hour, 10*time.Minute)},
	{option: "MaxAge", says: "cannot forbid to remember: below 0 it says nothing, which is 5 seconds",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: chiListed(func(o *cors.Options) { o.MaxAge = -1 }), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "OptionsPassthrough", says: "before a router that has no route for OPTIONS, refuses all preflights",
		rule:   "https://fetch.spec.whatwg.org/#ok-status",
		server: chiRouter(wrappers{cors.Handler(cors.Options{AllowedMethods: []string{"GET", "PUT"}, OptionsPassthrough: true})}, nil),
		check:  hidden("the router does not take OPTIONS")},
	{says: "refused preflights are answered with 200 all the same: only the headers tell",
		rule: "https://fetch.spec.whatwg.org/#cors-check", server: chiListed(func(*cors.Options) {}),
		cases: []corstest.Case{unsent(evil, "PUT")}, check: preflightStatus(unsent(evil, "PUT"), http.StatusOK)},
	{says: "in a group or at a route of chi, it never sees a preflight",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", issue: "https://github.com/go-chi/chi/issues/263",
		server: chiRouter(nil, wrappers{chiOpen}),
		check:  all(hidden("the router does not take OPTIONS"), loses("404 /nowhere", "405 DELETE /things"))},
	{says: "used by the whole of chi, it answers all preflights, and all error answers but a panic can be read",
		server: chiRouter(wrappers{chiOpen}, nil),
		check:  all(reaches, keeps("404 /nowhere", "405 DELETE /things", "401 /private", "429 /busy"), loses("500 /panics"))},
	{says: "a panic can be read on both sides of chi's Recoverer: headers that were set stay",
		server: chiRouter(wrappers{quiet, middleware.Recoverer, chiOpen}, nil),
		check: all(keeps("500 /panics"), func(t *testing.T, _ *corstest.Server) {
			keeps("500 /panics")(t, corstest.New(chiRouter(wrappers{chiOpen, quiet, middleware.Recoverer}, nil)()))
		})},
	{says: "what refuses requests in front of it, as a login or a limit, is lost on the page, and stops preflights",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: chiRouter(wrappers{login, chiOpen}, nil),
		check:  all(hidden("something asks for authentication first"), loses("401 /things"))},
}
