package scenario

import (
	"strconv"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// AppendVerdict appends the run's verdict as JSON to b: the same bytes as encoding/json makes of [Run.Verdict] with HTML
// escaping off, in a fraction of the time.
func (run *Run) AppendVerdict(b []byte, id string) []byte {
	inFrame := run.inFrame()
	b = appendString(append(b, `{"id":`...), id)
	b = appendString(append(b, `,"browser":`...), run.Browser.Name)
	b = append(b, `,"results":[`...)
	for i, r := range run.Results {
		var devTools *personality.DevTools
		if !inFrame {
			devTools = run.Browser.DevTools(r)
		}
		b = run.appendResult(appendComma(b, i), i, devTools)
	}
	b = append(b, `],"console":[`...)
	if !inFrame {
		b = run.appendConsole(b)
	}
	b = append(b, `],"requests":[`...)
	n := 0
	for _, r := range run.Results {
		for _, e := range r.Exchanges {
			b = appendRequest(appendComma(b, n), e.Request, sentHeaders(e))
			n++
		}
	}
	b = append(b, ']')
	if inFrame {
		b = run.appendFrame(b)
	}
	return append(b, '}')
}

// appendFrame appends what a sandboxed frame's own console and DevTools show.
func (run *Run) appendFrame(b []byte) []byte {
	b = run.appendConsole(append(b, `,"frame":{"console":[`...))
	b = append(b, ']')
	n := 0
	for _, r := range run.Results {
		if d := run.Browser.DevTools(r); d != nil {
			if n == 0 {
				b = append(b, `,"devtools":[`...)
			}
			b = appendDevTools(appendComma(b, n), d)
			n++
		}
	}
	if n > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

func (run *Run) appendResult(b []byte, i int, devTools *personality.DevTools) []byte {
	r := run.Results[i]
	if r.Block != nil {
		b = append(b, `{"outcome":"blocked"`...)
		b = appendMember(b, `,"code":`, string(r.Block.Code))
		b = appendMember(b, `,"exception":`, run.Browser.Exception(run.Page, run.Inits[i], r))
	} else {
		b = appendResponse(append(b, `{"outcome":"allowed","response":`...), run.Inits[i].API, r.Response)
	}
	if devTools != nil {
		b = appendDevTools(append(b, `,"devtools":`...), devTools)
	}
	for j, e := range r.Trace {
		if j == 0 {
			b = append(b, `,"trace":[`...)
		}
		b = appendString(append(appendComma(b, j), `{"step":`...), string(e.Step))
		b = append(appendMember(b, `,"saw":`, e.Saw), '}')
	}
	if len(r.Trace) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendResponse(b []byte, api fetchspec.API, r *fetchspec.Response) []byte {
	if api.IsElement() {
		return append(b, `{"loaded":true}`...)
	}
	b = append(b, '{')
	if api == fetchspec.APIFetch && r.Type != "" {
		b = append(appendString(append(b, `"type":`...), string(r.Type)), ',')
	}
	b = strconv.AppendInt(append(b, `"status":`...), int64(r.Status), 10)
	url := ""
	if u := r.URL(); u != nil {
		url = u.WithoutFragment()
	}
	b = appendString(append(b, `,"url":`...), url)
	if api == fetchspec.APIFetch {
		b = strconv.AppendBool(append(b, `,"redirected":`...), r.Redirected())
	}
	if len(r.Headers) > 0 {
		b = appendHeaders(append(b, `,"headers":`...), r.Headers.SortAndCombine())
	}
	return append(b, '}')
}

// appendConsole appends the lines of the console, without brackets around them.
func (run *Run) appendConsole(b []byte) []byte {
	n := 0
	for i, r := range run.Results {
		for _, l := range run.Browser.Console(run.Page, run.Inits[i], r) {
			b = appendString(append(appendComma(b, n), `{"text":`...), l.Text)
			b = appendMember(b, `,"level":`, l.Level)
			b = append(appendMember(b, `,"source":`, l.Source), '}')
			n++
		}
	}
	return b
}

func appendRequest(b []byte, r *fetchspec.Request, headers fetchspec.Headers) []byte {
	b = appendString(append(b, `{"method":`...), r.Method)
	b = appendString(append(b, `,"url":`...), r.WireURL())
	b = appendHeaders(append(b, `,"headers":`...), headers)
	return append(b, '}')
}

func appendDevTools(b []byte, d *personality.DevTools) []byte {
	b = appendString(append(b, `{"corsError":`...), d.CORSError)
	b = appendString(append(b, `,"failedParameter":`...), d.FailedParameter)
	return append(b, '}')
}

// appendHeaders appends headers as pairs; their bytes are code points.
func appendHeaders(b []byte, headers fetchspec.Headers) []byte {
	b = append(b, '[')
	for i := range headers {
		b = appendString(append(appendComma(b, i), '['), fetchspec.IsomorphicDecode(headers[i].Name))
		b = appendString(append(b, ','), fetchspec.IsomorphicDecode(headers[i].Value))
		b = append(b, ']')
	}
	return append(b, ']')
}

// appendComma appends a comma before all elements but the first.
func appendComma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

// appendMember appends a member that is left out where it is empty.
func appendMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return appendString(append(b, name...), value)
}

// appendString appends a JSON string, escaped as encoding/json does without HTML escaping.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plainByte[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + n
			case r == '\u2028' || r == '\u2029': // line breaks to JavaScript before ES2019
				b = append(append(b, s[start:i]...), `\u202`...)
				b = append(b, hexDigits[r&0xF])
				start = i + n
			}
			i += n
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

const hexDigits = "0123456789abcdef"

// plainByte holds the bytes that stand for themselves in a JSON string.
var plainByte = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()
