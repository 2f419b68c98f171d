package message_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/message"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// printed is what a browser prints of a request that it blocks.
type printed struct {
	name  string
	code  engine.Code
	lines []string
	// exception is what script sees; empty where it sees an event.
	exception string
}

// blocked returns what the browsers print of a scenario's requests that they block. The lines of a request that is not blocked
// are left out, and so are scenarios of several steps, whose lines cannot be told apart here.
func blocked(t *testing.T, name string, s *scenario.Scenario) []printed {
	t.Helper()
	var all []printed
	for _, browser := range personality.Browsers() {
		run, err := scenario.Evaluate(s, browser, scenario.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range run.Results {
			if r.Block == nil {
				continue
			}
			p := printed{name: name + " in " + browser.Name, code: r.Block.Code}
			for _, l := range browser.Console(run.Page, run.Inits[i], r) {
				p.lines = append(p.lines, l.Text)
			}
			if e := browser.Exception(run.Page, run.Inits[i], r); e != "error event" && e != "no event" {
				p.exception = e
			}
			all = append(all, p)
		}
	}
	return all
}

var cached []printed

// corpora returns what is blocked of all goldens in the text form, and of every so many of the recorded scenarios.
func corpora(t *testing.T) []printed {
	t.Helper()
	if cached != nil {
		return cached
	}
	var all []printed
	err := filepath.WalkDir("../testdata", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".txtar" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, err := scenario.ParseText(data)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, blocked(t, path, text.Scenario)...)
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d blocked requests in the goldens, %v", len(all), err)
	}
	const every = 11
	for _, corpus := range []string{"train", "matrix", "edges", "values", "odd", "lab-3001", "lab-3002"} {
		n := 0
		for line := range recorded.Lines(t, "../testdata/recorded/"+corpus+".ndjson.gz") {
			if n++; n%every != 0 {
				continue
			}
			s, err := scenario.Decode(line)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, blocked(t, corpus+" "+s.ID, s)...)
		}
	}
	cached = all
	return all
}

var noURL = regexp.MustCompile(`\S*:\S*|\s`)

// check recognises one line, which must stand for the code, or for nothing that contradicts it.
func check(t *testing.T, p *printed, text string) {
	t.Helper()
	messages, err := message.Recognise(text)
	if err != nil && len(noURL.ReplaceAllString(text, "")) < 20 {
		return // too little is left for anybody to tell what it was
	}
	if err != nil {
		t.Errorf("%s: %v\n%q", p.name, err, text)
		return
	}
	for _, m := range messages {
		echo := m.Topic == message.TopicNoAnswer && len(p.lines) > 1 // Firefox says it after what was wrong
		if !echo && len(m.Codes) > 0 && !slices.Contains(m.Codes, p.code) {
			t.Errorf("%s: blocked with %s, and recognised as %v\n%q", p.name, p.code, m.Codes, text)
		}
	}
}

// TestRecogniseAllThatIsPrinted holds what is recognised against what the personalities print, which is what browsers do.
func TestRecogniseAllThatIsPrinted(t *testing.T) {
	all := corpora(t)
	lines := 0
	seen := map[string]bool{}
	for i := range all {
		p := &all[i]
		for _, line := range p.lines {
			if key := string(p.code) + line; seen[key] {
				continue
			} else {
				seen[key] = true
			}
			lines++
			check(t, p, line)
			check(t, p, "app.js:1:23 "+mangled(line, i))
			check(t, p, cutEnd(line))
			check(t, p, cutStart(line))
		}
		if p.exception != "" {
			check(t, p, "Uncaught (in promise) "+p.exception)
		}
	}
	t.Logf("%d blocked requests, %d different lines", len(all), lines)
}

// mangled changes the quotes of a line in one of the ways in which they get changed.
func mangled(line string, way int) string {
	switch way % 6 {
	case 0:
		return strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`).Replace(line)
	case 1:
		return strings.NewReplacer("'", "’", `"`, "”").Replace(line)
	case 2:
		return strings.NewReplacer("'", "&#39;", `"`, "&quot;", "‘", "&lsquo;", "’", "&rsquo;").Replace(line)
	case 3:
		return strings.NewReplacer("‘", "â€˜", "’", "â€™", "“", "â€œ", "”", "â€\u009d", "'", "`").Replace(line)
	case 4:
		return strings.NewReplacer("'", "", `"`, "", "‘", "", "’", "").Replace(line)
	}
	return "> \x1b[31m" + strings.ReplaceAll(line, " ", "  ") + "\x1b[0m"
}

// cutEnd and cutStart leave the first and the last three quarters of a line.
func cutEnd(line string) string {
	r := []rune(line)
	return string(r[:len(r)*3/4])
}

func cutStart(line string) string {
	own, value, found := strings.Cut(line, " invalid value: ") // of the server's, as long as it likes
	r := []rune(own)
	rest := string(r[len(r)/4:])
	if found {
		rest += " invalid value: " + value
	}
	return rest
}

// TestRecogniseConsoles recognises all that was printed of a request at once: together it names the rule, where browsers print
// anything that does, and nothing in it contradicts.
func TestRecogniseConsoles(t *testing.T) {
	silent := 0
	for _, p := range corpora(t) {
		if len(p.lines) == 0 {
			continue
		}
		messages, err := message.Recognise(strings.Join(p.lines, "\n") + "\nUncaught (in promise) " + p.exception)
		if err != nil {
			t.Errorf("%s: %v\n%q", p.name, err, p.lines)
			continue
		}
		named, told := false, false
		for _, m := range messages {
			named = named || slices.Contains(m.Codes, p.code)
			told = told || len(m.Codes) > 0
		}
		if !told {
			silent++
		}
		m, _ := message.Named(string(p.code))
		mustName := told || m.Explain().IsCORS && p.code != engine.CodeSchemeNotHTTP // which Firefox refuses without a word, at times
		if mustName && !named {
			t.Errorf("%s: blocked with %s, and recognised as %+v\n%q", p.name, p.code, messages, p.lines)
		}
	}
	t.Logf("%d consoles say nothing of the rule", silent)
}

// TestRecogniseRecordings recognises what real browsers printed, as it was recorded: in Chromium, what its DevTools say of the same
// failure is among the rules.
func TestRecogniseRecordings(t *testing.T) {
	named := 0
	for line := range recorded.Lines(t, "../testdata/recorded/train.chromium.ndjson.gz") {
		r, err := recorded.ParseRecording(line)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, e := range r.Console {
			lines = append(lines, e.Text)
		}
		for _, e := range r.Console {
			if e.CORS == nil {
				continue
			}
			named++
			want, ok := message.Named(e.CORS.CORSError)
			messages, err := message.Recognise(strings.Join(lines, "\n"))
			found := slices.ContainsFunc(messages, func(m message.Message) bool { return slices.Contains(m.Codes, want.Codes[0]) })
			if !ok || err != nil || !found {
				t.Errorf("%s: %s is not in %+v, %v", r.ID, e.CORS.CORSError, messages, err)
			}
		}
	}
	if named == 0 {
		t.Error("the recording has no CORS errors")
	}
}
