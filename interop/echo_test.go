package interop

import (
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/corsim/corsim/corstest"
)

var echoMiddleware = judged{
	name:     "labstack/echo",
	modules:  []string{"github.com/labstack/echo/v5"},
	options:  fields[middleware.CORSConfig](),
	findings: append(echoOptions, echoSurprises...),
	policy: func(p Policy) func() http.Handler {
		return echoServer(middleware.CORSConfig{
			AllowOrigins: p.Origins, AllowMethods: p.methods(), AllowHeaders: p.Headers, ExposeHeaders: p.Exposed,
			AllowCredentials: p.Credentials, MaxAge: p.MaxAge,
		})
	},
	differences: []difference{
		anyHeaders, exposedStar, headersStar, starNotKept, noSubdomains, credentialsRefused, nullBeforeStarRefused,
	},
}

// echoRouter is an echo that logs nothing.
func echoRouter() *echo.Echo {
	e := echo.New()
	e.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	return e
}

// echoServer makes a server with the middleware before things.
func echoServer(o middleware.CORSConfig) func() http.Handler {
	return func() http.Handler {
		e := echoRouter()
		e.Use(middleware.CORSWithConfig(o))
		e.Any("/things", echo.WrapHandler(http.HandlerFunc(things)))
		return e
	}
}

// echoListed makes one where app may GET and PUT, but for a change.
func echoListed(change func(*middleware.CORSConfig)) func() http.Handler {
	o := middleware.CORSConfig{AllowOrigins: []string{app}, AllowMethods: []string{"GET", "PUT"}}
	change(&o)
	return echoServer(o)
}

// echoRoutes are echo's routes, with middlewares before routing, after it, for the group of routes, and for each of them.
func echoRoutes(pre, all, group, each []echo.MiddlewareFunc) func() http.Handler {
	return func() http.Handler {
		e := echoRouter()
		e.Pre(pre...)
		e.Use(all...)
		r := e.Group("", group...)
		fails := echo.WrapHandler(http.HandlerFunc(failing))
		r.GET("/things", echo.WrapHandler(http.HandlerFunc(things)), each...)
		r.PUT("/things/:id", echo.WrapHandler(http.HandlerFunc(things)), each...)
		r.GET("/private", fails, each...)
		r.GET("/busy", fails, each...)
		r.GET("/panics", fails, each...)
		return e
	}
}

var echoOpen = []echo.MiddlewareFunc{middleware.CORS("*")}

