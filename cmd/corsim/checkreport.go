package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/cells"
	"github.com/corsim/corsim/cmd/corsim/internal/picture"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
	"github.com/corsim/corsim/warn"
)

// report prints what the browsers make of the request, for people. What is the same in several browsers is printed once.
func (c *check) report(w io.Writer) {
	p := &printer{w: w, colour: wantsColour(w), terminal: isTerminal(w), width: terminalWidth(w)}
	for _, run := range c.runs {
		p.verdict(run)
	}
	explanations := map[*scenario.Run]personality.Explanation{}
	for _, run := range c.runs {
		explanations[run] = personality.Explain(run.Page, run.Inits[0], run.Results[0])
	}
	p.sections("Why", c.runs, func(run *scenario.Run) string {
		return p.fit("  "+explanations[run].Why, 2) + "\n"
	})
	if c.picture || p.terminal {
		p.pictures(c.runs)
	} else {
		p.sections("Requests", c.runs, c.requests)
	}
	p.sections("Script sees", c.runs, seen)
	p.sections("Console", c.runs, func(run *scenario.Run) string {
		var b strings.Builder
		for _, l := range run.Browser.Console(run.Page, run.Inits[0], run.Results[0]) {
			b.WriteString(strings.TrimSuffix(l.Text, "\n") + "\n")
		}
		if b.Len() == 0 {
			return "  (nothing)\n"
		}
		return b.String()
	})
	p.sections("Change", c.runs, func(run *scenario.Run) string {
		var b strings.Builder
		for _, change := range explanations[run].Change {
			b.WriteString(p.fit("  - "+change, 4) + "\n")
		}
		return b.String()
	})
	c.reportFix(p)
	p.sections("Warnings", c.runs[:1], func(*scenario.Run) string { return p.warnings(warnings(c.runs, 0), len(c.runs)) })
	if c.trace {
		p.sections("Trace", c.runs, func(run *scenario.Run) string { return indent(run.RenderTrace()) })
	}
	if notes := c.notes(); len(notes) > 0 {
		p.println("")
		for _, n := range notes {
			p.println(p.fit("Note: "+n+".", 2))
		}
	}
}

// printer prints to a terminal or to something else.
type printer struct {
	w                io.Writer
	colour, terminal bool
	// width is how many cells a line has.
	width int
}

// fit breaks a line of prose where it does not fit on the terminal. What goes elsewhere is left alone.
func (p *printer) fit(line string, indent int) string {
	if !p.terminal {
		return line
	}
	return cells.Wrap(line, p.width, indent)
}

func (p *printer) println(line string) {
	if p.terminal {
		line = printable(line)
	}
	fmt.Fprintln(p.w, line)
}

// event is the event that tells script that what it asked for is there.
func event(api fetchspec.API) string {
	switch api {
	case fetchspec.APIEventSource:
		return "open event"
	case fetchspec.APIVideo, fetchspec.APIAudio:
		return "loadeddata event"
	}
	return "load event"
}

// verdict prints the line that says what became of the request in a browser.
func (p *printer) verdict(run *scenario.Run) {
	r := run.Results[0]
	outcome, colour, what := scenario.Allowed, green, ""
	switch {
	case r.Block != nil:
		outcome, colour, what = scenario.Blocked, red, run.Browser.Exception(run.Page, run.Inits[0], r)
	case run.Inits[0].API.IsElement():
		what = event(run.Inits[0].API)
	case r.Response.Type == fetchspec.ResponseCORS, r.Response.Type == fetchspec.ResponseBasic:
		what = string(r.Response.Type) + " response, status " + strconv.Itoa(r.Response.Status)
	default:
		what = string(r.Response.Type) + " response"
	}
	const indent = 20
	if p.terminal {
		what = strings.TrimSpace(cells.Wrap(strings.Repeat(" ", indent)+printable(what), p.width, indent))
	}
	fmt.Fprintf(p.w, "%-9s %s  %s\n", run.Browser.Name, style(p.colour, colour, outcome), what)
}

// pictures draws what each browser does. A picture may have colours, and has no other control characters.
func (p *printer) pictures(runs []*scenario.Run) {
	opt := picture.Options{Width: p.width, ASCII: !isUTF8Locale(), Colour: p.colour}
	p.eachSection("Picture", runs, func(run *scenario.Run) string {
		return picture.Draw(run.Page, run.Inits[0], run.Results[0], opt)
	}, func(drawn string) { io.WriteString(p.w, drawn) })
}

// warnings puts warnings into text, with the browsers that each is about, where it is not about all.
func (p *printer) warnings(all []warn.Warning, browsers int) string {
	var b strings.Builder
	for _, w := range all {
		text := w.Text + " " + w.Change
		if len(w.Browsers) < browsers {
			text = strings.Join(w.Browsers, ", ") + ": " + text
		}
		b.WriteString(p.fit("  - "+text, 4) + "\n")
	}
	return b.String()
}

