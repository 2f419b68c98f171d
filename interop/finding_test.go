package interop

import (
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/personality"
)

// finding is what browsers make of a setting of a middleware.
type finding struct {
	// option is the setting's option, or the options, separated by commas; empty where it is the place of the middleware.
	option string
	// says is the setting, and what comes of it.
	says string
	// rule is the rule that surprises, of the standard or of browsers, and issue where the middleware's users met it. A
	// finding without rule is no surprise.
	rule, issue string
	// server makes the server; refuses is where that fails, by the middleware's panic or error.
	server  func() http.Handler
	refuses bool
	// cases are requests and what becomes of them, in each browser; check is what takes more than that.
	cases []corstest.Case
	check func(*testing.T, *corstest.Server)
}

func TestFindings(t *testing.T) {
	for _, m := range middlewares {
		t.Run(m.name, func(t *testing.T) {
			for _, f := range m.findings {
				t.Run(strings.TrimSpace(f.option+" "+f.says), func(t *testing.T) { f.test(t) })
			}
		})
	}
}

func (f *finding) test(t *testing.T) {
	h, err := made(f.server)
	switch {
	case err == nil && f.refuses:
		t.Error("the setting is taken; it must be refused")
	case err != nil && !f.refuses:
		t.Errorf("the setting is refused: %v", err)
	case len(f.cases) == 0 && f.check == nil && !f.refuses:
		t.Error("the finding proves nothing")
	}
	if err != nil || t.Failed() {
		return
	}
	s := corstest.New(h)
	if len(f.cases) > 0 {
		corstest.Run(t, s, f.cases...)
	}
	if f.check != nil {
		f.check(t, s)
	}
}

// made makes a server. The error is the panic by which a middleware refuses a setting.
func made(server func() http.Handler) (h http.Handler, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	return server(), nil
}

// remembers checks how long each browser remembers the preflight of a PUT.
func remembers(chromium, firefox, webkit time.Duration) func(*testing.T, *corstest.Server) {
	return remembersFor(allowed(app, "PUT"), chromium, firefox, webkit)
}

// remembersFor checks it for the preflight of a request.
func remembersFor(c corstest.Case, chromium, firefox, webkit time.Duration) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		want := map[string]time.Duration{"chromium": chromium, "firefox": firefox, "webkit": webkit}
		for _, b := range personality.Browsers() {
			if got := lifetime(t, s.In(b), c); got != want[b.Name] {
				t.Errorf("%s remembers the preflight for %v, want %v", b.Name, got, want[b.Name])
			}
		}
	}
}

// lifetime finds out how long the preflight of a request, which must be allowed, is remembered, in whole seconds.
func lifetime(t *testing.T, s *corstest.Server, c corstest.Case) time.Duration {
	t.Helper()
	isForgotten := func(after int) bool {
		page := s.Page(t, c.Origin)
		ask := func() *corstest.Answer {
			r := page.Request(c.Method, c.URL).Credentials(c.Credentials)
			for name, value := range c.Header {
				r = r.Header(name, value)
			}
			return r.MustBeAllowed()
		}
		ask().MustPreflight()
		page.Wait(time.Duration(after) * time.Second)
		return ask().Visits[0].Preflighted()
	}
	return time.Duration(sort.Search(200_000, isForgotten)) * time.Second
}

// reaches checks that the CORS layer answers the preflights of all routes.
func reaches(t *testing.T, s *corstest.Server) {
	corstest.Routes(t, s, corstest.Case{Origin: app}, routes...)
}

// hidden checks that something else answers the preflights of all routes, as it says.
func hidden(why string) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		err := corstest.CheckRoutes(s, corstest.Case{Origin: app}, routes...)
		var r *corstest.RoutesError
		if !errors.As(err, &r) || len(r.Problems) != len(routes) {
			t.Fatalf("want all %d routes hidden; got %v", len(routes), err)
		}
		for _, problem := range r.Problems {
			if !strings.Contains(problem, why) {
				t.Errorf("want a problem with %q, got\n%s", why, problem)
			}
		}
	}
}

// keeps checks that error answers can be read, and loses that each of them cannot.
func keeps(paths ...string) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		corstest.ErrorPaths(t, s, corstest.Case{Origin: app}, paths...)
	}
}

func loses(paths ...string) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		for _, path := range paths {
			err := corstest.CheckErrorPaths(s, corstest.Case{Origin: app}, path)
			var block *engine.Block
			if !errors.As(err, &block) {
				t.Errorf("%s: want an answer that is lost on the page, got %v", path, err)
			}
		}
	}
}

// all makes all checks.
func all(checks ...func(*testing.T, *corstest.Server)) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		for _, check := range checks {
			check(t, s)
		}
	}
}

// poisoned checks that behind a shared cache the answer to a first request spoils that to a second one.
func poisoned(first, second corstest.Case) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		if err := corstest.Check(s, second); err != nil {
			t.Fatalf("without a cache: %v", err)
		}
		second.Want = corstest.Block
		behind := corstest.New(cache(s.Handler))
		ask(t, behind, first)
		if err := corstest.Check(behind, second); err != nil {
			t.Error(err)
		}
	}
}

// refusedByHand checks that a preflight that no browser would send is refused.
func refusedByHand(method, headers string) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		if got := byHand(s.Handler, app, method, headers)["Access-Control-Allow-Origin"]; got != nil {
			t.Errorf("a preflight with Access-Control-Request-Headers: %s is answered with Access-Control-Allow-Origin: %q", headers, got)
		}
	}
}

// neverAsked checks that no browser sends a header in a preflight or a request.
func neverAsked(header string) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		visits, err := corstest.Ask(s, allowed(app, "PUT"))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range visits {
			for _, e := range v.Result.Exchanges {
				if e.Request.Headers.Has(header) {
					t.Errorf("%s sends %s", v.Browser.Name, header)
				}
			}
		}
	}
}

// ask makes a request in each browser.
func ask(t *testing.T, s *corstest.Server, c corstest.Case) []*corstest.Visit {
	t.Helper()
	visits, err := corstest.Ask(s, c)
	if err != nil {
		t.Fatal(err)
	}
	return visits
}

// preflightStatus checks the status of the answer to a request's preflight.
func preflightStatus(c corstest.Case, status int) func(*testing.T, *corstest.Server) {
	return func(t *testing.T, s *corstest.Server) {
		for _, v := range ask(t, s, c) {
			if got := v.Result.Exchanges[0].Response.Status; !v.Preflighted() || got != status {
				t.Errorf("%s: the preflight is answered with status %d, want %d", v.Browser.Name, got, status)
			}
		}
	}
}
