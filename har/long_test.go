package har

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/corsim/corsim/personality"
)

// long is a HAR of a given size that is made as it is read: as browsers write them, with a body now and then, and with one that
// alone is half of it.
type long struct {
	left  int64 // bytes that are still to be made
	rest  string
	n     int
	body  int64 // bytes of the long body that are still to be made
	ended bool
}

func newLong(size int64) *long {
	return &long{left: size / 2, body: size / 2, rest: `{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[{"id":"page_1","title":"https://app.example.com/"}],"entries":[` + longEntry(0) + `,{"request":{"method":"GET","url":"https://app.example.com/film","headers":[]},"response":{"status":200,"content":{"size":1,"text":"`}
}

// filler is the text of bodies, of which whole units are taken.
var filler = strings.Repeat(unit, 1000)

const unit = `lorem ipsum \"dolor\" sit amet `

func longEntry(n int) string {
	return fmt.Sprintf(`{"_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"load","url":"https://app.example.com/app.js","lineNumber":%d}]}},"_resourceType":"fetch","pageref":"page_1","startedDateTime":"2026-11-24T11:00:00.000Z","time":10,`+
		`"request":{"method":"GET","url":"https://api.example.com/things/%d","httpVersion":"http/2.0","headers":[{"name":"accept","value":"*/*"},{"name":"origin","value":"https://app.example.com"},{"name":"sec-fetch-mode","value":"cors"}],"cookies":[],"queryString":[],"headersSize":-1,"bodySize":0},`+
		`"response":{"status":200,"statusText":"","httpVersion":"http/2.0","headers":[{"name":"content-type","value":"application/json"},{"name":"access-control-allow-origin","value":"https://app.example.com"}],"cookies":[],"content":{"size":4000,"mimeType":"application/json","text":"%s"},"redirectURL":"","headersSize":-1,"bodySize":-1,"_error":null},"timings":{"send":0,"wait":9,"receive":1},"cache":{}}`, n, n, filler[:130*len(unit)])
}

func (l *long) Read(p []byte) (int, error) {
	for l.rest == "" {
		switch {
		case l.body > 0:
			l.rest = filler[:min(l.body, int64(len(filler)))/int64(len(unit))*int64(len(unit))]
			if l.body -= int64(len(filler)); l.body <= 0 {
				l.rest += `"}}}`
			}
		case l.left > 0:
			l.n++
			l.rest = "," + longEntry(l.n)
			l.left -= int64(len(l.rest))
		case !l.ended:
			l.ended, l.rest = true, "]}}"
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// judgeLong judges a long HAR, and returns the most memory that was in use.
func judgeLong(tb testing.TB, size int64) (most uint64, entries int) {
	var m runtime.MemStats
	j := NewJudge(NewReader(newLong(size)), personality.Browsers())
	for i := 0; ; i++ {
		f, err := j.Next()
		if err == io.EOF {
			return most, j.Summary.Entries
		}
		if err != nil {
			tb.Fatal(err)
		}
		if f.IsBlocked() {
			tb.Fatalf("entry %d is blocked", f.Entry)
		}
		if i%1000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
}

// TestLongHARsTakeLittleMemory holds that a HAR of 64 MiB, half of which is one body, is judged in a tenth of that.
func TestLongHARsTakeLittleMemory(t *testing.T) {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, entries := judgeLong(t, 64<<20)
	if grown := int64(most) - int64(before.HeapAlloc); grown > 6<<20 {
		t.Errorf("%d bytes were in use at most, want no more than 6 MiB", grown)
	}
	if entries < 5000 {
		t.Errorf("%d entries were judged, want some thousands", entries)
	}
}

// BenchmarkLong judges a HAR of 1 GiB in three browsers.
func BenchmarkLong(b *testing.B) {
	const size = 1 << 30
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		most, _ := judgeLong(b, size)
		b.ReportMetric(float64(most)/1e6, "heap-MB")
	}
}

// BenchmarkSkip reads a HAR of 1 GiB and judges nothing.
func BenchmarkSkip(b *testing.B) {
	const size = 1 << 30
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := readNothing(NewReader(newLong(size))); err != nil {
			b.Fatal(err)
		}
	}
}

// readNothing reads a HAR and keeps no entry.
func readNothing(r *Reader) (n, broken int, err error) {
	for {
		switch _, err := r.Next(); err {
		case nil:
			n++
		case io.EOF:
			return n, broken, nil
		default:
			return n, broken, err
		}
	}
}
