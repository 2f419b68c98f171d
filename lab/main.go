// Lab asks real browsers what they do with scenarios, and finds where corsim differs. See lab help, or the README.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/corsim/corsim/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit statuses.
const (
	exitOK      = 0
	exitDiffers = 1
	exitUsage   = cli.ExitUsage
)

// command is a verb of the command line.
type command struct {
	name    string
	summary string
	manual  string
	// run takes the arguments after the verb. An error is a mistake in the input, or something that could not be done; what
	// was found out is in the exit status.
	run func(ctx context.Context, flags *flag.FlagSet, args []string, io streams) (status int, err error)
}

// commands returns the verbs, in the order in which help lists them.
func commands() []command {
	return []command{
		{"doctor", "say which browsers are here, and how to install what is missing", doctorManual, doctorCommand},
		{"record", "run scenarios in a real browser", recordManual, recordCommand},
		{"generate", "make random scenarios from a seed", generateManual, generateCommand},
		{"diff", "record and compare in one go, and group the differences by cause", diffManual, diffCommand},
		{"shrink", "find a smallest scenario in which corsim and a browser still differ", fmt.Sprintf(shrinkManual, dimensionNames()), shrinkCommand},
		{"confirm", "replay the goldens in the real browsers", confirmManual, confirmCommand},
		{"failures", "ask a browser what it says of requests that nobody answers", fmt.Sprintf(failuresManual, failureKinds()), failuresCommand},
		{"agreement", "write the table of agreement with real browsers", agreementManual, agreementCommand},
	}
}

const intro = `lab asks real browsers what they do with scenarios, and finds where corsim differs.

usage: go run . VERB [flags] [arguments]      in the folder lab

`

// run runs the command line and returns the exit status.
func run(ctx context.Context, args []string, s streams) int {
	if len(args) == 0 {
		manual(s.err)
		return exitUsage
	}
	verb, rest := args[0], args[1:]
	switch verb {
	case "help", "-h", "-help", "--help":
		return help(rest, s)
	}
	var names []string
	for _, c := range commands() {
		if names = append(names, c.name); c.name != verb {
			continue
		}
		status, err := c.run(ctx, flag.NewFlagSet(verb, flag.ContinueOnError), rest, s)
		switch {
		case errors.Is(err, flag.ErrHelp):
			fmt.Fprint(s.out, c.manual)
			return exitOK
		case err != nil:
			return cli.Fail(s.err, "lab", verb, err)
		}
		return status
	}
	fmt.Fprintf(s.err, "lab: there is no verb %q%s\nSee lab help.\n", verb, cli.DidYouMean(verb, names))
	return exitUsage
}

func help(args []string, s streams) int {
	if len(args) == 0 {
		manual(s.out)
		return exitOK
	}
	return run(context.Background(), []string{args[0], "--help"}, s)
}

func manual(w io.Writer) {
	fmt.Fprint(w, intro)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nlab help VERB tells more of one.\n")
}
