package generate

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/scenario"
)

// The headers of the CORS protocol that answers have.
const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"
	corpName         = "Cross-Origin-Resource-Policy"
)

// allowed are the lines of a server that lets the page read the answer.
func (d *draft) allowed(q *scenario.Request) lines {
	l := line(allowOrigin, d.origin)
	if withCredentials(q) {
		l = append(l, []string{allowCredentials, "true"})
	}
	return l
}

// shared are the lines of a server that lets the page read the answer so many times out of a hundred, and mostly not
// otherwise.
func (d *draft) shared(q *scenario.Request, right int) lines {
	if d.percent(right) {
		return d.allowed(q)
	}
	return all(d.allowOrigin(), d.allowCredentials())
}

// allowOrigin is Access-Control-Allow-Origin as servers send it.
func (d *draft) allowOrigin() lines {
	return choose(d, of(30, d.allowThisOrigin), of(12, d.noLines), of(24, d.allowNearOrigin), of(22, d.allowOddOrigin), of(12, d.allowOrigins))()
}

func (d *draft) noLines() lines { return none }

// allowThisOrigin is the right value, or the wildcard.
func (d *draft) allowThisOrigin() lines { return line(allowOrigin, pick(d, d.origin, "*")) }

func (d *draft) allowNearOrigin() lines {
	return line(choose(d, of(90, allowOrigin), of(10, "access-control-allow-origin", "ACCESS-CONTROL-ALLOW-ORIGIN")), d.nearOrigin(d.origin))
}

func (d *draft) allowOddOrigin() lines { return line(allowOrigin, d.notAnOrigin()) }

// allowOrigins is the header several times over.
func (d *draft) allowOrigins() lines {
	o := d.origin
	values := pick(d,
		[]string{o, o}, []string{o, "*"}, []string{"*", o}, []string{o, ""}, []string{"", o}, []string{"*", "*"}, []string{"*", ""}, []string{"", ""}, []string{o, "null"}, []string{"null", "null"}, []string{evil, o}, []string{o, o, o},
	)
	l := line(allowOrigin, values...)
	for _, h := range l {
		h[0] = choose(d, of(60, h[0]), of(40, lower(h[0]), upper(h[0])))
	}
	return l
}

// allowCredentials is Access-Control-Allow-Credentials as servers send it.
func (d *draft) allowCredentials() lines {
	values := choose(d,
		of(55, []string{"true"}),
		of(14, []string(nil)),
		of(25, []string{"TRUE"}, []string{"True"}, []string{"tRUE"}, []string{"false"}, []string{" true "}, []string{"true "}, []string{"\ttrue"}, []string{"true\u000b"}, []string{"\u00a0true"}, []string{"true\u00e9"}, []string{"t"}, []string{"1"}, []string{"*"}, []string{"yes"}, []string{""}, []string{"true;"}, []string{`"true"`}, []string{"?1"}, []string{"true,"}, []string{"true, true"}, []string{"true\u0000"}),
		of(6, []string{"true", "true"}, []string{"true", ""}, []string{"", "true"}, []string{"false", "true"}),
	)
	return line(choose(d, of(90, allowCredentials), of(10, lower(allowCredentials))), values...)
}

// allowMethods is Access-Control-Allow-Methods as servers send it, asked for a method.
func (d *draft) allowMethods(m string) lines {
	if m == "" {
		m = "GET"
	}
	return choose(d,
		of(44, line(allowMethods, m), line(allowMethods, "GET, POST, "+m), line(allowMethods, "GET, POST, PUT, DELETE, PATCH, OPTIONS, "+m)),
		of(12, line(allowMethods, "*")),
		of(8, none),
		of(6, line(allowMethods, "GET, POST, PUT, DELETE, PATCH"), line(allowMethods, "GET, POST"), line(allowMethods, "GET")),
		of(6, line(allowMethods, lower(m)), line(allowMethods, upper(m)), line(allowMethods, d.recase(m))),
		of(8, line(allowMethods, "GET POST "+m), line(allowMethods, "GET,, "+m), line(allowMethods, ", ,"+m), line(allowMethods, `"PUT", `+m), line(allowMethods, `"`+m+`"`), line(allowMethods, m+";"), line(allowMethods, m+", b@d"), line(allowMethods, "*, "+m), line(allowMethods, m+", *"), line(allowMethods, ""), line(allowMethods, " "+m+"\t"), line(allowMethods, "**"), line(allowMethods, "PUT/1"), line(allowMethods, m+" \u00e9")),
		of(6, line(allowMethods, "GET", m), line(allowMethods, "", m), line(allowMethods, m, ""), line(allowMethods, "b@d", m), line(allowMethods, m, m), line(allowMethods, "*", m)),
		of(7, line(allowMethods, d.list(d.token(), m)), line(allowMethods, d.list(m, d.token(), d.token()))),
		of(3, line(allowMethods, d.bend(m))),
	)
}

