package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// UnansweredError says which request of a browser found no answer left.
type UnansweredError struct {
	// Browser is the name of the browser, Method and URL the request, and Number its number among the browser's requests,
	// from 1.
	Browser, Method, URL string
	Number               int
	// Preflight is set where it is a preflight.
	Preflight bool
	// Heads is how many answers there are.
	Heads int
}

func (e *UnansweredError) Error() string {
	kind := "request"
	if e.Preflight {
		kind = "preflight"
	}
	if e.Heads == 1 {
		return fmt.Sprintf("%s asks %s %s (its %s number %d), and the only answer there is came from another URL", e.Browser, e.Method, e.URL, kind, e.Number)
	}
	return fmt.Sprintf("%s asks %s %s (its %s number %d), and there are only %d answers", e.Browser, e.Method, e.URL, kind, e.Number, e.Heads)
}

// Replay evaluates a scenario of one request in a browser, with a's heads for answers in place of the scenario's server:
// the first head answers the first request that the browser sends, a preflight if it sends one, and so on through the
// redirects. A single head answers all that is asked of the first URL. Where the heads do not suffice, the error is an
// [*UnansweredError].
//
// An image or font whose head came without a body is taken to be one.
func (a *Answers) Replay(s *Scenario, browser *personality.Personality, opt Options) (*Run, error) {
	if s.Request == nil {
		return nil, errors.New("only a scenario of one request can be answered in order")
	}
	n := a.inOrder(s.Request.api())
	opt.Network = n
	run, err := Evaluate(s, browser, opt)
	if err != nil {
		return nil, err
	}
	if n.missing != nil {
		n.missing.Browser = browser.Name
		return nil, n.missing
	}
	return run, nil
}

// Network returns a network that answers one request of an API with the heads in order, as Replay does. Its error is an
// [*UnansweredError] where they do not suffice.
func (a *Answers) Network(api fetchspec.API) engine.Network { return a.inOrder(api) }

func (a *Answers) inOrder(api fetchspec.API) *inOrder { return &inOrder{heads: a.Heads, api: api} }

// inOrder answers with one head after the other.
type inOrder struct {
	heads   []Head
	api     fetchspec.API
	sent    int
	first   *origin.URL
	missing *UnansweredError
}

// Send answers a request with the next head.
func (n *inOrder) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	i, url := n.sent, r.CurrentURL()
	n.sent++
	if n.first == nil {
		n.first = url
	}
	if len(n.heads) == 1 && url.WithoutFragment() == n.first.WithoutFragment() {
		i = 0
	}
	if i >= len(n.heads) {
		n.missing = &UnansweredError{
			Method: r.Method, URL: r.WireURL(), Number: n.sent, Preflight: r.IsPreflight(),
			Heads: len(n.heads),
		}
		return nil, n.missing
	}
	h := &n.heads[i]
	return &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: h.Status, StatusMessage: h.Reason, Headers: h.Headers, Body: n.body(h)}, nil
}

// HTTP2 reports whether the heads came over HTTP/2 or later.
func (n *inOrder) HTTP2() bool {
	return !slices.ContainsFunc(n.heads, func(h Head) bool { return strings.HasPrefix(h.Proto, "HTTP/1") })
}

// body is the start of the head's body; what stands in for one that did not come along has the signature of its kind.
func (n *inOrder) body(h *Head) string {
	if h.Body != "" {
		return h.Body
	}
	switch n.api {
	case fetchspec.APIImage:
		if fetchspec.ExtractMIMEType(h.Headers) == "image/svg+xml" {
			return "<svg/>"
		}
		return "GIF89a"
	case fetchspec.APIFont:
		return "wOF2\x00\x01\x00\x00\x00\x00\x00\x00\x00"
	case fetchspec.APIVideo, fetchspec.APIAudio:
		return "OggS"
	}
	return ""
}
