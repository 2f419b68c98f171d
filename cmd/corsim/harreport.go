package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/corsim/corsim/har"
	"github.com/corsim/corsim/message"
)

// harPrinter prints findings for people.
type harPrinter struct {
	printer
	printed bool
}

// finding prints what browsers make of a request: one line where they all allow it, and else all there is to say.
func (p *harPrinter) finding(f *har.Finding) {
	head := fmt.Sprintf("%d  %s %s", f.Entry, f.Method, f.URL)
	if isAllowed(f) {
		p.println(head + "  " + style(p.colour, green, har.Allowed) + grades(f) + warningCodes(f))
		p.printed = true
		return
	}
	if p.printed {
		p.println("")
	}
	p.printed = true
	p.println(style(p.colour, bold, head))
	if f.Page != "" {
		p.println("   of a page of " + f.Page + request(f))
	}
	for _, v := range f.Verdicts {
		colour := ""
		switch v.Outcome {
		case har.Allowed:
			colour = green
		case har.Blocked:
			colour = red
		}
		line := fmt.Sprintf("   %-9s %s  %s", v.Browser, style(p.colour && colour != "", colour, v.Outcome), v.Grade)
		if v.Outcome == string(har.Unknown) {
			line = fmt.Sprintf("   %-9s %s", v.Browser, v.Outcome)
		}
		if v.Exception != "" {
			line += "  " + v.Exception
		}
		p.println(line)
	}
	p.observed(f)
	p.parts(f, "Why", func(v *har.Verdict) []string { return []string{v.Why} })
	p.parts(f, "Console", func(v *har.Verdict) (lines []string) {
		for _, l := range v.Console {
			lines = append(lines, strings.TrimSuffix(l.Text, "\n"))
		}
		return lines
	})
	p.parts(f, "Change", func(v *har.Verdict) []string { return dashed(v.Change) })
	if len(f.Warnings) > 0 {
		p.println("   Warnings:")
		for _, w := range f.Warnings {
			p.println("     - " + w.Text + " " + w.Change)
		}
	}
	p.parts(f, "Assumed", func(v *har.Verdict) []string { return dashed(v.Assumed) })
	p.println("")
	p.printed = false
}

func dashed(list []string) (lines []string) {
	for _, s := range list {
		lines = append(lines, "- "+s)
	}
	return lines
}

