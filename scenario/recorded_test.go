package scenario_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

const recordings = "../testdata/recorded"

// dimensions are the aspects in which a simulated browser is held against the real one. The README beside the recordings
// says what each of them compares.
var dimensions = []string{"outcome", "wire", "response", "exception", "console", "all-lines", "devtools", "preflight-headers"}

// TestRecorded replays every recorded scenario in every browser that was recorded. What still differs is listed in
// differs.txt; a listed difference that is gone fails too, so that the list can only shrink.
func TestRecorded(t *testing.T) {
	differs := readDiffers(t)
	scenarios := readScenarios(t)
	seen := map[difference]bool{}
	for corpus, list := range scenarios {
		files, err := filepath.Glob(filepath.Join(recordings, corpus+".*.ndjson.gz"))
		if err != nil || len(files) == 0 {
			t.Errorf("corpus %s: no browser's recording of it (%v)", corpus, err)
		}
		for _, file := range files {
			browser := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), corpus+"."), ".ndjson.gz")
			for id := range list {
				for _, d := range dimensions {
					seen[difference{id, browser, d}] = true
				}
			}
			t.Run(corpus+"/"+browser, func(t *testing.T) {
				t.Parallel()
				replay(t, file, browser, list, differs)
			})
		}
	}
	for d := range differs {
		if !seen[d] {
			t.Errorf("differs.txt lists %q, which no recording has", d)
		}
	}
}

// replay holds one browser's recording of a corpus against the simulation.
func replay(t *testing.T, file, browser string, scenarios map[string]*scenario.Scenario, differs map[difference]string) {
	p, err := personality.ByName(browser)
	if err != nil {
		t.Fatal(err)
	}
	agree, total, unlisted := map[string]int{}, map[string]int{}, map[string]int{}
	replayed := 0
	for line := range recorded.Lines(t, file) {
		var r recording
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		s := scenarios[r.ID]
		if s == nil || r.Browser != browser {
			t.Errorf("%s: %s of %s is no scenario of the corpus and browser", file, r.ID, r.Browser)
			continue
		}
		replayed++
		if r.broken() {
			continue
		}
		want, have := r.observed(), simulate(t, s, p)
		for _, name := range dimensions {
			if name == "devtools" && browser != "chromium" {
				continue
			}
			d := difference{r.ID, browser, name}
			total[name]++
			w, h := want.dimension(t, name), have.dimension(t, name)
			reason, listed := differs[d]
			switch {
			case w == h:
				agree[name]++
				if listed {
					t.Errorf("%s agrees, but differs.txt lists it (%s); delete the line", d, reason)
				}
			case !listed:
				const most = 10
				if unlisted[name]++; unlisted[name] <= most {
					t.Errorf("%s differs\n  browser   %s\n  simulator %s", d, w, h)
				}
			}
		}
	}
	if replayed != len(scenarios) {
		t.Errorf("%s has %d of %d scenarios", file, replayed, len(scenarios))
	}
	for _, name := range dimensions {
		if total[name] > 0 {
			t.Logf("%-17s %d/%d agree, %d differ that are not listed", name, agree[name], total[name], unlisted[name])
		}
	}
}

// simulate evaluates a scenario and takes the verdict through JSON, which is the form that others compare.
func simulate(t *testing.T, s *scenario.Scenario, p *personality.Personality) *observation {
	run, err := scenario.Evaluate(s, p, scenario.Options{})
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	data, err := json.Marshal(run.Verdict(s.ID))
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	var v verdict
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	return v.observed()
}

// observation is what one browser, real or simulated, made of a scenario.
type observation struct {
	browser  string
	results  []result
	console  []string
	requests []request
	devtools [][2]string
}

// result is what a page saw of one request: an error, that it was loaded, or a response.
type result struct {
	Error  *string `json:"error"`
	Loaded bool    `json:"loaded"`

	// The parts of a response; any, because an absent one must not equal a zero one.
	Type       any        `json:"type"`
	Status     any        `json:"status"`
	URL        any        `json:"url"`
	Redirected any        `json:"redirected"`
	Headers    [][]string `json:"headers"`
}

type request struct {
	Method  string     `json:"method"`
	URL     string     `json:"url"`
	Headers [][]string `json:"headers"`
}

