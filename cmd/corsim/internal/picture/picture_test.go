package picture_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/corsim/corsim/cmd/corsim/internal/cells"
	"github.com/corsim/corsim/cmd/corsim/internal/picture"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

var update = flag.Bool("update", false, "write the pictures into the files that have them")

// sections are the pictures that each file in testdata has, by the names of their sections.
var sections = map[string]picture.Options{
	"40": {Width: 40}, "80": {Width: 80}, "120": {Width: 120}, "80 ascii": {Width: 80, ASCII: true}, "60 colour": {Width: 60, Colour: true},
}

// TestPictures compares the pictures of the scenarios in testdata, in Chromium, with those in their sections.
func TestPictures(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("there is no file")
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			first := len(archive.Files) - len(sections)
			run := evaluate(t, path, txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: archive.Files[:first]}))
			for i := range archive.Files[first:] {
				want := &archive.Files[first+i]
				opt, ok := sections[want.Name]
				if !ok {
					t.Fatalf("there is a section %q", want.Name)
				}
				got := picture.Draw(run.Page, run.Inits[0], run.Results[0], opt)
				checkWidth(t, got, opt)
				got = strings.ReplaceAll(got, "\x1b", "ESC")
				if *update {
					want.Data = []byte(got)
				}
				if got != string(want.Data) {
					t.Errorf("%s: got\n%s\nwant\n%s", want.Name, got, want.Data)
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func evaluate(t *testing.T, name string, data []byte) *scenario.Run {
	g, err := scenario.ParseGolden(name, data)
	if err != nil {
		t.Fatal(err)
	}
	run, err := g.Run(personality.Chromium156)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// checkWidth checks that no line is wider than it may be, and that all end at the server's.
func checkWidth(t *testing.T, drawn string, opt picture.Options) {
	for line := range strings.Lines(drawn) {
		line = strings.TrimSuffix(line, "\n")
		if opt.ASCII && strings.IndexFunc(line, func(r rune) bool { return r > 0x7F }) >= 0 {
			t.Errorf("not ASCII: %q", line)
		}
		if !opt.Colour && cells.Width(line) != opt.Width {
			t.Errorf("a line of %d cells, want %d: %s", cells.Width(line), opt.Width, strconv.Quote(line))
		}
	}
}

// TestGoldens draws what the browsers do in all goldens, narrower than any terminal is.
func TestGoldens(t *testing.T) {
	files, _ := filepath.Glob("../../../../testdata/*/*.txtar")
	if len(files) == 0 {
		t.Fatal("there is no golden")
	}
	for _, path := range files {
		g, err := scenario.ReadGolden(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range personality.All() {
			run, err := g.Run(p)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range run.Results {
				opt := picture.Options{Width: picture.MinWidth, ASCII: true}
				drawn := picture.Draw(run.Page, run.Inits[i], r, opt)
				checkWidth(t, drawn, opt)
				opt.Width = 1
				if blocked := strings.Contains(drawn, "x blocked"); blocked != (r.Block != nil) || picture.Draw(run.Page, run.Inits[i], r, opt) != drawn {
					t.Errorf("%s in %s:\n%s", path, p.Name, drawn)
				}
			}
		}
	}
}