// allowHeaders is Access-Control-Allow-Headers as servers send it, asked for headers.
func (d *draft) allowHeaders(request lines) lines {
	names := make([]string, len(request))
	for i, h := range request {
		names[i] = asToken(h[0])
	}
	joined := strings.Join(names, ", ")
	return choose(d,
		of(46, line(allowHeaders, joined)),
		of(8, line(allowHeaders, lower(joined)), line(allowHeaders, upper(joined))),
		of(10, line(allowHeaders, "*")),
		of(8, none),
		of(5, line(allowHeaders, "*, Authorization"), line(allowHeaders, "*", "authorization"), line(allowHeaders, "Content-Type, Authorization, X-Foo, X-Bar"), line(allowHeaders, "x-other")),
		of(6, line(allowHeaders, strings.Join(names[min(1, len(names)):], ", ")), line(allowHeaders, d.list(append([]string{"*"}, names[min(1, len(names)):]...)...)), line(allowHeaders, strings.Join(some(d, len(names), names...), ","))),
		of(8, line(allowHeaders, strings.ReplaceAll(joined, ", ", " ")), line(allowHeaders, strings.ReplaceAll(joined, ", ", "\t,\t")), line(allowHeaders, strings.ReplaceAll(joined, ", ", ";")), line(allowHeaders, joined+", b@d"), line(allowHeaders, ",, "+joined+" ,"), line(allowHeaders, `"`+joined+`"`), line(allowHeaders, ""), line(allowHeaders, joined+"\u00e9")),
		of(4, line(allowHeaders, names...), append(line(allowHeaders, names...), line(allowHeaders, "")...), append(line(allowHeaders, ""), line(allowHeaders, joined)...)),
		of(4, line(allowHeaders, d.list(append(names, d.token())...)), line(allowHeaders, d.list(append([]string{d.token()}, names...)...))),
		of(2, line(allowHeaders, d.bend(joined))),
	)
}

// token is what may stand in a list of methods or headers, or should not.
func (d *draft) token() string {
	return pick(d, "PUT", "put", "*", "GET", "P@T", `"PUT"`, "PUT;q=1", "PU T", "", "\u00e9", "PUT/1", "**", "*,PUT", "PUT\u000b", "(x)", "DELETE", "PATCH", "x-foo", "X-FOO", "authorization", "Authorization", "content-type", "X-Foo:", "x\u0001")
}

// asToken is a request header's name, where a server could name it in a list at all.
func asToken(name string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFF || r == '\r' || r == '\n' {
			return '?'
		}
		return r
	}, name)
}

// exposeHeaders is Access-Control-Expose-Headers as servers send it.
func (d *draft) exposeHeaders() lines {
	return choose(d,
		of(40, none),
		of(20, line(exposeHeaders, "*")),
		of(12, line(exposeHeaders, "X-Secret"), line(exposeHeaders, "x-request-id, ETag"), line(exposeHeaders, "x-secret,ETAG"), line(exposeHeaders, "X-Bytes, X-Tab, X-Quote")),
		of(22, line(exposeHeaders, "*, X-Secret"), line(exposeHeaders, "**"), line(exposeHeaders, "*, x"), line(exposeHeaders, "Set-Cookie"), line(exposeHeaders, "Set-Cookie, X-Secret"), line(exposeHeaders, "Authorization"), line(exposeHeaders, "location"), line(exposeHeaders, "X Secret"), line(exposeHeaders, "X-Secret;"), line(exposeHeaders, "X-Secret,,Vary"), line(exposeHeaders, "X-Secret\t,\tVary"), line(exposeHeaders, ","), line(exposeHeaders, ""), line(exposeHeaders, "\u00e9"), line(exposeHeaders, "X-Secret, b@d"), line(exposeHeaders, `"X-Secret"`), line(exposeHeaders, "*", "b@d"), line(exposeHeaders, `"*"`)),
		of(6, line(exposeHeaders, "X-Secret", "Vary"), line(exposeHeaders, "X-Secret", "*"), line(exposeHeaders, "X-Secret", ""), line(exposeHeaders, "X-Secret", "b@d")),
	)
}

