package curl

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/corsim/corsim/internal/nearest"
)

// class says what a flag of curl means to the request of a page.
type class string

const (
	// read flags make the request, or say how to get to the server.
	read class = "read"
	// idle flags cannot matter to what a page gets.
	idle class = "idle"
	// lost flags change what curl does, and neither a page nor corsim can do the same.
	lost class = "lost"
	// refused flags make it another request than can be told from the command.
	refused class = "refuse"
)

// flag is a flag of curl.
type flag struct {
	name string
	// value is set where a value follows.
	value bool
	class class
	// reason says why it is of its class.
	reason string
}

//go:embed flags.txt
var flagsText string

// flags are all flags of curl, by name and by letter.
var flags = sync.OnceValue(func() map[string]*flag {
	all := map[string]*flag{}
	var class_, reason string
	for line := range strings.Lines(flagsText) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, " ") {
			class_, reason, _ = strings.Cut(line, ": ")
			continue
		}
		for word := range strings.FieldsSeq(line) {
			letter, name, ok := strings.Cut(word, ",")
			if !ok {
				letter, name = "", word
			}
			f := &flag{class: class(class_), reason: reason}
			f.name, f.value = strings.CutSuffix(name, "=")
			all[f.name] = f
			if letter != "" {
				all[letter] = f
			}
		}
	}
	return all
})

// didYouMean returns the flag that is nearest to one that curl does not have.
func didYouMean(written string) string {
	var names []string
	for name := range maps.Keys(flags()) {
		if len(name) > 1 {
			names = append(names, "--"+name)
		}
	}
	slices.Sort(names)
	if best := nearest.Word(written, names); best != "" {
		return "; did you mean " + best + "?"
	}
	return ""
}
