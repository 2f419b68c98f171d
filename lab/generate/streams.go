package generate

import "github.com/corsim/corsim/scenario"

// streams are requests whose body is a stream, which Chromium sends over HTTP/2 only, and others do not have.
func (d *draft) streams() {
	d.HTTP2 = d.percent(92)
	q := d.ask("fetch", choose(d, of(75, d.url("a")), of(25, d.at(d.page, "a"))))
	q.BodyKind = "stream"
	q.Method = choose(d, of(60, "POST"), of(36, "PUT", "PATCH", "DELETE", "post"), of(4, "GET", "HEAD"))
	d.credentials(q)
	q.Mode = choose(d, of(88, ""), of(12, "no-cors", "same-origin", "cors"))
	q.Redirect = choose(d, of(92, ""), of(8, "error", "manual"))
	if d.percent(45) {
		q.Headers = d.requestHeaders(pick(d, 1, 1, 2))
	}
	preflight, response := d.preflight(q, 85), d.response(q, 80)
	switch choose(d, of(62, ""), of(22, "redirect"), of(4, "authenticate"), of(4, "drop"), of(4, "drop preflight"), of(4, "no preflight")) {
	case "redirect":
		next := d.at(d.anyServer(), "z")
		response = &scenario.Answer{Status: pick(d, 301, 302, 303, 307, 308), Headers: all(line("Location", next), d.hop(q))}
		d.serveAt(next, d.hopPreflight(q), d.plain(q, 85))
	case "authenticate":
		response.Status = pick(d, 401, 407, 408, 421, 425)
	case "drop":
		response = d.dropped()
	case "drop preflight":
		preflight = d.dropped()
	case "no preflight":
		preflight = nil
	}
	d.serve(q, preflight, response)
}