// someHeaders are a few other response headers.
func (d *draft) someHeaders(most int) lines {
	var l lines
	for range d.between(0, most) {
		l = append(l, d.responseHeader())
	}
	return l
}

// responseHeader is a response header that is not of the CORS protocol.
func (d *draft) responseHeader() []string {
	return choose(d,
		of(40, []string{"X-Secret", "1"}, []string{"X-Request-ID", "abc"}, []string{"ETag", `"e"`}, []string{"Vary", "Origin"}, []string{"Timing-Allow-Origin", "*"}),
		of(15, []string{"x-secret", "2"}, []string{"X-SECRET", ""}, []string{"X-Bytes", "\u00e9\u00ff"}, []string{"X-Tab", "a\tb"}, []string{"X-Quote", `"a, b", c`}, []string{"X-Pad", " \tv "}),
		of(25, []string{"Cache-Control", "no-store"}, []string{"Cache-Control", "private"}, []string{"Last-Modified", "Tue, 01 Jan 2030 00:00:00 GMT"}, []string{"Last-Modified", "x"}, []string{"Content-Language", "en"}, []string{"Expires", "0"}, []string{"Expires", "1"}, []string{"Pragma", "no-cache"}, []string{"Content-Type", "text/plain"}, []string{"Content-Type", "text/html"}, []string{"X-Content-Type-Options", "nosniff"}),
		of(14, []string{"Vary", "Accept"}, []string{"Location", d.at(d.target, "x")}, []string{"Authorization", "x"}, []string{"Retry-After", "1"}, []string{"Server", "x"}, []string{"Link", "<x>; rel=foo"}, []string{"Age", "1"}, []string{"Date", "x"}, []string{"Via", "x"}, []string{"Allow", "GET"}, []string{"Content-Disposition", "attachment"}, []string{"Set-Cookie2", "a"}),
		of(6, []string{corpName, d.corpValue()}),
		of(5, []string{"Set-Cookie", d.cookie("z")}),
	)
}

// status is the status of an answer that is fine, as far as CORS goes.
func (d *draft) status() int {
	return choose(d, of(84, 200), of(16, 201, 204, 206, 301, 304, 400, 401, 403, 404, 500))
}

// anyStatus is any status.
func (d *draft) anyStatus() int {
	return pick(d, 200, 200, 201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 399, 400, 401, 403, 404, 405, 407, 408, 410, 418, 421, 425, 429, 451, 500, 502, 503, 504, 511, 599, 600, 999)
}

// preflight is the answer to a preflight. Its CORS headers are those that the page needs so many times out of a hundred;
// else they are mostly not. A request that could not have one gets none.
func (d *draft) preflight(q *scenario.Request, right int) *scenario.Answer {
	if !hasPreflight(q) {
		return nil
	}
	a := &scenario.Answer{Status: choose(d, of(88, 200, 204), of(12, d.anyStatus()))}
	a.Headers = all(d.shared(q, right), d.allowMethods(q.Method), d.allowHeaders(q.Headers))
	if d.percent(10) {
		a.Headers = append(a.Headers, d.maxAge()...)
	}
	if d.percent(6) {
		a.Headers = d.reorder(append(a.Headers, d.responseHeader()))
	}
	return a
}

// grant is the answer to a preflight that lets everything through. A request that could not have one gets none.
func (d *draft) grant(q *scenario.Request) *scenario.Answer {
	if !hasPreflight(q) {
		return nil
	}
	names := []string{"x-foo", "authorization", "content-type"}
	for _, h := range q.Headers {
		names = append(names, asToken(h[0]))
	}
	method := q.Method
	if method == "" {
		method = "GET"
	}
	return &scenario.Answer{Status: 204, Headers: all(d.allowed(q), line(allowMethods, "GET, PUT, DELETE, PATCH, "+method), line(allowHeaders, strings.Join(names, ", ")))}
}

// response is the answer to a request itself, with CORS headers as those of preflight.
func (d *draft) response(q *scenario.Request, right int) *scenario.Answer {
	a := &scenario.Answer{Status: d.status(), Headers: all(d.shared(q, right), d.someHeaders(3), d.exposeHeaders())}
	d.content(q, a)
	return a
}

