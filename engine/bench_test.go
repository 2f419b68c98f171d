package engine_test

import (
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// load is a request and the servers that answer it, without allocating.
type load struct {
	name    string
	init    engine.Init
	network engine.NetworkFunc
	blocked bool
	// allocs is the most that one fetch may allocate, in any browser.
	allocs float64
}

func response(status int, pairs ...string) *fetchspec.Response {
	r := &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: status}
	for i := 0; i < len(pairs); i += 2 {
		r.Headers = append(r.Headers, fetchspec.Header{Name: pairs[i], Value: pairs[i+1]})
	}
	return r
}

var loads = func() []load {
	const target = "https://api.example.com/data"
	plain := response(200, "Access-Control-Allow-Origin", appOrigin, "Content-Type", "application/json", "X-Foo", "1")
	// The preflight's result expires at once, so that every fetch sends one.
	granted := response(204, "Access-Control-Allow-Origin", appOrigin, "Access-Control-Allow-Methods", "PUT, DELETE",
		"Access-Control-Allow-Headers", "content-type, x-foo", "Access-Control-Max-Age", "0")
	refused := response(204, "Access-Control-Allow-Origin", appOrigin, "Access-Control-Allow-Methods", "GET", "Access-Control-Max-Age", "0")
	put := engine.Init{
		URL: target, Method: "PUT", Body: "{}", BodyKind: engine.BodyString,
		Headers: fetchspec.Headers{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Foo", Value: "1"}},
	}
	answer := func(preflight *fetchspec.Response) engine.NetworkFunc {
		return func(r *fetchspec.Request) (*fetchspec.Response, error) {
			if r.Method == "OPTIONS" {
				return preflight, nil
			}
			return plain, nil
		}
	}
	chain := map[string]*fetchspec.Response{
		"/1": response(302, "Location", "https://api.example.com/2", "Access-Control-Allow-Origin", "*"),
		"/2": response(307, "Location", "https://other.example.org/3", "Access-Control-Allow-Origin", "*"),
		"/3": response(301, "Location", "https://other.example.org/4", "Access-Control-Allow-Origin", "*"),
		"/4": response(200, "Access-Control-Allow-Origin", "null"),
	}
	return []load{
		{"simple-allowed", engine.Init{URL: target}, answer(nil), false, 9},
		{"preflight-allowed", put, answer(granted), false, 19},
		{"preflight-blocked", put, answer(refused), true, 19},
		{"redirect-chain", engine.Init{URL: "https://api.example.com/1"}, func(r *fetchspec.Request) (*fetchspec.Response, error) {
			return chain[r.CurrentURL().Path()], nil
		}, false, 30},
	}
}()

// fetcher returns a function that fetches the load once.
func (l *load) fetcher(tb testing.TB, p *personality.Personality) func() {
	ua := p.UserAgent()
	req, b := ua.NewRequest(pages[0], l.init)
	if b != nil {
		tb.Fatal(b)
	}
	if r := ua.Fetch(req, l.network); (r.Block != nil) != l.blocked {
		tb.Fatalf("%s in %s: block is %v", l.name, p.Name, r.Block)
	}
	return func() { ua.Fetch(req, l.network) }
}

func BenchmarkFetch(b *testing.B) {
	for i := range loads {
		for _, p := range personality.All() {
			b.Run(loads[i].name+"/"+p.Name, func(b *testing.B) {
				fetch := loads[i].fetcher(b, p)
				b.ReportAllocs()
				for b.Loop() {
					fetch()
				}
			})
		}
	}
}

// BenchmarkDo is a fetch from what the page writes on, with a browser of its own.
func BenchmarkDo(b *testing.B) {
	for i := range loads {
		b.Run(loads[i].name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				personality.Spec.UserAgent().Do(pages[0], loads[i].init, loads[i].network)
			}
		})
	}
}

// TestFetchAllocations keeps embedders' suites of thousands of fetches fast.
func TestFetchAllocations(t *testing.T) {
	for i := range loads {
		l := &loads[i]
		for _, p := range personality.All() {
			if got := testing.AllocsPerRun(100, l.fetcher(t, p)); got > l.allocs {
				t.Errorf("%s in %s allocates %v times, want at most %v", l.name, p.Name, got, l.allocs)
			}
		}
	}
}
