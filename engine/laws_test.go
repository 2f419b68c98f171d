package engine_test

import (
	"flag"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// rapid's default of 100 checks finds too little here.
func init() {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
}

// law checks a property in the standard and in every browser.
func law(t *testing.T, property func(*rapid.T, *personality.Personality)) {
	for _, p := range personality.All() {
		t.Run(p.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { property(t, p) })
		})
	}
}

// rapidChooser chooses by a generator.
func rapidChooser(t *rapid.T) chooser {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
}

// What a server lets a request with credentials do, it lets the same request without credentials do: omitting them never
// makes the rules stricter.
func TestAllowedWithCredentialsIsAllowedWithout(t *testing.T) {
	law(t, func(t *rapid.T, p *personality.Personality) {
		w := newWorld(rapidChooser(t), 1)
		init := w.inits[0]
		init.CrossOrigin = nil
		init.Credentials = fetchspec.CredentialsInclude
		with := p.UserAgent().Do(w.page, init, w)
		for _, c := range []fetchspec.Credentials{fetchspec.CredentialsOmit, fetchspec.CredentialsSameOrigin} {
			init.Credentials = c
			if without := p.UserAgent().Do(w.page, init, w); with.Block == nil && without.Block != nil {
				t.Fatalf("allowed with credentials, and without (%s) blocked: %v", c, without.Block)
			}
		}
	})
}

// A request that stays home is no matter of CORS.
func TestSameOriginIsNeverBlockedByCORS(t *testing.T) {
	law(t, func(t *rapid.T, p *personality.Personality) {
		c := rapidChooser(t)
		w := newWorld(c, 1)
		w.page = pick(c, pages[:3])
		w.inits[0].URL = pick(c, []string{"/a", "", "?q", w.page.URL.String(), "b#f"})
		for host, a := range w.answers {
			if a.response != nil && fetchspec.IsRedirectStatus(a.response.Status) {
				a.response.Status = 200
			}
			w.answers[host] = a
		}
		r := p.UserAgent().Do(w.page, w.inits[0], w)
		if r.Block != nil && isCORS(r.Block.Code) {
			t.Fatalf("blocked by CORS: %v", r.Block)
		}
		for _, e := range r.Exchanges {
			if e.Preflight {
				t.Fatalf("a preflight was sent to %s", e.Request.CurrentURL())
			}
		}
	})
}

// The preflight cache saves preflights and changes nothing else: a request ends the same way whether the page made others
// before or not. TestWhatTheStandardsCacheLetsThrough has the two exceptions.
func TestWarmAndColdCacheAgree(t *testing.T) {
	law(t, func(t *rapid.T, p *personality.Personality) {
		c := rapidChooser(t)
		w := newWorld(c, 1)
		w.inits[0].UploadListener = false
		if w.inits[0].BodyKind == engine.BodyStream {
			w.inits[0].BodyKind = engine.BodyString
		}
		credentials := credentials
		if p == personality.Spec && w.listsWildcard() {
			credentials = credentials[2:] // without include
		}
		w.inits[0].Credentials = pick(c, credentials)
		// Requests that have much in common, so that they meet in the cache.
		for range 3 {
			next := w.inits[c(len(w.inits))]
			switch c(5) {
			case 0:
				next.Credentials = pick(c, credentials)
			case 1:
				next.Method = pick(c, methods)
			case 2:
				next.Headers = fetchspec.Headers{pick(c, headerPool)}
			case 3:
				next.URL = pick(c, targets)
			}
			w.inits = append(w.inits, next)
		}
		now := time.Unix(0, 0)
		warm := p.UserAgent()
		warm.Now = func() time.Time { return now }
		for i, init := range w.inits {
			now = now.Add(pick(c, []time.Duration{0, time.Second, 6 * time.Second, 3 * time.Hour}))
			a, b := warm.Do(w.page, init, w), p.UserAgent().Do(w.page, init, w)
			if outcome(a) != outcome(b) {
				t.Fatalf("request %d: %s with a warm cache, %s with a cold one", i, outcome(a), outcome(b))
			}
			if len(a.Exchanges) > len(b.Exchanges) {
				t.Fatalf("request %d: %d exchanges with a warm cache, %d with a cold one", i, len(a.Exchanges), len(b.Exchanges))
			}
		}
	})
}

// listsWildcard reports whether a server lists * as a method or a header name.
func (w *world) listsWildcard() bool {
	for _, a := range w.answers {
		for _, name := range []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers"} {
			if a.preflight != nil && slices.Contains(slices.Collect(a.preflight.Headers.Values(name)), "*") {
				return true
			}
		}
	}
	return false
}

