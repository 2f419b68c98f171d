package warn

import (
	"fmt"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/internal/excerpt"
)

// browsersDiffer looks for a browser that lets a request through, and one that does not.
func (f *finder) browsersDiffer() {
	var pass, blocked []string
	for _, run := range f.runs {
		if run.Result.Block == nil {
			pass = append(pass, run.Browser.Name)
		} else {
			blocked = append(blocked, run.Browser.Name)
		}
	}
	if len(pass) == 0 || len(blocked) == 0 {
		return
	}
	for _, name := range blocked {
		f.add(name, fmt.Sprintf("It passes in %s, and is blocked in %s.", and(pass), and(blocked)), "Make the change for "+and(blocked)+": who tries it in "+and(pass)+" alone does not see it fail.")
	}
}

// executed looks for requests that changed something at the server before the page was kept from the answer.
func (f *finder) executed() {
	for _, run := range f.runs {
		if run.Result.Block == nil {
			continue
		}
		for i := range run.Result.Exchanges {
			e := &run.Result.Exchanges[i]
			switch method := e.Request.Method; {
			case e.Preflight, e.Response == nil, method == "GET", method == "HEAD", method == "OPTIONS":
			default:
				f.add(run.Browser.Name, "The server got "+asked(e)+" and has answered it: what is blocked is the page's look at the answer.",
					"Do not count on CORS to keep requests out, and do not repeat this one unseen: it may have done its work.")
			}
		}
	}
}

// errorWithoutHeaders looks for error answers without CORS headers.
func (f *finder) errorWithoutHeaders() {
	f.answers(func(run *Run, e *engine.Exchange, judged bool) {
		if judged && !e.Preflight && e.Response.Status >= 400 && run.Result.Block.Code == engine.CodeAllowOriginMissing {
			f.add(run.Browser.Name, fmt.Sprintf("%s has status %d, which the page does not learn: it sees a network error.", answer(e), e.Response.Status),
				"Find out why the server answers so, and have error answers carry the CORS headers too.")
		}
	})
}

// maxAgeCapped looks for an Access-Control-Max-Age that browsers cut.
func (f *finder) maxAgeCapped() {
	var names, caps []string
	var first *engine.Exchange
	f.answers(func(run *Run, e *engine.Exchange, judged bool) {
		most := int(run.Browser.Quirks.Cache.MaxAge.Seconds())
		if !e.Preflight || judged || most == 0 || len(names) > 0 && names[len(names)-1] == run.Browser.Name {
			return
		}
		if value, _ := e.Response.Headers.Get("Access-Control-Max-Age"); exceeds(value, most) {
			if first == nil {
				first = e
			}
			names, caps = append(names, run.Browser.Name), append(caps, fmt.Sprintf("%s %d", run.Browser.Name, most))
		}
	})
	for _, name := range names {
		value, _ := first.Response.Headers.Get("Access-Control-Max-Age")
		f.add(name, fmt.Sprintf("%s has Access-Control-Max-Age: %s, and browsers keep it for fewer seconds: %s.", answer(first), excerpt.Of(value), and(caps)),
			"Count on the shorter time: preflights come more often.")
	}
}

// exceeds reports whether a value is a whole number of seconds, of any length, that is more than a limit.
func exceeds(value string, limit int) bool {
	if value == "" || strings.Trim(value, "0123456789") != "" {
		return false
	}
	value, most := strings.TrimLeft(value, "0"), fmt.Sprint(limit)
	return len(value) > len(most) || len(value) == len(most) && value > most
}
