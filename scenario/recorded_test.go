package scenario_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

const recordings = "../testdata/recorded"

// TestRecorded replays every recorded scenario in every browser that was recorded. What still differs is listed in
// differs.txt; a listed difference that is gone fails too, so that the list can only shrink.
func TestRecorded(t *testing.T) {
	differs := readDiffers(t)
	scenarios := readScenarios(t)
	seen := map[difference]bool{}
	for corpus, list := range scenarios {
		files, err := filepath.Glob(filepath.Join(recordings, corpus+".*.ndjson.gz"))
		if err != nil || len(files) == 0 {
			t.Errorf("corpus %s: no browser's recording of it (%v)", corpus, err)
		}
		for _, file := range files {
			browser := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), corpus+"."), ".ndjson.gz")
			for id := range list {
				for _, d := range recorded.Dimensions() {
					seen[difference{id, browser, d}] = true
				}
			}
			t.Run(corpus+"/"+browser, func(t *testing.T) {
				t.Parallel()
				replay(t, file, browser, list, differs)
			})
		}
	}
	for d := range differs {
		if !seen[d] {
			t.Errorf("differs.txt lists %q, which no recording has", d)
		}
	}
}

// replay holds one browser's recording of a corpus against the simulation.
func replay(t *testing.T, file, browser string, scenarios map[string]*scenario.Scenario, listed map[difference]string) {
	p, err := personality.ByName(browser)
	if err != nil {
		t.Fatal(err)
	}
	agree, total, unlisted := map[recorded.Dimension]int{}, map[recorded.Dimension]int{}, map[recorded.Dimension]int{}
	replayed := 0
	for line := range recorded.Lines(t, file) {
		r, err := recorded.ParseRecording(line)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		s := scenarios[r.ID]
		if s == nil || r.Browser != browser {
			t.Errorf("%s: %s of %s is no scenario of the corpus and browser", file, r.ID, r.Browser)
			continue
		}
		replayed++
		if r.Broken() {
			continue
		}
		dimensions := r.Comparable()
		differences := map[recorded.Dimension]recorded.Difference{}
		as := p
		if r.Version == "" {
			as = p.AllowingThirdPartyCookies()
		}
		for _, d := range recorded.Compare(r.Observation(), simulate(t, s, as), dimensions) {
			differences[d.Dimension] = d
		}
		for _, name := range dimensions {
			d := difference{r.ID, browser, name}
			total[name]++
			found, differs := differences[name]
			reason, listed := listed[d]
			switch {
			case !differs:
				agree[name]++
				if listed {
					t.Errorf("%s agrees, but differs.txt lists it (%s); delete the line", d, reason)
				}
			case !listed:
				const most = 10
				if unlisted[name]++; unlisted[name] <= most {
					t.Errorf("%s differs\n  browser   %s\n  simulator %s", d, found.Want, found.Have)
				}
			}
		}
	}
	if replayed != len(scenarios) {
		t.Errorf("%s has %d of %d scenarios", file, replayed, len(scenarios))
	}
	for _, name := range recorded.Dimensions() {
		if total[name] > 0 {
			t.Logf("%-17s %d/%d agree, %d differ that are not listed", name, agree[name], total[name], unlisted[name])
		}
	}
}

// simulate evaluates a scenario and takes the verdict through JSON, which is the form that others compare.
func simulate(t *testing.T, s *scenario.Scenario, p *personality.Personality) *recorded.Observation {
	run, err := scenario.Evaluate(s, p, scenario.Options{})
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	data, err := json.Marshal(run.Verdict(s.ID))
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	v, err := recorded.ParseVerdict(data)
	if err != nil {
		t.Fatalf("%s: %v", s.ID, err)
	}
	return v.Observation()
}

// difference is a dimension in which the simulation of a scenario is known to differ from the browser.
type difference struct {
	id, browser string
	dimension   recorded.Dimension
}

func (d difference) String() string { return d.id + " " + d.browser + " " + string(d.dimension) }

// readDiffers reads differs.txt: lines of "id browser dimension: reason".
func readDiffers(t *testing.T) map[difference]string {
	data, err := os.ReadFile(filepath.Join(recordings, "differs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	differs := map[difference]string{}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		head, reason, ok := strings.Cut(line, ": ")
		var d difference
		if _, err := fmt.Sscanf(head, "%s %s %s", &d.id, &d.browser, &d.dimension); err != nil || !ok || !slices.Contains(recorded.Dimensions(), d.dimension) {
			t.Fatalf("differs.txt:%d: %q; want id browser dimension: reason", n, line)
		}
		if _, ok := differs[d]; ok {
			t.Fatalf("differs.txt:%d: %s is listed twice", n, d)
		}
		differs[d] = reason
	}
	return differs
}

// readScenarios reads every corpus: each NAME.ndjson.gz, by name, and its scenarios by id.
func readScenarios(t *testing.T) map[string]map[string]*scenario.Scenario {
	files, err := filepath.Glob(filepath.Join(recordings, "*.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	corpora := map[string]map[string]*scenario.Scenario{}
	owner := map[string]string{}
	for _, file := range files {
		corpus := strings.TrimSuffix(filepath.Base(file), ".ndjson.gz")
		if strings.Contains(corpus, ".") {
			continue
		}
		list := map[string]*scenario.Scenario{}
		corpora[corpus] = list
		for line := range recorded.Lines(t, file) {
			s, err := scenario.Decode(line)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if other, ok := owner[s.ID]; ok {
				t.Fatalf("%s: id %s is taken by %s; differs.txt could not tell them apart", file, s.ID, other)
			}
			owner[s.ID] = file
			list[s.ID] = s
		}
	}
	if len(corpora) == 0 {
		t.Fatalf("no corpus in %s", recordings)
	}
	return corpora
}
