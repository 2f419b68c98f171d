package main

import (
	"bytes"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

const checkManual = `Usage: corsim check --from ORIGIN [FLAG]... URL
       corsim check --from ORIGIN [FLAG]... URL --answer FILE
       corsim check --curl COMMAND [FLAG]...

Tells what browsers make of one request of a page: whether the page may read the
response and why, what the browser sends, the exact lines on its console, and what to
change. Without --answer it asks the live server, as a browser would; with it nothing
is sent.

  --from ORIGIN        the page's origin, such as https://app.example.com; null for a
                       sandboxed frame or a page from a file
  --answer FILE        the answers of servers, as curl -i prints them; - for standard
                       input; example for an answer that comes with corsim
  --curl COMMAND       the request as a curl command for bash or cmd.exe, such as
                       browsers copy; - for standard input, or @FILE. What a page cannot
                       do of it is left out, and said. Its Origin or Referer is the page
                       if --from does not say

The request, as the page makes it:

  -X METHOD            its method, GET if not given, or POST if -d is
  -H 'NAME: VALUE'     a header that the page sets; any number of them
  -d BODY              a string body. It brings Content-Type: text/plain;charset=UTF-8
                       if -H sets no other, as in a page, and not as with curl
  --credentials MODE   omit, same-origin or include. Of an XMLHttpRequest, include is
                       withCredentials
  --mode MODE          cors, no-cors or same-origin
  --redirect MODE      follow, error or manual
  --api API            fetch (if not given), xhr, eventsource, or what an element loads:
                       script, module, img, stylesheet, font, video, audio, preload
  --crossorigin VALUE  the element's crossorigin attribute: anonymous or
                       use-credentials
  --as VALUE           with --api preload the as attribute: fetch, font, image, script,
                       style or track; or else as below
  --coep POLICY        the page's Cross-Origin-Embedder-Policy: require-corp or
                       credentialless
  --worker             a dedicated worker of the page makes the request
  --upload-listener    the XMLHttpRequest has a listener for its upload
  --page URL           the page's URL, if it is not the root of its origin
  --cookie COOKIE      a cookie that the server had set before: NAME=VALUE, and attributes
                       if it had any, such as 'sid=1; Secure; SameSite=None'; any number
                       of them. Browsers send it by their rules

Live servers:

  --timeout TIME       how long the requests of a browser may take together, such as 5s;
                       30s if not given
  --insecure           do not check certificates
  --resolve HOST:PORT:ADDRESS
                       the address of a host; any number of them
  --proxy URL          an http, https or socks5 proxy; if not given, that of HTTP_PROXY or
                       HTTPS_PROXY in the environment
  --http1.1            do not speak HTTP/2

What is sent is really sent. Each browser asks by itself, but what may change something
(not GET, HEAD and OPTIONS) is sent once: the browsers after the first are judged by the
answer that it got. It is not sent at all if the preflight was refused.

What is printed:

  --browser LIST       any of chromium, firefox, webkit, spec, with commas between; or
                       all (if not given), which are the first three
  --picture            what went between page, browser and server; as on a terminal
  --trace              the path through the Fetch standard too
  --as FORM            no verdict but the preflight and the request, as commands of curl
                       or httpie, or a file of hurl; or with fetch, the page's code.
                       Nothing is asked
  --save FILE          write what was asked and answered as a scenario, which corsim run
                       replays: as text if FILE ends in .txtar, or as .json
  --fix SERVER         how to make the change on a server too, such as nginx; corsim fix
                       lists them
` + outputManual + `
Given answers are taken in the order in which a browser asks: first the answer to the
preflight if there is one, then that to the request, and so on through redirects. A
single answer stands for both. It may be of HTTP/1.0 to HTTP/3, with or without body;
1xx answers are skipped. The output of curl -v will do as well.

Exit status: 0 if all browsers let the page have the response, 1 if one does not, 2 if
something is wrong with the arguments or the answers.

Examples:

  corsim check --from https://app.example.com https://api.example.com/

  corsim check --curl - --save case.txtar     (and paste what the browser has copied)

  curl -si -H 'Origin: https://app.example.com' https://api.example.com/ |
    corsim check --from https://app.example.com https://api.example.com/ --answer -

  A request that needs a preflight has two answers:

    curl -si -X OPTIONS -H 'Origin: https://app.example.com' \
      -H 'Access-Control-Request-Method: DELETE' \
      https://api.example.com/things/1 >answers.txt
    echo >>answers.txt
    curl -si -X DELETE -H 'Origin: https://app.example.com' \
      https://api.example.com/things/1 >>answers.txt
    corsim check --from https://app.example.com -X DELETE --credentials include \
      https://api.example.com/things/1 --answer answers.txt

  An answer written by hand:

    printf 'HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n' |
      corsim check --from https://app.example.com --credentials include \
        https://api.example.com/ --answer -
`

//go:embed example.txt
var exampleAnswer []byte

// checkOptions are the flags of corsim check.
type checkOptions struct {
	from, answer, page, browser string
	request                     scenario.Request
	headers                     []string
	body, crossOrigin           *string
	coep, fix                   string
	worker, trace, picture      bool
	output                      outputFlags
	// curl is the command of --curl, and form what --as prints instead of a verdict.
	curl       *string
	form, save string
	cookies    []string
	live       liveOptions
}

func (o *checkOptions) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	optional := func(name string, to **string) {
		flags.Func(name, "", func(s string) error { *to = &s; return nil })
	}
	flags.StringVar(&o.from, "from", "", "")
	flags.StringVar(&o.answer, "answer", "", "")
	flags.StringVar(&o.page, "page", "", "")
	flags.StringVar(&o.browser, "browser", "all", "")
	flags.StringVar(&o.request.Method, "X", "", "")
	flags.Func("H", "", func(s string) error { o.headers = append(o.headers, s); return nil })
	optional("d", &o.body)
	flags.StringVar(&o.request.Credentials, "credentials", "", "")
	flags.StringVar(&o.request.Mode, "mode", "", "")
	flags.StringVar(&o.request.Redirect, "redirect", "", "")
	flags.StringVar(&o.request.API, "api", "fetch", "")
	optional("crossorigin", &o.crossOrigin)
	flags.Func("as", "", o.setAs)
	flags.StringVar(&o.coep, "coep", "", "")
	flags.BoolVar(&o.worker, "worker", false, "")
	flags.BoolVar(&o.request.UploadListener, "upload-listener", false, "")
	optional("curl", &o.curl)
	flags.Func("cookie", "", func(s string) error { o.cookies = append(o.cookies, s); return nil })
	flags.StringVar(&o.save, "save", "", "")
	o.live.flags(flags)
	flags.BoolVar(&o.trace, "trace", false, "")
	flags.StringVar(&o.fix, "fix", "", "")
	flags.BoolVar(&o.picture, "picture", false, "")
	o.output.add(flags)
	return flags
}

