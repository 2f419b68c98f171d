package interop

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/fetchspec"
)

// The pages that ask. The server is at corstest.DefaultURL.
const (
	app     = "https://app.example.com"
	admin   = "https://admin.example.com:8443"
	local   = "http://localhost:3000"
	evil    = "https://evil.example.net"
	sandbox = "null"
)

// things answers all requests that get through, with headers that script may want to read.
func things(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Request-Id", "1")
	w.Header().Set("Link", `</things?page=2>; rel="next"`)
	io.WriteString(w, "things")
}

// failing answers as its path says: the ways in which a handler fails.
func failing(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/private":
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case "/busy":
		http.Error(w, "not now", http.StatusTooManyRequests)
	default:
		panic("a handler that panics")
	}
}

// The routes of every router here: each has things at these, and failing at /private, /busy and /panics.
var routes = []string{"GET /things", "PUT /things/{id}"}

// values are the values of the headers that pages set, where it is not 1.
var values = map[string]string{"Content-Type": "application/json", "Authorization": "Bearer t", "Accept": "application/json"}

// request is one of a page for /things, with headers of these names.
func request(origin, method string, headers []string) corstest.Case {
	c := corstest.Case{Origin: origin, Method: method, URL: "/things", Header: map[string]string{}}
	for _, name := range headers {
		c.Header[name] = values[name]
		if c.Header[name] == "" {
			c.Header[name] = "1"
		}
	}
	return c
}

// allowed is a request that must reach things, whose answer the page must get.
func allowed(origin, method string, headers ...string) corstest.Case {
	c := request(origin, method, headers)
	c.Status = http.StatusOK
	return c
}

// blocked is a request without preflight, whose answer is kept from the page.
func blocked(origin, method string, headers ...string) corstest.Case {
	c := request(origin, method, headers)
	c.Want = corstest.Block
	return c
}

// unsent is a request that its preflight holds back.
func unsent(origin, method string, headers ...string) corstest.Case {
	c := request(origin, method, headers)
	c.Want = corstest.Unsent
	return c
}

// credentialed is the request with credentials.
func credentialed(c corstest.Case) corstest.Case {
	c.Credentials = fetchspec.CredentialsInclude
	return c
}

// reading is a request after which script can read a header, and cannotRead one after which it cannot.
func reading(c corstest.Case, names ...string) corstest.Case    { c.CanRead = names; return c }
func cannotRead(c corstest.Case, names ...string) corstest.Case { c.CannotRead = names; return c }

// answered is a request that something answers with a status of its own, which the page sees.
func answered(status int, c corstest.Case) corstest.Case { c.Status = status; return c }

// byHand asks for a preflight as people write them in tests, with headers that no browser sorts like that.
func byHand(h http.Handler, origin, method, headers string) http.Header {
	r := httptest.NewRequest(http.MethodOptions, corstest.DefaultURL+"/things", nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Access-Control-Request-Method", method)
	r.Header.Set("Access-Control-Request-Headers", headers)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result().Header
}

// cache keeps answers to GET for ever, as a shared cache before the server may: by URL, and by what Vary names.
func cache(h http.Handler) http.Handler {
	kept := map[string]*httptest.ResponseRecorder{}
	varies := map[string][]string{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := func() string {
			k := r.URL.Path
			for _, name := range varies[r.URL.Path] {
				k += "\n" + name + ": " + r.Header.Get(name)
			}
			return k
		}
		answer := kept[key()]
		if answer == nil || r.Method != http.MethodGet {
			answer = httptest.NewRecorder()
			h.ServeHTTP(answer, r)
			for _, line := range answer.Result().Header.Values("Vary") {
				for name := range strings.SplitSeq(line, ",") {
					varies[r.URL.Path] = append(varies[r.URL.Path], strings.TrimSpace(name))
				}
			}
			if r.Method == http.MethodGet {
				kept[key()] = answer
			}
		}
		for name, lines := range answer.Result().Header {
			w.Header()[name] = lines
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	})
}

// slow answers things too late for a http.TimeoutHandler of a millisecond.
func slow(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Second):
		things(w, r)
	}
}

// login lets nobody in who brings no Authorization.
func login(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}
