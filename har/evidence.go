package har

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// What there is to find out: the names of facts.
const (
	factOrigin      = "page origin"
	factAPI         = "request"
	factMode        = "request mode"
	factCredentials = "credentials mode"
	factHeaders     = "headers"
	factPreflight   = "preflight"
	factRedirect    = "redirect mode"
	factListener    = "upload listener"
	factElement     = "element"
	factBody        = "body"
	factPolicy      = "embedder policy"
)

// What a body may be.
const (
	asDeclared  = "what it says to be"
	notDeclared = "not what it says to be"
)

// question is a request as a page made it, found out from the entries of a chain.
type question struct {
	hops []*item
	page engine.Page
	init engine.Init
	// facts are what was found out, in the order in which they are told.
	facts []Fact
	// otherBody is set where the body is not what its Content-Type says.
	otherBody bool
	// apiOpen is set where it could have been an element as well as a script that asked.
	apiOpen bool
	// orphan is set where the HAR has the preflight alone.
	orphan bool
}

// add adds a fact.
func (q *question) add(f Fact) { q.facts = append(q.facts, f) }

// ask finds out what request of which page a chain of entries was. It is nil where the request is of the page's own origin
// all the way. Where no page is known, the page has no origin.
func (j *Judge) ask(hops []*item, n nature) *question {
	q := &question{hops: hops}
	q.init.API = n.api
	q.pageOrigin(j)
	if !q.page.Origin.IsZero() && !slices.ContainsFunc(hops, q.isForeign) {
		return nil
	}
	q.add(Fact{factAPI, string(n.api), n.from, n.assumed})
	first := hops[0]
	q.apiOpen = n.open && first.preflight == nil && first.Request.Method == "GET" // elements ask for no preflights
	q.init.URL, q.init.Method = first.Request.URL, first.Request.Method
	q.mode()
	q.credentials()
	q.headers()
	if first.Request.HasBody || first.Request.BodySize > 0 {
		q.init.BodyKind = engine.BodyBlob // one without a type: the Content-Type is among the headers
	}
	q.preflightFact()
	switch {
	case q.init.API == fetchspec.APIScript && q.isCORS():
		q.add(Fact{factElement, "a classic script", "what is usual: modules are asked for in the same way", true})
	case q.init.API == fetchspec.APIFont:
		q.add(Fact{factElement, "a font face", "what is usual: preloads are asked for in the same way", true})
	}
	if doc := j.documents[hops[0].Entry.Page]; !q.isCORS() && !q.page.Origin.IsZero() && (doc.url == nil || q.page.URL != doc.url) {
		q.add(Fact{factPolicy, "none", "what is usual: the page's document is not in the HAR", true})
	}
	if q.init.API.IsElement() && hops[len(hops)-1].answered() {
		q.add(Fact{factBody, asDeclared, "Content-Type, since bodies are not read", true})
	}
	return q
}

func (q *question) isForeign(it *item) bool {
	return !origin.SameOrigin(it.url.Origin(), q.page.Origin)
}

