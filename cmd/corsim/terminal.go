package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/corsim/corsim/cmd/corsim/internal/cells"
)

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth returns how many cells a line has: as $COLUMNS says, or else the terminal. It is 80 where there is none.
func terminalWidth(stream any) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := stream.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 80
}

// isUTF8Locale reports whether the locale's characters are those of UTF-8. Windows has no such variables, and its terminals
// take UTF-8.
//
// https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02
func isUTF8Locale() bool {
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(os.Getenv(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}

// wantsColour reports whether to print colours to a stream: to a terminal that has some, unless NO_COLOR is set.
//
// https://no-color.org
func wantsColour(stream any) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(stream)
}

// The styles of text on a terminal.
const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
)

// style puts text into a style where colour is set.
func style(colour bool, s, text string) string {
	if !colour {
		return text
	}
	return s + text + "\x1b[0m"
}

// printable makes control characters visible, so that what a server sent cannot command a terminal.
func printable(text string) string { return cells.Printable(text) }
