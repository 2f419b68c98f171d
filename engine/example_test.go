package engine_test

import (
	"fmt"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// server answers preflights with one response and everything else with another.
func server(preflight, other *fetchspec.Response) engine.Network {
	return engine.NetworkFunc(func(r *fetchspec.Request) (*fetchspec.Response, error) {
		if r.IsPreflight() {
			return preflight, nil
		}
		return other, nil
	})
}

// A page sends JSON to a server that has forgotten the header in its preflight answer.
func ExampleUserAgent_Do() {
	network := server(
		&fetchspec.Response{Status: 204, Headers: fetchspec.Headers{
			{Name: "Access-Control-Allow-Origin", Value: "https://app.example.com"},
			{Name: "Access-Control-Allow-Methods", Value: "GET, PUT"},
		}},
		&fetchspec.Response{Status: 200},
	)
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	ua := &engine.UserAgent{} // the standard, to the letter

	result := ua.Do(page, engine.Init{
		API: fetchspec.APIFetch, URL: "https://api.example.com/things/1", Method: "PUT",
		Headers:  fetchspec.Headers{{Name: "Content-Type", Value: "application/json"}},
		BodyKind: engine.BodyString, Body: "{}",
	}, network)

	fmt.Println(result.Block.Code, result.Block.Param)
	for _, e := range result.Exchanges {
		names, _ := e.Request.Headers.Get("Access-Control-Request-Headers")
		fmt.Println(e.Request.Method, e.Request.CurrentURL(), names)
	}
	// Output:
	// header-not-allowed Content-Type
	// OPTIONS https://api.example.com/things/1 content-type
}

// The trace is the path through the standard, step by step.
func ExampleUserAgent_trace() {
	network := server(nil, &fetchspec.Response{Status: 200, Headers: fetchspec.Headers{
		{Name: "Access-Control-Allow-Origin", Value: "*"},
	}})
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	ua := &engine.UserAgent{Trace: true}

	result := ua.Do(page, engine.Init{URL: "https://api.example.com/", Credentials: fetchspec.CredentialsInclude}, network)

	for _, e := range result.Trace {
		fmt.Printf("%s: %s\n", e.Step, e.Saw)
	}
	// Output:
	// main-fetch 1: GET https://api.example.com/, origin https://app.example.com
	// main-fetch 12g.1: response tainting cors, no preflight
	// http-network-or-cache-fetch 11.2: GET https://api.example.com/
	// http-fetch 4.3: status 200
	// cors-check 1: Access-Control-Allow-Origin: *
	// cors-check 4: network error: allow-origin-wildcard-with-credentials *
}

// The preflight cache goes by a clock that the caller gives.
func ExampleUserAgent_now() {
	network := server(
		&fetchspec.Response{Status: 204, Headers: fetchspec.Headers{
			{Name: "Access-Control-Allow-Origin", Value: "*"},
			{Name: "Access-Control-Allow-Methods", Value: "DELETE"},
			{Name: "Access-Control-Max-Age", Value: "60"},
		}},
		&fetchspec.Response{Status: 200, Headers: fetchspec.Headers{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
	)
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	ua := &engine.UserAgent{Now: func() time.Time { return now }}
	request := engine.Init{URL: "https://api.example.com/things/1", Method: "DELETE"}

	for _, wait := range []time.Duration{0, 59 * time.Second, 2 * time.Second} {
		now = now.Add(wait)
		fmt.Println(wait, len(ua.Do(page, request, network).Exchanges))
	}
	// Output:
	// 0s 2
	// 59s 1
	// 2s 2
}
