package generate

import "github.com/corsim/corsim/scenario"

// overHTTP2 is another kind of scenario, over HTTP/2.
func (d *draft) overHTTP2() {
	d.HTTP2 = true
	choose(d,
		of(30, d.preflighted, d.simple),
		of(30, d.xhr, d.modes, d.sameOrigin, d.bodies, d.expose),
		of(20, d.redirects, d.redirectChains, d.locations, d.elements),
		of(10, d.drops, d.answers, d.headers),
		of(10, d.bytes, d.cookiesSet, d.eventSources, d.preloads, d.media),
	)()
}

// workerPage is a page whose requests are made in a dedicated worker.
func (d *draft) workerPage() {
	d.plainPage()
	d.Client.Worker = "dedicated"
	if d.percent(12) {
		d.Client.COEP = pick(d, "require-corp", "credentialless")
	}
}

// inWorker is a kind of scenario that needs no elements.
//
// NOTE: Relative URLs are left out, since they are relative to the worker's script.
func (d *draft) inWorker() {
	choose(d,
		of(30, d.preflighted, d.simple),
		of(28, d.xhr, d.modes, d.headers, d.sameOrigin, d.bodies),
		of(14, d.redirects, d.redirectChains, d.locations),
		of(16, d.eventSources, d.corp, d.expose),
		of(12, d.cacheSteps, d.cookiesVisited, d.cookiesSet, d.bytes, d.drops, d.charsets, d.invalid),
	)()
	if d.percent(8) && d.Client.COEP == "" {
		d.HTTP2 = true
	}
}

// sandboxedPage is a document that its own server sandboxes.
func (d *draft) sandboxedPage() {
	d.documentPage()
	if d.percent(6) {
		d.Client.COEP = pick(d, "require-corp", "credentialless")
	}
}

// sandboxed is what a page does that is of no origin: its own server is a stranger.
func (d *draft) sandboxed() {
	choose(d,
		of(34, d.preflighted, d.simple, d.sameOrigin),
		of(24, d.xhr, d.modes, d.elements, d.corp),
		of(20, d.redirects, d.redirectChains, d.locations),
		of(12, d.eventSources, d.preloads, d.media),
		of(10, d.cookiesVisited, d.cookiesSet, d.cacheSteps, d.schemes, d.bytes),
	)()
}

// embedderPage is a page with a Cross-Origin-Embedder-Policy, which one without TLS does not have in effect.
func (d *draft) embedderPage() {
	choose(d, of(93, d.plainPage), of(5, d.framedPage), of(2, d.documentPage))()
	d.Client.COEP = choose(d, of(58, "require-corp"), of(42, "credentialless"))
	if d.origin != opaqueName && d.percent(14) {
		d.Client.Worker = "dedicated"
	}
}

// embedded is about what an embedder policy keeps from the page, or asks for without credentials.
func (d *draft) embedded() {
	url := choose(d, of(72, d.url("a")), of(28, d.at(d.page, "a")))
	q := choose(d, of(70, d.loadOf), of(30, d.anyRequest))(url)
	if d.percent(30) {
		d.visit(d.target, d.thirdPartyCookie("c0"))
	}
	if d.percent(22) {
		d.redirectTo(q)
		return
	}
	a := &scenario.Answer{Status: choose(d, of(88, 200), of(12, d.anyStatus()))}
	if d.percent(62) {
		a.Headers = d.corpLines()
	}
	if d.percent(70) {
		a.Headers = append(a.Headers, d.shared(q, 75)...)
	}
	if d.percent(10) {
		a.Headers = append(a.Headers, []string{"Cross-Origin-Embedder-Policy", pick(d, "require-corp", "credentialless", "unsafe-none")})
	}
	d.content(q, a)
	d.serve(q, d.preflight(q, 85), a)
}
