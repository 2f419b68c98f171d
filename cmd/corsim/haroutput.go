package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/har"
)

// teller returns what tells of findings in a format, the empty one being that for people, and what ends that.
func (h *harRun) teller(format report.Format) (tell func(*har.Finding) error, end func(*har.Summary, *har.Log) error) {
	switch format {
	case "":
		p := harPrinter{printer: printer{w: h.stdout, colour: wantsColour(h.stdout), terminal: isTerminal(h.stdout)}}
		return func(f *har.Finding) error { p.finding(f); return nil },
			func(s *har.Summary, l *har.Log) error { p.summary(s, l); return nil }
	case report.JSON:
		lines := json.NewEncoder(h.stdout)
		lines.SetEscapeHTML(false)
		return func(f *har.Finding) error { return lines.Encode(f) },
			func(*har.Summary, *har.Log) error { return nil }
	}
	out := report.New(format, h.stdout, version())
	return func(f *har.Finding) error { h.report(out, f); return nil },
		func(*har.Summary, *har.Log) error { return out.Close() }
}

// report reports the verdicts on a request to other programs.
func (h *harRun) report(out report.Writer, f *har.Finding) {
	subject := fmt.Sprintf("entry %d, %s %s", f.Entry, f.Method, f.URL)
	place := report.Place{URL: f.URL, Offset: f.Offset, Length: f.Length}
	if h.options.file != "-" {
		place.File = h.options.file
	}
	for _, v := range f.Verdicts {
		r := report.Finding{Subject: subject, Place: place, Browsers: []string{v.Browser}, Text: v.Why, Change: v.Change, Rule: string(v.Code)}
		switch v.Outcome {
		case har.Blocked:
			r.Kind = report.Failed
		case string(har.Unknown):
			r.Kind, r.Rule = report.Unknown, report.RuleUnknown
		}
		for _, assumed := range v.Assumed {
			r.Text += " Inferred, if " + assumed + "."
		}
		for _, l := range v.Console {
			r.Output = append(r.Output, strings.TrimSuffix(l.Text, "\n"))
		}
		out.Add(r)
	}
	for _, r := range report.Warnings(subject, place, f.Warnings) {
		out.Add(r)
	}
}
