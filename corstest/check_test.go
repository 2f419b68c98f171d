package corstest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

func TestCases(t *testing.T) {
	corstest.Run(t, corstest.New(http.HandlerFunc(things)),
		corstest.Case{Origin: app, URL: "/things", CanRead: []string{"x-request-id", "Content-Type"}, CannotRead: []string{"X-Internal"}, Status: 200},
		corstest.Case{Origin: app, URL: "/things", Method: "POST", JSON: []int{1}, Credentials: "include", Cookies: []string{"a=b; Secure; SameSite=None"}},
		corstest.Case{Origin: "https://evil.example", URL: "/things", Want: corstest.Block},
		corstest.Case{Origin: "null", URL: "/things", Want: corstest.Unreadable},
		corstest.Case{Origin: "https://evil.example", Method: "DELETE", URL: "/things/1", Want: corstest.Unsent},
		corstest.Case{Name: "a font is never of mode no-cors", Origin: "https://evil.example", API: fetchspec.APIImage, CrossOrigin: "anonymous", URL: "/things", Want: corstest.Block},
		corstest.Case{Origin: corstest.DefaultURL, Method: "PATCH", URL: "/things/1"},
	)
}

func TestFailureIsFoundByErrorsAs(t *testing.T) {
	err := corstest.Check(corstest.New(http.HandlerFunc(things)), corstest.Case{Origin: app, Method: "PATCH", URL: "/things/1"})
	block, failure := (*engine.Block)(nil), (*corstest.Failure)(nil)
	if !errors.As(err, &block) || block.Code != engine.CodeMethodNotAllowed || !errors.As(err, &failure) || len(failure.Visits()) != 3 {
		t.Fatalf("got %v", err)
	}
	for _, v := range failure.Visits() {
		if lines := v.Console(); len(lines) == 0 || !strings.Contains(err.Error(), lines[0]) {
			t.Errorf("the message lacks the console of %s", v.Browser.Name)
		}
	}
	misuse := (*corstest.Misuse)(nil)
	if err := corstest.Check(corstest.New(nil), corstest.Case{Origin: app, URL: "/"}); !errors.As(err, &misuse) {
		t.Errorf("got %v", err)
	}
}

// TestFailureTellsWhatToDo is the whole message, once.
func TestFailureTellsWhatToDo(t *testing.T) {
	err := corstest.Check(corstest.New(http.HandlerFunc(things)).In(personality.Firefox153), corstest.Case{Origin: app, Method: "PUT", URL: "/things/1", Header: map[string]string{"X-Trace": "1"}})
	const want = `a page at https://app.example.com PUTs /things/1 with X-Trace: blocked in firefox; want allowed
  The answer to the preflight OPTIONS https://api.example.com/things/1 (status 204) does not allow the request header X-Trace: Access-Control-Allow-Headers is "Content-Type, Authorization".
  decided by cors-preflight-fetch 7.7, https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
  console of firefox
    Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/things/1. (Reason: header ‘x-trace’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).
    Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/things/1. (Reason: CORS request did not succeed). Status code: (null).
  exchange
    OPTIONS https://api.example.com/things/1
       Origin: https://app.example.com
       Access-Control-Request-Method: PUT
       Access-Control-Request-Headers: x-trace
    <- 204 No Content
       Access-Control-Allow-Credentials: true
       Access-Control-Allow-Headers: Content-Type, Authorization
       Access-Control-Allow-Methods: PUT, DELETE
       Access-Control-Allow-Origin: https://app.example.com
       Access-Control-Expose-Headers: X-Request-Id
       Access-Control-Max-Age: 60
       Vary: Origin
  change
    - Send ` + "`Access-Control-Allow-Headers: Content-Type, Authorization, X-Trace`" + ` on the answer to OPTIONS https://api.example.com/things/1.`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestPanicIsNamed(t *testing.T) {
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("lost my keys") })
	for _, want := range []corstest.Want{corstest.Allow, corstest.Block, corstest.Unreadable} {
		err := corstest.Check(corstest.New(handler), corstest.Case{Origin: app, URL: "/", Want: want})
		if err == nil {
			t.Fatalf("a panic will do where the request must be %v", want)
		}
		for _, s := range []string{"the handler panicked, at ", "check_test.go:", "lost my keys", "Recover panics inside of the CORS layer"} {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("got %v\nwant %q in it", err, s)
			}
		}
	}
}

// policy is that of things.
var policy = corstest.Table{
	Origins:     []string{app, "https://evil.example", "http://app.example.com", "https://app.example.com.evil.example", "null"},
	Routes:      []string{"/things", "/things/429"},
	Methods:     []string{"GET", "PUT", "PATCH"},
	Headers:     []map[string]string{nil, {"Authorization": "Bearer token"}, {"X-Trace": "1"}},
	Credentials: []fetchspec.Credentials{"omit", "include"},
	Want: func(c corstest.Case) corstest.Want {
		_, traced := c.Header["X-Trace"]
		_, authorized := c.Header["Authorization"]
		switch {
		case c.Origin == app && c.Method != "PATCH" && !traced:
			return corstest.Allow
		case c.Method == "GET" && !traced && !authorized:
			return corstest.Block
		}
		return corstest.Unsent
	},
}

func TestTable(t *testing.T) {
	policy.Run(t, corstest.New(http.HandlerFunc(things)))
	if err := policy.Check(corstest.New(http.HandlerFunc(things))); err != nil {
		t.Error(err)
	}
}

func TestTableShowsAMatrix(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Origin"), app) { // which is the mistake
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		}
	})
	table := corstest.Table{
		Origins: []string{app, app + ".evil.example", "null"},
		Routes:  []string{"/a", "/b"},
		Want: func(c corstest.Case) corstest.Want {
			if c.Origin == app {
				return corstest.Allow
			}
			return corstest.Block
		},
	}
	err := table.Check(corstest.New(echo))
	const want = `2 of 6 cases are not as wanted

                                      GET /a                   GET /b
https://app.example.com               allowed                  allowed
https://app.example.com.evil.example  ✗ ALLOWED, want blocked  ✗ ALLOWED, want blocked
null                                  blocked                  blocked

a page at https://app.example.com.evil.example GETs /a: allowed`
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "compare Origin, whole, with a list") {
		t.Errorf("got\n%v\nwant\n%s…", err, want)
	}
}

func TestTableThatMakesNoSense(t *testing.T) {
	want := func(corstest.Case) corstest.Want { return corstest.Allow }
	many := make([]string, 101)
	for i := range many {
		many[i] = "/"
	}
	for _, c := range []struct {
		table corstest.Table
		want  string
	}{
		{corstest.Table{Origins: []string{app}, Routes: []string{"/"}}, "no Want"},
		{corstest.Table{Routes: []string{"/"}, Want: want}, "no cases"},
		{corstest.Table{Origins: []string{app}, Want: want}, "no cases"},
		{corstest.Table{Origins: many, Routes: many, Want: want}, "10201 cases"},
		{corstest.Table{Origins: []string{"app.example.com"}, Routes: []string{"/"}, Want: want}, "write the scheme"},
	} {
		misuse := (*corstest.Misuse)(nil)
		if err := c.table.Check(corstest.New(http.HandlerFunc(things))); !errors.As(err, &misuse) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v; want %q", err, c.want)
		}
	}
}
