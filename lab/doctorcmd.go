package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/lab/browser"
)

const doctorManual = `lab doctor says which browsers can be driven on this machine, what is missing, and the command that installs it.

usage: lab doctor [--browser NAME,…] [--packages | --json]

  --browser NAME,…  which browsers (default all three)
  --packages        print the Debian packages that are missing, and nothing else
  --json            print it as JSON

The exit status is 1 where a browser cannot be started.
`

func doctorCommand(ctx context.Context, flags *flag.FlagSet, args []string, s streams) (int, error) {
	names := flags.String("browser", strings.Join(browser.Names(), ","), "")
	packages := flags.Bool("packages", false, "")
	asJSON := flags.Bool("json", false, "")
	if err := parse(flags, args); err != nil {
		return 0, err
	}
	browsers, err := browserList(*names)
	if err != nil {
		return 0, err
	}
	findings := slices.DeleteFunc(browser.Doctor(ctx), func(f browser.Finding) bool { return !slices.Contains(browsers, f.Browser) })
	switch {
	case *asJSON:
		err = writeLine(s.out, findings)
	case *packages:
		var missing []string
		for _, f := range findings {
			missing = append(missing, f.Missing()...)
		}
		slices.Sort(missing)
		_, err = fmt.Fprintln(s.out, strings.Join(slices.Compact(missing), " "))
	default:
		_, err = fmt.Fprint(s.out, browser.Report(findings))
	}
	if slices.ContainsFunc(findings, func(f browser.Finding) bool { return !f.Ready() }) {
		return exitDiffers, err
	}
	return exitOK, err
}

// browserList returns the browsers that a flag names.
func browserList(names string) ([]string, error) {
	list := strings.Split(names, ",")
	for _, name := range list {
		if err := checkBrowser(name); err != nil {
			return nil, err
		}
	}
	return list, nil
}
