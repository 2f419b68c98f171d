// Package recorded reads the recorded corpora in testdata for tests.
package recorded

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"iter"
	"os"
	"testing"
)

// longest is the length in bytes of the longest line that is read.
const longest = 16 << 20

// Lines yields the lines of a gzipped file, less the empty ones. A line is good until the next one.
func Lines(t testing.TB, file string) iter.Seq[[]byte] {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, longest+1)
	return func(yield func([]byte) bool) {
		for sc.Scan() {
			if line := bytes.TrimSpace(sc.Bytes()); len(line) > 0 && !yield(line) {
				return
			}
		}
		if err := sc.Err(); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}
