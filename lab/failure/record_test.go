package failure

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/record"
)

// TestRecordAgain asks the browsers that are here about a few failures, and gets what was recorded of them.
func TestRecordAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts browsers")
	}
	for _, f := range browser.Doctor(t.Context()) {
		t.Run(f.Browser, func(t *testing.T) {
			if !f.Ready() {
				t.Skipf("%s cannot be started here; install it with: %s", f.Browser, f.Install)
			}
			before := map[string]*Recording{}
			for line := range recorded.Lines(t, "../../testdata/recorded/failures/"+f.Browser+".ndjson.gz") {
				r := &Recording{}
				if err := json.Unmarshal(line, r); err != nil {
					t.Fatal(err)
				}
				before[r.ID] = r
			}
			n := 0
			err := Record(t.Context(), record.Options{Browser: f.Browser}, []engine.Failure{engine.FailureRefused, engine.FailureHTTP2}, func(r *Recording) error {
				n++
				if then := before[r.ID]; then == nil || then.Version == r.Version && cmp.Diff(then.Console, r.Console) != "" {
					t.Errorf("%s: %v; recorded was %v", r.ID, r.Console, then)
				}
				return nil
			})
			if err != nil || n == 0 {
				t.Errorf("%d recordings, %v", n, err)
			}
		})
	}
}
