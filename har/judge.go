package har

import (
	"errors"
	"fmt"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// How many entries are looked at ahead for a request's preflight and for where redirects lead, and how much memory they
// may take, in bytes.
const (
	ahead      = 256
	aheadBytes = 16 << 20
)

// Summary counts what a HAR has.
type Summary struct {
	// Entries are all entries, and Broken those that could not be read.
	Entries, Broken int
	// Preflights are those that were judged with their request.
	Preflights int
	// Redirected are requests that a redirect led to, which are judged with the one that it led from.
	Redirected int
	// SameOrigin are requests of the page's own origin, and Skipped the others that are not judged, by their kind.
	SameOrigin int
	Skipped    map[string]int
	// Judged are the requests that were.
	Judged int
	// Blocked are those of them that some browser blocks, or was seen to block.
	Blocked int
	// Outcomes counts verdicts by browser, outcome and grade.
	Outcomes map[Tally]int
	// Disagreements are the requests in which the HAR's browser did something else.
	Disagreements int
}

// Tally is what verdicts are counted by.
type Tally struct {
	Browser, Outcome string
	Grade            Grade
}

// Judge judges the cross-origin requests of a HAR, in the order of the file, in memory that does not grow with it.
type Judge struct {
	// Summary counts what was seen so far.
	Summary Summary

	reader    *Reader
	browsers  []*personality.Personality
	queue     []*item
	size      int
	err       error
	grants    map[string]*item
	documents map[string]document
}

// document is a page that was seen to load.
type document struct {
	url    *origin.URL
	policy fetchspec.EmbedderPolicy
	from   string
}

// NewJudge returns a judge of a HAR, for some browsers.
func NewJudge(r *Reader, browsers []*personality.Personality) *Judge {
	return &Judge{
		reader: r, browsers: browsers, grants: map[string]*item{}, documents: map[string]document{},
		Summary: Summary{Skipped: map[string]int{}, Outcomes: map[Tally]int{}},
	}
}

// Log returns what the HAR says of itself, as far as it was read.
func (j *Judge) Log() *Log { return &j.reader.Log }

// Next returns what browsers make of the next request to another origin. Errors are those of [Reader.Next]: after an
// [*EntryError] it goes on, every other one comes after all that could be judged.
func (j *Judge) Next() (*Finding, error) {
	for {
		j.read()
		if len(j.queue) == 0 {
			return nil, j.err
		}
		it := j.queue[0]
		j.queue = j.queue[1:]
		j.Summary.Entries++
		if it.broken != nil {
			j.Summary.Broken++
			return nil, it.broken
		}
		j.size -= it.size()
		if f := j.judge(it); f != nil {
			j.count(f)
			return f, nil
		}
	}
}

// read fills the queue.
func (j *Judge) read() {
	for j.err == nil && len(j.queue) < ahead && j.size < aheadBytes {
		e, err := j.reader.Next()
		var broken *EntryError
		switch {
		case errors.As(err, &broken):
			j.queue = append(j.queue, &item{broken: err})
		case err != nil:
			j.err = err
		default:
			it := newItem(e)
			j.size += it.size()
			j.queue = append(j.queue, it)
		}
	}
}

// judge judges an entry, unless another stands for it or there is nothing to judge.
func (j *Judge) judge(it *item) *Finding {
	switch {
	case it.claimed && it.IsPreflight():
		j.Summary.Preflights++
		return nil
	case it.claimed:
		j.Summary.Redirected++
		return nil
	case it.IsPreflight() && it.url != nil && it.url.IsHTTP():
		if r := j.request(it); r != nil {
			r.preflight, it.claimed = it, true
			j.Summary.Preflights++
			return nil
		}
		return j.orphan(it)
	}
	n := it.nature()
	if n.skip != "" {
		if n.skip == kindNavigation {
			j.navigated(it)
		}
		j.Summary.Skipped[n.skip]++
		return nil
	}
	q := j.ask(j.chain(it), n)
	if q == nil {
		j.Summary.SameOrigin++
		return nil
	}
	return j.finding(q)
}

// orphan judges a preflight whose request is not in the HAR: it was blocked, and whoever made the HAR saw the wire alone.
func (j *Judge) orphan(p *item) *Finding {
	e := *p.Entry
	e.Request.Method = p.header("Access-Control-Request-Method")
	e.Request.Headers = nil
	for _, h := range p.Request.Headers {
		switch fetchspec.ByteLower(h.Name) {
		case "origin", "referer":
			e.Request.Headers = append(e.Request.Headers, h)
		}
	}
	e.Response = Response{}
	r := newItem(&e)
	r.preflight = p
	q := j.ask([]*item{r}, nature{api: fetchspec.APIFetch, from: "the preflight, whose request is not in the HAR", assumed: true})
	if q == nil {
		j.Summary.SameOrigin++
		return nil
	}
	q.orphan = true
	return j.finding(q)
}

// navigated notes a page that was loaded.
func (j *Judge) navigated(it *item) {
	dest := it.header("Sec-Fetch-Dest")
	if dest != "" && dest != "document" || it.location() != nil || it.size() > maxGrant {
		return
	}
	if len(j.documents) == MaxPages {
		clear(j.documents)
	}
	d := document{url: it.url, from: "the page's document, " + entryName(it)}
	if policy, ok := it.Response.Headers.Get("Cross-Origin-Embedder-Policy"); ok {
		switch policy := fetchspec.EmbedderPolicy(policy); policy {
		case fetchspec.RequireCORP, fetchspec.Credentialless:
			d.policy = policy
		}
	}
	j.documents[it.Entry.Page] = d
}

// title returns the URL that a page's title is, nil where it is something else.
func (j *Judge) title(id string) *origin.URL {
	for _, p := range j.reader.Log.Pages {
		if p.ID == id {
			if u, err := origin.ParseURL(p.Title, nil); err == nil && u.IsHTTP() {
				return u
			}
		}
	}
	return nil
}

func entryName(it *item) string { return fmt.Sprintf("entry %d", it.Number) }

// finding makes the finding of a question.
func (j *Judge) finding(q *question) *Finding {
	first, last := q.hops[0], q.hops[len(q.hops)-1]
	f := &Finding{Entry: first.Number, Method: first.Request.Method, URL: first.Request.URL, Page: q.page.Origin.String()}
	if first.preflight != nil {
		f.Preflight = first.preflight.Number
	}
	for _, hop := range q.hops[1:] {
		f.Redirects = append(f.Redirects, hop.Number)
	}
	source := sourceOf(&j.reader.Log)
	if !q.orphan {
		f.Observed = source.observe(last.Entry)
	}
	if !q.page.Origin.IsZero() {
		j.settle(q, &source, f.Observed)
	}
	for _, browser := range j.browsers {
		f.Verdicts = append(f.Verdicts, q.verdict(browser, &source, f.Observed))
	}
	f.Evidence = q.facts
	return f
}

// settle finds out what is only assumed, as far as what the HAR's browser did tells it.
func (j *Judge) settle(q *question, s *source, o *Observed) {
	if o == nil {
		return
	}
	last := q.hops[len(q.hops)-1]
	if o.Outcome == Allowed && last.location() != nil && q.init.API == fetchspec.APIFetch {
		q.init.Redirect = fetchspec.RedirectManual
		q.add(Fact{factRedirect, string(fetchspec.RedirectManual), "what " + s.browser.Name + " did: it ended there without an error", false})
	}
	for i, f := range q.facts {
		if !f.Assumed || f.Name != factCredentials && f.Name != factBody {
			continue
		}
		other := q.otherwise(f)
		a, b := q.try(s.browser), other.try(s.browser)
		fits, otherFits := a.seen() == o.Outcome, b.seen() == o.Outcome
		if a.missing != "" || b.missing != "" || fits == otherFits {
			continue
		}
		if otherFits {
			*q = *other
			f.Value = f.other()
		}
		f.From = "what " + s.browser.Name + " did: it " + o.Outcome + " it, as it does in this case alone"
		// What is blocked could have other reasons.
		f.Assumed = o.Outcome == Blocked
		q.facts[i] = f
	}
}

// other returns the other value that a fact could have.
func (f *Fact) other() string {
	switch {
	case f.Name == factBody:
		return notDeclared
	case f.Value == string(fetchspec.CredentialsInclude):
		return string(fetchspec.CredentialsSameOrigin)
	}
	return string(fetchspec.CredentialsInclude)
}

// count counts a finding.
func (j *Judge) count(f *Finding) {
	s := &j.Summary
	s.Judged++
	if f.IsBlocked() {
		s.Blocked++
	}
	if f.Disagrees() {
		s.Disagreements++
	}
	for _, v := range f.Verdicts {
		s.Outcomes[Tally{v.Browser, v.Outcome, v.Grade}]++
	}
}

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

// verdict says what a browser makes of the request.
func (q *question) verdict(browser *personality.Personality, s *source, o *Observed) Verdict {
	v := Verdict{Browser: browser.Name, Outcome: string(Unknown), Grade: Unknown}
	if q.page.Origin.IsZero() {
		v.Why = "Nothing in the HAR tells which page the request is from, if any: there is neither an Origin nor a Referer header, and no page that it belongs to."
		return v
	}
	t := q.try(browser)
	if t.missing != "" {
		v.Why = t.missing
		if s.noResponse != "" && !q.hops[len(q.hops)-1].answered() {
			v.Why += " " + s.noResponse + "."
		}
		return v
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
	return v
}

// assumed returns the assumptions without which the verdict would not stand.
func (q *question) assumed(browser *personality.Personality, t *trial, o *Observed) (list []string) {
	for _, f := range q.facts {
		if f.Name == factBody && o != nil && o.Browser == browser.Name && t.seen() == o.Outcome && t.outcome() == o.Outcome {
			continue // it saw the body
		}
		if !f.Assumed || f.Name == factAPI || same(q.otherwise(f).try(browser), t) {
			// What made the request decides on words alone.
			continue
		}
		list = append(list, "the "+f.Name+" is "+f.Value+", taken from "+f.From)
	}
	return list
}

// otherwise returns the question with a fact that is assumed the other way round, where there is just one other.
func (q *question) otherwise(f Fact) *question {
	other := *q
	switch {
	case f.Name == factCredentials:
		other.include(f.Value != string(fetchspec.CredentialsInclude))
	case f.Name == factMode && q.init.API == fetchspec.APIFetch:
		other.init.Mode = fetchspec.ModeNoCORS
		if f.Value != string(fetchspec.ModeCORS) {
			other.init.Mode = fetchspec.ModeCORS
		}
	case f.Name == factMode && q.init.CrossOrigin == nil:
		other.init.CrossOrigin = new(string)
	case f.Name == factElement && q.init.API == fetchspec.APIScript:
		other.init.API = fetchspec.APIModule
	case f.Name == factElement:
		as := string(fetchspec.DestinationFont)
		other.init.API, other.init.As, other.init.CrossOrigin = fetchspec.APIPreload, &as, new(string)
	case f.Name == factBody:
		other.otherBody = !q.otherBody
	case f.Name == factListener:
		other.init.UploadListener = false
	case f.Name == factOrigin && q.page.Origin.IsOpaque():
		other.page.Origin = elsewhere
	case f.Name == factOrigin:
		other.page.Origin = origin.NewOpaque()
	}
	return &other
}

// elsewhere is an origin that no server has heard of.
var elsewhere = origin.MustParse("https://elsewhere.invalid")

func same(a, b *trial) bool {
	if a.outcome() != b.outcome() {
		return false
	}
	return a.result.Block == nil || b.result.Block == nil || a.result.Block.Code == b.result.Block.Code
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
