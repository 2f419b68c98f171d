// Package record asks real browsers what they do with scenarios.
package record

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/server"
	"github.com/corsim/corsim/scenario"
)

// Recording is what one browser did with a scenario: a line of a recorded corpus.
type Recording struct {
	ID      string `json:"id"`
	Browser string `json:"browser"`
	Version string `json:"version"`
	// Date is the day of the recording, in UTC.
	Date string `json:"date"`
	// JS is what script saw: a result, or a list of them for steps.
	JS json.RawMessage `json:"js"`
	// Console is what the browser reported of the page, in order, as often as it did, and Frame and Worker what it reported
	// of a sandboxed frame and of a worker, where it keeps their consoles apart. What Chromium tells DevTools of a worker's
	// requests is in Console too: only lines are told twice.
	Console []browser.Entry `json:"console"`
	Frame   []browser.Entry `json:"frame,omitempty"`
	Worker  []browser.Entry `json:"worker,omitempty"`
	// Requests are the requests as servers received them.
	Requests []scenario.WireRequest `json:"requests"`
}

// Options says how to record.
type Options struct {
	// Browser is the name of the browser, one of [browser.Names].
	Browser string
	// Executable is the browser's program, where it is not the one that is found by itself.
	Executable string
	// AllowThirdPartyCookies switches off Firefox's partitioning of third-party cookies.
	AllowThirdPartyCookies bool
	// Jobs is how many browsers run at once; 0 is one.
	Jobs int
	// Timeout is how long a scenario may take, besides the waits it has; 0 is ten seconds.
	Timeout time.Duration
	// Log is where the browsers' own complaints go; nil drops them.
	Log io.Writer

	// launch starts a browser; tests have one of their own.
	launch func(context.Context, string, browser.Options) (browser.Browser, error)
}

// Attempts is how often a scenario is tried: browsers crash and hang now and then.
const Attempts = 3

// defaultTimeout is long enough for everything that a page may wait for.
const defaultTimeout = 10 * time.Second

// opening is how long a browser may take to open a page.
const opening = 20 * time.Second

// Failure is a scenario that could not be recorded.
type Failure struct {
	ID  string
	Err error
}

func (f *Failure) Error() string { return fmt.Sprintf("scenario %s: %v", f.ID, f.Err) }

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// Recorder runs scenarios in a browser. Browsers that were started stay until it is closed.
type Recorder struct {
	workers []*worker
}

// New returns a recorder. No browser is started before there is something to record.
func New(o Options) (*Recorder, error) {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.launch == nil {
		o.launch = browser.Launch
	}
	ca, err := server.NewAuthority()
	if err != nil {
		return nil, err
	}
	r := &Recorder{}
	for range max(o.Jobs, 1) {
		r.workers = append(r.workers, &worker{options: o, ca: ca})
	}
	return r, nil
}

// Close ends all browsers.
func (r *Recorder) Close() {
	for _, w := range r.workers {
		w.close()
	}
}

