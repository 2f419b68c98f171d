package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/warn"
)

var update = flag.Bool("update", false, "write what the formats look like into testdata")

// findings are one of each kind, with what the formats must escape.
var findings = []report.Finding{
	{Subject: "a/b c.txtar", Browsers: []string{"chromium"}, Text: "It passes.", Place: report.Place{File: "a/b c.txtar"}},
	{
		Kind: report.Failed, Rule: string(engine.CodeAllowOriginMissing), Subject: "a/b c.txtar", Browsers: []string{"firefox"},
		Text: "The answer has \"no\" header, 100%.", Output: []string{"Access to 'https://api.example.com/?a&b' <blocked>", "\x1b[2J\u009b line ]]> two\r"},
		Change: []string{"Send: it.", "Or, else, not."}, Place: report.Place{File: "a/b c.txtar", Line: 7, URL: "https://api.example.com/?a&b"},
	},
	{Kind: report.Warned, Rule: string(warn.VaryMissing), Subject: "a/b c.txtar", Browsers: []string{"chromium", "firefox"}, Text: "It has no Vary.", Change: []string{"Send `Vary: Origin`."}, Place: report.Place{File: "/tmp/a:b,c%.txtar"}},
	{Kind: report.Failed, Rule: report.RuleExpectation, Subject: "b.txtar", Browsers: []string{"trace"}, Text: "It is not so.", Output: []string{"-a", "+b"}, Place: report.Place{File: "c:d.txtar", Line: 1}},
	{Kind: report.Unknown, Rule: "no-evidence", Subject: "GET https://api.example.com/", Browsers: []string{"webkit"}, Text: "There is no answer.", Place: report.Place{URL: "https://api.example.com/"}},
	{Kind: report.Failed, Rule: string(engine.CodeBadPort), Subject: "GET https://api.example.com:25/", Browsers: []string{"webkit"}, Text: "It has a port.", Place: report.Place{File: "a.har", Length: 1000}},
	{Kind: report.Failed, Rule: string(engine.CodeURLInvalid), Subject: "GET http://[", Browsers: []string{"webkit"}, Text: "The URL cannot be parsed.", Place: report.Place{URL: "http://[%zz\x00"}},
}

func render(t testing.TB, format report.Format, findings []report.Finding) string {
	t.Helper()
	var b strings.Builder
	w := report.New(format, &b, "1.2.3")
	for _, f := range findings {
		w.Add(f)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFormats compares the findings in each format with its file in testdata.
func TestFormats(t *testing.T) {
	for format, path := range map[report.Format]string{report.JUnit: "testdata/junit.xml", report.SARIF: "testdata/log.sarif", report.GitHub: "testdata/github.txt"} {
		got := render(t, format, findings)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", format, got, want)
		}
		valid(t, format, got)
		valid(t, format, render(t, format, nil))
	}
}

var schema = func() *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return c.MustCompile("testdata/sarif-schema-2.1.0.json")
}()

// command is a workflow command of GitHub.
var command = regexp.MustCompile(`^::(error|warning|notice) (file=[^,:]*,)?(line=[0-9]+,)?title=[^,:]*::.+$`)

// valid checks output against what the format's readers ask for.
func valid(t testing.TB, format report.Format, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
		t.Errorf("%s: there is a control character at %q", format, text[i:min(len(text), i+20)])
	}
	switch format {
	case report.SARIF:
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = schema.Validate(doc)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	case report.JUnit:
		dec := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
	case report.GitHub:
		for line := range strings.Lines(text) {
			if !command.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("no command: %q", line)
			}
		}
	}
}

// FuzzFormats: whatever is found, the output is valid.
func FuzzFormats(f *testing.F) {
	f.Add(1, "a", "b\n::error::c", "d", 1)
	f.Add(2, "\xff", "]]>&<", "http://[", -1)
	f.Fuzz(func(t *testing.T, kind int, subject, text, place string, line int) {
		if kind < 0 || kind > 3 || !utf8.ValidString(text) && len(text) > 1000 {
			return
		}
		finding := report.Finding{Kind: report.Kind(kind), Rule: string(engine.CodeNetworkError), Subject: subject, Browsers: []string{"firefox"}, Text: text, Output: []string{text, subject}, Change: []string{place}, Place: report.Place{File: place, Line: line, URL: text}}
		other := finding
		other.Place = report.Place{URL: place}
		for _, format := range []report.Format{report.JUnit, report.SARIF, report.GitHub} {
			valid(t, format, render(t, format, []report.Finding{finding, other}))
		}
	})
}

// TestRules checks that there is a rule for each code, with help in the standards.
func TestRules(t *testing.T) {
	var codes []string
	for _, c := range engine.Codes() {
		codes = append(codes, string(c))
	}
	for _, c := range warn.Codes() {
		codes = append(codes, string(c))
	}
	var all []report.Finding
	for _, c := range codes {
		all = append(all, report.Finding{Kind: report.Failed, Rule: c, Subject: "s", Browsers: []string{"spec"}, Text: "t"})
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
						HelpURI          string
					}
				}
			}
		}
	}
	text := render(t, report.SARIF, all)
	valid(t, report.SARIF, text)
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	anchors, err := os.ReadFile("../../../../engine/testdata/steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		found = append(found, r.ID)
		if r.ShortDescription.Text == r.ID || !strings.HasSuffix(r.ShortDescription.Text, ".") {
			t.Errorf("%s has no description: %q", r.ID, r.ShortDescription.Text)
		}
		if anchor, ok := strings.CutPrefix(r.HelpURI, "https://fetch.spec.whatwg.org/#concept-"); ok && !strings.Contains(string(anchors), "#concept-"+anchor+"\n") {
			t.Errorf("%s: the standard has no algorithm %s", r.ID, r.HelpURI)
		}
	}
	if !slices.Equal(found, codes) {
		t.Errorf("rules %q, want %q", found, codes)
	}
}

// TestLongMessage checks that GitHub gets no more of a message than it takes.
func TestLongMessage(t *testing.T) {
	long := report.Finding{Kind: report.Failed, Subject: "s", Rule: "r", Browsers: []string{"spec"}, Text: strings.Repeat("é%", 1<<20)}
	text := render(t, report.GitHub, []report.Finding{long})
	valid(t, report.GitHub, text)
	if most := 64 << 10; len(text) > most || !utf8.ValidString(text) {
		t.Errorf("%d bytes, valid UTF-8 %t; want %d at most", len(text), utf8.ValidString(text), most)
	}
}

// broken is a stream that takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteError(t *testing.T) {
	for _, format := range []report.Format{report.JUnit, report.SARIF, report.GitHub} {
		w := report.New(format, broken{}, "1.2.3")
		for _, f := range findings {
			w.Add(f)
		}
		if err := w.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
