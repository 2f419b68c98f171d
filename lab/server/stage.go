package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/scenario"
)

// Client is what kind of page a scenario needs. Scenarios of one client can share a page.
type Client struct {
	Origin string
	COEP   string
	// Sandbox serves the page with a policy that gives it an opaque origin.
	Sandbox bool
	HTTP2   bool
}

// embedder is the origin of the page around a sandboxed frame, and of the URL of a sandboxed document.
const embedder = "https://app.example.com"

// ClientOf returns the client that a scenario needs.
func ClientOf(s *scenario.Scenario) (Client, error) {
	c := Client{Origin: s.Client.Origin, COEP: s.Client.COEP, Sandbox: s.Client.Sandbox, HTTP2: s.HTTP2}
	if s.Client.Opaque || s.Client.Sandbox {
		c.Origin = embedder
	}
	u, err := origin.ParseURL(c.Origin, nil)
	switch {
	case err != nil || !u.IsHTTP() || u.Origin().String() != c.Origin:
		return c, fmt.Errorf("client.origin is %q; a browser can be asked for pages of http and https origins, and with \"opaque\" or \"sandbox\" of \"null\"", s.Client.Origin)
	}
	for url, e := range s.Server {
		for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
			switch {
			case a == nil:
			case a.Fail != "":
				return c, fmt.Errorf("server[%q] fails with %q, of which a browser hears from the proxy here; see lab failures", url, a.Fail)
			case c.HTTP2 && len(a.Body) > maxHTTP2Body:
				return c, fmt.Errorf("server[%q] has a body of %d bytes; over HTTP/2 the longest is %d", url, len(a.Body), maxHTTP2Body)
			}
		}
	}
	return c, nil
}

// maxHTTP2Body is the window that every browser opens for an answer.
const maxHTTP2Body = 65535

// Seen is what a page and its servers saw of a scenario.
type Seen struct {
	// JS is what script saw, as JSON: a result, or a list of them for steps.
	JS json.RawMessage
	// Requests are the requests as they were received.
	Requests []scenario.WireRequest
}

// stage is what the server serves at the moment.
type stage struct {
	// closed is closed with the server.
	closed chan struct{}

	mu sync.Mutex
	// changed is closed, and made anew, whenever anything below has changed.
	changed chan struct{}

	client Client
	// generation counts the pages that were prepared, so that an old one can be told from the present one.
	generation int
	// route are the URLs that the browser goes to, one after the other: those that set cookies, and the page.
	route   []string
	cookies map[string][]string
	// sent says that a page of an earlier generation was sent to the route.
	sent bool
	// poll is a page that waits for an order.
	poll *poll
	play *play
	// trouble are connections that ended with an error since the last scenario.
	trouble []error
}

// poll is a page that waits for an order, which is sent to it once.
type poll struct{ order chan order }

// order is what a page is told to do: to go elsewhere, to run a scenario, or, when it is empty, to end.
type order struct {
	Go       string             `json:"go,omitempty"`
	Scenario *scenario.Scenario `json:"scenario,omitempty"`
}

// play is a scenario that runs.
type play struct {
	scenario *scenario.Scenario
	hosts    []string
	requests []scenario.WireRequest
	result   chan json.RawMessage
}

func (g *stage) change() {
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *stage) http2() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.client.HTTP2
}

// complain notes what went wrong on a connection.
func (g *stage) complain(err error) {
	const most = 10
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.trouble) < most {
		g.trouble = append(g.trouble, err)
	}
}

// Prepare makes ready for a scenario: it returns the URL that the browser goes to, or an empty one where the present page
// will do. Only the first page has to be opened by the caller: a page that is open goes to the next by itself.
func (s *Server) Prepare(sc *scenario.Scenario) (url string, err error) {
	client, err := ClientOf(sc)
	if err != nil {
		return "", err
	}
	g := &s.stage
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.generation > 0 && client == g.client && len(sc.Cookies) == 0 {
		return "", nil
	}
	if client.HTTP2 != g.client.HTTP2 {
		// The protocol is negotiated when a connection is opened.
		defer s.closeConns()
	}
	return s.restage(client, sc.Cookies), nil
}

// Open reports whether a page was prepared before.
func (s *Server) Open() bool {
	s.stage.mu.Lock()
	defer s.stage.mu.Unlock()
	return s.stage.generation > 0
}

// restage changes what is served. The stage is locked.
func (s *Server) restage(client Client, cookies map[string][]string) (url string) {
	g := &s.stage
	g.client, g.cookies, g.sent, g.play = client, cookies, false, nil
	g.generation++
	g.route = g.route[:0]
	for visit := range cookies {
		g.route = append(g.route, visit)
	}
	slices.Sort(g.route)
	g.route = append(g.route, client.Origin+"/__run?b="+s.browser)
	if g.poll != nil {
		g.poll.order <- order{Go: g.route[0]}
		g.poll, g.sent = nil, true
	}
	g.change()
	return g.route[0]
}

// Ready waits until the page waits for a scenario.
func (s *Server) Ready(ctx context.Context) error {
	g := &s.stage
	for {
		g.mu.Lock()
		ready, changed := g.poll != nil, g.changed
		g.mu.Unlock()
		if ready {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return g.blame("the page did not open", ctx.Err())
		}
	}
}

// Play hands a scenario to the page, which must be ready, and returns what came of it.
func (s *Server) Play(ctx context.Context, sc *scenario.Scenario) (*Seen, error) {
	g := &s.stage
	g.mu.Lock()
	if g.poll == nil {
		g.mu.Unlock()
		return nil, errors.New("no page is ready")
	}
	p := &play{scenario: sc, hosts: hosts(sc), result: make(chan json.RawMessage, 1)}
	g.play, g.trouble = p, nil
	g.poll.order <- order{Scenario: sc}
	g.poll = nil
	g.mu.Unlock()

	select {
	case js := <-p.result:
		g.mu.Lock()
		defer g.mu.Unlock()
		g.play = nil
		return &Seen{JS: js, Requests: append([]scenario.WireRequest{}, p.requests...)}, nil
	case <-ctx.Done():
		return nil, g.blame("the page did not finish", ctx.Err())
	}
}

// blame words a failure, with what went wrong on connections meanwhile.
func (g *stage) blame(what string, err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return fmt.Errorf("%s: %w", what, errors.Join(append([]error{err}, g.trouble...)...))
}

// hosts returns the hosts that a scenario speaks of: requests to others are the browser's own business.
func hosts(sc *scenario.Scenario) []string {
	var list []string
	base, _ := origin.ParseURL(embedder, nil)
	if u, err := origin.ParseURL(sc.Client.Origin, nil); err == nil {
		base = u
	}
	add := func(url string) {
		if u, err := origin.ParseURLEscaping(url, base); err == nil && u.IsHTTP() {
			list = append(list, u.Origin().Host())
		}
	}
	add("")
	if sc.Request != nil && sc.Request.URL != nil {
		add(*sc.Request.URL)
	}
	for _, step := range sc.Steps {
		if step.URL != nil {
			add(*step.URL)
		}
	}
	for url, e := range sc.Server {
		add(url)
		for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
			if a == nil {
				continue
			}
			for _, h := range a.Headers {
				if fetchspec.EqualFold(h[0], "Location") {
					add(h[1])
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
