package shrink

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

func decode(t testing.TB, data string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(data))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return s
}

func marshal(s *scenario.Scenario) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// verdicts returns what of a simulated verdict a difference would be in: codes, exceptions, methods and header names.
func verdicts(s *scenario.Scenario, p *personality.Personality) (string, error) {
	run, err := scenario.Evaluate(s, p, scenario.Options{})
	if err != nil {
		return "", err
	}
	v := run.Verdict(s.ID)
	var b strings.Builder
	for _, r := range v.Results {
		fmt.Fprintf(&b, "%s %s\n", r.Outcome, r.Code)
	}
	for _, q := range v.Requests {
		fmt.Fprintln(&b, q.Method)
	}
	return b.String(), nil
}

// TestShrink makes scenarios smaller that stay blocked with a code in one browser, which stands for a difference.
func TestShrink(t *testing.T) {
	for _, tc := range []struct{ name, scenario, browser, code, want string }{
		{
			"all that a header that is not allowed needs",
			`{"id": "v0", "kind": "k", "note": ["n"], "client": {"origin": "https://app.example.com:8443"}, "http2": true,
			"steps": [{"url": "https://api.example.com/s/v0/long/path?q#f"}, {"url": "https://other.example.org:8443/s/v0/a?x=1", "method": "PATCH",
				"headers": [["X-Foo", "bar"], ["Range", "bytes=0-5"]], "credentials": "include", "wait": 500}],
			"cookies": {"https://api.example.com/": ["a=b", "c=d"]},
			"server": {"https://api.example.com/s/v0/long/path?q": {"response": {"status": 200}},
				"https://other.example.org:8443/s/v0/a?x=1": {
				"preflight": {"status": 204, "headers": [["Access-Control-Allow-Origin", "https://app.example.com:8443"], ["Access-Control-Allow-Credentials", "true"],
					["Access-Control-Allow-Methods", "GET, PATCH"], ["Access-Control-Allow-Headers", "range, content-type"]]},
				"response": {"status": 404, "headers": [["Content-Type", "text/html; charset=utf-8"]], "body": "<p>"}}}}`,
			"chromium", "header-not-allowed",
			`{"id":"v0","client":{"origin":"https://app.example.com"},"request":{"url":"https://api.example.com/s/v0/","headers":[["A",""]]},"server":{"https://api.example.com/s/v0/":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}}}}`,
		},
		{
			"a chain of redirects",
			`{"id": "v0", "client": {"origin": "https://app.example.com"}, "request": {"url": "https://app.example.com/s/v0/a", "api": "xhr"},
			"server": {"https://app.example.com/s/v0/a": {"response": {"status": 307, "headers": [["Location", "https://app.example.com/s/v0/b"]]}},
				"https://app.example.com/s/v0/b": {"response": {"status": 302, "headers": [["Location", "https://other.example.org/s/v0/c#x"]]}},
				"https://other.example.org/s/v0/c": {"response": {"status": 302, "headers": [["Access-Control-Allow-Origin", "*"], ["Location", "https://api.example.com/s/v0/d"]]}},
				"https://api.example.com/s/v0/d": {"response": {"status": 200, "headers": [["Access-Control-Allow-Origin", "https://app.example.com"]]}}}}`,
			"chromium", "allow-origin-mismatch",
			`{"id":"v0","client":{"origin":"https://app.example.com"},"request":{"url":"https://api.example.com/s/v0/"},"server":{"https://api.example.com/s/v0/":{"response":{"status":301,"headers":[["Access-Control-Allow-Origin","*"],["Location","https://app.example.com/s/v0/"]]}},"https://app.example.com/s/v0/":{"response":{"status":200,"headers":[["Access-Control-Allow-Origin","https://app.example.com"]]}}}}`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := personality.ByName(tc.browser)
			if err != nil {
				t.Fatal(err)
			}
			got, stats, err := Shrink(decode(t, tc.scenario), Each(func(s *scenario.Scenario) (bool, error) {
				v, err := verdicts(s, p)
				return strings.Contains(v, " "+tc.code+"\n"), err
			}), Options{Budget: 5000})
			if err != nil {
				t.Fatal(err)
			}
			if g := marshal(got); g != tc.want {
				t.Errorf("%s\nwant\n%s\n%+v", g, tc.want, stats)
			}
			t.Logf("%+v", stats)
		})
	}
}

