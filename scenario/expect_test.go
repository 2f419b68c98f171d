package scenario_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// jsonGolden returns a scenario in JSON whose request is blocked by its preflight, with the expectations given.
func jsonGolden(expect string) string {
	return `{"client": {"origin": "https://app.example.com"},
  "request": {"url": "https://api.example.com/a", "method": "PUT"},
  "server": {"https://api.example.com/a": {"response": {"status": 204, "headers": [["Access-Control-Allow-Origin", "*"]]}}},
  "expect": ` + expect + `}
`
}

func TestExpectIsMet(t *testing.T) {
	for _, expect := range []string{
		`{}`,
		`{"chromium": {}}`,
		`{"chromium": {"outcome": "blocked", "code": "method-not-allowed", "exception": "TypeError: Failed to fetch"}, "spec": {"outcome": "blocked"}}`,
		`{"webkit": {"results": [{"code": "method-not-allowed"}]}}`,
		`{"webkit": {"console": [
		  {"text": "Method PUT is not allowed by Access-Control-Allow-Methods.", "source": "SECURITY"},
		  {"text": "Fetch API cannot load https://api.example.com/a due to access control checks.", "level": "error"}]}}`,
		`{"firefox": {"requests": [{"method": "OPTIONS"}]}}`,
		`{"firefox": {"requests": [{"url": "https://api.example.com/a", "headers": [
		  ["access-control-request-method", "PUT"], ["Origin", "https://app.example.com"], ["Accept", "*/*"], ["Cookie", null]]}]}}`,
	} {
		g, err := scenario.ParseGolden("a.json", []byte(jsonGolden(expect)))
		if err != nil {
			t.Errorf("%s: %v", expect, err)
			continue
		}
		bad, checked, err := g.Check(nil)
		if err != nil || len(bad) > 0 || checked != len(g.Sections()) {
			t.Errorf("%s: %d checked, %v, error %v", expect, checked, bad, err)
		}
		if data, err := g.Update(nil); err != nil || string(data) != jsonGolden(expect) {
			t.Errorf("%s: an update changes it: %v\n%s", expect, err, data)
		}
	}
}

func TestExpectIsNotMet(t *testing.T) {
	for _, tt := range []struct{ expect, diff, updated string }{
		{
			`{"chromium": {"outcome": "allowed", "code": "method-not-allowed"}}`,
			"-  \"outcome\": \"allowed\",\n+  \"outcome\": \"blocked\",\n",
			`{"chromium":{"outcome":"blocked","code":"method-not-allowed"}}`,
		},
		{`{"firefox": {"requests": []}}`, "+      \"method\": \"OPTIONS\",\n", `{"firefox":{"requests":[{"method":"OPTIONS","url":"https://api.example.com/a"}]}}`},
		{
			`{"firefox": {"requests": [{"headers": [["Origin", "null"]]}]}}`,
			"-          \"null\"\n", `{"firefox":{"requests":[{"headers":[["Origin","https://app.example.com"],["Access-Control-Request-Method","PUT"]]}]}}`,
		},
		{
			`{"webkit": {"requests": [{"headers": [["Origin", null], ["Cookie", "a=1"]]}]}}`, "-          null\n",
			`{"webkit":{"requests":[{"headers":[["Origin","https://app.example.com"],["Access-Control-Request-Method","PUT"]]}]}}`,
		},
		{`{"spec": {"console": [{"text": "a"}], "response": {"status": 200}}}`, "-      \"text\": \"a\"\n", `{"spec":{"console":[]}}`},
		{"{\n    \"spec\": {\"outcome\": \"allowed\"}\n  }", "-  \"outcome\": \"allowed\"\n", "{\n    \"spec\": {\n      \"outcome\": \"blocked\"\n    }\n  }"},
	} {
		g, err := scenario.ParseGolden("a.json", []byte(jsonGolden(tt.expect)))
		if err != nil {
			t.Errorf("%s: %v", tt.expect, err)
			continue
		}
		bad, _, err := g.Check(nil)
		if err != nil || len(bad) != 1 || !strings.Contains(bad[0].Diff, tt.diff) || !strings.HasPrefix(bad[0].Diff, "--- a.json: expect."+bad[0].Section) {
			t.Errorf("%s: %v, error %v; want a diff with\n%s", tt.expect, bad, err, tt.diff)
		}
		if data, err := g.Update(nil); err != nil || string(data) != jsonGolden(tt.updated) {
			t.Errorf("%s: the update is wrong: %v\n%s", tt.expect, err, data)
		}
	}
}

