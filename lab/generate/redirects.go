package generate

import (
	"strconv"
	"strings"

	"github.com/corsim/corsim/scenario"
)

// anyRequest is a request by any API that the page has, in the ways in which pages use it.
func (d *draft) anyRequest(url string) *scenario.Request {
	if d.Client.Worker != "" {
		return choose(d, of(70, d.fetchRequest), of(22, d.xhrRequest), of(8, d.eventSourceRequest))(url)
	}
	return choose(d, of(56, d.fetchRequest), of(16, d.xhrRequest), of(20, d.elementRequest), of(3, d.eventSourceRequest), of(3, d.preloadRequest), of(2, d.mediaRequest))(url)
}

// fetchRequest is fetch as pages use it.
func (d *draft) fetchRequest(url string) *scenario.Request {
	q := d.ask("fetch", url)
	d.credentials(q)
	choose(d,
		of(34, func() {}),
		of(10, func() { q.Method, q.Body = "POST", new("x") }),
		of(14, func() { q.Method, q.Headers = "PUT", lines{{"X-Foo", "1"}} }),
		of(10, func() {
			q.Method, q.Body = "POST", new("{}")
			q.Headers = lines{{"Authorization", "Bearer t"}, {"Content-Type", "application/json"}}
		}),
		of(8, func() { q.Method = d.unsafeMethod() }),
		of(4, func() { q.Method = "HEAD" }),
		of(12, func() { q.Mode, q.Method = "no-cors", pick(d, "", "POST") }),
		of(4, func() { q.Mode = "same-origin" }),
		of(8, func() { q.Redirect = pick(d, "manual", "error") }),
		of(2, func() { q.Mode, q.Redirect = "no-cors", pick(d, "manual", "error") }),
	)()
	return q
}

// xhrRequest is XMLHttpRequest as pages use it.
func (d *draft) xhrRequest(url string) *scenario.Request {
	q := d.ask("xhr", url)
	if d.percent(45) {
		q.Credentials = "include"
	}
	choose(d,
		of(45, func() {}),
		of(20, func() { q.Method = pick(d, "PUT", "DELETE") }),
		of(20, func() { q.Method, q.Body = "POST", new("x") }),
		of(15, func() { q.Method, q.Headers = "POST", lines{{"Authorization", "Bearer t"}} }),
	)()
	q.UploadListener = q.Method == "POST" && d.percent(30)
	return q
}

// redirectStatus is the status of a redirect, or of one that is none.
func (d *draft) redirectStatus() int {
	return choose(d, of(97, 301, 302, 303, 307, 308), of(3, 300, 304, 305, 306, 200))
}

