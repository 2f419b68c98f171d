package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/corsim/corsim/scenario"
)

// benchmarkStream is 2400 scenarios of 300 kinds, such as tests and recordings have: simple requests and preflighted ones,
// with and without credentials, allowed and blocked, some with a redirect.
func benchmarkStream(tb testing.TB) []byte {
	tb.Helper()
	var stream bytes.Buffer
	enc := json.NewEncoder(&stream)
	n := 0
	for range 8 {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
			for _, headers := range [][][]string{{}, {{"Content-Type", "application/json"}}, {{"Authorization", "Bearer t"}, {"X-Foo", "1"}}, {{"Accept-Language", "en-US"}}, {{"X-Request-ID", "a"}, {"Range", "bytes=0-5"}}} {
				for _, credentials := range []string{"", "include"} {
					for _, origin := range []string{"https://app.example.com", "*", "https://other.example.org", "", "https://app.example.com, https://evil.example.net"} {
						n++
						s := benchmarkScenario(n, method, headers, credentials, origin)
						if err := s.Validate(); err != nil {
							tb.Fatal(err)
						}
						if err := enc.Encode(s); err != nil {
							tb.Fatal(err)
						}
					}
				}
			}
		}
	}
	return stream.Bytes()
}

func benchmarkScenario(n int, method string, headers [][]string, credentials, origin string) *scenario.Scenario {
	url := fmt.Sprintf("https://api.example.com/s/t%d/a", n)
	cors := [][]string{{"Access-Control-Allow-Origin", origin}, {"Access-Control-Allow-Credentials", "true"}}
	if origin == "" {
		cors = [][]string{}
	}
	with := func(more ...[]string) [][]string { return append(append([][]string{}, cors...), more...) }
	s := &scenario.Scenario{
		ID: fmt.Sprintf("t%d", n), Kind: "benchmark", Client: scenario.Client{Origin: "https://app.example.com"},
		Request: &scenario.Request{API: "fetch", URL: &url, Method: method, Headers: headers, Credentials: credentials},
		Server: map[string]scenario.Exchange{url: {
			Preflight: &scenario.Answer{Status: 204, Headers: with([]string{"Access-Control-Allow-Methods", "GET, PUT, DELETE"}, []string{"Access-Control-Allow-Headers", "content-type, authorization, x-foo"})},
			Response:  &scenario.Answer{Status: 200, Headers: with([]string{"Content-Type", "application/json"}, []string{"Cache-Control", "no-store"}, []string{"Access-Control-Expose-Headers", "X-Request-ID"})},
		}},
	}
	if n%5 == 0 {
		target := fmt.Sprintf("https://cdn.example.com/s/t%d/r0", n)
		s.Server[target] = s.Server[url]
		e := s.Server[url]
		e.Response = &scenario.Answer{Status: 307, Headers: with([]string{"Location", target})}
		s.Server[url] = e
	}
	return s
}

// BenchmarkDecode only decodes the stream, with encoding/json. Batch is to take no more than twice as long.
func BenchmarkDecode(b *testing.B) {
	stream := benchmarkStream(b)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		dec := json.NewDecoder(bytes.NewReader(stream))
		dec.DisallowUnknownFields()
		for dec.More() {
			var s scenario.Scenario
			if err := dec.Decode(&s); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkBatch decodes the stream, evaluates it in one browser or in three, and encodes the verdicts.
func BenchmarkBatch(b *testing.B) {
	stream := benchmarkStream(b)
	for _, browsers := range []string{"chromium", "firefox", "webkit", "all"} {
		b.Run(browsers, func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				var stderr strings.Builder
				if status := run([]string{"batch", "--browser", browsers}, bytes.NewReader(stream), io.Discard, &stderr); status != exitOK {
					b.Fatalf("exit status %d: %s", status, stderr.String())
				}
			}
		})
	}
}
