package corstest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
)

// maxBody is how much of an answer is kept. A handler that goes on is told that the page has left.
const maxBody = 1 << 20

// bufferedBody is up to which size net/http's server knows the length of a body before it sends the head.
const bufferedBody = 2048

var errLeft = errors.New("the page has left: it was sent enough")

// memory is a round tripper that asks a server's handlers, as net/http's server would.
type memory struct {
	server *Server
	// host is the host that the handler answers for.
	host string
	// leave ends the context of all requests, as if the page had gone.
	leave func()
}

func (m *memory) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := m.server.Handler
	if host := r.URL.Hostname(); host != m.host {
		if handler = m.server.Others[host]; handler == nil {
			return nil, fmt.Errorf("nobody answers for %s in memory; give the Server a handler for it in Others", host)
		}
	}
	target, err := url.ParseRequestURI(r.URL.RequestURI())
	if err != nil {
		// As net/http's server, which asks no handler.
		return &http.Response{StatusCode: http.StatusBadRequest, Status: "400 Bad Request", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Connection": {"close"}}, Body: http.NoBody}, nil
	}
	asked := (&http.Request{
		Method: r.Method, URL: target, RequestURI: r.URL.RequestURI(), Host: r.URL.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.Header, Body: r.Body, ContentLength: r.ContentLength, RemoteAddr: httptest.DefaultRemoteAddr + ":1234",
	}).WithContext(r.Context())
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	if r.URL.Scheme == "https" {
		asked.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: r.URL.Hostname()}
	}
	rec := &recorder{ResponseRecorder: httptest.NewRecorder(), leave: m.leave}
	if err := rec.serve(handler, asked); err != nil && !rec.Flushed {
		return nil, err
	}
	if err := r.Context().Err(); err != nil && !rec.begun {
		return nil, fmt.Errorf("the handler gave no answer: %w", err)
	}
	return rec.answer(r.Method), nil
}

// recorder keeps an answer, up to a bound.
type recorder struct {
	*httptest.ResponseRecorder
	leave func()
	// begun is set once the handler has begun to answer.
	begun bool
}

// serve asks the handler. A panic is an error: net/http's server closes the connection.
func (rec *recorder) serve(h http.Handler, r *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, at: panicSite()}
		}
	}()
	h.ServeHTTP(rec, r)
	return nil
}

func (rec *recorder) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		return // an interim response, which script does not see
	}
	rec.begun = true
	rec.ResponseRecorder.WriteHeader(status)
}

// Flush sends what there is so far. Of an event stream that is all that the page waits for.
func (rec *recorder) Flush() {
	rec.begun = true
	rec.ResponseRecorder.Flush()
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/event-stream") {
		rec.leave()
	}
}

// isFull reports whether the page has enough of the body, and leaves then. It still follows a redirect.
func (rec *recorder) isFull(more int) bool {
	if rec.Body.Len()+more <= maxBody {
		return false
	}
	if rec.Code < 300 || rec.Code > 399 {
		rec.leave()
	}
	return true
}

func (rec *recorder) Write(b []byte) (int, error) {
	rec.begun = true
	if rec.isFull(len(b)) {
		return 0, errLeft
	}
	return rec.ResponseRecorder.Write(b)
}

func (rec *recorder) WriteString(s string) (int, error) {
	rec.begun = true
	if rec.isFull(len(s)) {
		return 0, errLeft
	}
	return rec.ResponseRecorder.WriteString(s)
}

// answer returns what net/http's server would send.
func (rec *recorder) answer(method string) *http.Response {
	resp := rec.Result()
	body, h := rec.Body.Bytes(), resp.Header
	allowed := resp.StatusCode >= 200 && resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusNotModified
	if allowed && h["Content-Type"] == nil && h["Content-Encoding"] == nil && len(body) > 0 {
		h["Content-Type"] = []string{http.DetectContentType(body)}
	}
	if allowed && h["Content-Length"] == nil && !rec.Flushed && len(body) <= bufferedBody && (method != http.MethodHead || len(body) > 0) {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
		resp.ContentLength = int64(len(body))
	}
	if !allowed || method == http.MethodHead {
		resp.Body = http.NoBody
	}
	return resp
}

// panicError is a handler's panic that nobody recovered.
type panicError struct {
	value any
	at    string
}

func (p *panicError) Error() string {
	if p.value == http.ErrAbortHandler {
		return "the handler aborted, at " + p.at + ", and the connection was closed without an answer"
	}
	return fmt.Sprintf("the handler panicked, at %s, and the connection was closed without an answer: %v", p.at, p.value)
}

// panicSite returns the file and line that panicked; it is called by a deferred function.
func panicSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		if panicking && !inRuntime {
			return f.File + ":" + strconv.Itoa(f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}

var _ io.StringWriter = (*recorder)(nil)