func TestExpectOfSteps(t *testing.T) {
	const steps = `{"client": {"origin": "null"}, "steps": [{"url": "https://a.test/"}, {"url": "https://a.test/"}],
  "server": {"https://a.test/": {"response": {"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]]}}},
  "expect": {"spec": {"results": [{}, {"response": {"type": "cors", "status": 200, "headers": [], "redirected": false}}]}}}`
	g, err := scenario.ParseGolden("a.json", []byte(steps))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		browsers []*personality.Personality
		checked  int
	}{{nil, 1}, {[]*personality.Personality{personality.Spec, personality.WebKit250}, 1}, {personality.Browsers(), 0}} {
		if bad, checked, err := g.Check(tt.browsers); err != nil || len(bad) > 0 || checked != tt.checked {
			t.Errorf("%d of %d checked, %v, error %v", checked, tt.checked, bad, err)
		}
	}
}

func TestGoldenErrors(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"a.json", "", "a.json: the scenario is empty"},
		{"a.json", "[]", "a.json: the scenario is a JSON array"},
		{"a.json", `{"client": 1}`, "a.json: client is a JSON number"},
		{"a.json", `{"cleint": {}}`, `did you mean "client"?`},
		{"a", `{}`, "a: there is neither request nor steps"},
		{"a.json", jsonGolden(`{}`) + "{}", "more after the scenario's closing brace"},
		{"a.json", jsonGolden(`[]`), "expect is not an object"},
		{"a.json", jsonGolden(`null`), "expect is not an object"},
		{"a.json", jsonGolden(`{"safari": {}}`), `expect: browser "safari" is not known`},
		{"a.json", jsonGolden(`{"spec": {"outcom": "blocked"}}`), `expect.spec: unknown field "outcom"`},
		{"a.json", jsonGolden(`{"spec": {"outcome": 1}}`), "expect.spec: cannot unmarshal"},
		{"a.json", jsonGolden(`{"spec": {"outcome": "blocked", "results": []}}`), "expect.spec.results stands beside"},
		{"a.json", jsonGolden(`{"spec": {"results": []}}`), "results has 0 elements for 1 requests"},
		{"a.json", jsonGolden(`{"spec": {"requests": [{"headers": [["Origin"]]}]}}`), "requests[0].headers[0] is no pair"},
		{"a.json", strings.Repeat(" ", scenario.MaxSize+1), "a.json: the file is larger than 16 MiB"},
		{"a.txtar", "-- page --\n", "a.txtar: line 1, section \"page\""},
	} {
		if _, err := scenario.ParseGolden(tt.name, []byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.80q: error is %v, want %s", tt.data, err, tt.want)
		}
	}
}

func FuzzParseGolden(f *testing.F) {
	f.Add(jsonGolden(`{"chromium": {"outcome": "allowed", "requests": [], "console": [{"text": "a"}], "response": {"headers": []}}}`))
	f.Add(textExample)
	f.Fuzz(func(t *testing.T, data string) {
		g, err := scenario.ParseGolden("fuzz", []byte(data))
		if err != nil {
			return
		}
		updated, err := g.Update(nil)
		if err != nil {
			return
		}
		g, err = scenario.ParseGolden("fuzz", updated)
		if err != nil {
			t.Fatalf("an updated file cannot be read: %v\n%s", err, updated)
		}
		if bad, _, err := g.Check(nil); err != nil || len(bad) > 0 {
			t.Errorf("an updated file is not met: %v, %v", bad, err)
		}
	})
}
