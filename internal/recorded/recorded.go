// Package recorded holds simulated browsers against recorded ones. It reads recordings and verdicts from their JSON, makes
// of either an [Observation], and compares two of these in one dimension after the other. The README beside the corpora in
// testdata describes the files, and what each dimension compares.
package recorded

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"iter"
	"os"
)

// longest is the length in bytes of the longest line that is read.
const longest = 16 << 20

// ReadFile yields the lines of a file as [Read] does; the file is closed when the loop ends.
func ReadFile(file string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		f, err := os.Open(file)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		Read(file, f)(yield)
	}
}

// Read yields the lines of NDJSON, plain or gzipped, less the empty ones. A line is good until the next one. After an
// error, which starts with the name, there are no more lines.
func Read(name string, r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		plain, err := decompress(r)
		if err != nil {
			yield(nil, fmt.Errorf("%s: %w", name, err))
			return
		}
		sc := bufio.NewScanner(plain)
		sc.Buffer(nil, longest+1)
		n := 0
		for sc.Scan() {
			n++
			if line := bytes.TrimSpace(sc.Bytes()); len(line) > 0 && !yield(line, nil) {
				return
			}
		}
		if err := sc.Err(); err != nil {
			yield(nil, fmt.Errorf("%s:%d: %w", name, n+1, err))
		}
	}
}

// decompress returns a reader of what r holds, decompressed where it starts as gzip does.
func decompress(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); string(magic) != "\x1f\x8b" {
		return b, nil
	}
	return gzip.NewReader(b)
}

// Test is as much of a test as [Lines] needs.
type Test interface {
	Helper()
	Fatal(args ...any)
}

// Lines yields the lines of a file as [ReadFile] does; an error ends the test.
func Lines(t Test, file string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		t.Helper()
		for line, err := range ReadFile(file) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(line) {
				return
			}
		}
	}
}
