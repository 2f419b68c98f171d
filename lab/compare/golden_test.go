package compare_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/compare"
	"github.com/corsim/corsim/scenario"
)

const corpora = "../../testdata/recorded"

// readCorpus returns the scenarios of a corpus, and what was recorded of each.
func readCorpus(t *testing.T, name string) ([]*scenario.Scenario, map[string][]*recorded.Recording) {
	var scenarios []*scenario.Scenario
	for line := range recorded.Lines(t, filepath.Join(corpora, name+".ndjson.gz")) {
		s, err := scenario.Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		scenarios = append(scenarios, s)
	}
	recordings := map[string][]*recorded.Recording{}
	for _, browser := range []string{"chromium", "firefox", "webkit"} {
		for line := range recorded.Lines(t, filepath.Join(corpora, name+"."+browser+".ndjson.gz")) {
			r, err := recorded.ParseRecording(line)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Broken() {
				recordings[r.ID] = append(recordings[r.ID], r)
			}
		}
	}
	return scenarios, recordings
}

// TestGoldenSaysWhatTheSimulatorShould makes goldens of recordings. Those are met where the simulator does as recorded, and
// are not where it does not.
func TestGoldenSaysWhatTheSimulatorShould(t *testing.T) {
	forms := map[string]func(string, *scenario.Scenario, []*recorded.Recording) ([]byte, error){
		"golden.txtar": compare.Golden,
		"golden.json":  compare.GoldenJSON,
	}
	each := 4 // all of them take 10 seconds
	if testing.Short() {
		each = 20
	}
	for _, corpus := range []string{"chains", "edges", "train", "odd"} {
		scenarios, recordings := readCorpus(t, corpus)
		for form, golden := range forms {
			t.Run(corpus+"/"+form, func(t *testing.T) {
				t.Parallel()
				made, unsaid := 0, 0
				for i, s := range scenarios {
					if i%each != 0 {
						continue
					}
					list := recordings[s.ID]
					differ := differing(t, s, list)
					data, err := golden("A title.\n\nA reason.", s, list)
					if errors.Is(err, compare.ErrNotSaid) {
						unsaid++
						if len(differ) == 0 && form == "golden.json" {
							t.Errorf("%s: %v, though the simulator does as recorded", s.ID, err)
						}
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					made++
					g, err := scenario.ParseGolden(form, data)
					if err != nil {
						t.Fatalf("%v\n%s", err, data)
					}
					bad, _, err := g.Check(nil)
					if err != nil {
						t.Fatal(err)
					}
					var failed []string
					for _, m := range bad {
						failed = append(failed, m.Section)
					}
					slices.Sort(failed)
					if !slices.Equal(failed, differ) {
						t.Errorf("%s: the golden fails for %v, and the simulator differs in %v", s.ID, failed, differ)
						for _, m := range bad {
							t.Log(m.Diff)
						}
					}
				}
				t.Logf("%d goldens made, %d not to be said", made, unsaid)
			})
		}
	}
}

// differing returns the browsers in which a recording is not what the simulator says, sorted.
func differing(t *testing.T, s *scenario.Scenario, recordings []*recorded.Recording) []string {
	var browsers []string
	for _, r := range recordings {
		v, err := compare.Simulate(s, r.Browser)
		if err != nil {
			t.Fatal(err)
		}
		if len(compare.Differences(r, v)) > 0 {
			browsers = append(browsers, r.Browser)
		}
	}
	slices.Sort(browsers)
	return browsers
}

const put = `{"id": "a", "client": {"origin": "https://app.example.com"},
	"request": {"url": "https://api.example.com/s/a/x", "method": "PUT"},
	"server": {"https://api.example.com/s/a/x": {
		"preflight": {"status": 204, "headers": [["Access-Control-Allow-Origin", "*"]]}, "response": {"status": 200}}}}`

const (
	preflight = `{"method": "OPTIONS", "url": "https://api.example.com/s/a/x", "headers": [["Accept", "*/*"],
		["Access-Control-Request-Method", "PUT"], ["Origin", "https://app.example.com"], ["Sec-Fetch-Mode", "cors"],
		["Sec-Fetch-Site", "same-site"], ["Sec-Fetch-Dest", "empty"], ["Referer", "https://app.example.com/"]]}`
	failed = `"console": [
		{"text": "Access to fetch at 'https://api.example.com/s/a/x' from origin 'https://app.example.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", "level": "error"},
		{"cors": {"corsError": "MethodDisallowedByPreflightResponse", "failedParameter": "PUT"}},
		{"text": "Failed to load resource: net::ERR_FAILED", "level": "error"}]`
)

// TestGoldenOfADifference makes goldens of recordings that differ from what the simulator says of a PUT that is not allowed.
func TestGoldenOfADifference(t *testing.T) {
	for _, tc := range []struct {
		name, scenario, recording string
		// text is what the section of the text form holds, and what the error is if it can say nothing.
		text string
		// json is what the JSON form has.
		json string
	}{
		{
			"a line more, a warning, and the page's URL",
			put, `{"id": "a", "browser": "chromium", "js": {"error": "TypeError: Failed to fetch"}, "requests": [` + preflight + `],
				"console": [{"text": "The page https://app.example.com/__run?b=chromium warns.\n", "level": "warning"},
				{"text": "got a status of 404, with a status of 404 (Not Found)"},
				{"cors": {"corsError": "MethodDisallowedByPreflightResponse", "failedParameter": "PUT"}}]}`,
			`OPTIONS https://api.example.com/s/a/x
  Access-Control-Request-Method: PUT
  Origin: https://app.example.com
blocked: method-not-allowed
  TypeError: Failed to fetch
|warning| The page https://app.example.com/ warns.
| got a status of 404, with a status of 404 ()
`,
			`"The page https://app.example.com/__run?b=chromium warns."`,
		},
		{
			"a response where the simulator has none",
			put, `{"id": "a", "browser": "chromium", "js": {"type": "cors", "status": 200, "url": "https://api.example.com/s/a/x", "redirected": true,
				"headers": [["Content-Type", "text/plain"], ["Cache-Control", ""], ["content-length", "1"], ["b", " q"]]},
				"console": [], "requests": [` + preflight + `, {"method": "PUT", "url": "https://api.example.com/s/a/x", "headers": [["origin", "https://app.example.com"], ["Accept", "*/*"]]},
				{"method": "PUT", "url": "https://api.example.com/s/a/x", "headers": [["origin", "https://app.example.com"]]}]}`,
			`OPTIONS https://api.example.com/s/a/x
  Access-Control-Request-Method: PUT
  Origin: https://app.example.com
PUT https://api.example.com/s/a/x
  Origin: https://app.example.com
allowed: cors 200 https://api.example.com/s/a/x redirected
  b:  q
  cache-control:
  content-type: text/plain
`,
			`"outcome": "allowed"`,
		},
		{
			"another exception, with a line break",
			put, `{"id": "a", "browser": "chromium", "js": {"error": "TypeError:\n\"x\""}, ` + failed + `, "requests": [` + preflight + `]}`,
			`OPTIONS https://api.example.com/s/a/x
  Access-Control-Request-Method: PUT
  Origin: https://app.example.com
blocked: method-not-allowed
  "TypeError:\n\"x\""
| Access to fetch at 'https://api.example.com/s/a/x' from origin 'https://app.example.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.
| Failed to load resource: net::ERR_FAILED
`,
			`"exception": "TypeError:\n\"x\""`,
		},
		{
			"a preflight's header that is not about CORS",
			put, `{"id": "a", "browser": "chromium", "js": {"error": "TypeError: Failed to fetch"}, ` + failed + `,
				"requests": [` + strings.ReplaceAll(preflight, "same-site", "cross-site") + `]}`,
			"this form of golden cannot say it: it does not tell a difference in preflight-headers",
			`"cross-site"`,
		},
		{
			"an error of DevTools",
			put, `{"id": "a", "browser": "chromium", "js": {"error": "TypeError: Failed to fetch"}, ` + strings.ReplaceAll(failed, "MethodDis", "HeaderDis") + `,
				"requests": [` + preflight + `]}`,
			"this form of golden cannot say it: it does not tell a difference in devtools",
			"this form of golden cannot say it: it does not tell a difference in devtools",
		},
		{
			"a block that the simulator does not know of",
			`{"id": "a", "client": {"origin": "https://app.example.com"}, "request": {"url": "/x"}}`, `{"id": "a", "browser": "firefox", "js": {"error": "TypeError: x"}, "console": [], "requests": []}`,
			"this form of golden cannot say it: the browser blocks what the simulator allows, so that there is no code",
			`"exception": "TypeError: x"`,
		},
		{
			"steps",
			`{"id": "a", "client": {"origin": "https://app.example.com"}, "steps": [{"url": "/x"}, {"url": "/y"}]}`,
			`{"id": "a", "browser": "webkit", "js": [{"error": "TypeError: x"}, {"error": "TypeError: y"}], "console": [], "requests": []}`,
			"this form of golden cannot say it: there are 2 steps, and what came of which was not recorded",
			`"exception": "TypeError: y"`,
		},
		{
			"a request for the page",
			`{"id": "a", "client": {"origin": "https://app.example.com"}, "request": {"url": ""}}`,
			`{"id": "a", "browser": "webkit", "js": {"status": 404, "url": "https://app.example.com/__run?b=webkit"}, "console": [], "requests": []}`,
			"this form of golden cannot say it: the page's URL goes over the wire or comes back, and that of a golden is another",
			`"url": "https://app.example.com/__run?b=webkit"`,
		},
		{
			"a recording that failed",
			put, `{"id": "a", "browser": "webkit", "js": {"error": "!! timeout"}}`,
			"the recording failed; want one that did not", "the recording failed; want one that did not",
		},
		{
			"a recording of another scenario",
			put, `{"id": "a", "browser": "webkit", "js": []}`,
			"the recording has 0 results for 1 requests", "the recording has 0 results for 1 requests",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := scenario.Decode([]byte(tc.scenario))
			if err != nil {
				t.Fatal(err)
			}
			r, err := recorded.ParseRecording([]byte(tc.recording))
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range []struct {
				name, want string
				golden     func(string, *scenario.Scenario, []*recorded.Recording) ([]byte, error)
			}{{"golden.txtar", "-- " + r.Browser + " --\n" + tc.text + "--", compare.Golden}, {"golden.json", tc.json, compare.GoldenJSON}} {
				data, err := form.golden("A title.\n\nA reason.", s, []*recorded.Recording{r})
				if err != nil {
					if want := strings.TrimSuffix(strings.TrimPrefix(form.want, "-- "+r.Browser+" --\n"), "--"); !strings.HasSuffix(err.Error(), ": "+want) {
						t.Errorf("%s: error %q, want %q", form.name, err, want)
					}
					continue
				}
				if !strings.Contains(string(data), form.want) {
					t.Errorf("%s has no\n%s\nin\n%s", form.name, form.want, data)
				}
				g, err := scenario.ParseGolden(form.name, data)
				if err != nil {
					t.Fatal(err)
				}
				if bad, _, err := g.Check(nil); err != nil || len(bad) != 1 || bad[0].Section != r.Browser {
					t.Errorf("%s: %v, %v; want it to fail for %s alone", form.name, bad, err, r.Browser)
				}
			}
		})
	}
}
