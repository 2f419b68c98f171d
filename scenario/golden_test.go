package scenario_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/scenario"
)

var update = flag.Bool("update", false, "write what comes of each golden into its sections")

const goldens = "../testdata"

// goldenFiles returns the paths of the goldens in one of the forms.
func goldenFiles(t *testing.T, ext string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(goldens, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ext {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens in %s (%v)", goldens, err)
	}
	return files
}

// goldenTexts returns the goldens in the text form, by path.
func goldenTexts(t *testing.T) map[string]*scenario.Text {
	t.Helper()
	texts := map[string]*scenario.Text{}
	for _, path := range goldenFiles(t, ".txtar") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if texts[path], err = scenario.ParseText(data); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return texts
}

func TestGoldens(t *testing.T) {
	for _, path := range slices.Concat(goldenFiles(t, ".txtar"), goldenFiles(t, ".json")) {
		name, _ := filepath.Rel(goldens, path)
		t.Run(strings.TrimSuffix(filepath.ToSlash(name), filepath.Ext(name)), func(t *testing.T) {
			t.Parallel()
			g, err := scenario.ReadGolden(path)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				data, err := g.Update(nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, data, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			bad, _, err := g.Check(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range bad {
				t.Error(b.Diff)
			}
		})
	}
}

// Every golden says why it is there, and what all browsers and the standard make of it.
func TestGoldensAreComplete(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+\.txtar$`)
	titles := map[string]string{}
	for path, text := range goldenTexts(t) {
		if rel, _ := filepath.Rel(goldens, path); !name.MatchString(filepath.ToSlash(rel)) {
			t.Errorf("%s: want the name TOPIC/what-it-is-about.txtar", path)
		}
		title, why, _ := strings.Cut(text.Comment, "\n")
		if !strings.HasSuffix(title, ".") || len(title) > 100 {
			t.Errorf("%s: the first line is %q; want a title of one sentence", path, title)
		}
		if other := titles[title]; other != "" {
			t.Errorf("%s: has the title of %s", path, other)
		}
		titles[title] = path
		if strings.TrimSpace(why) == "" {
			t.Errorf("%s: there is no reason below the title", path)
		}
		for _, section := range []string{"chromium", "firefox", "webkit", "spec"} {
			if !slices.ContainsFunc(text.Sections, func(s scenario.Section) bool { return s.Name == section }) {
				t.Errorf("%s: there is no section %s", path, section)
			}
		}
	}
}

func TestGoldensCoverCodes(t *testing.T) {
	seen := map[engine.Code]bool{}
	for _, text := range goldenTexts(t) {
		for _, s := range text.Sections {
			for line := range strings.Lines(s.Data) {
				if code, ok := strings.CutPrefix(strings.TrimSpace(line), "blocked: "); ok {
					seen[engine.Code(code)] = true
				}
			}
		}
	}
	for _, c := range engine.Codes() {
		if !seen[c] {
			t.Errorf("no golden is blocked with the code %s", c)
		}
		delete(seen, c)
	}
	for _, c := range slices.Sorted(maps.Keys(seen)) {
		t.Errorf("goldens are blocked with %s, which is no code", c)
	}
}

// Every quirk is named in a line "Quirk: …" of the golden that shows it: in its comment, or in the note of one in JSON.
func TestGoldensCoverQuirks(t *testing.T) {
	reasons := map[string]string{}
	for path, text := range goldenTexts(t) {
		reasons[path] = text.Comment
	}
	for _, path := range goldenFiles(t, ".json") {
		g, err := scenario.ReadGolden(path)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		if err := json.Unmarshal(g.Scenario.Note, &lines); err != nil {
			t.Errorf("%s: the note is no list of lines: %v", path, err)
		}
		reasons[path] = strings.Join(lines, "\n")
	}
	named := map[string]string{}
	for path, reason := range reasons {
		for line := range strings.Lines(reason) {
			list, ok := strings.CutPrefix(strings.TrimSpace(line), "Quirk: ")
			for name := range strings.SplitSeq(list, ", ") {
				if ok {
					named[name] = path
				}
			}
		}
	}
	for _, v := range []any{engine.Quirks{}, engine.CacheQuirks{}, fetchspec.Safelist{}, cookie.Policy{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			if f.IsExported() && f.Name != "Cache" && named[f.Name] == "" {
				t.Errorf("no golden names the quirk %s of %T", f.Name, v)
			}
			delete(named, f.Name)
		}
	}
	for name, path := range named {
		t.Errorf("%s: there is no quirk %s", path, name)
	}
}
