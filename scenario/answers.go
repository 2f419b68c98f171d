package scenario

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// Limits of what [ParseAnswers] takes.
const (
	// MaxAnswersSize is the size in bytes of the largest input.
	MaxAnswersSize = 64 << 20
	// MaxAnswerLine is the length in bytes of the longest line of a head, and MaxAnswerHead that of the longest head.
	MaxAnswerLine = 1 << 20
	MaxAnswerHead = 8 << 20
	// MaxAnswers is how many heads are taken. No fetch asks more than 42 times: 21 URLs, each with a preflight.
	MaxAnswers = 1000
	// keptBody is how much of a body is kept, in bytes: elements are judged by how it starts.
	keptBody = 4096
)

// Answers are responses as servers sent them, in the order in which they came.
type Answers struct {
	Heads []Head
	// Notes say, for people, what was skipped and why.
	Notes []string
}

// Head is the head of a response as it came over the wire.
type Head struct {
	// Line is the line of the input that the status line stands on, from 1.
	Line int
	// Proto is the protocol, such as "HTTP/1.1" or "HTTP/2".
	Proto  string
	Status int
	// Reason is the reason phrase, empty where there is none.
	Reason string
	// Headers are the header lines in order, with their bytes as they came, less the white space around values.
	Headers fetchspec.Headers
	// Body is the start of the body, if one came along: a few KiB at most.
	Body string
}

// ParseAnswers reads response heads as "curl -i", "curl -si -L" and "curl -v" print them: one or several, of any version
// of HTTP, with LF or CRLF. Bodies are skipped: by Content-Length where there is one, or else up to the next status line.
// Interim responses (1xx) are skipped, and so are, with a note, answers of proxies to CONNECT. In the output of curl -v,
// whose head lines start with "< ", all that does not is skipped.
//
// Input that is not of that form is an [*AnswerError]. No more than a line is held in memory besides what is returned.
func ParseAnswers(r io.Reader) (*Answers, error) {
	p := answerParser{lines: newLineReader(r)}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return &p.answers, nil
}

type answerParser struct {
	lines   *lineReader
	answers Answers
	// verbose are the heads that curl -v printed, less those that came once more.
	verbose []Head
	// skipped is set once curl's own lines were seen.
	skipped bool
	// closed is set while the last head takes no body: it was interim, or answered a proxy.
	closed bool
}

func (p *answerParser) parse() error {
	seen := false
	for {
		l, err := p.lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		text, verbose := cutVerbose(l.text)
		switch {
		case isStatusLine(text), !seen && strings.HasPrefix(text, "HTTP/"):
			seen = true
			if err := p.head(l, text, verbose); err != nil {
				return err
			}
		case seen:
			p.body(l)
		case text == "":
		case isVerboseNoise(l.text):
			p.skipped = true
		default:
			return notAResponse(l)
		}
	}
	if len(p.answers.Heads) == 0 {
		return p.nothing(seen)
	}
	return nil
}

// nothing is the error of input without a response in it.
func (p *answerParser) nothing(seen bool) error {
	e := &AnswerError{Line: 1, Column: 1, Found: "an empty file", Want: wantStatus, Hint: hintCurl}
	switch {
	case seen:
		e.Found = "only interim answers and answers of a proxy"
	case p.skipped:
		e.Found = "only lines that curl -v prints about the connection"
		e.Hint = "the lines that start with \"< \" are missing; " + hintCurl
	case p.lines.size > 0:
		e.Found = "only empty lines"
	}
	return e
}

const (
	wantStatus = "a status line such as HTTP/1.1 200 OK"
	wantHeader = "Name: value"
	hintCurl   = "save what curl -i prints: curl -si https://api.example.com/ > answer.txt"
)

// body notes a line that belongs to the body of the last head.
func (p *answerParser) body(l textLine) {
	n := len(p.answers.Heads)
	if n == 0 || p.closed || isVerboseNoise(l.text) {
		return
	}
	if h := &p.answers.Heads[n-1]; len(h.Body) < keptBody {
		h.Body += string(l.text[:min(len(l.text), keptBody-len(h.Body))])
		if l.complete {
			h.Body += "\n"
		}
	}
	if i := bytes.Index(l.text, []byte("HTTP/")); i >= 0 && isStatusLine(string(l.text[i:min(len(l.text), i+16)])) {
		p.note("line %d has %q inside of a line; it was taken for a part of the body of answer %d. A head starts on a line of its own", l.no, clip(string(l.text[i:])), n)
	} else if i == 0 {
		p.note("line %d starts with HTTP/ but is no status line; it was taken for a part of the body of answer %d", l.no, n)
	}
}

func (p *answerParser) note(format string, args ...any) {
	const most = 20
	if len(p.answers.Notes) < most {
		p.answers.Notes = append(p.answers.Notes, fmt.Sprintf(format, args...))
	}
}