// Record runs scenarios and hands over recordings as they come, not in order, one at a time. A scenario that cannot be
// recorded is handed over as a [Failure]. Record ends early when the context does, when emit returns an error, or when the
// browser cannot be started.
func (r *Recorder) Record(ctx context.Context, scenarios []*scenario.Scenario, emit func(*Recording, *Failure) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *scenario.Scenario)
	var running sync.WaitGroup
	var mu sync.Mutex // guards emit
	for _, w := range r.workers[:min(len(r.workers), len(scenarios))] {
		running.Go(func() {
			for s := range queue {
				recording, err := w.record(ctx, s)
				if ctx.Err() != nil {
					return
				}
				var failure *Failure
				if err == nil || errors.As(err, &failure) {
					mu.Lock()
					err = emit(recording, failure)
					mu.Unlock()
				}
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for _, s := range byClient(scenarios) {
		select {
		case queue <- s:
		case <-ctx.Done():
		}
	}
	close(queue)
	running.Wait()
	return context.Cause(ctx)
}

// byClient puts scenarios that can share a page next to each other.
func byClient(scenarios []*scenario.Scenario) []*scenario.Scenario {
	sorted := slices.Clone(scenarios)
	key := func(s *scenario.Scenario) string {
		c, _ := server.ClientOf(s)
		return fmt.Sprintf("%v %s %s %v", c.HTTP2, c.Origin, c.COEP, c.Sandbox)
	}
	slices.SortStableFunc(sorted, func(a, b *scenario.Scenario) int { return cmp.Compare(key(a), key(b)) })
	return sorted
}

// worker is a browser and all that serves it. It starts when there is something to do, and anew when something went wrong.
type worker struct {
	options Options
	ca      *server.Authority
	server  *server.Server
	browser browser.Browser
}

func (w *worker) close() {
	if w.browser != nil {
		w.browser.Close()
		w.browser = nil
	}
	if w.server != nil {
		w.server.Close()
		w.server = nil
	}
}

// record runs a scenario until it is recorded. Its error is a [Failure] where another scenario may do better.
func (w *worker) record(ctx context.Context, s *scenario.Scenario) (*Recording, error) {
	if _, err := server.ClientOf(s); err != nil {
		return nil, &Failure{s.ID, err}
	}
	var errs []error
	for range Attempts {
		if err := w.start(ctx); err != nil {
			return nil, err
		}
		r, err := w.try(ctx, s)
		if err == nil {
			w.tidy(ctx, s)
		}
		if err == nil || ctx.Err() != nil {
			return r, err
		}
		errs = append(errs, err)
		w.close()
	}
	return nil, &Failure{s.ID, fmt.Errorf("tried %d times: %w", Attempts, errors.Join(errs...))}
}

// tidy removes what a scenario may have left behind in the browser.
func (w *worker) tidy(ctx context.Context, s *scenario.Scenario) {
	if !setsCookies(s) {
		return
	}
	err := w.browser.ClearCookies(ctx)
	if err != nil && (!errors.Is(err, errors.ErrUnsupported) || leaves(s)) {
		w.close() // a new one has none
	}
}

func (w *worker) start(ctx context.Context) (err error) {
	if w.browser != nil {
		return nil
	}
	if w.server, err = server.New(w.options.Browser, w.ca); err != nil {
		return err
	}
	for range Attempts {
		w.browser, err = w.options.launch(ctx, w.options.Browser, browser.Options{
			Proxy: w.server.Proxy(), SPKI: w.server.SPKI(), Executable: w.options.Executable,
			AllowThirdPartyCookies: w.options.AllowThirdPartyCookies, Log: w.options.Log,
		})
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		w.close()
	}
	return err
}

// try runs a scenario once.
func (w *worker) try(ctx context.Context, s *scenario.Scenario) (*Recording, error) {
	if err := w.open(ctx, s); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.options.Timeout+Waits(s))
	defer cancel()
	seen, err := w.server.Play(ctx, s)
	if err != nil {
		return nil, err
	}
	console, err := w.browser.Between(ctx, s.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the console: %w", err)
	}
	r := &Recording{ID: s.ID, Browser: w.options.Browser, Version: w.browser.Version(),
		Date: time.Now().UTC().Format(time.DateOnly), JS: seen.JS, Console: []browser.Entry{}, Requests: seen.Requests}
	for _, e := range console {
		to := &r.Console
		switch {
		case e.Target == "iframe":
			to = &r.Frame
		case e.Target == "worker" && e.Text != "":
			to = &r.Worker
		}
		e.Target = ""
		*to = append(*to, e)
	}
	return r, nil
}

// Waits returns how long the page waits in a scenario.
func Waits(s *scenario.Scenario) time.Duration {
	var all time.Duration
	for _, step := range s.Steps {
		all += time.Duration(step.Wait * float64(time.Millisecond))
	}
	return all
}

// open sees that a page waits which the scenario can run in.
func (w *worker) open(ctx context.Context, s *scenario.Scenario) error {
	ctx, cancel := context.WithTimeout(ctx, opening)
	defer cancel()
	first := !w.server.Open()
	url, err := w.server.Prepare(s)
	if err != nil {
		return err
	}
	if first {
		// From here on, pages lead to each other.
		if err := w.browser.Go(ctx, url); err != nil {
			return fmt.Errorf("opening %s: %w", url, err)
		}
	}
	return w.server.Ready(ctx)
}
