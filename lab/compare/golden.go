package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// ErrNotSaid is the error for what a form of goldens cannot say.
var ErrNotSaid = errors.New("this form of golden cannot say it")

// Golden returns a golden in the text form. What it expects of a browser is what was recorded of it, so that a test fails
// until the simulator does the same; what it expects of browsers without a recording, and of the standard, is what the
// simulator does. So is what is not compared, such as lines on what came of a body. The comment is a title of one sentence
// and, below an empty line, the reason for the case.
//
// The error is [ErrNotSaid] where the scenario has several steps, which a recording does not tell apart; where the page's
// URL goes over the wire or comes back, since that of goldens is another; and where the browser blocks what the simulator
// allows, which has no code. Of these [GoldenJSON] has more to say. Of no use is a golden that would be met already though
// the recording differs, which is the same error.
func Golden(comment string, s *scenario.Scenario, recordings []*recorded.Recording) ([]byte, error) {
	text := &scenario.Text{Comment: comment, Scenario: s}
	bare, err := scenario.ParseGolden("golden.txtar", text.Format())
	if err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	if !sameButForPeople(s, bare.Scenario) {
		return nil, fmt.Errorf("scenario %q: %w: it reads back as another", s.ID, ErrNotSaid)
	}
	for _, p := range personality.All() {
		run, err := bare.Run(p)
		if err != nil {
			return nil, err
		}
		data := run.Render()
		if r := recordingOf(recordings, p.Name); r != nil {
			v, err := expect(s, r, run.Verdict(s.ID), true)
			if err == nil {
				data, err = render(v)
			}
			if err != nil {
				return nil, fmt.Errorf("scenario %q, %s: %w", s.ID, p.Name, err)
			}
		}
		text.Sections = append(text.Sections, scenario.Section{Name: p.Name, Data: data})
	}
	data := text.Format()
	return data, checkFails("golden.txtar", data, s, recordings)
}

