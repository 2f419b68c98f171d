package browser

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func text(entries []Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Text)
	}
	return strings.Join(out, "|")
}

func TestTapeCutsBetweenMarks(t *testing.T) {
	tp := newTape()
	for _, s := range []string{"early", "@@begin 1", "a", "b", "@@end 1", "between", "@@begin 2", "@@end 2", "@@begin 3", "c", "Error: @@end 3"} {
		tp.add(Entry{Text: s})
	}
	for id, want := range []string{1: "a|b", 2: "", 3: "c"} {
		if id == 0 {
			continue
		}
		got, err := tp.between(t.Context(), string(rune('0'+id)))
		if err != nil || text(got) != want {
			t.Errorf("%d: got %q, %v, expected %q", id, text(got), err, want)
		}
	}
	if len(tp.entries) != 0 || tp.text != 0 {
		t.Errorf("left: %v, %d bytes", tp.entries, tp.text)
	}
}

func TestTapeTakesOnlyThePagesOwnMarks(t *testing.T) {
	tp := newTape()
	for _, e := range []Entry{{Text: "@@begin 1"}, {Text: "header '@@end 1'"}, {Text: "x @@end 1"}, {Text: "@@end 11"}, {Text: "@@end 1", Target: "worker"}, {Text: "@@end 1"}} {
		tp.add(e)
	}
	if got, err := tp.between(t.Context(), "1"); err != nil || len(got) != 4 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTapeWakesWhoWaits(t *testing.T) {
	tp := newTape()
	done := make(chan string)
	go func() {
		got, err := tp.between(t.Context(), "1")
		if err != nil {
			done <- err.Error()
		}
		done <- text(got)
	}()
	for _, s := range []string{"@@begin 1", "a", "@@end 1"} {
		time.Sleep(time.Millisecond)
		tp.add(Entry{Text: s})
		if s == "a" {
			tp.extend("\nb")
		}
	}
	if got := <-done; got != "a\nb" {
		t.Errorf("got %q", got)
	}
}

func TestTapeSaysWhatIsMissing(t *testing.T) {
	ended := errors.New("the browser has ended")
	for name, c := range map[string]struct {
		do   func(*tape)
		want string
	}{
		"no marks": {func(*tape) {}, `neither "@@begin 1" nor "@@end 1" found`},
		"no end":   {func(tp *tape) { tp.add(Entry{Text: "@@begin 1"}) }, `no "@@end 1" found after "@@begin 1"`},
		"no begin": {func(tp *tape) { tp.add(Entry{Text: "@@end 1"}) }, `found "@@end 1" without "@@begin 1" before it`},
		"ended":    {func(tp *tape) { tp.fail(ended); tp.fail(errors.New("other")) }, ended.Error()},
		"overflow": {func(tp *tape) {
			tp.add(Entry{Text: "@@begin 1"})
			for range maxEntries {
				tp.add(Entry{Text: "x"})
			}
			tp.add(Entry{Text: "@@end 1"})
		}, `found "@@end 1" without "@@begin 1" before it`},
	} {
		t.Run(name, func(t *testing.T) {
			tp := newTape()
			c.do(tp)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			if _, err := tp.between(ctx, "1"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, expected %q", err, c.want)
			}
		})
	}
}

func TestTapeIsBounded(t *testing.T) {
	tp := newTape()
	for range 2 * maxEntries {
		tp.add(Entry{Text: "x"})
	}
	if n := len(tp.entries); n != maxEntries || tp.text != n {
		t.Errorf("%d entries, %d bytes", n, tp.text)
	}
	big := strings.Repeat("y", maxText/2+1)
	tp.add(Entry{Text: big})
	tp.add(Entry{Text: big})
	tp.extend(big)
	if len(tp.entries) != 1 || tp.text != len(big) {
		t.Errorf("%d entries, %d bytes", len(tp.entries), tp.text)
	}
}

func TestTapeHandsOverWhatCameBeforeTheEnd(t *testing.T) {
	tp := newTape()
	for _, s := range []string{"@@begin 1", "a", "@@end 1"} {
		tp.add(Entry{Text: s})
	}
	tp.fail(errors.New("the browser has ended"))
	if got, err := tp.between(t.Context(), "1"); err != nil || text(got) != "a" {
		t.Errorf("got %q, %v", text(got), err)
	}
}
