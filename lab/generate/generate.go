// Package generate makes random scenarios from a grammar of what pages and servers do, weighted toward boundaries: one byte
// over a limit, case, white space, duplicates, order.
//
// A scenario depends on the seed and on its own number, and on nothing else: not on how many are made, nor on which kinds
// are asked for. So an id says what it is of, and a seed is all that it takes to have a corpus once more. What a seed gives
// changes when the grammar does; a test pins it, so that this does not happen by mistake.
//
// The grammar is the methods of a draft, a topic a file, each a thing that pages or servers do. Its choices are calls of
// pick, choose and percent, with the weights beside what is chosen.
package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/corsim/corsim/internal/nearest"
	"github.com/corsim/corsim/scenario"
)

// Options say which scenarios are made.
type Options struct {
	// Only are the kinds to make, each a name of [Kinds] or a part of one up to a slash: "cookies" is all kinds of cookies.
	// Other scenarios are left out, so that those of the kinds keep their ids. None are all.
	Only []string
	// Prefix is what ids start with, before the scenario's number: letters and digits, "g" where it is empty.
	Prefix string
}

// Generator makes the scenarios of a seed, in order. It is not for use by several goroutines at once.
type Generator struct {
	seed   uint64
	prefix string
	// wanted says of each kind whether it is asked for.
	wanted []bool
	next   uint64
}

// New returns a generator of the scenarios of a seed. The error names an option that makes no sense.
func New(seed uint64, o Options) (*Generator, error) {
	g := &Generator{seed: seed, prefix: o.Prefix, wanted: make([]bool, len(kinds))}
	if g.prefix == "" {
		g.prefix = "g"
	}
	// NOTE: Ids stand in URLs and in names of cookies.
	if i := strings.IndexFunc(g.prefix, func(r rune) bool { return !isAlphanumeric(r) }); i >= 0 || len(g.prefix) > maxPrefix {
		return nil, fmt.Errorf("the prefix is %q; want up to %d letters and digits", g.prefix, maxPrefix)
	}
	if len(o.Only) == 0 {
		for i := range g.wanted {
			g.wanted[i] = true
		}
	}
	for _, name := range o.Only {
		found := false
		for i, k := range kinds {
			if k.name == name || strings.HasPrefix(k.name, name+"/") {
				g.wanted[i], found = true, true
			}
		}
		if !found {
			return nil, unknownKind(name)
		}
	}
	return g, nil
}

// maxPrefix is the length of the longest prefix. It leaves names of cookies and URLs short.
const maxPrefix = 32

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func unknownKind(name string) error {
	var names []string
	for _, k := range kinds {
		group, _, _ := strings.Cut(k.name, "/")
		names = append(names, group, k.name)
	}
	names = slices.Compact(names)
	if near := nearest.Word(name, names); near != "" {
		return fmt.Errorf("no kind is named %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("no kind is named %q; want one of %s", name, strings.Join(names, ", "))
}

// Next returns the next scenario of the kinds that are asked for. It passes [scenario.Scenario.Validate].
func (g *Generator) Next() scenario.Scenario {
	for {
		d := g.draft(g.next, nil)
		g.next++
		if k := d.kind(); g.wanted[k] {
			return d.write(k)
		}
	}
}

// At returns the scenario of a number, of whatever kind it is: the one that Next returns under the same id.
func (g *Generator) At(number uint64) scenario.Scenario {
	d := g.draft(number, nil)
	return d.write(d.kind())
}

// draft starts the scenario of a number. Rolled may be nil.
func (g *Generator) draft(number uint64, rolled func(i, n int)) *draft {
	d := &draft{random: rand.NewPCG(g.seed, number), rolled: rolled}
	d.ID = fmt.Sprintf("%s%d", g.prefix, number)
	return d
}
