package har

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/corsim/corsim/personality"
)

// readAll reads a HAR to its end.
func readAll(r *Reader) ([]*Entry, []error, error) { return drain(r.Next) }

func TestBadInput(t *testing.T) {
	deep := strings.Repeat(`{"a":`, maxDepth+2)
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "the input is empty; want a HAR, which is JSON: {\"log\": {…}}"},
		{"white space", " \n\t", "the input has nothing in it but white space; want"},
		{"HTML", "<!DOCTYPE html>\n<title>Log in</title>", "an HTML page stands where a HAR should; want"},
		{"XML", "<?xml version='1.0'?><har/>", "XML stands where a HAR should; want"},
		{"an array", "[1]", "the input is JSON, but an array; want"},
		{"a string", `"har"`, "the input is JSON, but a string; want"},
		{"an answer", "HTTP/1.1 200 OK\n", "this is the answer of a server; want"},
		{"a curl command", "curl 'https://api.example.com/'", "this is a curl command; want"},
		{"UTF-16", "\xff\xfe{\x00\"\x00", "this is a binary file, or text in UTF-16; want"},
		{"words", "hello", "line 1, column 1 (byte 0): found 'h'; want a HAR, which starts with {"},
		{"no log", `{"name":"x"}`, `the input is a JSON object without the member log, and with "name"; want`},
		{"nothing", `{}`, "the input is a JSON object without the member log, and without any other; want"},
		{"log an array", `{"log":[]}`, "the member log is an array, and not an object; want"},
		{"no entries", `{"log":{"version":"1.2"}}`, "log has no entries; want"},
		{"entries an object", `{"log":{"entries":{}}}`, "log.entries is an object, and not an array; want"},
		{"version a number", `{"log":{"version":1.2,"entries":[]}}`, "log.version is a number, want a string; want"},
		{"two entries", `{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/"}}],"entries":[]}}`, "line 1, column 87 (byte 86): found '[', in log.entries; want no second member of that name"},
		{"no comma", "{\"log\":{\"entries\":[\n{} {}]}}", "line 2, column 4 (byte 23): found '{', in log.entries[0]; want"},
		{"trailing text", `{"log":{"entries":[]}} x`, "line 1, column 24 (byte 23): found 'x'; want nothing after the HAR"},
		{"bad literal", `{"log":{"entries":[{"x":nul}]}}`, "want true, false or null"},
		{"bad escape", `{"log":{"entries":[{"pageref":"\x"}]}}`, "want an escape sequence after the backslash"},
		{"bad number", `{"log":{"entries":[{"time":1-2}]}}`, "want a number, and not 1-2"},
		{"a deep value", `{"log":` + deep, "want values nested less than 10000 deep"},
		{"a deep entry", `{"log":{"entries":[{"x":` + strings.Repeat("[", maxDepth+1), "want values nested less than 10000 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readAll(NewReader(strings.NewReader(tt.in)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %q, want one with %q", err, tt.want)
			}
		})
	}
}

// TestBadEntries holds that an entry that makes no sense is named with its JSON path, and does not keep those after it from
// being read.
func TestBadEntries(t *testing.T) {
	const good = `{"request":{"method":"GET","url":"https://a.example/"},"response":{"status":200}}`
	for _, tt := range []struct{ bad, want string }{
		{`{"request":{"method":"GET","url":"https://a.example/"},"response":{"status":"200"}}`, "entry 1: log.entries[0].response.status is a string, want a number"},
		{`{"request":{"method":"GET","url":"https://a.example/"},"response":{"status":1e400}}`, "entry 1: log.entries[0].response.status is 1e400, which is out of range"},
		{`{"request":{"method":"GET","url":"https://a.example/"},"response":{"status":20.5}}`, "entry 1: log.entries[0].response.status is 20.5, want a status from 100 to 999, or 0 or -1 for none"},
		{`{"request":{"method":"GET","url":"https://a.example/"},"time":1` + strings.Repeat("0", 100) + `}`, "entry 1: log.entries[0].time is a number of more than 64 digits"},
		{`{"request":{"method":"GET","url":"https://a.example/","headers":[{"name":"a","value":"b"},7]}}`, "entry 1: log.entries[0].request.headers[1] is a number, want an object"},
		{`{"request":{"method":"GET","url":"https://a.example/` + strings.Repeat("a", MaxURL) + `"}}`, "entry 1: log.entries[0].request.url is longer than 2097152 bytes"},
		{`{"request":{"method":"GET","url":"https://a.example/","headers":[` + strings.Repeat(`{"name":"a","value":"b"},`, MaxHeaders) + `{}]}}`, "entry 1: log.entries[0].request.headers[1000] is more than 1000 headers, or more than 1048576 bytes of them"},
		{`{"request":{"method":"GET"}}`, "entry 1: log.entries[0].request.url is missing"},
		{`{}`, "entry 1: log.entries[0].request.method is missing"},
		{`7`, "entry 1: log.entries[0] is a number, want an object"},
	} {
		list, broken, err := readAll(NewReader(strings.NewReader(`{"log":{"entries":[` + tt.bad + "," + good + `]}}`)))
		if err != nil || len(list) != 1 || len(broken) != 1 || broken[0].Error() != tt.want {
			t.Errorf("got %d entries, errors %v and %v, want one entry and the error\n%s", len(list), broken, err, tt.want)
		}
	}
}

