package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/corsim/corsim/internal/cli"
)

// manual is what corsim help prints.
func manual() string {
	var b strings.Builder
	b.WriteString(`corsim tells what browsers make of a server's CORS headers: whether a page may read
the answer, what goes over the wire, and the exact lines that the console shows, in
Chromium, Firefox and WebKit. It starts no browser, and asks servers only where check is
given no answers.

Usage: corsim VERB [ARGUMENT]...

`)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-11s %s\n", c.name, c.summary)
	}
	b.WriteString(`
Examples:

  See what a blocked request looks like, with an answer that comes with corsim:

    corsim check --from https://app.example.com -X PUT \
      -H 'Content-Type: application/json' \
      https://api.example.com/things/1 --answer example

  Find out what the console means, and what to change:

    corsim explain "Method PUT is not allowed by Access-Control-Allow-Methods."

  Ask whether a page may read what your server answers:

    corsim check --from https://app.example.com https://api.example.com/

  It works in curl: paste what the browser's network panel has copied as cURL, or what you
  typed:

    corsim check --from https://app.example.com --curl -

  Run a directory of scenarios as tests:

    corsim run testdata

  Judge a stream of scenarios, one JSON object a line:

    corsim batch --browser all <scenarios.ndjson >verdicts.ndjson

See corsim help VERB for each verb.
`)
	return b.String()
}

const helpManual = `Usage: corsim help [VERB]

Prints the manual, of corsim or of a verb. corsim VERB --help does the same.
`

// helpCommand is corsim help.
func helpCommand(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	switch len(args) {
	case 0:
		io.WriteString(stdout, manual())
		return exitOK
	case 1:
		if args[0] == "-h" || args[0] == "--help" {
			io.WriteString(stdout, helpManual)
			return exitOK
		}
		if c := find(args[0]); c != nil {
			io.WriteString(stdout, c.manual)
			return exitOK
		}
		return cli.Fail(stderr, "corsim", "help", cli.BadUsage("there is no verb %q%s", args[0], cli.DidYouMean(args[0], verbs())))
	}
	return cli.Fail(stderr, "corsim", "help", cli.BadUsage("there are %d arguments; want one verb at most", len(args)))
}