// checkCommand is corsim check.
func checkCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var o checkOptions
	rest, err := cli.ParseFlags(o.flags(), args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, checkManual)
		return exitOK
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "check", err)
	}
	format, err := o.format()
	if err != nil {
		return cli.Fail(stderr, "corsim", "check", err)
	}
	if (o.answer == "-" || o.curl != nil && *o.curl == "-") && isTerminal(stdin) {
		fmt.Fprintln(stderr, "corsim check: reading from the terminal; the end is Ctrl-D")
	}
	c, err := o.check(rest, stdin)
	if err != nil {
		return cli.Fail(stderr, "corsim", "check", err)
	}
	if o.form != "" && format != "" {
		return cli.Fail(stderr, "corsim", "check", cli.BadUsage("--as %s and --%s stand together; --as prints no verdict", o.form, format))
	}
	if o.form != "" {
		return c.printAs(o.form, stdout, stderr)
	}
	if format == "" {
		c.report(stdout)
	} else if err := c.write(format, stdout, stderr); err != nil {
		return cli.Fail(stderr, "corsim", "check", err)
	}
	for _, run := range c.runs {
		if run.Results[0].Block != nil {
			return exitBlocked
		}
	}
	return exitOK
}

// format returns the form of output, and refuses what has no place in it.
func (o *checkOptions) format() (report.Format, error) {
	format, err := o.output.format()
	switch {
	case err != nil || format == "":
		return "", err
	case o.picture:
		return "", cli.BadUsage("--picture is for people, and --%s for programs; want one", format)
	case o.fix != "":
		return "", cli.BadUsage("--fix is for people, and --%s for programs; want one, or corsim fix --json for the server's configuration", format)
	case o.trace && format != report.JSON:
		return "", cli.BadUsage("--trace has no place in --%s; want --json with it, or neither", format)
	}
	return format, nil
}

// check is a question that was asked of some browsers, and what they make of it.
type check struct {
	scenario *scenario.Scenario
	answers  *scenario.Answers
	// source names where the answers come from.
	source string
	// file is the path of the answers' file, empty where they are in none.
	file           string
	runs           []*scenario.Run
	trace, picture bool
	// live is what live servers were asked; nil where answers were given.
	live *liveRecord
	// recipe is what a fix is written with, nil where none is asked for.
	recipe *fix.Recipe
}

