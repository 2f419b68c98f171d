package main

import (
	"context"
	"flag"
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/lab/failure"
	"github.com/corsim/corsim/lab/record"
)

const failuresManual = `lab failures asks a real browser what it says of requests that nobody answers, for each reason and kind of request.

usage: lab failures --browser NAME [--kinds KIND,...]

  --browser NAME    chromium, firefox or webkit
  --kinds KIND,...  some of %s (default all)
  --verbose         show what the browser prints to standard error

It prints a line of JSON for each: a recording, with its scenario. A connection that takes too long takes minutes, and some
systems have a route to everywhere; --kinds leaves such out. Chromium needs certutil, to be told of an authority.
`

func failuresCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	name := flags.String("browser", "", "")
	list := flags.String("kinds", "", "")
	verbose := flags.Bool("verbose", false, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if err := checkBrowser(*name); err != nil {
		return 0, err
	}
	kinds := allFailures()
	if *list != "" {
		known := kinds
		kinds = nil
		for kind := range strings.SplitSeq(*list, ",") {
			i := slices.IndexFunc(known, func(k engine.Failure) bool { return failure.Name(k) == kind })
			if i < 0 {
				return 0, cli.BadUsage("--kinds has %q; want some of %s", kind, failureKinds())
			}
			kinds = append(kinds, known[i])
		}
	}
	o := record.Options{Browser: *name}
	if *verbose {
		o.Log = s.err
	}
	return exitOK, failure.Record(ctx, o, kinds, func(r *failure.Recording) error { return writeLine(s.out, r) })
}

func failureKinds() string {
	var names []string
	for _, k := range allFailures() {
		names = append(names, failure.Name(k))
	}
	return strings.Join(names, ", ")
}

func allFailures() []engine.Failure {
	return append([]engine.Failure{engine.FailureClosed}, engine.Failures()...)
}