// dimension returns one aspect of an observation as JSON.
func (o *observation) dimension(t *testing.T, name string) string {
	var v any
	switch name {
	case "outcome":
		v = each(o.results, func(r result) any { return r.Error == nil })
	case "exception":
		v = each(o.results, func(r result) any { return r.Error })
	case "response":
		v = each(o.results, result.response)
	case "wire":
		v = fold(each(o.requests, request.wire))
	case "console":
		v = slices.DeleteFunc(slices.Clone(o.console), func(line string) bool { return !relevant[o.browser].MatchString(line) })
	case "all-lines":
		v = o.allLines()
	case "devtools":
		v = o.devtools
	case "preflight-headers":
		v = o.preflights()
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) == "null" {
		return "[]"
	}
	return string(data)
}

// relevant are the console lines about access control; all-lines compares the others too.
var relevant = map[string]*regexp.Regexp{
	"chromium": regexp.MustCompile(`^(Access to |Fetch API cannot load|Mixed Content)`),
	"firefox":  regexp.MustCompile(`^(Cross-Origin Request|Security Error: Content)`),
	"webkit":   regexp.MustCompile(`access control checks|Access-Control|Cross-Origin|Cross-origin|Cross origin|[Pp]reflight|Not allowed to|not allowed|redirection`),
}

// allLines returns all lines of the console but those that tell what came of a body, and those of the browser's own
// services. The recording server's status text is not a scenario's, and an identifier of Firefox's is random.
func (o *observation) allLines() []string {
	var lines []string
	for _, l := range o.console {
		if unrelated.MatchString(l) {
			continue
		}
		l = statusText.ReplaceAllString(strings.TrimSuffix(l, "\n"), "$1")
		lines = append(lines, nullPrincipal.ReplaceAllString(l, "moz-nullprincipal:{}"))
	}
	return lines
}

var (
	unrelated = regexp.MustCompile(`^(XML Parsing Error|<link rel=preload>|Failed to decode downloaded font|OTS parsing error|downloadable font|` +
		`Uncaught|SyntaxError|ReferenceError|Failed to retrieve|Error: Polling|NotAllowedError: PathUtils|There was an error while trying)`)
	statusText    = regexp.MustCompile(`(with a status of \d+) \(.*\)$`)
	nullPrincipal = regexp.MustCompile(`moz-nullprincipal:\{[^}]*\}`)
)

// transport are headers that the server of the recordings and HTTP/1.1 itself brought in.
var transport = regexp.MustCompile(`^(content-length|date|connection|keep-alive):`)

func (r result) response() any {
	switch {
	case r.Error != nil:
		return nil
	case r.Loaded:
		return map[string]bool{"loaded": true}
	}
	headers := []string{}
	for _, h := range r.Headers {
		if line := strings.ToLower(h[0]) + ": " + h[1]; !transport.MatchString(line) {
			headers = append(headers, line)
		}
	}
	slices.Sort(headers)
	return []any{r.Type, r.Status, r.URL, r.Redirected, headers}
}

// wire is a request as far as CORS shows in it.
func (q request) wire() any {
	var noted []string
	for _, h := range q.Headers {
		switch name := strings.ToLower(h[0]); name {
		case "origin", "access-control-request-method", "access-control-request-headers":
			noted = append(noted, name+"="+h[1])
		}
	}
	slices.Sort(noted)
	url, _, _ := strings.Cut(q.URL, "#")
	return strings.Join(append([]string{q.Method, url}, noted...), " ")
}

// preflights returns the header lines of the preflights, in order and as they are spelled.
func (o *observation) preflights() []any {
	const other = ""
	lists := fold(each(o.requests, func(q request) any {
		var lines []string
		isPreflight := false
		for _, h := range q.Headers {
			lines = append(lines, h[0]+": "+h[1])
			isPreflight = isPreflight || q.Method == "OPTIONS" && strings.EqualFold(h[0], "Access-Control-Request-Method")
		}
		if !isPreflight {
			return other
		}
		return strings.Join(lines, "; ")
	}))
	return slices.DeleteFunc(lists, func(l any) bool { return l == other })
}

func each[T any](list []T, f func(T) any) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// fold makes one of equal neighbours: browsers send a request again whose connection was closed.
func fold(list []any) []any { return slices.Compact(list) }

// recording is a line of a NAME.BROWSER.ndjson.gz.
type recording struct {
	ID       string          `json:"id"`
	Browser  string          `json:"browser"`
	JS       json.RawMessage `json:"js"`
	Console  []recordedLine  `json:"console"`
	Requests []request       `json:"requests"`
}