// pageOrigin finds out the page's origin.
func (q *question) pageOrigin(j *Judge) {
	doc := j.documents[q.hops[0].Entry.Page]
	set := func(o origin.Origin, f Fact) {
		f.Name, f.Value = factOrigin, o.String()
		q.page.Origin = o
		if doc.url != nil && doc.url.Origin() == o {
			q.page.URL, q.page.EmbedderPolicy = doc.url, doc.policy
			f.Assumed = false // two agree
		} else if !o.IsOpaque() {
			q.page.URL, _ = origin.ParseURL(o.String()+"/", nil)
		}
		q.add(f)
	}
	null := false
	for _, it := range q.hops {
		for _, e := range []*item{it, it.preflight} {
			if e == nil {
				continue
			}
			switch value := e.header("Origin"); value {
			case "":
			case "null":
				null = true
			default:
				if o, err := origin.Parse(value); err == nil {
					set(o, Fact{From: "the Origin header"})
					return
				}
			}
		}
	}
	first := q.hops[0]
	referrer, _ := origin.ParseURL(first.header("Referer"), nil)
	switch {
	case null && referrer != nil && referrer.IsHTTP():
		// A redirect between two other origins makes it null.
		set(origin.NewOpaque(), Fact{From: "Origin: null, although Referer is " + clip(referrer.Origin().String(), 200) + ": a redirect that the HAR does not have led here", Assumed: true})
	case null:
		set(origin.NewOpaque(), Fact{From: "the Origin header"})
	case referrer != nil && referrer.IsHTTP():
		// What a style sheet loads has the style sheet's URL there.
		api := q.init.API
		set(referrer.Origin(), Fact{From: "the Referer header", Assumed: api == fetchspec.APIImage || api == fetchspec.APIFont || api == fetchspec.APIStylesheet})
	case first.Entry.Page == "":
		// It could be anything's, of a program that has no pages too.
	case doc.url != nil:
		set(doc.url.Origin(), Fact{From: doc.from})
	default:
		if u := j.title(first.Entry.Page); u != nil {
			set(u.Origin(), Fact{From: "the page's title", Assumed: true})
		}
	}
}

// mode finds out the request mode.
func (q *question) mode() {
	first := q.hops[0]
	f := Fact{Name: factMode, From: "Sec-Fetch-Mode"}
	mode := fetchspec.Mode(strings.ToLower(first.header("Sec-Fetch-Mode")))
	method := first.Request.Method
	switch {
	case mode == fetchspec.ModeCORS, mode == fetchspec.ModeNoCORS, mode == fetchspec.ModeSameOrigin:
	case first.preflight != nil:
		mode, f.From = fetchspec.ModeCORS, "the preflight"
	case (method == "GET" || method == "HEAD") && slices.ContainsFunc(q.hops, func(it *item) bool { return it.header("Origin") != "" }):
		mode, f.From = fetchspec.ModeCORS, "the Origin header"
	case !q.init.API.IsElement(), q.init.API == fetchspec.APIEventSource, q.init.API == fetchspec.APIFont:
		mode, f.From = fetchspec.ModeCORS, "what such requests have by default"
		f.Assumed = !q.init.API.IsElement() && q.init.API != fetchspec.APIXHR && fetchspec.IsSafelistedMethod(method)
	default:
		mode, f.From = fetchspec.ModeNoCORS, "the want of an Origin header"
		f.Assumed = !first.sent()
	}
	f.Value = string(mode)
	q.add(f)
	switch {
	case q.init.API == fetchspec.APIFetch:
		q.init.Mode = mode
	case q.init.API.IsElement() && mode == fetchspec.ModeCORS:
		q.init.CrossOrigin = new(string)
	}
}

// isCORS reports whether the request has mode cors.
func (q *question) isCORS() bool {
	switch {
	case q.init.API == fetchspec.APIFetch:
		return q.init.Mode == fetchspec.ModeCORS
	case q.init.API.IsElement() && q.init.API != fetchspec.APIEventSource && q.init.API != fetchspec.APIFont:
		return q.init.CrossOrigin != nil
	}
	return true
}

// credentials finds out the credentials mode.
func (q *question) credentials() {
	f := Fact{Name: factCredentials, Value: string(fetchspec.CredentialsSameOrigin)}
	switch {
	case !q.isCORS():
		// It decides nothing there.
		return
	case q.init.API == fetchspec.APIFont:
		f.From = "what fonts are loaded with"
	case slices.ContainsFunc(q.hops, func(it *item) bool {
		return q.isForeign(it) && (it.Request.Headers.Has("Cookie") || len(it.Request.Cookies) > 0)
	}):
		f.Value, f.From = string(fetchspec.CredentialsInclude), "the Cookie header"
		q.include(true)
	default:
		f.From, f.Assumed = "the want of a Cookie header", true
	}
	q.add(f)
}