func TestShrinkRefuses(t *testing.T) {
	same := func([]*scenario.Scenario) ([]bool, error) { return []bool{false}, nil }
	const valid = `{"id": "a", "client": {"origin": "https://app.example.com"}, "request": {"url": "/"}}`
	for _, tc := range []struct {
		name, scenario string
		differs        Differs
		options        Options
		want           string
	}{
		{"no budget", valid, same, Options{}, "the budget is 0 questions; want 1 at least"},
		{"a negative batch", valid, same, Options{Budget: 1, Batch: -1}, "the batch is -1; want 1 at least"},
		{"no id", strings.Replace(valid, `"a"`, `""`, 1), same, Options{Budget: 1}, `the id is ""; want letters, digits, dashes, underscores and, but for the first, dots, since it stands in URLs`},
		{"an id that cannot stand in a URL", strings.Replace(valid, `"a"`, `"a/b"`, 1), same, Options{Budget: 1}, `the id is "a/b"; want letters, digits, dashes, underscores and, but for the first, dots, since it stands in URLs`},
		{"no difference", valid, same, Options{Budget: 1}, `scenario "a": the scenario does not differ, so there is nothing to make smaller`},
		{"an answer too few", valid, func([]*scenario.Scenario) ([]bool, error) { return nil, nil }, Options{Budget: 1}, "0 answers came to 1 questions"},
		{"a failure", valid, Each(func(*scenario.Scenario) (bool, error) { return true, errors.New("the browser is gone") }), Options{Budget: 1}, "the browser is gone"},
	} {
		if _, _, err := Shrink(decode(t, tc.scenario), tc.differs, tc.options); err == nil || err.Error() != tc.want {
			t.Errorf("%s: error %v, want %s", tc.name, err, tc.want)
		}
	}
	if _, _, err := Shrink(&scenario.Scenario{ID: "a"}, same, Options{Budget: 1}); err == nil || err.Error() != `scenario "a": there is neither request nor steps; want one of the two` {
		t.Errorf("error %v of a scenario that is not valid", err)
	}
	if _, _, err := Shrink(decode(t, valid), same, Options{Budget: 1}); !errors.Is(err, ErrSame) {
		t.Errorf("error %v, want ErrSame", err)
	}
}

// TestShrinkToNothing drops all that may be left out, where everything differs.
func TestShrinkToNothing(t *testing.T) {
	for _, tc := range []struct{ scenario, want string }{
		{
			`{"id": "a", "client": {"origin": "https://app.example.com", "worker": "dedicated", "coep": "require-corp"}, "http2": true,
			"cookies": {"https://api.example.com/": ["a=b"]}, "kind": "k", "settle": 1, "note": "n",
			"request": {"api": "xhr", "url": "https://api.example.com/s/a/x?y#z", "method": "PUT", "headers": [["A", "b"]], "mode": "cors", "credentials": "include",
				"redirect": "manual", "body": "x", "bodyKind": "blob", "blobType": "text/plain", "uploadListener": true, "crossorigin": ""},
			"server": {"https://api.example.com/s/a/x?y": {"preflight": {"drop": true}, "response": {"status": 200, "headers": [["A", "b"]], "body": "c"}}}}`,
			`{"id":"a","client":{"origin":"https://app.example.com"},"request":{"url":"https://app.example.com/s/a/"}}`,
		},
		{
			`{"id": "a", "client": {"origin": "null", "sandbox": true, "coep": "credentialless"}, "steps": [{"url": "/", "wait": 9}, {"api": "preload", "as": "font", "url": "/x", "crossorigin": "use-credentials"}]}`,
			`{"id":"a","client":{"origin":"null"},"request":{"url":""}}`,
		},
	} {
		got, stats, err := Shrink(decode(t, tc.scenario), Each(func(*scenario.Scenario) (bool, error) { return true, nil }), Options{Budget: 1000, Batch: 4})
		if err != nil || !stats.Minimal {
			t.Fatal(stats, err)
		}
		if g := marshal(got); g != tc.want {
			t.Errorf("%s\nwant\n%s", g, tc.want)
		}
	}
}

