package fix_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// cases returns the cases of each request of a scenario in all browsers, each as if it were the first.
func cases(t *testing.T, s *scenario.Scenario) [][]fix.Case {
	t.Helper()
	var all [][]fix.Case
	for _, p := range personality.All() {
		run, err := scenario.Evaluate(s, p, scenario.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, init := range run.Inits {
			if i == len(all) {
				all = append(all, nil)
			}
			all[i] = append(all[i], fix.Case{Browser: p, Page: run.Page, Init: init, Answers: s.Network})
		}
	}
	return all
}

// helpful are the codes of what a header that a server sends, or the status of an answer to a preflight, can help.
var helpful = []engine.Code{
	engine.CodeAllowOriginMissing, engine.CodeAllowOriginWildcard, engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid,
	engine.CodeAllowOriginMismatch, engine.CodeAllowCredentials, engine.CodePreflightRedirect, engine.CodePreflightStatus,
	engine.CodeAllowMethodsInvalid, engine.CodeAllowHeadersInvalid, engine.CodeMethodNotAllowed, engine.CodeHeaderNotAllowed,
	engine.CodeCORPSameOrigin, engine.CodeCORPSameSite, engine.CodeCORPEmbedder,
}

// network answers with edits in place, which the test makes itself.
func passes(c fix.Case, edits []fix.Edit) bool {
	return c.Browser.UserAgent().Do(c.Page, c.Init, fix.Edited(c.Answers(), edits)).Block == nil
}

func allPass(cases []fix.Case, edits []fix.Edit) bool {
	return !slices.ContainsFunc(cases, func(c fix.Case) bool { return !passes(c, edits) })
}

// law checks what holds of the fix of one request, and reports whether there is one.
func law(t *testing.T, id string, cases []fix.Case) bool {
	t.Helper()
	f, err := fix.Find(cases...)
	if none := (*fix.NoFixError)(nil); errors.As(err, &none) {
		if slices.Contains(helpful, none.Block.Code.Base()) && !none.Null {
			t.Errorf("%s: %v", id, err)
		}
		return false
	}
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	if len(f.Edits) == 0 {
		if !allPass(cases, nil) {
			t.Errorf("%s: is blocked, and there is nothing to change", id)
		}
		return false
	}
	if !allPass(cases, f.Edits) {
		t.Errorf("%s: is blocked with the change %v", id, f.Edits)
	}
	for i, e := range f.Edits {
		if allPass(cases, slices.Delete(slices.Clone(f.Edits), i, i+1)) {
			t.Errorf("%s: %v is not needed in %v", id, e, f.Edits)
		}
		if e.Value == "null" || e.Value == "true" && e.Origin == fix.Any || e.Name == "Access-Control-Allow-Origin" && e.Value != e.Origin {
			t.Errorf("%s: %v", id, e)
		}
	}
	for _, r := range f.Rules {
		if err := r.Policy.Validate(); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, a := range f.Blast.Gains {
		if a.Credentials && f.Edits[0].Name != "Cross-Origin-Resource-Policy" {
			t.Errorf("%s: %+v gains, by %v", id, a, f.Edits)
		}
	}
	if len(f.Rules) == 0 { t.Logf("%s norules %v", id, f.Edits) }
	return true
}

// hadCredentials reports whether a server lets in others with credentials as it is.
func hadCredentials(c fix.Case) bool {
	result := c.Browser.UserAgent().Do(c.Page, c.Init, c.Answers())
	return slices.ContainsFunc(result.Exchanges, func(e engine.Exchange) bool {
		return e.Response != nil && e.Response.Headers.Has("Access-Control-Allow-Credentials")
	})
}

// TestGoldens finds the fixes of all curated scenarios.
func TestGoldens(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../testdata", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".txtar" {
			return err
		}
		g, err := scenario.ReadGolden(path)
		if err != nil {
			return err
		}
		for _, request := range cases(t, g.Scenario) {
			if law(t, path, request) {
				found++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 50 {
		t.Errorf("found %d fixes; want many", found)
	}
}

// TestRecorded finds the fixes of all recorded scenarios.
func TestRecorded(t *testing.T) {
	files, _ := filepath.Glob("../testdata/recorded/*.ndjson.gz")
	found, rules := 0, 0
	for _, file := range files {
		if name := filepath.Base(file); len(filepath.Ext(name[:len(name)-len(".ndjson.gz")])) > 0 {
			continue // what a browser did
		}
		for line := range recorded.Lines(t, file) {
			s, err := scenario.Decode(line)
			if err != nil {
				t.Fatal(err)
			}
			for _, request := range cases(t, s) {
				if law(t, s.ID, request) {
					found++
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("found %d fixes; want many", found)
	}
	t.Log(found, rules)
}

var _ fetchspec.API
