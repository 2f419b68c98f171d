package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
	"github.com/corsim/corsim/warn"
)

// setFormat sets the form of output.
func (r *runner) setFormat(output *outputFlags) error {
	format, err := output.format()
	switch {
	case err != nil || format == "":
		return err
	case r.update:
		return cli.BadUsage("--update and --%s do not go together; want one", format)
	case format == report.JSON:
		r.json = true
	default:
		r.findings = report.New(format, r.stdout, version())
	}
	return nil
}

// expectations tells programs which expectations of a file are met.
func (r *runner) expectations(g *scenario.Golden, bad []scenario.Mismatch) error {
	for _, section := range g.Sections() {
		p, err := personality.ByName(section)
		if err != nil {
			p = personality.Spec // whose trace it is
		}
		if len(r.browsers) > 0 && !slices.Contains(r.browsers, p) {
			continue
		}
		var unmet *scenario.Mismatch
		if i := slices.IndexFunc(bad, func(m scenario.Mismatch) bool { return m.Section == section }); i >= 0 {
			unmet = &bad[i]
		}
		if r.findings != nil {
			r.findings.Add(expectationFinding(g, section, unmet))
			continue
		}
		run, err := g.Run(p)
		if err != nil {
			return err
		}
		line := verdictLine{Verdict: run.Verdict(goldenID(g)), File: g.Name, Expectation: &expectation{Section: section, Met: unmet == nil}}
		if unmet != nil {
			line.Expectation.Diff = unmet.Diff
		}
		if err := line.write(r.stdout); err != nil {
			return err
		}
	}
	return nil
}

// expectationFinding is the finding about an expectation, of which unmet says how it is not met.
func expectationFinding(g *scenario.Golden, section string, unmet *scenario.Mismatch) report.Finding {
	f := report.Finding{Subject: g.Name, Browsers: []string{section}, Text: "What comes of it is what the file expects.", Place: goldenPlace(g)}
	if unmet != nil {
		f.Kind, f.Rule, f.Text = report.Failed, report.RuleExpectation, "What comes of it is not what the file expects."
		f.Output = strings.Split(strings.TrimSuffix(unmet.Diff, "\n"), "\n")
		f.Change = []string{"Where this is how it should be, let corsim run --update write it into the file."}
		f.Place.Line = unmet.Line
	}
	return f
}

// verdicts tells programs what browsers make of a file without expectations.
func (r *runner) verdicts(g *scenario.Golden, runs []*scenario.Run) error {
	steps := len(runs[0].Results)
	all := make([][]warn.Warning, steps)
	for i := range steps {
		all[i] = warnings(runs, i)
	}
	if r.json {
		for _, run := range runs {
			line := verdictLine{Verdict: run.Verdict(goldenID(g)), File: g.Name, Warnings: warningsFor(run.Browser.Name, slices.Concat(all...))}
			if err := line.write(r.stdout); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range steps {
		subject, place := g.Name, goldenPlace(g)
		if steps > 1 {
			subject = fmt.Sprintf("%s, step %d", g.Name, i+1)
		}
		for _, run := range runs {
			place.URL = report.URL(run.Inits[i], run.Results[i])
			r.findings.Add(report.Verdict(subject, place, stepOf(run, i)))
		}
		for _, f := range report.Warnings(subject, place, all[i]) {
			r.findings.Add(f)
		}
	}
	return nil
}

// goldenID is the ID of a file's scenario, or else the file's name.
func goldenID(g *scenario.Golden) string {
	if g.Scenario.ID != "" {
		return g.Scenario.ID
	}
	return g.Name
}

// goldenPlace is the file, where it is one.
func goldenPlace(g *scenario.Golden) report.Place {
	if g.Name == stdinName {
		return report.Place{}
	}
	return report.Place{File: g.Name}
}
