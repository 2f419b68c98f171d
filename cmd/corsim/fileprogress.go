package main

import (
	"fmt"
	"io"
	"time"
)

// fileProgress is a line on a terminal that tells how much of a file was read, and how long the rest will take.
type fileProgress struct {
	w           io.Writer
	start, last time.Time
	now         func() time.Time
}

func newFileProgress(w io.Writer) *fileProgress {
	return &fileProgress{w: w, start: time.Now(), now: time.Now}
}

// show shows how far it has come, not too often. The size is 0 where it is not known.
func (p *fileProgress) show(read, size int64) {
	now := p.now()
	if p.last.IsZero() && now.Sub(p.start) < time.Second/2 || now.Sub(p.last) < time.Second/10 {
		return
	}
	p.last = now
	spent := max(now.Sub(p.start).Seconds(), 1e-3)
	fmt.Fprintf(p.w, "\r\x1b[K%s, %s per second", megabytes(float64(read)), megabytes(float64(read)/spent))
	if size >= read && read > 0 {
		left := time.Duration(spent * float64(size-read) / float64(read) * float64(time.Second))
		fmt.Fprintf(p.w, ", %d %%, %s left", 100*read/size, left.Round(time.Second))
	}
}

// clear takes the line away. A nil progress shows nothing.
func (p *fileProgress) clear() {
	if p != nil && !p.last.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

func megabytes(n float64) string { return fmt.Sprintf("%.1f MB", n/1e6) }
