package corstest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// DefaultURL is where a handler is, to pages, that is not said to be elsewhere.
const DefaultURL = "https://api.example.com"

// DefaultTimeout is how long a server may take for a request, with its preflight and its redirects.
const DefaultTimeout = 10 * time.Second

// Server is the server under test. Its fields must not change once it is used. It is safe for concurrent use if the handler
// is.
type Server struct {
	// Handler answers the requests, in memory. A Server without one is asked over the network.
	Handler http.Handler
	// URL is where the server is, to pages; the URLs of cases are relative to it. Where it is empty, a handler is at
	// [DefaultURL].
	URL string
	// Others answer for other hosts, in memory too, which redirects may lead to. Those that are not in it cannot be reached.
	Others map[string]http.Handler
	// RoundTripper asks the network where there is no handler. Nil is http.DefaultTransport.
	RoundTripper http.RoundTripper
	// Browsers judge. None are Chromium, Firefox and WebKit.
	Browsers []*personality.Personality
	// Timeout ends a request, with its preflight and its redirects, so that a handler that waits for its context goes on; 0 is
	// [DefaultTimeout]. Of event streams the page waits for no more than the first flush.
	Timeout time.Duration

	// made is set by New, and fails by Around.
	made, fails bool
}

// New returns a server that is a handler at [DefaultURL].
func New(h http.Handler) *Server { return &Server{Handler: h, made: true} }

// At returns a server that is asked over the network, at a base URL such as https://staging.example.com.
func At(url string) *Server { return &Server{URL: url} }

// Standing returns a server that listens at one URL and stands for another: a httptest.Server that is to be
// https://api.example.com to pages. All that is asked of the other's host is sent to the one that listens.
func Standing(listens, at string) *Server {
	return &Server{URL: at, RoundTripper: &standIn{listens: listens}}
}

// In returns the server, judged by these browsers alone.
func (s *Server) In(browsers ...*personality.Personality) *Server {
	c := *s
	c.Browsers = browsers
	return &c
}

func (s *Server) browsers() []*personality.Personality {
	if len(s.Browsers) == 0 {
		return personality.Browsers()
	}
	return s.Browsers
}

// base returns where the server is.
func (s *Server) base() (*origin.URL, error) {
	raw := s.URL
	switch {
	case raw == "" && s.Handler == nil && s.made:
		return nil, misuse("the handler is nil", "give corstest.New the handler under test, such as your http.ServeMux with the CORS middleware around it")
	case raw == "" && s.Handler == nil:
		return nil, misuse("the server has neither a handler nor a URL", "write corstest.New(handler), or corstest.At(\"https://staging.example.com\")")
	case raw == "":
		raw = DefaultURL
	}
	u, err := origin.ParseURL(raw, nil)
	switch {
	case err != nil || !u.IsHTTP():
		return nil, misuse(fmt.Sprintf("the server's URL is %q", raw), "write a URL with its scheme, such as https://staging.example.com")
	case u.IncludesCredentials():
		return nil, misuse(fmt.Sprintf("the server's URL is %q, with a user name in it", raw), "leave the user name and the password out; browsers refuse such URLs")
	}
	return u, nil
}

// network returns a network that asks the server, and how to end it.
func (s *Server) network(base *origin.URL) (*httpfetch.Wire, context.CancelFunc) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	wire := httpfetch.Network(s.roundTripper(base, cancel))
	wire.Context = ctx
	return wire, cancel
}

func (s *Server) roundTripper(base *origin.URL, leave func()) http.RoundTripper {
	switch {
	case s.Handler != nil:
		return &memory{server: s, host: base.Host(), leave: leave}
	case s.RoundTripper != nil:
		if stand, ok := s.RoundTripper.(*standIn); ok {
			return &standIn{listens: stand.listens, host: base.Host()}
		}
		return s.RoundTripper
	}
	return http.DefaultTransport
}
