package interop

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/fetchspec"
)

func init() { gin.SetMode(gin.TestMode) }

var ginMiddleware = judged{
	name:     "gin-contrib/cors",
	modules:  []string{"github.com/gin-contrib/cors", "github.com/gin-gonic/gin"},
	options:  fields[cors.Config](),
	findings: append(ginOptions, ginSurprises...),
	policy: func(p Policy) func() http.Handler {
		return ginServer(cors.Config{
			AllowOrigins: p.Origins, AllowWildcard: true, AllowMethods: p.methods(), AllowHeaders: p.Headers, ExposeHeaders: p.Exposed,
			AllowCredentials: p.Credentials, MaxAge: time.Duration(p.MaxAge) * time.Second,
		})
	},
	differences: []difference{
		nullRefused, exposedStar, headersStar, noZeroMaxAge, starNotKept, otherScheme, {
			name:   "OPTIONS is answered with 204, and never asked of a route",
			reason: "each OPTIONS request with an Origin is taken for a preflight",
			instead: func(q *question) {
				if q.request.Method == "OPTIONS" {
					q.status = http.StatusNoContent
				}
			},
			policy: Policy{Origins: []string{app}, Methods: []string{"OPTIONS"}}, request: allowed(app, "OPTIONS"),
		},
	},
}

// ginServer makes a server with the middleware before things.
func ginServer(o cors.Config) func() http.Handler {
	return func() http.Handler {
		e := gin.New()
		e.Use(cors.New(o))
		e.Any("/things", gin.WrapF(things))
		return e
	}
}

// ginListed makes one where app may GET and PUT, but for a change.
func ginListed(change func(*cors.Config)) func() http.Handler {
	o := cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"GET", "PUT"}}
	change(&o)
	return ginServer(o)
}

// ginRoutes are gin's routes, with handlers for all of the engine, and for its routes alone.
func ginRoutes(all, each []gin.HandlerFunc) func() http.Handler {
	return func() http.Handler {
		e := gin.New()
		e.Use(all...)
		r := e.Group("/", each...)
		r.GET("/things", gin.WrapF(things))
		r.PUT("/things/:id", gin.WrapF(things))
		r.GET("/private", gin.WrapF(failing))
		r.GET("/busy", gin.WrapF(failing))
		r.GET("/panics", gin.WrapF(failing))
		return e
	}
}

var ginOpen = cors.Default()

