package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/scenario"
)

// batchFindings makes findings of the verdicts that a batch writes to it, one a line.
type batchFindings struct {
	out  report.Writer
	line []byte
}

func (f *batchFindings) Write(p []byte) (int, error) {
	f.line = append(f.line, p...)
	for {
		i := bytes.IndexByte(f.line, '\n')
		if i < 0 {
			return len(p), nil
		}
		var v scenario.Verdict
		if err := json.Unmarshal(f.line[:i], &v); err != nil {
			return 0, err
		}
		f.line = append(f.line[:0], f.line[i+1:]...)
		f.add(&v)
	}
}

// add adds a finding for each request of a scenario. The console is one for all of them, and stands by the last.
func (f *batchFindings) add(v *scenario.Verdict) {
	for i, r := range v.Results {
		finding := report.Finding{Subject: v.ID, Browsers: []string{v.Browser}, Text: "The page gets the response."}
		if len(v.Results) > 1 {
			finding.Subject = fmt.Sprintf("%s, step %d", v.ID, i+1)
		}
		if r.Outcome == scenario.Blocked {
			finding.Kind, finding.Rule, finding.Text = report.Failed, string(r.Code), report.About(string(r.Code))
		}
		if i == len(v.Results)-1 {
			for _, l := range v.Console {
				finding.Output = append(finding.Output, strings.TrimSuffix(l.Text, "\n"))
			}
		}
		if len(v.Requests) > 0 {
			finding.Place.URL = v.Requests[0].URL
		}
		f.out.Add(finding)
	}
}