// sections prints what there is to say about each browser under a title, which names the browsers where they differ.
func (p *printer) sections(title string, runs []*scenario.Run, text func(*scenario.Run) string) {
	p.eachSection(title, runs, text, func(text string) {
		for line := range strings.Lines(text) {
			p.println(strings.TrimSuffix(line, "\n"))
		}
	})
}

func (p *printer) eachSection(title string, runs []*scenario.Run, text func(*scenario.Run) string, show func(string)) {
	type section struct {
		browsers []string
		text     string
	}
	var all []*section
	for _, run := range runs {
		t := text(run)
		i := slices.IndexFunc(all, func(s *section) bool { return s.text == t })
		if i < 0 {
			i = len(all)
			all = append(all, &section{text: t})
		}
		all[i].browsers = append(all[i].browsers, run.Browser.Name)
	}
	for _, s := range all {
		if s.text == "" {
			continue
		}
		head := title
		if len(all) > 1 {
			head += ", " + strings.Join(s.browsers, ", ")
		}
		fmt.Fprintf(p.w, "\n%s\n", style(p.colour, bold, head))
		show(s.text)
	}
}

// requests tells what a browser sends, and which answer it was given.
func (c *check) requests(run *scenario.Run) string {
	var b strings.Builder
	for i, e := range run.Results[0].Exchanges {
		fmt.Fprintf(&b, "  %s %s\n", e.Request.Method, e.Request.WireURL())
		for _, name := range [...]string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
			if value, ok := e.Request.Headers.Get(name); ok {
				fmt.Fprintf(&b, "    %s: %s\n", name, value)
			}
		}
		if c.live != nil {
			fmt.Fprintf(&b, "    %s\n", c.live.answered(e, c.live.got[run][i]))
			continue
		}
		n := min(i, len(c.answers.Heads)-1)
		h := c.answers.Heads[n]
		fmt.Fprintf(&b, "    answer %d: %s\n", n+1, strings.TrimSpace(fmt.Sprintf("%s %d %s", h.Proto, h.Status, h.Reason)))
	}
	if b.Len() == 0 {
		return "  (none is sent)\n"
	}
	return b.String()
}

// seen tells what script sees of a response, and what is kept from it.
func seen(run *scenario.Run) string {
	r := run.Results[0]
	if r.Block != nil || r.Response.Type != fetchspec.ResponseCORS && r.Response.Type != fetchspec.ResponseBasic || run.Inits[0].API.IsElement() {
		return ""
	}
	var names []string
	for _, h := range r.Response.Headers.SortAndCombine() {
		names = append(names, h.Name)
	}
	text := "  headers: " + strings.Join(names, ", ") + "\n"
	if len(names) == 0 {
		text = "  headers: (none)\n"
	}
	if hidden := personality.HiddenHeaders(r); len(hidden) > 0 {
		text += "  not seen, for want of Access-Control-Expose-Headers: " + strings.Join(hidden, ", ") + "\n"
	}
	return text
}

// notes says what is worth knowing about how the answers were used.
func (c *check) notes() []string {
	notes := slices.Clone(c.answers.Notes)
	asked, dropped := 0, map[string][]string{}
	var order []string
	for _, run := range c.runs {
		r := run.Results[0]
		asked = max(asked, len(r.Exchanges))
		if r.Block != nil {
			asked = max(asked, len(c.answers.Heads)) // what comes after is rightly not asked for
		}
		if r.Request == nil || len(r.Request.Dropped) == 0 {
			continue
		}
		names := strings.Join(r.Request.Dropped, ", ")
		if dropped[names] == nil {
			order = append(order, names)
		}
		dropped[names] = append(dropped[names], run.Browser.Name)
	}
	if len(c.answers.Heads) == 1 && asked > 1 {
		notes = append(notes, c.source+" has one answer, which was taken for all that is asked of the URL, the preflight too")
	}
	if n := len(c.answers.Heads); n > 1 && asked < n {
		notes = append(notes, fmt.Sprintf("%s has %d answers, and no browser asks more than %s: see that each stands in its place", c.source, n, plural(asked, "time")))
	}
	for _, names := range order {
		notes = append(notes, fmt.Sprintf("a page cannot set %s; left out by %s", names, strings.Join(dropped[names], ", ")))
	}
	decoded := []fetchspec.API{fetchspec.APIImage, fetchspec.APIFont, fetchspec.APIVideo, fetchspec.APIAudio}
	if n := min(asked, len(c.answers.Heads)); n > 0 && slices.Contains(decoded, fetchspec.API(c.scenario.Request.API)) && c.answers.Heads[n-1].Body == "" {
		notes = append(notes, "the answer has no body; it was taken to be what the element loads")
	}
	return notes
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// quote quotes what was found on the command line, bounded.
func quote(s string) string {
	const most = 100
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strconv.Quote(s)
}

func quoteList(list []string) string {
	var quoted []string
	for _, s := range list[:min(len(list), 5)] {
		quoted = append(quoted, quote(s))
	}
	return strings.Join(quoted, ", ")
}
