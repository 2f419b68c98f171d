package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/scenario"
)

// write prints what the browsers make of the request for programs, and notes for people to stderr.
func (c *check) write(format report.Format, stdout, stderr io.Writer) error {
	for _, n := range c.notes() {
		fmt.Fprintf(stderr, "note: %s\n", n)
	}
	all := warnings(c.runs, 0)
	if format == report.JSON {
		fix := c.fixOutput()
		for _, run := range c.runs {
			line := verdictLine{Verdict: run.Verdict(c.scenario.ID), Warnings: warningsFor(run.Browser.Name, all), Fix: fix}
			if err := line.write(stdout); err != nil {
				return err
			}
		}
		return nil
	}
	out := report.New(format, stdout, version())
	for _, run := range c.runs {
		out.Add(report.Verdict(c.subject(), c.place(run), stepOf(run, 0)))
	}
	for _, f := range report.Warnings(c.subject(), report.Place{File: c.file, URL: *c.scenario.Request.URL}, all) {
		out.Add(f)
	}
	return out.Close()
}

// subject names the request.
func (c *check) subject() string {
	method := c.scenario.Request.Method
	if method == "" {
		method = "GET"
	}
	return method + " " + *c.scenario.Request.URL
}

// place is the head that was judged in the file of the answers, where they come from one.
func (c *check) place(run *scenario.Run) report.Place {
	r := run.Results[0]
	p := report.Place{URL: report.URL(run.Inits[0], r), File: c.file}
	if b := r.Block; c.file != "" && b != nil && b.Exchange != nil {
		if i := slices.IndexFunc(r.Exchanges, func(e engine.Exchange) bool { return e.Request == b.Exchange.Request }); i >= 0 {
			p.Line = c.answers.Heads[min(i, len(c.answers.Heads)-1)].Line
		}
	}
	return p
}
