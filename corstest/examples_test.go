package corstest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// t stands for the *testing.T of the test around an example: what it would print, the example does, and has other output
// than it says.
var t = printer{}

type printer struct{ testing.TB }

func (printer) Helper()                           {}
func (printer) Cleanup(func())                    {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format, args...) }
func (printer) Fatal(args ...any)                 { fmt.Println(args...) }

// From nothing to a test: a page at https://app.example.com PUTs JSON with credentials to /things/1. It must be allowed, and
// must be able to read X-Request-Id.
func ExampleServer_Page() {
	handler := http.HandlerFunc(things) // the handler under test, with its middleware

	page := corstest.New(handler).Page(t, "https://app.example.com")
	page.Put("/things/1").JSON(map[string]string{"name": "teapot"}).WithCredentials().MustBeAllowed().MustRead("X-Request-Id")
	corstest.New(handler).Page(t, "https://evil.example").Put("/things/1").MustNotBeSent()
	// Output:
}

// A test that fails says what the console would have said, what decided, and what to change.
func ExampleCheck() {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /things/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
	})

	err := corstest.Check(corstest.New(mux).In(personality.Chromium156), corstest.Case{
		Origin: "https://app.example.com",
		Method: "PUT",
		URL:    "/things/1",
	})
	fmt.Println(err)
	// Output:
	// a page at https://app.example.com PUTs /things/1: blocked in chromium; want allowed
	//   The answer to the preflight OPTIONS https://api.example.com/things/1 (status 405) has no Access-Control-Allow-Origin header.
	//   decided by cors-check 2, https://fetch.spec.whatwg.org/#concept-cors-check
	//   console of chromium
	//     Access to fetch at 'https://api.example.com/things/1' from origin 'https://app.example.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.
	//     Failed to load resource: net::ERR_FAILED
	//   exchange
	//     OPTIONS https://api.example.com/things/1
	//        Origin: https://app.example.com
	//        Access-Control-Request-Method: PUT
	//     <- 405 Method Not Allowed
	//        Allow: PUT
	//   change
	//     - Answer OPTIONS https://api.example.com/things/1 with status 204: route OPTIONS to the code that knows of CORS.
	//     - Send `Access-Control-Allow-Origin: https://app.example.com` on the answer to OPTIONS https://api.example.com/things/1.
	//     - Send `Vary: Origin` with it wherever the value depends on who asks, so that no cache gives one origin the answer to another.
	//     - Or send `Access-Control-Allow-Origin: *`, if pages of any origin may read it.
	//     - Send `Access-Control-Allow-Methods: PUT` on the answer to OPTIONS https://api.example.com/things/1.
}

// The wrong way: a preflight written by hand. It asks for what no browser asks for, Content-Type first and in capitals, for a
// method that the page does not use; it looks at the preflight alone; and the page that it speaks for is blocked.
func Example_wrongWay() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
			return
		}
		fmt.Fprint(w, "things") // without the headers
	})

	r := httptest.NewRequest("OPTIONS", "/things/1", nil)
	r.Header.Set("Access-Control-Request-Method", "PUT")
	r.Header.Set("Access-Control-Request-Headers", "Content-Type, Authorization")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println("by hand:", w.Code, w.Header().Get("Access-Control-Allow-Origin"))

	err := corstest.Check(corstest.New(handler), corstest.Case{Origin: "https://app.example.com", Method: "PUT", URL: "/things/1"})
	what, _, _ := strings.Cut(err.Error(), "\n")
	fmt.Println("browsers:", what)
	// Output:
	// by hand: 200 *
	// browsers: a page at https://app.example.com PUTs /things/1: blocked in chromium, firefox, webkit; want allowed
}

// A httptest.Server listens at an address of its own. It can stand for the name that pages know it by.
func ExampleStanding() {
	server := httptest.NewServer(http.HandlerFunc(things))
	defer server.Close()

	page := corstest.Standing(server.URL, "https://api.example.com").Page(t, "https://app.example.com")
	page.Delete("/things/1").WithCredentials().MustBeAllowed()
	// Output:
}

// A server that runs somewhere, such as a staging server, is asked over the network: with requests that change things, too.
func ExampleAt() {
	staging := httptest.NewServer(http.HandlerFunc(things)) // yours is https://staging.example.com
	defer staging.Close()

	page := corstest.At(staging.URL).Page(t, "http://localhost:3000")
	page.Get("/things").MustBeBlocked()
	// Output:
}

// A policy as a table: who may do what. The test prints a matrix where it fails.
func ExampleTable() {
	table := corstest.Table{
		Origins:     []string{"https://app.example.com", "https://app.example.com.evil.example", "null"},
		Routes:      []string{"/things"},
		Methods:     []string{"GET", "PUT"},
		Credentials: []fetchspec.Credentials{"include"},
		Want: func(c corstest.Case) corstest.Want {
			switch {
			case c.Origin == "https://app.example.com":
				return corstest.Allow
			case c.Method == "GET":
				return corstest.Unreadable
			}
			return corstest.Unsent
		},
	}
	fmt.Println(table.Check(corstest.New(http.HandlerFunc(things)))) // in a test: table.Run(t, server)
	// Output: <nil>
}

// A router without routes for OPTIONS answers preflights itself.
func ExampleCheckRoutes() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things/{id}", things)

	fmt.Println(corstest.CheckRoutes(corstest.New(mux), corstest.Case{Origin: "https://app.example.com"}, "GET /things/{id}"))
	// Output:
	// the CORS layer does not answer the preflights of 1 of 1 routes
	//   GET /things/{id}: the router does not take OPTIONS
	//     OPTIONS https://api.example.com/things/1
	//        Origin: https://app.example.com
	//        Access-Control-Request-Method: GET
	//        Access-Control-Request-Headers: content-type
	//     <- 405 Method Not Allowed
	//        Allow: GET, HEAD
	//   change
	//     - Put the CORS layer around the router, authentication and redirects, so that it sees OPTIONS requests first: a preflight
	//       carries no cookies and no Authorization, must be answered with a status from 200 to 299, and is never redirected.
}

// Error answers must have the headers too, or pages learn nothing of what went wrong.
func ExampleErrorPaths() {
	corstest.ErrorPaths(t, corstest.New(withCORS(mux())), corstest.Case{Origin: "https://app.example.com"}, "404 /nowhere", "405 POST /things/1")
	// Output:
}
