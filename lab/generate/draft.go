package generate

import (
	"math/rand/v2"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/scenario"
)

// lines are header lines: names and values.
type lines = [][]string

var none lines

// line returns a header line for each value, in order.
func line(name string, values ...string) lines {
	l := make(lines, len(values))
	for i, v := range values {
		l[i] = []string{name, v}
	}
	return l
}

// all puts header lines one after the other.
func all(parts ...lines) lines {
	var l lines
	for _, p := range parts {
		l = append(l, p...)
	}
	return l
}

// draft is a scenario in the making. Its methods are the grammar.
type draft struct {
	scenario.Scenario
	random *rand.PCG
	// rolled, where it is not nil, is told which of how many alternatives is chosen.
	rolled func(i, n int)

	// page is the origin of the page's URL, and origin the one that its requests name: "null" where the page is sandboxed.
	page, origin string
	// target is the origin of the server that is asked.
	target string
}

// at returns a URL of the scenario on a server.
func (d *draft) at(server, path string) string { return server + "/s/" + d.ID + "/" + path }

// url returns a URL of the scenario on the server that is asked.
func (d *draft) url(path string) string { return d.at(d.target, path) }

// ask makes the scenario's request.
func (d *draft) ask(api, url string) *scenario.Request {
	d.Request = &scenario.Request{API: api, URL: new(url)}
	return d.Request
}

// then turns what is asked into steps, and adds one.
func (d *draft) then(q scenario.Request) {
	if d.Request != nil {
		d.Steps = append(d.Steps, *d.Request)
		d.Request = nil
	}
	d.Steps = append(d.Steps, q)
}

// serve says what is answered to a request. Nil answers nothing.
func (d *draft) serve(q *scenario.Request, preflight, response *scenario.Answer) {
	d.serveAt(*q.URL, preflight, response)
}

// serveAt says what is answered at a URL, as pages write it. One of no server is left out.
func (d *draft) serveAt(url string, preflight, response *scenario.Answer) {
	if key, ok := d.key(url); ok && (preflight != nil || response != nil) {
		d.Server[key] = scenario.Exchange{Preflight: preflight, Response: response}
	}
}

// key returns a URL in the form in which servers are asked for it.
func (d *draft) key(url string) (string, bool) {
	base, err := origin.ParseURL(d.page+"/__run", nil)
	if err != nil {
		return "", false
	}
	u, err := origin.ParseURL(url, base)
	// NOTE: The page itself, and what else its own server has beside scenarios, is answered by the lab.
	if err != nil || !u.IsHTTP() || !strings.HasPrefix(u.Path(), "/s/") {
		return "", false
	}
	return u.WithoutCredentials().WithoutFragment(), true
}

// hasPreflight reports whether a request could have a preflight: elements do not.
func hasPreflight(q *scenario.Request) bool { return !fetchspec.API(q.API).IsElement() }

// withCredentials reports whether a request to another origin is one with credentials.
func withCredentials(q *scenario.Request) bool {
	return q.Credentials == "include" || q.CrossOrigin != nil && strings.EqualFold(*q.CrossOrigin, "use-credentials")
}
