package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/compare"
	"github.com/corsim/corsim/scenario"
)

const agreementManual = `lab agreement counts in how many recorded scenarios corsim agrees with each browser, and writes the table.

Recordings that name no version of their browser are left out.

usage: lab agreement [--recorded DIR] [--only NAME,…] [--write FILE]

  --recorded DIR    the corpora: NAME.ndjson.gz and NAME.BROWSER.ndjson.gz (default ../testdata/recorded)
  --only NAME,…     only these corpora (default all)
  --write FILE      replace the table in this file, between the lines ` + tableStart + ` and ` + tableEnd + `
                    (default print it)
  --check           with --write: change nothing, but fail where the table in the file is another
`

// The lines around the table in a file.
const (
	tableStart = "<!-- agreement -->"
	tableEnd   = "<!-- /agreement -->"
)

func agreementCommand(_ context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	root := flags.String("recorded", filepath.Join("..", "testdata", "recorded"), "")
	only := flags.String("only", "", "")
	write := flags.String("write", "", "")
	check := flags.Bool("check", false, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if *check && *write == "" {
		return 0, cli.BadUsage("there is --check without --write; want the file to check, as --write FILE")
	}
	a, err := countAgreement(*root, *only)
	if err != nil {
		return 0, err
	}
	table := a.table()
	if *write == "" {
		_, err := fmt.Fprint(s.out, table)
		return exitOK, err
	}
	before, err := os.ReadFile(*write)
	if err != nil {
		return 0, err
	}
	after, err := replaceTable(before, table)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s: %w", *write, err)
	case bytes.Equal(before, after):
		return exitOK, nil
	case *check:
		fmt.Fprintf(s.out, "%s has another table of agreement than this:\n%s", *write, table)
		return exitDiffers, nil
	}
	return exitOK, os.WriteFile(*write, after, 0o644)
}

// replaceTable puts a table between the two lines that mark its place.
func replaceTable(text []byte, table string) ([]byte, error) {
	start := bytes.Index(text, []byte(tableStart+"\n"))
	end := bytes.Index(text, []byte(tableEnd))
	if start < 0 || end < start {
		return nil, fmt.Errorf("there are no lines %s and %s; want them where the table goes", tableStart, tableEnd)
	}
	return slices.Concat(text[:start], []byte(tableStart+"\n"+table), text[end:]), nil
}

// agreement is what was counted.
type agreement struct {
	report *compare.Report
	// versions and dates are those of the newest recordings of each browser.
	versions, dates map[string]string
}

// countAgreement compares all corpora of a folder.
func countAgreement(root, only string) (*agreement, error) {
	files, err := filepath.Glob(filepath.Join(root, "*.ndjson.gz"))
	if err != nil {
		return nil, err
	}
	var c compare.Comparison
	a := &agreement{versions: map[string]string{}, dates: map[string]string{}}
	found := 0
	for _, file := range files {
		corpus := strings.TrimSuffix(filepath.Base(file), ".ndjson.gz")
		if strings.Contains(corpus, ".") || only != "" && !slices.Contains(strings.Split(only, ","), corpus) {
			continue
		}
		found++
		scenarios, err := readScenarios(file, nil)
		if err != nil {
			return nil, err
		}
		for _, name := range browser.Names() {
			if err := a.add(&c, filepath.Join(root, corpus+"."+name+".ndjson.gz"), scenarios); err != nil {
				return nil, err
			}
		}
	}
	if found == 0 {
		return nil, cli.BadUsage("%s has no corpus %s; want NAME.ndjson.gz with NAME.BROWSER.ndjson.gz beside it", root, only)
	}
	a.report = c.Report()
	return a, nil
}

// add compares a file of recordings.
func (a *agreement) add(c *compare.Comparison, file string, scenarios []*scenario.Scenario) error {
	return eachRecording(file, scenarios, func(sc *scenario.Scenario, r *recorded.Recording) error {
		if r.Version == "" { // of an earlier recorder, with other settings of the browsers
			return nil
		}
		if r.Date > a.dates[r.Browser] {
			a.dates[r.Browser], a.versions[r.Browser] = r.Date, r.Version
		}
		v, err := compare.Simulate(sc, r.Browser)
		if err == nil {
			_, err = c.Add(sc, r, v)
		}
		return err
	})
}

// table returns the table in Markdown: a row for each dimension, a column for each browser.
func (a *agreement) table() string {
	var b strings.Builder
	totals := map[string]map[recorded.Dimension]compare.Total{}
	var names []string
	for _, t := range a.report.Totals {
		if totals[t.Browser] == nil {
			totals[t.Browser] = map[recorded.Dimension]compare.Total{}
			names = append(names, t.Browser)
		}
		totals[t.Browser][t.Dimension] = t
	}
	b.WriteString("| agrees in |")
	for _, name := range names {
		b.WriteString(strings.TrimRight(" "+name+" "+a.versions[name], " ") + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(names)) + "\n")
	row := func(head string, cell func(name string) string) {
		fmt.Fprintf(&b, "| %s |", head)
		for _, name := range names {
			fmt.Fprintf(&b, " %s |", cell(name))
		}
		b.WriteString("\n")
	}
	for _, d := range append(recorded.Dimensions(), "") {
		row(cmp.Or(string(d), "all of these at once"), func(name string) string {
			t, ok := totals[name][d]
			if !ok {
				return ""
			}
			return fmt.Sprintf("%.2f%% of %d", t.Percent(), t.Total)
		})
	}
	row("recorded", func(name string) string { return a.dates[name] })
	return b.String()
}
