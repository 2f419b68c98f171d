package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/scenario"
)

// liveAnswer is what came back for a request that was really sent.
type liveAnswer struct {
	request  *fetchspec.Request
	response *fetchspec.Response
	err      error
	http2    bool
	// browser is whose request it was.
	browser string
}

// liveRecord is what was asked of servers, in all browsers.
type liveRecord struct {
	// unsafe are the answers to requests that may change something on a server, by method and URL.
	unsafe map[string][]*liveAnswer
	// got are the answers that each browser was given, in order.
	got map[*scenario.Run][]*liveAnswer
}

// liveNetwork asks servers for one browser. A request that may change something on a server is sent once for all browsers:
// those that come after the first are given the answer that it got.
type liveNetwork struct {
	wire    *httpfetch.Wire
	browser string
	record  *liveRecord
	// sent counts the requests that may change something, by method and URL.
	sent    map[string]int
	answers []*liveAnswer
}

// Send answers a request.
func (n *liveNetwork) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	a := n.answer(r)
	n.answers = append(n.answers, a)
	return a.response, a.err
}

func (n *liveNetwork) answer(r *fetchspec.Request) *liveAnswer {
	if isSafe(r.Method) {
		return n.ask(r)
	}
	key := r.Method + " " + r.WireURL()
	i := n.sent[key]
	n.sent[key]++
	if i == len(n.record.unsafe[key]) {
		n.record.unsafe[key] = append(n.record.unsafe[key], n.ask(r))
	}
	return n.record.unsafe[key][i]
}

func (n *liveNetwork) ask(r *fetchspec.Request) *liveAnswer {
	kept := *r
	a := &liveAnswer{request: &kept, browser: n.browser}
	a.response, a.err = n.wire.Send(r)
	a.http2 = a.err == nil && n.wire.HTTP2()
	return a
}

// HTTP2 reports whether the last answer came over HTTP/2. The engine asks. A connection that gave none is taken to be like those
// before it.
func (n *liveNetwork) HTTP2() bool {
	if len(n.answers) == 0 {
		return false
	}
	last := n.answers[len(n.answers)-1]
	return last.http2 || last.err != nil && n.allHTTP2()
}

// allHTTP2 reports whether all answers of https URLs came over HTTP/2, and there are any.
func (n *liveNetwork) allHTTP2() bool {
	found := false
	for _, a := range n.answers {
		if a.err == nil && a.request.CurrentURL().Scheme() == "https" {
			if !a.http2 {
				return false
			}
			found = true
		}
	}
	return found
}

// isSafe reports whether a method changes nothing on a server.
//
// https://httpwg.org/specs/rfc9110.html#safe.methods
func isSafe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }

// notes says what was sent that may have changed something, and what became of connections.
func (l *liveRecord) notes(runs []*scenario.Run) (notes []string) {
	say := func(n string) {
		if !slices.Contains(notes, n) {
			notes = append(notes, n)
		}
	}
	for _, run := range runs {
		for _, a := range l.got[run] {
			if a.err != nil {
				words, hint := explainFailure(a.err, a.request.CurrentURL())
				why := a.request.Method + " " + a.request.WireURL() + " had no answer: " + words
				if hint != "" {
					why += "; " + hint
				}
				say(why)
			}
			if isSafe(a.request.Method) {
				continue
			}
			what := a.request.Method + " " + a.request.WireURL()
			if others := l.judgedBy(a, runs); others != "" {
				say(fmt.Sprintf("%s was really sent, once, as %s sends it; %s judged by the answer to that", what, a.browser, others))
			} else {
				say(fmt.Sprintf("%s was really sent, as %s sends it", what, a.browser))
			}
		}
	}
	for _, run := range runs {
		for i, a := range l.got[run] {
			if e := run.Results[0].Exchanges; i < len(e) && a.browser != run.Browser.Name && !sameCookies(e[i].Request, a.request) {
				say(fmt.Sprintf("%s sends other cookies with %s %s than %s, whose answer stands for both; see --browser %s", run.Browser.Name, a.request.Method, a.request.WireURL(), a.browser, run.Browser.Name))
			}
		}
	}
	return notes
}

// judgedBy names the other browsers that were given an answer: "firefox and webkit are".
func (l *liveRecord) judgedBy(a *liveAnswer, runs []*scenario.Run) string {
	var names []string
	for _, run := range runs {
		if run.Browser.Name != a.browser && slices.Contains(l.got[run], a) {
			names = append(names, run.Browser.Name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}

func sameCookies(a, b *fetchspec.Request) bool {
	x, _ := a.Headers.Get("Cookie")
	y, _ := b.Headers.Get("Cookie")
	return x == y
}

// answered tells what answered exchange i of a run.
func (l *liveRecord) answered(e engine.Exchange, a *liveAnswer) string {
	// One is the network's, and one may be what a browser makes of an answer.
	if err := cmp.Or(a.err, e.Err); err != nil {
		words, _ := explainFailure(err, e.Request.CurrentURL())
		return "no answer: " + words
	}
	proto := "HTTP/1.1"
	if a.http2 {
		proto = "HTTP/2"
	}
	return "answer: " + strings.TrimSpace(fmt.Sprintf("%s %d %s", proto, e.Response.Status, e.Response.StatusMessage))
}
