package main

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// scenario makes a scenario of the flags and the other arguments, which are the URL alone. What a browser would throw an
// exception at is no mistake: the exception is the verdict.
func (o *checkOptions) scenario(rest []string) (*scenario.Scenario, error) {
	if err := o.checkOrigin(); err != nil {
		return nil, err
	}
	r := &o.request
	switch {
	case len(rest) == 0 || rest[0] == "":
		return nil, cli.BadUsage("there is no URL; want the one that the page asks for")
	case len(rest) > 1:
		return nil, &cli.UsageError{Message: "there are " + plural(len(rest), "argument") + " that are no flags, " + quoteList(rest) + "; want the URL alone", Hint: "put quotes around arguments with spaces in them"}
	}
	r.URL = &rest[0]
	if err := o.checkURL(); err != nil {
		return nil, err
	}
	if err := o.checkWords(); err != nil {
		return nil, err
	}
	if err := o.settleAs(); err != nil {
		return nil, err
	}
	if err := o.checkCombination(); err != nil {
		return nil, err
	}
	for _, h := range o.headers {
		name, value, ok := strings.Cut(h, ":")
		switch {
		case !ok:
			return nil, cli.BadUsage("-H %s has no colon; want 'Name: value'", quote(h))
		case strings.TrimSpace(name) == "":
			return nil, cli.BadUsage("-H %s has no name before the colon; want 'Name: value'", quote(h))
		}
		r.Headers = append(r.Headers, []string{name, strings.TrimLeft(value, " \t")})
	}
	if r.Body = o.body; r.Body != nil && r.Method == "" {
		r.Method = "POST"
	}
	r.CrossOrigin = o.crossOrigin
	cookies, err := o.cookieLines()
	if err != nil {
		return nil, err
	}
	s := &scenario.Scenario{ID: "check", Client: scenario.Client{Origin: o.from, COEP: o.coep}, Request: r, Cookies: cookies}
	if o.worker {
		s.Client.Worker = "dedicated"
	}
	if err := s.Validate(); err != nil {
		return nil, cli.BadUsage("%v", err)
	}
	return s, nil
}

// checkOrigin checks --from, and --page against it.
func (o *checkOptions) checkOrigin() error {
	if o.from == "" {
		return cli.BadUsage("there is no --from; want the page's origin, such as https://app.example.com")
	}
	if o.from == "null" {
		return nil
	}
	from, err := origin.Parse(o.from)
	if err != nil {
		return cli.BadUsage("--from: %v", err)
	}
	if o.page == "" {
		return nil
	}
	page, err := origin.ParseURL(o.page, nil)
	if err != nil {
		return cli.BadUsage("--page: %v", err)
	}
	if page.Origin() != from {
		return cli.BadUsage("--page is %s, of the origin %s, and --from is %s; want a page of that origin", o.page, page.Origin(), o.from)
	}
	return nil
}

// checkURL refuses a URL that lacks a scheme, it seems: a browser would take the host for a part of a path.
func (o *checkOptions) checkURL() error {
	u := *o.request.URL
	first, _, _ := strings.Cut(u, "/")
	first, _, _ = strings.Cut(first, "?")
	if strings.ContainsAny(first, ":#\\ ") || strings.HasPrefix(first, ".") || !strings.Contains(first, ".") && first != "localhost" {
		return nil
	}
	return &cli.UsageError{
		Message: "the URL " + quote(u) + " has no scheme, and a browser would take it for a path of the page's own site; write https://" + u,
		Hint:    "if it is meant to be relative to the page, write ./" + u,
	}
}

// words of flags that have a fixed set of them.
var (
	modes       = []string{"cors", "no-cors", "same-origin", "navigate"}
	credentials = []string{"omit", "same-origin", "include"}
	redirects   = []string{"follow", "error", "manual"}
	apis        = func() (names []string) {
		for _, a := range fetchspec.APIs() {
			names = append(names, string(a))
		}
		return names
	}()
)

// checkWords checks the flags that have a fixed set of values.
func (o *checkOptions) checkWords() error {
	r := &o.request
	for _, f := range []struct {
		name, value string
		words       []string
	}{
		{"--api", r.API, apis}, {"--mode", r.Mode, modes}, {"--credentials", r.Credentials, credentials}, {"--redirect", r.Redirect, redirects},
	} {
		if f.value != "" && !slices.Contains(f.words, f.value) {
			return cli.BadUsage("%s is %s%s", f.name, quote(f.value), cli.DidYouMean(f.value, f.words))
		}
	}
	return nil
}

// checkCombination refuses flags that mean nothing to the API.
func (o *checkOptions) checkCombination() error {
	r := &o.request
	api := fetchspec.API(r.API)
	element := api.IsElement()
	for _, f := range []struct {
		name   string
		set    bool
		wrong  bool
		reason string
	}{
		{"--mode", r.Mode != "", api == fetchspec.APIEventSource, "an EventSource is always of mode cors"},
		{"-X", r.Method != "", element, "an element sends GET"},
		{"-H", len(o.headers) > 0, element, "the page cannot set headers on an element's request"},
		{"-d", o.body != nil, element, "an element sends no body"},
		{"--mode", r.Mode != "", element, "an element's request is of mode cors if it has --crossorigin, and no-cors otherwise"},
		{"--redirect", r.Redirect != "", element, "an element follows redirects"},
		{"--credentials", r.Credentials != "", element && api != fetchspec.APIEventSource, "an element has --crossorigin use-credentials for that"},
		{"--crossorigin", o.crossOrigin != nil, !element || api == fetchspec.APIEventSource, "only elements have that attribute"},
		{"--mode", r.Mode != "", api == fetchspec.APIXHR, "an XMLHttpRequest is always of mode cors"},
		{"--redirect", r.Redirect != "", api == fetchspec.APIXHR, "an XMLHttpRequest follows redirects"},
		{"--credentials omit", r.Credentials == "omit", api == fetchspec.APIXHR || api == fetchspec.APIEventSource, "it has withCredentials, which is include, or not, which is same-origin"},
		{"--upload-listener", r.UploadListener, api != fetchspec.APIXHR, "only an XMLHttpRequest has an upload to listen to; add --api xhr"},
	} {
		if f.set && f.wrong {
			return cli.BadUsage("%s does not go with --api %s: %s", f.name, r.API, f.reason)
		}
	}
	return nil
}

// browserHint names the browser that a name nearly is, or that a browser is built on.
func browserHint(list string) string {
	var names []string
	for _, p := range personality.All() {
		names = append(names, p.Name)
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		switch name {
		case "chrome", "edge", "opera", "brave", "blink":
			return "; " + name + " is built on chromium"
		case "safari", "epiphany":
			return "; " + name + " is built on webkit"
		case "gecko", "ff":
			return "; did you mean firefox?"
		}
		if hint := cli.DidYouMean(name, names); !slices.Contains(names, name) && strings.HasSuffix(hint, "?") {
			return hint
		}
	}
	return ""
}
