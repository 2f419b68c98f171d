package personality_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// TestExplainRecorded explains what all browsers make of all recorded scenarios. What is blocked has advice, which never
// opens a server to every origin with credentials, nor to the origin null.
func TestExplainRecorded(t *testing.T) {
	for line := range recorded.Lines(t, "../testdata/recorded/train.ndjson.gz") {
		s, err := scenario.Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range personality.All() {
			run, err := scenario.Evaluate(s, p, scenario.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range run.Results {
				e := personality.Explain(run.Page, run.Inits[i], r)
				advice := strings.Join(e.Change, "\n")
				if !strings.HasSuffix(e.Why, ".") || strings.Contains(e.Why+advice, "%!") || strings.Contains(e.Why, "\n") {
					t.Errorf("%s in %s: %q", s.ID, p.Name, e)
				}
				if r.Block != nil && advice == "" {
					t.Errorf("%s in %s: no advice on %q", s.ID, p.Name, e.Why)
				}
				include := r.Request != nil && r.Request.Credentials == "include"
				if strings.Contains(advice, "Allow-Origin: null") || include && (strings.Contains(advice, "Allow-Origin: *") || strings.Contains(advice, "Methods: *") || strings.Contains(advice, "Headers: *")) {
					t.Errorf("%s in %s: advice\n%s", s.ID, p.Name, advice)
				}
			}
		}
	}
}