// plain is an answer that the page may read, so many times out of a hundred, and nothing else of note.
func (d *draft) plain(q *scenario.Request, right int) *scenario.Answer {
	a := &scenario.Answer{Status: 200, Headers: d.shared(q, right)}
	d.content(q, a)
	return a
}

// simple is a request that needs no preflight.
func (d *draft) simple() {
	q := d.ask("fetch", d.url("a"))
	q.Method = d.simpleMethod()
	d.credentials(q)
	a := &scenario.Answer{Status: d.status(), Headers: all(d.allowOrigin(), d.allowCredentials(), d.someHeaders(3))}
	if d.percent(10) {
		a.Headers = d.reorder(a.Headers)
	}
	d.serve(q, nil, a)
}

// preflighted is a request that mostly needs a preflight.
func (d *draft) preflighted() {
	q := d.ask("fetch", d.url("a"))
	q.Method = d.method()
	d.credentials(q)
	q.Headers = d.fewHeaders()
	if takesBody(q.Method) && d.percent(40) {
		q.Body = new(pick(d, "x", "x", ""))
	}
	preflight := d.preflight(q, 60)
	if d.percent(4) {
		preflight = d.dropped()
	}
	d.serve(q, preflight, d.response(q, 70))
}

// xhr is XMLHttpRequest.
func (d *draft) xhr() {
	q := d.ask("xhr", d.url("a"))
	q.Method = choose(d, of(30, d.simpleMethod), of(67, d.method), of(3, d.badMethod))()
	q.Headers = d.fewHeaders()
	if d.percent(40) {
		q.Credentials = "include"
	}
	q.UploadListener = d.percent(22)
	if d.percent(45) {
		q.Body = new(pick(d, "x", "x", ""))
	}
	preflight := d.preflight(q, 65)
	if d.percent(5) {
		preflight = d.dropped()
	}
	d.serve(q, preflight, d.response(q, 70))
}

// credentials chooses the credentials mode of a request.
func (d *draft) credentials(q *scenario.Request) {
	q.Credentials = choose(d, of(34, ""), of(15, "omit"), of(15, "same-origin"), of(36, "include"))
}

// modes are requests of the other modes.
func (d *draft) modes() {
	q := d.ask("fetch", d.url("a"))
	d.credentials(q)
	q.Mode = choose(d, of(60, "no-cors"), of(25, "same-origin"), of(15, "cors"))
	q.Method = choose(d, of(65, d.simpleMethod), of(35, d.method))()
	q.Headers = d.fewHeaders()
	if q.Method == "POST" && d.percent(25) {
		q.Body = new("x")
	}
	if d.percent(15) {
		q.Redirect = pick(d, "error", "manual")
	}
	response := d.response(q, 60)
	if d.percent(35) {
		response.Status = d.anyStatus()
	}
	d.serve(q, d.preflight(q, 60), response)
}

// sameOrigin is a request to the page's own origin, which is another's to a page that is sandboxed.
func (d *draft) sameOrigin() {
	q := d.ask("fetch", d.at(d.page, "a"))
	d.credentials(q)
	q.Method = d.method()
	q.Headers = d.fewHeaders()
	q.Mode = choose(d, of(50, ""), of(50, "same-origin", "no-cors", "cors"))
	a := &scenario.Answer{Status: d.status(), Headers: d.someHeaders(3)}
	if d.percent(30) {
		a.Headers = append(a.Headers, d.allowOrigin()...)
	}
	d.serve(q, d.preflight(q, 50), a)
}

// expose is about what script sees of an answer.
func (d *draft) expose() {
	q := d.ask(choose(d, of(75, "fetch"), of(25, "xhr")), d.url("a"))
	if d.percent(40) {
		q.Credentials = "include"
	}
	a := &scenario.Answer{Status: 200, Headers: all(d.allowed(q), d.someHeaders(4), d.exposeHeaders())}
	if d.percent(30) {
		a.Headers = d.twice(a.Headers[len(d.allowed(q)):], "again")
		a.Headers = all(d.allowed(q), a.Headers)
	}
	if d.percent(15) {
		a.Headers = d.reorder(a.Headers)
	}
	d.serve(q, nil, a)
}

