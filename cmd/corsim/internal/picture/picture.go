// Package picture draws what went between a page, its browser and the servers that it asked, as a sequence of arrows, and
// marks the hop at which it failed.
package picture

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/cells"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Options say what to draw with.
type Options struct {
	// Width is how many cells there are, of which at least [MinWidth] and at most [MaxWidth] are used.
	Width int
	// ASCII draws with ASCII characters alone.
	ASCII bool
	// Colour marks what failed in red and what passed in green, as terminals understand it.
	Colour bool
}

// The limits of a picture's width, in cells.
const (
	MinWidth = 32
	MaxWidth = 120
)

// Draw draws the result of a request of a page. It names no browser, and draws the same for those that do the same.
func Draw(page engine.Page, init engine.Init, result *engine.Result, opt Options) string {
	p := &picture{Options: opt, marks: unicodeMarks, page: page, result: result}
	if opt.ASCII {
		p.marks = asciiMarks
	}
	width := min(max(opt.Width, MinWidth), MaxWidth)
	p.left = min(max(width/4, 12), 24)
	p.right = width - p.left - 3
	p.head(init)
	for i := range result.Exchanges {
		p.exchange(&result.Exchanges[i])
	}
	p.end()
	return p.b.String()
}

type marks struct {
	line, shaft, toRight, toLeft, start, back, corner, cross, check, more string
}

var (
	unicodeMarks = marks{"│", "─", "▶", "◀", "├", "┤", "┐", "✗", "✓", "…"}
	asciiMarks   = marks{"|", "-", ">", "<", "+", "+", "+", "x", "ok", "..."}
)

// style is how a terminal shows a part.
type style string

const (
	plain  style = ""
	failed style = "\x1b[31m"
	passed style = "\x1b[32m"
)

// picture is being drawn. It has three lines from top to bottom, and two lanes between them, left and right, of as many
// cells.
type picture struct {
	Options
	marks
	b           strings.Builder
	left, right int
	page        engine.Page
	result      *engine.Result
	// server is the origin that was asked last, and drawn is set once the failure is.
	server origin.Origin
	drawn  bool
}

func (p *picture) styled(s style, text string) string {
	if s == plain || !p.Colour {
		return text
	}
	return string(s) + text + "\x1b[0m"
}

// row draws a line with text in the lanes, that of the right lane in a style.
func (p *picture) row(left, right string, s style) {
	p.rows(p.line, cells.Pad(left, p.left), p.line, p.styled(s, right)+strings.Repeat(" ", p.right-cells.Width(right)), p.line)
}

func (p *picture) rows(parts ...string) {
	p.b.WriteString(strings.TrimRight(strings.Join(parts, ""), " ") + "\n")
}

// text fits a line of text into a lane, with a space on both sides.
func (p *picture) text(text string, lane int) string {
	return " " + cells.Cut(p.shown(text), lane-2, p.more)
}

// shown is text as it can be drawn: without control characters, and in ASCII where there is nothing else.
func (p *picture) shown(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || 0x7F <= r && r < 0xA0:
			return '?'
		case p.ASCII && r > 0x7F:
			return '?'
		}
		return r
	}, text)
}

// header fits a header into the right lane. Where it does not fit, the start of its name gives way to its value, and an
// origin or a URL is cut in its middle, a list at its end.
func (p *picture) header(name, value string) string {
	value = p.shown(fetchspec.IsomorphicDecode(value))
	name = p.name(name, 2+cells.Width(value))
	if room := p.right - 4 - cells.Width(name); room > 0 && (name == "Location" || strings.HasSuffix(name, "Origin")) {
		value = cells.Middle(value, room, p.more)
	}
	return " " + cells.Cut(name+": "+value, p.right-2, p.more)
}

// name is the name of a header that has more cells after it, without its start where they do not fit all.
func (p *picture) name(name string, more int) string {
	if cells.Width(name)+more > p.right-2 {
		name = strings.Replace(name, "Access-Control", p.more, 1)
	}
	return name
}

// head draws the names of the three, and what the page asks for.
func (p *picture) head(init engine.Init) {
	browser, server := "browser", "server"
	p.rows(cells.Pad("page", p.left+1), browser, strings.Repeat(" ", p.right+2-len(browser)-len(server)), server)
	method := init.Method
	if method == "" {
		method = "GET"
	}
	api := string(init.API)
	if init.API == "" {
		api = string(fetchspec.APIFetch)
	}
	p.row(p.text(api+" "+method, p.left), "", plain)
	p.rows(p.start, strings.Repeat(p.shaft, p.left-1), p.toRight, p.line, strings.Repeat(" ", p.right), p.line)
}

