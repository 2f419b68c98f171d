package main

import (
	"strings"
	"testing"
	"time"
)

func TestFileProgress(t *testing.T) {
	var b strings.Builder
	now := time.Unix(0, 0)
	p := &fileProgress{w: &b, start: now, now: func() time.Time { return now }}
	for range 4 {
		now = now.Add(400 * time.Millisecond)
		p.show(now.UnixMilli()*1e5, 1e9)
	}
	now = now.Add(time.Millisecond)
	p.show(2e8, 1e9) // too soon
	p.clear()
	want := "\r\x1b[K80.0 MB, 100.0 MB per second, 8 %, 9s left" +
		"\r\x1b[K120.0 MB, 100.0 MB per second, 12 %, 9s left" +
		"\r\x1b[K160.0 MB, 100.0 MB per second, 16 %, 8s left" + "\r\x1b[K"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
	b.Reset()
	p.last = time.Time{}
	p.clear()
	(*fileProgress)(nil).clear()
	if b.String() != "" {
		t.Errorf("what shows nothing prints %q", b.String())
	}
}
