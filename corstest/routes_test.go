package corstest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
)

// withCORS is a CORS layer that answers all preflights of the app.
func withCORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		things(&headOnly{w}, r)
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
		}
	})
}

// headOnly takes headers, and a status where there is no body.
type headOnly struct{ http.ResponseWriter }

func (h *headOnly) Write(b []byte) (int, error) { return len(b), nil }

func (h *headOnly) WriteHeader(status int) {
	if status == http.StatusNoContent {
		h.ResponseWriter.WriteHeader(status)
	}
}

func mux() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /things/{id}", things)
	m.HandleFunc("PUT /files/{path...}", things)
	m.HandleFunc("/any/{$}", things)
	m.HandleFunc("POST api.example.com/hosted", things)
	return m
}

var patterns = []string{"GET /things/{id}", "PUT /files/{path...}", "/any/{$}", "POST api.example.com/hosted"}

func TestRoutesBehindTheCORSLayer(t *testing.T) {
	corstest.Routes(t, corstest.New(withCORS(mux())), corstest.Case{Origin: app}, patterns...)
}

func TestRoutesThatAnswerPreflightsThemselves(t *testing.T) {
	answering := func(status int, pairs ...string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i < len(pairs); i += 2 {
				w.Header().Set(pairs[i], pairs[i+1])
			}
			w.WriteHeader(status)
		})
	}
	for _, c := range []struct {
		name    string
		handler http.Handler
		want    []string
	}{
		{"a router", mux(), []string{"3 of 4 routes", "GET /things/{id}: the router does not take OPTIONS", "OPTIONS https://api.example.com/files/1", "Allow: GET, HEAD", "Put the CORS layer around the router"}},
		{"authentication", answering(401, "WWW-Authenticate", "Bearer"), []string{"4 of 4", "authentication first", "Www-Authenticate: Bearer"}},
		{"a refusal", answering(403), []string{"it is refused"}},
		{"no route", answering(404), []string{"no route for OPTIONS"}},
		{"a redirect", answering(308, "Location", "https://api.example.com/any"), []string{"it is redirected", "Location: https://api.example.com/any"}},
		{"a failure", answering(502), []string{"it is answered with status 502"}},
		{"a handler", answering(200), []string{"without Access-Control-Allow-Origin"}},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no") }), []string{"there is no answer", "the handler panicked"}},
	} {
		err := corstest.CheckRoutes(corstest.New(c.handler), corstest.Case{Origin: app}, patterns...)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v\nwant %q in it", c.name, err, want)
			}
		}
	}
}

func TestErrorPathsOfAMiddleware(t *testing.T) {
	recovering := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					http.Error(w, "sorry", http.StatusInternalServerError)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
	c := corstest.Case{Origin: app, CanRead: []string{"X-Request-Id"}}
	corstest.ErrorPaths(t, corstest.Around(func(next http.Handler) http.Handler { return withCORS(recovering(next)) }), c)

	err := corstest.CheckErrorPaths(corstest.Around(withCORS), c)
	if err == nil || !strings.Contains(err.Error(), "1 of 5 error answers are lost") || !strings.Contains(err.Error(), "GETs /panic") {
		t.Errorf("nobody recovers: %v", err)
	}
	// http.Error deletes some headers, and a replaced head all.
	replacing := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name := range w.Header() {
				w.Header().Del(name)
			}
			next.ServeHTTP(w, r)
		})
	}
	err = corstest.CheckErrorPaths(corstest.Around(func(next http.Handler) http.Handler { return withCORS(replacing(recovering(next))) }), c)
	if err == nil || !strings.Contains(err.Error(), "5 of 5") {
		t.Errorf("headers are replaced: %v", err)
	}
}

func TestErrorPathsOfAServer(t *testing.T) {
	s := corstest.New(withCORS(mux()))
	corstest.ErrorPaths(t, s, corstest.Case{Origin: app}, "404 /nowhere", "405 POST /things/1")
	for path, want := range map[string]string{
		"404 /things/1":         "status 200 in chromium, firefox, webkit; want status 404",
		"405 DELETE /nowhere/1": "want status 405",
	} {
		if err := corstest.CheckErrorPaths(s, corstest.Case{Origin: app}, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}
