package interop

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/log"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gofiber/fiber/v3/middleware/cors"
	fiberrecover "github.com/gofiber/fiber/v3/middleware/recover"

	"github.com/corsim/corsim/corstest"
)

func init() { log.SetOutput(io.Discard) }

var fiberMiddleware = judged{
	name:     "gofiber/fiber",
	modules:  []string{"github.com/gofiber/fiber/v3"},
	options:  fields[cors.Config](),
	findings: append(fiberOptions, fiberSurprises...),
	policy: func(p Policy) func() http.Handler {
		return fiberServer(cors.Config{
			AllowOrigins: p.Origins, AllowMethods: p.methods(), AllowHeaders: p.Headers, ExposeHeaders: p.Exposed,
			AllowCredentials: p.Credentials, MaxAge: p.MaxAge,
		})
	},
	differences: []difference{
		anyHeaders, exposedStar, headersStar, starNotKept, credentialsRefused, nullBeforeStarRefused, {
			name:   "OPTIONS is preflighted, and then answered without headers",
			reason: "an OPTIONS request that is no preflight is taken for one without CORS",
			instead: func(q *question) {
				q.blocked = q.request.Method == "OPTIONS"
			},
			policy: Policy{Origins: []string{app}, Methods: []string{"OPTIONS"}}, request: allowed(app, "OPTIONS"),
		},
	},
}

// fiberServer makes a server with the middleware before things. Of fasthttp, all but the connection is asked.
func fiberServer(o cors.Config) func() http.Handler {
	return func() http.Handler {
		a := fiber.New()
		a.Use(cors.New(o))
		a.All("/things", fiberThings)
		return adaptor.FiberApp(a)
	}
}

func fiberThings(c fiber.Ctx) error {
	c.Set("X-Request-Id", "1")
	c.Set("Link", `</things?page=2>; rel="next"`)
	return c.SendString("things")
}

// fiberListed makes one where app may GET and PUT, but for a change.
func fiberListed(change func(*cors.Config)) func() http.Handler {
	o := cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"GET", "PUT"}}
	change(&o)
	return fiberServer(o)
}

// fiberRoutes are fiber's routes, with handlers for all of the application before them, and for each of them.
func fiberRoutes(all, each []any) func() http.Handler {
	return func() http.Handler {
		a := fiber.New()
		for _, h := range all {
			a.Use(h)
		}
		add := func(method, path string, h fiber.Handler) {
			handlers := append(slices.Clone(each), h)
			a.Add([]string{method}, path, handlers[0], handlers[1:]...)
		}
		add("GET", "/things", fiberThings)
		add("PUT", "/things/:id", fiberThings)
		add("GET", "/private", func(fiber.Ctx) error { return fiber.ErrUnauthorized })
		add("GET", "/busy", func(fiber.Ctx) error { return fiber.ErrTooManyRequests })
		add("GET", "/panics", func(fiber.Ctx) error { panic("a handler that panics") })
		return adaptor.FiberApp(a)
	}
}