// warningCodes names what is worth a look in a request that is allowed.
func warningCodes(f *har.Finding) string {
	if len(f.Warnings) == 0 {
		return ""
	}
	var codes []string
	for _, w := range f.Warnings {
		if code := string(w.Code); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return "; warnings: " + strings.Join(codes, ", ")
}

// grades says how well verdicts are founded that are alike otherwise.
func grades(f *har.Finding) string {
	if !hasGrade(f, har.Inferred) {
		return ""
	}
	var assumed []string
	for _, v := range f.Verdicts {
		for _, a := range v.Assumed {
			if !slices.Contains(assumed, a) {
				assumed = append(assumed, a)
			}
		}
	}
	return ", if " + strings.Join(assumed, "; and if ")
}

// request tells what was found out about a request.
func request(f *har.Finding) string {
	text := ""
	for _, fact := range f.Evidence {
		what := ""
		switch fact.Name {
		case "request":
			what = "by " + fact.Value
		case "request mode":
			what = "mode " + fact.Value
		case "credentials mode":
			what = "credentials " + fact.Value
		case "headers":
			what = "with " + fact.Value
		case "preflight":
			what = "preflight " + fact.Value
		default:
			continue
		}
		if fact.Assumed {
			what += "?"
		}
		text += ", " + what
	}
	for i, r := range f.Redirects {
		if i == 0 {
			text += ", redirected to entry "
		} else {
			text += ", "
		}
		text += fmt.Sprint(r)
	}
	return text
}

// observed tells what the HAR says that its browser did.
func (p *harPrinter) observed(f *har.Finding) {
	if f.Observed == nil {
		return
	}
	what := "let it through"
	if f.Observed.Outcome == har.Blocked {
		what = "did not let it through"
	}
	browser := strings.TrimSpace(f.Observed.Browser + " " + f.Observed.Version)
	line := fmt.Sprintf("   The HAR says that %s %s (%s)", browser, what, f.Observed.By)
	if f.Disagrees() {
		line += ", against this verdict"
	}
	p.println(line + ".")
	if hasGrade(f, har.Unknown) && f.Observed.Outcome == har.Blocked {
		p.meaning(f)
	}
}

// meaning tells what the words mean in which the HAR's browser said why, where the HAR does not have what it went by.
func (p *harPrinter) meaning(f *har.Finding) {
	messages, err := message.Recognise(f.Observed.By)
	if err != nil {
		return
	}
	for i := range messages {
		m := &messages[i]
		if m.Topic == message.TopicFailed {
			continue
		}
		m.Parts.URL, m.Parts.Method, m.Parts.Origin = f.URL, f.Method, f.Page
		e := m.Explain()
		p.println("   That means:")
		p.println("     " + e.Why)
		if !e.IsCORS || len(m.Codes) == 0 {
			continue
		}
		p.println("   Change:")
		for _, change := range dashed(e.Change) {
			p.println("     " + change)
		}
	}
}

// parts prints what there is to say about each browser under a title, which names the browsers where they differ.
func (p *harPrinter) parts(f *har.Finding, title string, lines func(*har.Verdict) []string) {
	var done []string
	for i := range f.Verdicts {
		text := lines(&f.Verdicts[i])
		if slices.Contains(done, f.Verdicts[i].Browser) {
			continue
		}
		var same []string
		for k := range f.Verdicts {
			if slices.Equal(lines(&f.Verdicts[k]), text) {
				same = append(same, f.Verdicts[k].Browser)
			}
		}
		done = append(done, same...)
		if len(text) == 0 {
			continue
		}
		head := title
		if len(same) < len(f.Verdicts) {
			head += ", " + strings.Join(same, ", ")
		}
		p.println("   " + head + ":")
		for _, line := range text {
			p.println("     " + line)
		}
	}
}

// summary prints what was counted.
func (p *harPrinter) summary(s *har.Summary, l *har.Log) {
	if p.printed {
		p.println("")
	}
	parts := []string{plural(s.Judged, "request") + " to other origins"}
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(s.Preflights, "of preflights")
	add(s.Redirected, "of redirects")
	add(s.SameOrigin, "of the page's own origin")
	for _, kind := range slices.Sorted(maps.Keys(s.Skipped)) {
		add(s.Skipped[kind], "of "+kind)
	}
	add(s.Broken, "broken")
	made := ""
	if l.Creator.Name != "" {
		made = ", made by " + strings.TrimSpace(l.Creator.Name+" "+l.Creator.Version)
	}
	p.println(fmt.Sprintf("%s%s: %s", entries(s.Entries), made, strings.Join(parts, ", ")))
	var browsers []string
	for t := range s.Outcomes {
		if !slices.Contains(browsers, t.Browser) {
			browsers = append(browsers, t.Browser)
		}
	}
	slices.Sort(browsers)
	for _, b := range browsers {
		line := fmt.Sprintf("  %-9s", b)
		for i, outcome := range []string{har.Allowed, har.Blocked, string(har.Unknown)} {
			if i > 0 {
				line += ","
			}
			inferred := s.Outcomes[har.Tally{Browser: b, Outcome: outcome, Grade: har.Inferred}]
			n := inferred + s.Outcomes[har.Tally{Browser: b, Outcome: outcome, Grade: har.Proven}] + s.Outcomes[har.Tally{Browser: b, Outcome: outcome, Grade: har.Unknown}]
			line += fmt.Sprintf(" %d %s", n, outcome)
			if inferred > 0 {
				line += fmt.Sprintf(" (%d inferred)", inferred)
			}
		}
		p.println(line)
	}
	if s.Disagreements > 0 {
		p.println(fmt.Sprintf("In %s the HAR's browser did otherwise: see --only disagree.", plural(s.Disagreements, "request")))
	}
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
