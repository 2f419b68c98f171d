package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/record"
	"github.com/corsim/corsim/lab/shrink"
	"github.com/corsim/corsim/scenario"
)

const shrinkManual = `lab shrink takes a scenario in which corsim and a browser differ, and finds a smallest one in which they still do. It
writes that to standard output.

usage: lab shrink --browser NAME [--in FILE] [--id ID] [--dimension NAME]

  --browser NAME    chromium, firefox or webkit
  --in FILE         scenarios, one JSON object a line (default standard input)
  --id ID           which of them (default the first)
  --dimension NAME  keep a difference in this: ` + "%s" + `
                    (default the first in which they differ)
  --budget N        ask the browser about so many scenarios at most (default 500)
  --jobs, --timeout, --executable, --third-party-cookies, --verbose   as for lab record

The exit status is 1 where they do not differ.
`

func shrinkCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	var f recordFlags
	f.define(flags)
	name := flags.String("browser", "", "")
	in := flags.String("in", "-", "")
	id := flags.String("id", "", "")
	dimension := flags.String("dimension", "", "")
	budget := flags.Int("budget", 500, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if err := f.check(s); err != nil {
		return 0, err
	}
	if err := checkBrowser(*name); err != nil {
		return 0, err
	}
	if *budget < 1 {
		return 0, cli.BadUsage("--budget is %d; want at least 1", *budget)
	}
	if *dimension != "" && !slices.Contains(recorded.Dimensions(), recorded.Dimension(*dimension)) {
		return 0, cli.BadUsage("there is no dimension %q; want one of %s", *dimension, dimensionNames())
	}
	scenarios, err := readScenarios(*in, s.in)
	if err != nil {
		return 0, err
	}
	sc := scenarios[0]
	if *id != "" {
		i := slices.IndexFunc(scenarios, func(sc *scenario.Scenario) bool { return sc.ID == *id })
		if i < 0 {
			return 0, cli.BadUsage("%s has no scenario with the id %q", *in, *id)
		}
		sc = scenarios[i]
	}
	f.options.Browser = *name
	recorder, err := record.New(f.options)
	if err != nil {
		return 0, err
	}
	defer recorder.Close()
	q := question{recorder: recorder, dimension: recorded.Dimension(*dimension)}
	smallest, stats, err := shrink.Shrink(sc, func(list []*scenario.Scenario) ([]bool, error) {
		return q.differs(ctx, list)
	}, shrink.Options{Budget: *budget, Batch: 8 * f.options.Jobs})
	if err == shrink.ErrSame {
		fmt.Fprintf(s.err, "%s and corsim do the same in scenario %s\n", *name, sc.ID)
		return exitDiffers, nil
	}
	if err != nil {
		return 0, err
	}
	if err := writeLine(s.out, smallest); err != nil {
		return 0, err
	}
	end := "the budget is used up"
	if stats.Minimal {
		end = "nothing more can be left out"
	}
	fmt.Fprintf(s.err, "differs in %s; from %d bytes to %d with %d questions: %s\n", q.dimension, stats.From, stats.To, stats.Asked, end)
	return exitOK, nil
}

func dimensionNames() string {
	var names []string
	for _, d := range recorded.Dimensions() {
		names = append(names, string(d))
	}
	return strings.Join(names, ", ")
}

// question asks whether a browser differs in one dimension, which is the first in which it does where it is not given.
type question struct {
	recorder  *record.Recorder
	dimension recorded.Dimension
}

// differs answers of each scenario. One that cannot be recorded does not differ.
func (q *question) differs(ctx context.Context, list []*scenario.Scenario) ([]bool, error) {
	answers := make([]bool, len(list))
	index := map[string]int{}
	for i, sc := range list {
		index[sc.ID] = i
	}
	err := q.recorder.Record(ctx, list, func(r *record.Recording, f *record.Failure) error {
		if f != nil {
			return nil
		}
		differences, err := drift(list[index[r.ID]], r)
		for _, d := range differences {
			if q.dimension == "" {
				q.dimension = d.Dimension
			}
			if d.Dimension == q.dimension {
				answers[index[r.ID]] = true
			}
		}
		return err
	})
	return answers, err
}
