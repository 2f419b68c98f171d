// Package corstest asserts in Go tests how a server behaves towards pages in browsers.
//
// A page at https://app.example.com PUTs JSON with credentials to /things/1; it must be allowed, and must be able to read
// X-Request-Id:
//
//	page := corstest.New(handler).Page(t, "https://app.example.com")
//	page.Put("/things/1").JSON(thing).WithCredentials().MustBeAllowed().MustRead("X-Request-Id")
//
// The handler is asked as Chromium, Firefox and WebKit would ask it, in memory: no port is opened and no goroutine started.
// Where it fails, the test prints the line that would have stood on the console, the step of the standard that decided, what
// went over the wire, and what to change.
//
// [Check] and [Run] take the same question as a value, a [Case]; Check returns an error and suits any framework. A [Table]
// holds a policy of many origins, routes, methods, headers and credentials against what is meant. [Routes] finds routes that
// answer a preflight before the CORS layer does, and [ErrorPaths] error answers without CORS headers: the two ways in which
// servers fail.
//
// What a browser does, package engine models. Writing preflights by hand proves little: see the example of the wrong way.
package corstest
