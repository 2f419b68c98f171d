package fix_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/origin"
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

// passes reports whether a case passes with edits.
func passes(c fix.Case, edits []fix.Edit) bool {
	return c.Browser.UserAgent().Do(c.Page, c.Init, fix.Edited(c.Answers(), edits)).Block == nil
}

func allPass(cases []fix.Case, edits []fix.Edit) bool {
	return !slices.ContainsFunc(cases, func(c fix.Case) bool { return !passes(c, edits) })
}

// law checks what holds of the fix of one request, which it returns, nil where there is none.
func law(t *testing.T, id string, cases []fix.Case) *fix.Fix {
	t.Helper()
	f, err := fix.Find(cases...)
	if none := (*fix.NoFixError)(nil); errors.As(err, &none) {
		if slices.Contains(helpful, none.Block.Code.Base()) && !none.Null {
			t.Errorf("%s: %v", id, err)
		}
		return nil
	}
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	if len(f.Edits) == 0 {
		if !allPass(cases, nil) {
			t.Errorf("%s: is blocked, and there is nothing to change", id)
		}
		return nil
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
	var ruled []fix.Edit
	for _, e := range f.Edits {
		if e.Name == "Cross-Origin-Resource-Policy" {
			ruled = append(ruled, e)
		}
	}
	for _, r := range f.Rules {
		if err := r.Policy.Validate(); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		ruled = slices.Concat(ruled, r.Policy.Edits(fix.Answer{URL: r.URL}), r.Policy.Edits(fix.Answer{URL: r.URL, Preflight: true}))
	}
	if len(f.Rules) > 0 && !allPass(cases, ruled) {
		t.Errorf("%s: is blocked under %+v", id, f.Rules)
	}
	for _, a := range f.Blast.Gains {
		if a.Credentials && f.Edits[0].Name != "Cross-Origin-Resource-Policy" {
			t.Errorf("%s: %+v gains, by %v", id, a, f.Edits)
		}
	}
	return f
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
			if law(t, path, request) != nil {
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
	var found, rules atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d changes of CORS, %d of them policies", found.Load(), rules.Load())
		if found.Load() < 10000 || rules.Load() < found.Load()*99/100 {
			t.Errorf("found %d changes of CORS, %d of them policies; want many, and nearly all", found.Load(), rules.Load())
		}
	})
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".ndjson.gz")
		if strings.Contains(name, ".") {
			continue // what a browser did
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for line := range recorded.Lines(t, file) {
				s, err := scenario.Decode(line)
				if err != nil {
					t.Fatal(err)
				}
				for _, request := range cases(t, s) {
					f := law(t, s.ID, request)
					if f == nil || f.Edits[0].Name == "Cross-Origin-Resource-Policy" {
						continue
					}
					found.Add(1)
					if len(f.Rules) > 0 {
						rules.Add(1)
					}
				}
			}
		})
	}
}

func TestMust(t *testing.T) {
	preflight := fix.Answer{URL: "https://api.example.com/", Preflight: true}
	for _, test := range []struct {
		edits []fix.Edit
		want  string
	}{
		{nil, ""},
		{[]fix.Edit{{Kind: fix.EditSet, Name: "Cross-Origin-Resource-Policy", Value: "same-site", Origin: fix.Any}}, ""},
		{[]fix.Edit{{Kind: fix.EditSet, Name: "Access-Control-Allow-Origin", Value: "*", Origin: fix.Any}}, "errors have the headers too; just one layer sets them"},
		{[]fix.Edit{{Kind: fix.EditSet, Name: "Access-Control-Allow-Origin", Value: "https://a.example", Origin: "https://a.example"}}, "errors have the headers too; just one layer sets them; Vary: Origin goes with them"},
		{[]fix.Edit{{Answer: preflight, Kind: fix.EditStatus, Origin: fix.Any}}, "OPTIONS is answered before authentication, routes and redirects; errors have the headers too; just one layer sets them"},
	} {
		f := fix.Fix{Edits: test.edits}
		if got := strings.Join(f.Must(), "; "); got != test.want {
			t.Errorf("%v: must %q; want %q", test.edits, got, test.want)
		}
	}
}

// TestLargeChanges checks that the work is bounded.
func TestLargeChanges(t *testing.T) {
	init := engine.Init{API: fetchspec.APIFetch, URL: "https://api.example.com/"}
	for i := range 2000 {
		init.Headers = append(init.Headers, fetchspec.Header{Name: fmt.Sprint("X-", i), Value: "1"})
	}
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	bare := func() engine.Network {
		return engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) {
			return &fetchspec.Response{Status: 200}, nil
		})
	}
	_, err := fix.Find(fix.Case{Browser: personality.Firefox153, Page: page, Init: init, Answers: bare})
	if !errors.Is(err, fix.ErrTooLarge) {
		t.Errorf("2000 headers: %v; want %v", err, fix.ErrTooLarge)
	}
}
