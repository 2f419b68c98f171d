package browser

import (
	"context"
	"fmt"
	"sync"
)

// A page can print without end; the tape keeps the newest entries only.
const (
	maxEntries = 1 << 16
	maxText    = 64 << 20 // bytes of text in all
)

// tape holds the entries that nobody has asked for yet, and wakes those who wait for a mark.
type tape struct {
	mu      sync.Mutex
	entries []Entry
	first   int           // how many entries came before entries[0]
	text    int           // bytes of text in entries
	err     error         // why nothing more will come
	changed chan struct{} // closed at the next change
}

func newTape() *tape { return &tape{changed: make(chan struct{})} }

func (t *tape) add(e Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = append(t.entries, e)
	t.text += len(e.Text)
	for len(t.entries) > maxEntries || t.text > maxText && len(t.entries) > 1 {
		t.drop(1)
	}
	t.wake()
}

// extend adds to the text of the newest entry.
func (t *tape) extend(more string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.entries); n > 0 && t.text+len(more) <= maxText {
		t.entries[n-1].Text += more
		t.text += len(more)
	}
}

// fail says that nothing more will come. The first reason counts.
func (t *tape) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = err
		t.wake()
	}
}

func (t *tape) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *tape) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// drop forgets the first n entries.
func (t *tape) drop(n int) {
	for _, e := range t.entries[:n] {
		t.text -= len(e.Text)
	}
	t.entries = t.entries[n:]
	t.first += n
}

// between implements Browser.Between.
func (t *tape) between(ctx context.Context, id string) ([]Entry, error) {
	begin, end := "@@begin "+id, "@@end "+id
	began, next := -1, 0 // numbers of entries, counted from the tape's start
	for {
		t.mu.Lock()
		for next = max(next, t.first); next < t.first+len(t.entries); next++ {
			switch e := t.entries[next-t.first]; {
			case isMark(e, begin):
				began = next
			case isMark(e, end):
				n := next - t.first
				var out []Entry
				lost := began < t.first
				if !lost {
					out = append([]Entry{}, t.entries[began-t.first+1:n]...)
				}
				t.drop(n + 1)
				t.mu.Unlock()
				if lost {
					return nil, fmt.Errorf("console: found %q without %q before it; did the page change, or print more than %d entries?", end, begin, maxEntries)
				}
				return out, nil
			}
		}
		err, changed := t.err, t.changed
		t.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if began < 0 {
				return nil, fmt.Errorf("console: neither %q nor %q found: %w", begin, end, ctx.Err())
			}
			return nil, fmt.Errorf("console: no %q found after %q: %w", end, begin, ctx.Err())
		}
	}
}

// isMark reports whether the page itself printed mark. A line that only quotes one, such as a header's value, is none.
func isMark(e Entry, mark string) bool {
	return e.Target == "" && (e.Text == mark || e.Text == "Error: "+mark)
}
