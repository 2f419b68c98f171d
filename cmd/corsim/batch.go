package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/scenario"
)

const batchManual = `Usage: corsim batch [--browser LIST] [--keep-going] [--trace] <SCENARIOS >VERDICTS

Reads scenarios from standard input, one JSON object a line, and writes one verdict per
browser and scenario to standard output, in order. All cores work, in memory that does
not grow with the input. Empty lines are skipped.

  --browser LIST  any of chromium, firefox, webkit, spec, with commas between, in the
                  order in which verdicts are written; or all (if not given), which
                  are the first three
  --keep-going    report lines that are no scenario and skip them, where otherwise the
                  first ends the run
  --trace         verdicts carry the path through the Fetch standard
  --json          verdicts as JSON, which is so anyhow
  --junit, --sarif, --github
                  for CI servers, code scanning and GitHub Actions, as of corsim check;
                  what is blocked is a failure

Firefox lets third-party cookies through here, as it did when the recordings of this format
were made, but for scenarios that have cookies: there it partitions them, as by default.

Progress is shown on standard error if that is a terminal and standard output is not.

Exit status: 0 when all lines were judged, whatever the verdicts; 2 when a line was no
scenario, or something is wrong with the arguments.

Example:

  corsim batch --browser chromium,firefox <scenarios.ndjson >verdicts.ndjson

where each line of scenarios.ndjson is an object such as this one:

  {"id": "1", "client": {"origin": "https://app.example.com"},
   "request": {"url": "https://api.example.com/", "method": "PUT"},
   "server": {"https://api.example.com/": {"response": {"status": 200, "headers":
     [["Access-Control-Allow-Origin", "*"]]}}}}
`

// batchCommand is corsim batch.
func batchCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("batch", flag.ContinueOnError)
	list := flags.String("browser", "all", "")
	keepGoing := flags.Bool("keep-going", false, "")
	trace := flags.Bool("trace", false, "")
	var output outputFlags
	output.add(flags)
	rest, err := cli.ParseFlags(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, batchManual)
		return exitOK
	}
	if err == nil && len(rest) > 0 {
		err = &cli.UsageError{Message: "there is an argument that is no flag, " + quote(rest[0]) + "; want none", Hint: "scenarios come from standard input: corsim batch <" + rest[0]}
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "batch", err)
	}
	browsers, err := parseBrowsers(*list)
	var format report.Format
	if err == nil {
		format, err = output.format()
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "batch", err)
	}
	defer tuneCollector()()
	if isTerminal(stdin) {
		fmt.Fprintln(stderr, "corsim batch: reading scenarios from the terminal, one a line; the end is Ctrl-D")
	}
	b := scenario.Batch{
		Browsers: browsers, Options: scenario.Options{Trace: *trace}, KeepGoing: *keepGoing,
		OnBadLine: func(e *scenario.LineError) { fmt.Fprintf(stderr, "corsim batch: %v\n", e) },
	}
	progress := progress{w: stderr, start: time.Now()}
	if isTerminal(stderr) && !isTerminal(stdout) {
		b.Progress = progress.show
		b.OnBadLine = func(e *scenario.LineError) { fmt.Fprintf(stderr, "\r\x1b[Kcorsim batch: %v\n", e) }
	}
	verdicts, end := stdout, func() error { return nil }
	if format != "" && format != report.JSON {
		f := &batchFindings{out: report.New(format, stdout, version())}
		verdicts, end = f, f.out.Close
	}
	count, err := b.Run(stdin, verdicts)
	if e := end(); err == nil {
		err = e
	}
	if b.Progress != nil {
		progress.end(count)
	}
	var bad *scenario.LineError
	switch {
	case errors.As(err, &bad):
		return cli.Fail(stderr, "corsim", "batch", &cli.UsageError{Message: "standard input, " + err.Error(), Hint: "--keep-going skips such lines"})
	case err != nil:
		return cli.Fail(stderr, "corsim", "batch", err)
	case count.Bad > 0:
		fmt.Fprintf(stderr, "corsim batch: %s skipped, %s judged\n", plural(count.Bad, "bad line"), plural(count.Scenarios, "scenario"))
		return exitUsage
	}
	return exitOK
}

// tuneCollector makes the garbage collector run less often: little is alive at a time and much is made, so that a few MiB
// more save a third of the time. Where much is alive, because lines are long, the limit holds. What the environment says
// goes first. The function that is returned undoes it.
func tuneCollector() (undo func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(800), debug.SetMemoryLimit(512<<20)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// progress is a line on a terminal that tells how far a run has come.
type progress struct {
	w           io.Writer
	start, last time.Time
}

func (p *progress) show(c scenario.Count) {
	if now := time.Now(); now.Sub(p.last) >= 100*time.Millisecond {
		p.last = now
		p.write(c)
	}
}

func (p *progress) write(c scenario.Count) {
	rate := float64(c.Scenarios) / max(time.Since(p.start).Seconds(), 1e-3)
	fmt.Fprintf(p.w, "\r\x1b[K%s, %.0f per second", plural(c.Scenarios, "scenario"), rate)
}

func (p *progress) end(c scenario.Count) {
	p.write(c)
	fmt.Fprintln(p.w)
}
