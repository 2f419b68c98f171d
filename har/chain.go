package har

import (
	"strconv"
	"strings"
	"time"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// item is an entry that waits for its turn.
type item struct {
	*Entry
	url  *origin.URL // nil where it cannot be parsed
	time time.Time
	// broken is why the entry could not be read; there is no entry then.
	broken error
	// claimed is set where the entry was judged together with another.
	claimed bool
	// preflight is the preflight that belongs to the request, and cached an earlier one whose result still held.
	preflight, cached *item
}

func newItem(e *Entry) *item {
	u, _ := origin.ParseURL(e.Request.URL, nil)
	return &item{Entry: e, url: u, time: e.Time()}
}

// header returns the value of a request header, empty where there is none.
func (it *item) header(name string) string {
	value, _ := it.Request.Headers.Get(name)
	return value
}

// answered reports whether the HAR has what was answered.
func (it *item) answered() bool {
	return it.Response.Status >= 100
}

// sent reports whether the request went out, so far as the HAR tells.
func (it *item) sent() bool { return it.answered() || failed(it.Response.Error) }

// location returns the URL that the response redirects to, nil where it does not.
func (it *item) location() *origin.URL {
	if !fetchspec.IsRedirectStatus(it.Response.Status) || it.url == nil {
		return nil
	}
	to := it.Response.RedirectURL
	for value := range it.Response.Headers.Values("Location") {
		if to == "" {
			to = value
		}
	}
	if to == "" {
		return nil
	}
	u, err := origin.ParseURL(to, it.url)
	if err != nil {
		return nil
	}
	return u
}

// How far a preflight may be from its request, as far as times tell: browsers note the request before the preflight or
// after it, and a slow server takes its time.
const (
	preflightBefore = 2 * time.Minute
	preflightAfter  = time.Second
)

// distance says how near a preflight is to a request that it could be of; ok is false where it cannot.
func (p *item) distance(r *item) (d time.Duration, ok bool) {
	switch {
	case p.url == nil || r.url == nil || p.url.WithoutFragment() != r.url.WithoutFragment(),
		p.header("Access-Control-Request-Method") != r.Request.Method,
		differ(p.header("Origin"), r.header("Origin")):
		return 0, false
	case p.time.IsZero() || r.time.IsZero():
		return time.Duration(max(p.Number-r.Number, r.Number-p.Number)), true
	}
	d = p.time.Sub(r.time)
	slack := time.Duration(min(max(r.Duration, 0), 1e9)*float64(time.Millisecond)) + preflightAfter
	return d.Abs(), -preflightBefore <= d && d <= slack
}

// differ reports whether two values are both there and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// isPreflightable reports whether an entry is a request that could have had a preflight.
func (it *item) isPreflightable() bool {
	return it.broken == nil && !it.claimed && it.preflight == nil && !it.IsPreflight()
}

// request finds the request in the queue that a preflight is of, nil where there is none.
func (j *Judge) request(p *item) *item {
	var best *item
	var least time.Duration
	for _, r := range j.queue {
		if !r.isPreflightable() {
			continue
		}
		if d, ok := p.distance(r); ok && (best == nil || d < least) {
			best, least = r, d
		}
	}
	return best
}

// attach finds the preflight of a request, among those to come, and else an earlier one that still holds.
func (j *Judge) attach(r *item) {
	if r.preflight == nil {
		var least time.Duration
		for _, p := range j.queue {
			if p.broken != nil || p.claimed || !p.IsPreflight() {
				continue
			}
			// It may be nearer to another request.
			if d, ok := p.distance(r); ok && (r.preflight == nil || d < least) && j.nearest(p, r, d) {
				r.preflight, least = p, d
			}
		}
	}
	if r.preflight != nil {
		r.preflight.claimed = true
		j.grant(r.preflight)
		return
	}
	if p := j.grants[grantKey(r, r.Request.Method)]; p != nil && holds(p, r.time) {
		r.cached = p
	}
}

// nearest reports whether no request in the queue is nearer to a preflight than r is.
func (j *Judge) nearest(p, r *item, d time.Duration) bool {
	other := j.request(p)
	if other == nil || other == r {
		return true
	}
	nearer, _ := p.distance(other)
	return d <= nearer
}

// maxGrants bounds how many preflights are remembered, and maxGrant how large they may be, in bytes.
const (
	maxGrants = 1000
	maxGrant  = 64 << 10
)

// grantKey is what a preflight's result is remembered by.
func grantKey(it *item, method string) string {
	return method + " " + it.header("Origin") + " " + it.url.WithoutFragment()
}

func (j *Judge) grant(p *item) {
	if p.size() > maxGrant {
		return
	}
	if len(j.grants) == maxGrants {
		clear(j.grants)
	}
	j.grants[grantKey(p, p.header("Access-Control-Request-Method"))] = p
}

// holds reports whether a preflight's result is still kept at a time, by the longest that a browser keeps one.
func holds(p *item, now time.Time) bool {
	age := 5 * time.Second // https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
	if value, ok := p.Response.Headers.Get("Access-Control-Max-Age"); ok {
		seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32)
		if err != nil {
			seconds = 0
		}
		age = min(time.Duration(seconds)*time.Second, 24*time.Hour)
	}
	return !p.time.IsZero() && now.Sub(p.time).Abs() <= age
}

// maxRedirects is how many redirects are followed.
//
// https://fetch.spec.whatwg.org/#http-redirect-fetch
const maxRedirects = 20

// chain returns a request and those that redirects lead it to, each with its preflight.
func (j *Judge) chain(r *item) []*item {
	hops := []*item{r}
	j.attach(r)
	for last := r; len(hops) <= maxRedirects; {
		to := last.location()
		if to == nil {
			break
		}
		next := j.find(to, last, false)
		if next == nil {
			if p := j.find(to, last, true); p != nil {
				p.claimed = true
				hops = append(hops, p.unsent())
			}
			break
		}
		next.claimed = true
		j.attach(next)
		hops = append(hops, next)
		last = next
	}
	return hops
}

// unsent returns the request that a preflight asks for, where nothing shows that it was sent.
func (p *item) unsent() *item {
	e := *p.Entry
	e.Request = Request{Method: p.header("Access-Control-Request-Method"), URL: e.Request.URL, HTTPVersion: e.Request.HTTPVersion}
	for _, h := range p.Request.Headers {
		if name := fetchspec.ByteLower(h.Name); name == "origin" || name == "referer" {
			e.Request.Headers = append(e.Request.Headers, h)
		}
	}
	e.Response = Response{}
	return &item{Entry: &e, url: p.url, time: p.time, preflight: p}
}

// find finds the request in the queue that a redirect led to, or its preflight.
func (j *Judge) find(to *origin.URL, from *item, preflight bool) *item {
	for _, it := range j.queue {
		if it.broken != nil || it.claimed || it.IsPreflight() != preflight || it.url == nil || it.Entry.Page != from.Entry.Page || it.time.Before(from.time) {
			continue
		}
		method := it.Request.Method
		if preflight {
			method = it.header("Access-Control-Request-Method")
		}
		if it.url.WithoutFragment() == to.WithoutFragment() && (method == from.Request.Method || method == "GET") {
			return it
		}
	}
	return nil
}