// exchange draws a request and what came back.
func (p *picture) exchange(e *engine.Exchange) {
	r := e.Request
	url := r.CurrentURL()
	if url.Origin() != p.server {
		p.server = url.Origin()
		name := cells.Middle(p.shown(p.server.String()), p.right-2, p.more)
		p.rows(p.line, strings.Repeat(" ", p.left), p.line, strings.Repeat(" ", p.right-1-cells.Width(name)), name+" "+p.corner)
	}
	path := strings.TrimPrefix(url.WithoutFragment(), p.server.String())
	p.row("", " "+cells.Middle(p.shown(r.Method+" "+path), p.right-2, p.more), plain)
	for _, name := range [...]string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
		if value, ok := r.Headers.Get(name); ok {
			p.row("", p.header(name, value), plain)
		}
	}
	if value, ok := r.Headers.Get("Cookie"); ok {
		p.row("", p.header("Cookie", cookieNames(value)), plain)
	}
	shaft := strings.Repeat(p.shaft, p.right-1)
	mark := plain
	if b := p.result.Block; b != nil && b.Exchange != nil && b.Exchange.Request == r {
		mark = failed
	}
	if e.Response == nil {
		p.rows(p.line, strings.Repeat(" ", p.left), p.start, p.styled(mark, shaft+p.cross), p.line)
		p.fail(mark, "no answer")
		return
	}
	p.rows(p.line, strings.Repeat(" ", p.left), p.start, shaft, p.toRight, p.line)
	p.answer(e)
	if mark == plain {
		p.rows(p.line, strings.Repeat(" ", p.left), p.line, p.toLeft, shaft, p.back)
		return
	}
	p.rows(p.line, strings.Repeat(" ", p.left), p.styled(mark, p.cross+p.toLeft+shaft), p.back)
	p.fail(mark, string(p.result.Block.Code))
}

// fail writes why it failed, once.
func (p *picture) fail(mark style, why string) {
	if mark == failed {
		p.drawn = true
		p.row("", p.text(p.cross+" "+why, p.right), failed)
	}
}

// answer writes the status and the headers that CORS looks at.
func (p *picture) answer(e *engine.Exchange) {
	h := e.Response.Headers
	reason := e.Response.StatusMessage
	if reason == "" {
		reason = http.StatusText(e.Response.Status)
	}
	p.row("", p.text(strconv.Itoa(e.Response.Status)+" "+reason, p.right), plain)
	names := []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"}
	if fetchspec.IsRedirectStatus(e.Response.Status) {
		names = append([]string{"Location"}, names...)
	}
	if e.Preflight {
		names = append(names, "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
	}
	for _, name := range names {
		if value, ok := h.Get(name); ok {
			p.row("", p.header(name, value), plain)
		}
	}
	crossed := p.result.Request != nil && p.result.Request.Mode == fetchspec.ModeCORS && e.Request.CurrentURL().Origin() != p.page.Origin
	if crossed && !h.Has("Access-Control-Allow-Origin") {
		p.row("", p.text("(no "+p.name("Access-Control-Allow-Origin", 5)+")", p.right), plain)
	}
}

// end draws what the page gets.
func (p *picture) end() {
	s, text := passed, p.check+" allowed"
	if b := p.result.Block; b != nil {
		s, text = failed, p.cross+" blocked"
		if !p.drawn {
			p.row("", p.text(p.cross+" "+string(b.Code), p.right), failed)
			nothing := "(nothing is sent)"
			if len(p.result.Exchanges) > 0 {
				nothing = "(nothing more is sent)"
			}
			p.row("", p.text(nothing, p.right), plain)
		}
	}
	text = p.text(text, p.left)
	p.rows(p.line, p.styled(s, text)+strings.Repeat(" ", p.left-cells.Width(text)), p.line, strings.Repeat(" ", p.right), p.line)
	p.rows(p.toLeft, p.styled(s, strings.Repeat(p.shaft, p.left)), p.back, strings.Repeat(" ", p.right), p.line)
}

// cookieNames returns the names of the cookies of a request: their values may be secrets.
func cookieNames(value string) string {
	var names []string
	for pair := range strings.SplitSeq(value, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
