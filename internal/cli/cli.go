// Package cli is what the command lines of corsim have in common: flags that stand anywhere, and mistakes that are explained.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/corsim/corsim/internal/nearest"
)

// UsageError is a mistake on the command line or in the input. It says what was found and what was expected.
type UsageError struct {
	Message string
	// Hint says what to do; it may be empty.
	Hint string
}

func (e *UsageError) Error() string { return e.Message }

// BadUsage returns a [UsageError].
func BadUsage(format string, args ...any) *UsageError {
	return &UsageError{Message: fmt.Sprintf(format, args...)}
}

// Fail prints an error of a program's verb, with its hint, and returns the exit status [ExitUsage].
func Fail(stderr io.Writer, program, verb string, err error) int {
	fmt.Fprintf(stderr, "%s %s: %v\n", program, verb, err)
	var u *UsageError
	if errors.As(err, &u) && u.Hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", u.Hint)
	} else {
		fmt.Fprintf(stderr, "See %s help %s.\n", program, verb)
	}
	return ExitUsage
}

// ExitUsage is the exit status of a mistake on the command line or in the input.
const ExitUsage = 2

// ParseFlags parses flags that may stand before, between and after the other arguments, which it returns. What follows
// "--" are no flags. As with curl, the value of a flag of one letter may follow it at once: -XPUT. The error is
// [flag.ErrHelp] where help was asked for.
func ParseFlags(flags *flag.FlagSet, args []string) (rest []string, err error) {
	flags.SetOutput(io.Discard)
	for len(args) > 0 {
		arg := args[0]
		if arg == "--" {
			return append(rest, args[1:]...), nil
		}
		if arg == "-" || !strings.HasPrefix(arg, "-") {
			rest = append(rest, arg)
			args = args[1:]
			continue
		}
		f, value := lookup(flags, arg)
		if f == nil && arg[1] != '-' {
			if f = flags.Lookup(arg[1:2]); f != nil {
				args = append([]string{arg[:2], arg[2:]}, args[1:]...)
			}
		}
		n := 1
		if f != nil && !value && !isSwitch(f) && len(args) > 1 {
			n = 2
			if next, _ := lookup(flags, args[1]); next != nil {
				return nil, BadUsage("%s has no value after it, but the flag %s", Dashed(f.Name), Dashed(next.Name))
			}
		}
		if err := flags.Parse(args[:n]); err != nil {
			return nil, flagError(flags, err)
		}
		args = args[n:]
	}
	return rest, nil
}

// lookup returns the flag that an argument is, nil where it is none, and whether its value is in the argument too.
func lookup(flags *flag.FlagSet, arg string) (f *flag.Flag, value bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok {
		return nil, false
	}
	name, _, value = strings.Cut(strings.TrimPrefix(name, "-"), "=")
	return flags.Lookup(name), value
}

// isSwitch reports whether a flag takes no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// flagError puts an error of package flag into our words.
func flagError(flags *flag.FlagSet, err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: "); ok {
		var names []string
		flags.VisitAll(func(f *flag.Flag) { names = append(names, Dashed(f.Name)) })
		return BadUsage("there is no flag %s%s", Dashed(strings.TrimLeft(name, "-")), DidYouMean(Dashed(strings.TrimLeft(name, "-")), names))
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		return BadUsage("%s has no value after it", Dashed(strings.TrimLeft(name, "-")))
	}
	return BadUsage("%s", text)
}

// Dashed writes a flag as people do: one letter with one dash, more with two.
func Dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// DidYouMean returns "; did you mean X?" for the known word that is nearest to what was written, and the list of all where
// none is near.
func DidYouMean(written string, known []string) string {
	if best := nearest.Word(written, known); best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	return "; want one of " + strings.Join(known, ", ")
}
