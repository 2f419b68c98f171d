package engine_test

import (
	"errors"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// chooser returns a number from 0 to n-1: out of a byte string in a fuzz target, out of a generator in a law.
type chooser func(n int) int

func pick[T any](c chooser, pool []T) T { return pool[c(len(pool))] }

// mostly picks the first of a pool in most cases, so that worlds in which requests succeed are not rare.
func mostly[T any](c chooser, pool []T) T {
	if c(4) < 3 {
		return pool[0]
	}
	return pick(c, pool)
}

// bytesChooser chooses by the bytes of a string, and 0 once they are used up.
func bytesChooser(data []byte) chooser {
	return func(n int) int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b) % n
	}
}

// world is a page, what it asks for, and servers that give every request of a kind the same answer.
type world struct {
	page    engine.Page
	inits   []engine.Init
	answers map[string]answer // by host
	http2   bool
}

// answer is what a host answers to preflights and to everything else; nil closes the connection.
type answer struct{ preflight, response *fetchspec.Response }

var errClosed = errors.New("connection closed")

// Send implements engine.Network.
func (w *world) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	a := w.answers[r.CurrentURL().Host()]
	resp := a.response
	if r.IsPreflight() {
		resp = a.preflight
	}
	if resp == nil {
		return nil, errClosed
	}
	return resp, nil
}

// HTTP2 lets streaming bodies out.
func (w *world) HTTP2() bool { return w.http2 }

const appOrigin = "https://app.example.com"

// pages are where requests come from: secure, insecure, a sandboxed frame, and nowhere.
var pages = func() []engine.Page {
	page := func(u string) engine.Page {
		url, err := origin.ParseURL(u, nil)
		if err != nil {
			panic(err)
		}
		return engine.Page{Origin: url.Origin(), URL: url}
	}
	frame := page(appOrigin + "/frame")
	frame.Embedder = frame.Origin
	frame.Origin = origin.NewOpaque()
	worker, isolated := page(appOrigin+"/worker.js"), page(appOrigin+"/isolated")
	worker.Worker, worker.EmbedderPolicy = true, fetchspec.Credentialless
	isolated.EmbedderPolicy = fetchspec.RequireCORP
	return []engine.Page{page(appOrigin + "/page"), worker, isolated, page("http://app.example.com/page"), page("http://localhost:8080/"), frame, {Origin: origin.NewOpaque()}}
}()