var ginOptions = []finding{
	{option: "AllowAllOrigins", says: "lets every page in", server: ginServer(cors.Config{AllowAllOrigins: true}), cases: []corstest.Case{
		allowed(app, "GET"), allowed(evil, "GET"), allowed(sandbox, "GET"),
	}},
	{option: "AllowOrigins", says: "lists pages, which are compared whole and in any case",
		server: ginServer(cors.Config{AllowOrigins: []string{"https://App.Example.com", admin}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), blocked("https://admin.example.com", "GET"), blocked("http://app.example.com", "GET"),
			blocked("https://app.example.com.evil.com", "GET"), blocked(sandbox, "GET"), unsent(evil, "POST", "Content-Type"),
		}},
	{option: "AllowOrigins", says: "* is every page", server: ginServer(cors.Config{AllowOrigins: []string{"*"}}),
		cases: []corstest.Case{allowed(evil, "GET")}},
	{option: "AllowOrigins, AllowOriginFunc", says: "must not both be left out", server: ginServer(cors.Config{}), refuses: true},
	{option: "AllowOriginFunc", says: "lets in what it returns true for",
		server: ginServer(cors.Config{AllowOriginFunc: func(o string) bool { return o == app }}),
		cases:  []corstest.Case{allowed(app, "GET"), blocked(evil, "GET")}},
	{option: "AllowOriginWithContextFunc", says: "sees the preflight, which has the path and no headers of the page",
		server: ginServer(cors.Config{AllowHeaders: []string{"X-Custom"}, AllowOriginWithContextFunc: func(c *gin.Context, o string) bool {
			return o == app && c.GetHeader("X-Custom") == ""
		}}), cases: []corstest.Case{allowed(app, "GET"), blocked(app, "GET", "X-Custom")}},
	{option: "AllowWildcard", says: "takes a * for the subdomains of a host, of any depth",
		server: ginServer(cors.Config{AllowOrigins: []string{"https://*.example.com"}, AllowWildcard: true}), cases: []corstest.Case{
			allowed(app, "GET"), allowed("https://a.b.example.com", "GET"), blocked("https://example.com", "GET"), blocked(admin, "GET"), blocked("https://evilexample.com", "GET"),
		}},
	{option: "AllowMethods", says: "lists the methods, in any case",
		server: ginListed(func(o *cors.Config) { o.AllowMethods = []string{"put", "patch"} }), cases: []corstest.Case{
			allowed(app, "GET"), allowed(app, "PUT"), allowed(app, "put"), allowed(app, "PATCH"), unsent(app, "DELETE"),
		}},
	{option: "AllowHeaders", says: "lists the headers, in any case",
		server: ginListed(func(o *cors.Config) { o.AllowHeaders = []string{"x-custom", "Authorization"} }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), allowed(app, "GET", "X-Custom", "Authorization"), unsent(app, "GET", "X-Other"),
		}},
	{option: "AllowHeaders", says: "left out, lets no JSON through", server: ginListed(func(*cors.Config) {}),
		cases: []corstest.Case{unsent(app, "PUT", "Content-Type")}},
	{option: "ExposeHeaders", says: "lists the headers that script can read",
		server: ginListed(func(o *cors.Config) { o.ExposeHeaders = []string{"x-request-id"} }), cases: []corstest.Case{
			cannotRead(reading(allowed(app, "GET"), "X-Request-Id"), "Link"), reading(allowed(app, "PUT"), "X-Request-Id"),
		}},
	{option: "MaxAge", says: "0 says nothing, and browsers remember a preflight for 5 seconds",
		server: ginListed(func(*cors.Config) {}), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is a duration",
		server: ginListed(func(o *cors.Config) { o.MaxAge = time.Minute }), check: remembers(time.Minute, time.Minute, time.Minute)},
	{option: "AllowCredentials", says: "lets a listed page send cookies", server: ginListed(func(o *cors.Config) { o.AllowCredentials = true }),
		cases: []corstest.Case{
			credentialed(allowed(app, "GET")), credentialed(allowed(app, "PUT")), credentialed(blocked(evil, "GET")),
		}},
	{option: "AllowCredentials", says: "left out, lets none", server: ginListed(func(*cors.Config) {}), cases: []corstest.Case{
		allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "PUT")),
	}},
	{option: "AllowBrowserExtensions", says: "lets extensions be listed, and changes nothing for pages",
		server: ginListed(func(o *cors.Config) {
			o.AllowBrowserExtensions, o.AllowOrigins = true, []string{app, "chrome-extension://abcdefghijklmnop"}
		}), cases: []corstest.Case{allowed(app, "GET"), blocked(evil, "GET")}},
	{option: "AllowBrowserExtensions", says: "must be set where one is listed",
		server: ginListed(func(o *cors.Config) { o.AllowOrigins = []string{"chrome-extension://abcdefghijklmnop"} }), refuses: true},
	{option: "CustomSchemas", says: "lets origins of applications be listed, and changes nothing for pages",
		server: ginListed(func(o *cors.Config) {
			o.CustomSchemas, o.AllowOrigins = []string{"tauri://"}, []string{app, "tauri://localhost"}
		}), cases: []corstest.Case{allowed(app, "GET"), blocked("http://localhost", "GET")}},
	{option: "OptionsResponseStatusCode", says: "may be any from 200 to 299",
		server: ginListed(func(o *cors.Config) { o.OptionsResponseStatusCode = 200 }), cases: []corstest.Case{allowed(app, "PUT")}},
}