// TestShrinkKeepsWhatItHas returns the smallest so far where asking fails.
func TestShrinkKeepsWhatItHas(t *testing.T) {
	s := decode(t, `{"id": "a", "client": {"origin": "https://app.example.com"}, "request": {"url": "/", "method": "PUT", "headers": [["A", "1"], ["B", "1"]]}}`)
	asked := 0
	got, stats, err := Shrink(s, Each(func(*scenario.Scenario) (bool, error) {
		if asked++; asked > 2 {
			return false, errors.New("the browser is gone")
		}
		return true, nil
	}), Options{Budget: 100})
	if err == nil || got == nil || len(got.Request.Headers) != 0 || got.Request.Method != "PUT" {
		t.Errorf("%s, %+v, %v; want it without headers, and an error", marshal(got), stats, err)
	}
}

func TestRename(t *testing.T) {
	s := decode(t, `{"id": "v1", "kind": "k", "note": "v1",  "client": {"origin": "https://app.example.com"},
		"steps": [{"url": "/s/v1/a?x=/s/v1", "body": "/s/v10/ /s/v1-1 /s/v1?"}, {"url": "https://v1.example/v1/", "headers": [["A", "https://x/s/v1/"]]}],
		"cookies": {"https://a/s/v1/b": ["a=b; Path=/s/v1"], "https://a/": ["v1"]},
		"server": {"https://a/s/v1/b": {"response": {"status": 302, "headers": [["Location", "/s/v1/s/v1/c"]]}}, "https://a/s/v1": {"preflight": {"drop": true}}}}`)
	before := marshal(s)
	got, err := Rename(s, "w")
	if err != nil {
		t.Fatal(err)
	}
	want := decode(t, `{"id": "w", "kind": "k", "note": "v1",  "client": {"origin": "https://app.example.com"},
		"steps": [{"url": "/s/w/a?x=/s/w", "body": "/s/v10/ /s/v1-1 /s/w?"}, {"url": "https://v1.example/v1/", "headers": [["A", "https://x/s/w/"]]}],
		"cookies": {"https://a/s/w/b": ["a=b; Path=/s/w"], "https://a/": ["v1"]},
		"server": {"https://a/s/w/b": {"response": {"status": 302, "headers": [["Location", "/s/w/s/w/c"]]}}, "https://a/s/w": {"preflight": {"drop": true}}}}`)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if marshal(s) != before {
		t.Error("the scenario itself was changed")
	}
	if back, err := Rename(got, "v1"); err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("renamed back it is %s, %v", marshal(back), err)
	}
	for _, id := range []string{"", "a b", "é", "a/b", ".", ".."} {
		if _, err := Rename(s, id); err == nil {
			t.Errorf("the id %q is taken", id)
		}
	}
}

// TestRenameIsSeenByNoVerdict: an id is nothing that a browser does things by.
func TestRenameIsSeenByNoVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(corpus).Draw(t, "scenario")
		renamed, err := Rename(s, rapid.StringMatching(`[a-z0-9_-][a-z0-9._-]{0,7}`).Draw(t, "id"))
		if err != nil {
			t.Fatal(err)
		}
		if err := renamed.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, p := range personality.All() {
			a, errA := verdicts(s, p)
			b, errB := verdicts(renamed, p)
			if a != b || errA != nil || errB != nil {
				t.Fatalf("%s\n%s, %v; under another id\n%s, %v", marshal(s), a, errA, b, errB)
			}
		}
	})
}

