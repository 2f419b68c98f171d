package scenario

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// lineReader reads lines, of which it holds one at a time, and no more of it than MaxAnswerLine bytes.
type lineReader struct {
	r *bufio.Reader
	// line holds a line that did not fit the buffer of r.
	line []byte
	// no is the number of the line that is read next, and column where in it reading goes on; both from 1.
	no, column int
	// size is how many bytes were read so far.
	size int64
	// rest is set where the rest of a long line is still to be skipped.
	rest bool
	// ended is set once the end of the input came.
	ended bool
}

// textLine is a line without its line feed. The text is valid until the next line is read.
type textLine struct {
	no, column int
	text       []byte
	// complete is set where a line feed ended the line; the end of the input can, too.
	complete bool
	// long is set where the line goes on after MaxAnswerLine bytes.
	long bool
}

func newLineReader(r io.Reader) *lineReader {
	l := &lineReader{r: bufio.NewReaderSize(io.LimitReader(r, MaxAnswersSize+1), 64<<10), no: 1, column: 1}
	if mark, _ := l.r.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		// A byte order mark, which editors add.
		l.r.Discard(3)
		l.size = 3
	}
	return l
}

// next returns the next line, and io.EOF at the end of the input.
func (l *lineReader) next() (textLine, error) {
	if l.rest {
		l.rest = false
		if _, err := l.read(false); err != nil {
			return textLine{}, err
		}
	}
	start := l.column
	line, err := l.read(true)
	if err != nil {
		return textLine{}, err
	}
	if line.no, line.column = l.no, start; line.complete {
		l.no++
		l.column = 1
	} else {
		l.column += len(line.text)
	}
	if line.text == nil && !line.complete {
		return textLine{}, io.EOF
	}
	return line, nil
}

// read reads up to a line feed. Where keep is not set the text is skipped, however long it is.
func (l *lineReader) read(keep bool) (line textLine, err error) {
	l.line = l.line[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.size += int64(len(part))
		if err := l.tooLarge(); err != nil {
			return line, err
		}
		switch err {
		case nil:
			line.complete = true
			part = part[:len(part)-1]
		case io.EOF:
			l.ended = true
		case bufio.ErrBufferFull:
			if keep {
				if l.line = append(l.line, part...); len(l.line) > MaxAnswerLine {
					l.rest, line.long, line.text = true, true, l.line
					return line, nil
				}
			}
			continue
		default:
			return line, fmt.Errorf("line %d: %w", l.no, err)
		}
		switch {
		case !keep:
			l.no++
			l.column = 1
		case len(l.line) > 0:
			l.line = append(l.line, part...)
			line.text, line.long = l.line, len(l.line) > MaxAnswerLine
		case len(part) > 0:
			line.text = part
		}
		return line, nil
	}
}

func (l *lineReader) tooLarge() error {
	if l.size <= MaxAnswersSize {
		return nil
	}
	return &AnswerError{l.no, l.column, fmt.Sprintf("a file of more than %d bytes", MaxAnswersSize), "a smaller one", "heads are all that is needed; curl -sI prints just those"}
}

// atStatusLine reports whether a status line comes next, after empty lines at most.
func (l *lineReader) atStatusLine() bool {
	ahead, _ := l.r.Peek(64)
	return startsStatusLine(bytes.TrimLeft(ahead, "\r\n"))
}

func startsStatusLine(ahead []byte) bool {
	line, _, _ := bytes.Cut(ahead, []byte("\n"))
	return isStatusLine(string(line))
}

// discard skips n bytes, or as many as there are. It returns how they start, and the number of the first line in them that
// is a status line, 0 where none is.
func (l *lineReader) discard(n int64) (start []byte, swallowed int, err error) {
	for n > 0 {
		if l.column == 1 && swallowed == 0 {
			if ahead, _ := l.r.Peek(16); startsStatusLine(ahead) {
				swallowed = l.no
			}
		}
		ahead, err := l.r.Peek(int(min(n, 4096)))
		if len(ahead) == 0 {
			l.ended = true
			if err == io.EOF {
				err = nil
			}
			return start, swallowed, err
		}
		if i := bytes.IndexByte(ahead, '\n'); i >= 0 {
			ahead = ahead[:i+1]
			l.no++
			l.column = 1
		} else {
			l.column += len(ahead)
		}
		if len(start) < keptBody {
			start = append(start, ahead[:min(len(ahead), keptBody-len(start))]...)
		}
		n -= int64(len(ahead))
		l.size += int64(len(ahead))
		l.r.Discard(len(ahead))
		if err := l.tooLarge(); err != nil {
			return start, swallowed, err
		}
	}
	return start, swallowed, nil
}