var ginSurprises = []finding{
	{option: "AllowAllOrigins, AllowCredentials", says: "no page can send cookies: browsers refuse *",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-credentials",
		server: ginServer(cors.Config{AllowAllOrigins: true, AllowHeaders: []string{"Content-Type"}, AllowCredentials: true}),
		cases:  []corstest.Case{allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "POST", "Content-Type"))}},
	{option: "AllowAllOrigins", says: "a page of the same host and another scheme is taken for the server's own, and blocked",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#same-origin",
		server: ginServer(cors.Config{AllowAllOrigins: true}),
		cases:  []corstest.Case{blocked("http://api.example.com", "GET"), unsent("http://api.example.com", "PUT")}},
	{option: "AllowOrigins", says: "behind a proxy that changes Host, refuses POST of the server's own pages with 403",
		rule: "https://fetch.spec.whatwg.org/#origin-header",
		server: func() http.Handler {
			h := ginListed(func(*cors.Config) {})()
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { r.Host = "backend:8080"; h.ServeHTTP(w, r) })
		}, cases: []corstest.Case{allowed(corstest.DefaultURL, "GET"), answered(http.StatusForbidden, allowed(corstest.DefaultURL, "POST"))}},
	{option: "AllowOrigins", says: "a * without AllowWildcard is taken, and never matches",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: ginServer(cors.Config{AllowOrigins: []string{"https://*.example.com"}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowOrigins", says: "an origin with a slash at its end never matches",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{app + "/"}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowOrigins", says: "null is refused; AllowOriginFunc must let sandboxed frames in",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{"null"}}), refuses: true},
	{option: "AllowOrigins", says: "a regular expression that is not tied to both ends matches hosts of others",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{`/https://app.example.com/`}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed("https://app.example.com.evil.com", "GET"), allowed("https://appxexample.com", "GET"),
		}},
	{option: "AllowOrigins", says: `a regular expression is made lower-case: \S becomes \s, and never matches`,
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{`/^https://\S+\.example\.com$/`}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowOrigins, AllowOriginFunc", says: "are not one or the other, as documented: a page that the list has is let in",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: ginServer(cors.Config{AllowOrigins: []string{app}, AllowOriginFunc: func(o string) bool { return o == admin }}),
		cases:  []corstest.Case{allowed(app, "GET"), allowed(admin, "GET")}},
	{option: "AllowWildcard", says: "https://api.*, as documented, lets every host in that starts with api.",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{"https://api.*"}, AllowWildcard: true, AllowCredentials: true}),
		cases:  []corstest.Case{credentialed(allowed("https://api.evil.net", "GET"))}},
	{option: "AllowWildcard", says: "http://some-domain/*, as documented, never matches: origins have no path",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{"http://localhost/*"}, AllowWildcard: true}),
		cases:  []corstest.Case{blocked("http://localhost", "GET")}},
	{option: "AllowFiles", says: "file:// never matches: pages from files send null",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: ginServer(cors.Config{AllowOrigins: []string{"file://"}, AllowFiles: true}), cases: []corstest.Case{blocked(sandbox, "GET")}},
	{option: "AllowWebSockets", says: "wss:// never matches: a page that opens a WebSocket sends its own origin",
		rule:   "https://websockets.spec.whatwg.org/#websocket-opening-handshake",
		server: ginServer(cors.Config{AllowOrigins: []string{"wss://app.example.com"}, AllowWebSockets: true}),
		cases:  []corstest.Case{blocked(app, "GET")}},
	{option: "AllowMethods", says: "a page that sends patch is told PATCH, which browsers do not take for it",
		rule:   "https://fetch.spec.whatwg.org/#concept-method-normalize",
		server: ginListed(func(o *cors.Config) { o.AllowMethods = []string{"patch"} }),
		cases:  []corstest.Case{allowed(app, "PATCH"), unsent(app, "patch")}},
	{option: "AllowMethods", says: "with OPTIONS in it, OPTIONS is answered with 204 and never asked of a route",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-request",
		server: ginListed(func(o *cors.Config) { o.AllowMethods = []string{"OPTIONS"} }),
		cases:  []corstest.Case{answered(http.StatusNoContent, allowed(app, "OPTIONS"))}},
	{option: "AllowHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: ginListed(func(o *cors.Config) { o.AllowHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{allowed(app, "PUT", "Content-Type"), credentialed(unsent(app, "PUT", "Content-Type"))}},
	{option: "AllowHeaders, MaxAge", says: "* is not remembered by Firefox, which asks again for each request",
		rule:   "https://fetch.spec.whatwg.org/#concept-cache-match-header",
		server: ginListed(func(o *cors.Config) { o.AllowHeaders, o.MaxAge = []string{"*"}, time.Minute }),
		check:  remembersFor(allowed(app, "PUT", "Content-Type"), time.Minute, 0, time.Minute)},
	{option: "AllowHeaders, MaxAge", says: "* is remembered for Authorization by WebKit alone",
		rule:   "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name",
		server: ginListed(func(o *cors.Config) { o.AllowHeaders, o.MaxAge = []string{"*"}, time.Minute }),
		check:  remembersFor(allowed(app, "GET", "Authorization"), 0, 0, time.Minute)},
	{option: "AllowHeaders", says: "* covers Authorization in today's browsers, against the standard",
		rule:   "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name",
		server: ginListed(func(o *cors.Config) { o.AllowHeaders = []string{"*"} }), cases: []corstest.Case{allowed(app, "GET", "Authorization")}},
	{option: "ExposeHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		server: ginListed(func(o *cors.Config) { o.ExposeHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{reading(allowed(app, "GET"), "X-Request-Id", "Link"), credentialed(cannotRead(allowed(app, "GET"), "X-Request-Id"))}},
	{option: "MaxAge", says: "the 12 hours of DefaultConfig are 2 in Chromium and 10 minutes in WebKit",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: ginListed(func(o *cors.Config) { o.MaxAge = cors.DefaultConfig().MaxAge }),
		check:  remembers(2*time.Hour, 12*time.Hour, 10*time.Minute)},
	{option: "MaxAge", says: "cannot forbid to remember: below 0 it says nothing, which is 5 seconds",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: ginListed(func(o *cors.Config) { o.MaxAge = -1 }), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "less than a second forbids to remember",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: ginListed(func(o *cors.Config) { o.MaxAge = 600 }), check: remembers(0, 0, 0)},
	{option: "AllowPrivateNetwork", says: "answers a question that no browser asks any more",
		rule: "https://wicg.github.io/local-network-access/", server: ginListed(func(o *cors.Config) { o.AllowPrivateNetwork = true }),
		cases: []corstest.Case{allowed(app, "PUT")}, check: neverAsked("Access-Control-Request-Private-Network")},
	{option: "OptionsResponseStatusCode", says: "one beyond 299 refuses all preflights",
		rule:   "https://fetch.spec.whatwg.org/#ok-status",
		server: ginListed(func(o *cors.Config) { o.OptionsResponseStatusCode = 304 }),
		cases:  []corstest.Case{allowed(app, "GET"), unsent(app, "PUT")}},
	{option: "AllowAllOrigins", says: "behind a shared cache, an answer to an element without CORS spoils it for pages: it has no Vary",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches",
		server: ginServer(cors.Config{AllowAllOrigins: true}), check: poisoned(noCORS(app), allowed(app, "GET"))},
	{says: "a page that is not listed gets 403 and the route is not asked, which it cannot tell from a network error",
		rule: "https://fetch.spec.whatwg.org/#cors-check", server: ginListed(func(*cors.Config) {}),
		cases: []corstest.Case{blocked(evil, "GET")}, check: preflightStatus(unsent(evil, "PUT"), http.StatusForbidden)},
	{says: "in a group or at a route, it never sees a preflight",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", issue: "https://github.com/gin-contrib/cors/issues/35",
		server: ginRoutes(nil, []gin.HandlerFunc{ginOpen}),
		check:  all(hidden("the router has no route for OPTIONS"), loses("404 /nowhere", "404 DELETE /things"))},
	{says: "used after the routes were made, it answers their preflights and not them",
		rule: "https://fetch.spec.whatwg.org/#cors-check",
		server: func() http.Handler {
			e := gin.New()
			e.GET("/things", gin.WrapF(things))
			e.Use(ginOpen)
			return e
		}, cases: []corstest.Case{blocked(app, "GET"), blocked(app, "GET", "Content-Type")},
		check: preflightStatus(blocked(app, "GET", "Content-Type"), http.StatusNoContent)},
	{says: "used by the whole engine, it answers all preflights, and all error answers can be read, with gin's Recovery on either side of it",
		server: ginRoutes([]gin.HandlerFunc{gin.RecoveryWithWriter(io.Discard), ginOpen}, nil),
		check: all(reaches, keeps("404 /nowhere", "404 DELETE /things", "401 /private", "429 /busy", "500 /panics"), func(t *testing.T, _ *corstest.Server) {
			keeps("500 /panics")(t, corstest.New(ginRoutes([]gin.HandlerFunc{ginOpen, gin.RecoveryWithWriter(io.Discard)}, nil)()))
		})},
}

// noCORS is a request of a page without CORS, which carries no Origin.
func noCORS(page string) corstest.Case {
	c := request(page, "GET", nil)
	c.Mode = fetchspec.ModeNoCORS
	return c
}
