package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/compare"
	"github.com/corsim/corsim/lab/record"
	"github.com/corsim/corsim/lab/server"
	"github.com/corsim/corsim/scenario"
)

const confirmManual = `lab confirm replays the curated goldens in the real browsers, and shows where a browser does something else by now: what a
new version of it changed.

usage: lab confirm [--browser NAME,…] [--goldens DIR] [--sample N [--seed N]]

  --browser NAME,…  which browsers (default all three)
  --goldens DIR     the folder of the goldens (default ../testdata)
  --sample N        take only so many, chosen by the seed (default all)
  --seed N          another seed, another sample (default 1)
  --longest-wait D  leave out goldens whose pages wait longer in all (default 10s): waits are real
  --jobs, --timeout, --executable, --third-party-cookies, --verbose   as for lab record

Goldens are run under URLs of their own, so that what a browser remembers of one does not matter to another; that corsim
does as the goldens say is for go test to see. The exit status is 1 where a browser differs or a golden could not be run.
`

func confirmCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	var f recordFlags
	f.define(flags)
	names := flags.String("browser", strings.Join(browser.Names(), ","), "")
	root := flags.String("goldens", filepath.Join("..", "testdata"), "")
	sample := flags.Int("sample", 0, "")
	seed := flags.Uint64("seed", 1, "")
	longest := flags.Duration("longest-wait", 10*time.Second, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if err := f.check(s); err != nil {
		return 0, err
	}
	browsers, err := browserList(*names)
	if err != nil {
		return 0, err
	}
	if *sample < 0 {
		return 0, cli.BadUsage("--sample is %d; want how many goldens to take, at least 1", *sample)
	}
	files, err := goldenFiles(*root)
	if err != nil {
		return 0, err
	}
	if *sample > 0 && *sample < len(files) {
		rand.New(rand.NewPCG(*seed, 0)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		files = slices.Sorted(slices.Values(files[:*sample]))
	}
	var scenarios []*scenario.Scenario
	fileOf, scenarioOf := map[string]string{}, map[string]*scenario.Scenario{}
	skipped := 0
	for i, file := range files {
		g, err := scenario.ReadGolden(file)
		if err != nil {
			return 0, err
		}
		sc := record.Isolate(g.Scenario, "c"+strconv.Itoa(i))
		_, err = server.ClientOf(sc)
		if wait := record.Waits(sc); wait > *longest {
			err = fmt.Errorf("its page waits %v, and --longest-wait is %v", wait, *longest)
		}
		if err != nil {
			skipped++
			fmt.Fprintf(s.err, "%s is left out: %v\n", file, err)
			continue
		}
		fileOf[sc.ID], scenarioOf[sc.ID] = file, sc
		scenarios = append(scenarios, sc)
	}
	status := exitOK
	for _, name := range browsers {
		o := f.options
		o.Browser = name
		version, differ := "", 0
		failures, err := recordAll(ctx, scenarios, o, s.err, func(r *record.Recording) error {
			version = r.Version
			differences, err := drift(scenarioOf[r.ID], r)
			for _, d := range differences {
				fmt.Fprintf(s.out, "%s\n  %s %s, %s\n    browser  %s\n    golden   %s\n", fileOf[r.ID], name, version, d.Dimension, d.Want, d.Have)
			}
			if len(differences) > 0 {
				differ++
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(s.out, "%s %s: %d of %d goldens confirmed\n", name, version, len(scenarios)-differ-failures, len(scenarios))
		if differ+failures > 0 {
			status = exitDiffers
		}
	}
	if skipped > 0 {
		fmt.Fprintf(s.out, "%d goldens were left out\n", skipped)
	}
	return status, nil
}

// drift returns in what a browser differs from corsim.
func drift(sc *scenario.Scenario, r *record.Recording) ([]recorded.Difference, error) {
	recording, err := parseRecording(r)
	if err != nil {
		return nil, err
	}
	v, err := compare.Simulate(sc, r.Browser)
	if err != nil {
		return nil, err
	}
	return compare.Differences(recording, v), nil
}

// goldenFiles returns the goldens in a folder and those below it, but for the recorded corpora.
func goldenFiles(root string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "recorded":
			return filepath.SkipDir
		case !d.IsDir() && (filepath.Ext(path) == ".txtar" || filepath.Ext(path) == ".json"):
			files = append(files, path)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no goldens; want a folder of .txtar files", root)
	}
	return files, err
}

// parseRecording takes a recording through JSON, the form in which recordings are kept and compared.
func parseRecording(r *record.Recording) (*recorded.Recording, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return recorded.ParseRecording(line)
}
