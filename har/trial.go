package har

import (
	"errors"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/personality"
)

var errNotThere = errors.New("not in the HAR")

// trial is a request that was judged in one browser.
type trial struct {
	result *engine.Result
	// missing says what was asked for and is not in the HAR.
	missing string
	// assumed says what was taken in place of what is not in the HAR.
	assumed []string
}

func (t *trial) outcome() string {
	switch {
	case t.missing != "":
		return string(Unknown)
	case t.result.Block != nil:
		return Blocked
	}
	return Allowed
}

// seen is the outcome as a HAR shows it: what an element makes of a response that it was given is not in there.
func (t *trial) seen() string {
	if t.missing == "" && t.result.Block != nil && isAfterCORS(t.result.Block.Code) {
		return Allowed
	}
	return t.outcome()
}

// try judges the request in a browser.
func (q *question) try(browser *personality.Personality) *trial {
	n := &network{q: q}
	ua := browser.UserAgent()
	page := q.page
	t := &trial{result: ua.Do(page, q.init, n)}
	t.missing, t.assumed = n.missing, n.assumed
	return t
}

// verdict says what a browser makes of the request. The result is nil where the verdict is unknown.
func (q *question) verdict(browser *personality.Personality, s *source, o *Observed) (v Verdict, result *engine.Result) {
	v = Verdict{Browser: browser.Name, Outcome: string(Unknown), Grade: Unknown}
	if q.page.Origin.IsZero() {
		v.Why = "Nothing in the HAR tells which page the request is from, if any: there is neither an Origin nor a Referer header, and no page that it belongs to."
		return v, nil
	}
	t := q.try(browser)
	if t.missing != "" {
		v.Why = t.missing
		if s.noResponse != "" && !q.hops[len(q.hops)-1].answered() {
			v.Why += " " + s.noResponse
		}
		return v, nil
	}
	v.Outcome, v.Grade = t.outcome(), Proven
	x := personality.Explain(q.page, q.init, t.result)
	v.Why, v.Change = x.Why, x.Change
	if b := t.result.Block; b != nil {
		v.Code = b.Code
		v.Exception = browser.Exception(q.page, q.init, t.result)
	}
	for _, l := range browser.Console(q.page, q.init, t.result) {
		v.Console = append(v.Console, Line{l.Text, l.Level})
	}
	v.Assumed = append(q.assumed(browser, t, o), t.assumed...)
	if o != nil && o.Browser == browser.Name && !isAfterCORS(v.Code) {
		agrees := o.Outcome == v.Outcome
		v.Agrees = &agrees
	}
	if len(v.Assumed) > 0 {
		v.Grade = Inferred
	}
	return v, t.result
}

// isAfterCORS reports whether a code is about what an element does with a response, of which a HAR shows nothing.
func isAfterCORS(c engine.Code) bool {
	switch c {
	case engine.CodeStatusNotOK, engine.CodeMIMETypeMismatch, engine.CodeNotDecodable, engine.CodeRangeMismatch, engine.CodeSizeUnknown,
		engine.CodeEventStreamType, engine.CodeEventStreamCharset:
		return true
	}
	return false
}
