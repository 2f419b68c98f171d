package generate

import (
	"strings"

	"github.com/corsim/corsim/scenario"
)

// bytes are odd bytes in a header line of an answer that is fine else.
func (d *draft) bytes() {
	q := d.bytesRequest(d.url("a"))
	preflight, response := d.grant(q), d.plain(q, 100)
	response.Headers = append(response.Headers, []string{exposeHeaders, pick(d, "*", "X-Secret")}, []string{"X-Secret", "v"})
	if response.Body == "" {
		response.Headers = append(response.Headers, []string{"Content-Type", "text/plain"})
	}
	if d.percent(35) {
		response.Headers = append(response.Headers, choose(d, of(40, d.responseHeader()), of(20, []string{"Set-Cookie", d.thirdPartyCookie("c0")}), of(20, []string{corpName, "cross-origin"}), of(20, []string{"X-Content-Type-Options", "nosniff"})))
	}
	if d.percent(22) {
		next := d.at(d.anyServer(), "z")
		final := d.plain(q, 90)
		final.Headers = d.spoilSome(final.Headers, 30)
		d.serveAt(next, d.grant(q), final)
		response.Status = pick(d, 301, 302, 303, 307, 308)
		response.Headers = append(response.Headers, []string{"Location", next})
	}
	if preflight != nil && q.Method == "PUT" && d.percent(55) {
		preflight.Headers = d.spoil(append(preflight.Headers, []string{maxAge, "600"}))
		response.Headers = d.spoilSome(response.Headers, 25)
	} else {
		response.Headers = d.spoil(response.Headers)
	}
	d.serve(q, preflight, response)
}

// bytesRequest is a request that shows what became of an answer's lines: it is preflighted, or script sees the headers.
func (d *draft) bytesRequest(url string) *scenario.Request {
	q := choose(d,
		of(40, func() *scenario.Request { return d.ask("fetch", url) }),
		of(12, func() *scenario.Request { return d.ask("xhr", url) }),
		of(48, func() *scenario.Request { return d.anyRequest(url) }),
	)()
	if (q.API == "fetch" || q.API == "xhr") && q.Method == "" {
		if d.percent(50) {
			q.Credentials = "include"
		}
		if d.percent(55) && q.Mode == "" {
			q.Method, q.Headers = "PUT", lines{{"X-Foo", "1"}}
		}
	}
	return q
}

// spoilSome spoils a line so many times out of a hundred.
func (d *draft) spoilSome(l lines, often int) lines {
	if d.percent(often) {
		return d.spoil(l)
	}
	return l
}

// spoil puts odd bytes into one of the lines, or a line like it beside it.
func (d *draft) spoil(l lines) lines {
	spoilt := append(lines(nil), l...)
	i := d.below(len(spoilt))
	name, value := spoilt[i][0], spoilt[i][1]
	how := choose(d, of(58, "byte"), of(8, "bytes"), of(12, "space"), of(6, "alone"), of(4, "more"), of(12, "line"))
	if name == "Location" && how != "line" {
		how = "url"
	}
	switch how {
	case "byte":
		value = d.byteInside(value)
	case "bytes":
		value = d.byteInside(d.byteInside(value))
	case "space":
		value = d.pad(value)
	case "alone":
		value = d.oddByte()
	case "more":
		value = d.extend(value)
	case "url":
		value = d.spoilURL(value)
	case "line":
		return d.reorder(append(spoilt, []string{name, pick(d, value, "", value+d.oddByte())}))
	}
	spoilt[i] = []string{name, value}
	return spoilt
}

// spoilURL puts an odd byte around a URL or into its file, and leaves the host and the scenario's folder alone.
func (d *draft) spoilURL(url string) string {
	file := strings.LastIndexByte(url, '/') + 1
	return choose(d, of(25, d.oddByte()+url), of(15, d.pad(url)), of(60, url[:file]+d.byteInside(url[file:])))
}
