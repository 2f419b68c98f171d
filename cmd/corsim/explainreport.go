package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/report"
	"github.com/corsim/corsim/message"
)

// explanation prints what a message means, for people.
func (p *printer) explanation(m *message.Message) {
	e := m.Explain()
	p.title(short(m.Text))
	p.println("  " + printedBy(m, &e))
	why := []string{"  " + e.Why}
	if len(m.Codes) > 0 && e.Anchor != "" {
		rules := make([]string, len(m.Codes))
		for i, c := range m.Codes {
			rules[i] = string(c)
		}
		why = append(why, "  Rule: "+strings.Join(rules, ", or ")+".", "  Standard: "+string(e.Step)+", "+e.Anchor)
	}
	p.section("Why", why)
	p.section("The message says", facts(m))
	p.section("Likely causes, the likeliest first", listed(e.Causes, func(i int) string { return strconv.Itoa(i+1) + ". " }))
	p.section("Change", listed(e.Change, func(int) string { return "- " }))
	p.section("Next", listed(e.Next, func(int) string { return "" }))
	if len(e.StandsIn) > 0 {
		p.println("\nNote: put yours for what the message does not tell: " + strings.Join(e.StandsIn, "; ") + ".")
	}
}

// title prints a line that stands over others.
func (p *printer) title(text string) {
	if p.terminal {
		text = printable(text)
	}
	fmt.Fprintln(p.w, style(p.colour, bold, text))
}

// section prints lines under a title, if there are any.
func (p *printer) section(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.println("")
	p.title(title)
	for _, l := range lines {
		p.println(l)
	}
}

// printedBy says who prints a message, and whether it is about CORS.
func printedBy(m *message.Message, e *message.Explanation) string {
	about := "CORS"
	switch {
	case m.Topic == message.TopicFailed:
		about = "CORS, or not"
	case !e.IsCORS:
		about = "not CORS"
	}
	var now, once []string
	for _, s := range m.Sightings {
		if s.Era == "" {
			now = append(now, s.Browser)
		} else {
			once = append(once, s.Era)
		}
	}
	if len(now) > 0 {
		about += "; printed by " + strings.Join(now, ", ")
	}
	if len(once) > 0 {
		about += "; once printed by " + strings.Join(once, ", ")
	}
	return about
}

// facts are what the message says, each with its name.
func facts(m *message.Message) []string {
	var lines []string
	p := &m.Parts
	for _, f := range []struct{ name, value string }{
		{"page", p.Page}, {"origin", p.Origin}, {"asks with", p.Kind}, {"method", p.Method}, {"URL", p.URL}, {"redirected from", p.From},
		{"redirects to", p.To}, {"header", p.Header}, {"answer", strings.Join(m.Sent(), "; ")},
	} {
		if f.value != "" {
			lines = append(lines, fmt.Sprintf("  %-16s%s", f.name, short(f.value)))
		}
	}
	return lines
}

// listed puts a mark before each item, and its further lines below it.
func listed(items []string, mark func(int) string) []string {
	var lines []string
	for i, item := range items {
		lines = append(lines, "  "+mark(i)+strings.ReplaceAll(item, "\n", "\n  "))
	}
	return lines
}

// short bounds a text from outside.
func short(text string) string {
	const most = 1000
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// writeMessages writes what messages mean for programs.
func writeMessages(w io.Writer, format report.Format, messages []message.Message) error {
	if format == report.JSON {
		data, err := message.JSON(messages)
		if err == nil {
			_, err = w.Write(append(data, '\n'))
		}
		return err
	}
	out := report.New(format, w, version())
	for i := range messages {
		out.Add(messageFinding(&messages[i]))
	}
	return out.Close()
}

// messageFinding is a message as a finding. One that CORS has no part in is something to look at.
func messageFinding(m *message.Message) report.Finding {
	e := m.Explain()
	f := report.Finding{Kind: report.Warned, Rule: string(m.Topic), Subject: m.Text, Text: e.Why, Change: e.Change, Place: report.Place{URL: m.Parts.URL}}
	if e.IsCORS {
		f.Kind = report.Failed
	}
	if len(m.Codes) > 0 && (e.IsCORS || m.Topic == "") {
		f.Rule = string(m.Codes[0])
	}
	for _, s := range m.Sightings {
		f.Browsers = append(f.Browsers, s.Browser)
	}
	if f.Browsers == nil {
		f.Browsers = []string{"any browser"}
	}
	if f.Subject == "" {
		f.Subject = f.Rule
	}
	return f
}
