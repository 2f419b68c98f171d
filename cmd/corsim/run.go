package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

const runUsage = `Usage: corsim run [FLAG]... FILE|DIR...

Runs scenarios and compares what comes of them with what they expect. A FILE is a
txtar archive or a JSON object, a DIR stands for all *.txtar and *.json files below
it, and - for standard input. A file that expects nothing is told instead: what each
browser makes of it.

  --browser LIST       look at these only: any of chromium, firefox, webkit, spec, with
                       commas between; or all, which are the first three
  --update             write what comes of a scenario into the sections for it that its
                       file has
` + outputManual + `
Exit status: 0 if all expectations are met, 1 if one is not, or if a browser blocks a
scenario that expects nothing, 2 if something is wrong with the arguments or a file.

Examples:

  corsim run testdata
  corsim run --update --browser firefox testdata/redirect/mode-manual.txtar
`

// stdinName names standard input in messages.
const stdinName = "<stdin>"

// runCommand is corsim run.
func runCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	r := runner{stdin: stdin, stdout: stdout, stderr: stderr}
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.BoolVar(&r.update, "update", false, "")
	list := flags.String("browser", "", "")
	var output outputFlags
	output.add(flags)
	paths, err := cli.ParseFlags(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, runUsage)
		return exitOK
	}
	if err == nil && *list != "" {
		r.browsers, err = parseBrowsers(*list)
	}
	if err == nil {
		err = r.setFormat(&output)
	}
	if err == nil && len(paths) == 0 {
		err = cli.BadUsage("there is no file to run; want one or more files or directories")
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "run", err)
	}
	for _, p := range paths {
		r.path(p)
	}
	if err := r.finish(); err != nil {
		return cli.Fail(stderr, "corsim", "run", err)
	}
	switch {
	case r.broken > 0:
		return exitUsage
	case r.failed > 0, r.blocked > 0:
		return exitBlocked
	}
	return exitOK
}

// runner runs files and counts what comes of them.
type runner struct {
	update bool
	// browsers are those to look at; none are all that a file has expectations for.
	browsers       []*personality.Personality
	stdin          io.Reader
	stdout, stderr io.Writer
	// json is set for verdicts, and findings for another form of output than that for people.
	json     bool
	findings report.Writer

	// files is how many were run, broken how many could not be.
	files, broken int
	// checked and failed count expectations, updated files.
	checked, failed, updated int
	// told and blocked count what browsers made of files without expectations.
	told, blocked int
}

// path runs a file, or all scenarios of a directory, in lexical order.
func (r *runner) path(arg string) {
	if arg == "-" {
		r.standardInput()
		return
	}
	info, err := os.Stat(arg)
	if err != nil {
		r.broke(err)
		return
	}
	if !info.IsDir() {
		r.file(arg)
		return
	}
	found := false
	err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			r.broke(err)
			return nil
		}
		if ext := filepath.Ext(path); !d.IsDir() && (ext == ".txtar" || ext == ".json") {
			found = true
			r.file(path)
		}
		return nil
	})
	switch {
	case err != nil:
		r.broke(err)
	case !found:
		r.broke(fmt.Errorf("%s: there is no *.txtar or *.json file below the directory", arg))
	}
}

func (r *runner) broke(err error) {
	r.broken++
	fmt.Fprintf(r.stderr, "corsim run: %v\n", err)
}

func (r *runner) standardInput() {
	data, err := io.ReadAll(io.LimitReader(r.stdin, scenario.MaxSize+1))
	if err != nil {
		r.broke(err)
		return
	}
	g, err := scenario.ParseGolden(stdinName, data)
	switch {
	case err != nil:
		r.broke(err)
	case r.update:
		r.broke(errors.New("--update cannot write to standard input; name a file"))
	default:
		r.golden(g)
	}
}

func (r *runner) file(path string) {
	g, err := scenario.ReadGolden(path)
	if err != nil {
		r.broke(err)
		return
	}
	r.golden(g)
}

func (r *runner) golden(g *scenario.Golden) {
	r.files++
	var err error
	switch {
	case len(g.Sections()) == 0:
		err = r.tell(g)
	case r.update:
		err = r.rewrite(g)
	default:
		err = r.check(g)
	}
	if err != nil {
		r.broke(err)
	}
}

func (r *runner) check(g *scenario.Golden) error {
	bad, checked, err := g.Check(r.browsers)
	r.checked += checked
	r.failed += len(bad)
	if err == nil && (r.json || r.findings != nil) {
		return r.expectations(g, bad)
	}
	for _, b := range bad {
		io.WriteString(r.stdout, b.Diff+"\n")
	}
	return err
}

func (r *runner) rewrite(g *scenario.Golden) error {
	bad, checked, err := g.Check(r.browsers)
	if err != nil {
		return err
	}
	r.checked += checked
	if len(bad) == 0 {
		return nil
	}
	data, err := g.Update(r.browsers)
	if err != nil {
		return err
	}
	r.updated++
	fmt.Fprintf(r.stdout, "updated %s\n", g.Name)
	return os.WriteFile(g.Name, data, 0o644)
}

// tell prints what the browsers make of a file without expectations.
func (r *runner) tell(g *scenario.Golden) error {
	browsers := r.browsers
	if len(browsers) == 0 {
		browsers = personality.Browsers()
	}
	var runs []*scenario.Run
	for _, p := range browsers {
		run, err := g.Run(p)
		if err != nil {
			return err
		}
		runs = append(runs, run)
		r.told++
		if slices.ContainsFunc(run.Results, func(res *engine.Result) bool { return res.Block != nil }) {
			r.blocked++
		}
	}
	if r.json || r.findings != nil {
		return r.verdicts(g, runs)
	}
	fmt.Fprintf(r.stdout, "%s\n", g.Name)
	for _, run := range runs {
		fmt.Fprintf(r.stdout, "-- %s --\n%s", run.Browser.Name, run.Render())
	}
	fmt.Fprintln(r.stdout)
	return nil
}

// finish ends the output: for people with a summary.
func (r *runner) finish() error {
	switch {
	case r.findings != nil:
		return r.findings.Close()
	case !r.json:
		r.summary()
	}
	return nil
}

// summary prints one line about all files.
func (r *runner) summary() {
	fmt.Fprint(r.stdout, plural(r.files, "file"))
	if r.checked > 0 {
		fmt.Fprintf(r.stdout, ", %s", plural(r.checked, "expectation"))
		switch {
		case r.update:
			fmt.Fprintf(r.stdout, ", %s updated", plural(r.updated, "file"))
		case r.failed > 0:
			fmt.Fprintf(r.stdout, ", %d not met", r.failed)
		default:
			fmt.Fprint(r.stdout, ", all met")
		}
	}
	if r.told > 0 {
		fmt.Fprintf(r.stdout, ", %d of %s without expectations blocked", r.blocked, plural(r.told, "run"))
	}
	if r.broken > 0 {
		fmt.Fprintf(r.stdout, ", %s", plural(r.broken, "error"))
	}
	fmt.Fprintln(r.stdout)
}
