package scenario_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// batchLine returns a scenario that is plain or, with extra white space and a note, not.
func batchLine(i int) string {
	extra := ""
	if i%7 == 0 {
		extra = `"note": null, `
	}
	return fmt.Sprintf(`{"id": "s%d", %s"client": {"origin": "https://app.example.com"}, "request": {"url": "https://api.example.com/%d"}, "server": {"https://api.example.com/%[1]d": {"response": {"status": 200}}}}`, i, extra, i)
}

// runBatch runs a batch on what r reads and returns what it wrote.
func runBatch(b scenario.Batch, r io.Reader) (string, scenario.Count, error) {
	if b.Browsers == nil {
		b.Browsers = []*personality.Personality{personality.Chromium156}
	}
	var out bytes.Buffer
	count, err := b.Run(r, &out)
	return out.String(), count, err
}

// ids returns what verdicts are of, such as "s1 chromium".
func ids(out string) (list []string) {
	for line := range strings.Lines(out) {
		f := strings.Split(line, `"`)
		list = append(list, f[3]+" "+f[7])
	}
	return list
}

// TestBatchKeepsOrder runs more scenarios than are in flight at a time, with empty lines among them.
func TestBatchKeepsOrder(t *testing.T) {
	const n = 5000
	var in strings.Builder
	var want []string
	for i := range n {
		in.WriteString(batchLine(i))
		if i < n-1 { // the last line may end with the input
			in.WriteString("\r\n"[i%2:])
		}
		if i%100 == 0 {
			in.WriteString("\n \t\r\n")
		}
		want = append(want, fmt.Sprintf("s%d firefox", i), fmt.Sprintf("s%d spec", i))
	}
	last := scenario.Count{}
	b := scenario.Batch{
		Browsers: []*personality.Personality{personality.Firefox153, personality.Spec},
		Progress: func(c scenario.Count) {
			if c.Scenarios < last.Scenarios {
				t.Errorf("progress went from %d to %d", last.Scenarios, c.Scenarios)
			}
			last = c
		},
	}
	out, count, err := runBatch(b, strings.NewReader(in.String()))
	if err != nil || count.Scenarios != n || count.Bad != 0 || last != count {
		t.Errorf("count %+v, progress %+v, error %v", count, last, err)
	}
	if got := ids(out); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("verdicts are not those of the scenarios in order")
	}
}

func TestBatchBadLines(t *testing.T) {
	long := strings.Repeat(" ", scenario.MaxSize+1)
	for name, test := range map[string]struct {
		in string
		// ids are those of the verdicts without KeepGoing, and all with it.
		ids, all string
		// errors are the lines that are bad, each with a word that the error has.
		errors []string
	}{
		"empty":            {"", "", "", nil},
		"empty lines":      {"\n\n \n", "", "", nil},
		"not JSON":         {"A\nx\nB\n", "A", "A B", []string{"line 2: not valid JSON"}},
		"first and last":   {"x\nA\n\ny", "", "A", []string{"line 1: not valid JSON", "line 4: not valid JSON"}},
		"unknown field":    {"A\n{\"sever\": 1}\n", "A", "A", []string{`line 2: unknown field "sever"; did you mean "server"?`}},
		"two on a line":    {"A\nA B\n", "A", "A", []string{"line 2: there is more after"}},
		"too long":         {"A\n" + long + "\nB\nC", "A", "A B C", []string{"line 2: the line is longer than 16777216 bytes"}},
		"too long, at end": {"A\n" + long, "A", "A", []string{"line 2: the line is longer"}},
		"much too long":    {"A\n" + long + long + long + "\nx\nB\n", "A", "A B", []string{"line 2: the line is longer", "line 3: not valid JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := test.in
			for i, name := range []string{"A", "B", "C"} {
				in = strings.ReplaceAll(in, name, batchLine(i))
			}
			names := strings.NewReplacer("s0 chromium", "A", "s1 chromium", "B", "s2 chromium", "C")

			out, _, err := runBatch(scenario.Batch{}, strings.NewReader(in))
			if got := names.Replace(strings.Join(ids(out), " ")); got != test.ids {
				t.Errorf("got verdicts on %q, want %q", got, test.ids)
			}
			var bad *scenario.LineError
			switch {
			case len(test.errors) == 0 && err != nil:
				t.Error(err)
			case len(test.errors) > 0 && (!errors.As(err, &bad) || !strings.Contains(err.Error(), test.errors[0])):
				t.Errorf("got %v, want %s", err, test.errors[0])
			}

			var reported []string
			b := scenario.Batch{KeepGoing: true, OnBadLine: func(e *scenario.LineError) { reported = append(reported, e.Error()) }}
			out, count, err := runBatch(b, strings.NewReader(in))
			if got := names.Replace(strings.Join(ids(out), " ")); got != test.all || err != nil {
				t.Errorf("keeping going, got verdicts on %q and %v, want %q", got, err, test.all)
			}
			if len(reported) != len(test.errors) || count.Bad != len(reported) {
				t.Fatalf("got errors %q, count %+v, want %q", reported, count, test.errors)
			}
			for i, e := range test.errors {
				if !strings.Contains(reported[i], e) {
					t.Errorf("got %q, want %q", reported[i], e)
				}
			}
		})
	}
}