var fiberOptions = []finding{
	{option: "AllowOrigins", says: "left out, every page is let in", server: fiberServer(cors.Config{}), cases: []corstest.Case{
		allowed(app, "GET"), allowed(evil, "GET"), allowed(sandbox, "GET"),
	}},
	{option: "AllowOrigins", says: "lists pages, which are compared whole and in any case, less a slash at the end",
		server: fiberServer(cors.Config{AllowOrigins: []string{"HTTPS://App.Example.com/", admin}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), blocked("https://admin.example.com", "GET"), blocked("http://app.example.com", "GET"),
			blocked("https://app.example.com.evil.com", "GET"), blocked(sandbox, "GET"), unsent(evil, "POST", "Content-Type"),
		}},
	{option: "AllowOrigins", says: "takes *. for the subdomains of a host, of any depth",
		server: fiberServer(cors.Config{AllowOrigins: []string{"https://*.example.com"}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed("https://a.b.example.com", "GET"), blocked("https://example.com", "GET"), blocked(admin, "GET"), blocked("https://evilexample.com", "GET"),
		}},
	{option: "AllowOrigins", says: "refuses a * that is not for subdomains",
		server: fiberServer(cors.Config{AllowOrigins: []string{"https://*example.com"}}), refuses: true},
	{option: "AllowOriginsFunc", says: "lets in what it returns true for, null too",
		server: fiberServer(cors.Config{AllowOriginsFunc: func(o string) bool { return o == admin || o == sandbox }}), cases: []corstest.Case{
			allowed(admin, "GET"), allowed(sandbox, "GET"), blocked(app, "GET"),
		}},
	{option: "AllowOrigins, AllowOriginsFunc", says: "let in what either does",
		server: fiberServer(cors.Config{AllowOrigins: []string{app}, AllowOriginsFunc: func(o string) bool { return o == admin }}),
		cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), blocked(evil, "GET"),
		}},
	{option: "AllowMethods", says: "left out, is all the usual ones", server: fiberListed(func(o *cors.Config) { o.AllowMethods = nil }),
		cases: []corstest.Case{
			allowed(app, "GET"), allowed(app, "PUT"), allowed(app, "PATCH"), allowed(app, "DELETE"),
		}},
	{option: "AllowMethods", says: "lists the methods", server: fiberListed(func(*cors.Config) {}), cases: []corstest.Case{
		allowed(app, "PUT"), allowed(app, "put"), allowed(app, "POST"), unsent(app, "DELETE"), unsent(app, "PATCH"),
	}},
	{option: "AllowHeaders", says: "lists the headers, in any case",
		server: fiberListed(func(o *cors.Config) { o.AllowHeaders = []string{"x-custom", "Authorization"} }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), allowed(app, "GET", "X-Custom", "Authorization"), unsent(app, "GET", "X-Other"),
		}},
	{option: "ExposeHeaders", says: "lists the headers that script can read",
		server: fiberListed(func(o *cors.Config) { o.ExposeHeaders = []string{"x-request-id"} }), cases: []corstest.Case{
			cannotRead(reading(allowed(app, "GET"), "X-Request-Id"), "Link"), reading(allowed(app, "PUT"), "X-Request-Id"),
		}},
	{option: "MaxAge", says: "0 says nothing, and browsers remember a preflight for 5 seconds",
		server: fiberListed(func(*cors.Config) {}), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is in seconds",
		server: fiberListed(func(o *cors.Config) { o.MaxAge = 60 }), check: remembers(time.Minute, time.Minute, time.Minute)},
	{option: "MaxAge", says: "-1 forbids to remember", server: fiberListed(func(o *cors.Config) { o.MaxAge = -1 }), check: remembers(0, 0, 0)},
	{option: "AllowCredentials", says: "lets a listed page send cookies", server: fiberListed(func(o *cors.Config) { o.AllowCredentials = true }),
		cases: []corstest.Case{
			credentialed(allowed(app, "GET")), credentialed(allowed(app, "PUT")), credentialed(blocked(evil, "GET")),
		}},
	{option: "AllowCredentials", says: "left out, lets none", server: fiberListed(func(*cors.Config) {}), cases: []corstest.Case{
		allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "PUT")),
	}},
	{option: "AllowOrigins, AllowCredentials", says: "refuse * with credentials",
		server: fiberServer(cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true}), refuses: true},
	{option: "Next", says: "leaves out the requests that it returns true for",
		server: fiberListed(func(o *cors.Config) { o.Next = func(c fiber.Ctx) bool { return c.Query("skip") != "" } }),
		cases:  []corstest.Case{allowed(app, "GET"), {Origin: app, URL: "/things?skip=1", Want: corstest.Block}}},
	{option: "DisableValueRedaction", says: "shows an origin that is refused, and changes nothing for pages",
		server: fiberListed(func(o *cors.Config) { o.DisableValueRedaction = true }),
		cases:  []corstest.Case{allowed(app, "GET"), blocked(evil, "GET")},
		check: func(t *testing.T, _ *corstest.Server) {
			defer func() {
				if v := fmt.Sprint(recover()); !strings.Contains(v, "ftp:nowhere") {
					t.Errorf("the origin is not shown: %s", v)
				}
			}()
			cors.New(cors.Config{DisableValueRedaction: true, AllowOrigins: []string{"ftp:nowhere"}})
		}},
}

