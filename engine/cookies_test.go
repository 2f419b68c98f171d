package engine_test

import (
	"testing"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// Cookies go along with requests that have credentials, and are taken from the answers to them, whatever becomes of those.
func TestCookies(t *testing.T) {
	const target = "https://api.example.com/data"
	type do struct {
		init     engine.Init
		response *fetchspec.Response
		want     string // the Cookie header
	}
	with := engine.Init{URL: target, Credentials: fetchspec.CredentialsInclude}
	sets := func(line string) *fetchspec.Response {
		return response(200, "Set-Cookie", line, "Access-Control-Allow-Origin", appOrigin, "Access-Control-Allow-Credentials", "true")
	}
	put := with
	put.Method = "PUT"
	for name, tt := range map[string]struct {
		steps []do
	}{
		"included":                  {[]do{{with, sets("a=1; Secure"), ""}, {with, sets("b=1"), "a=1"}, {with, sets("c=1"), "a=1; b=1"}}},
		"not included":              {[]do{{engine.Init{URL: target}, sets("a=1"), ""}, {with, sets("b=1"), ""}, {engine.Init{URL: target}, sets("c=1"), ""}}},
		"omitted at home":           {[]do{{engine.Init{URL: "/"}, sets("a=1"), ""}, {engine.Init{URL: "/"}, sets("b=1"), "a=1"}, {engine.Init{URL: "/", Credentials: fetchspec.CredentialsOmit}, sets("c=1"), ""}, {engine.Init{URL: "/"}, sets("d=1"), "a=1; b=1"}}},
		"of a blocked response":     {[]do{{with, response(200, "Set-Cookie", "a=1"), ""}, {with, sets("b=1"), "a=1"}}},
		"of a failed preflight":     {[]do{{put, response(204, "Set-Cookie", "a=1"), ""}, {with, sets("b=1"), ""}}},
		"of a response with status": {[]do{{with, response(500, "set-cookie", "a=1", "SET-COOKIE", "b=1"), ""}, {with, sets("c=1"), "a=1; b=1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			ua := &engine.UserAgent{Cookies: new(cookie.Jar)}
			for i, s := range tt.steps {
				result := ua.Do(pages[0], s.init, engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) { return s.response, nil }))
				if got, _ := result.Exchanges[0].Request.Headers.Get("Cookie"); got != s.want {
					t.Errorf("step %d: Cookie: %q, want %q", i, got, s.want)
				}
			}
		})
	}
}

func TestNoJarNoCookies(t *testing.T) {
	ua := new(engine.UserAgent)
	for range 2 {
		result := ua.Do(pages[0], engine.Init{URL: "/"}, engine.NetworkFunc(func(r *fetchspec.Request) (*fetchspec.Response, error) {
			return response(200, "Set-Cookie", "a=1"), nil
		}))
		if result.Exchanges[0].Request.Headers.Has("Cookie") {
			t.Error("a user agent without a cookie store sends cookies")
		}
	}
}

// A refused cookie leaves a trace.
func TestTraceOfCookies(t *testing.T) {
	ua := &engine.UserAgent{Cookies: new(cookie.Jar), Trace: true}
	network := engine.NetworkFunc(func(r *fetchspec.Request) (*fetchspec.Response, error) {
		return response(200, "Set-Cookie", "__Secure-a=1", "Set-Cookie", "b=1"), nil
	})
	want := []engine.Event{
		{Step: "http-network-fetch 17", Saw: "the cookie is refused: prefix: __Secure-a=1"},
		{Step: "http-network-or-cache-fetch 8.21.1", Saw: "Cookie: b=1"},
	}
	var got []engine.Event
	for range 2 {
		for _, e := range ua.Do(pages[0], engine.Init{URL: "/"}, network).Trace {
			if e.Step == want[0].Step || e.Step == want[1].Step {
				got = append(got, e)
			}
		}
	}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[0] {
		t.Errorf("the trace has %q, want %q and the first again", got, want)
	}
}
