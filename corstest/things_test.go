package corstest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const app = "https://app.example.com"

// things is a server that does CORS well, for one origin: it takes PUT and DELETE, JSON and Authorization, credentials, and
// exposes X-Request-Id.
func things(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Origin")
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	if r.Header.Get("Origin") == app {
		h.Set("Access-Control-Allow-Origin", app)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", "X-Request-Id")
		if preflight {
			h.Set("Access-Control-Allow-Methods", "PUT, DELETE")
			h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
			h.Set("Access-Control-Max-Age", "60")
		}
	}
	if preflight {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("X-Request-Id", "1")
	h.Set("X-Internal", "1")
	if id := strings.TrimPrefix(r.URL.Path, "/things/"); slices.Contains([]string{"404", "429"}, id) {
		http.Error(w, "no", map[string]int{"404": 404, "429": 429}[id])
		return
	}
	fmt.Fprint(w, "things")
}