// GoldenJSON returns a golden as a JSON object, which expects what was recorded; see [Golden]. Browsers without a recording
// are left out.
func GoldenJSON(comment string, s *scenario.Scenario, recordings []*recorded.Recording) ([]byte, error) {
	note, err := json.Marshal(strings.Split(comment, "\n"))
	if err != nil {
		return nil, err
	}
	golden := struct {
		scenario.Scenario
		Expect map[string]scenario.Expectation `json:"expect"`
	}{*s, map[string]scenario.Expectation{}}
	golden.Note = note
	for _, r := range recordings {
		p, err := personality.ByName(r.Browser)
		if err != nil {
			return nil, fmt.Errorf("scenario %q: %w", s.ID, err)
		}
		run, err := scenario.Evaluate(s, p, scenario.Options{})
		if err != nil {
			return nil, fmt.Errorf("scenario %q: %w", s.ID, err)
		}
		v, err := expect(s, r, run.Verdict(s.ID), false)
		if err != nil {
			return nil, fmt.Errorf("scenario %q, %s: %w", s.ID, r.Browser, err)
		}
		golden.Expect[r.Browser] = expectation(v)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(golden); err != nil {
		return nil, err
	}
	return b.Bytes(), checkFails("golden.json", b.Bytes(), s, recordings)
}

// checkFails reports a golden that is met though the simulator differs from a recording.
func checkFails(name string, data []byte, s *scenario.Scenario, recordings []*recorded.Recording) error {
	g, err := scenario.ParseGolden(name, data)
	if err != nil {
		return fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	bad, _, err := g.Check(nil)
	if err != nil {
		return fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	for _, r := range recordings {
		v, err := Simulate(s, r.Browser)
		if err != nil {
			return err
		}
		differences := Differences(r, v)
		if len(differences) > 0 && !slices.ContainsFunc(bad, func(m scenario.Mismatch) bool { return m.Section == r.Browser }) {
			return fmt.Errorf("scenario %q, %s: %w: it does not tell a difference in %s", s.ID, r.Browser, ErrNotSaid, differences[0].Dimension)
		}
	}
	return nil
}

func recordingOf(recordings []*recorded.Recording, browser string) *recorded.Recording {
	for _, r := range recordings {
		if r.Browser == browser {
			return r
		}
	}
	return nil
}

// sameButForPeople reports whether two scenarios are the same but for what the text form leaves out.
func sameButForPeople(a, b *scenario.Scenario) bool {
	plain := func(s *scenario.Scenario) []byte {
		c := *s
		c.ID, c.Kind, c.Settle, c.Note = "", "", nil, nil
		c.Request, c.Steps = nil, slices.Clone(requestsOf(s))
		for i := range c.Steps {
			c.Steps[i].API = cmp.Or(c.Steps[i].API, "fetch")
		}
		data, _ := encode(&c)
		return data
	}
	x := plain(a)
	return x != nil && bytes.Equal(x, plain(b))
}

// expect returns the verdict that the simulator should come to by a recording. v is the one that it comes to; of that
// remains what is the same in the recording, and what is not compared. It is the verdict on the page of a golden in the text
// form where inText is set, and else on the page that was recorded.
func expect(s *scenario.Scenario, r *recorded.Recording, v *scenario.Verdict, inText bool) (*scenario.Verdict, error) {
	if r.Broken() {
		return nil, errors.New("the recording failed; want one that did not")
	}
	if len(r.JS) != len(v.Results) {
		return nil, fmt.Errorf("the recording has %d results for %d requests", len(r.JS), len(v.Results))
	}
	as, err := Simulate(s, r.Browser)
	if err != nil {
		return nil, err
	}
	want := *v
	want.Results = slices.Clone(v.Results)
	w, h := r.Observation(), as.Observation()
	differs := func(d recorded.Dimension, i int) bool { return !bytes.Equal(at(w.In(d), i), at(h.In(d), i)) }
	for i := range r.JS {
		if !differs(recorded.Outcome, i) && !differs(recorded.Response, i) && !differs(recorded.Exception, i) {
			continue
		}
		if want.Results[i], err = expectResult(r.JS[i], v.Results[i]); err != nil {
			return nil, err
		}
	}
	if len(recorded.Compare(w, h, onTheWire(r))) > 0 {
		want.Requests = expectRequests(r.Requests, slices.Contains(r.Comparable(), recorded.Cookies))
	}
	if inText && showsPage(&want) {
		return nil, fmt.Errorf("%w: the page's URL goes over the wire or comes back, and that of a golden is another", ErrNotSaid)
	}
	want.Console = expectLines(r, as, v, inText)
	return &want, nil
}

// showsPage reports whether the recorded page's URL goes over the wire, or comes back.
func showsPage(v *scenario.Verdict) bool {
	return slices.ContainsFunc(v.Requests, func(q scenario.WireRequest) bool { return pageURL.MatchString(q.URL) }) ||
		slices.ContainsFunc(v.Results, func(r scenario.Result) bool {
			return r.Response != nil && r.Response.URL != nil && pageURL.MatchString(*r.Response.URL)
		})
}

// expectResult returns a recorded result, with the simulator's code.
func expectResult(r recorded.Result, v scenario.Result) (scenario.Result, error) {
	if r.Error != nil {
		return scenario.Result{Outcome: scenario.Blocked, Code: v.Code, Exception: *r.Error}, nil
	}
	if r.Loaded {
		return scenario.Result{Outcome: scenario.Allowed, Response: &scenario.Response{Loaded: true}}, nil
	}
	r.Headers = r.Exposed()
	slices.SortStableFunc(r.Headers, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	data, err := json.Marshal(r)
	if err != nil {
		return scenario.Result{}, err
	}
	x := scenario.Result{Outcome: scenario.Allowed, Response: &scenario.Response{}}
	if err := json.Unmarshal(data, x.Response); err != nil {
		return scenario.Result{}, fmt.Errorf("the recorded response: %w", err)
	}
	return x, nil
}

// onTheWire are the dimensions of requests.
func onTheWire(r *recorded.Recording) []recorded.Dimension {
	return slices.DeleteFunc(r.Comparable(), func(d recorded.Dimension) bool {
		return d != recorded.Wire && d != recorded.PreflightHeaders && d != recorded.Cookies
	})
}

// corsHeaders are the request headers that CORS is about.
var corsHeaders = []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}

// expectRequests returns recorded requests, each once, with the headers that are compared: all of preflights, and of others
// those that CORS is about, and cookies.
func expectRequests(requests []recorded.Request, cookies bool) []scenario.WireRequest {
	key := func(q recorded.Request) string {
		k := q.Wire()
		if cookies {
			k += q.Cookies()
		}
		return k
	}
	once := slices.CompactFunc(slices.Clone(requests), func(a, b recorded.Request) bool { return key(a) == key(b) })
	list := make([]scenario.WireRequest, len(once))
	for i, q := range once {
		list[i] = scenario.WireRequest{Method: q.Method, URL: q.URL, Headers: [][]string{}}
		for _, h := range q.Headers {
			j := slices.IndexFunc(corsHeaders, func(n string) bool { return strings.EqualFold(n, h[0]) })
			switch {
			case j >= 0:
				list[i].Headers = append(list[i].Headers, []string{corsHeaders[j], h[1]})
			case q.IsPreflight() || cookies && strings.EqualFold(h[0], "Cookie"):
				list[i].Headers = append(list[i].Headers, h)
			}
		}
	}
	return list
}

// expectLines returns the lines that were recorded of the page. Those that as, the verdict on the recorded page, has too
// are as in v; and where as has all of them, all lines are.
func expectLines(r *recorded.Recording, as *recorded.Verdict, v *scenario.Verdict, inText bool) []scenario.Line {
	if len(recorded.Compare(r.Observation(), as.Observation(), []recorded.Dimension{recorded.AllLines})) == 0 {
		return v.Console
	}
	known := map[string]scenario.Line{}
	for i, l := range as.Console {
		if text, ok := recorded.ComparedLine(l.Text); ok && i < len(v.Console) {
			known[text] = v.Console[i]
		}
	}
	lines := []scenario.Line{}
	for _, e := range r.Console {
		text, ok := recorded.ComparedLine(e.Text)
		if !ok || text == "" {
			continue
		}
		l, ok := known[text]
		if !ok {
			l = scenario.Line{Text: asInGolden(e.Text, inText), Level: "error"}
			if strings.HasPrefix(e.Level, "warn") {
				l.Level = "warning"
			}
		}
		lines = append(lines, l)
	}
	return lines
}

var (
	// pageURL is the end of the URL of a page, or of its worker's script, as browsers are recorded. Goldens in the text form
	// are of the page / of the same origin.
	pageURL = regexp.MustCompile(`/__(run|worker\.js)(\?b=\w+)?`)
	// statusText is that of the server of the recordings; servers of a scenario send none.
	statusText = regexp.MustCompile(`(with a status of \d+) \(.*\)$`)
)

// asInGolden returns a recorded line as a golden has it.
func asInGolden(line string, inText bool) string {
	line = statusText.ReplaceAllString(strings.TrimSuffix(line, "\n"), "$1 ()")
	if inText {
		line = pageURL.ReplaceAllStringFunc(line, func(s string) string {
			if strings.HasPrefix(s, "/__worker") {
				return "/__worker.js"
			}
			return "/"
		})
	}
	return line
}

// expectation is what a golden in JSON expects: all of a verdict but codes, levels and sources, which are not recorded.
func expectation(v *scenario.Verdict) scenario.Expectation {
	e := scenario.Expectation{Console: &[]scenario.LineExpectation{}, Requests: &[]scenario.RequestExpectation{}}
	for i := range v.Results {
		e.Results = append(e.Results, resultExpectation(&v.Results[i]))
	}
	if len(e.Results) == 1 {
		e.ResultExpectation, e.Results = e.Results[0], nil
	}
	for _, l := range v.Console {
		*e.Console = append(*e.Console, scenario.LineExpectation{Text: l.Text})
	}
	for i := range v.Requests {
		q := &v.Requests[i]
		headers := [][]*string{}
		for _, h := range q.Headers {
			headers = append(headers, []*string{&h[0], &h[1]})
		}
		*e.Requests = append(*e.Requests, scenario.RequestExpectation{Method: &q.Method, URL: &q.URL, Headers: &headers})
	}
	return e
}

func resultExpectation(r *scenario.Result) scenario.ResultExpectation {
	e := scenario.ResultExpectation{Outcome: &r.Outcome}
	if r.Outcome == scenario.Blocked {
		e.Exception = &r.Exception
		return e
	}
	resp := r.Response
	if resp.Loaded {
		e.Response = &scenario.ResponseExpectation{Loaded: &resp.Loaded}
		return e
	}
	headers := append([][]string{}, resp.Headers...)
	e.Response = &scenario.ResponseExpectation{Status: resp.Status, URL: resp.URL, Redirected: resp.Redirected, Headers: &headers}
	if resp.Type != "" {
		e.Response.Type = &resp.Type
	}
	return e
}

// render puts a verdict on a scenario of one request into the text of [scenario.Run.Render].
func render(v *scenario.Verdict) (string, error) {
	if len(v.Results) != 1 {
		return "", fmt.Errorf("%w: there are %d steps, and what came of which was not recorded", ErrNotSaid, len(v.Results))
	}
	r := v.Results[0]
	var b strings.Builder
	for _, q := range v.Requests {
		b.WriteString(visible(q.Method+" "+q.URL) + "\n")
		for _, h := range q.Headers {
			if slices.ContainsFunc(corsHeaders, func(n string) bool { return strings.EqualFold(n, h[0]) }) {
				b.WriteString("  " + visible(h[0]+": "+h[1]) + "\n")
			}
		}
	}
	switch {
	case r.Outcome == scenario.Blocked && r.Code == "":
		return "", fmt.Errorf("%w: the browser blocks what the simulator allows, so that there is no code", ErrNotSaid)
	case r.Outcome == scenario.Blocked:
		b.WriteString("blocked: " + string(r.Code) + "\n  " + visible(r.Exception) + "\n")
	case r.Response.Loaded:
		b.WriteString("allowed: loaded\n")
	default:
		renderResponse(&b, r.Response)
	}
	lines, bar := v.Console, "|"
	if v.Frame != nil {
		if len(lines) > 0 {
			return "", fmt.Errorf("%w: the page around a sandboxed frame has lines of its own", ErrNotSaid)
		}
		lines, bar = v.Frame.Console, "frame|"
	}
	for _, l := range lines {
		b.WriteString(bar)
		if l.Level != "error" {
			b.WriteString(l.Level + "|")
		}
		b.WriteString(strings.TrimRight(" "+visible(l.Text), " ") + "\n")
	}
	return b.String(), nil
}

func renderResponse(b *strings.Builder, r *scenario.Response) {
	words := []string{"allowed:"}
	if r.Type != "" {
		words = append(words, r.Type)
	}
	if r.Status != nil {
		words = append(words, strconv.Itoa(*r.Status))
	}
	if r.URL != nil && *r.URL != "" {
		words = append(words, visible(*r.URL))
	}
	if r.Redirected != nil && *r.Redirected {
		words = append(words, "redirected")
	}
	b.WriteString(strings.Join(words, " ") + "\n")
	for _, h := range r.Headers {
		b.WriteString("  " + visible(strings.TrimRight(h[0]+": "+h[1], " ")) + "\n")
	}
}

// visible returns text as it is where it is plain, and else in double quotes.
func visible(s string) string {
	plain := utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
	if s == "" || plain && s[0] != '"' && strings.Trim(s, " ") == s {
		return s
	}
	return strconv.Quote(s)
}