var echoOptions = []finding{
	{option: "AllowOrigins", says: "* is every page", server: echoServer(middleware.CORSConfig{AllowOrigins: []string{"*"}}), cases: []corstest.Case{
		allowed(app, "GET"), allowed(evil, "GET"), allowed(sandbox, "GET"),
	}},
	{option: "AllowOrigins", says: "lists pages, which are compared whole",
		server: echoServer(middleware.CORSConfig{AllowOrigins: []string{app, admin}}), cases: []corstest.Case{
			allowed(app, "GET"), allowed(admin, "GET"), blocked("https://admin.example.com", "GET"), blocked("http://app.example.com", "GET"),
			blocked("https://app.example.com.evil.com", "GET"), blocked(sandbox, "GET"), unsent(evil, "POST", "Content-Type"),
		}},
	{option: "AllowOrigins, UnsafeAllowOriginFunc", says: "must not both be left out", server: echoServer(middleware.CORSConfig{}), refuses: true},
	{option: "UnsafeAllowOriginFunc", says: "decides alone, and says what the page is told",
		server: echoServer(middleware.CORSConfig{AllowOrigins: []string{app}, UnsafeAllowOriginFunc: func(_ *echo.Context, o string) (string, bool, error) {
			return o, o == admin || o == sandbox, nil
		}}), cases: []corstest.Case{allowed(admin, "GET"), allowed(sandbox, "GET"), blocked(app, "GET")}},
	{option: "AllowMethods", says: "left out, is the methods of the route", server: func() http.Handler {
		e := echoRouter()
		e.Use(echoOpen...)
		e.PUT("/things", echo.WrapHandler(http.HandlerFunc(things)))
		return e
	}, cases: []corstest.Case{allowed(app, "PUT"), unsent(app, "DELETE")}},
	{option: "AllowMethods", says: "lists the methods", server: echoListed(func(*middleware.CORSConfig) {}), cases: []corstest.Case{
		allowed(app, "PUT"), allowed(app, "put"), allowed(app, "POST"), unsent(app, "DELETE"), unsent(app, "PATCH"),
	}},
	{option: "AllowHeaders", says: "lists the headers, in any case",
		server: echoListed(func(o *middleware.CORSConfig) { o.AllowHeaders = []string{"x-custom", "Authorization"} }), cases: []corstest.Case{
			allowed(app, "GET", "X-Custom"), allowed(app, "GET", "X-Custom", "Authorization"), unsent(app, "GET", "X-Other"),
		}},
	{option: "ExposeHeaders", says: "lists the headers that script can read",
		server: echoListed(func(o *middleware.CORSConfig) { o.ExposeHeaders = []string{"x-request-id"} }), cases: []corstest.Case{
			cannotRead(reading(allowed(app, "GET"), "X-Request-Id"), "Link"), reading(allowed(app, "PUT"), "X-Request-Id"),
		}},
	{option: "MaxAge", says: "0 says nothing, and browsers remember a preflight for 5 seconds",
		server: echoListed(func(*middleware.CORSConfig) {}), check: remembers(5*time.Second, 5*time.Second, 5*time.Second)},
	{option: "MaxAge", says: "is in seconds",
		server: echoListed(func(o *middleware.CORSConfig) { o.MaxAge = 60 }), check: remembers(time.Minute, time.Minute, time.Minute)},
	{option: "MaxAge", says: "-1 forbids to remember", server: echoListed(func(o *middleware.CORSConfig) { o.MaxAge = -1 }),
		check: remembers(0, 0, 0)},
	{option: "AllowCredentials", says: "lets a listed page send cookies", server: echoListed(func(o *middleware.CORSConfig) { o.AllowCredentials = true }),
		cases: []corstest.Case{
			credentialed(allowed(app, "GET")), credentialed(allowed(app, "PUT")), credentialed(blocked(evil, "GET")),
		}},
	{option: "AllowCredentials", says: "left out, lets none", server: echoListed(func(*middleware.CORSConfig) {}), cases: []corstest.Case{
		allowed(app, "GET"), credentialed(blocked(app, "GET")), credentialed(unsent(app, "PUT")),
	}},
	{option: "AllowOrigins, AllowCredentials", says: "refuse * with credentials",
		server: echoServer(middleware.CORSConfig{AllowOrigins: []string{"*"}, AllowCredentials: true}), refuses: true},
	{option: "Skipper", says: "leaves out the routes that it returns true for",
		server: echoListed(func(o *middleware.CORSConfig) {
			o.Skipper = func(c *echo.Context) bool { return c.QueryParam("skip") != "" }
		}),
		cases: []corstest.Case{allowed(app, "GET"), {Origin: app, URL: "/things?skip=1", Want: corstest.Block}}},
}

