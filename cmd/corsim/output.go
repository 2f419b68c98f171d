package main

import (
	"encoding/json"
	"flag"
	"io"
	"slices"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/scenario"
	"github.com/corsim/corsim/warn"
)

// outputManual is what the manuals of verbs that judge say of the forms of output.
const outputManual = `  --json               for programs: one verdict as JSON per browser and line
  --junit              for CI servers: JUnit XML, with a test case for each browser
  --sarif              for code scanning: SARIF 2.1.0
  --github             for GitHub Actions: annotations
`

// outputFlags are the flags that ask for another form of output than that for people.
type outputFlags struct{ set map[report.Format]*bool }

func (o *outputFlags) add(flags *flag.FlagSet) {
	o.set = map[report.Format]*bool{}
	for _, f := range report.Formats() {
		o.set[f] = flags.Bool(string(f), false, "")
	}
}

// format returns the format that was asked for, and the empty one where none was.
func (o *outputFlags) format() (format report.Format, err error) {
	for _, f := range report.Formats() {
		switch {
		case !*o.set[f]:
		case format != "":
			return "", cli.BadUsage("--%s and --%s are two forms of output; want one", format, f)
		default:
			format = f
		}
	}
	return format, nil
}

// verdictLine is a line of --json: the verdict on a scenario, and what else is known of it. docs/verdict.schema.json
// describes it.
type verdictLine struct {
	*scenario.Verdict
	// File is the file of the scenario.
	File string `json:"file,omitempty"`
	// Expectation is an expectation of the file's.
	Expectation *expectation   `json:"expectation,omitempty"`
	Warnings    []warn.Warning `json:"warnings,omitempty"`
	// Fix is the smallest change with which the request passes in all browsers.
	Fix *fixOutput `json:"fix,omitempty"`
}

type expectation struct {
	// Section is the section of the file, or the member of expect: the browser's name, or trace.
	Section string `json:"section"`
	Met     bool   `json:"met"`
	// Diff are the lines that differ.
	Diff string `json:"diff,omitempty"`
}

func (l *verdictLine) write(w io.Writer) error { return writeJSON(w, l) }

// writeJSON writes a value as a line.
func writeJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// warnings returns what is worth a warning in what browsers made of a step of a scenario.
func warnings(runs []*scenario.Run, step int) []warn.Warning {
	var all []warn.Run
	for _, run := range runs {
		all = append(all, stepOf(run, step))
	}
	return warn.Of(all...)
}

// stepOf is what a browser made of a step of a scenario.
func stepOf(run *scenario.Run, step int) warn.Run {
	return warn.Run{Browser: run.Browser, Page: run.Page, Init: run.Inits[step], Result: run.Results[step]}
}

// warningsFor returns the warnings that are about a browser.
func warningsFor(browser string, all []warn.Warning) []warn.Warning {
	return slices.DeleteFunc(slices.Clone(all), func(w warn.Warning) bool { return !slices.Contains(w.Browsers, browser) })
}
