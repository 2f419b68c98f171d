package har

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// network answers with what the entries of a chain were answered.
type network struct {
	q *question
	// next is the number of the hop that is asked for next.
	next    int
	missing string
	assumed []string
}

// Send answers a request.
func (n *network) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	hop := n.hop(r)
	if r.IsPreflight() {
		return n.preflight(r, hop)
	}
	n.next++
	switch {
	case hop == nil:
		return n.lacks("The HAR has no request for " + r.WireURL() + ", which comes next.")
	case hop.Response.ServiceWorker:
		return n.lacks("A service worker answered, and what it was answered is not told.")
	case hop.Response.Status == 304 && !hop.Response.Headers.Has("Access-Control-Allow-Origin"):
		return n.lacks("The status is 304: the browser judges the response that it had stored, whose headers are not in the HAR.")
	case hop.answered():
		return n.response(r, hop), nil
	case failed(hop.Response.Error):
		n.assume("no browser gets an answer")
		return nil, n.failure(hop)
	}
	return n.lacks("What was answered to " + r.Method + " " + r.WireURL() + " is not in the HAR.")
}

// failure is the error of an entry that has no answer, for the reason that it gives.
func (n *network) failure(it *item) error {
	return personality.ChromiumFailure(it.Response.Error, n.HTTP2()).Err()
}

// HTTP2 reports whether the servers spoke HTTP/2 or later.
func (n *network) HTTP2() bool {
	first := n.q.hops[0]
	for _, version := range [...]string{first.Response.HTTPVersion, first.Request.HTTPVersion} {
		v := strings.ToLower(version)
		if strings.HasPrefix(v, "h2") || strings.HasPrefix(v, "h3") || strings.HasPrefix(v, "http/2") || strings.HasPrefix(v, "http/3") {
			return true
		}
	}
	return first.Request.Headers.Has(":method")
}

// hop returns the entry of a request, nil where there is none.
func (n *network) hop(r *fetchspec.Request) *item {
	if n.next < len(n.q.hops) && n.q.hops[n.next].url.WithoutCredentials().WithoutFragment() == r.WireURL() {
		return n.q.hops[n.next]
	}
	return nil
}

func (n *network) preflight(r *fetchspec.Request, hop *item) (*fetchspec.Response, error) {
	p := (*item)(nil)
	if hop != nil {
		if p = hop.preflight; p == nil {
			p = hop.cached
		}
	}
	switch {
	case p != nil && p.answered():
		return n.response(r, p), nil
	case p != nil && failed(p.Response.Error):
		n.assume("no browser gets an answer to the preflight")
		return nil, n.failure(p)
	case hop != nil && hop.sent() && p == nil:
		n.assume("the preflight, which is not in the HAR, was allowed: the request went out after it")
		return permission(r), nil
	}
	return n.lacks("What was answered to the preflight OPTIONS " + r.WireURL() + " is not in the HAR.")
}

// permission is an answer to a preflight that allows what it asks for.
func permission(r *fetchspec.Request) *fetchspec.Response {
	get := func(name string) string { value, _ := r.Headers.Get(name); return value }
	return &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: 204, Headers: fetchspec.Headers{
		{Name: "Access-Control-Allow-Origin", Value: get("Origin")},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: get("Access-Control-Request-Method")},
		{Name: "Access-Control-Allow-Headers", Value: get("Access-Control-Request-Headers")},
	}}
}

// response is what an entry says was answered. Cookies are no matter here.
func (n *network) response(r *fetchspec.Request, it *item) *fetchspec.Response {
	a := &it.Response
	status := a.Status
	if status == 304 {
		status = 200
		n.assume("the stored response has the headers of the 304")
	}
	headers := slices.DeleteFunc(slices.Clone(a.Headers), func(h fetchspec.Header) bool {
		return strings.HasPrefix(h.Name, ":") || fetchspec.EqualFold(h.Name, "Set-Cookie")
	})
	if a.RedirectURL != "" && fetchspec.IsRedirectStatus(status) && !headers.Has("Location") {
		headers = append(headers, fetchspec.Header{Name: "Location", Value: a.RedirectURL})
	}
	return &fetchspec.Response{
		Type: fetchspec.ResponseDefault, Status: status, StatusMessage: a.StatusText, Headers: headers, Body: n.q.body(r.API, headers),
	}
}

// Bodies, as far as elements look at them. HARs have bodies at times, but they are not read.
const (
	bodyHTML  = "<!doctype html>"
	bodyText  = "text"
	bodyJSON  = "{}"
	bodyImage = "GIF89a"
	bodySVG   = "<svg/>"
	bodyFont  = "wOF2\x00\x01\x00\x00\x00\x00\x00\x00\x00"
	bodyMedia = "OggS"
)

// wanted is a body that what asks for it can use.
func wanted(api fetchspec.API) string {
	switch {
	case api == fetchspec.APIImage:
		return bodyImage
	case api == fetchspec.APIFont:
		return bodyFont
	case api.IsMedia():
		return bodyMedia
	}
	return bodyText
}

// declared is a body that is what its Content-Type says.
func declared(api fetchspec.API, h fetchspec.Headers) string {
	essence := fetchspec.ExtractMIMEType(h)
	kind, _, _ := strings.Cut(essence, "/")
	switch {
	case essence == "image/svg+xml":
		return bodySVG
	case isVague(essence):
		return wanted(api)
	case kind == "image":
		return bodyImage
	case kind == "font":
		return bodyFont
	case kind == "audio", kind == "video":
		return bodyMedia
	case essence == "text/html":
		return bodyHTML
	case essence == "application/json":
		return bodyJSON
	}
	return bodyText
}

// body is what the body is taken to be.
func (q *question) body(api fetchspec.API, h fetchspec.Headers) string {
	body := declared(api, h)
	switch {
	case !q.otherBody:
		return body
	case body == wanted(api), body == bodySVG:
		return bodyHTML
	}
	return wanted(api)
}

// isVague reports whether a MIME type leaves open what a body is.
func isVague(essence string) bool {
	return essence == "" || essence == "application/octet-stream" || strings.HasPrefix(essence, "application/x-font") || essence == "application/font-woff"
}

func (n *network) lacks(what string) (*fetchspec.Response, error) {
	if n.missing == "" {
		n.missing = what
	}
	return nil, errNotThere
}

func (n *network) assume(what string) {
	if !slices.Contains(n.assumed, what) {
		n.assumed = append(n.assumed, what)
	}
}
