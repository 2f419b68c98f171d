package scenario

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/corsim/corsim/fetchspec"
)

// Format returns the text form, which [ParseText] reads back as the same. The scenario must be valid, see
// [Scenario.Validate]; a dropped connection has no body.
func (t *Text) Format() []byte {
	a := &txtar.Archive{}
	if t.Comment != "" {
		a.Comment = []byte(unmark(t.Comment) + "\n\n")
	}
	add := func(name, data string) { a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(data)}) }
	s := t.Scenario
	add("page", formatPage(s))
	for _, u := range slices.Sorted(maps.Keys(s.Cookies)) {
		add("cookies "+optionValue(u), formatCookies(s.Cookies[u]))
	}
	if s.Request != nil {
		add("request", formatRequest(s.Request, false))
	}
	for i := range s.Steps {
		add("request", formatRequest(&s.Steps[i], len(s.Steps) == 1))
	}
	for _, u := range slices.Sorted(maps.Keys(s.Server)) {
		name := optionValue(u)
		if e := s.Server[u]; e.Preflight != nil {
			add("preflight "+name, formatAnswer(e.Preflight))
		}
		if e := s.Server[u]; e.Response != nil {
			add("response "+name, formatAnswer(e.Response))
		}
	}
	for _, x := range t.Sections {
		add(x.Name, unmark(trimEnd(x.Data)))
	}
	return txtar.Format(a)
}

func formatPage(s *Scenario) string {
	c := s.Client
	page := c.Origin
	switch {
	case c.Opaque:
		page = pageSandboxed
	case c.Sandbox:
		page = pageSandboxedDocument
	}
	page += "\n"
	if c.COEP != "" {
		page += "coep=" + c.COEP + "\n"
	}
	if c.Worker != "" {
		page += "worker\n"
	}
	if s.HTTP2 {
		page += "http2\n"
	}
	return page
}

func formatCookies(values []string) string {
	var b strings.Builder
	for _, v := range values {
		if !isPlain(v) || v[0] == '"' || strings.Trim(v, " ") != v || isMarker(v) {
			v = strconv.Quote(v)
		}
		b.WriteString(v + "\n")
	}
	return b.String()
}

// unmark indents lines that would start a section.
func unmark(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, l := range lines {
		if isMarker(l) {
			lines[i] = " " + l
		}
	}
	return strings.Join(lines, "")
}

// isMarker reports whether a line starts a section.
func isMarker(line string) bool {
	return strings.HasPrefix(line, "-- ") && len(txtar.Parse([]byte(line)).Files) > 0
}

// formatRequest writes a request. alone is set for the only one of a list of steps, which only wait tells from a single
// request.
func formatRequest(r *Request, alone bool) string {
	var b strings.Builder
	b.WriteString(string(r.api()))
	if r.Method != "" {
		b.WriteString(" " + plainWord(r.Method))
	}
	b.WriteString(" " + plainWord(*r.URL))
	for _, o := range requestOptions {
		value, bare, ok := o.get(r)
		switch {
		case bare && ok:
			b.WriteString(" " + o.name)
		case ok || alone && o.name == "wait":
			b.WriteString(" " + o.name + "=" + optionValue(value))
		}
	}
	b.WriteByte('\n')
	formatHead(&b, r.Headers, r.Body)
	return b.String()
}

func formatAnswer(a *Answer) string {
	if a.Drop {
		return "drop\n"
	}
	if a.Fail != "" {
		return "fail " + string(a.Fail) + "\n"
	}
	var b strings.Builder
	b.WriteString("HTTP/1.1 " + strconv.Itoa(a.Status))
	if phrase := http.StatusText(a.Status); phrase != "" {
		b.WriteString(" " + phrase)
	}
	b.WriteByte('\n')
	body := &a.Body
	if a.Body == "" {
		body = nil
	}
	formatHead(&b, a.Headers, body)
	return b.String()
}

func formatHead(b *strings.Builder, headers [][]string, body *string) {
	for _, h := range headers {
		name, value := h[0], h[1]
		switch {
		case fetchspec.IsToken(name) && value == "":
			b.WriteString(name + ":\n")
		case fetchspec.IsToken(name) && isPlain(value) && strings.Trim(value, " ") == value:
			b.WriteString(name + ": " + value + "\n")
		case fetchspec.IsToken(name):
			b.WriteString(name + " = " + strconv.Quote(value) + "\n")
		default:
			b.WriteString(strconv.Quote(name) + " = " + strconv.Quote(value) + "\n")
		}
	}
	switch {
	case body == nil:
	case isPlainBody(*body):
		b.WriteString("\n" + *body + "\n")
	default:
		b.WriteString("= " + strconv.Quote(*body) + "\n")
	}
}

// isPlainBody reports whether a body can stand after the head as it is.
func isPlainBody(body string) bool {
	if body == "" || strings.HasSuffix(body, "\n") {
		return false
	}
	for l := range strings.SplitSeq(body, "\n") {
		if isMarker(l) || l != "" && !isPlain(strings.ReplaceAll(l, "\t", " ")) {
			return false
		}
	}
	return true
}