// The standard's cache lets two kinds of requests go that a preflight would have stopped. No browser's does.
func TestWhatTheStandardsCacheLetsThrough(t *testing.T) {
	header := func(name, value string) fetchspec.Header { return fetchspec.Header{Name: name, Value: value} }
	put := engine.Init{API: fetchspec.APIXHR, URL: "https://api.example.com/", Method: "PUT", Body: "x", BodyKind: engine.BodyString}
	listened, credentialed, named := put, put, put
	listened.UploadListener = true
	credentialed.Credentials, named.Credentials = fetchspec.CredentialsInclude, fetchspec.CredentialsInclude
	named.Headers = fetchspec.Headers{header("X-Foo", "1")}
	for _, tt := range []struct {
		name          string
		before, after engine.Init
		lists         fetchspec.Headers
	}{
		// CORS-preflight fetch step 7.4 grants a method that Access-Control-Allow-Methods does not list, because a preflight
		// that only the use-CORS-preflight flag asked for needs no list; the grant is kept as any other.
		{"a method that an upload listener brought in", listened, put, nil},
		// With credentials, * is an ordinary name; but once it is in the cache, a header-name cache entry match takes it for
		// all names, whatever the credentials mode.
		{"a wildcard that was none, with credentials", credentialed, named, fetchspec.Headers{header("Access-Control-Allow-Methods", "PUT"), header("Access-Control-Allow-Headers", "*")}},
	} {
		lists := append(fetchspec.Headers{header("Access-Control-Allow-Origin", appOrigin), header("Access-Control-Allow-Credentials", "true")}, tt.lists...)
		resp := &fetchspec.Response{Status: 200, Headers: lists}
		w := &world{page: pages[0], answers: map[string]answer{"api.example.com": {resp, resp}}}
		for _, p := range personality.All() {
			ua := p.UserAgent()
			ua.Do(w.page, tt.before, w)
			warm, cold := outcome(ua.Do(w.page, tt.after, w)), outcome(p.UserAgent().Do(w.page, tt.after, w))
			if leaks := warm == "allowed" && cold != "allowed"; leaks != (p == personality.Spec) {
				t.Errorf("%s, %s: %s with a warm cache, %s with a cold one", tt.name, p.Name, warm, cold)
			}
		}
	}
}

// Recording the path does not change it.
func TestTraceChangesNothing(t *testing.T) {
	law(t, func(t *rapid.T, p *personality.Personality) {
		w := newWorld(rapidChooser(t), 2)
		traced, plain := p.UserAgent(), p.UserAgent()
		traced.Trace = true
		for _, init := range w.inits {
			a, b := traced.Do(w.page, init, w), plain.Do(w.page, init, w)
			if len(b.Trace) > 0 {
				t.Fatalf("a trace of %d steps that nobody asked for", len(b.Trace))
			}
			a.Trace = nil
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("with a trace %+v, without %+v", a, b)
			}
		}
	})
}

// The engine changes neither the request it is given nor the responses.
func TestFetchChangesNotWhatItIsGiven(t *testing.T) {
	law(t, func(t *rapid.T, p *personality.Personality) {
		w := newWorld(rapidChooser(t), 1)
		ua := p.UserAgent()
		req, b := ua.NewRequest(w.page, w.inits[0])
		if b != nil {
			t.Skip(b)
		}
		// Room behind the lists would hide a write to them.
		req.URLs, req.Headers = slices.Clip(req.URLs), slices.Clip(req.Headers)
		before, answers := cloneRequest(req), map[string]answer{}
		for host, a := range w.answers {
			answers[host] = answer{cloneResponse(a.preflight), cloneResponse(a.response)}
		}
		ua.Fetch(req, w)
		if !reflect.DeepEqual(req, before) {
			t.Fatalf("the request became %+v, was %+v", req, before)
		}
		if !reflect.DeepEqual(w.answers, answers) {
			t.Fatalf("the answers became %+v, were %+v", w.answers, answers)
		}
	})
}

// What only the CORS check finds wrong was a CORS request, and is on record with the response that it was found in.
func TestCORSCheckNeedsACORSRequest(t *testing.T) {
	law(t, func(t *rapid.T, p *personality.Personality) {
		w := newWorld(rapidChooser(t), 1)
		r := p.UserAgent().Do(w.page, w.inits[0], w)
		if r.Block == nil || !isCORS(r.Block.Code) {
			return
		}
		e := r.Block.Exchange
		if e == nil || e.Response == nil || !e.Request.Headers.Has("Origin") {
			t.Fatalf("blocked by CORS without a CORS request: %v", r.Block)
		}
		if !slices.ContainsFunc(r.Exchanges, func(x engine.Exchange) bool { return x.Request == e.Request }) {
			t.Fatalf("%v is about a request that is not on record", r.Block)
		}
		if e.Preflight != r.Block.Preflight {
			t.Fatalf("%v: Preflight is %v, but that of the exchange %v", r.Block, r.Block.Preflight, e.Preflight)
		}
	})
}

// isCORS reports whether a code is that of a CORS check or of the rest of a preflight response.
func isCORS(c engine.Code) bool {
	return strings.HasPrefix(string(c.Base()), "allow-") || c == engine.CodePreflightRedirect || c == engine.CodePreflightStatus ||
		c == engine.CodeMethodNotAllowed || c == engine.CodeHeaderNotAllowed
}

func outcome(r *engine.Result) string {
	if r.Block == nil {
		return "allowed"
	}
	return "blocked: " + r.Block.Error()
}

func cloneRequest(r *fetchspec.Request) *fetchspec.Request {
	c := *r
	c.URLs, c.Headers, c.Dropped = slices.Clone(r.URLs), slices.Clone(r.Headers), slices.Clone(r.Dropped)
	if r.Body != nil {
		c.Body = new(*r.Body)
	}
	return &c
}

func cloneResponse(r *fetchspec.Response) *fetchspec.Response {
	if r == nil {
		return nil
	}
	c := *r
	c.Headers = slices.Clone(r.Headers)
	return &c
}
