package scenario_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// TestRecordedFailures replays what browsers said of requests that nobody answered: every failure, asked for in every way.
func TestRecordedFailures(t *testing.T) {
	for _, p := range personality.All() {
		if p == personality.Spec {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			var seen []engine.Failure
			for line := range recorded.Lines(t, recordings+"/failures/"+p.Name+".ndjson.gz") {
				r, err := recorded.ParseRecording(line)
				if err != nil {
					t.Fatal(err)
				}
				var of struct {
					Scenario json.RawMessage `json:"scenario"`
				}
				if err := json.Unmarshal(line, &of); err != nil {
					t.Fatal(err)
				}
				s, err := scenario.Decode(bytes.Clone(of.Scenario))
				if err != nil {
					t.Fatalf("%s: %v", r.ID, err)
				}
				for _, e := range s.Server {
					seen = append(seen, e.Response.Fail)
				}
				// What servers got is not told: with most failures there was none.
				dimensions := []recorded.Dimension{recorded.Outcome, recorded.Exception, recorded.AllLines}
				for _, d := range recorded.Compare(r.Observation(), simulate(t, s, p), dimensions) {
					t.Errorf("%s differs in %s\n  browser   %s\n  simulator %s", r.ID, d.Dimension, d.Want, d.Have)
				}
			}
			for _, f := range append(engine.Failures(), engine.FailureClosed) {
				if !slices.Contains(seen, f) {
					t.Errorf("nothing was recorded of the failure %q", f)
				}
			}
		})
	}
}
