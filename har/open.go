package har

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// File is a HAR in a file.
type File struct {
	*Reader

	closers []io.Closer
}

// Close closes the file.
func (f *File) Close() error {
	var first error
	for _, c := range f.closers {
		if err := c.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Open opens a HAR, which may be compressed with gzip, or in a ZIP archive as Playwright writes it. What a HAR says of
// itself after its entries is read beforehand. Progress, unless it is nil, is called whenever some of the file was read, with
// how many bytes those are so far, and the file's size, which is 0 where it is not known.
func Open(name string, progress func(read, size int64)) (*File, error) {
	f, err := open(name, progress)
	if err != nil {
		return nil, err
	}
	if err := f.start(); err != nil || f.isInOrder() {
		return f, nil // Next tells of an error
	}
	// The members are in no order that was foreseen: some that matter may come last.
	if err := f.skipEntries(); err == nil {
		f.start()
	}
	log := f.Log
	f.Close()
	if f, err = open(name, progress); err == nil {
		f.known = &log
	}
	return f, err
}

func open(name string, progress func(read, size int64)) (*File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	f := &File{closers: []io.Closer{file}}
	counted := &counter{r: file, progress: progress}
	info, err := file.Stat()
	switch {
	case err != nil:
		f.Close()
		return nil, err
	case info.IsDir():
		f.Close()
		return nil, fmt.Errorf("%s is a directory; want a HAR", name)
	case info.Mode().IsRegular():
		counted.size = info.Size()
	}
	buffered := bufio.NewReaderSize(counted, 64<<10)
	magic, _ := buffered.Peek(4)
	var r io.Reader = buffered
	switch {
	case string(magic) == "PK\x03\x04" && counted.size > 0:
		r, err = f.unzip(file, counted)
	default:
		r, err = Decompress(buffered)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f.Reader = NewReader(r)
	return f, nil
}

// Decompress returns what a reader has compressed with gzip, or else the same.
func Decompress(r io.Reader) (io.Reader, error) {
	b, ok := r.(*bufio.Reader)
	if !ok {
		b = bufio.NewReader(r)
	}
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		return gzip.NewReader(b)
	}
	return b, nil
}

// unzip opens the HAR in a ZIP archive.
func (f *File) unzip(file *os.File, counted *counter) (io.Reader, error) {
	archive, err := zip.NewReader(file, counted.size)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, z := range archive.File {
		if strings.EqualFold(path.Ext(z.Name), ".har") {
			r, err := z.Open()
			if err != nil {
				return nil, err
			}
			f.closers = append([]io.Closer{r}, f.closers...)
			return &counter{r: r, size: int64(z.UncompressedSize64), progress: counted.progress}, nil
		}
		if names = append(names, z.Name); len(names) == 5 {
			break
		}
	}
	return nil, fmt.Errorf("the ZIP archive has no .har file; it has %s", strings.Join(names, ", "))
}

// counter counts what is read of a file.
type counter struct {
	r          io.Reader
	read, size int64
	progress   func(read, size int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read += int64(n)
	if c.progress != nil {
		c.progress(c.read, c.size)
	}
	return n, err
}
