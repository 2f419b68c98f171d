package generate

import (
	"strconv"

	"github.com/corsim/corsim/scenario"
)

// crossOrigin chooses an element's crossorigin attribute.
func (d *draft) crossOrigin(q *scenario.Request) {
	q.CrossOrigin = choose(d, of(32, (*string)(nil)), of(60, new("anonymous"), new("use-credentials"), new("")), of(8, new("USE-CREDENTIALS"), new("Anonymous"), new("foo"), new(" use-credentials")))
}

// elementRequest is a load by an element, or of a font.
func (d *draft) elementRequest(url string) *scenario.Request {
	q := d.ask(pick(d, "script", "module", "img", "stylesheet", "font"), url)
	d.crossOrigin(q)
	return q
}

// preloadRequest is a load by a link element with rel=preload.
func (d *draft) preloadRequest(url string) *scenario.Request {
	q := d.ask("preload", url)
	q.As = choose(d, of(95, new("fetch"), new("script"), new("style"), new("image"), new("font"), new("track")), of(3, new("Script"), new("IMAGE"), new("FETCH")), of(2, (*string)(nil)))
	d.crossOrigin(q)
	return q
}

// mediaRequest is a load by a video or audio element.
func (d *draft) mediaRequest(url string) *scenario.Request {
	q := d.ask(pick(d, "video", "audio"), url)
	d.crossOrigin(q)
	return q
}

// elements are loads by elements, with answers of the right type or another.
func (d *draft) elements() {
	q := d.elementRequest(choose(d, of(88, d.url("a")), of(12, d.at(d.page, "a"))))
	d.serve(q, nil, d.elementAnswer(q))
}

// elementAnswer is what an element gets, which may be of another type than it wants, or hidden from it.
func (d *draft) elementAnswer(q *scenario.Request) *scenario.Answer {
	a := &scenario.Answer{Status: choose(d, of(78, 200), of(22, 201, 204, 206, 301, 302, 304, 307, 400, 401, 404, 500, 503))}
	right, body := d.contentFor(q)
	if typ := choose(d, of(70, right), of(26, d.otherType()), of(4, "-")); typ != "-" {
		a.Headers = line("Content-Type", typ)
	}
	a.Body = choose(d, of(80, body), of(20, js, `{"a":1}`, ")]}'\n{}", "<!doctype html>", "<html>", "", svg, "%PDF-1.4", "hello", gif))
	a.Headers = all(a.Headers, d.allowOriginMostly(), d.allowCredentials())
	if d.percent(20) {
		a.Headers = append(a.Headers, []string{"X-Content-Type-Options", choose(d, of(70, "nosniff"), of(30, "NOSNIFF", "nosniff, x", "x, nosniff", "", " nosniff"))})
	}
	if d.percent(18) {
		a.Headers = append(a.Headers, d.corpLines()...)
	}
	return a
}

// allowOriginMostly is Access-Control-Allow-Origin, which lets the page read the answer more often than not.
func (d *draft) allowOriginMostly() lines {
	return choose(d, of(45, d.allowThisOrigin), of(55, d.allowOrigin))()
}

// otherType is a Content-Type that is not the one that was expected.
func (d *draft) otherType() string {
	return pick(d, "text/plain", "text/html", "application/json", "text/json", "application/ld+json", "text/xml", "application/xhtml+xml", "image/svg+xml", "image/png", "image/gif", "text/csv", "video/mp4", "audio/mpeg", "audio/wav", "application/pdf", "application/zip", "application/x-protobuf", "multipart/byteranges", "text/css", "TEXT/CSS", "text/javascript", "application/javascript", "application/ecmascript", "text/javascript;charset=utf-8", "font/woff2", "application/octet-stream", "application/wasm", "text/event-stream", "", "x", "text/html, text/javascript")
}

// preloads are loads by link elements with rel=preload.
func (d *draft) preloads() {
	q := d.preloadRequest(choose(d, of(85, d.url("a")), of(15, d.at(d.page, "a"))))
	if d.percent(18) {
		d.redirectTo(q)
		return
	}
	d.serve(q, nil, d.elementAnswer(q))
}

// media are loads by video and audio elements, which ask for ranges.
func (d *draft) media() {
	q := d.mediaRequest(choose(d, of(82, d.url("a")), of(18, d.at(d.page, "a"))))
	if d.percent(18) {
		d.redirectTo(q)
		return
	}
	d.serve(q, nil, d.mediaAnswer(q))
}

// mediaAnswer is the whole of a recording, or a range of it, or something else.
func (d *draft) mediaAnswer(q *scenario.Request) *scenario.Answer {
	a := &scenario.Answer{Status: choose(d, of(60, 200), of(24, 206), of(16, 204, 304, 400, 401, 404, 416, 500))}
	a.Headers = line("Content-Type", choose(d, of(72, "audio/wav"), of(10, "audio/x-wav", "audio/wave", "video/mp4", "audio/mpeg", "AUDIO/WAV"), of(18, d.otherType())))
	a.Body = choose(d, of(84, wav), of(16, "hello", "", wav[:44], wav[:43], "<!doctype html>"))
	if a.Status == 206 && d.percent(85) {
		size := strconv.Itoa(len(a.Body))
		last := strconv.Itoa(max(len(a.Body)-1, 0))
		a.Headers = append(a.Headers, []string{"Content-Range", choose(d, of(80, "bytes 0-"+last+"/"+size), of(20, "bytes 0-"+last+"/*", "bytes 0-"+size+"/"+size, "bytes 1-"+last+"/"+size, "bytes */"+size, "x"))})
	}
	if d.percent(30) {
		a.Headers = append(a.Headers, []string{"Accept-Ranges", pick(d, "bytes", "none")})
	}
	a.Headers = all(a.Headers, d.allowOriginMostly(), d.allowCredentials())
	if d.percent(22) {
		a.Headers = append(a.Headers, d.corpLines()...)
	}
	return a
}

// redirectTo leads a request to another server, once or twice, and there to what it is for.
func (d *draft) redirectTo(q *scenario.Request) {
	current := *q.URL
	for i := range choose(d, of(75, 1), of(25, 2)) {
		next := d.at(d.anyServer(), "r"+strconv.Itoa(i))
		a := &scenario.Answer{Status: pick(d, 301, 302, 303, 307, 308), Headers: all(line("Location", next), d.hop(q))}
		if d.percent(25) {
			a.Headers = append(a.Headers, d.corpLines()...)
		}
		d.serveAt(current, d.hopPreflight(q), a)
		current = next
	}
	a := &scenario.Answer{Status: 200, Headers: d.hop(q)}
	d.content(q, a)
	if d.percent(30) {
		a.Headers = append(a.Headers, d.corpLines()...)
	}
	d.serveAt(current, d.hopPreflight(q), a)
}
