// Corsim tells what browsers make of a server's CORS headers. See corsim help, or help.go.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/corsim/corsim/internal/cli"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Exit statuses.
const (
	exitOK      = 0
	exitBlocked = 1
	exitUsage   = cli.ExitUsage
)

// command is a verb of the command line.
type command struct {
	name    string
	summary string
	// manual is what help prints.
	manual string
	run    func(args []string, stdin io.Reader, stdout, stderr io.Writer) int
}

// commands returns the verbs, in the order in which help lists them.
func commands() []command {
	return []command{
		{"check", "ask a live server, or judge its answers, as browsers do", checkManual, checkCommand},
		{"explain", "tell what a console message means, and what to change", explainManual, explainCommand},
		{"har", "judge the requests of a HAR, as network panels export them", harManual, harCommand},
		{"fix", "write a policy for nginx, Apache, Express and other servers", fixManual, fixCommand},
		{"run", "run scenario files, and compare with what they expect", runUsage, runCommand},
		{"batch", "turn a stream of scenarios into verdicts", batchManual, batchCommand},
		{"version", "print the versions of corsim, the browsers and the standard", versionManual, versionCommand},
		{"completion", "print a completion script for a shell", completionManual, completionCommand},
		{"help", "print the manual, of corsim or of a verb", helpManual, helpCommand},
	}
}

// run runs the command line and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		io.WriteString(stderr, manual())
		return exitUsage
	}
	verb, rest := args[0], args[1:]
	switch verb {
	case "-h", "-help", "--help":
		verb, rest = "help", nil
	case "-version", "--version":
		verb = "version"
	}
	if c := find(verb); c != nil {
		return c.run(rest, stdin, stdout, stderr)
	}
	fmt.Fprintf(stderr, "corsim: there is no verb %q%s\nSee corsim help.\n", verb, cli.DidYouMean(verb, verbs()))
	return exitUsage
}

// find returns a verb, nil where there is none of the name.
func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}

func verbs() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}
