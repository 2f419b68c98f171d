package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/requestform"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// setAs takes the value of --as: the form in which requests are printed, or a preload's attribute. A preload is the one thing
// for which fetch is the attribute, see [checkOptions.settleAs].
func (o *checkOptions) setAs(s string) error {
	if s != "fetch" && slices.Contains(requestform.Names(), s) {
		o.form = s
	} else {
		o.request.As = &s
	}
	return nil
}

// settleAs tells the two meanings of --as apart.
func (o *checkOptions) settleAs() error {
	as := o.request.As
	if as == nil || fetchspec.API(o.request.API) == fetchspec.APIPreload {
		return nil
	}
	if *as == "fetch" {
		o.form, o.request.As = "fetch", nil
		return nil
	}
	return &cli.UsageError{Message: "--as is " + quote(*as) + cli.DidYouMean(*as, requestform.Names()), Hint: "the as attribute goes with --api preload"}
}

// askAll asks a server that allows everything, to see all requests that there would be.
func (c *check) askAll(browsers []*personality.Personality, opt scenario.Options) error {
	opt.Network = engine.NetworkFunc(allowAll)
	for _, browser := range browsers {
		run, err := scenario.Evaluate(c.scenario, browser, opt)
		if err != nil {
			return err
		}
		c.runs = append(c.runs, run)
	}
	return nil
}

// allowAll answers a request with all that CORS wants.
func allowAll(r *fetchspec.Request) (*fetchspec.Response, error) {
	resp := &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: 200}
	for _, h := range []struct{ name, from string }{
		{"Access-Control-Allow-Origin", "Origin"}, {"Access-Control-Allow-Methods", "Access-Control-Request-Method"},
		{"Access-Control-Allow-Headers", "Access-Control-Request-Headers"},
	} {
		if value, ok := r.Headers.Get(h.from); ok {
			resp.Headers.Append(h.name, value)
		}
	}
	resp.Headers.Append("Access-Control-Allow-Credentials", "true")
	return resp, nil
}

// printAs prints the preflight and the request of each browser in a form, or the page's code. It returns the exit status.
func (c *check) printAs(form string, stdout, stderr io.Writer) int {
	for _, n := range c.notes() {
		fmt.Fprintf(stderr, "note: %s\n", n)
	}
	status := exitOK
	var blocks []string
	browsers := map[string][]string{}
	for _, run := range c.runs {
		requests, code := firstRequests(run.Results[0]), form == requestform.Fetch
		if len(requests) == 0 {
			fmt.Fprintf(stderr, "note: %s sends nothing: %s\n", run.Browser.Name, run.Browser.Exception(run.Page, run.Inits[0], run.Results[0]))
			if status = exitBlocked; !code {
				continue
			}
		}
		text, err := requestform.Code(run.Inits[0]), error(nil)
		if !code {
			text, err = requestform.Requests(form, requests)
		}
		if err != nil {
			return cli.Fail(stderr, "corsim", "check", &cli.UsageError{Message: "--as " + form + ": " + err.Error(), Hint: "--as fetch can carry everything that a page can"})
		}
		if browsers[text] == nil {
			blocks = append(blocks, text)
		}
		browsers[text] = append(browsers[text], run.Browser.Name)
	}
	for i, text := range blocks {
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		if len(blocks) > 1 || len(browsers[text]) < len(c.runs) {
			fmt.Fprintf(stdout, "# %s\n\n", strings.Join(browsers[text], ", "))
		}
		io.WriteString(stdout, text)
	}
	return status
}

// firstRequests returns what a browser sends up to the first request that is no preflight.
func firstRequests(r *engine.Result) (requests []*fetchspec.Request) {
	for _, e := range r.Exchanges {
		requests = append(requests, e.Request)
		if !e.Preflight {
			break
		}
	}
	return requests
}
