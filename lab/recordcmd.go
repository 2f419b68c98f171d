package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/record"
	"github.com/corsim/corsim/scenario"
)

const recordManual = `lab record runs scenarios in a real browser and writes what it did.

usage: lab record --browser NAME [--in FILE] --out FILE

  --browser NAME    chromium, firefox or webkit
  --in FILE         scenarios, one JSON object a line, which may be gzipped (default standard input)
  --out FILE        recordings, one JSON object a line. A file that is there already is gone on with: what it has is not
                    recorded again. - is standard output.
  --jobs N          how many browsers run at once (default 2)
  --timeout D       how long a scenario may take besides its waits, such as 10s (default 10s)
  --executable FILE the browser's program, where it is not found by itself
  --third-party-cookies
                    let Firefox and WebKit send and keep third-party cookies, which they partition or refuse by default
  --verbose         show what the browsers print to standard error

A scenario that fails is tried three times, in a new browser each time. If it fails then, it is reported with its id, left
out of the recordings, and the exit status is 1. See lab help for other verbs, and the documentation of package scenario for the format.
`

// recordFlags are the flags that every verb has which starts browsers.
type recordFlags struct {
	options record.Options
	verbose bool
}

func (f *recordFlags) define(flags *flag.FlagSet) {
	flags.IntVar(&f.options.Jobs, "jobs", 2, "")
	flags.DurationVar(&f.options.Timeout, "timeout", 0, "")
	flags.StringVar(&f.options.Executable, "executable", "", "")
	flags.BoolVar(&f.options.AllowThirdPartyCookies, "third-party-cookies", false, "")
	flags.BoolVar(&f.verbose, "verbose", false, "")
}

func (f *recordFlags) check(s streams) error {
	if f.options.Jobs < 1 {
		return cli.BadUsage("--jobs is %d; want at least 1", f.options.Jobs)
	}
	if f.options.Timeout < 0 {
		return cli.BadUsage("--timeout is %v; want a positive duration such as 10s", f.options.Timeout)
	}
	if f.verbose {
		f.options.Log = s.err
	}
	return nil
}

func checkBrowser(name string) error {
	if !slices.Contains(browser.Names(), name) {
		if name == "" {
			return cli.BadUsage("--browser is missing; want one of %s", strings.Join(browser.Names(), ", "))
		}
		return cli.BadUsage("there is no browser %q%s", name, cli.DidYouMean(name, browser.Names()))
	}
	return nil
}

func recordCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	var f recordFlags
	f.define(flags)
	name := flags.String("browser", "", "")
	in := flags.String("in", "-", "")
	out := flags.String("out", "", "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	if err := f.check(s); err != nil {
		return 0, err
	}
	if err := checkBrowser(*name); err != nil {
		return 0, err
	}
	if *out == "" {
		return 0, cli.BadUsage("--out is missing; want a file for the recordings, or - for standard output")
	}
	f.options.Browser = *name
	scenarios, err := readScenarios(*in, s.in)
	if err != nil {
		return 0, err
	}
	failures := 0
	if *out == "-" {
		failures, err = recordAll(ctx, scenarios, f.options, s.err, func(r *record.Recording) error { return writeLine(s.out, r) })
	} else {
		failures, err = recordFile(ctx, scenarios, f.options, *out, s.err)
	}
	switch {
	case err != nil:
		return 0, err
	case failures > 0:
		return exitDiffers, nil
	}
	return exitOK, nil
}

// recordFile records into a file that may have some of the recordings already.
func recordFile(ctx context.Context, scenarios []*scenario.Scenario, o record.Options, name string, log io.Writer) (failures int, err error) {
	file, done, err := resume(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	left := slices.DeleteFunc(slices.Clone(scenarios), func(sc *scenario.Scenario) bool { return done[sc.ID] })
	if n := len(scenarios) - len(left); n > 0 {
		fmt.Fprintf(log, "%s has %d of %d recordings already\n", name, n, len(scenarios))
	}
	failures, err = recordAll(ctx, left, o, log, func(r *record.Recording) error { return writeLine(file, r) })
	return failures, errors.Join(err, file.Close())
}

// parse parses flags of a verb that takes no other arguments.
func parse(flags *flag.FlagSet, args []string) error {
	rest, err := cli.ParseFlags(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return cli.BadUsage("%q is no flag, and lab %s takes nothing else", rest[0], flags.Name())
	}
	return nil
}

// recordAll records with progress, reports failures, and returns how many there were.
func recordAll(ctx context.Context, scenarios []*scenario.Scenario, o record.Options, log io.Writer, emit func(*record.Recording) error) (failures int, err error) {
	recorder, err := record.New(o)
	if err != nil {
		return 0, err
	}
	defer recorder.Close()
	p := newProgress(log, o.Browser, len(scenarios))
	err = recorder.Record(ctx, scenarios, func(r *record.Recording, f *record.Failure) error {
		p.step()
		if f != nil {
			failures++
			p.note(fmt.Sprintf("%s: %v", o.Browser, f))
			return nil
		}
		return emit(r)
	})
	p.end()
	return failures, err
}

func writeLine(w io.Writer, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// readScenarios reads scenarios, one a line; - is standard input. Their ids must differ.
func readScenarios(name string, stdin io.Reader) ([]*scenario.Scenario, error) {
	lines := recorded.ReadFile(name)
	if name == "-" {
		lines = recorded.Read("standard input", stdin)
	}
	var list []*scenario.Scenario
	seen := map[string]bool{}
	for line, err := range lines {
		if err != nil {
			return nil, err
		}
		sc, err := scenario.Decode(line)
		if err != nil {
			return nil, fmt.Errorf("%s: scenario %d: %w", name, len(list)+1, err)
		}
		if seen[sc.ID] {
			return nil, fmt.Errorf("%s: scenario %d: there is another with the id %q; recordings could not be told apart", name, len(list)+1, sc.ID)
		}
		seen[sc.ID] = true
		list = append(list, sc)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no scenario; want one JSON object a line", name)
	}
	return list, nil
}

// resume opens a file of recordings to go on with, and returns the ids that it has. A last line that broke off is cut.
func resume(name string) (*os.File, map[string]bool, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, err
	}
	done := map[string]bool{}
	r := bufio.NewReader(file)
	end := int64(0)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			file.Close()
			return nil, nil, err
		}
		var rec struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(line, &rec); err != nil || rec.ID == "" {
			file.Close()
			return nil, nil, fmt.Errorf("%s:%d: no recording; want a JSON object with an id. Give --out a file that only lab record has written", name, n)
		}
		done[rec.ID] = true
		end += int64(len(line))
	}
	if err := file.Truncate(end); err != nil {
		file.Close()
		return nil, nil, err
	}
	_, err = file.Seek(end, io.SeekStart)
	return file, done, err
}
