package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// The zero UserAgent is the standard's, with a clock that stands still.
func TestZeroUserAgentCachesPreflights(t *testing.T) {
	for _, tt := range []struct {
		maxAge     string
		wait       time.Duration
		preflights int
	}{
		{"", 0, 1}, {"", 4 * time.Second, 1}, {"", 5 * time.Second, 2}, {"600", 599 * time.Second, 1}, {"600", 600 * time.Second, 2},
		{"0", 0, 2}, {"nonsense", 4 * time.Second, 1}, {"-1", 4 * time.Second, 1}, {"99999999999999999999", 1000 * time.Hour, 1},
	} {
		resp := response(200, "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Methods", "PUT")
		if tt.maxAge != "" {
			resp.Headers.Append("Access-Control-Max-Age", tt.maxAge)
		}
		w := &world{page: pages[0], answers: map[string]answer{"api.example.com": {resp, resp}}}
		var ua engine.UserAgent
		now := time.Unix(0, 0)
		if tt.wait > 0 {
			ua.Now = func() time.Time { return now }
		}
		preflights := 0
		for range 2 {
			r := ua.Do(w.page, engine.Init{URL: "https://api.example.com/", Method: "PUT"}, w)
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			for _, e := range r.Exchanges {
				if e.Preflight {
					preflights++
				}
			}
			now = now.Add(tt.wait)
		}
		if preflights != tt.preflights {
			t.Errorf("Access-Control-Max-Age %q, asked again after %v: %d preflights, want %d", tt.maxAge, tt.wait, preflights, tt.preflights)
		}
	}
}

func TestNetworkWithoutAnAnswerIsANetworkError(t *testing.T) {
	for name, network := range map[string]engine.NetworkFunc{
		"an error":     func(*fetchspec.Request) (*fetchspec.Response, error) { return nil, errClosed },
		"nothing":      func(*fetchspec.Request) (*fetchspec.Response, error) { return nil, nil },
		"both of them": func(*fetchspec.Request) (*fetchspec.Response, error) { return response(200), errClosed },
	} {
		for method, code := range map[string]engine.Code{"GET": engine.CodeNetworkError, "PUT": engine.CodePreflightNetwork} {
			var ua engine.UserAgent
			r := ua.Do(pages[0], engine.Init{URL: "https://api.example.com/", Method: method}, network)
			if r.Block == nil || r.Block.Code != code || r.Block.Exchange == nil || r.Block.Exchange.Err == nil || r.Block.Exchange.Err.Error() == "" {
				t.Errorf("%s to a %s: block is %+v, want %s with the network's error", name, method, r.Block, code)
			}
		}
	}
}

// An exchange tells why there was no answer, wherever in the network's error it stands.
func TestExchangeTellsTheFailure(t *testing.T) {
	if f := engine.FailureOf(engine.Failure("unheard of").Err()); f != engine.FailureClosed {
		t.Errorf("what is no failure is %q", f)
	}
	for _, want := range append(engine.Failures(), engine.FailureClosed) {
		var ua engine.UserAgent
		err := fmt.Errorf("asking: %w", want.Err())
		r := ua.Do(pages[0], engine.Init{URL: "https://api.example.com/"}, engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) { return nil, err }))
		if e := r.Block.Exchange; e.Failure != want || e.Err != err || want.Err().Error() == "" {
			t.Errorf("%q: the exchange has %q of %v", want, e.Failure, e.Err)
		}
	}
}

func TestBlockIsTheError(t *testing.T) {
	var ua engine.UserAgent
	w := &world{page: pages[0], answers: map[string]answer{"api.example.com": {response: response(200, "Access-Control-Allow-Origin", strings.Repeat("x", 1000))}}}
	err := ua.Do(w.page, engine.Init{URL: "https://api.example.com/a"}, w).Err()
	var b *engine.Block
	if !errors.As(err, &b) || b.Code != engine.CodeAllowOriginInvalid {
		t.Fatalf("Err is %v", err)
	}
	if s := err.Error(); !strings.Contains(s, string(b.Code)) || !strings.Contains(s, "https://api.example.com/a") || len(s) > 400 {
		t.Errorf("the error is %q", s)
	}
	if err := ua.Do(w.page, engine.Init{URL: "/"}, engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) { return response(200), nil })).Err(); err != nil {
		t.Errorf("Err of what was allowed is %v", err)
	}
}

func TestCodes(t *testing.T) {
	codes := engine.Codes()
	if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) {
		t.Error("Codes is not sorted, or lists a code twice")
	}
	for _, c := range codes {
		if base := c.Base(); base.Base() != base || !slices.Contains(codes, base) || base != c && c != "preflight-"+base {
			t.Errorf("the base of %s is %s", c, base)
		}
	}
	codes[0] = ""
	if engine.Codes()[0] == "" {
		t.Error("a caller changed the list for all")
	}
}
