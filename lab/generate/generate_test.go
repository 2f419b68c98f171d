package generate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/scenario"
)

// many is how many scenarios tests look at.
const many = 20000

func newGenerator(t testing.TB, seed uint64, o Options) *Generator {
	t.Helper()
	g, err := New(seed, o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func encode(t testing.TB, s scenario.Scenario) string {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestScenariosAreValid holds scenarios against what Validate and Decode take, and what the lab relies on.
func TestScenariosAreValid(t *testing.T) {
	g := newGenerator(t, 1, Options{Prefix: "v"})
	for i := range many {
		s := g.Next()
		if want := fmt.Sprintf("v%d", i); s.ID != want {
			t.Fatalf("the id of scenario %d is %q, want %q", i, s.ID, want)
		}
		if err := s.Validate(); err != nil {
			t.Fatalf("%s: %v\n%s", s.ID, err, encode(t, s))
		}
		data := encode(t, s)
		again, err := scenario.Decode([]byte(data))
		if err != nil {
			t.Fatalf("%s: %v\n%s", s.ID, err, data)
		}
		if got := encode(t, *again); got != data {
			t.Fatalf("%s is\n%s once it is decoded, want\n%s", s.ID, got, data)
		}
		isolated(t, s)
	}
}

// isolated checks that a scenario leaves nothing to others: its URLs are its own, and so are the paths of its cookies.
func isolated(t *testing.T, s scenario.Scenario) {
	t.Helper()
	folder := "/s/" + s.ID + "/"
	below := regexp.MustCompile("(?i)^/s/" + s.ID + "([^0-9]|$)")
	for url := range s.Server {
		if !strings.Contains(url, "/s/") {
			t.Errorf("%s answers at %s, want a URL of a scenario", s.ID, url)
		}
	}
	for url := range s.Cookies {
		if !strings.HasSuffix(url, folder+"visit") {
			t.Errorf("%s sets cookies at %s, want a URL of its own", s.ID, url)
		}
	}
	check := func(setCookie string, removed bool) {
		for _, a := range strings.Split(setCookie, ";")[1:] {
			name, path, _ := strings.Cut(a, "=")
			path = strings.Trim(path, " \t")
			if !strings.EqualFold(strings.Trim(name, " \t"), "path") || !strings.HasPrefix(path, "/") {
				continue // the default path is the folder of the scenario
			}
			if !below.MatchString(path) && !(path == "/" && removed) {
				t.Errorf("%s sets the cookie %q, want a path below %s", s.ID, setCookie, folder)
			}
		}
	}
	for _, list := range s.Cookies {
		for _, c := range list {
			check(c, false)
		}
	}
	last := ""
	if n := len(s.Steps); n > 0 {
		last = *s.Steps[n-1].URL
	}
	for _, e := range s.Server {
		for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
			if a == nil {
				continue
			}
			for _, h := range a.Headers {
				if strings.EqualFold(h[0], "set-cookie") {
					check(h[1], strings.HasSuffix(last, folder+"end"))
				}
			}
		}
	}
}

// TestScenariosDependOnSeedAndNumber checks that neither the order of calls nor the kinds that are asked for matter.
func TestScenariosDependOnSeedAndNumber(t *testing.T) {
	const n = 3000
	g := newGenerator(t, 42, Options{})
	want := make(map[string]string, n)
	for range n {
		s := g.Next()
		want[s.ID] = encode(t, s)
	}
	again := newGenerator(t, 42, Options{})
	for i := n - 1; i >= 0; i -= 7 {
		if s := again.At(uint64(i)); encode(t, s) != want[s.ID] {
			t.Fatalf("At(%d) is %s, want %s", i, encode(t, s), want[s.ID])
		}
	}
	only := newGenerator(t, 42, Options{Only: []string{"cookies", "redirect/chain"}})
	for range 200 {
		s := only.Next()
		if s.Kind != "redirect/chain" && !strings.HasPrefix(s.Kind, "cookies/") {
			t.Fatalf("%s is of the kind %s, which was not asked for", s.ID, s.Kind)
		}
		if encode(t, s) != want[s.ID] {
			t.Fatalf("%s differs where only some kinds are asked for", s.ID)
		}
	}
	other := newGenerator(t, 43, Options{})
	same := 0
	for i := range 200 {
		if s := other.At(uint64(i)); encode(t, s) == want[s.ID] {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d of 200 scenarios are the same under another seed", same)
	}
}

// TestGolden pins what a seed gives. Where the grammar is changed on purpose, the new hash goes here; recordings that were
// made of generated scenarios keep theirs, since they hold the scenarios.
func TestGolden(t *testing.T) {
	const want = "99b0228e8c46520cab0b6accdbe4ed1bedb53cb693d8ae664660ceab610ac590"
	g := newGenerator(t, 1, Options{})
	h := sha256.New()
	for range 200 {
		fmt.Fprintln(h, encode(t, g.Next()))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the first 200 scenarios of seed 1 have the hash %s, want %s", got, want)
	}
}

func TestOptions(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"a kind":                 {Options{Only: []string{"simple"}}, ""},
		"a group":                {Options{Only: []string{"cookies"}}, ""},
		"a kind with a slip":     {Options{Only: []string{"prefligth"}}, `did you mean "preflight"?`},
		"half of a name":         {Options{Only: []string{"cook"}}, "no kind is named"},
		"no kind at all":         {Options{Only: []string{"zzzzzz"}}, "want one of simple, preflight"},
		"empty kind":             {Options{Only: []string{""}}, "no kind is named"},
		"a prefix":               {Options{Prefix: "A1"}, ""},
		"a prefix with a slash":  {Options{Prefix: "a/b"}, "letters and digits"},
		"a prefix that is long":  {Options{Prefix: strings.Repeat("a", 33)}, "up to 32"},
		"a prefix with a letter": {Options{Prefix: "é"}, "letters and digits"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(1, test.options)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// TestKinds checks that kinds come up as often as they should. With -v it prints how often that is.
func TestKinds(t *testing.T) {
	g := newGenerator(t, 7, Options{})
	counts := map[string]int{}
	for range many {
		s := g.Next()
		counts[s.Kind]++
	}
	sum := 0.0
	var table strings.Builder
	for _, k := range Kinds() {
		sum += k.Share
		expected := k.Share * many
		if off := math.Abs(float64(counts[k.Name]) - expected); off > 5*math.Sqrt(expected) {
			t.Errorf("%d scenarios of %d are of the kind %s, want about %.0f", counts[k.Name], many, k.Name, expected)
		}
		if k.About == "" || strings.ContainsAny(k.About, "\n") {
			t.Errorf("%s says of itself %q, want a line", k.Name, k.About)
		}
		fmt.Fprintf(&table, "%-18s %5d  %4.1f%%  %s\n", k.Name, counts[k.Name], 100*k.Share, k.About)
		delete(counts, k.Name)
	}
	if len(counts) > 0 || math.Abs(sum-1) > 1e-9 {
		t.Errorf("kinds that Kinds leaves out: %v; the sum of the shares of the others: %v", counts, sum)
	}
	t.Logf("kinds of %d scenarios:\n%s", many, table.String())
}

// TestFeatures checks that what the kinds have in common, such as HTTP/2, is there in plenty.
func TestFeatures(t *testing.T) {
	g := newGenerator(t, 3, Options{})
	counts := map[string]int{}
	for range many {
		features(g.Next(), counts)
	}
	for _, test := range []struct {
		feature string
		least   int
	}{
		{"http2", 1000}, {"cookies", 1500}, {"worker", 900}, {"coep require-corp", 500}, {"coep credentialless", 350}, {"sandbox", 600}, {"opaque", 700}, {"stream over http2", 500}, {"stream over http/1.1", 50},
		{"steps", 2000}, {"wait", 100}, {"NUL", 100}, {"control", 500}, {"obs-text", 800}, {"drop", 200},
		{"api fetch", 9000}, {"api xhr", 2000}, {"api script", 300}, {"api module", 300}, {"api img", 300}, {"api stylesheet", 300}, {"api font", 300}, {"api eventsource", 700}, {"api preload", 700}, {"api video", 400}, {"api audio", 400},
		{"as fetch", 80}, {"as script", 80}, {"as style", 80}, {"as image", 80}, {"as font", 80}, {"as track", 80}, {"as absent", 5},
	} {
		if counts[test.feature] < test.least {
			t.Errorf("%d scenarios of %d have %s, want %d at least", counts[test.feature], many, test.feature, test.least)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-22s %5d", name, counts[name])
	}
}

// features counts what a scenario has, each once.
func features(s scenario.Scenario, counts map[string]int) {
	has := map[string]bool{
		"http2": s.HTTP2, "cookies": len(s.Cookies) > 0, "worker": s.Client.Worker != "", "coep " + s.Client.COEP: s.Client.COEP != "", "sandbox": s.Client.Sandbox, "opaque": s.Client.Opaque,
		"steps": len(s.Steps) > 0, "origin " + s.Client.Origin: true,
	}
	requests := s.Steps
	if s.Request != nil {
		requests = []scenario.Request{*s.Request}
	}
	for _, q := range requests {
		has["api "+q.API] = true
		has["wait"] = has["wait"] || q.Wait > 0
		if q.BodyKind == "stream" {
			has[map[bool]string{true: "stream over http2", false: "stream over http/1.1"}[s.HTTP2]] = true
		}
		if q.API == "preload" {
			as := "absent"
			if q.As != nil {
				as = *q.As
			}
			has["as "+as] = true
		}
	}
	for _, e := range s.Server {
		for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
			if a == nil {
				continue
			}
			has["drop"] = has["drop"] || a.Drop
			for _, h := range a.Headers {
				for _, r := range h[1] {
					has["NUL"] = has["NUL"] || r == 0
					has["control"] = has["control"] || 0 < r && r < ' ' && r != '\t'
					has["obs-text"] = has["obs-text"] || r >= 0x80
				}
			}
		}
	}
	for name, yes := range has {
		if yes {
			counts[name]++
		}
	}
}

// TestEveryAlternativeIsReached checks of each choice in the grammar that all its alternatives are made.
func TestEveryAlternativeIsReached(t *testing.T) {
	type place struct {
		file string
		line int
	}
	reached := map[place]map[[2]int]bool{}
	// placeOf returns the first line of a stack that is not one of chance.go.
	places := map[[4]uintptr]place{}
	placeOf := func(stack [4]uintptr) place {
		p, ok := places[stack]
		for frames := runtime.CallersFrames(stack[:]); !ok; {
			f, more := frames.Next()
			p = place{filepath.Base(f.File), f.Line}
			ok = p.file != "chance.go" || !more
		}
		places[stack] = p
		return p
	}
	g := newGenerator(t, 11, Options{})
	for i := range uint64(2 * many) {
		d := g.draft(i, func(i, n int) {
			var stack [4]uintptr
			runtime.Callers(3, stack[:])
			p := placeOf(stack)
			if reached[p] == nil {
				reached[p] = map[[2]int]bool{}
			}
			reached[p][[2]int{i, n}] = true
		})
		d.write(d.kind())
	}
	for p, seen := range reached {
		size := map[int]int{}
		for k := range seen {
			size[k[1]]++
		}
		for n, count := range size {
			if count < n {
				var missing []int
				for i := range n {
					if !seen[[2]int{i, n}] {
						missing = append(missing, i)
					}
				}
				t.Errorf("%s:%d: of %d alternatives, those that were never chosen are %v, from 0", p.file, p.line, n, missing)
			}
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "chance.go" {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isChoice(call) {
				return true
			}
			first, last := set.Position(call.Pos()).Line, set.Position(call.End()).Line
			for l := first; l <= last; l++ {
				if reached[place{name, l}] != nil {
					return true
				}
			}
			t.Errorf("%s:%d: this choice is never made", name, first)
			return true
		})
	}
}

// isChoice reports whether a call chooses between alternatives.
func isChoice(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "pick" || f.Name == "choose"
	case *ast.SelectorExpr:
		return f.Sel.Name == "percent"
	}
	return false
}

// TestMedia checks that the bodies that browsers should decode are what they say, and have no byte that UTF-8 would change.
func TestMedia(t *testing.T) {
	little := func(s string, at, size int) (n int) {
		for i := size - 1; i >= 0; i-- {
			n = n<<8 | int(s[at+i])
		}
		return n
	}
	for name, test := range map[string]struct {
		body      string
		at, size  int
		want      int
		fieldName string
	}{
		"wav":        {wav, 4, 4, len(wav) - 8, "size"},
		"wav data":   {wav, 40, 4, len(wav) - 44, "size of the samples"},
		"wav rate":   {wav, 24, 4, 8000, "rate"},
		"bmp":        {bmp, 2, 4, len(bmp), "size"},
		"bmp pixels": {bmp, 10, 4, len(bmp) - 4, "place of the pixels"},
		"bmp header": {bmp, 14, 4, 40, "size of the header"},
		"bmp bits":   {bmp, 28, 2, 24, "bits"},
		"gif width":  {gif, 6, 2, 1, "width"},
	} {
		if got := little(test.body, test.at, test.size); got != test.want {
			t.Errorf("%s: the %s is %d, want %d", name, test.fieldName, got, test.want)
		}
		for i := range len(test.body) {
			if test.body[i] >= 0x80 {
				t.Errorf("%s: byte %d is %#x, want less than 0x80", name, i, test.body[i])
			}
		}
	}
}

// TestChance checks the weights of choose, and that below stays below.
func TestChance(t *testing.T) {
	d := newGenerator(t, 5, Options{}).draft(0, nil)
	counts := map[string]int{}
	const n = 100000
	for range n {
		counts[choose(d, of(75, "a"), of(25, "b", "c"))]++
		if i := d.below(3); i < 0 || i > 2 {
			t.Fatalf("below(3) is %d", i)
		}
	}
	for value, share := range map[string]float64{"a": 0.75, "b": 0.125, "c": 0.125} {
		if got := float64(counts[value]) / n; math.Abs(got-share) > 0.01 {
			t.Errorf("%s is chosen %.3f of the time, want %.3f", value, got, share)
		}
	}
	all := some(d, 9, 1, 2, 3, 4)
	slices.Sort(all)
	if !reflect.DeepEqual(all, []int{1, 2, 3, 4}) {
		t.Errorf("some of all is %v", all)
	}
}

func BenchmarkNext(b *testing.B) {
	g := newGenerator(b, 1, Options{})
	for b.Loop() {
		g.Next()
	}
}
