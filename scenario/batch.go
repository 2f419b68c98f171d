package scenario

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/corsim/corsim/personality"
)

// Batch evaluates a stream of scenarios on all cores, in memory that does not grow with the stream.
type Batch struct {
	// Browsers are asked in this order.
	Browsers []*personality.Personality
	Options  Options
	// KeepGoing skips lines that are no scenario, where otherwise the first ends the run.
	KeepGoing bool
	// OnBadLine is called, with KeepGoing, for each line that is skipped, in order. It may be nil.
	OnBadLine func(*LineError)
	// Progress is called now and then with how far the run has come. It may be nil.
	Progress func(Count)
}

// Count is how far a run has come.
type Count struct {
	// Scenarios is how many were evaluated, and Bad how many lines were none.
	Scenarios, Bad int
}

// LineError is a line of a stream that is no scenario.
type LineError struct {
	// Line is the line's number, from 1.
	Line int
	Err  error
}

// Error returns the line's number and what is wrong with it.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

const (
	// chunkSize is how many bytes of lines are evaluated by one worker at a time, where lines are shorter.
	chunkSize = 64 << 10
	// keptBuffer is the size of the largest buffer that is kept for the next chunk.
	keptBuffer = 1 << 20
)

// Run reads scenarios from r, as JSON, one a line, and writes the verdicts to w: in the order of the scenarios, one a line
// and browser. Empty lines are skipped. A line longer than [MaxSize] is an error, and is not kept in memory. Verdicts are
// written as soon as no more input is waiting, so that a program can ask and wait for the answer.
//
// Without KeepGoing a line that is no scenario ends the run, with a [*LineError], after the verdicts on the lines before it
// are written. Run may return while a Read from r is under way.
func (b *Batch) Run(r io.Reader, w io.Writer) (Count, error) {
	workers := runtime.GOMAXPROCS(0)
	inFlight := 2 * workers
	free, work, order := make(chan *chunk, inFlight), make(chan *chunk, inFlight), make(chan *chunk, inFlight)
	for range inFlight {
		free <- &chunk{done: make(chan struct{}, 1)}
	}
	stop := make(chan struct{})
	defer close(stop)
	reader := chunkReader{r: r, line: 1}
	go func() {
		defer close(order)
		defer close(work)
		for !reader.ended {
			select {
			case c := <-free:
				reader.fill(c)
				work <- c
				order <- c
			case <-stop:
				return
			}
		}
	}()
	for range workers {
		go func() {
			e := evaluator{Batch: b}
			for c := range work {
				e.evaluate(c)
				c.done <- struct{}{}
			}
		}()
	}
	var count Count
	for c := range order {
		<-c.done
		if len(c.out) > 0 {
			if _, err := w.Write(c.out); err != nil {
				return count, fmt.Errorf("writing verdicts: %w", err)
			}
		}
		count.Scenarios += c.scenarios
		count.Bad += len(c.bad)
		for _, bad := range c.bad {
			if !b.KeepGoing {
				return count, bad
			}
			if b.OnBadLine != nil {
				b.OnBadLine(bad)
			}
		}
		if b.Progress != nil {
			b.Progress(count)
		}
		c.reset()
		free <- c
	}
	return count, reader.err
}

// chunk is some lines of the input on their way to becoming verdicts.
type chunk struct {
	// in are whole lines, and line is the number of the first.
	in   []byte
	line int
	// out are the verdicts, scenarios how many they are of, and bad the lines that are no scenario, in order.
	out       []byte
	scenarios int
	bad       []*LineError
	// done is sent to when the chunk was evaluated.
	done chan struct{}
}

func (c *chunk) reset() {
	c.in, c.out, c.bad, c.scenarios = c.in[:0], c.out[:0], nil, 0
	if cap(c.in) > keptBuffer {
		c.in = nil
	}
	if cap(c.out) > keptBuffer {
		c.out = nil
	}
}

// chunkReader cuts the input into chunks.
type chunkReader struct {
	r io.Reader
	// carry is the start of a line whose end was not read yet, and line its number.
	carry []byte
	line  int
	// skip is set while the rest of a line that is too long is skipped.
	skip  bool
	ended bool
	err   error
}

// fill reads lines into a chunk: what is there, and at least one where that is possible.
func (r *chunkReader) fill(c *chunk) {
	c.in, c.line = append(c.in[:0], r.carry...), r.line
	r.carry = r.carry[:0]
	for {
		if len(c.in) == cap(c.in) {
			grown := make([]byte, len(c.in), max(chunkSize, 2*cap(c.in)))
			copy(grown, c.in)
			c.in = grown
		}
		start := len(c.in)
		n, err := r.r.Read(c.in[start:cap(c.in)])
		c.in = c.in[:start+n]
		if err != nil {
			r.ended = true
			if err != io.EOF {
				r.err = fmt.Errorf("reading scenarios: %w", err)
			}
		}
		if r.skip && !r.skipLine(c, start) {
			if r.ended {
				return
			}
			continue
		}
		end := len(c.in)
		if !r.ended || r.err != nil {
			end = bytes.LastIndexByte(c.in[start:], '\n') + 1
			if end > 0 {
				end += start
			}
		}
		switch {
		case r.ended || end > 0:
			r.carry = append(r.carry, c.in[end:]...)
			c.in = c.in[:end]
			r.line += bytes.Count(c.in, newline)
			return
		case len(c.in) > MaxSize:
			c.in, r.skip = c.in[:0], true
			c.bad = append(c.bad, &LineError{r.line, errLong})
			return
		}
	}
}

var (
	newline = []byte{'\n'}
	errLong = fmt.Errorf("the line is longer than %d bytes, the longest scenario taken", MaxSize)
)

// skipLine drops the rest of a line that is too long from the start of what was read last, and reports whether the line has
// ended.
func (r *chunkReader) skipLine(c *chunk, start int) bool {
	end := bytes.IndexByte(c.in[start:], '\n')
	if end < 0 {
		c.in = c.in[:start]
		return false
	}
	r.skip = false
	r.line++
	c.line = r.line
	c.in = append(c.in[:start], c.in[start+end+1:]...)
	return true
}

// evaluator turns chunks into verdicts, one at a time.
type evaluator struct {
	*Batch
	plain plainDecoder
}

func (e *evaluator) evaluate(c *chunk) {
	rest, number := string(c.in), c.line
	for ; rest != "" && (e.KeepGoing || len(c.bad) == 0); number++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if len(line) > MaxSize {
			c.bad = append(c.bad, &LineError{number, errLong})
			continue
		}
		if strings.Trim(line, " \t\r") == "" {
			continue
		}
		out, err := e.appendVerdicts(c.out, line)
		if err != nil {
			c.bad = append(c.bad, &LineError{number, err})
			continue
		}
		c.out = out
		c.scenarios++
	}
}

// appendVerdicts appends a line for what each browser makes of a scenario.
func (e *evaluator) appendVerdicts(out []byte, line string) ([]byte, error) {
	s, ok := e.plain.decode(line)
	if !ok {
		var err error
		if s, err = Decode([]byte(line)); err != nil {
			return nil, err
		}
	}
	for _, browser := range e.Browsers {
		if len(s.Cookies) == 0 { // as the recordings of the format were made
			browser = browser.AllowingThirdPartyCookies()
		}
		run, err := Evaluate(s, browser, e.Options)
		if err != nil {
			return nil, err
		}
		out = append(run.AppendVerdict(out, s.ID), '\n')
	}
	return out, nil
}
