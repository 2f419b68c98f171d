package server

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/scenario"
)

//go:embed page
var files embed.FS

var (
	execScript   = mustRead("page/exec.js")
	runScript    = mustRead("page/run.js")
	workerScript = execScript + mustRead("page/worker.js")
	runPage      = template.Must(template.New("run").Parse(mustRead("page/run.html")))
)

func mustRead(name string) string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is compiled in
	}
	return string(data)
}

// defaultBody is what a response without a body of its own has, as in all recordings: an empty one would be a case of its
// own to whatever looks at how bodies begin.
const defaultBody = "hello"

// answer says what a request is answered; nil closes the connection. A page that asks what to do waits here.
func (s *Server) answer(q *request) *answer {
	path, query, _ := strings.Cut(q.target, "?")
	switch path {
	case "/__run":
		return s.page()
	case "/__worker.js":
		return s.worker()
	case "/__next":
		return s.next(query)
	case "/__result":
		return s.result(query, q.body)
	}
	if a := s.visit(q); a != nil {
		return a
	}
	return s.scripted(q)
}

// page serves the page that runs scenarios.
func (s *Server) page() *answer {
	g := &s.stage
	g.mu.Lock()
	defer g.mu.Unlock()
	config, err := json.Marshal(map[string]any{"browser": s.browser, "generation": g.generation, "exec": execScript})
	if err != nil {
		panic(err) // strings and numbers
	}
	var b strings.Builder
	if err := runPage.Execute(&b, map[string]string{"Exec": execScript, "Run": runScript, "Config": string(config)}); err != nil {
		panic(err) // into memory
	}
	return &answer{status: http.StatusOK, headers: g.policy("text/html"), body: []byte(b.String())}
}

// worker serves the script of dedicated workers.
func (s *Server) worker() *answer {
	g := &s.stage
	g.mu.Lock()
	defer g.mu.Unlock()
	return &answer{status: http.StatusOK, headers: g.policy("text/javascript"), body: []byte(workerScript)}
}

// policy returns the headers of a page or worker. The stage is locked.
func (g *stage) policy(contentType string) [][2]string {
	h := [][2]string{{"Content-Type", contentType}, {"Cache-Control", "no-store"}}
	if g.client.COEP != "" {
		h = append(h, [2]string{"Cross-Origin-Embedder-Policy", g.client.COEP})
	}
	if g.client.Sandbox {
		h = append(h, [2]string{"Content-Security-Policy", "sandbox allow-scripts"})
	}
	return h
}

// controlHeaders let sandboxed documents read what they are told.
func controlHeaders() [][2]string {
	return [][2]string{{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"Access-Control-Allow-Origin", "*"}}
}

func generation(query string) int {
	values, _ := url.ParseQuery(query)
	n, _ := strconv.Atoi(values.Get("g"))
	return n
}

// next waits until there is something to do for a page.
func (s *Server) next(query string) *answer {
	g := &s.stage
	g.mu.Lock()
	var o order
	switch {
	case generation(query) == g.generation:
		if g.poll != nil { // of a page that was opened and is gone
			g.poll.order <- order{}
		}
		p := &poll{order: make(chan order, 1)}
		g.poll = p
		g.change()
		g.mu.Unlock()
		select {
		case o = <-p.order:
		case <-g.closed:
		}
	case !g.sent:
		o = order{Go: g.route[0]}
		g.sent = true
		fallthrough
	default:
		g.mu.Unlock()
	}
	body, err := json.Marshal(o)
	if err != nil {
		body = []byte("{}") // ends the page, which is missed
	}
	return &answer{status: http.StatusOK, headers: controlHeaders(), body: body}
}

// result takes what a page saw of a scenario.
func (s *Server) result(query string, body []byte) *answer {
	var r struct {
		ID string          `json:"id"`
		JS json.RawMessage `json:"js"`
	}
	g := &s.stage
	if err := json.Unmarshal(body, &r); err != nil {
		g.complain(fmt.Errorf("the page's result is no JSON: %w", err))
		return &answer{status: http.StatusBadRequest, headers: controlHeaders()}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.play; p != nil && p.scenario.ID == r.ID && generation(query) == g.generation && len(p.result) == 0 {
		p.result <- r.JS
	}
	return &answer{status: http.StatusNoContent, headers: controlHeaders()}
}

// visit answers a page on the way to the one that runs scenarios: it sets cookies and leads on.
func (s *Server) visit(q *request) *answer {
	g := &s.stage
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.route, q.url())
	if i < 0 || g.play != nil {
		return nil
	}
	a := &answer{status: http.StatusOK, headers: [][2]string{{"Content-Type", "text/html"}, {"Cache-Control", "no-store"}}}
	for _, cookie := range g.cookies[g.route[i]] {
		value, _ := fetchspec.IsomorphicEncode(cookie)
		a.headers = append(a.headers, [2]string{"Set-Cookie", value})
	}
	next, err := json.Marshal(g.route[i+1])
	if err != nil {
		panic(err) // a string
	}
	a.body = fmt.Appendf(nil, "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script>location.replace(%s)</script>", next)
	return a
}

// ExecScript returns the script whose exec(request, id) makes the request of a scenario in a page, and resolves to what script saw.
func ExecScript() string { return execScript }

// unlogged are headers that say nothing about the request, but about the browser and the connection.
var unlogged = []string{
	"host", "connection", "user-agent", "accept-language", "accept-encoding", "upgrade-insecure-requests", "priority", "te",
	"pragma", "cache-control", "content-length", "transfer-encoding",
}

// scripted answers as the scenario says that runs, and logs the request.
func (s *Server) scripted(q *request) *answer {
	g := &s.stage
	g.mu.Lock()
	defer g.mu.Unlock()
	notFound := &answer{status: http.StatusNotFound}
	p := g.play
	if p == nil || !p.concerns(q) {
		return notFound
	}
	wire := scenario.WireRequest{Method: q.method, URL: fetchspec.IsomorphicDecode(q.url()), Headers: [][]string{}}
	for _, h := range q.headers {
		name := fetchspec.ByteLower(h[0])
		if !slices.Contains(unlogged, name) && !strings.HasPrefix(name, "sec-ch-ua") {
			wire.Headers = append(wire.Headers, []string{fetchspec.IsomorphicDecode(h[0]), fetchspec.IsomorphicDecode(h[1])})
		}
	}
	const most = 10000
	if len(p.requests) < most {
		p.requests = append(p.requests, wire)
	}

	preflight := q.method == http.MethodOptions && q.header("Access-Control-Request-Method") != ""
	a, ok := scenario.Answering(p.scenario.Server, q.url(), preflight)
	switch {
	case !ok:
		return notFound
	case a == nil || a.Drop:
		return nil
	}
	sent := &answer{status: a.Status, body: []byte(a.Body)}
	if a.Body == "" && !preflight {
		sent.body = []byte(defaultBody)
	}
	for _, h := range a.Headers {
		value, _ := fetchspec.IsomorphicEncode(h[1])
		sent.headers = append(sent.headers, [2]string{h[0], value})
	}
	return sent
}

// concerns reports whether a request is the scenario's: it goes to one of its hosts, and not to the path of another
// scenario that left something behind.
func (p *play) concerns(q *request) bool {
	if rest, ok := strings.CutPrefix(q.target, "/s/"); ok {
		id, _, _ := strings.Cut(rest, "/")
		return id == p.scenario.ID
	}
	u, err := origin.ParseURLEscaping(q.scheme+"://"+q.host, nil)
	return err == nil && slices.Contains(p.hosts, u.Host())
}