var (
	hosts = []string{"api.example.com", "app.example.com", "other.example.org", "localhost"}

	targets = []string{
		"https://api.example.com/a", "https://app.example.com/a", "https://other.example.org/a?q#f", "/a", "",
		"http://api.example.com/a", "http://app.example.com/a", "http://localhost:8080/a", "https://app.example.com:8443/a",
		"https://api.example.com:25/a", "https://u:p@api.example.com/a", "https://u@app.example.com/a", "data:text/plain,x",
		"data:x", "about:blank", "about:x", "blob:https://app.example.com/1", "blob:x", "ftp://api.example.com/", "foo:bar",
		"file:///etc/hosts", "javascript:1", "ws://api.example.com/", "chrome://x", "http://[", "https://bücher.example/",
	}
	locations = append([]string{"/b", "b#g", "?q", "//other.example.org/b", "http://", "\xe9"}, targets...)

	methods    = []string{"", "GET", "HEAD", "POST", "PUT", "DELETE", "patch", "PUT", "OPTIONS", "post", "*", "TRACE", "B AD"}
	headerPool = fetchspec.Headers{
		{Name: "X-Foo", Value: "1"}, {Name: "Content-Type", Value: "application/json"}, {Name: "Content-Type", Value: "text/plain"},
		{Name: "Authorization", Value: "Bearer t"}, {Name: "Accept", Value: strings.Repeat("a", 128)},
		{Name: "Accept", Value: "\"x\""}, {Name: "Range", Value: "bytes=0-"}, {Name: "*", Value: "x"}, {Name: "x-foo", Value: ""},
		{Name: "If-None-Match", Value: "x"}, {Name: "Cookie", Value: "a=b"}, {Name: "DPR", Value: "2"}, {Name: "Bad Name", Value: "x"},
		{Name: "X-Bad", Value: "a\x00b"}, {Name: "X-Wide", Value: "\u0100"}, {Name: "X-Latin", Value: "\u00e9"},
	}
	apis        = append(fetchspec.APIs(), "")
	modes       = []fetchspec.Mode{"", fetchspec.ModeCORS, fetchspec.ModeNoCORS, fetchspec.ModeSameOrigin, "navigate", "bogus"}
	credentials = []fetchspec.Credentials{"", fetchspec.CredentialsInclude, fetchspec.CredentialsOmit, fetchspec.CredentialsSameOrigin, "bogus"}
	redirects   = []fetchspec.Redirect{"", fetchspec.RedirectFollow, fetchspec.RedirectError, fetchspec.RedirectManual, "bogus"}
	bodyKinds   = []engine.BodyKind{
		engine.BodyNone, engine.BodyString, engine.BodyURLSearchParams, engine.BodyFormData,
		engine.BodyBlob, engine.BodyStream,
	}

	statuses  = []int{200, 204, 302, 307, 301, 303, 308, 304, 404, 500, 299, 300, 999}
	allowPool = map[string][]string{
		"Access-Control-Allow-Origin":      {appOrigin, "*", "", "null", "http://app.example.com", appOrigin + "/", appOrigin + ", *", "http://a b", "x y", "nonsense"},
		"Access-Control-Allow-Credentials": {"true", "", "TRUE", "false"},
		"Access-Control-Allow-Methods":     {"PUT, DELETE, patch", "*", "", "GET PUT", ",,", "OPTIONS"},
		"Access-Control-Allow-Headers":     {"x-foo, content-type", "*", "", "authorization, X-FOO", "x foo", ","},
		"Access-Control-Max-Age":           {"600", "", "0", "-1", "+5", "nonsense", "99999999999999999999"},
		"Access-Control-Expose-Headers":    {"", "*", "x-foo", "b@d", "set-cookie"},
		"Cross-Origin-Resource-Policy":     {"", "same-origin", "same-site", "cross-origin", "x"},
		"Content-Type":                     {"", "text/javascript", "text/css", "image/png", "text/html", "application/json"},
		"X-Content-Type-Options":           {"", "nosniff"},
		"X-Foo":                            {"", "1"},
		"Set-Cookie":                       {"", "a=b"},
	}
	allowNames = []string{
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
		"Access-Control-Allow-Headers", "Access-Control-Max-Age", "Access-Control-Expose-Headers",
		"Cross-Origin-Resource-Policy", "Content-Type", "X-Content-Type-Options", "X-Foo", "Set-Cookie",
	}
	bodies = []string{"", "<html>", "{\"a\":1}", "\x89PNG\r\n\x1a\n", "wOF2............", "x()"}
)

// newWorld makes a world with the number of requests given.
func newWorld(c chooser, requests int) *world {
	w := &world{page: mostly(c, pages), answers: map[string]answer{}, http2: c(2) == 1}
	for range requests {
		w.inits = append(w.inits, newInit(c))
	}
	for _, host := range hosts[:1+c(len(hosts))] {
		a := answer{response: newResponse(c)}
		if a.preflight = a.response; c(4) != 1 {
			a.preflight = newResponse(c)
		}
		w.answers[host] = a
	}
	return w
}

func newInit(c chooser) engine.Init {
	i := engine.Init{API: mostly(c, apis), URL: mostly(c, targets), Method: pick(c, methods)}
	if i.API == fetchspec.APIPreload {
		as := mostly(c, []string{"fetch", "font", "image", "script", "style", "track", "x"})
		i.As = &as
	}
	for range c(4) {
		i.Headers = append(i.Headers, pick(c, headerPool))
	}
	i.Mode, i.Credentials, i.Redirect = mostly(c, modes), mostly(c, credentials), mostly(c, redirects)
	if i.BodyKind = mostly(c, bodyKinds); i.BodyKind != engine.BodyNone {
		i.Body, i.BlobType = "body", pick(c, []string{"", "application/json", "text/plain"})
	}
	i.UploadListener = c(4) == 1
	switch c(3) {
	case 1:
		i.CrossOrigin = new("")
	case 2:
		i.CrossOrigin = new("use-credentials")
	}
	return i
}

func newResponse(c chooser) *fetchspec.Response {
	if c(16) == 1 {
		return nil
	}
	r := &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: mostly(c, statuses), Body: pick(c, bodies)}
	if fetchspec.IsRedirectStatus(r.Status) && c(8) != 1 {
		r.Headers = append(r.Headers, fetchspec.Header{Name: "Location", Value: pick(c, locations)})
	}
	for _, name := range allowNames {
		if v := mostly(c, allowPool[name]); v != "" {
			r.Headers = append(r.Headers, fetchspec.Header{Name: name, Value: v})
		}
	}
	if c(8) == 1 {
		r.Headers = append(r.Headers, fetchspec.Header{Name: pick(c, allowNames), Value: pick(c, []string{"", "*", "true"})})
	}
	return r
}