// head parses a head, from its status line on, and skips its body where Content-Length says how long it is.
func (p *answerParser) head(first textLine, text string, verbose bool) error {
	h := Head{Line: first.no}
	if err := h.statusLine(first, text); err != nil {
		return err
	}
	if err := p.headers(&h, first, verbose); err != nil {
		return err
	}
	p.closed = true
	switch {
	case h.Status < 200:
		return nil
	case strings.EqualFold(h.Reason, "Connection established"):
		p.note("line %d: %s %d %s is a proxy's answer to CONNECT; it was skipped", h.Line, h.Proto, h.Status, h.Reason)
		return nil
	case len(p.answers.Heads) == MaxAnswers:
		return &AnswerError{first.no, 1, fmt.Sprintf("more than %d heads", MaxAnswers), "as many as a browser asks for, 42 at most", ""}
	}
	p.closed = false
	if !verbose && p.isTwin(&h) {
		p.note("line %d: this head is the one of line %d once more, as curl -iv prints it; it was skipped", h.Line, p.verbose[0].Line)
		p.verbose = p.verbose[1:]
		p.closed = true
		return nil
	}
	if verbose {
		p.verbose = append(p.verbose, h)
	}
	length := h.contentLength()
	none := p.lines.atStatusLine() // as with curl -I
	if none || verbose || length == 0 {
		// NOTE: curl -v mixes lines of its own with the body, so that its length does not help.
		p.closed = none
		p.answers.Heads = append(p.answers.Heads, h)
		return nil
	}
	p.closed = true
	start, swallowed, err := p.lines.discard(length)
	h.Body = string(start)
	p.answers.Heads = append(p.answers.Heads, h)
	if err == nil && swallowed > 0 && p.lines.ended {
		return &AnswerError{
			swallowed, 1, "a status line inside of a body that is shorter than its Content-Length of " + strconv.FormatInt(length, 10),
			"the whole body of answer " + strconv.Itoa(len(p.answers.Heads)) + ", or none",
			"delete its Content-Length line, or what is left of the body",
		}
	}
	return err
}

// isTwin reports whether a head was there before, in the form that curl -v gives it.
func (p *answerParser) isTwin(h *Head) bool {
	return len(p.verbose) > 0 && p.verbose[0].Status == h.Status && slices.Equal(p.verbose[0].Headers, h.Headers)
}

// contentLength is the length of the body that follows, 0 where there is none or it is not known.
func (h *Head) contentLength() int64 {
	value, _ := h.Headers.Get("Content-Length")
	n, err := strconv.ParseUint(value, 10, 62)
	if err != nil || h.Status == 204 || h.Status == 304 {
		return 0
	}
	return int64(n)
}

// headers reads the header lines of a head up to the empty line.
func (p *answerParser) headers(h *Head, last textLine, verbose bool) error {
	size := 0
	twin := ""
	for {
		if verbose {
			twin = strings.TrimPrefix(string(last.text), "< ")
		}
		if !last.complete {
			return truncated(last)
		}
		l, err := p.lines.next()
		if err == io.EOF {
			return nil // a head may end with the file
		}
		if err != nil {
			return err
		}
		text, marked := cutVerbose(l.text)
		if verbose && !marked {
			// curl -iv prints each line twice, and lines of its own in between.
			if isVerboseNoise(l.text) || string(l.text) == twin {
				continue
			}
			return &AnswerError{l.no, l.column, "a line without \"< \" in the middle of a head, " + quoted(l.text), "\"< " + wantHeader + "\", or \"< \" alone at the head's end", "paste the output of curl -v whole"}
		}
		if size += len(l.text); size > MaxAnswerHead {
			return &AnswerError{l.no, 1, fmt.Sprintf("a head of more than %d bytes", MaxAnswerHead), "a shorter one; browsers take less than 1 MiB", ""}
		}
		last = l
		if text == "" && l.complete {
			return nil
		}
		shift := 0
		if marked {
			shift = min(2, len(l.text))
		}
		if err := h.headerLine(l, text, shift); err != nil {
			return err
		}
	}
}

