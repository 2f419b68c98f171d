package interop

import (
	"bytes"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/cors"

	"github.com/corsim/corsim/corstest"
)

var rsMiddleware = judged{
	name:     "rs/cors",
	modules:  []string{"github.com/rs/cors"},
	options:  fields[cors.Options](),
	findings: append(rsOptions, rsSurprises...),
	policy: func(p Policy) func() http.Handler {
		return rs(cors.Options{
			AllowedOrigins: p.Origins, AllowedMethods: p.methods(), AllowedHeaders: p.Headers, ExposedHeaders: p.Exposed,
			AllowCredentials: p.Credentials, MaxAge: p.MaxAge,
		})
	},
	differences: []difference{
		defaultHeaders("Accept", "Content-Type", "X-Requested-With"), optionsForAll, exposedStar,
	},
}

// rs makes a server with the middleware around things.
func rs(o cors.Options) func() http.Handler {
	return func() http.Handler { return cors.New(o).Handler(http.HandlerFunc(things)) }
}

// rsListed makes one where app may GET and PUT, but for a change.
func rsListed(change func(*cors.Options)) func() http.Handler {
	o := cors.Options{AllowedOrigins: []string{app}, AllowedMethods: []string{"GET", "PUT"}}
	change(&o)
	return rs(o)
}

var rsOptions = []finding{
	{option: "AllowedOrigins", says: "left out, every page is let in", server: rs(cors.Options{}), cases: []corstest.Case{
		allowed(app, "GET"), allowed(evil, "GET"), allowed(sandbox, "GET"),
	}},
	{option: "AllowedOrigins", says: "lists pages, which are compared whole and in any case",
		server: rs(cors.Options{AllowedOrigins: []string{"HTTPS://App.Example.com", admin}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), blocked("https://admin.example.com", "GET"), blocked("http://app.example.com", "GET"),
			blocked("https://app.example.com.evil.com", "GET"), blocked(sandbox, "GET"), unsent(evil, "POST", "Content-Type"),
		}},
	{option: "AllowedOrigins", says: "takes a * for the subdomains of a host, of any depth",
		server: rs(cors.Options{AllowedOrigins: []string{"https://*.example.com"}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed("https://a.b.example.com", "GET"), blocked("https://example.com", "GET"), blocked(admin, "GET"), blocked("https://evilexample.com", "GET"),
		}},
	{option: "AllowOriginFunc", says: "decides alone: AllowedOrigins is not asked",
		server: rs(cors.Options{AllowedOrigins: []string{app}, AllowOriginFunc: func(o string) bool { return o == admin }}),
		cases:  []corstest.Case{allowed(admin, "GET"), blocked(app, "GET")}},
	{option: "AllowOriginRequestFunc", says: "sees the preflight, which has the path and no headers of the page",
		//lint:ignore SA1019 judged for as long as it is there
		server: rs(cors.Options{AllowOriginRequestFunc: func(r *http.Request, o string) bool { return o == app && r.Header.Get("X-Requested-With") == "" }}),
		cases:  []corstest.Case{allowed(app, "GET"), blocked(app, "GET", "X-Requested-With")}},
	{option: "AllowOriginVaryRequestFunc", says: "decides by headers that it names, which caches keep apart",
		server: rs(cors.Options{AllowOriginVaryRequestFunc: func(_ *http.Request, o string) (bool, []string) { return o == app, []string{"X-Tenant"} }}),
		cases:  []corstest.Case{allowed(app, "GET"), blocked(evil, "GET")},
		check: func(t *testing.T, s *corstest.Server) {
			for _, v := range ask(t, s, allowed(app, "GET")) {
				if vary, _ := v.Result.Exchanges[0].Response.Headers.Get("Vary"); !strings.Contains(vary, "X-Tenant") {
					t.Errorf("Vary is %q", vary)
				}
			}
		}},
	{option: "AllowedMethods", says: "left out, is GET, HEAD and POST",
		server: rsListed(func(o *cors.Options) { o.AllowedMethods = nil }), cases: []corstest.Case{
			allowed(app, "GET"), allowed(app, "HEAD"), allowed(app, "POST"), unsent(app, "PUT"), unsent(app, "DELETE"),
		}},
	{option: "AllowedMethods", says: "lists the methods", server: rsListed(func(*cors.Options) {}), cases: []corstest.Case{
		allowed(app, "PUT"), allowed(app, "put"), unsent(app, "DELETE"), unsent(app, "PATCH"),
	}},
	{option: "AllowedHeaders", says: "lists the headers, in any case",
		server: rsListed(func(o *cors.Options) { o.AllowedHeaders = []string{"x-custom", "Authorization"} }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), allowed(app, "GET", "X-Custom", "Authorization"), unsent(app, "GET", "X-Other"),
		}},
	{option: "AllowedHeaders", says: "takes * for all, Authorization and requests with credentials too",
		server: rsListed(func(o *cors.Options) { o.AllowedHeaders = []string{"*"}; o.AllowCredentials = true }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), credentialed(allowed(app, "GET", "X-Custom", "Authorization")),
		}},
	{option: "ExposedHeaders", says: "lists the headers that script can read",
		server: rsListed(func(o *cors.Options) { o.ExposedHeaders = []string{"x-request-id"} }), cases: []corstest.Case{
			cannotRead(reading(allowed(app, "GET"), "X-Request-Id"), "Link"), reading(allowed(app, "PUT"), "X-Request-Id"),
		}},
	{option: "MaxAge", says: "0 says nothing, and browsers remember a preflight for 5 seconds",
		server: rsListed(func(*cors.Options) {}), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is in seconds",
		server: rsListed(func(o *cors.Options) { o.MaxAge = 60 }), check: remembers(time.Minute, time.Minute, time.Minute)},
	{option: "MaxAge", says: "-1 forbids to remember", server: rsListed(func(o *cors.Options) { o.MaxAge = -1 }), check: remembers(0, 0, 0)},
	{option: "AllowCredentials", says: "lets a listed page send cookies", server: rsListed(func(o *cors.Options) { o.AllowCredentials = true }),
		cases: []corstest.Case{
			credentialed(allowed(app, "GET")), credentialed(allowed(app, "PUT")), credentialed(blocked(evil, "GET")),
		}},
	{option: "AllowCredentials", says: "left out, lets none", server: rsListed(func(*cors.Options) {}), cases: []corstest.Case{
		allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "PUT")),
	}},
	{option: "OptionsPassthrough", says: "lets the application answer preflights, with the middleware's headers",
		server: rsListed(func(o *cors.Options) { o.OptionsPassthrough = true }), cases: []corstest.Case{allowed(app, "PUT"), unsent(app, "DELETE")}},
	{option: "OptionsSuccessStatus", says: "may be any from 200 to 299",
		server: rsListed(func(o *cors.Options) { o.OptionsSuccessStatus = 200 }), cases: []corstest.Case{allowed(app, "PUT")}},
	{option: "Debug, Logger", says: "tell the log why a page is refused, and change nothing", server: func() http.Handler {
		return rsListed(func(o *cors.Options) { o.Debug, o.Logger = true, log.New(&rsLog, "", 0) })()
	}, check: func(t *testing.T, s *corstest.Server) {
		if err := corstest.Check(s, unsent(app, "DELETE")); err != nil {
			t.Error(err)
		}
		if want := "method 'DELETE' not allowed"; !strings.Contains(rsLog.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, rsLog.String())
		}
	}},
}

