package warn_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
	"github.com/corsim/corsim/warn"
)

var update = flag.Bool("update", false, "write the warnings there are into the files that say which there should be")

// warnings returns the warnings about each request of a golden, in the three browsers.
func warnings(t *testing.T, name string, data []byte) (all []warn.Warning) {
	g, err := scenario.ParseGolden(name, data)
	if err != nil {
		t.Fatal(err)
	}
	var runs []*scenario.Run
	for _, p := range personality.Browsers() {
		run, err := g.Run(p)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	for i := range runs[0].Results {
		var step []warn.Run
		for _, run := range runs {
			step = append(step, warn.Run{Browser: run.Browser, Page: run.Page, Init: run.Inits[i], Result: run.Results[i]})
		}
		all = append(all, warn.Of(step...)...)
	}
	return all
}

// TestWarnings compares the warnings about the scenarios in testdata with those in their section of that name. There is a
// scenario for each code.
func TestWarnings(t *testing.T) {
	given := map[warn.Code]bool{}
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			want := &archive.Files[last]
			if want.Name != "warnings" {
				t.Fatalf("the last section is %q; want warnings", want.Name)
			}
			var b strings.Builder
			for _, w := range warnings(t, path, txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: archive.Files[:last]})) {
				given[w.Code] = true
				fmt.Fprintf(&b, "%s: %s\n  %s\n  %s\n", w.Code, strings.Join(w.Browsers, ", "), w.Text, w.Change)
			}
			if *update {
				want.Data = []byte(b.String())
				if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got := b.String(); got != string(want.Data) {
				t.Errorf("got\n%s\nwant\n%s", got, want.Data)
			}
		})
	}
	for _, code := range warn.Codes() {
		if !given[code] {
			t.Errorf("no scenario gives %s", code)
		}
	}
}

// TestCurated holds testdata/curated.txt against the goldens: the codes of those that give warnings. All others are free of
// them, in particular what a server does right.
func TestCurated(t *testing.T) {
	const list = "testdata/curated.txt"
	var b strings.Builder
	err := filepath.WalkDir("../testdata", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) != ".txtar" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var codes []string
		for _, w := range warnings(t, path, data) {
			if !slices.Contains(codes, string(w.Code)) {
				codes = append(codes, string(w.Code))
			}
		}
		if name, _ := filepath.Rel("../testdata", path); len(codes) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", strings.TrimSuffix(filepath.ToSlash(name), ".txtar"), strings.Join(codes, " "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(list, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
