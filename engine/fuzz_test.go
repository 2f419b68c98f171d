package engine_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// FuzzFetch makes a world of a byte string and fetches in it as every browser: nothing may panic, run on for ever, depend
// on anything but its input, or say what the types do not allow.
func FuzzFetch(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("allowed, with a preflight"))
	f.Add([]byte{0, 0, 0, 4, 1, 0, 0, 1, 0, 0, 0, 0, 3, 2, 0, 0, 1, 0, 0, 1, 1, 1, 1})
	f.Add([]byte{3, 1, 2, 5, 2, 3, 4, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	f.Add([]byte{0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, 0, 0, 1, 1, 1, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
	index := readStepIndex(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWorld(bytesChooser(data), 2)
		for _, p := range personality.All() {
			first, second := w.run(p), w.run(p)
			for i, r := range first {
				check(t, index, r)
				if !reflect.DeepEqual(r, second[i]) {
					t.Errorf("%s: request %d went another way the second time:\n%+v\n%+v", p.Name, i, r, second[i])
				}
				p.Console(w.page, w.inits[i], r)
				p.DevTools(r)
				if exception := p.Exception(w.page, w.inits[i], r); (exception != "") != (r.Block != nil) {
					t.Errorf("%s: exception %q with block %v", p.Name, exception, r.Block)
				}
			}
		}
	})
}

// run makes all requests of the world in one new browser.
func (w *world) run(p *personality.Personality) []*engine.Result {
	ua := p.UserAgent()
	ua.Trace = true
	results := make([]*engine.Result, len(w.inits))
	for i, init := range w.inits {
		results[i] = ua.Do(w.page, init, w)
	}
	return results
}

// check checks what must be true of every result.
func check(t *testing.T, index stepIndex, r *engine.Result) {
	t.Helper()
	const most = 64
	if len(r.Exchanges) > most {
		t.Errorf("%d exchanges, want at most %d", len(r.Exchanges), most)
	}
	if r.Response == nil {
		t.Fatal("no response")
	}
	if blocked := r.Response.Type == fetchspec.ResponseError; blocked != (r.Block != nil) {
		t.Errorf("response type %q with block %v", r.Response.Type, r.Block)
	}
	for _, e := range r.Exchanges {
		if (e.Response == nil) == (e.Err == nil) {
			t.Errorf("exchange with response %v and error %v, want one of the two", e.Response, e.Err)
		}
		if e.Preflight && !e.Request.IsPreflight() {
			t.Errorf("preflight is %s %v", e.Request.Method, e.Request.Headers)
		}
	}
	for _, e := range r.Trace {
		if !index.steps[string(e.Step)] {
			t.Errorf("the standard has no step %q", e.Step)
		}
	}
	if b := r.Block; b != nil {
		if !slices.Contains(engine.Codes(), b.Code) {
			t.Errorf("code %q is not one of Codes", b.Code)
		}
		if !index.steps[string(b.Step)] {
			t.Errorf("%s: the standard has no step %q", b.Code, b.Step)
		}
		return
	}
	for _, name := range []string{"Set-Cookie", "Set-Cookie2"} {
		if r.Response.Headers.Has(name) {
			t.Errorf("script sees %s", name)
		}
	}
	if r.Response.Type == fetchspec.ResponseOpaque && (r.Response.Status != 0 || len(r.Response.Headers) > 0 || r.Response.Body != "" || len(r.Response.URLs) > 0) {
		t.Errorf("an opaque response tells %+v", r.Response)
	}
}