func (o *checkOptions) check(rest []string, stdin io.Reader) (*check, error) {
	browsers, err := parseBrowsers(o.browser)
	if err != nil {
		return nil, err
	}
	var notes []string
	if o.curl != nil {
		var url string
		if url, notes, err = o.takeCurl(rest, stdin); err != nil {
			return nil, err
		}
		rest = []string{url}
	}
	c := &check{trace: o.trace, picture: o.picture, answers: &scenario.Answers{Notes: notes}}
	if c.recipe, err = o.recipe(); err != nil {
		return nil, err
	}
	if c.scenario, err = o.scenario(rest); err != nil {
		return nil, err
	}
	if err := o.checkAsking(); err != nil {
		return nil, err
	}
	opt := scenario.Options{Trace: o.trace, Page: o.page}
	if o.page == "" && o.from != "null" {
		opt.Page = o.from + "/"
	}
	switch {
	case o.form != "":
		err = c.askAll(browsers, opt)
	case o.answer == "":
		err = o.askLive(c, browsers, opt)
	default:
		err = o.askAnswers(c, browsers, opt, stdin)
	}
	if err == nil && o.form == "" {
		c.answers.Notes = append(c.answers.Notes, c.cookieNotes()...)
	}
	if err == nil && o.save != "" {
		err = c.saveAs(o.save)
	}
	return c, err
}

// askAnswers asks the answers of --answer, as each browser would ask a server.
func (o *checkOptions) askAnswers(c *check, browsers []*personality.Personality, opt scenario.Options, stdin io.Reader) error {
	notes := c.answers.Notes
	var err error
	if c.answers, c.source, err = o.readAnswers(stdin); err != nil {
		return err
	}
	if c.source == o.answer {
		c.file = o.answer
	}
	c.answers.Notes = append(notes, c.answers.Notes...)
	for _, browser := range browsers {
		run, err := c.answers.Replay(c.scenario, browser, opt)
		if missing := (*scenario.UnansweredError)(nil); errors.As(err, &missing) {
			return unanswered(c.source, missing)
		}
		if err != nil {
			return err
		}
		c.runs = append(c.runs, run)
	}
	return nil
}

// checkAsking refuses flags that do not go with the way in which answers are come by.
func (o *checkOptions) checkAsking() error {
	live := o.live.beside()
	switch {
	case o.form != "" && o.answer != "":
		return cli.BadUsage("--as %s and --answer stand together; --as prints requests, and needs no answer", o.form)
	case o.form != "" && o.save != "":
		return cli.BadUsage("--as %s and --save stand together; --as prints requests, and there is nothing to save", o.form)
	case o.form != "" && live != "":
		return cli.BadUsage("--as %s and %s stand together; --as asks no server", o.form, live)
	case o.answer != "" && live != "":
		return cli.BadUsage("--answer and %s stand together; with --answer no server is asked", live)
	case o.save != "":
		return checkSaveName(o.save)
	}
	return nil
}

// unanswered says how to come by an answer that is missing.
func unanswered(source string, missing *scenario.UnansweredError) error {
	curl := "curl -si -X " + missing.Method + " -H 'Origin: …'"
	if missing.Preflight {
		curl += " -H 'Access-Control-Request-Method: …'"
	}
	hint := "add what it answers to the file, in that place: " + curl + " '" + missing.URL + "'"
	if !missing.Preflight && missing.Number > 1 {
		hint += "; curl -si -L prints the answers along redirects"
	}
	return &cli.UsageError{Message: source + ": " + missing.Error(), Hint: hint}
}

// readAnswers reads the answers, and says where they are from.
func (o *checkOptions) readAnswers(stdin io.Reader) (*scenario.Answers, string, error) {
	var r io.Reader
	source := o.answer
	switch o.answer {
	case "-":
		r, source = stdin, "standard input"
	case "example":
		r, source = bytes.NewReader(exampleAnswer), "the example"
	default:
		f, err := os.Open(o.answer)
		if err != nil {
			return nil, "", cli.BadUsage("--answer: %v", err)
		}
		defer f.Close()
		r = f
	}
	answers, err := scenario.ParseAnswers(r)
	var wrong *scenario.AnswerError
	if errors.As(err, &wrong) {
		return nil, "", &cli.UsageError{Message: source + ": " + wrong.Error(), Hint: wrong.Hint}
	}
	if err != nil {
		return nil, "", cli.BadUsage("%s: %v", source, err)
	}
	return answers, source, nil
}

// parseBrowsers parses the value of --browser.
func parseBrowsers(list string) ([]*personality.Personality, error) {
	browsers, err := personality.ParseList(list)
	if err != nil {
		return nil, cli.BadUsage("--browser: %v%s", err, browserHint(list))
	}
	return browsers, nil
}
