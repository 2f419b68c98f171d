// Package compare tells in what, and why, simulated browsers differ from recorded ones.
//
// A [Comparison] is fed with scenarios, recordings and verdicts one after the other, and keeps no more of them than it
// reports: how many agree in each dimension, and the differences in groups of what is probably one cause, each with its
// smallest example.
package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// maxIDs is how many of a group's scenarios are named.
const maxIDs = 20

// Simulate evaluates a scenario in the simulated browser of that name. The verdict goes through JSON, the form in which
// others get it too.
func Simulate(s *scenario.Scenario, browser string) (*recorded.Verdict, error) {
	p, err := personality.ByName(browser)
	if err != nil {
		return nil, err
	}
	run, err := scenario.Evaluate(s, p, scenario.Options{})
	if err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	return recorded.ParseVerdict(run.AppendVerdict(nil, s.ID))
}

// Differences returns the dimensions in which a verdict is not what was recorded. Of a recording that failed there are
// none, see [recorded.Recording.Broken].
func Differences(r *recorded.Recording, v *recorded.Verdict) []recorded.Difference {
	if r.Broken() {
		return nil
	}
	return recorded.Compare(r.Observation(), v.Observation(), r.Comparable())
}

// Comparison collects what comes of comparing. The zero value is ready for use.
type Comparison struct {
	totals map[place]*count
	groups map[Cause]*Group
	broken map[string]int
}

// place is where agreement is counted: a dimension of a browser, or all dimensions at once where it is empty.
type place struct {
	browser   string
	dimension recorded.Dimension
}

type count struct{ agree, total int }

// Add compares a recording of a scenario with the verdict on it, and returns the differences. The recording and the
// verdict must be of that scenario and of one browser.
func (c *Comparison) Add(s *scenario.Scenario, r *recorded.Recording, v *recorded.Verdict) ([]recorded.Difference, error) {
	switch {
	case r.ID != s.ID || v.ID != s.ID:
		return nil, fmt.Errorf("recording %q and verdict %q of scenario %q; want all of one scenario", r.ID, v.ID, s.ID)
	case r.Browser != v.Browser:
		return nil, fmt.Errorf("scenario %q: the recording is of %q and the verdict of %q; want them of one browser", s.ID, r.Browser, v.Browser)
	}
	if c.totals == nil {
		c.totals, c.groups, c.broken = map[place]*count{}, map[Cause]*Group{}, map[string]int{}
	}
	if r.Broken() {
		c.broken[r.Browser]++
		return nil, nil
	}
	differences := Differences(r, v)
	for _, d := range r.Comparable() {
		c.count(place{r.Browser, d}, !differs(differences, d))
	}
	c.count(place{r.Browser, ""}, len(differences) == 0)
	for _, d := range differences {
		if differs(differences, follows[d.Dimension]) {
			continue
		}
		if err := c.group(s, v, d); err != nil {
			return nil, err
		}
	}
	return differences, nil
}

// follows tells where a difference in one dimension comes with one in another, of which it is no cause of its own.
var follows = map[recorded.Dimension]recorded.Dimension{
	recorded.Response:  recorded.Outcome,
	recorded.Exception: recorded.Outcome,
	recorded.AllLines:  recorded.Console,
}

func differs(differences []recorded.Difference, d recorded.Dimension) bool {
	return slices.ContainsFunc(differences, func(x recorded.Difference) bool { return x.Dimension == d })
}

func (c *Comparison) count(p place, agrees bool) {
	n := c.totals[p]
	if n == nil {
		n = &count{}
		c.totals[p] = n
	}
	n.total++
	if agrees {
		n.agree++
	}
}

// group adds a difference to the group of its cause.
func (c *Comparison) group(s *scenario.Scenario, v *recorded.Verdict, d recorded.Difference) error {
	data, err := encode(s)
	if err != nil {
		return err
	}
	cause := CauseOf(s, v, d)
	g := c.groups[cause]
	if g == nil {
		g = &Group{Cause: cause}
		c.groups[cause] = g
	}
	g.Count++
	if len(g.IDs) < maxIDs {
		g.IDs = append(g.IDs, s.ID)
	}
	if old := g.Example.Scenario; old == nil || len(data) < len(old) {
		g.Example = Example{Scenario: data, Want: d.Want, Have: d.Have}
	}
	return nil
}

// encode returns a scenario as JSON on one line, as people would write it.
func encode(s *scenario.Scenario) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// Report is what a comparison found.
type Report struct {
	Totals []Total `json:"totals"`
	// Groups are the differences by cause, the largest groups first. Where the outcome differs, the response and the exception
	// do so too and are not in groups of their own; nor are all lines, where those about access control differ.
	Groups []*Group `json:"groups"`
}

// Total is how many scenarios agree in a dimension.
type Total struct {
	Browser string `json:"browser"`
	// Dimension is empty for all dimensions at once.
	Dimension recorded.Dimension `json:"dimension,omitempty"`
	Agree     int                `json:"agree"`
	Total     int                `json:"total"`
	// Broken is how many more recordings failed and could not be compared. It is set for all dimensions at once.
	Broken int `json:"broken,omitempty"`
}

// Percent is the share that agrees.
func (t Total) Percent() float64 { return 100 * float64(t.Agree) / float64(max(t.Total, 1)) }

// Group is the differences of one cause.
type Group struct {
	Cause Cause `json:"cause"`
	Count int   `json:"count"`
	// IDs are the first of the scenarios.
	IDs []string `json:"ids"`
	// Example is the one whose scenario is the smallest, as JSON.
	Example Example `json:"example"`
}

// Example is a difference, with the scenario it was found in.
type Example struct {
	Scenario json.RawMessage `json:"scenario"`
	// Want is what the browser did, and Have what the simulator says.
	Want recorded.Items `json:"want"`
	Have recorded.Items `json:"have"`
}

// Report returns what was found so far.
func (c *Comparison) Report() *Report {
	r := &Report{Totals: []Total{}, Groups: []*Group{}}
	browsers := map[string]bool{}
	for b := range c.broken {
		browsers[b] = true
	}
	for p := range c.totals {
		browsers[p.browser] = true
	}
	for _, b := range slices.Sorted(maps.Keys(browsers)) {
		for _, d := range append(recorded.Dimensions(), "") {
			t := Total{Browser: b, Dimension: d}
			n := c.totals[place{b, d}]
			if n != nil {
				t.Agree, t.Total = n.agree, n.total
			}
			if d == "" {
				t.Broken = c.broken[b]
			}
			if n != nil || t.Broken > 0 {
				r.Totals = append(r.Totals, t)
			}
		}
	}
	for _, g := range c.groups {
		r.Groups = append(r.Groups, g)
	}
	slices.SortFunc(r.Groups, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), a.Cause.compare(b.Cause))
	})
	return r
}
