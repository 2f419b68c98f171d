package compare_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/compare"
	"github.com/corsim/corsim/scenario"
)

func decode(t *testing.T, data string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func observe(t *testing.T, recording, verdict string) (*recorded.Recording, *recorded.Verdict) {
	t.Helper()
	r, err := recorded.ParseRecording([]byte(recording))
	if err != nil {
		t.Fatal(err)
	}
	v, err := recorded.ParseVerdict([]byte(verdict))
	if err != nil {
		t.Fatal(err)
	}
	return r, v
}

func TestCauseOf(t *testing.T) {
	const s = `{"id": "a", "client": {"origin": "https://app.example.com"},
		"request": {"api": "xhr", "url": "https://api.example.com:8443/s/a/x?y", "method": "patch", "headers": [["X-Foo", "1"], ["Range", "bytes=0-5"]]},
		"server": {"https://api.example.com:8443/s/a/x?y": {"response": {"status": 200, "headers": [["Access-Control-Allow-Origin", "https://evil.example"], ["ETag", "e"]]}}}}`
	blocked := `{"browser": "chromium", "results": [{"outcome": "blocked", "code": "c", "exception": "E"}]`
	for _, tc := range []struct {
		name, recording, verdict string
		want                     compare.Cause
	}{
		{
			"a line about a header", `{"console": [{"text": "Access to XMLHttpRequest at 'https://api.example.com:8443/s/a/x?y' from origin 'https://app.example.com': Request header field x-foo is not allowed by Access-Control-Allow-Headers (17)."}]}`,
			blocked + `}`,
			compare.Cause{Dimension: "console", Code: "c", Want: "Access to XMLHttpRequest at 'URL' from origin 'ORIGIN': Request header field NAME is not allowed by Access-Control-Allow-Headers (N)."},
		},
		{
			"a method, a value, and words that are the browser's own", `{}`,
			blocked + `, "console": [{"text": "Access to “PATCH” patch ‘https://evil.example’ 'bytes=0-5' 'e, 1' 'Window' '' \"null\" at data:text/html,x"}]}`,
			compare.Cause{Dimension: "console", Code: "c", Have: "Access to “METHOD” METHOD ‘ORIGIN’ 'VALUE' 'VALUE' 'Window' '' \"null\" at data:"},
		},
		{
			"the line after those that agree", `{"console": [{"text": "Access to 1"}, {"text": "Access to 2 URL(https://a.example/b)."}]}`,
			blocked + `, "console": [{"text": "Access to 1"}]}`,
			compare.Cause{Dimension: "console", Code: "c", Want: "Access to N URL(URL)."},
		},
		{
			"what is peculiar to the scenario differs", `{"console": [{"text": "Access to 'https://a.example/a'."}]}`,
			blocked + `, "console": [{"text": "Access to 'https://a.example/a/'."}]}`,
			compare.Cause{Dimension: "console", Code: "c", Want: "", Have: "/"},
		},
		{
			"numbers alone differ", `{"js": {"error": "E 12"}}`, `{"browser": "chromium", "results": [{"outcome": "blocked", "exception": "E 13"}]}`,
			compare.Cause{Dimension: "exception", Code: "blocked", Want: "2", Have: "3"},
		},
		{
			"letters of two bytes that start alike", `{"js": {"error": "E 'é'"}}`, `{"browser": "chromium", "results": [{"outcome": "blocked", "exception": "E 'è'"}]}`,
			compare.Cause{Dimension: "exception", Code: "blocked", Want: "E 'é'", Have: "E 'è'"},
		},
		{
			"random identifiers", `{"console": [{"text": "Access to {0443664A-5897-4798-aab1-412540ea1f4a}"}]}`,
			blocked + `, "console": [{"text": "Access to {00000000-0000-0000-0000-000000000000}"}]}`,
			compare.Cause{Dimension: "console", Code: "c", Want: "Access to {UUID}", Have: "Access to {UUID}"},
		},
		{
			"a part of a response", `{"js": {"status": 200, "url": "https://a.example/"}}`,
			`{"browser": "chromium", "results": [{"outcome": "allowed", "response": {"status": 200, "url": "https://a.example"}}]}`,
			compare.Cause{Dimension: "response", Code: "allowed", Want: "url URL", Have: "url ORIGIN"},
		},
		{
			"a header that script does not see", `{"js": {"status": 200, "url": "", "headers": [["a", "1"], ["etag", "e"]]}}`,
			`{"browser": "chromium", "results": [{"outcome": "allowed", "response": {"status": 200, "url": "", "headers": [["a", "1"]]}}]}`,
			compare.Cause{Dimension: "response", Code: "allowed", Want: "header NAME"},
		},
		{
			"a header's value", `{"js": {"status": 200, "url": "", "headers": [["b", "1, "]]}}`,
			`{"browser": "chromium", "results": [{"outcome": "allowed", "response": {"status": 200, "url": "", "headers": [["b", "1"]]}}]}`,
			compare.Cause{Dimension: "response", Code: "allowed", Want: "header b: N, ", Have: "header b: N"},
		},
		{
			"an outcome", `{"js": {"loaded": true}}`, blocked + `}`,
			compare.Cause{Dimension: "outcome", Code: "c", Want: "allowed", Have: "blocked"},
		},
		{
			"a step too few", `{"js": []}`, blocked + `}`,
			compare.Cause{Dimension: "outcome", Code: "c", Want: "", Have: "blocked"},
		},
		{
			"a response where there is none", `{"js": {"loaded": true}}`, blocked + `}`,
			compare.Cause{Dimension: "response", Code: "c", Want: `{"loaded":true}`, Have: "null"},
		},
		{
			"the names that a preflight asks for", `{"requests": [{"method": "OPTIONS", "url": "https://a.example/", "headers": [["Access-Control-Request-Headers", "range,x-foo"]]}]}`,
			blocked + `}`,
			compare.Cause{Dimension: "wire", Code: "c", Want: "OPTIONS URL access-control-request-headers=NAMES"},
		},
		{
			"other names that a preflight asks for", `{"requests": [{"method": "OPTIONS", "url": "https://a.example/", "headers": [["Access-Control-Request-Headers", "range,x-foo"]]}]}`,
			blocked + `, "requests": [{"method": "OPTIONS", "url": "https://a.example/", "headers": [["Access-Control-Request-Headers", "x-foo"]]}]}`,
			compare.Cause{Dimension: "wire", Code: "c", Want: "range,"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, v := observe(t, tc.recording, tc.verdict)
			r.Browser = v.Browser
			tc.want.Browser, tc.want.API = "chromium", "xhr"
			differences := recorded.Compare(r.Observation(), v.Observation(), []recorded.Dimension{tc.want.Dimension})
			if len(differences) != 1 {
				t.Fatalf("%d differences in %s", len(differences), tc.want.Dimension)
			}
			if d := cmp.Diff(tc.want, compare.CauseOf(decode(t, s), v, differences[0])); d != "" {
				t.Errorf("cause (-want +got)\n%s", d)
			}
		})
	}
}

func TestCauseOfAStep(t *testing.T) {
	s := decode(t, `{"client": {"origin": "https://a.example"}, "steps": [{"url": "/"}, {"api": "img", "url": "/"}, {"url": "/", "mode": "cors"}]}`)
	_, v := observe(t, `{}`, `{"browser": "webkit", "results": [{"outcome": "allowed"}, {"outcome": "blocked", "code": "c"}, {"outcome": "allowed"}]}`)
	for _, tc := range []struct {
		dimension recorded.Dimension
		first     int
		want      string
	}{
		{recorded.Outcome, 0, "fetch  allowed"},
		{recorded.Exception, 2, "fetch cors allowed"},
		{recorded.Exception, 3, "fetch  "}, // a result too many
		{recorded.AllLines, 2, "img  c"},
		{recorded.Wire, 0, "img  c"},
	} {
		d := recorded.Difference{Dimension: tc.dimension}
		for range tc.first {
			d.Want, d.Have = append(d.Want, json.RawMessage("1")), append(d.Have, json.RawMessage("1"))
		}
		d.Want = append(d.Want, json.RawMessage("2"))
		c := compare.CauseOf(s, v, d)
		if got := c.API + " " + c.Mode + " " + c.Code; got != tc.want {
			t.Errorf("%s %d: %q, want %q", tc.dimension, tc.first, got, tc.want)
		}
	}
}

// feed compares a few scenarios of each browser.
func feed(t *testing.T) *compare.Report {
	var c compare.Comparison
	add := func(id, browser, pad, js, outcome string) {
		s := decode(t, fmt.Sprintf(`{"id": %q, "client": {"origin": "https://a.example"}, "request": {"url": "/<%s"}}`, id, pad))
		r, v := observe(t, fmt.Sprintf(`{"id": %q, "browser": %q, "js": %s}`, id, browser, js),
			fmt.Sprintf(`{"id": %q, "browser": %q, "results": [%s]}`, id, browser, outcome))
		if _, err := c.Add(s, r, v); err != nil {
			t.Fatal(err)
		}
	}
	add("a", "firefox", "long", `{"error": "E"}`, `{"outcome": "blocked", "code": "c", "exception": "F"}`)
	add("b", "firefox", "", `{"error": "E"}`, `{"outcome": "blocked", "code": "c", "exception": "F"}`)
	add("c", "firefox", "longer", `{"error": "E"}`, `{"outcome": "blocked", "code": "c", "exception": "F"}`)
	add("d", "firefox", "", `{"error": "E"}`, `{"outcome": "blocked", "code": "c", "exception": "G"}`)
	add("e", "firefox", "", `{"error": "!!"}`, `{"outcome": "blocked", "code": "c", "exception": "E"}`)
	add("a", "chromium", "", `{"loaded": true}`, `{"outcome": "allowed", "response": {"loaded": true}}`)
	add("b", "webkit", "", `{"error": "!!"}`, `{"outcome": "allowed", "response": {"loaded": true}}`)
	return c.Report()
}

func TestReport(t *testing.T) {
	r := feed(t)
	var b bytes.Buffer
	if err := r.WriteTotals(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"chromium  devtools           1/1  100.00%\n",
		"chromium  all at once        1/1  100.00%\n",
		"firefox   outcome            4/4  100.00%\n",
		"firefox   exception          0/4  0.00%\n",
		"firefox   all at once        0/4  0.00%  1 recordings failed\n",
		"webkit    all at once        0/0  0.00%  1 recordings failed\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("totals lack %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "firefox   devtools") || strings.Contains(b.String(), "cookies") {
		t.Errorf("totals of what is not compared:\n%s", b.String())
	}
	b.Reset()
	if err := r.WriteGroups(&b, 1); err != nil {
		t.Fatal(err)
	}
	const want = `1. firefox exception, 3×: fetch, c
   browser    E
   simulator  F
   scenario   {"id":"b","client":{"origin":"https://a.example"},"request":{"url":"/<"}}
   browser   1 "E"
   simulator 1 "F"
   in         a b c

and 1 smaller groups
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("groups (-want +got)\n%s", d)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const group = `{"cause":{"browser":"firefox","dimension":"exception","code":"c","api":"fetch","want":"E","have":"G"},"count":1,"ids":["d"],`
	if !strings.Contains(string(data), group) {
		t.Errorf("the JSON lacks %s\n%s", group, data)
	}
}

// TestGroupsOfOneCause: what follows from a difference is counted, and not a group of its own.
func TestGroupsOfOneCause(t *testing.T) {
	var c compare.Comparison
	s := decode(t, `{"id": "a", "client": {"origin": "https://a.example"}, "request": {"url": "/"}}`)
	r, v := observe(t, `{"id": "a", "browser": "webkit", "js": {"loaded": true}, "console": []}`,
		`{"id": "a", "browser": "webkit", "results": [{"outcome": "blocked", "code": "c"}], "console": [{"text": "Preflight"}, {"text": "x"}]}`)
	differences, err := c.Add(s, r, v)
	if err != nil || len(differences) != 5 {
		t.Fatalf("%d differences, %v; want outcome, response, exception, console and all-lines", len(differences), err)
	}
	var got []string
	for _, g := range c.Report().Groups {
		got = append(got, string(g.Cause.Dimension))
	}
	if g := strings.Join(got, " "); g != "console outcome" {
		t.Errorf("groups in %q, want them in console and outcome", g)
	}
}

// TestReportIsBounded prints an example of long lists, long lines and a large scenario.
func TestReportIsBounded(t *testing.T) {
	var c compare.Comparison
	for i := range 25 {
		id := fmt.Sprint("s", i)
		s := decode(t, fmt.Sprintf(`{"id": %q, "client": {"origin": "https://a.example"}, "request": {"url": "/", "body": %q}}`, id, strings.Repeat("é", 1e4)))
		line := `{"text": "` + strings.Repeat("é", 1e4) + `"}`
		r, v := observe(t, fmt.Sprintf(`{"id": %q, "browser": "firefox", "console": [%s]}`, id, strings.TrimSuffix(strings.Repeat(line+",", 10), ",")),
			fmt.Sprintf(`{"id": %q, "browser": "firefox"}`, id))
		if _, err := c.Add(s, r, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := c.Report().WriteGroups(&b, 10); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"   browser     and 6 more\n", " s19 and 5 more\n", "   simulator 1 nothing\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if b.Len() > 10_000 {
		t.Errorf("the report is %d bytes long", b.Len())
	}
}

func TestAddRefuses(t *testing.T) {
	s := decode(t, `{"id": "a", "client": {"origin": "https://a.example"}, "request": {"url": "/"}}`)
	for _, tc := range []struct{ recording, verdict, want string }{
		{`{"id": "b"}`, `{"id": "a"}`, `recording "b" and verdict "a" of scenario "a"; want all of one scenario`},
		{`{"id": "a", "browser": "firefox"}`, `{"id": "a", "browser": "webkit"}`, `scenario "a": the recording is of "firefox" and the verdict of "webkit"; want them of one browser`},
	} {
		var c compare.Comparison
		r, v := observe(t, tc.recording, tc.verdict)
		if _, err := c.Add(s, r, v); err == nil || err.Error() != tc.want {
			t.Errorf("error %v, want %s", err, tc.want)
		}
	}
}
