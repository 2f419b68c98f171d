package compare

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/corsim/corsim/internal/recorded"
)

// Bounds of what is printed of an example: the length in bytes of a line and of a scenario, and how many items of each side.
const (
	maxLine     = 400
	maxScenario = 4000
	maxItems    = 4
)

// WriteTotals prints how many scenarios agree, a line for each browser and dimension.
func (r *Report) WriteTotals(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, x := range r.Totals {
		fmt.Fprintf(t, "%s\t%s\t%d/%d\t%.2f%%", x.Browser, cmp.Or(string(x.Dimension), "all at once"), x.Agree, x.Total, x.Percent())
		if x.Broken > 0 {
			fmt.Fprintf(t, "\t%d recordings failed", x.Broken)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// WriteGroups prints the largest groups, so many at most, each with its smallest example.
func (r *Report) WriteGroups(w io.Writer, most int) error {
	var b strings.Builder
	shown := r.Groups[:min(max(most, 0), len(r.Groups))]
	for i, g := range shown {
		c := g.Cause
		fmt.Fprintf(&b, "%d. %s %s, %d×: %s", i+1, c.Browser, c.Dimension, g.Count, c.API)
		if c.Mode != "" {
			b.WriteString(" in mode " + c.Mode)
		}
		fmt.Fprintf(&b, ", %s\n", cmp.Or(c.Code, "no result"))
		fmt.Fprintf(&b, "   browser    %s\n   simulator  %s\n", cmp.Or(c.Want, "nothing"), cmp.Or(c.Have, "nothing"))
		fmt.Fprintf(&b, "   scenario   %s\n", cut(string(g.Example.Scenario), maxScenario))
		first := firstDifferent(g.Example.Want, g.Example.Have)
		writeItems(&b, "browser", g.Example.Want, first)
		writeItems(&b, "simulator", g.Example.Have, first)
		b.WriteString("   in         " + strings.Join(g.IDs, " "))
		if more := g.Count - len(g.IDs); more > 0 {
			fmt.Fprintf(&b, " and %d more", more)
		}
		b.WriteString("\n\n")
	}
	if more := len(r.Groups) - len(shown); more > 0 {
		fmt.Fprintf(&b, "and %d smaller groups\n", more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeItems prints the items from the first that differs.
func writeItems(b *strings.Builder, side string, items recorded.Items, first int) {
	for i := first; i < min(first+maxItems, len(items)); i++ {
		fmt.Fprintf(b, "   %-9s%2d %s\n", side, i+1, cut(string(items[i]), maxLine))
	}
	if more := len(items) - first - maxItems; more > 0 {
		fmt.Fprintf(b, "   %-11s and %d more\n", side, more)
	}
	if first >= len(items) {
		fmt.Fprintf(b, "   %-9s%2d nothing\n", side, first+1)
	}
}