// answers are response headers several times over, and all statuses.
func (d *draft) answers() {
	q := d.ask(choose(d, of(80, "fetch"), of(20, "xhr")), choose(d, of(50, d.at(d.page, "a")), of(50, d.url("a"))))
	q.Method = choose(d, of(55, ""), of(45, "HEAD", "POST", "PUT"))
	if d.percent(30) {
		q.Credentials = "include"
	}
	a := &scenario.Answer{Status: 200, Headers: all(d.allowed(q), line(exposeHeaders, "*"))}
	if d.percent(50) {
		a.Headers = append(a.Headers, line(d.repeatedHeader(), pick(d, []string{"a", "b"}, []string{"a", "a"}, []string{"", "a"}, []string{"a", ""}, []string{"a", "b", "a"})...)...)
	} else {
		a.Status = d.anyStatus()
		a.Headers = all(d.shared(q, 70), d.someHeaders(4), d.exposeHeaders())
	}
	d.serve(q, d.grant(q), a)
}

// repeatedHeader is the name of a response header that some browsers take once only, others several times.
func (d *draft) repeatedHeader() string {
	return pick(d,
		"Authorization", "Location", "Content-Disposition", "User-Agent", "Referer", "Host", "Proxy-Authorization", "If-Modified-Since", "If-Unmodified-Since", "From", "Max-Forwards", "ETag", "Last-Modified", "Expires", "Age", "Date", "Server", "Retry-After",
		"Content-Language", "Content-Encoding", "Content-Location", "X-Foo", "Cache-Control", "Vary", "Access-Control-Max-Age", "WWW-Authenticate", "Content-Range", "Accept-Ranges", "Pragma", "Link", "Strict-Transport-Security", "Refresh", "P3P",
		"X-Frame-Options", "Content-Type", "Alt-Svc", "Warning", "Allow", "Content-Security-Policy", "Sec-GPC", "Set-Cookie2", "Trailer", "Via")
}

// corpValue is Cross-Origin-Resource-Policy as servers send it.
func (d *draft) corpValue() string {
	return choose(d,
		of(70, "same-origin", "same-site", "cross-origin"),
		of(30, "Same-Origin", "SAME-SITE", "same-site ", " cross-origin", "", "bogus", "same-origin, same-site", "same-origin, same-origin", "cross-origin, same-origin", `"same-origin"`, "same-origin;", "cross-origin\u00a0", "same-origin\u0001", "none", "unsafe-none"),
	)
}

// corpLines is the header, once or twice.
func (d *draft) corpLines() lines {
	l := line(corpName, d.corpValue())
	if d.percent(8) {
		l = append(l, line(corpName, d.corpValue())...)
	}
	return l
}

// corp is about what is kept from requests that need no CORS.
func (d *draft) corp() {
	q := d.loadOf(d.url("a"))
	if d.percent(15) {
		*q.URL = d.at(d.page, "a")
	}
	a := &scenario.Answer{Status: choose(d, of(85, 200), of(15, d.anyStatus())), Headers: d.corpLines()}
	if d.percent(50) {
		a.Headers = append(a.Headers, d.allowOrigin()...)
	}
	if d.percent(40) {
		a.Headers = append(a.Headers, []string{"Content-Type", pick(d, "application/json", "text/html", "text/plain", "image/png", "text/javascript")}, []string{"X-Content-Type-Options", "nosniff"})
	}
	if !slices.ContainsFunc(a.Headers, func(h []string) bool { return h[0] == "Content-Type" }) {
		d.content(q, a)
	}
	d.serve(q, nil, a)
}

// loadOf is a request without CORS, or one of an element that may be with it.
func (d *draft) loadOf(url string) *scenario.Request {
	if d.percent(50) || d.Client.Worker != "" {
		q := d.ask("fetch", url)
		d.credentials(q)
		q.Mode = choose(d, of(70, "no-cors"), of(30, "cors"))
		q.Method = choose(d, of(85, ""), of(15, "POST", "HEAD"))
		return q
	}
	return d.elementRequest(url)
}

// dropped is a connection that is closed.
func (d *draft) dropped() *scenario.Answer { return &scenario.Answer{Drop: true} }

// drops are connections that are closed, and URLs that nothing is known of.
func (d *draft) drops() {
	q := d.anyRequest(d.url("a"))
	switch d.below(4) {
	case 0:
		d.serve(q, d.preflight(q, 95), d.dropped())
	case 1:
		if hasPreflight(q) {
			d.serve(q, d.dropped(), d.response(q, 80))
		}
	case 2:
		d.serve(q, d.preflight(q, 95), nil)
	}
}