// include sets the credentials mode to include, or to what it is by default.
func (q *question) include(on bool) {
	mode, attribute := fetchspec.Credentials(""), ""
	if on {
		mode, attribute = fetchspec.CredentialsInclude, "use-credentials"
	}
	if q.init.API.IsElement() && q.init.API != fetchspec.APIEventSource {
		q.init.CrossOrigin = &attribute
		return
	}
	q.init.Credentials = mode
}

// added are headers that browsers, or caches of theirs, add by themselves, besides those that are forbidden to pages. Where
// a page has set one, its preflight says so.
var added = []string{
	"accept-language", "user-agent", "priority", "upgrade-insecure-requests", "cache-control", "pragma", "if-none-match",
	"if-modified-since", "if-range", "range", "x-client-data", "save-data", "dpr", "downlink", "ect", "rtt", "width",
	"viewport-width", "device-memory", "purpose", "x-moz", "icy-metadata", "proxy-authorization", "x-forwarded-for",
}

// headers finds out which headers the page has set.
func (q *question) headers() {
	first := q.hops[0]
	var standard fetchspec.Safelist
	var listed []string
	if p := first.preflight; p != nil {
		list := fetchspec.ExtractTokens(p.Request.Headers, "Access-Control-Request-Headers")
		listed = list.Items
	}
	isListed := func(name string) bool {
		return slices.ContainsFunc(listed, func(l string) bool { return fetchspec.EqualFold(l, name) })
	}
	var unsafe []string
	for _, h := range first.Request.Headers {
		switch {
		case !fetchspec.IsToken(h.Name), standard.IsForbidden(h.Name, h.Value):
			continue
		case isListed(h.Name):
		case slices.Contains(added, fetchspec.ByteLower(h.Name)):
			continue
		case first.preflight != nil && !standard.IsSafelisted(h.Name, h.Value):
			continue // it went out without being asked for: it is not the page's
		}
		if !standard.IsSafelisted(h.Name, h.Value) {
			unsafe = append(unsafe, h.Name)
		}
		q.init.Headers = append(q.init.Headers, fetchspec.Header{Name: h.Name, Value: fetchspec.IsomorphicDecode(h.Value)})
	}
	f := Fact{Name: factHeaders, From: "the request's headers"}
	for _, name := range listed {
		if !slices.ContainsFunc(q.init.Headers, func(h fetchspec.Header) bool { return fetchspec.EqualFold(h.Name, name) }) {
			unsafe = append(unsafe, name)
			q.init.Headers = append(q.init.Headers, fetchspec.Header{Name: name, Value: unsafeValue(name)})
			f.From = "the preflight's Access-Control-Request-Headers, as the request's own are not all in the HAR"
		}
	}
	if f.Value = strings.Join(unsafe, ", "); f.Value != "" {
		q.add(f)
	}
}

// unsafeValue returns a value with which a header is not safelisted.
func unsafeValue(name string) string {
	if fetchspec.EqualFold(name, "Content-Type") {
		return "application/octet-stream"
	}
	return "(not in the HAR)"
}

// preflightFact tells where the preflight is, and makes the request one that wants a preflight where it had one that nothing
// else asks for.
func (q *question) preflightFact() {
	first := q.hops[0]
	switch {
	case first.preflight != nil:
		q.add(Fact{factPreflight, entryName(first.preflight), "its URL, its method and the time", false})
	case first.cached != nil:
		q.add(Fact{factPreflight, entryName(first.cached), "an earlier one, whose result was still good", false})
	}
	if first.preflight == nil || first.preflight.Request.Headers.Has("Access-Control-Request-Private-Network") {
		return
	}
	var standard fetchspec.Safelist
	if fetchspec.IsSafelistedMethod(first.Request.Method) && len(standard.UnsafeNames(q.init.Headers)) == 0 && !q.init.API.IsElement() {
		q.init.API, q.init.Mode, q.init.UploadListener = fetchspec.APIXHR, "", true
		q.init.BodyKind = engine.BodyBlob
		q.add(Fact{factListener, "set", "the preflight, which nothing else asks for", true})
	}
}
