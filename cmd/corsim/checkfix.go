package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/fix"
)

// recipe returns the recipe that --fix names, nil where it is not given.
func (o *checkOptions) recipe() (*fix.Recipe, error) {
	if o.fix == "" {
		return nil, nil
	}
	return findRecipe("--fix", o.fix)
}

// fix returns the smallest change with which the request passes in all browsers that were asked.
func (c *check) fix() (*fix.Fix, error) {
	var cases []fix.Case
	for _, run := range c.runs {
		answers := func() engine.Network { return c.answers.Network(fetchspec.API(c.scenario.Request.API)) }
		if c.live != nil {
			answers = fix.Recorded(run.Results[0])
		}
		cases = append(cases, fix.Case{Browser: run.Browser, Page: run.Page, Init: run.Inits[0], Answers: answers})
	}
	return fix.Find(cases...)
}

// browsers returns the names of the browsers that were asked.
func (c *check) browsers() (names []string) {
	for _, run := range c.runs {
		names = append(names, run.Browser.Name)
	}
	return names
}

// reportFix prints the fix, and who else gains.
func (c *check) reportFix(p *printer) {
	f, err := c.fix()
	none := (*fix.NoFixError)(nil) // Change says what helps; but not that null does not
	switch {
	case errors.As(err, &none) && none.Null:
		p.heading("Fix")
		p.println(p.fit("  None: "+err.Error()+".", 2))
	case err == nil && len(f.Edits) > 0:
		p.heading("Fix, verified in " + strings.Join(c.browsers(), ", "))
		for _, change := range f.Changes {
			p.change(change)
		}
		for _, a := range f.Unseen {
			p.println(p.fit("  The answer to "+a.String()+" was not seen, and is taken to have no headers yet.", 2))
		}
		if must := f.Must(); len(must) > 0 {
			p.println(p.fit("  See that "+strings.Join(must, "; ")+".", 2))
		}
		p.println(p.fit("  "+gains(f.Blast), 2))
	}
	if c.recipe == nil {
		return
	}
	if err != nil {
		p.println("\nNote: there is nothing to write for " + c.recipe.Title + ": " + err.Error() + ".")
		return
	}
	if len(f.Edits) == 0 {
		p.println("\nNote: there is nothing to write for " + c.recipe.Title + ".")
		return
	}
	for _, rule := range f.Rules {
		p.rule(c.recipe, rule)
		if len(f.Blast.Had) > 0 && !rule.Policy.Any() {
			p.println("\nNote: pages of other origins are let in now, and this lets in only those that it lists: add them.")
		}
	}
	if len(f.Rules) == 0 {
		p.println("\nNote: the fix cannot be written for " + c.recipe.Title + ": it is no policy of CORS, or has names that not all servers take.")
	}
}

// heading prints the head of a section.
func (p *printer) heading(title string) {
	p.println("")
	fmt.Fprintln(p.w, style(p.colour, bold, title))
}

// change prints what is to change of one answer.
func (p *printer) change(c fix.Changed) {
	p.println("  " + c.Method + " " + c.Answer.URL)
	if c.Status != 0 {
		p.println(fmt.Sprintf("    status %d, from the server itself", c.Status))
	}
	for _, h := range c.Headers {
		if h.Value == "" {
			p.println("    no " + h.Name)
		} else {
			p.println("    " + h.Name + ": " + h.Value)
		}
	}
}

// rule prints a policy for a server.
func (p *printer) rule(recipe *fix.Recipe, rule fix.Rule) {
	text, err := recipe.Write(rule.Policy)
	if err != nil {
		p.println("\nNote: " + rule.URL + ": " + err.Error() + ".")
		return
	}
	p.println("")
	for line := range strings.Lines(text) {
		p.println(strings.TrimSuffix(line, "\n"))
	}
}

// gains says who else is let in.
func gains(b fix.Blast) string {
	with := func(a fix.Asker) string {
		if a.Credentials {
			return ", with credentials too"
		}
		return ", without credentials"
	}
	var list []string
	if b.Everybody() {
		return "Every page on the web gains by it" + with(b.Gains[0]) + "."
	}
	if len(b.Gains) > 0 {
		for _, a := range b.Gains {
			list = append(list, fmt.Sprintf("%s (%s%s)", a.Origin, a.Who, with(a)))
		}
		return "Others gain by it: " + strings.Join(list, "; ") + "."
	}
	for _, a := range b.Refused {
		list = append(list, a.Who)
	}
	if len(list) == 0 {
		return "Nobody else gains by it: others are let in already."
	}
	last := len(list) - 1
	return "Nobody else gains by it: " + strings.Join(append(list[:last:last], "and "+list[last]), ", ") + " are kept out as before."
}
