package main

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/origin"
)

// cookieLines returns what --cookie says as Set-Cookie lines that the URL which the page asks for once answered with.
func (o *checkOptions) cookieLines() (map[string][]string, error) {
	if len(o.cookies) == 0 {
		return nil, nil
	}
	for _, c := range o.cookies {
		if pair, _, _ := strings.Cut(c, ";"); !strings.Contains(pair, "=") {
			return nil, cli.BadUsage("--cookie is %s; want NAME=VALUE, and attributes if there are any: 'sid=1; Secure; SameSite=None'", quote(c))
		}
	}
	u, err := o.absoluteURL()
	if err != nil || !u.IsHTTP() {
		return nil, cli.BadUsage("--cookie is of no use with the URL %s; only http and https servers have cookies", quote(*o.request.URL))
	}
	return map[string][]string{u.WithoutCredentials().WithoutFragment(): o.cookies}, nil
}

// absoluteURL is the URL that the page asks for, which may be relative to the page's.
func (o *checkOptions) absoluteURL() (*origin.URL, error) {
	page := o.page
	if page == "" && o.from != "null" {
		page = o.from + "/"
	}
	var base *origin.URL
	if page != "" {
		var err error
		if base, err = origin.ParseURL(page, nil); err != nil {
			return nil, err
		}
	}
	return origin.ParseURL(*o.request.URL, base)
}

// cookieNotes says which browsers send none of the cookies of --cookie, and why that may be.
func (c *check) cookieNotes() []string {
	if len(c.scenario.Cookies) == 0 {
		return nil
	}
	var without, withheld []string
	for _, run := range c.runs {
		exchanges := run.Results[0].Exchanges
		asked := slices.DeleteFunc(slices.Clone(exchanges), func(e engine.Exchange) bool { return !e.Request.IncludeCredentials })
		switch {
		case len(exchanges) == 0, exchanges[len(exchanges)-1].Preflight:
		case len(asked) == 0:
			without = append(without, run.Browser.Name)
		case !slices.ContainsFunc(asked, func(e engine.Exchange) bool { return e.Request.Headers.Has("Cookie") }):
			withheld = append(withheld, run.Browser.Name)
		}
	}
	var notes []string
	if len(without) > 0 {
		notes = append(notes, "cookies go to another origin with --credentials include only")
	}
	if len(withheld) > 0 {
		notes = append(notes, "none of the cookies is sent by "+strings.Join(withheld, ", ")+": to other sites go those with SameSite=None and Secure at most, and from browsers that block third-party cookies none but those with Partitioned")
	}
	return notes
}