// TestCutAnywhere holds that whatever is whole of a HAR that is cut is judged, and that it is said where it was cut.
func TestCutAnywhere(t *testing.T) {
	data, err := os.ReadFile("testdata/charles.har")
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndexByte(data, '}')
	seen := 0
	for i := range end {
		list, _, err := readAll(NewReader(bytes.NewReader(data[:i])))
		var cut *SyntaxError
		switch {
		case i == 0:
		case !errors.As(err, &cut):
			t.Fatalf("cut at byte %d: error %v, want a SyntaxError", i, err)
		case !cut.Cut || cut.Offset != int64(i) || cut.Line != int64(bytes.Count(data[:i], newline))+1 || cut.Column != int64(i-bytes.LastIndexByte(data[:i], '\n')):
			t.Fatalf("cut at byte %d: %v", i, err)
		}
		if len(list) < seen {
			t.Fatalf("cut at byte %d: %d entries, and %d before", i, len(list), seen)
		}
		seen = len(list)
	}
	if seen != 8 {
		t.Errorf("%d entries at the end, want 8", seen)
	}
}

// TestSmallReads holds that it does not matter in what portions a HAR comes.
func TestSmallReads(t *testing.T) {
	for _, name := range hars(t) {
		if filepath.Ext(name) != ".har" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		judge := func(r io.Reader) string {
			j := NewJudge(NewReader(r), personality.Browsers())
			list, _, err := findings(j)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return render(j, list)
		}
		if got, want := judge(iotest.OneByteReader(bytes.NewReader(data))), judge(bytes.NewReader(data)); got != want {
			t.Errorf("%s is judged otherwise in portions", name)
		}
	}
}

func TestStrings(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`"plain"`, "plain"}, {`""`, ""}, {`"a\"b\\c\/d\b\f\n\r\t"`, "a\"b\\c/d\b\f\n\r\t"}, {`"\u00e9é"`, "éé"},
		{`"\ud83d\ude00"`, "😀"}, {`"\ud83dx"`, "\uFFFDx"}, {`"\ud83d\ud83d\ude00"`, "\uFFFD😀"}, {`"\ude00\n"`, "\uFFFD\n"}, {"\"\xff\"", "\uFFFD"},
		{`"\ud83d"`, "\uFFFD"},
	} {
		for _, r := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
			s := newScanner(r)
			s.next()
			got, whole, err := s.text(100)
			if got != tt.want || !whole || err != nil {
				t.Errorf("%s is read as %q, %v, %v; want %q", tt.in, got, whole, err, tt.want)
			}
		}
	}
	s := newScanner(iotest.OneByteReader(strings.NewReader(`"` + strings.Repeat(`\"\\`, 50) + `"7`)))
	s.next()
	if got, whole, err := s.text(3); got != `"\"` || whole || err != nil {
		t.Errorf("a long string is read as %q, %v, %v", got, whole, err)
	}
	if c, _ := s.next(); c != '7' {
		t.Errorf("after a long string comes %q, want '7'", c)
	}
}

func TestOpen(t *testing.T) {
	data, err := os.ReadFile("testdata/webkit.har")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(data)
	w.Close()
	_, want := judgeFile(t, "testdata/webkit.har")
	for _, path := range []string{write("bom.har", slices.Concat(byteOrderMark, data)), write("zipped.har.gz", zipped.Bytes())} {
		if _, got := judgeFile(t, path); len(got) != len(want) {
			t.Errorf("%s has %d findings, want %d", path, len(got), len(want))
		}
	}
	f, err := Open(write("cut.har.gz", zipped.Bytes()[:zipped.Len()/2]), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cut *SyntaxError
	if _, _, err := readAll(f.Reader); !errors.As(err, &cut) || !cut.Cut {
		t.Errorf("a compressed HAR that is cut gives %v", err)
	}
	if _, err := Open(dir, nil); err == nil || !strings.Contains(err.Error(), "is a directory; want a HAR") {
		t.Errorf("a directory gives %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none.har"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there gives %v", err)
	}
	if _, err := Open(write("bad.zip", []byte("PK\x03\x04")), nil); err == nil {
		t.Error("a broken archive gives no error")
	}
}