var fiberSurprises = []finding{
	{option: "AllowOrigins", says: "http://.example.com, as documented for subdomains, never matches",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: fiberServer(cors.Config{AllowOrigins: []string{"https://.example.com"}}),
		cases:  []corstest.Case{blocked(app, "GET"), blocked("https://example.com", "GET")}},
	{option: "AllowOrigins", says: "null is refused; AllowOriginsFunc must let sandboxed frames in",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: fiberServer(cors.Config{AllowOrigins: []string{"null"}}), refuses: true},
	{option: "AllowMethods", says: "patch is not PATCH: browsers send methods as written, but for six",
		rule:   "https://fetch.spec.whatwg.org/#concept-method-normalize",
		server: fiberListed(func(o *cors.Config) { o.AllowMethods = []string{"patch", "put"} }),
		cases:  []corstest.Case{unsent(app, "PATCH"), unsent(app, "put")}},
	{option: "AllowMethods", says: "a method that fiber does not know is preflighted, and then refused with 501 and without headers",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: fiberListed(func(o *cors.Config) { o.AllowMethods = []string{"PROPFIND"} }), cases: []corstest.Case{blocked(app, "PROPFIND")},
		check: preflightStatus(blocked(app, "PROPFIND"), http.StatusNoContent)},
	{option: "AllowMethods", says: "with OPTIONS in it, OPTIONS is preflighted, and then answered without headers",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-request", issue: "https://github.com/gofiber/fiber/issues/2920",
		server: fiberListed(func(o *cors.Config) { o.AllowMethods = []string{"OPTIONS"} }), cases: []corstest.Case{blocked(app, "OPTIONS")},
		check: preflightStatus(blocked(app, "OPTIONS"), http.StatusNoContent)},
	{option: "AllowHeaders", says: "left out, is any header",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: fiberListed(func(o *cors.Config) { o.AllowCredentials = true }),
		cases:  []corstest.Case{credentialed(allowed(app, "GET", "X-Custom", "Authorization"))}},
	{option: "AllowHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: fiberListed(func(o *cors.Config) { o.AllowHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{allowed(app, "PUT", "Content-Type"), credentialed(unsent(app, "PUT", "Content-Type"))}},
	{option: "AllowHeaders, MaxAge", says: "* is not remembered by Firefox, which asks again for each request",
		rule:   "https://fetch.spec.whatwg.org/#concept-cache-match-header",
		server: fiberListed(func(o *cors.Config) { o.AllowHeaders, o.MaxAge = []string{"*"}, 60 }),
		check:  remembersFor(allowed(app, "PUT", "Content-Type"), time.Minute, 0, time.Minute)},
	{option: "ExposeHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		server: fiberListed(func(o *cors.Config) { o.ExposeHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{reading(allowed(app, "GET"), "X-Request-Id", "Link"), credentialed(cannotRead(allowed(app, "GET"), "X-Request-Id"))}},
	{option: "MaxAge", says: "a day is 2 hours in Chromium and 10 minutes in WebKit",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: fiberListed(func(o *cors.Config) { o.MaxAge = 86_400 }), check: remembers(2*time.Hour, 24*time.Hour, 10*time.Minute)},
	{option: "AllowPrivateNetwork", says: "answers a question that no browser asks any more",
		rule: "https://wicg.github.io/local-network-access/", server: fiberListed(func(o *cors.Config) { o.AllowPrivateNetwork = true }),
		cases: []corstest.Case{allowed(app, "PUT")}, check: neverAsked("Access-Control-Request-Private-Network")},
	{option: "AllowOrigins", says: "behind a shared cache, an answer to an element without CORS spoils it for pages: that to all pages has no Vary",
		rule:   "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches",
		server: fiberServer(cors.Config{}), check: poisoned(noCORS(app), allowed(app, "GET"))},
	{says: "refused preflights are answered with 204 all the same: only the headers tell",
		rule: "https://fetch.spec.whatwg.org/#cors-check", server: fiberListed(func(*cors.Config) {}),
		check: preflightStatus(unsent(evil, "PUT"), http.StatusNoContent)},
	{says: "used after the routes were made, it answers their preflights and not them",
		rule: "https://fetch.spec.whatwg.org/#cors-check",
		server: func() http.Handler {
			a := fiber.New()
			a.Get("/things", fiberThings)
			a.Use(cors.New())
			return adaptor.FiberApp(a)
		}, cases: []corstest.Case{blocked(app, "GET"), blocked(app, "GET", "Content-Type")},
		check: preflightStatus(blocked(app, "GET", "Content-Type"), http.StatusNoContent)},
	{says: "at a route, it never sees a preflight, nor a 404 or 405",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", server: fiberRoutes(nil, []any{cors.New()}),
		check: all(hidden("the router does not take OPTIONS"), loses("404 /nowhere", "405 DELETE /things"))},
	{says: "used by the whole application, it answers all preflights, and all error answers but a panic can be read",
		server: fiberRoutes([]any{cors.New()}, nil),
		check:  all(reaches, keeps("404 /nowhere", "405 DELETE /things", "401 /private", "429 /busy"), loses("500 /panics"))},
	{says: "a panic can be read on both sides of fiber's recover: headers that were set stay",
		server: fiberRoutes([]any{fiberrecover.New(), cors.New()}, nil), check: all(keeps("500 /panics"), func(t *testing.T, _ *corstest.Server) {
			keeps("500 /panics")(t, corstest.New(fiberRoutes([]any{cors.New(), fiberrecover.New()}, nil)()))
		})},
}
