package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/internal/nearest"
	"github.com/corsim/corsim/message"
)

const explainManual = `Usage: corsim explain [FLAG] TEXT
       corsim explain [FLAG] NAME
       corsim explain [FLAG] [-]

Tells what a browser's console means: which rule a request was blocked by, what the
server sent as far as the message tells, what it usually comes of, and what to change.

TEXT is what the console shows, in Chrome, Edge, Firefox or Safari, of today or of years
ago. Copy as much as there is: several lines, with file names and line numbers; where a
message is cut off or its quotes are mangled, it is recognised all the same. From -, or
where nothing is given, it is read from standard input, where a shell does nothing to
the quotes in it.

NAME is a code, as corsim check --json prints it (preflight-status); what Chrome's
DevTools call a CORS error (PreflightMissingAllowOriginHeader); the name of a Firefox
reason, as in MDN's URLs (CORSMissingAllowOrigin); or a topic, most of which are not
CORS:

  aborted, authorization-by-wildcard, blocked-by-client, connection-failed,
  connection-refused, content-security-policy, content-type, cookie, cors-disabled,
  cross-origin-frame, cross-origin-worker, did-not-succeed, dns, error-status, failed,
  forbidden-header, frame-options, header-not-exposed, insecure-operation, integrity,
  local-network, mixed-content-upgraded, offline, tainted-canvas, timeout, tls,
  tracking-protection

  --json  one JSON object, and nothing else. It has messages, a list of objects with

            text       what was recognised, or the name
            browsers   who prints it: {"browser", "era"}, era only for older wordings
            codes      the rules that may have fired, the likeliest first
            topic      what it is about beyond them, as the names above
            cors       whether CORS is, or may be, what stopped the request
            cut        true where the text breaks off before it says why
            parts      what the message says: origin, page, url, redirected_from,
                       redirects_to, kind, method, header, value, status
            sent       what the server sent, as far as the message tells
            also       other lines that were printed with it
            why        what the browser found
            step       the step of the Fetch standard, and anchor, its URL
            causes     what it usually comes of, the likeliest first
            change     what to change
            next       commands for a POSIX shell to run next
            stands_in  what in change and next stands for what is not known

          What there is not is left out.

  --junit, --sarif, --github
          for CI servers, code scanning and GitHub Actions: each message as a finding

Exit status: 0 if something was recognised, 2 if nothing was.

Examples:

  corsim explain "Method PUT is not allowed by Access-Control-Allow-Methods."
  corsim explain preflight-status
  xclip -o | corsim explain
`

// explainCommand is corsim explain.
func explainCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("explain", flag.ContinueOnError)
	var output outputFlags
	output.add(flags)
	rest, err := cli.ParseFlags(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, explainManual)
		return exitOK
	}
	var format report.Format
	if err == nil {
		format, err = output.format()
	}
	var messages []message.Message
	if err == nil {
		messages, err = explained(rest, stdin, stderr)
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "explain", err)
	}
	if format != "" {
		if err := writeMessages(stdout, format, messages); err != nil {
			return cli.Fail(stderr, "corsim", "explain", err)
		}
		return exitOK
	}
	p := &printer{w: stdout, colour: wantsColour(stdout), terminal: isTerminal(stdout)}
	for i := range messages {
		if i > 0 {
			fmt.Fprint(stdout, "\n\n")
		}
		p.explanation(&messages[i])
	}
	return exitOK
}

// explained returns the messages in the text that is given, or the one that is named.
func explained(args []string, stdin io.Reader, stderr io.Writer) ([]message.Message, error) {
	text := strings.Join(args, " ")
	if m, ok := message.Named(strings.TrimSpace(text)); ok {
		return []message.Message{m}, nil
	}
	if text == "-" || len(args) == 0 {
		if isTerminal(stdin) {
			fmt.Fprintln(stderr, "corsim explain: paste the message here; the end is Ctrl-D on a line of its own")
		}
		data, err := io.ReadAll(io.LimitReader(stdin, message.MaxSize+1))
		if err != nil {
			return nil, err
		}
		text = string(data)
	}
	if strings.TrimSpace(text) == "" {
		return nil, &cli.UsageError{Message: "there is no text; want what the console shows, or a name", Hint: "corsim explain 'pasted text', or corsim explain - to read it from standard input"}
	}
	messages, err := message.Recognise(text)
	var unknown *message.UnknownError
	if errors.As(err, &unknown) {
		return nil, notRecognised(text, unknown)
	}
	return messages, err
}

// notRecognised says what comes near to a text that no browser prints.
func notRecognised(text string, unknown *message.UnknownError) error {
	if word := strings.TrimSpace(text); !strings.ContainsAny(word, " \n") {
		err := cli.BadUsage("there is no message, code or name %s", quote(word))
		if near := nearest.Word(word, message.Names()); near != "" {
			err.Message += "; did you mean " + near + "?"
		}
		return err
	}
	err := cli.BadUsage("no browser prints that, as far as is known: %s", quote(strings.Join(strings.Fields(text), " ")))
	err.Hint = "copy the line from the console whole, and from an English browser"
	if len(unknown.Nearest) > 0 {
		err.Hint = "the nearest that there are:\n  " + strings.Join(unknown.Nearest, "\n  ")
	}
	return err
}
