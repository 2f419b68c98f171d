// Package report writes what corsim finds for other programs: as JUnit XML, as SARIF, or as annotations of GitHub. Findings
// come as a stream, and none of them is kept longer than its subject.
package report

import (
	"io"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/cells"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/warn"
)

// Format is a form of output.
type Format string

// The formats. [New] writes all but JSON, which is each verb's own: verdicts, one a line.
const (
	JSON   Format = "json"
	JUnit  Format = "junit"
	SARIF  Format = "sarif"
	GitHub Format = "github"
)

// Formats returns all formats.
func Formats() []Format { return []Format{JSON, JUnit, SARIF, GitHub} }

// Kind is the kind of a finding.
type Kind int

// The kinds of findings.
const (
	Passed  Kind = iota // a browser lets a request through, or an expectation is met
	Failed              // it does not, or is not
	Warned              // something to look at, whatever the verdict
	Unknown             // there is too little evidence for a verdict
)

// Finding is one thing to tell about a subject.
type Finding struct {
	Kind Kind
	// Rule is the code of what was found: an [engine.Code], a [warn.Code] or [RuleExpectation]. It is empty where the kind
	// is Passed.
	Rule string
	// Subject names what was judged: a request, such as "PUT https://api.example.com/things/1", or a scenario.
	Subject string
	// Browsers are the names of those concerned: just one, but for warnings.
	Browsers []string
	// Text is one sentence on what was found.
	Text string
	// Output are the lines that the browser's console shows, or a diff.
	Output []string
	// Change is what to change.
	Change []string
	Place  Place
}

// Place is where a finding is shown.
type Place struct {
	// File is the path of the file that holds what was judged: a scenario, a HAR, the answers. Empty where there is none.
	File string
	// Line is the line there, from 1; 0 is the whole file.
	Line int
	// Offset and Length are where it stands in the file, in bytes, for files whose lines say little; a Length of 0 is not
	// known.
	Offset, Length int64
	// URL is the URL that was judged. It may be what cannot be parsed, as the page wrote it.
	URL string
}

// Writer writes findings.
type Writer interface {
	// Add adds a finding. Those of one subject must come one after the other.
	Add(Finding)
	// Close writes what is left, and returns the first error of all writing.
	Close() error
}

// New returns a writer of a format other than JSON. Version is corsim's own.
func New(format Format, w io.Writer, version string) Writer {
	out := &output{w: w}
	switch format {
	case JUnit:
		return newJUnit(out)
	case SARIF:
		return newSARIF(out, version)
	}
	return &gitHub{out}
}

// Verdict returns the finding that says what a browser makes of a request.
func Verdict(subject string, place Place, run warn.Run) Finding {
	f := Finding{Subject: subject, Place: place, Browsers: []string{run.Browser.Name}}
	e := personality.Explain(run.Page, run.Init, run.Result)
	f.Text, f.Change = e.Why, e.Change
	if b := run.Result.Block; b != nil {
		f.Kind, f.Rule = Failed, string(b.Code)
	}
	for _, l := range run.Browser.Console(run.Page, run.Init, run.Result) {
		f.Output = append(f.Output, strings.TrimSuffix(l.Text, "\n"))
	}
	return f
}

// Warnings returns the findings that say what to look at besides.
func Warnings(subject string, place Place, warnings []warn.Warning) (findings []Finding) {
	for _, w := range warnings {
		findings = append(findings, Finding{Kind: Warned, Rule: string(w.Code), Subject: subject, Browsers: w.Browsers, Text: w.Text, Change: []string{w.Change}, Place: place})
	}
	return findings
}

// URL returns the URL that a result is about: the one that was judged, or else the one that was asked for.
func URL(init engine.Init, result *engine.Result) string {
	switch {
	case result.Block != nil && result.Block.URL != nil:
		return result.Block.URL.WithoutFragment()
	case result.Request != nil:
		return result.Request.CurrentURL().WithoutFragment()
	}
	return init.URL
}

// details is all that there is to say of a finding, a line each.
func (f *Finding) details() string {
	lines := []string{f.Text}
	lines = append(lines, f.Output...)
	for _, change := range f.Change {
		lines = append(lines, "Change: "+change)
	}
	return strings.Join(lines, "\n")
}

// output is where a writer writes to, until an error.
type output struct {
	w   io.Writer
	err error
}

func (o *output) write(text string) {
	if o.err == nil {
		_, o.err = io.WriteString(o.w, text)
	}
}

// printable is the finding with its control characters visible, so that what a server sent cannot command a terminal or a
// log.
func (f Finding) printable() Finding {
	f.Rule, f.Subject, f.Text, f.Place.File = cells.Printable(f.Rule), cells.Printable(f.Subject), cells.Printable(f.Text), cells.Printable(f.Place.File)
	f.Browsers, f.Output, f.Change = printables(f.Browsers), printables(f.Output), printables(f.Change)
	return f
}

func printables(texts []string) (all []string) {
	for _, text := range texts {
		all = append(all, cells.Printable(text))
	}
	return all
}