// corpus are recorded scenarios of all kinds.
var corpus = func() []*scenario.Scenario {
	var list []*scenario.Scenario
	for _, name := range []string{"train", "odd", "chains", "values"} {
		n := 0
		for line, err := range recorded.ReadFile(filepath.Join("../../testdata/recorded", name+".ndjson.gz")) {
			if err != nil {
				panic(err)
			}
			if n++; n > 300 {
				break
			}
			s, err := scenario.Decode(line)
			if err != nil {
				panic(err)
			}
			list = append(list, s)
		}
	}
	return list
}()

// TestShrinkProperties shrinks recorded scenarios for as long as a line of what a simulated browser did stays, or
// for as long as two browsers do not do the same.
func TestShrinkProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(corpus).Draw(t, "scenario")
		p := rapid.SampledFrom(personality.All()).Draw(t, "browser")
		other := rapid.SampledFrom(personality.All()).Draw(t, "other browser")
		first, err := verdicts(s, p)
		if err != nil {
			t.Fatal(err)
		}
		second, err := verdicts(s, other)
		if err != nil {
			t.Fatal(err)
		}
		line := rapid.SampledFrom(strings.SplitAfter(strings.TrimSuffix(first, "\n"), "\n")).Draw(t, "line")
		holds := func(s *scenario.Scenario) (bool, error) {
			v, err := verdicts(s, p)
			if err != nil || first == second {
				return strings.Contains(v, line), err
			}
			w, err := verdicts(s, other)
			return v != w, err
		}
		seen := map[string]bool{}
		own := "/s/" + s.ID + "/"
		differs := Each(func(q *scenario.Scenario) (bool, error) {
			if err := q.Validate(); err != nil {
				t.Fatalf("asked about a scenario that is not valid: %v", err)
			}
			if seen[q.ID] || strings.Contains(marshal(q), own) {
				t.Fatalf("asked about %s under an id or a URL that was asked about before", marshal(q))
			}
			seen[q.ID] = true
			return holds(q)
		})
		o := Options{Budget: rapid.SampledFrom([]int{1, 2, 20, 100000}).Draw(t, "budget"), Batch: rapid.IntRange(0, 20).Draw(t, "batch")}
		before := marshal(s)
		got, stats, err := Shrink(s, differs, o)
		if marshal(s) != before {
			t.Fatal("the scenario itself was changed")
		}
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := holds(got); !ok || err != nil {
			t.Fatalf("%s\ndoes not differ any more, %v", marshal(got), err)
		}
		if err := got.Validate(); err != nil || got.ID != s.ID {
			t.Fatalf("%s\nis not valid, or has another id: %v", marshal(got), err)
		}
		if size := len(marshal(got)); size > len(before) || size != stats.To || stats.From != len(before) {
			t.Fatalf("%s\nis of %d bytes, the scenario of %d; %+v", marshal(got), size, len(before), stats)
		}
		if stats.Asked > o.Budget || stats.Asked != len(seen) {
			t.Fatalf("asked %d times; %+v, %+v", len(seen), stats, o)
		}
		if stats.Minimal {
			checkMinimal(t, got, holds)
		} else if o.Budget == 100000 {
			t.Fatalf("not minimal: %+v", stats)
		}
		seen = map[string]bool{}
		again, statsAgain, err := Shrink(s, differs, o)
		if err != nil || marshal(again) != marshal(got) || statsAgain != stats {
			t.Fatalf("%s\n%+v, %v, and at first\n%s\n%+v", marshal(again), statsAgain, err, marshal(got), stats)
		}
	})
}

// checkMinimal makes every cut that is known.
func checkMinimal(t *rapid.T, s *scenario.Scenario, holds func(*scenario.Scenario) (bool, error)) {
	form := marshal(s)
	for _, p := range passes {
		for _, c := range p(s) {
			x := clone(s)
			c(x)
			if x.Validate() != nil || !smaller([]byte(marshal(x)), []byte(form)) {
				continue
			}
			if ok, _ := holds(x); ok {
				t.Fatalf("%s\nis smaller than\n%s", marshal(x), form)
			}
		}
	}
	if marshal(s) != form {
		t.Fatal("a cut of a copy changed the scenario")
	}
}
