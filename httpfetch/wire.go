package httpfetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// MaxPeek is how many bytes at the start of a body are read where the browser looks at them to decide what a response is.
const MaxPeek = 4 << 10

// maxDrain is how much of an unread body is read so that its connection can be used again.
const maxDrain = 16 << 10

// Wire is a network that asks servers over HTTP, for the engine. It sends each request once and follows no redirects. It
// is not safe for concurrent use.
type Wire struct {
	// Context ends requests; nil is one that never does.
	Context context.Context
	// Header are headers that requests get where they have none of the name, such as User-Agent.
	Header http.Header
	// Jar is a cookie store besides the browser's own: requests with credentials are sent its cookies, and their answers set
	// them. The rules of browsers about sites do not apply to it. It may be nil.
	Jar http.CookieJar

	rt http.RoundTripper
	// http2 is set where the last answer came over HTTP/2 or later.
	http2 bool
	// body and length are what is sent in place of the engine's body.
	body   func() (io.ReadCloser, error)
	length int64
	// keep leaves the body of the last answer open, for the taking.
	keep bool
	last *http.Response
}

// Network returns a network that sends requests by rt, which must not be nil: http.DefaultTransport, or what the caller
// has set up. Answers are read no further than their heads, and for elements and mode no-cors [MaxPeek] bytes of the body.
func Network(rt http.RoundTripper) *Wire {
	if rt == nil {
		panic("httpfetch: Network of a nil RoundTripper; http.DefaultTransport is one that asks the network")
	}
	return &Wire{rt: rt}
}

// HTTP2 reports whether the last answer came over HTTP/2 or later. The engine asks.
func (w *Wire) HTTP2() bool { return w.http2 }

// Send sends a request of the engine. Its errors are those of the round tripper, and tell their [engine.Failure].
func (w *Wire) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	w.close()
	handshake := &handshake{}
	req, err := w.request(r, handshake)
	if err != nil {
		return nil, err
	}
	resp, err := w.rt.RoundTrip(req)
	if err != nil {
		return nil, &failure{err, failureOf(err, handshake, w.verifier(req.URL.Hostname()))}
	}
	w.http2 = resp.ProtoMajor >= 2
	if w.Jar != nil && r.IncludeCredentials {
		if cookies := resp.Cookies(); len(cookies) > 0 {
			w.Jar.SetCookies(req.URL, cookies)
		}
	}
	answer := &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: resp.StatusCode, Headers: fromHTTP(resp.Header)}
	if !w.http2 {
		// HTTP/2 has no reason phrase; net/http makes one up.
		_, answer.StatusMessage, _ = strings.Cut(resp.Status, " ")
	}
	w.last = resp
	if looksAtBody(r) && resp.Body != nil {
		start, err := io.ReadAll(io.LimitReader(resp.Body, MaxPeek))
		if err != nil && len(start) == 0 {
			w.close()
			return nil, fmt.Errorf("reading the body: %w", err)
		}
		answer.Body = string(start)
		resp.Body = &peeked{io.MultiReader(strings.NewReader(answer.Body), resp.Body), resp.Body}
	}
	if !w.keep {
		w.close()
	}
	return answer, nil
}

// verifier is what the round tripper checks the certificates of a host by, as far as it tells.
func (w *Wire) verifier(host string) verifier {
	v := verifier{host: host}
	if t, ok := w.rt.(*http.Transport); ok && t.TLSClientConfig != nil {
		v.roots = t.TLSClientConfig.RootCAs
	}
	return v
}

// looksAtBody reports whether a browser tells by its body what the response to a request is.
func looksAtBody(r *fetchspec.Request) bool {
	return !r.IsPreflight() && r.API != fetchspec.APIEventSource && (r.API.IsElement() || r.Mode == fetchspec.ModeNoCORS)
}

// peeked is a body of which the start was read already.
type peeked struct {
	io.Reader
	io.Closer
}

// take returns the last answer, with its body open, and leaves none.
func (w *Wire) take() *http.Response {
	resp := w.last
	w.last = nil
	return resp
}

// close closes the body of the last answer.
func (w *Wire) close() {
	resp := w.take()
	if resp == nil || resp.Body == nil {
		return
	}
	if n := resp.ContentLength; n >= 0 && n <= maxDrain {
		io.Copy(io.Discard, io.LimitReader(resp.Body, maxDrain))
	}
	resp.Body.Close()
}

// request makes an http.Request of a request of the engine, whose TLS handshake is watched.
func (w *Wire) request(r *fetchspec.Request, handshake *handshake) (*http.Request, error) {
	u, err := toURL(r.CurrentURL())
	if err != nil {
		return nil, err
	}
	ctx := w.Context
	if ctx == nil {
		ctx = context.Background()
	}
	req := (&http.Request{
		Method: r.Method, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, len(r.Headers)+len(w.Header)+1),
	}).WithContext(handshake.watch(ctx))
	for _, h := range r.Headers {
		if name := http.CanonicalHeaderKey(h.Name); name != "Content-Length" {
			req.Header[name] = append(req.Header[name], h.Value)
		}
	}
	for name, values := range w.Header {
		if _, ok := req.Header[name]; !ok {
			req.Header[name] = values
		}
	}
	if w.Jar != nil && r.IncludeCredentials {
		for _, c := range w.Jar.Cookies(u) {
			req.AddCookie(c)
		}
	}
	return req, w.setBody(req, r.Body)
}

func (w *Wire) setBody(req *http.Request, body *fetchspec.Body) (err error) {
	switch {
	case body == nil:
	case w.body != nil:
		req.ContentLength, req.GetBody = w.length, w.body
		req.Body, err = w.body()
	case body.Stream:
		return errors.New("the body is a stream of the page's, which nobody has given")
	default:
		req.ContentLength = int64(len(body.Source))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body.Source)), nil }
		req.Body, err = req.GetBody()
	}
	return err
}

// toURL makes a net/url URL of a WHATWG one, such that what goes over the wire is the same.
func toURL(u *origin.URL) (*url.URL, error) {
	raw := u.WithoutCredentials().WithoutFragment()
	if parsed, err := url.Parse(raw); err == nil {
		return parsed, nil
	}
	// A path with a % that escapes nothing: net/url refuses it, and as an opaque one lets it be.
	host := u.Host()
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	if !u.IsHTTP() || host == "" {
		return nil, fmt.Errorf("the URL %q cannot be asked for over HTTP", raw)
	}
	return &url.URL{Scheme: u.Scheme(), Host: host, Opaque: u.Path(), RawQuery: strings.TrimPrefix(u.Query(), "?")}, nil
}

// fromHTTP makes a header list, sorted by name, since net/http keeps no order of names.
func fromHTTP(h http.Header) fetchspec.Headers {
	n, names := 0, make([]string, 0, len(h))
	for name, values := range h {
		n += len(values)
		names = append(names, name)
	}
	slices.Sort(names)
	list := make(fetchspec.Headers, 0, n)
	for _, name := range names {
		for _, v := range h[name] {
			list = append(list, fetchspec.Header{Name: name, Value: v})
		}
	}
	return list
}
