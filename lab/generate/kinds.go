package generate

import "github.com/corsim/corsim/scenario"

// Kind is a kind of scenario.
type Kind struct {
	// Name stands in the field kind of scenarios of the kind.
	Name string
	// About says in a line what they are about.
	About string
	// Share is the part of all scenarios that are of the kind, from 0 to 1.
	Share float64
}

// Kinds returns the kinds of scenario that there are.
func Kinds() []Kind {
	list := make([]Kind, len(kinds))
	for i, k := range kinds {
		list[i] = Kind{k.name, k.about, float64(k.weight) / float64(allWeights)}
	}
	return list
}

type kind struct {
	weight int
	name   string
	// page says which page asks, and does what it does and what servers answer.
	page, does func(*draft)
	about      string
}

// kinds is the grammar's start: what a scenario can be about, and how often it is.
var kinds = []kind{
	{35, "simple", (*draft).anyPage, (*draft).simple, "GET, HEAD and POST without a preflight: the CORS check"},
	{85, "preflight", (*draft).anyPage, (*draft).preflighted, "methods and headers that need a preflight, and all that can be wrong with its answer"},
	{40, "xhr", (*draft).anyPage, (*draft).xhr, "XMLHttpRequest, with and without credentials and upload listeners"},
	{22, "headers", (*draft).anyPage, (*draft).headers, "request headers at the edges of the safelist, forbidden ones, duplicates"},
	{20, "mode", (*draft).anyPage, (*draft).modes, "no-cors and same-origin"},
	{15, "same", (*draft).anyPage, (*draft).sameOrigin, "requests to the page's own origin"},
	{18, "expose", (*draft).anyPage, (*draft).expose, "response headers that script sees, and Access-Control-Expose-Headers"},
	{15, "answer", (*draft).anyPage, (*draft).answers, "response headers several times over, and all statuses"},
	{20, "body", (*draft).anyPage, (*draft).bodies, "bodies and the Content-Type that each brings"},
	{10, "charset", (*draft).anyPage, (*draft).charsets, "the charset that XMLHttpRequest writes into Content-Type"},
	{25, "cache/steps", (*draft).anyPage, (*draft).cacheSteps, "requests one after the other: the preflight cache"},
	{10, "cache/clock", (*draft).anyPage, (*draft).cacheClock, "preflight cache entries that expire while the page waits; these take seconds"},
	{45, "redirect/any", (*draft).anyPage, (*draft).redirects, "redirects of every kind, one to four"},
	{20, "redirect/chain", (*draft).anyPage, (*draft).redirectChains, "redirects between a page's own origin and others: tainted origins, dropped headers, the limit of 20"},
	{20, "redirect/location", (*draft).anyPage, (*draft).locations, "Location headers that lead to odd places or nowhere"},
	{40, "element", (*draft).anyPage, (*draft).elements, "scripts, modules, images, stylesheets and fonts, with and without crossorigin"},
	{15, "corp", (*draft).anyPage, (*draft).corp, "Cross-Origin-Resource-Policy, and responses that are hidden from no-cors requests"},
	{25, "scheme", (*draft).anyPage, (*draft).schemes, "URLs of other schemes, blocked ports, mixed content, credentials in URLs"},
	{15, "url", (*draft).anyPage, (*draft).spellings, "URLs spelled in odd ways"},
	{8, "drop", (*draft).anyPage, (*draft).drops, "connections that are closed, and URLs that nothing is known of"},
	{12, "invalid", (*draft).anyPage, (*draft).invalid, "what the API throws an exception at"},

	{55, "bytes", (*draft).anyPage, (*draft).bytes, "odd bytes in header lines of answers"},
	{40, "http2/stream", (*draft).anyPage, (*draft).streams, "streams as request bodies"},
	{30, "http2/any", (*draft).anyPage, (*draft).overHTTP2, "the other kinds, over HTTP/2"},
	{28, "cookies/visited", (*draft).anyPage, (*draft).cookiesVisited, "cookies of servers that the user visited"},
	{25, "cookies/set", (*draft).anyPage, (*draft).cookiesSet, "cookies that an answer sets, and what the next request sends"},
	{14, "cookies/redirect", (*draft).anyPage, (*draft).cookiesRedirect, "cookies that a redirect sets"},
	{10, "cookies/preflight", (*draft).anyPage, (*draft).cookiesPreflight, "Set-Cookie in answers to preflights, and preflights where there are cookies"},
	{12, "cookies/blocked", (*draft).anyPage, (*draft).cookiesBlocked, "Set-Cookie in answers that the page may not read"},
	{14, "cookies/path", (*draft).anyPage, (*draft).cookiesPath, "which paths get a cookie, and in what order"},
	{12, "cookies/domain", (*draft).anyPage, (*draft).cookiesDomain, "which hosts get a cookie"},
	{10, "cookies/prefix", (*draft).anyPage, (*draft).cookiesPrefix, "names that start with __Host- and __Secure-"},
	{10, "cookies/limits", (*draft).anyPage, (*draft).cookiesLimits, "odd bytes and sizes of cookies"},
	{45, "coep", (*draft).embedderPage, (*draft).embedded, "pages with a Cross-Origin-Embedder-Policy"},
	{50, "worker", (*draft).workerPage, (*draft).inWorker, "requests of a dedicated worker"},
	{28, "sandbox", (*draft).sandboxedPage, (*draft).sandboxed, "requests of a page that a Content-Security-Policy sandboxes"},
	{35, "eventsource", (*draft).anyPage, (*draft).eventSources, "EventSource"},
	{40, "preload", (*draft).anyPage, (*draft).preloads, "link elements with rel=preload"},
	{40, "media", (*draft).anyPage, (*draft).media, "video and audio elements"},
}

// allWeights is the sum of the weights of all kinds.
var allWeights = func() (sum int) {
	for _, k := range kinds {
		sum += k.weight
	}
	return sum
}()

// kind draws the kind of the scenario, as an index of kinds. It comes first, so that scenarios that are not asked for cost
// nothing.
func (d *draft) kind() int {
	n := d.below(allWeights)
	for i, k := range kinds {
		if n -= k.weight; n < 0 {
			return i
		}
	}
	return 0
}

// write writes the scenario.
func (d *draft) write(i int) scenario.Scenario {
	k := kinds[i]
	d.Kind = k.name
	d.Server = map[string]scenario.Exchange{}
	k.page(d)
	k.does(d)
	if len(d.Steps) == 1 {
		d.Request, d.Steps = &d.Steps[0], nil
	}
	return d.Scenario
}