// headerLine parses a header line. Text starts shift bytes into the line.
func (h *Head) headerLine(l textLine, text string, shift int) error {
	at := func(i int) int { return l.column + shift + i }
	switch {
	case l.long:
		return &AnswerError{l.no, l.column, fmt.Sprintf("a header line of more than %d bytes", MaxAnswerLine), "a shorter one; browsers take less than 1 MiB for all header lines together", ""}
	case strings.IndexByte(text, 0) >= 0:
		return &AnswerError{l.no, at(strings.IndexByte(text, 0)), "a NUL byte", wantHeader, "this is a binary file, or one in UTF-16; " + hintCurl}
	case !l.complete:
		return truncated(l)
	case strings.IndexByte(text, '\r') >= 0:
		return &AnswerError{l.no, at(strings.IndexByte(text, '\r')), "a carriage return inside of a line", wantHeader, "lines end with LF or CR LF; curl -s leaves out the progress meter"}
	case text[0] == ' ' || text[0] == '\t':
		// A line that starts with white space goes on with the one before it (obs-fold).
		if len(h.Headers) == 0 {
			return &AnswerError{l.no, at(0), "a line that starts with white space", wantHeader, "only a line after a header line can go on with it"}
		}
		last := &h.Headers[len(h.Headers)-1]
		last.Value = strings.Trim(last.Value+" "+strings.Trim(text, "\t "), "\t ")
		return nil
	}
	name, value, ok := strings.Cut(text, ":")
	switch {
	case len(h.Headers) == MaxHeaders:
		return &AnswerError{l.no, at(0), fmt.Sprintf("header line %d of one head", MaxHeaders+1), fmt.Sprintf("%d at most", MaxHeaders), ""}
	case !ok:
		return &AnswerError{l.no, at(0), "a line without a colon, " + quoted(l.text[shift:]), wantHeader, "an empty line ends the head and starts the body"}
	case name == "":
		return &AnswerError{l.no, at(0), "a colon without a name before it", wantHeader, ""}
	case !fetchspec.IsToken(name):
		i := strings.IndexFunc(name, func(r rune) bool { return !fetchspec.IsToken(string(r)) })
		what := "a space"
		if name[i] != ' ' {
			what = strconv.QuoteToASCII(name[i : i+1])
		}
		if strings.TrimRight(name, "\t ") == name[:i] {
			return &AnswerError{l.no, at(i), "white space between the name " + quoted([]byte(name[:i])) + " and its colon", wantHeader, "browsers refuse such a response or skip the line; fix the server, or the file"}
		}
		return &AnswerError{l.no, at(i), what + " in the name of a header, " + quoted([]byte(name)), wantHeader, "a name is made of letters, digits and !#$%&'*+-.^_`|~"}
	}
	h.Headers = append(h.Headers, fetchspec.Header{Name: name, Value: strings.Trim(value, "\t ")})
	return nil
}

// statusLine parses a status line.
func (h *Head) statusLine(l textLine, text string) error {
	bad := func(found, hint string) error {
		return &AnswerError{l.no, l.column, found, wantStatus, hint}
	}
	switch {
	case l.long:
		return bad(fmt.Sprintf("a line of more than %d bytes", MaxAnswerLine), "")
	case strings.IndexByte(text, 0) >= 0:
		return bad("a NUL byte in the status line", "this is a binary file, or one in UTF-16; "+hintCurl)
	case !l.complete:
		return truncated(l)
	}
	proto, rest, _ := strings.Cut(text, " ")
	status, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !isStatusLine(text) {
		switch {
		case rest == "":
			return bad("a status line without a status, "+quoted(l.text), "")
		case len(status) != 3 || strings.Trim(status, "0123456789") != "" || status[0] == '0':
			return bad("the status "+quoted([]byte(status)), "a status is three digits, from 100 to 999")
		}
		return bad("the protocol "+quoted([]byte(proto)), "HTTP/1.0, HTTP/1.1, HTTP/2 and HTTP/3 are known")
	}
	h.Proto, h.Reason = proto, strings.Trim(reason, "\t ")
	h.Status, _ = strconv.Atoi(status)
	return nil
}

// isStatusLine reports whether a line starts as a status line does: protocol, version, and three digits.
func isStatusLine(s string) bool {
	rest, ok := strings.CutPrefix(s, "HTTP/")
	if !ok || rest == "" || rest[0] < '0' || rest[0] > '9' {
		return false
	}
	if rest = rest[1:]; len(rest) >= 2 && rest[0] == '.' && '0' <= rest[1] && rest[1] <= '9' {
		rest = rest[2:]
	}
	status := strings.TrimLeft(rest, " ")
	if status == rest || len(status) < 3 || status[0] == '0' || strings.Trim(status[:3], "0123456789") != "" {
		return false
	}
	return len(status) == 3 || status[3] == ' ' || status[3] == '\r'
}

// cutVerbose removes the mark that curl -v puts before the lines of a head, and the carriage return at the end.
func cutVerbose(line []byte) (text string, marked bool) {
	line = bytes.TrimSuffix(line, []byte("\r"))
	if rest, ok := bytes.CutPrefix(line, []byte("< ")); ok {
		return string(rest), true
	}
	if string(line) == "<" {
		return "", true
	}
	return string(line), false
}

// isVerboseNoise reports whether a line is one that curl -v prints about the connection and the request, or of the progress
// meter.
func isVerboseNoise(line []byte) bool {
	for _, mark := range [...]string{"* ", "> ", "{ [", "} [", "  % Total ", "          "} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	if len(line) > 1 && line[0] == '\r' {
		return true // the progress meter goes back to the start of the line
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	return len(line) == 1 && (line[0] == '>' || line[0] == '*')
}
