package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/corsim/corsim/lab/browser"
)

const doctorManual = `lab doctor says which browsers can be driven on this machine, what is missing, and the command that installs it.

usage: lab doctor [--json]

The exit status is 1 where a browser cannot be started.
`

func doctorCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	findings := browser.Doctor(ctx)
	var err error
	if *asJSON {
		err = writeLine(s.out, findings)
	} else {
		_, err = fmt.Fprint(s.out, browser.Report(findings))
	}
	for _, f := range findings {
		if !f.Ready() {
			return exitDiffers, err
		}
	}
	return exitOK, err
}