type recordedLine struct {
	Text string `json:"text"`
	CORS *struct {
		CORSError       string `json:"corsError"`
		FailedParameter string `json:"failedParameter"`
	} `json:"cors"`
}

func (r *recording) results() []result {
	var list []result
	if json.Unmarshal(r.JS, &list) == nil {
		return list
	}
	var one result
	if json.Unmarshal(r.JS, &one) != nil {
		return nil
	}
	return []result{one}
}

// broken reports whether the recording itself failed, which it marks with "!!".
func (r *recording) broken() bool {
	return slices.ContainsFunc(r.Console, func(l recordedLine) bool { return strings.HasPrefix(l.Text, "!!") }) ||
		slices.ContainsFunc(r.results(), func(j result) bool { return j.Error != nil && strings.HasPrefix(*j.Error, "!!") })
}

func (r *recording) observed() *observation {
	o := &observation{browser: r.Browser, results: r.results(), requests: r.Requests}
	for _, l := range r.Console {
		if l.Text != "" {
			o.console = append(o.console, l.Text)
		}
		if l.CORS != nil {
			o.devtools = append(o.devtools, [2]string{l.CORS.CORSError, l.CORS.FailedParameter})
		}
	}
	return o
}

// verdict is what the simulator says, as it is read back from JSON.
type verdict struct {
	Browser string `json:"browser"`
	Results []struct {
		Outcome   string  `json:"outcome"`
		Exception *string `json:"exception"`
		Response  result  `json:"response"`
		DevTools  *struct {
			CORSError       string `json:"corsError"`
			FailedParameter string `json:"failedParameter"`
		} `json:"devtools"`
	} `json:"results"`
	Console []struct {
		Text string `json:"text"`
	} `json:"console"`
	Requests []request `json:"requests"`
}

func (v *verdict) observed() *observation {
	o := &observation{browser: v.Browser, requests: v.Requests}
	for _, r := range v.Results {
		x := r.Response
		if r.Outcome == scenario.Blocked {
			if x.Error = r.Exception; x.Error == nil {
				x.Error = new(string)
			}
		}
		o.results = append(o.results, x)
		if r.DevTools != nil {
			o.devtools = append(o.devtools, [2]string{r.DevTools.CORSError, r.DevTools.FailedParameter})
		}
	}
	for _, l := range v.Console {
		o.console = append(o.console, l.Text)
	}
	return o
}

// difference is a dimension in which the simulation of a scenario is known to differ from the browser.
type difference struct{ id, browser, dimension string }

func (d difference) String() string { return d.id + " " + d.browser + " " + d.dimension }

// readDiffers reads differs.txt: lines of "id browser dimension: reason".
func readDiffers(t *testing.T) map[difference]string {
	data, err := os.ReadFile(filepath.Join(recordings, "differs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	differs := map[difference]string{}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		head, reason, ok := strings.Cut(line, ": ")
		var d difference
		if _, err := fmt.Sscanf(head, "%s %s %s", &d.id, &d.browser, &d.dimension); err != nil || !ok || !slices.Contains(dimensions, d.dimension) {
			t.Fatalf("differs.txt:%d: %q; want id browser dimension: reason", n, line)
		}
		if _, ok := differs[d]; ok {
			t.Fatalf("differs.txt:%d: %s is listed twice", n, d)
		}
		differs[d] = reason
	}
	return differs
}

// readScenarios reads every corpus: each NAME.ndjson.gz, by name, and its scenarios by id.
func readScenarios(t *testing.T) map[string]map[string]*scenario.Scenario {
	files, err := filepath.Glob(filepath.Join(recordings, "*.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	corpora := map[string]map[string]*scenario.Scenario{}
	owner := map[string]string{}
	for _, file := range files {
		corpus := strings.TrimSuffix(filepath.Base(file), ".ndjson.gz")
		if strings.Contains(corpus, ".") {
			continue
		}
		list := map[string]*scenario.Scenario{}
		corpora[corpus] = list
		for line := range recorded.Lines(t, file) {
			s, err := scenario.Decode(line)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if other, ok := owner[s.ID]; ok {
				t.Fatalf("%s: id %s is taken by %s; differs.txt could not tell them apart", file, s.ID, other)
			}
			owner[s.ID] = file
			list[s.ID] = s
		}
	}
	if len(corpora) == 0 {
		t.Fatalf("no corpus in %s", recordings)
	}
	return corpora
}
