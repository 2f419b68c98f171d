package main

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
)

const versionManual = `Usage: corsim version

Prints the version of corsim, those of the browsers whose behaviour and messages it
knows, and the snapshot of the Fetch standard that it follows.
`

// versionCommand is corsim version.
func versionCommand(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		if args[0] == "-h" || args[0] == "--help" {
			io.WriteString(stdout, versionManual)
			return exitOK
		}
		return cli.Fail(stderr, "corsim", "version", cli.BadUsage("there is an argument, %q; want none", args[0]))
	}
	fmt.Fprintf(stdout, "corsim %s\n", version())
	for _, p := range personality.All() {
		fmt.Fprintf(stdout, "%-9s %s\n", p.Name, p.Version)
	}
	return exitOK
}

// version is the version of corsim.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
