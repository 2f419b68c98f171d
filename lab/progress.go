package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a recording is: a bar with the time that is left on a terminal, a line now and then elsewhere.
type progress struct {
	w       io.Writer
	name    string
	total   int
	bar     *progressbar.ProgressBar
	done    int
	started time.Time
	shown   time.Time
}

// quiet is how long nothing is shown in a file or pipe.
const quiet = 30 * time.Second

func newProgress(w io.Writer, name string, total int) *progress {
	p := &progress{w: w, name: name, total: total, started: time.Now(), shown: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("scenarios"),
			progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

// step counts one scenario.
func (p *progress) step() {
	p.done++
	if p.bar != nil {
		p.bar.Add(1)
		return
	}
	if time.Since(p.shown) < quiet {
		return
	}
	p.shown = time.Now()
	left := time.Since(p.started) / time.Duration(p.done) * time.Duration(p.total-p.done)
	fmt.Fprintf(p.w, "%s: %d of %d, %v left\n", p.name, p.done, p.total, left.Round(time.Second))
}

// note prints a line beside the bar.
func (p *progress) note(text string) {
	if p.bar != nil {
		p.bar.Clear()
	}
	fmt.Fprintln(p.w, text)
}

// end says what was done.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Finish()
	}
	if p.done > 0 {
		took := time.Since(p.started)
		fmt.Fprintf(p.w, "%s: %d scenarios in %v, %.1f a second\n", p.name, p.done, took.Round(time.Second), float64(p.done)/took.Seconds())
	}
}
