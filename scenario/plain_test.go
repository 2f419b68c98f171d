package scenario

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
)

const trainScenarios = "../testdata/recorded/train.ndjson.gz"

// checkPlain holds the plain decoder to Decode, and reports whether it took the scenario.
func checkPlain(t *testing.T, d *plainDecoder, data []byte) bool {
	got, ok := d.decode(string(data))
	if !ok {
		return false
	}
	want, err := Decode(data)
	if err != nil {
		t.Errorf("%s\nis taken, and Decode says: %v", data, err)
		return true
	}
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if !bytes.Equal(g, w) {
		t.Errorf("%s\nis decoded as\n%s, want\n%s", data, g, w)
	}
	return true
}

// TestDecodePlainTakesRecordings decodes what machines write the fast way.
func TestDecodePlainTakesRecordings(t *testing.T) {
	var d plainDecoder
	for line := range recorded.Lines(t, trainScenarios) {
		if !checkPlain(t, &d, line) {
			t.Errorf("%s\nis not taken", line)
		}
	}
}

// notPlain are left to Decode, whether it takes them or not.
var notPlain = []string{
	``, ` `, `{}`, `[]`, `null`, `{`, `{"id": 1}`, `{"id": "a"}`, `{"id": "a",}`, `{"id": "a"} x`, `{"id": "\x"}`, "{\"id\": \"\xff\"}",
	`{"client": {"origin": "https://a.example"}}`,
	`{"client": {"origin": "https://a.example"}, "request": null}`,
	`{"client": {"origin": "https://a.example"}, "request": {}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "request": {"method": "PUT"}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "steps": [{"url": "/"}]}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/", "wait": 1}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/", "api": "beacon"}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/", "api": "img", "mode": "cors"}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/", "headers": [["A"]]}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/", "headers": [["A", "b", "c"]]}}`,
	`{"client": {"origin": "https://a.example"}, "Request": {"url": "/"}}`,
	`{"client": {"origin": "a.example"}, "request": {"url": "/"}}`,
	`{"client": {"origin": "https://a.example", "opaque": true}, "request": {"url": "/"}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "note": 1}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/#": {"response": {"status": 200}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 1}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 2e2}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 0200}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 200, "drop": true}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 200, "fail": "refused"}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"drop": true, "fail": "refused"}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"fail": "refuse"}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 200, "headers": [["A b", ""]]}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 200, "headers": [["A", "\n"]]}}}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "server": {"https://b.example/": {"response": {"status": 200, "headers": [["A", "ā"]]}}}}`,
	`{"client": {"origin": "https://a.example", "worker": "shared"}, "request": {"url": "/"}}`,
	`{"client": {"origin": "https://a.example", "worker": "dedicated"}, "request": {"api": "img", "url": "/"}}`,
	`{"client": {"origin": "https://a.example", "coep": "unsafe-none"}, "request": {"url": "/"}}`,
	`{"client": {"origin": "https://a.example", "sandbox": true}, "request": {"url": "/"}}`,
	`{"client": {"origin": "null", "sandbox": true, "opaque": true}, "request": {"url": "/"}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/", "as": "font"}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "cookies": null}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "cookies": {"https://b.example/": []}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "cookies": {"/": ["a=1"]}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "cookies": {"https://b.example/": ["a\n"]}}`,
	`{"client": {"origin": "https://a.example"}, "request": {"url": "/"}, "cookies": {"https://b.example/": ["a"], "https://b.example/": ["b"]}}`,
}

func TestDecodePlainLeaves(t *testing.T) {
	var d plainDecoder
	for _, in := range notPlain {
		if checkPlain(t, &d, []byte(in)) {
			t.Errorf("%s is taken", in)
		}
	}
}

// FuzzDecodePlain: what the plain decoder takes, Decode takes too, and makes the same of it.
func FuzzDecodePlain(f *testing.F) {
	for _, in := range notPlain {
		f.Add([]byte(in))
	}
	f.Add([]byte(`{ "id" : "é\u00e9\"", "client":{"origin":"null","opaque":true},"steps":[{"url":"/","body":"","crossorigin":"","wait":12}],"server":{"":{"preflight":{"drop":true},"response":{"fail":"refused"}}}}`))
	f.Add([]byte(`{"client":{"origin":"null","sandbox":true,"coep":"credentialless"},"request":{"api":"preload","url":"/","as":"font"},"http2":true,"cookies":{"https://a.example/":["a=1","\u00e9"]}}`))
	f.Add([]byte(`{"client":{"origin":"https://a.example","worker":"dedicated","coep":"require-corp"},"request":{"api":"eventsource","url":"/"}}`))
	kinds := map[string]bool{}
	for line := range recorded.Lines(f, trainScenarios) {
		if s, err := Decode(line); err == nil && !kinds[s.Kind] {
			kinds[s.Kind] = true
			f.Add(bytes.Clone(line))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d plainDecoder
		checkPlain(t, &d, data)
		checkPlain(t, &d, data) // with what is left of the first time
	})
}

// TestAppendVerdict encodes the verdicts on all recorded scenarios.
func TestAppendVerdict(t *testing.T) {
	trace := false
	for line := range recorded.Lines(t, trainScenarios) {
		trace = !trace
		s, err := Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range personality.All() {
			run, err := Evaluate(s, p, Options{Trace: trace})
			if err != nil {
				t.Fatal(err)
			}
			want := encode(t, run.Verdict(s.ID))
			if got := string(run.AppendVerdict([]byte("x"), s.ID)); got != "x"+want {
				t.Errorf("got\n%s, want\n%s", got[1:], want)
			}
		}
	}
}

// encode encodes with encoding/json.
func encode(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// FuzzAppendString encodes strings as encoding/json does.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\/<>&'", "\x00\b\f\n\r\t\x1f\x7f", "é\u2028\u2029\ufffd😀", "\xff\xc3", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(appendString(nil, s)), encode(t, s); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
