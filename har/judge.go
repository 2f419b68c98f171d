package har

import (
	"errors"
	"fmt"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/warn"
)

// How many entries are looked at ahead for a request's preflight and for where redirects lead, and how much memory they
// may take, in bytes.
const (
	ahead      = 256
	aheadBytes = 16 << 20
)

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
	r := p.unsent()
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
		policy, _, _ = strings.Cut(policy, ";") // parameters say where reports go
		switch policy := fetchspec.EmbedderPolicy(strings.TrimSpace(policy)); policy {
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
	f := &Finding{Entry: first.Number, Offset: first.Offset, Length: first.Length, Method: first.Request.Method, URL: first.Request.URL, Page: q.page.Origin.String()}
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
	var runs []warn.Run
	for _, browser := range j.browsers {
		v, result := q.verdict(browser, &source, f.Observed)
		f.Verdicts = append(f.Verdicts, v)
		if result != nil {
			runs = append(runs, warn.Run{Browser: browser, Page: q.page, Init: q.init, Result: result})
		}
	}
	f.Warnings = warn.Of(runs...)
	f.Evidence = q.facts
	return f
}
