package scenario_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// FuzzScenarioJSON decodes whatever comes: it is refused with an error, or every browser has a verdict on it. What was
// decoded is the same after a round through JSON.
func FuzzScenarioJSON(f *testing.F) {
	f.Add([]byte(`{"id": "h17", "client": {"origin": "https://app.example.com"},
		"request": {"url": "https://api.example.com/a", "method": "PUT", "headers": [["X-Foo", "1"]], "credentials": "include"},
		"server": {"https://api.example.com/a": {
			"preflight": {"status": 204, "headers": [["Access-Control-Allow-Origin", "https://app.example.com"]]},
			"response": {"status": 200, "headers": [], "body": "hello"}}}}`))
	f.Add([]byte(`{"client": {"origin": "null", "opaque": true}, "steps": [{"api": "xhr", "url": "/a", "uploadListener": true},
		{"api": "img", "url": "https://app.example.com/a", "crossorigin": "", "wait": 1}],
		"server": {"https://app.example.com/a": {"response": {"drop": true}}}}`))
	f.Add([]byte(`{"client": {"origin": "https://a"}, "request": {"url": "data:,x", "bodyKind": "stream", "method": "POST"}, "sever": {}}`))
	f.Add([]byte(`{"client": {"origin": "https://app.example.com", "worker": "dedicated", "coep": "credentialless"}, "http2": true,
		"cookies": {"https://api.example.com/": ["sid=1; Secure"]}, "request": {"api": "eventsource", "url": "https://api.example.com/", "credentials": "include"},
		"server": {"https://api.example.com/": {"response": {"status": 200, "headers": [["Content-Type", "text/event-stream\u0000"]]}}}}`))
	f.Add([]byte(`{"client": {"origin": "null", "sandbox": true, "coep": "require-corp"}, "steps": [{"api": "preload", "url": "/a", "as": "image"}, {"api": "video", "url": "/a"}],
		"server": {"https://app.example.com/a": {"response": {"status": 206, "headers": [["Content-Range", "bytes 0-1/2"]], "body": "OggS"}}}}`))
	kinds := map[string]bool{}
	for line := range recorded.Lines(f, filepath.Join(recordings, "train.ndjson.gz")) {
		var s scenario.Scenario
		if err := json.Unmarshal(line, &s); err != nil {
			f.Fatal(err)
		}
		if !kinds[s.Kind] {
			kinds[s.Kind] = true
			f.Add(append([]byte(nil), line...))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scenario.Decode(data)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		if len(s.Steps) > 20 {
			return // slow, and nothing new
		}
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Decode(encoded)
		if err != nil {
			t.Fatalf("%s does not decode again: %v", encoded, err)
		}
		for _, p := range personality.All() {
			v := verdictOf(t, s, p)
			if w := verdictOf(t, again, p); string(v) != string(w) {
				t.Errorf("%s: after a round through JSON\n%s\nwas\n%s", p.Name, w, v)
			}
			var back scenario.Verdict
			if err := json.Unmarshal(v, &back); err != nil {
				t.Errorf("%s: %v in %s", p.Name, err, v)
			}
		}
	})
}

func verdictOf(t *testing.T, s *scenario.Scenario, p *personality.Personality) []byte {
	run, err := scenario.Evaluate(s, p, scenario.Options{Trace: true})
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	data, err := json.Marshal(run.Verdict(s.ID))
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	return data
}
