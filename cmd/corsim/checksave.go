package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/scenario"
)

// checkSaveName refuses a file whose form cannot be told, or that cannot be made, before anything is asked.
func checkSaveName(name string) error {
	if ext := filepath.Ext(name); ext != ".json" && ext != ".txtar" {
		return cli.BadUsage("--save is %s; want a file that ends in .txtar, for people, or in .json, for programs", quote(name))
	}
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return cli.BadUsage("--save: %v", err)
	}
	return nil
}

// saveAs writes what was asked and answered as a scenario that corsim run replays, with what comes of it in each browser.
func (c *check) saveAs(name string) error {
	s := *c.scenario
	request := *s.Request
	s.ID, s.Request = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), &request
	s.Server, s.HTTP2 = c.server()
	if _, err := origin.ParseURL(*request.URL, nil); err != nil {
		// The file's page has another path, which relative URLs do not go well with.
		if u, err := origin.ParseURL(*request.URL, c.runs[0].Page.URL); err == nil {
			absolute := u.String()
			request.URL = &absolute
		}
	}
	if err := s.Validate(); err != nil {
		return cli.BadUsage("--save: what was answered cannot be written as a scenario: %v", err)
	}
	var same []*scenario.Run
	var other []string
	for _, run := range c.runs {
		again, err := scenario.Evaluate(&s, run.Browser, scenario.Options{})
		switch {
		case err != nil:
			return err
		case sameOutcome(run, again):
			same = append(same, again)
		default:
			other = append(other, run.Browser.Name)
		}
	}
	data, err := formatSaved(name, &s, same)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		return cli.BadUsage("--save: %v", err)
	}
	if len(other) > 0 {
		c.answers.Notes = append(c.answers.Notes, fmt.Sprintf("%s has one answer for each URL, and expects nothing of %s, which got others; --browser saves one browser's", name, strings.Join(other, ", ")))
	}
	if slices.ContainsFunc(request.Headers, func(h []string) bool { return fetchspec.EqualFold(h[0], "Authorization") }) || len(s.Cookies) > 0 {
		c.answers.Notes = append(c.answers.Notes, name+" has cookies or Authorization in it, as they are; see who gets to read it")
	}
	return nil
}

// server returns what servers answered: the first answer at each URL, in the order of the browsers. http2 is set where those of
// https URLs came over HTTP/2.
func (c *check) server() (server map[string]scenario.Exchange, http2 bool) {
	server = map[string]scenario.Exchange{}
	secure, later := 0, 0
	for _, run := range c.runs {
		for _, e := range run.Results[0].Exchanges {
			if e.Request.CurrentURL().Scheme() == "https" {
				secure++
				if e.HTTP2 {
					later++
				}
			}
			at := server[e.Request.WireURL()]
			switch {
			case e.Preflight && at.Preflight == nil:
				at.Preflight = answerOf(e)
			case !e.Preflight && at.Response == nil:
				at.Response = answerOf(e)
			}
			server[e.Request.WireURL()] = at
		}
	}
	return server, secure > 0 && later == secure
}

func answerOf(e engine.Exchange) *scenario.Answer {
	if e.Response == nil || e.Failure != engine.FailureClosed {
		return &scenario.Answer{Drop: e.Failure == engine.FailureClosed, Fail: e.Failure}
	}
	a := &scenario.Answer{Status: e.Response.Status, Body: e.Response.Body}
	for _, h := range e.Response.Headers {
		a.Headers = append(a.Headers, []string{h.Name, fetchspec.IsomorphicDecode(h.Value)})
	}
	return a
}

// sameOutcome reports whether two runs came to the same, by the same requests.
func sameOutcome(a, b *scenario.Run) bool {
	x, y := a.Results[0], b.Results[0]
	if (x.Block == nil) != (y.Block == nil) || x.Block != nil && x.Block.Code != y.Block.Code {
		return false
	}
	return slices.EqualFunc(x.Exchanges, y.Exchanges, func(e, f engine.Exchange) bool {
		return e.Request.Method == f.Request.Method && e.Request.WireURL() == f.Request.WireURL() && (e.Response == nil) == (f.Response == nil) &&
			(e.Response == nil || e.Response.Status == f.Response.Status)
	}) && slices.Equal(x.Response.Headers.SortAndCombine(), y.Response.Headers.SortAndCombine())
}

// formatSaved writes a scenario with what comes of it.
func formatSaved(name string, s *scenario.Scenario, runs []*scenario.Run) ([]byte, error) {
	if filepath.Ext(name) == ".txtar" {
		text := scenario.Text{Comment: "Saved by corsim check.", Scenario: s}
		for _, run := range runs {
			text.Sections = append(text.Sections, scenario.Section{Name: run.Browser.Name, Data: run.Render()})
		}
		data := text.Format()
		if _, err := scenario.ParseText(data); err != nil {
			return nil, cli.BadUsage("--save: %v", err)
		}
		return data, nil
	}
	if err := textOnly(s); err != nil {
		return nil, err
	}
	expect := map[string]scenario.Expectation{}
	for _, run := range runs {
		v := run.Verdict(s.ID)
		r := v.Results[0]
		e := scenario.Expectation{ResultExpectation: scenario.ResultExpectation{Outcome: &r.Outcome}, Console: &[]scenario.LineExpectation{}}
		if r.Code != "" {
			e.Code, e.Exception = &r.Code, &r.Exception
		}
		for _, l := range v.Console {
			*e.Console = append(*e.Console, scenario.LineExpectation{Text: l.Text, Level: &l.Level, Source: &l.Source})
		}
		expect[run.Browser.Name] = e
	}
	data, err := json.MarshalIndent(struct {
		*scenario.Scenario
		Expect map[string]scenario.Expectation `json:"expect"`
	}{s, expect}, "", "\t")
	return append(data, '\n'), err
}

// textOnly refuses bodies that JSON cannot hold.
func textOnly(s *scenario.Scenario) error {
	texts := s.Request.Body == nil || utf8.ValidString(*s.Request.Body)
	for _, e := range s.Server {
		for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
			texts = texts && (a == nil || utf8.ValidString(a.Body))
		}
	}
	if !texts {
		return &cli.UsageError{Message: "--save: a body is not UTF-8, which JSON cannot hold", Hint: "save it as .txtar"}
	}
	return nil
}
