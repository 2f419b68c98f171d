package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/har"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
)

const harManual = `Usage: corsim har [FLAG]... FILE

Judges every request to another origin in a HAR, the file that a browser's network panel
exports: which browsers let the page have the answer, why, and what to change. A FILE may
be compressed with gzip, or be a ZIP archive as Playwright writes it; - is standard input.
HARs of Chromium's and Edge's DevTools, Firefox, Safari and WebKit, Playwright, Charles,
Proxyman and others are known, with what each leaves out.

  --browser LIST  any of chromium, firefox, webkit, spec, with commas between; or all (if
                  not given), which are the first three
  --only WHAT     print only what some browser blocks, or is seen to block: blocked; of
                  which something decisive is missing: unknown; in which something was
                  assumed: inferred; in which the HAR's browser did otherwise: disagree
  --json          one JSON object per request and line, and nothing else
  --junit, --sarif, --github
                  for CI servers, code scanning and GitHub Actions, as of corsim check
  --redact OUT    judge nothing, but write a copy that can be shared to the file OUT, or
                  to standard output if that is -: without the values of cookies and
                  queries, tokens and bodies. Verdicts on it are the same

A verdict is

  proven    if all that decides is in the HAR,
  inferred  if something was assumed: it says what, or
  unknown   if something is missing: it says what.

What the page's origin, the credentials mode and so on were found out from is told for
each request that is not simply allowed. Where the HAR says what its browser did, that is
compared. Redirects are followed, and preflights are found for their requests.

A HAR may have many GB: memory does not grow with it. Progress is shown on standard error
if that is a terminal and standard output is not.

Exit status: 0 if nothing is blocked, 1 if some browser blocks a response or was seen to, 2
if something is wrong with the arguments or the HAR. A HAR that is cut is judged up to
there.

The members of a JSON object, of which those that may be missing are in brackets:

  entry          the number of the request's entry, from 1
  [preflight]    the number of its preflight's entry
  [redirects]    the numbers of the entries that redirects led to
  method, url    of the request
  page           the page's origin: null if it is opaque, empty if it is not known
  evidence       what was found out: name, value, from, and assumed if that is not certain.
                 The name is page origin, request, request mode, credentials mode, headers,
                 preflight, redirect mode, upload listener, element, embedder policy
                 or body
  [observed]     what the HAR says that its browser did: browser, version if it is told,
                 outcome (allowed or blocked), and by what it says so
  [warnings]     what is worth a look besides: code, browsers, text, change
  verdicts       for each browser: browser, outcome (allowed, blocked or unknown), grade
                 (proven, inferred or unknown), why; and where there are any, code, change,
                 exception, console (text and level), assumed, and agrees: whether the
                 HAR's browser did so

Examples:

  corsim har --only blocked app.example.com.har
  corsim har --redact shareable.har app.example.com.har
  corsim har --json session.har.gz | jq 'select(.verdicts[].outcome == "blocked") | .url'
`

// harOptions are the flags of corsim har.
type harOptions struct {
	browsers, only, redact string
	// file is the name of the HAR.
	file   string
	output outputFlags
}

// harFilters say which findings --only keeps.
var harFilters = map[string]func(*har.Finding) bool{
	"":         func(*har.Finding) bool { return true },
	"blocked":  (*har.Finding).IsBlocked,
	"disagree": (*har.Finding).Disagrees,
	"unknown":  func(f *har.Finding) bool { return hasGrade(f, har.Unknown) },
	"inferred": func(f *har.Finding) bool { return hasGrade(f, har.Inferred) },
}

func hasGrade(f *har.Finding, g har.Grade) bool {
	return slices.ContainsFunc(f.Verdicts, func(v har.Verdict) bool { return v.Grade == g })
}

// harCommand is corsim har.
func harCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer tuneCollector()()
	var o harOptions
	flags := flag.NewFlagSet("har", flag.ContinueOnError)
	flags.StringVar(&o.browsers, "browser", "all", "")
	flags.StringVar(&o.only, "only", "", "")
	flags.StringVar(&o.redact, "redact", "", "")
	o.output.add(flags)
	rest, err := cli.ParseFlags(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, harManual)
		return exitOK
	}
	var browsers []*personality.Personality
	var format report.Format
	if err == nil {
		format, err = o.output.format()
	}
	if err == nil {
		browsers, err = o.check(rest, format)
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "har", err)
	}
	o.file = rest[0]
	h := harRun{options: o, name: rest[0], stdout: stdout, stderr: stderr}
	h.tell, h.close = h.teller(format)
	if h.name == "-" && isTerminal(stdin) {
		fmt.Fprintln(stderr, "corsim har: reading a HAR from the terminal; the end is Ctrl-D")
	}
	reader, close, err := h.open(stdin)
	if err != nil {
		return cli.Fail(stderr, "corsim", "har", cli.BadUsage("%v", err))
	}
	defer close()
	if o.redact != "" {
		return h.redact(reader)
	}
	return h.judge(har.NewJudge(reader, browsers))
}