// redirects leads a request from server to server.
func (d *draft) redirects() {
	start := choose(d, of(60, d.url("a")), of(40, d.at(d.page, "a")))
	q := d.anyRequest(start)
	if q.API == "fetch" && d.percent(60) {
		q.Method = choose(d, of(40, "GET"), of(60, "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "put"))
		q.Mode, q.Body = "", nil
		q.Headers = d.requestHeaders(pick(d, 0, 0, 1, 2))
		if takesBody(q.Method) && d.percent(30) {
			d.withBody(q)
		}
	}
	if d.percent(8) {
		*q.URL += "#f"
	}
	current := start
	for hop := range choose(d, of(50, 1), of(28, 2), of(16, 3), of(6, 4)) {
		server := d.anyServer()
		if d.percent(25) {
			server = serverOf(current)
		}
		next := d.at(server, "r"+strconv.Itoa(hop))
		d.serveAt(current, d.hopPreflight(q), &scenario.Answer{Status: d.redirectStatus(), Headers: all(d.location(current, next), d.hop(q))})
		current = next
	}
	a := &scenario.Answer{Status: choose(d, of(92, 200), of(8, 404, 204)), Headers: all(d.hop(q), d.someHeaders(1), d.exposeHeaders())}
	d.content(q, a)
	d.serveAt(current, d.hopPreflight(q), a)
}

// serverOf returns the origin of a scenario's URL.
func serverOf(url string) string { return url[:strings.Index(url, "/s/")] }

// location is the Location of a redirect to a URL of a server, or mostly so.
func (d *draft) location(current, next string) lines {
	path := strings.TrimPrefix(next, serverOf(next))
	file := path[strings.LastIndexByte(path, '/')+1:]
	where := choose(d, of(80, next), of(6, strings.Replace(next, "://", "://user:pw@", 1)), of(5, next+"#g"), of(4, strings.Replace(next, "example", "EXAMPLE", 1)), of(3, strings.Replace(next, "https", "http", 1)), of(2, d.nowhere()))
	if serverOf(current) == serverOf(next) && d.percent(35) {
		where = pick(d, path, "./"+file, file)
	}
	return choose(d, of(92, line("Location", where)), of(4, line("location", where)), of(3, none), of(1, line("Location", where, where)))
}

// hop are the CORS headers of an answer on the way, where the origin may be tainted by now.
func (d *draft) hop(q *scenario.Request) lines {
	credentials := line(allowCredentials, "true")
	return choose(d,
		of(62, d.allowed(q)),
		of(12, line(allowOrigin, "*")),
		of(12, append(line(allowOrigin, "null"), credentials...)),
		of(14, all(d.allowOrigin(), d.allowCredentials())),
	)
}

// hopPreflight is the answer to a preflight on the way.
func (d *draft) hopPreflight(q *scenario.Request) *scenario.Answer {
	if !hasPreflight(q) || d.percent(12) {
		return d.preflight(q, 80)
	}
	a := d.grant(q)
	a.Headers = all(d.hop(q), line(allowMethods, choose(d, of(70, "GET, POST, PUT, DELETE, PATCH, OPTIONS, put"), of(30, "*"))), a.Headers[len(a.Headers)-1:])
	if d.percent(25) {
		a.Headers[len(a.Headers)-1] = []string{allowHeaders, pick(d, "*", "*, authorization", "x-foo")}
	}
	return a
}

// redirectChains lead between the page's own server (a), another (b) and a third (c).
func (d *draft) redirectChains() {
	chain := choose(d,
		of(45, "aa", "ab", "ba", "bb", "bc"),
		of(35, "aab", "aba", "abb", "abc", "baa", "bab", "bba", "bbb", "bbc", "bca", "bcb", "bcc"),
		of(18, "abab", "abba", "abbb", "aaaa", "bcbc", "bccc", "bcbb", "abbab", "bcbcb"),
		of(2, strings.Repeat("a", 20), strings.Repeat("a", 21), strings.Repeat("a", 22), strings.Repeat("b", 21), strings.Repeat("b", 22), strings.Repeat("ab", 11)),
	)
	servers := map[byte]string{'a': d.page, 'b': d.target, 'c': choose(d, of(80, other), of(20, evil, cdn))}
	url := func(i int) string { return d.at(servers[chain[i]], strconv.Itoa(i)) }
	q := d.anyRequest(url(0))
	headers := choose(d,
		of(30, func() lines { return d.allowed(q) }),
		of(20, func() lines { return line(allowOrigin, "*") }),
		of(50, func() lines { return d.hop(q) }),
	)
	tail := choose(d, of(88, ""), of(12, "ftp://x.example.com/", "foo://bar/", "data:,x", "file:///x"))
	for i := range len(chain) {
		next := tail
		if i+1 < len(chain) {
			next = url(i + 1)
		}
		a := &scenario.Answer{Status: 200, Headers: headers()}
		if next != "" {
			a.Status = pick(d, 301, 302, 303, 307, 308)
			a.Headers = append(a.Headers, []string{"Location", next})
		} else {
			d.content(q, a)
		}
		d.serveAt(url(i), d.hopPreflight(q), a)
	}
}

// nowhere is a URL that no redirect leads to.
func (d *draft) nowhere() string {
	return pick(d, "data:text/plain,hi", "data:,", "ftp://x.example.com/", "blob:https://app.example.com/x", "javascript:1", "foo:bar", "foo://bar/", "about:blank", "file:///etc/hosts", "ws://api.example.com/x", "http://[bad", "https://", "https://a b/", "https://%zz/", "https://api.example.com:6000/x", "https://api.example.com:99999/", "mailto:a@b")
}

// locations are redirects whose Location is odd.
func (d *draft) locations() {
	start := choose(d, of(50, d.at(d.page, "a")), of(50, d.url("a")))
	q := d.anyRequest(start)
	if d.percent(12) {
		*q.URL += "#f"
	}
	z := "/s/" + d.ID + "/z"
	values := choose(d,
		of(14, []string{z}, []string{d.target + z}, []string{d.page + z}, []string{other + z}),
		of(14, []string{strings.Replace(d.target, "://", "://user:pw@", 1) + z}, []string{strings.Replace(d.page, "://", "://user:pw@", 1) + z}, []string{"https://u@other.example.org" + z}),
		of(6, []string{apiHTTP + z}, []string{appHTTP + z}),
		of(22, []string{d.nowhere()}),
		of(14, []string{""}, []string(nil), []string{"#new"}, []string{"?q"}, []string{z + "#new"}, []string{"z"}, []string{"./z"}, []string{"//" + strings.SplitN(d.target, "//", 2)[1] + z}, []string{" " + z + " "}, []string{z + "#"}, []string{*q.URL}),
		of(12, []string{z, z}, []string{z, other + z}, []string{"", z}, []string{z, ""}, []string{z + ", " + z}),
		of(12, []string{z + "?\u00e9"}, []string{"/s/" + d.ID + "/\u00e9"}, []string{"/s/" + d.ID + "/\u00c3\u00a9"}, []string{"/s/" + d.ID + "/" + d.bend("z")}, []string{z + d.oddByte()}, []string{`\s\` + d.ID + `\z`}, []string{z + " x"}, []string{z + "\t"}),
		of(12, []string{d.target + "/s/" + d.ID + "/" + d.escaped()}),
	)
	d.serveAt(start, d.hopPreflight(q), &scenario.Answer{Status: d.redirectStatus(), Headers: all(line("Location", values...), d.hop(q))})
	final := func() *scenario.Answer {
		a := &scenario.Answer{Status: 200, Headers: d.hop(q)}
		d.content(q, a)
		return a
	}
	for _, server := range []string{d.page, d.target, other, apiHTTP, appHTTP} {
		d.serveAt(server+z, d.hopPreflight(q), final())
	}
	if len(values) > 0 {
		if next := resolve(values[0], start); next != "" && next != start {
			if key, ok := d.key(next); ok && key != start {
				d.serveAt(key, d.hopPreflight(q), final())
				if normalized := d.normalized(next); normalized != key {
					d.serveAt(normalized, d.hopPreflight(q), final())
				}
			}
		}
	}
}