// TestBatchAnswersAtOnce asks and waits for the verdict, one scenario at a time.
func TestBatchAnswersAtOnce(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	go func() {
		b := scenario.Batch{Browsers: []*personality.Personality{personality.Spec}}
		_, err := b.Run(inR, outW)
		outW.CloseWithError(err)
	}()
	out := bufio.NewScanner(outR)
	for i := range 50 {
		line := batchLine(i) + "\n"
		for len(line) > 0 { // in pieces
			n := min(len(line), 1+17*i)
			io.WriteString(inW, line[:n])
			line = line[n:]
		}
		if !out.Scan() || ids(out.Text())[0] != fmt.Sprintf("s%d spec", i) {
			t.Fatalf("scenario %d: got %q (%v)", i, out.Text(), out.Err())
		}
	}
	inW.Close()
	if out.Scan() || out.Err() != nil {
		t.Errorf("at the end got %q (%v)", out.Text(), out.Err())
	}
}

// TestBatchErrors has input that breaks off, and output that cannot be written.
func TestBatchErrors(t *testing.T) {
	broken := errors.New("broken")
	in := io.MultiReader(strings.NewReader(batchLine(0)+"\n"+batchLine(1)[:40]), errReader{broken})
	out, count, err := runBatch(scenario.Batch{}, in)
	if !errors.Is(err, broken) || count.Scenarios != 1 || len(ids(out)) != 1 {
		t.Errorf("got %q, %+v, %v; want one verdict and the error", out, count, err)
	}
	b := scenario.Batch{Browsers: personality.Browsers()}
	if _, err := b.Run(strings.NewReader(batchLine(0)), errWriter{broken}); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error", err)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

type errWriter struct{ err error }

func (w errWriter) Write([]byte) (int, error) { return 0, w.err }

// TestBatchIsBounded streams a hundred times what is in flight, and looks at what is alive now and then.
func TestBatchIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("streams 10 MB")
	}
	line := batchLine(1) + "\n"
	in := &endlessLines{line: line, n: 10 << 20 / len(line)}
	var most uint64
	i := 0
	b := scenario.Batch{Browsers: []*personality.Personality{personality.Spec}, Progress: func(scenario.Count) {
		if i++; i%50 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}}
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := b.Run(in, io.Discard); err != nil {
		t.Fatal(err)
	}
	if limit := before.HeapAlloc + 32<<20 + uint64(runtime.GOMAXPROCS(0))*4<<20; most > limit {
		t.Errorf("%d bytes were alive, %d before", most, before.HeapAlloc)
	}
}

// endlessLines reads as a line, n times over.
type endlessLines struct {
	line string
	n    int
	rest string
}

func (e *endlessLines) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.n == 0 {
			return 0, io.EOF
		}
		times := min(e.n, 1000)
		e.n -= times
		e.rest = strings.Repeat(e.line, times)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestHostileSizes holds that what no server sends is refused, and that what is just not refused is done in time.
func TestHostileSizes(t *testing.T) {
	build := func(headers, bytes, steps int) string {
		var names, lines []string
		for i := range headers {
			lines = append(lines, fmt.Sprintf(`["y%d","1"]`, i))
		}
		for i, n := 0, 0; n < bytes; i++ {
			name := fmt.Sprintf("z%x", i)
			names, n = append(names, name), n+len(name)+1
		}
		list := strings.Join(names, ",")
		step := `{"url":"https://api.example.com/","method":"PUT","headers":[` + strings.Join(lines, ",") + `]}`
		return `{"client":{"origin":"https://app.example.com"},"steps":[` + strings.Repeat(step+",", steps-1) + step + `],"server":{"https://api.example.com/":{` +
			`"preflight":{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Max-Age","0"],["Access-Control-Allow-Methods","*"],["Access-Control-Allow-Headers","*,` + list + `"]]},` +
			`"response":{"status":200,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Expose-Headers","` + list + `"],` + strings.Join(lines, ",") + `]}}}}` + "\n"
	}
	run := func(line string) error {
		_, err := (&scenario.Batch{Browsers: personality.Browsers()}).Run(strings.NewReader(line), io.Discard)
		return err
	}
	if err := run(build(990, 500_000, 5)); err != nil {
		t.Errorf("large, and not too large: %v", err)
	}
	for name, line := range map[string]string{"1001 headers": build(1001, 10, 1), "2 MB of a header": build(1, 2_000_000, 1), "1001 steps": build(1, 10, 1001)} {
		if err := run(line); err == nil || !strings.Contains(err.Error(), "most") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