// check checks the flags and the other arguments.
func (o *harOptions) check(rest []string, format report.Format) ([]*personality.Personality, error) {
	switch {
	case len(rest) == 0:
		return nil, &cli.UsageError{Message: "there is no file; want a HAR, or - for standard input", Hint: "in the browser's network panel, “Save all as HAR” or “Export HAR” makes one"}
	case len(rest) > 1:
		return nil, cli.BadUsage("there are %s that are no flags, %s; want one HAR", plural(len(rest), "argument"), quoteList(rest))
	case harFilters[o.only] == nil:
		return nil, cli.BadUsage("--only %s is not known%s", quote(o.only), cli.DidYouMean(o.only, []string{"blocked", "unknown", "inferred", "disagree"}))
	case o.redact != "" && (format != "" || o.only != ""):
		return nil, cli.BadUsage("--redact judges nothing, and goes with neither --%s nor --only; judge the copy afterwards", cmp.Or(format, report.JSON))
	case o.redact != "" && o.redact != "-" && sameFile(o.redact, rest[0]):
		return nil, cli.BadUsage("--redact %s is the HAR itself; want another file", quote(o.redact))
	}
	return parseBrowsers(o.browsers)
}

// sameFile reports whether two names are of one file.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// harRun is one run of corsim har.
type harRun struct {
	options        harOptions
	name           string
	stdout, stderr io.Writer
	progress       *fileProgress
	// tell tells of a finding in the form that was asked for, and close of all of them at the end.
	tell  func(*har.Finding) error
	close func(*har.Summary, *har.Log) error
}

// open opens the HAR.
func (h *harRun) open(stdin io.Reader) (*har.Reader, func() error, error) {
	if h.name == "-" {
		h.name = "standard input"
		r, err := har.Decompress(stdin)
		if err != nil {
			return nil, nil, fmt.Errorf("standard input: %w", err)
		}
		return har.NewReader(r), func() error { return nil }, nil
	}
	var progress func(read, size int64)
	if isTerminal(h.stderr) && !isTerminal(h.stdout) {
		h.progress = newFileProgress(h.stderr)
		progress = h.progress.show
	}
	f, err := har.Open(h.name, progress)
	if err != nil {
		return nil, nil, err
	}
	return f.Reader, f.Close, nil
}

// say prints a line to standard error, over that of the progress.
func (h *harRun) say(format string, args ...any) {
	h.progress.clear()
	fmt.Fprintf(h.stderr, format, args...)
}

// judge judges the HAR, and tells what there is to say.
func (h *harRun) judge(j *har.Judge) int {
	for {
		f, err := j.Next()
		var broken *har.EntryError
		if errors.As(err, &broken) {
			h.say("corsim har: %s: %v; it was skipped\n", h.name, broken)
			continue
		}
		if err != nil {
			return h.end(j, err)
		}
		if !harFilters[h.options.only](f) {
			continue
		}
		if err := h.tell(f); err != nil {
			return cli.Fail(h.stderr, "corsim", "har", err)
		}
	}
}

// end tells the summary, and what went wrong.
func (h *harRun) end(j *har.Judge, err error) int {
	h.progress.clear()
	if err == io.EOF || j.Summary.Entries > 0 {
		if err := h.close(&j.Summary, j.Log()); err != nil {
			return cli.Fail(h.stderr, "corsim", "har", err)
		}
	}
	switch {
	case err != io.EOF:
		return h.fail(err, j.Summary.Entries, "judged")
	case j.Summary.Broken > 0:
		return exitUsage
	case j.Summary.Blocked > 0:
		return exitBlocked
	}
	return exitOK
}

// fail tells what is wrong with the HAR, and how much of it was used.
func (h *harRun) fail(err error, n int, used string) int {
	e := &cli.UsageError{Message: h.name + ": " + err.Error()}
	var syntax *har.SyntaxError
	var format *har.FormatError
	switch {
	case errors.As(err, &syntax):
		e.Hint = "no entry before that is whole"
		if n > 0 {
			e.Hint = fmt.Sprintf("what is before that was %s: %s", used, entries(n))
		}
		if syntax.Cut {
			e.Hint += "; the file is cut: export or copy it again"
		}
	case errors.As(err, &format):
		e.Hint = format.Hint
	}
	return cli.Fail(h.stderr, "corsim", "har", e)
}

// redact writes a copy that can be shared.
func (h *harRun) redact(r *har.Reader) int {
	copy := copyFile{name: h.options.redact}
	out := io.Writer(&copy)
	if h.options.redact == "-" {
		out = h.stdout
	}
	broken := 0
	err := har.Redact(out, r, func(e *har.EntryError) {
		broken++
		h.say("corsim har: %s: %v; it was left out\n", h.name, e)
	})
	if e := copy.close(); e != nil {
		return cli.Fail(h.stderr, "corsim", "har", cli.BadUsage("--redact: %v", e))
	}
	h.progress.clear()
	switch {
	case err != nil:
		return h.fail(err, r.Entries()-broken, "copied")
	case broken > 0:
		return exitUsage
	}
	if h.options.redact != "-" {
		fmt.Fprintf(h.stdout, "%s has %s, without values of cookies and queries, tokens and bodies. Look it through before you share it.\n",
			h.options.redact, entries(r.Entries()))
	}
	return exitOK
}

// copyFile is a file that is made when something is to be written to it, so that a HAR that is none does not cost an older
// copy.
type copyFile struct {
	name string
	file *os.File
	err  error
}

func (c *copyFile) Write(p []byte) (int, error) {
	if c.file == nil && c.err == nil {
		c.file, c.err = os.OpenFile(c.name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.file.Write(p)
	c.err = err
	return n, err
}

// close closes the file, and returns what went wrong with it.
func (c *copyFile) close() error {
	if c.file == nil {
		return c.err
	}
	return errors.Join(c.err, c.file.Close())
}

// isAllowed reports whether all browsers let the page have the response, without anything to remark.
func isAllowed(f *har.Finding) bool {
	return !f.IsBlocked() && !f.Disagrees() && !slices.ContainsFunc(f.Verdicts, func(v har.Verdict) bool { return v.Outcome != har.Allowed })
}
