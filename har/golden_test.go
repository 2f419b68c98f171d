package har

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsim/corsim/personality"
)

var update = flag.Bool("update", false, "write what comes of the HARs into their goldens")

// hars returns the HARs in testdata.
func hars(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.har")
	if err != nil || len(names) == 0 {
		t.Fatalf("no HARs in testdata: %v", err)
	}
	return append(names, "testdata/playwright.zip")
}

// findings judges a HAR, to its end or to an error.
func findings(j *Judge) ([]*Finding, []error, error) { return drain(j.Next) }

// drain takes all that next returns, to the end or to an error that is not of one entry.
func drain[T any](next func() (*T, error)) (list []*T, broken []error, err error) {
	for {
		item, err := next()
		var one *EntryError
		switch {
		case errors.As(err, &one):
			broken = append(broken, err)
		case err == io.EOF:
			return list, broken, nil
		case err != nil:
			return list, broken, err
		default:
			list = append(list, item)
		}
	}
}

func judgeFile(t testing.TB, name string) (*Judge, []*Finding) {
	t.Helper()
	f, err := Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	j := NewJudge(f.Reader, personality.Browsers())
	list, broken, err := findings(j)
	if err != nil || len(broken) > 0 {
		t.Fatalf("%s: %v, %v", name, broken, err)
	}
	return j, list
}

// render puts findings into a form to compare.
func render(j *Judge, list []*Finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%d %s %s\n", f.Entry, f.Method, f.URL)
		for _, e := range f.Evidence {
			mark := "is"
			if e.Assumed {
				mark = "may be"
			}
			fmt.Fprintf(&b, "  %s %s %s, from %s\n", e.Name, mark, e.Value, e.From)
		}
		if f.Preflight != 0 || f.Redirects != nil {
			fmt.Fprintf(&b, "  preflight %d, redirects %v\n", f.Preflight, f.Redirects)
		}
		if f.Observed != nil {
			fmt.Fprintf(&b, "  observed: %s %s, by %s\n", f.Observed.Browser, f.Observed.Outcome, f.Observed.By)
		}
		for _, v := range f.Verdicts {
			fmt.Fprintf(&b, "  %s: %s", v.Browser, strings.TrimSuffix(fmt.Sprint(v.Outcome, " ", v.Grade, " ", v.Code), " "))
			if v.Agrees != nil {
				fmt.Fprintf(&b, " agrees=%v", *v.Agrees)
			}
			if v.Outcome == string(Unknown) {
				fmt.Fprintf(&b, ": %s", v.Why)
			}
			b.WriteString("\n")
			for _, a := range v.Assumed {
				fmt.Fprintf(&b, "    if %s\n", a)
			}
		}
	}
	s := j.Summary
	fmt.Fprintf(&b, "entries %d, preflights %d, redirected %d, same-origin %d, skipped %v, judged %d, blocked %d, disagreements %d\n",
		s.Entries, s.Preflights, s.Redirected, s.SameOrigin, s.Skipped, s.Judged, s.Blocked, s.Disagreements)
	return b.String()
}

func TestGoldens(t *testing.T) {
	for _, name := range hars(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			j, list := judgeFile(t, name)
			got := render(j, list)
			golden := name + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRecordedBrowsersAgree holds that browsers did what is said of them, wherever their HAR tells.
func TestRecordedBrowsersAgree(t *testing.T) {
	for _, name := range []string{"chromium.har", "chromium-sanitized.har", "chromium-more.har", "firefox.har", "playwright.har", "playwright.zip", "webkit.har"} {
		_, list := judgeFile(t, "testdata/"+name)
		told := 0
		for _, f := range list {
			if f.Disagrees() {
				t.Errorf("%s: entry %d: %s was %s, and is judged to be otherwise", name, f.Entry, f.URL, f.Observed.Outcome)
			}
			for _, v := range f.Verdicts {
				if v.Agrees != nil {
					told++
				}
			}
		}
		if told == 0 {
			t.Errorf("%s tells of no request what the browser did", name)
		}
	}
}

// TestRecordersAgree holds that HARs of one session of one page give the same verdicts, whatever made them, wherever there is a
// verdict.
func TestRecordersAgree(t *testing.T) {
	type key struct{ method, url, browser string }
	first := map[key]string{}
	compared := 0
	for _, name := range []string{"chromium.har", "chromium-sanitized.har", "firefox.har", "playwright.har", "webkit.har"} {
		_, list := judgeFile(t, "testdata/"+name)
		for _, f := range list {
			for _, v := range f.Verdicts {
				k := key{f.Method, f.URL, v.Browser}
				got := v.Outcome + " " + string(v.Code)
				if v.Outcome == string(Unknown) {
					continue
				}
				if want := first[k]; want != "" {
					compared++
					if got != want {
						t.Errorf("%s: %v is %s, and was %s in another HAR", name, k, got, want)
					}
				}
				first[k] = got
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d verdicts could be compared", compared)
	}
}
