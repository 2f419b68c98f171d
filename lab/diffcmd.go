package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/compare"
	"github.com/corsim/corsim/scenario"
)

const diffManual = `lab diff records scenarios and compares what corsim says of them in one go. It prints how many agree, and the differences
grouped by cause, the smallest example of each.

usage: lab diff [--browser NAME,…] (--seed N [--count N] [--only KIND,…] [--prefix ID] | --in FILE) [--save DIR] [--goldens DIR]

  --browser NAME,…  which browsers (default all three)
  --seed N …        make the scenarios, as lab generate does
  --in FILE         read them from a file, - being standard input
  --save DIR        keep scenarios.ndjson and BROWSER.ndjson there. What is there already is compared, not recorded again,
                    so that the same command goes on where it was stopped, and compares once more when corsim has changed.
  --goldens DIR     write a golden for each example, which expects what the browsers did
  --most N          print so many groups (default 10)
  --json            print the report as JSON
  --jobs, --timeout, --executable, --third-party-cookies, --verbose   as for lab record

The exit status is 1 where something differs or could not be recorded.
`

func diffCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	var r recordFlags
	var g generateFlags
	r.define(flags)
	g.define(flags)
	names := flags.String("browser", strings.Join(browser.Names(), ","), "")
	in := flags.String("in", "", "")
	save := flags.String("save", "", "")
	goldens := flags.String("goldens", "", "")
	most := flags.Int("most", 10, "")
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if err := r.check(s); err != nil {
		return 0, err
	}
	browsers, err := browserList(*names)
	if err != nil {
		return 0, err
	}
	scenarios, err := diffScenarios(*in, &g, s.in)
	if err != nil {
		return 0, err
	}
	dir, err := openDir(*save, scenarios)
	if err != nil {
		return 0, err
	}
	defer dir.close()
	failures := 0
	for _, name := range browsers {
		o := r.options
		o.Browser = name
		n, err := recordFile(ctx, scenarios, o, dir.recordings(name), s.err)
		if err != nil {
			return 0, err
		}
		failures += n
	}
	report, err := dir.compare(browsers, scenarios)
	if err != nil {
		return 0, err
	}
	if *goldens != "" {
		if err := dir.writeGoldens(report, browsers, scenarios, *goldens, *most, s.err); err != nil {
			return 0, err
		}
	}
	if *asJSON {
		err = writeLine(s.out, report)
	} else if err = report.WriteGroups(s.out, *most); err == nil {
		err = report.WriteTotals(s.out)
	}
	if err == nil && failures+len(report.Groups) > 0 {
		return exitDiffers, nil
	}
	return exitOK, err
}

func diffScenarios(in string, g *generateFlags, stdin io.Reader) (list []*scenario.Scenario, err error) {
	switch {
	case in != "" && g.seed != 0:
		return nil, cli.BadUsage("there are both --in and --seed; want one of the two")
	case in != "":
		return readScenarios(in, stdin)
	case g.seed == 0:
		return nil, cli.BadUsage("there is neither --in nor --seed; want a file of scenarios, or a number to make them from")
	}
	err = g.each(func(sc *scenario.Scenario) error { list = append(list, sc); return nil })
	return list, err
}

// dir is a folder of scenarios and what browsers did with them.
type dir struct {
	path      string
	temporary bool
}

// scenariosFile is the name of the file of scenarios.
const scenariosFile = "scenarios.ndjson"

// openDir makes a folder ready for scenarios. One that is there must be of the same scenarios. Without a path it is a
// temporary one.
func openDir(path string, scenarios []*scenario.Scenario) (*dir, error) {
	d := &dir{path: path}
	var err error
	if path == "" {
		d.temporary = true
		d.path, err = os.MkdirTemp("", "corsim-lab-")
	} else {
		err = os.MkdirAll(path, 0o755)
	}
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, sc := range scenarios {
		if err := writeLine(&text, sc); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(d.path, scenariosFile)
	before, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		err = os.WriteFile(file, []byte(text.String()), 0o644)
	case err == nil && string(before) != text.String():
		err = cli.BadUsage("%s holds other scenarios; want a folder for these alone, so that recordings are of them", file)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *dir) close() {
	if d.temporary {
		os.RemoveAll(d.path)
	}
}

// recordings returns the file of a browser's recordings.
func (d *dir) recordings(browser string) string { return filepath.Join(d.path, browser+".ndjson") }

// each yields the recordings of a browser with the scenarios they are of.
func (d *dir) each(browser string, scenarios []*scenario.Scenario, yield func(*scenario.Scenario, *recorded.Recording) error) error {
	return eachRecording(d.recordings(browser), scenarios, yield)
}

// eachRecording yields the recordings in a file with the scenarios they are of.
func eachRecording(file string, scenarios []*scenario.Scenario, yield func(*scenario.Scenario, *recorded.Recording) error) error {
	byID := map[string]*scenario.Scenario{}
	for _, sc := range scenarios {
		byID[sc.ID] = sc
	}
	for line, err := range recorded.ReadFile(file) {
		if err != nil {
			return err
		}
		r, err := recorded.ParseRecording(line)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		sc := byID[r.ID]
		if sc == nil {
			return fmt.Errorf("%s: %q is the id of no scenario that goes with it", file, r.ID)
		}
		if err := yield(sc, r); err != nil {
			return err
		}
	}
	return nil
}

// compare holds the recordings against corsim.
func (d *dir) compare(browsers []string, scenarios []*scenario.Scenario) (*compare.Report, error) {
	var c compare.Comparison
	for _, name := range browsers {
		err := d.each(name, scenarios, func(sc *scenario.Scenario, r *recorded.Recording) error {
			v, err := compare.Simulate(sc, name)
			if err == nil {
				_, err = c.Add(sc, r, v)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return c.Report(), nil
}

// writeGoldens writes a golden for the examples of the largest groups. One that no form of golden can say is mentioned.
func (d *dir) writeGoldens(report *compare.Report, browsers []string, scenarios []*scenario.Scenario, to string, most int, log io.Writer) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	examples := map[string][]string{}
	for _, g := range report.Groups[:min(most, len(report.Groups))] {
		example, err := scenario.Decode(g.Example.Scenario)
		if err != nil {
			return err
		}
		id := example.ID
		examples[id] = append(examples[id], fmt.Sprintf("%s %s", g.Cause.Browser, g.Cause.Dimension))
	}
	recordings := map[string][]*recorded.Recording{}
	byID := map[string]*scenario.Scenario{}
	for _, name := range browsers {
		err := d.each(name, scenarios, func(sc *scenario.Scenario, r *recorded.Recording) error {
			if examples[r.ID] != nil {
				byID[r.ID] = sc
				recordings[r.ID] = append(recordings[r.ID], r)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for id, differs := range examples {
		comment := fmt.Sprintf("TODO: a title of one sentence.\n\nTODO: the reason for the case. It differed in %s.\n", strings.Join(differs, ", "))
		name, data := id+".txtar", []byte(nil)
		data, err := compare.Golden(comment, byID[id], recordings[id])
		if errors.Is(err, compare.ErrNotSaid) {
			name = id + ".json"
			data, err = compare.GoldenJSON(comment, byID[id], recordings[id])
		}
		if errors.Is(err, compare.ErrNotSaid) {
			fmt.Fprintf(log, "no golden of %s: %v\n", id, err)
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
