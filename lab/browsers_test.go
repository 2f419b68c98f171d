package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/record"
	"github.com/corsim/corsim/scenario"
)

// wav is a sound that every browser can play, in bytes that are ASCII.
const wav = `RIFF,\u0000\u0000\u0000WAVEfmt \u0010\u0000\u0000\u0000\u0001\u0000\u0001\u0000@\u001f\u0000\u0000@\u001f\u0000\u0000\u0001\u0000\b\u0000data\b\u0000\u0000\u0000@@@@@@@@`

// capability is a scenario, and what browsers do with it.
type capability struct {
	id, client, request, server, more string
	// js must be in what script saw, and requests are the method and one header each, as they went over the wire.
	js       string
	header   string
	requests []string
}

// capabilities are scenarios that each need something else of the lab, with what all browsers must do. Keys of servers are
// relative to https://api.example.com/s/ID.
var capabilities = []capability{
	{id: "bytes", request: `{"url":"/a"}`, server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Expose-Headers","*"],["X-A"," a\tb "],["x-a","2"]]}}`,
		js: `["x-a","a\tb, 2"]`, header: "origin", requests: []string{"GET https://app.example.com"}},
	{id: "http2", request: `{"url":"/a","method":"PUT","body":"x"}`, more: `,"http2":true`,
		server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","*"],["Access-Control-Allow-Headers","*"]]}}`,
		js:     `"status":200`, header: "access-control-request-method", requests: []string{"OPTIONS PUT", "PUT "}},
	{id: "cookie", request: `{"url":"/a","credentials":"include"}`, more: `,"cookies":{"https://api.example.com/s/cookie/visit":["c=1; Secure; SameSite=Strict"]}`,
		server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","https://app.example.com"],["Access-Control-Allow-Credentials","true"]]}}`,
		js:     `"status":200`, header: "cookie", requests: []string{"GET c=1"}},
	{id: "worker", client: `,"worker":"dedicated"`, request: `{"api":"xhr","url":"/a"}`, server: `"/a":{"response":{"status":201,"headers":[["Access-Control-Allow-Origin","*"]]}}`,
		js: `"status":201`, header: "origin", requests: []string{"GET https://app.example.com"}},
	{id: "coep", client: `,"coep":"require-corp"`, request: `{"api":"script","url":"/a"}`, server: `"/a":{"response":{"status":200,"headers":[["Content-Type","text/javascript"]],"body":"0"}}`,
		js: `error event`, header: "origin", requests: []string{"GET "}},
	{id: "sandbox", client: `,"sandbox":true`, request: `{"url":"/a"}`, server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","null"]]}}`,
		js: `"status":200`, header: "origin", requests: []string{"GET null"}},
	{id: "frame", client: `,"opaque":true`, request: `{"url":"/a"}`, server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","null"]]}}`,
		js: `"status":200`, header: "origin", requests: []string{"GET null"}},
	{id: "eventsource", request: `{"api":"eventsource","url":"/a"}`, server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Content-Type","text/event-stream"]],"body":"data: x\n\n"}}`,
		js: `"loaded":true`, header: "accept", requests: []string{"GET text/event-stream"}},
	{id: "preload", request: `{"api":"preload","url":"/a","as":"fetch","crossorigin":""}`, server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}}`,
		js: `"loaded":true`, header: "origin", requests: []string{"GET https://app.example.com"}},
	{id: "nothing", request: `{"api":"preload","url":"/a","as":"bogus"}`, js: `no event`, requests: []string{}},
	{id: "audio", request: `{"api":"audio","url":"/a","crossorigin":""}`, server: `"/a":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Content-Type","audio/wav"]],"body":"` + wav + `"}}`,
		js: `"loaded":true`, header: "origin", requests: []string{"GET https://app.example.com"}},
	{id: "drop", request: `{"url":"/a","method":"POST","body":"x"}`, server: `"/a":{"response":{"drop":true}}`,
		js: `TypeError`, header: "origin", requests: []string{"POST https://app.example.com"}},
}

// TestCapabilities runs them in every browser that is here.
func TestCapabilities(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts browsers")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	for _, f := range browser.Doctor(ctx) {
		t.Run(f.Browser, func(t *testing.T) {
			if !f.Ready() {
				t.Skipf("%s cannot be started here; install it with: %s", f.Browser, f.Install)
			}
			var list []*scenario.Scenario
			for i := range capabilities {
				list = append(list, capabilityScenario(t, i))
			}
			r, err := record.New(record.Options{Browser: f.Browser})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			left := len(list)
			err = r.Record(ctx, list, func(r *record.Recording, failure *record.Failure) error {
				left--
				if failure != nil {
					t.Error(failure)
					return nil
				}
				checkCapability(t, r)
				return nil
			})
			if err != nil || left != 0 {
				t.Errorf("%d scenarios are missing, %v", left, err)
			}
		})
	}
}

func capabilityScenario(t *testing.T, i int) *scenario.Scenario {
	t.Helper()
	c := capabilities[i]
	origin := "https://app.example.com"
	if strings.Contains(c.client, "opaque") || strings.Contains(c.client, "sandbox") {
		origin = "null"
	}
	base := `"https://api.example.com/s/` + c.id
	text := `{"id":"` + c.id + `","client":{"origin":"` + origin + `"` + c.client + `},"request":` + strings.Replace(c.request, `"url":"`, `"url":`+base, 1) +
		`,"server":{` + strings.Replace(c.server, `"/a"`, base+`/a"`, 1) + `}` + c.more + `}`
	s, err := scenario.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func checkCapability(t *testing.T, r *record.Recording) {
	c := capabilities[slices.IndexFunc(capabilities, func(c capability) bool { return c.id == r.ID })]
	var js any
	if err := json.Unmarshal(r.JS, &js); err != nil {
		t.Errorf("%s: %v", r.ID, err)
	}
	if !strings.Contains(string(r.JS), c.js) {
		t.Errorf("%s: script saw %s; want %s in it", r.ID, r.JS, c.js)
	}
	requests := []string{}
	for _, q := range r.Requests {
		value := ""
		for _, h := range q.Headers {
			if strings.EqualFold(h[0], c.header) {
				value = h[1]
			}
		}
		requests = append(requests, q.Method+" "+value)
	}
	if got := slices.Compact(requests); !slices.Equal(got, c.requests) { // browsers try again where a connection is closed
		t.Errorf("%s: requests with %s: %q; want %q", r.ID, c.header, got, c.requests)
	}
}
