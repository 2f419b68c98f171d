package corstest

import (
	"fmt"
	"net/http"
	"net/url"
)

// standIn sends what is asked of a host to a server that listens elsewhere.
type standIn struct{ listens, host string }

func (s *standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() != s.host {
		return nil, fmt.Errorf("nobody stands in for %s; only %s is asked at %s", r.URL.Host, s.host, s.listens)
	}
	to, err := url.Parse(s.listens)
	if err != nil || to.Host == "" {
		return nil, misuse(fmt.Sprintf("the server is said to listen at %q", s.listens), "write a URL such as that of a httptest.Server")
	}
	// A page knows the server by its own name, and so does the server.
	sent := r.Clone(r.Context())
	sent.Host = r.URL.Host
	sent.URL.Scheme, sent.URL.Host = to.Scheme, to.Host
	return http.DefaultTransport.RoundTrip(sent)
}
