package corstest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
)

// Patterns of chi and gorilla/mux have regular expressions in them, with braces.
func TestRoutesTakePatternsOfOtherRouters(t *testing.T) {
	for pattern, path := range map[string]string{
		"PUT /things/{id:[0-9]{3}}/parts/{part}": "/things/1/parts/1",
		"PUT /things/{id:[0-9]+}":                "/things/1",
		"PUT /things/{$}":                        "/things/",
		"PUT /things/{rest...}":                  "/things/1",
		"PUT /things/{open":                      "/things/1",
	} {
		var asked string
		corstest.Routes(t, corstest.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.Path
			things(w, r)
		})), corstest.Case{Origin: app}, pattern)
		if asked != path {
			t.Errorf("for %s, %s was asked", pattern, asked)
		}
	}
}

// A CORS layer may answer with 405 itself, as that of gorilla/handlers does to a method that it does not list. Routers say with
// Allow what they take.
func TestRoutesBlameNoRouterAlone(t *testing.T) {
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) })
	err := corstest.CheckRoutes(corstest.New(refuse), corstest.Case{Origin: app}, "DELETE /things")
	if err == nil || !strings.Contains(err.Error(), "or a CORS layer not the method") {
		t.Errorf("got %v", err)
	}
}
