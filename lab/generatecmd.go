package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/lab/generate"
	"github.com/corsim/corsim/scenario"
)

var generateManual = `lab generate makes random scenarios of what pages and servers do, weighted toward boundaries, and writes them to standard
output, one JSON object a line.

usage: lab generate --seed N --count N [--only KIND,…] [--prefix ID]

  --seed N          the same seed gives the same scenarios
  --count N         how many (default 100)
  --only KIND,…     only scenarios of these kinds, or of their first parts
  --prefix ID       what ids start with, in letters and digits (default g and the seed, and an x)

Kinds, with the part of all scenarios that they are:

` + kindTable()

func kindTable() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, k := range generate.Kinds() {
		fmt.Fprintf(w, "  %s\t%.1f%%\t%s\n", k.Name, 100*k.Share, k.About)
	}
	w.Flush()
	return b.String()
}

// generateFlags are the flags that say which scenarios are made.
type generateFlags struct {
	seed   uint64
	count  int
	only   string
	prefix string
}

func (f *generateFlags) define(flags *flag.FlagSet) {
	flags.Uint64Var(&f.seed, "seed", 0, "")
	flags.IntVar(&f.count, "count", 100, "")
	flags.StringVar(&f.only, "only", "", "")
	flags.StringVar(&f.prefix, "prefix", "", "")
}

// each makes the scenarios.
func (f *generateFlags) each(yield func(*scenario.Scenario) error) error {
	if f.seed == 0 {
		return cli.BadUsage("--seed is missing; want a number from 1")
	}
	if f.count < 1 {
		return cli.BadUsage("--count is %d; want at least 1", f.count)
	}
	o := generate.Options{Prefix: f.prefix}
	if o.Prefix == "" {
		o.Prefix = fmt.Sprintf("g%dx", f.seed)
	}
	if f.only != "" {
		o.Only = strings.Split(f.only, ",")
	}
	g, err := generate.New(f.seed, o)
	if err != nil {
		return cli.BadUsage("%v", err)
	}
	for range f.count {
		s := g.Next()
		if err := yield(&s); err != nil {
			return err
		}
	}
	return nil
}

func generateCommand(_ context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	var f generateFlags
	f.define(flags)
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	w := bufio.NewWriter(s.out)
	if err := f.each(func(sc *scenario.Scenario) error { return writeLine(w, sc) }); err != nil {
		return 0, err
	}
	return exitOK, w.Flush()
}