var echoSurprises = []finding{
	{option: "AllowOrigins", says: "another case is taken, and told to the page as it was written: browsers refuse it",
		rule:   "https://fetch.spec.whatwg.org/#cors-check",
		server: echoServer(middleware.CORSConfig{AllowOrigins: []string{"https://App.example.com"}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowOrigins", says: "a * for subdomains is taken, and never matches, as it did in version 4",
		rule: "https://fetch.spec.whatwg.org/#cors-check", issue: "https://github.com/labstack/echo/issues/1300",
		server: echoServer(middleware.CORSConfig{AllowOrigins: []string{"https://*.example.com"}}), cases: []corstest.Case{blocked(app, "GET")}},
	{option: "AllowOrigins", says: "null is refused; UnsafeAllowOriginFunc must let sandboxed frames in",
		rule:   "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: echoServer(middleware.CORSConfig{AllowOrigins: []string{"null"}}), refuses: true},
	{option: "UnsafeAllowOriginFunc, AllowCredentials", says: "the example in its documentation lets in hosts over http, whose pages anybody on the way can write",
		rule: "https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin",
		server: echoServer(middleware.CORSConfig{AllowCredentials: true, UnsafeAllowOriginFunc: func(_ *echo.Context, o string) (string, bool, error) {
			return o, strings.HasSuffix(o, ".example.com"), nil
		}}), cases: []corstest.Case{credentialed(allowed(app, "GET")), credentialed(allowed("http://app.example.com", "GET"))}},
	{option: "AllowMethods", says: "patch is not PATCH: browsers send methods as written, but for six",
		rule:   "https://fetch.spec.whatwg.org/#concept-method-normalize",
		server: echoListed(func(o *middleware.CORSConfig) { o.AllowMethods = []string{"patch", "put"} }),
		cases:  []corstest.Case{unsent(app, "PATCH"), unsent(app, "put")}},
	{option: "AllowMethods", says: "left out and used before routing, is all the usual ones, for any route",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: echoRoutes(echoOpen, nil, nil, nil), cases: []corstest.Case{answered(http.StatusMethodNotAllowed, allowed(app, "DELETE"))}},
	{option: "AllowHeaders", says: "left out, is any header",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: echoListed(func(o *middleware.CORSConfig) { o.AllowCredentials = true }),
		cases:  []corstest.Case{credentialed(allowed(app, "GET", "X-Custom", "Authorization"))}},
	{option: "AllowHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		server: echoListed(func(o *middleware.CORSConfig) { o.AllowHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{allowed(app, "PUT", "Content-Type"), credentialed(unsent(app, "PUT", "Content-Type"))}},
	{option: "AllowHeaders, MaxAge", says: "* is not remembered by Firefox, which asks again for each request",
		rule:   "https://fetch.spec.whatwg.org/#concept-cache-match-header",
		server: echoListed(func(o *middleware.CORSConfig) { o.AllowHeaders, o.MaxAge = []string{"*"}, 60 }),
		check:  remembersFor(allowed(app, "PUT", "Content-Type"), time.Minute, 0, time.Minute)},
	{option: "ExposeHeaders", says: "* is all headers, and with credentials none",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		server: echoListed(func(o *middleware.CORSConfig) { o.ExposeHeaders = []string{"*"}; o.AllowCredentials = true }),
		cases:  []corstest.Case{reading(allowed(app, "GET"), "X-Request-Id", "Link"), credentialed(cannotRead(allowed(app, "GET"), "X-Request-Id"))}},
	{option: "MaxAge", says: "a day is 2 hours in Chromium and 10 minutes in WebKit",
		rule:   "https://fetch.spec.whatwg.org/#http-access-control-max-age",
		server: echoListed(func(o *middleware.CORSConfig) { o.MaxAge = 86_400 }), check: remembers(2*time.Hour, 24*time.Hour, 10*time.Minute)},
	{says: "refused preflights are answered with 204 all the same: only the headers tell",
		rule: "https://fetch.spec.whatwg.org/#cors-check", server: echoListed(func(*middleware.CORSConfig) {}),
		check: preflightStatus(unsent(evil, "PUT"), http.StatusNoContent)},
	{says: "in a group, it answers all preflights, by the group's routes for 404",
		server: echoRoutes(nil, nil, echoOpen, nil), check: all(reaches, keeps("404 /nowhere", "401 /private", "429 /busy"))},
	{says: "in a group without routes for 404, it sees no preflight: the router answers with 204 and without headers",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", issue: "https://github.com/labstack/echo/issues/2950",
		server: func() http.Handler {
			e := echo.NewWithConfig(echo.Config{NoGroupAutoRegister404Routes: true})
			g := e.Group("", echoOpen...)
			g.GET("/things", echo.WrapHandler(http.HandlerFunc(things)))
			g.PUT("/things/:id", echo.WrapHandler(http.HandlerFunc(things)))
			return e
		}, check: hidden("without Access-Control-Allow-Origin")},
	{says: "used by a group after its routes were made, it answers their preflights and not them",
		rule: "https://fetch.spec.whatwg.org/#cors-check",
		server: func() http.Handler {
			e := echoRouter()
			g := e.Group("")
			g.GET("/things", echo.WrapHandler(http.HandlerFunc(things)))
			g.Use(echoOpen...)
			return e
		}, cases: []corstest.Case{blocked(app, "GET"), blocked(app, "GET", "Content-Type")},
		check: preflightStatus(blocked(app, "GET", "Content-Type"), http.StatusNoContent)},
	{says: "at a route, it never sees a preflight, nor a 404 or 405",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", issue: "https://github.com/labstack/echo/issues/1040",
		server: echoRoutes(nil, nil, nil, echoOpen),
		check:  all(hidden("without Access-Control-Allow-Origin"), loses("404 /nowhere", "405 DELETE /things"))},
	{says: "used by the whole of echo, it answers all preflights, and all error answers can be read, with echo's Recover inside of it",
		server: echoRoutes(nil, append(slices.Clone(echoOpen), middleware.Recover()), nil, nil),
		check:  all(reaches, keeps("404 /nowhere", "405 POST /things", "401 /private", "429 /busy", "500 /panics"))},
	{says: "a panic that is recovered outside of it can be read too: headers that were set stay",
		server: echoRoutes(nil, append([]echo.MiddlewareFunc{middleware.Recover()}, echoOpen...), nil, nil), check: keeps("500 /panics")},
	{option: "AllowMethods", says: "left out, a method that the route lacks is held back by its preflight, and script never sees the 405",
		rule: "https://fetch.spec.whatwg.org/#cors-preflight-fetch", server: echoRoutes(nil, echoOpen, nil, nil),
		cases: []corstest.Case{unsent(app, "DELETE")}, check: keeps("405 POST /things")},
}
