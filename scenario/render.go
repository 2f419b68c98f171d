package scenario

import (
	"strconv"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// Render puts a run into text for people. Each request is told in order: what goes over the wire, with the request
// headers that CORS is about and cookies; whether the page gets to see the response, and what of it; and what the console says:
//
//	OPTIONS https://api.example.com/items
//	  Origin: https://app.example.com
//	  Access-Control-Request-Method: PUT
//	blocked: method-not-allowed
//	  TypeError: Failed to fetch
//	| Access to fetch at …
//
//	GET https://api.example.com/items
//	  Origin: https://app.example.com
//	allowed: cors 200 https://api.example.com/items
//	  content-type: text/plain
//
// A console line stands after a bar, in full; |warning| marks one that is no error, and frame| one of a sandboxed frame's
// own console. Text with a line break in it, or anything else that does not show, is in double quotes with the escapes of
// Go. The requests of a scenario with steps stand under headings, "step 1" and so on.
func (run *Run) Render() string {
	var b strings.Builder
	inFrame := run.inFrame()
	run.eachStep(&b, func(i int) {
		for _, e := range run.Results[i].Exchanges {
			renderRequest(&b, wireRequest(e.Request, e.Request.Headers))
		}
		renderResult(&b, run.result(i))
		for _, l := range run.Browser.Console(run.Page, run.Inits[i], run.Results[i]) {
			renderLine(&b, Line(l), inFrame)
		}
	})
	return b.String()
}

// RenderTrace puts the path through the standard into text, one step a line: the step, a colon, and what it saw. The run
// must have been evaluated with the option Trace.
func (run *Run) RenderTrace() string {
	var b strings.Builder
	run.eachStep(&b, func(i int) {
		for _, e := range run.Results[i].Trace {
			b.WriteString(visible(strings.TrimRight(string(e.Step)+": "+e.Saw, " ")) + "\n")
		}
	})
	return b.String()
}

func (run *Run) eachStep(b *strings.Builder, render func(i int)) {
	for i := range run.Results {
		if len(run.Results) > 1 {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("step " + strconv.Itoa(i+1) + "\n")
		}
		render(i)
	}
}

func renderRequest(b *strings.Builder, r WireRequest) {
	b.WriteString(visible(r.Method+" "+r.URL) + "\n")
	for _, h := range r.Headers {
		if isShown(h[0]) {
			b.WriteString("  " + visible(h[0]+": "+h[1]) + "\n")
		}
	}
}

// isShown tells the request headers that CORS is about, and Cookie.
func isShown(name string) bool {
	for _, n := range [...]string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Cookie"} {
		if fetchspec.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func renderResult(b *strings.Builder, r Result) {
	if r.Outcome == Blocked {
		b.WriteString("blocked: " + string(r.Code) + "\n  " + visible(r.Exception) + "\n")
		return
	}
	b.WriteString("allowed:")
	resp := r.Response
	if resp.Loaded {
		b.WriteString(" loaded\n")
		return
	}
	for _, s := range [...]string{resp.Type, strconv.Itoa(*resp.Status), *resp.URL} {
		if s != "" {
			b.WriteString(" " + visible(s))
		}
	}
	if resp.Redirected != nil && *resp.Redirected {
		b.WriteString(" redirected")
	}
	b.WriteByte('\n')
	for _, h := range resp.Headers {
		b.WriteString("  " + visible(strings.TrimRight(h[0]+": "+h[1], " ")) + "\n")
	}
}

func renderLine(b *strings.Builder, l Line, inFrame bool) {
	if inFrame {
		b.WriteString("frame")
	}
	b.WriteByte('|')
	if l.Level != "error" {
		b.WriteString(l.Level + "|")
	}
	if l.Text != "" {
		b.WriteString(" " + visible(l.Text))
	}
	b.WriteByte('\n')
}

// visible returns text as it is where it is plain, and else in double quotes, so that all of it can be seen and it stays
// on its line.
func visible(s string) string {
	if s == "" || isPlain(s) && s[0] != '"' && strings.Trim(s, " ") == s {
		return s
	}
	return strconv.Quote(s)
}