var rsLog bytes.Buffer

var rsSurprises = []finding{
	{option: "AllowCredentials", says: "with the origin *, no page can send cookies: browsers refuse *",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: rs(cors.Options{AllowedOrigins: []string{"*"}, AllowCredentials: true}),
		cases:  []corstest.Case{allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "POST", "Content-Type"))}},
	{option: "AllowedOrigins, AllowCredentials", says: "a * within an origin is no *: h* lets every page in with cookies",
		rule: "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials", issue: "https://github.com/rs/cors/issues/197",
		server: rs(cors.Options{AllowedOrigins: []string{"h*"}, AllowCredentials: true}),
		cases:  []corstest.Case{credentialed(allowed(evil, "GET")), credentialed(allowed("http://localhost:3000", "GET"))}},
	{option: "AllowedOrigins", says: "a * without a dot or at the end matches hosts of others",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: rs(cors.Options{AllowedOrigins: []string{"https://*example.com", "http://localhost*"}}),
		cases:  []corstest.Case{allowed("https://evilexample.com", "GET"), allowed("http://localhost.evil.com", "GET")}},
	{option: "AllowedOrigins", says: "an origin with a slash at its end never matches",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: rs(cors.Options{AllowedOrigins: []string{app + "/"}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowedOrigins, AllowCredentials", says: "null lets every sandboxed frame in, of any site",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: rs(cors.Options{AllowedOrigins: []string{"null"}, AllowCredentials: true}),
		cases:  []corstest.Case{credentialed(allowed(sandbox, "GET"))}},
	{option: "AllowedMethods", says: "keeps GET and POST from pages where it does not list them, after they were executed",
		rule:   "https://fetch.spec.whatwg.org/#cors-safelisted-method",
		server: rsListed(func(o *cors.Options) { o.AllowedMethods = []string{"PUT"} }),
		cases:  []corstest.Case{allowed(app, "PUT"), blocked(app, "GET"), blocked(app, "POST"), unsent(app, "GET", "X-Requested-With")}},
	{option: "AllowedMethods", says: "patch is not PATCH: browsers send methods as written, but for six",
		rule:   "https://fetch.spec.whatwg.org/#concept-method-normalize",
		server: rsListed(func(o *cors.Options) { o.AllowedMethods = []string{"patch", "put"} }),
		cases:  []corstest.Case{allowed(app, "patch"), unsent(app, "PATCH"), unsent(app, "put")}},
	{option: "AllowedMethods", says: "OPTIONS is let through unlisted",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-request",
		server: rsListed(func(*cors.Options) {}), cases: []corstest.Case{allowed(app, "OPTIONS")}},
	{option: "AllowedHeaders", says: "left out, lets JSON through; naming another header ends that",
		rule:   "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		server: rsListed(func(o *cors.Options) { o.AllowedHeaders = []string{"Authorization"} }),
		cases:  []corstest.Case{allowed(app, "GET", "Authorization"), unsent(app, "PUT", "Content-Type", "Authorization")},
		check: func(t *testing.T, _ *corstest.Server) {
			if err := corstest.Check(corstest.New(rsListed(func(*cors.Options) {})()), allowed(app, "PUT", "Content-Type")); err != nil {
				t.Error(err)
			}
		}},
	{option: "AllowedHeaders", says: "takes names lower-case and sorted, as browsers send them: preflights by hand fail",
		rule: "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names", issue: "https://github.com/rs/cors/issues/174",
		server: rsListed(func(o *cors.Options) { o.AllowedHeaders = []string{"Content-Type", "Authorization"} }),
		cases:  []corstest.Case{allowed(app, "PUT", "Content-Type", "Authorization")},
		check:  all(refusedByHand("PUT", "content-type,authorization"), refusedByHand("PUT", "Content-Type"))},
	{option: "ExposedHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		server: rsListed(func(o *cors.Options) { o.ExposedHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{reading(allowed(app, "GET"), "X-Request-Id", "Link"), credentialed(cannotRead(allowed(app, "GET"), "X-Request-Id"))}},
	{option: "MaxAge", says: "a day is 2 hours in Chromium and 10 minutes in WebKit",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: rsListed(func(o *cors.Options) { o.MaxAge = 86_400 }), check: remembers(2*time.Hour, 24*time.Hour, 10*time.Minute)},
	{option: "AllowPrivateNetwork", says: "answers a question that no browser asks any more",
		rule: "https://wicg.github.io/local-network-access/", server: rsListed(func(o *cors.Options) { o.AllowPrivateNetwork = true }),
		cases: []corstest.Case{allowed(app, "PUT")}, check: neverAsked("Access-Control-Request-Private-Network")},
	{option: "OptionsSuccessStatus", says: "one beyond 299 refuses all preflights",
		rule:   "https://fetch.spec.whatwg.org/#ok-status",
		server: rsListed(func(o *cors.Options) { o.OptionsSuccessStatus = 304 }), cases: []corstest.Case{allowed(app, "GET"), unsent(app, "PUT")}},
	{option: "OptionsPassthrough", says: "before a router that has no route for OPTIONS, refuses all preflights",
		rule: "https://fetch.spec.whatwg.org/#ok-status",
		server: func() http.Handler {
			return cors.New(cors.Options{AllowedMethods: []string{"GET", "PUT"}, OptionsPassthrough: true}).Handler(serveMux(nil))
		}, check: hidden("the router does not take OPTIONS")},
	{says: "refused preflights are answered with 204 all the same: only the headers tell",
		rule: "https://fetch.spec.whatwg.org/#cors-check", server: rsListed(func(*cors.Options) {}),
		cases: []corstest.Case{unsent(evil, "PUT")}, check: preflightStatus(unsent(evil, "PUT"), http.StatusNoContent)},
	{says: "inside of http.ServeMux, at a pattern with a method, it never sees a preflight",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: func() http.Handler { return serveMux(cors.AllowAll().Handler) },
		check:  all(hidden("the router does not take OPTIONS"), loses("404 /nowhere", "405 DELETE /things"))},
	{says: "around http.ServeMux, it answers all preflights, and all error answers but a panic can be read",
		server: func() http.Handler { return cors.AllowAll().Handler(serveMux(nil)) },
		check:  all(reaches, keeps("404 /nowhere", "405 DELETE /things", "401 /private", "429 /busy"), loses("500 /panics"))},
}
