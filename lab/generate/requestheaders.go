package generate

import "strings"

// requestHeaders are n request headers, as pages write them.
func (d *draft) requestHeaders(n int) lines {
	var l lines
	for range n {
		h := choose(d,
			of(34, d.customHeader),
			of(14, d.authorization),
			of(18, d.contentType),
			of(14, d.safelistedHeader),
			of(6, d.rangeHeader),
			of(5, d.clientHint),
			of(9, d.forbiddenHeader),
		)()
		if d.percent(25) {
			h[0] = d.recase(h[0])
		}
		l = append(l, h)
	}
	return l
}

// fewHeaders are as many request headers as pages mostly have.
func (d *draft) fewHeaders() lines {
	return d.requestHeaders(choose(d, of(30, 0), of(45, 1), of(15, 2), of(10, 3)))
}

// customHeader is one that always needs a preflight.
func (d *draft) customHeader() []string {
	switch d.below(4) {
	case 0:
		return []string{"X-Foo", pick(d, "1", "1", "1", "", "a, b", "\u00e9", "a\tb", " lead", "trail ", "\tboth\t", "\u00ff", "\u0001", "\u007f")}
	case 1:
		return []string{pick(d, "X-Bar", "x-a", "X-A", "X-B-1", "X-B-2", "X-B-3", "X_Under", "x.y", "1st", "~", "X-"+strings.Repeat("n", 200)), "1"}
	case 2:
		return []string{"X-Long", fill(pick(d, 127, 128, 129, 200, 1023, 1024, 1025))}
	}
	return pick(d,
		[]string{"X-Requested-With", "XMLHttpRequest"}, []string{"Cache-Control", "no-cache"}, []string{"Pragma", "no-cache"}, []string{"If-None-Match", `"x"`}, []string{"If-Modified-Since", "x"},
		[]string{"Last-Event-ID", "1"}, []string{"ETag", "x"}, []string{"Vary", "x"}, []string{"X-Frame-Options", "x"}, []string{"traceparent", "00-1"}, []string{"Idempotency-Key", "1"},
		[]string{"Priority", "u=1"}, []string{"Purpose", "prefetch"}, []string{"Sec", "x"}, []string{"Proxy", "x"}, []string{"X-Empty", ""}, []string{"Content-Encoding", "x"}, []string{"Content-Location", "/"},
		[]string{"Access-Control-Allow-Origin", "*"}, []string{"User-Agent", "x"}, []string{"Upgrade-Insecure-Requests", "1"}, []string{"X-Csrf-Token", "1"}, []string{"Accept-Foo", "1"}, []string{"Content-Type-X", "1"},
	)
}

// authorization is the one that no wildcard allows.
func (d *draft) authorization() []string {
	return []string{choose(d, of(80, "Authorization"), of(20, "authorization", "AUTHORIZATION")), pick(d, "Bearer t", "Basic dTpw", "")}
}

// safelistedHeader is one that needs no preflight, or just does.
func (d *draft) safelistedHeader() []string {
	switch d.below(3) {
	case 0:
		return []string{"Accept", pick(d, "application/json", "*/*", "text/html,*/*;q=0.8", `text/html, "x"`, "a:b", "a/b;q=1", "a=b", "a\u00e9", "a\u007f", "a\tb", "a\u0001", `"`, "(", ")", "<", ">", "?", "@", "[", `\`, "]", "{", "}", "!#$%&'*+-.^_`|~", "", fill(127), fill(128), fill(129))}
	case 1:
		return []string{"Accept-Language", pick(d, "en", "en-US,en;q=0.5", "en;q=0.5, de;q=0.1", "en_US", "e_n", "en\t", "a b", "*", "a.b", "en/us", "en=1", "\u00e9", "", fill(127), fill(128), fill(129))}
	}
	return []string{"Content-Language", pick(d, "de", "de, en", "d@", "d:e", "a=b;c", "de\tx", "de_AT", "", fill(128), fill(129))}
}

// contentType is Content-Type as a request has it.
func (d *draft) contentType() []string { return []string{"Content-Type", d.contentTypeValue()} }

func (d *draft) contentTypeValue() string {
	return choose(d,
		of(30, "application/json"),
		of(20, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x"),
		of(12, "text/plain;charset=utf-8", "text/plain; charset=UTF-8", "application/x-www-form-urlencoded;charset=utf-8", "application/json; charset=utf-8"),
		of(8, "TEXT/PLAIN", "Text/Plain;Charset=UTF-8", "TEXT/Plain", " text/plain", "text/plain ", "application/x-www-form-urlencoded "),
		of(10, "text/html", "text/csv", "text/xml", "image/png", "application/octet-stream", "application/grpc-web", "text/plain2", "*/*"),
		of(20,
			"text/plain;", "text/plain;;", "text/plain; ", "text/plain; charset=utf-8;", "text/plain;charset=utf-8;;", "text/plain;a=b;;c=d", "text/plain ;a=b", "text/plain;=x", "text/plain;a b=c", "text/plain;a=b\t", "text/plain\tx", "text/plain x",
			`text/plain;charset="utf-8"`, "text/plain; x=\"\u00e9\"", `text/plain;a="b`, "text/plain;a=\u00e9", "text/plain, text/plain", "text/plain, application/json", "text/plain;charset=utf-8, application/json", "text/plain,", "text/plain;a,b", ",text/plain",
			"text/plain/x", "text/", "/plain", "text", "/", "", ";text/plain", "multipart/form-data; boundary=----x"),
		of(6, "text/plain;"+fill(116), "text/plain;"+fill(117), "text/plain;"+fill(118)), // 127, 128 and 129 bytes
	)
}

// rangeHeader is Range, which is safelisted in its simplest form only.
func (d *draft) rangeHeader() []string {
	return []string{"Range", pick(d,
		"bytes=0-99", "bytes=5-", "bytes=0-", "bytes=0-0", "bytes=1-0", "bytes=00-01", "bytes=-5", "bytes=-1", "bytes=-", "bytes=", "bytes", "bytes=0-1,2-3", "bytes=0-1,3-4", "bytes=0-1,",
		"BYTES=0-1", "Bytes=0-1", "bytes = 0-1", "bytes= 0-1", "bytes=0 -1", "bytes=0- 1", "bytes=0-1 ", "bytes=\t0-1", "items=0-1", "bytes=a-b", "bytes:0-1", "bytes=+1-2",
		"bytes=0-9223372036854775806", "bytes=0-9223372036854775807", "bytes=0-9223372036854775808", "bytes=9223372036854775807-", "bytes=0-18446744073709551615", "bytes=0-18446744073709551616", "bytes=0-"+strings.Repeat("9", 119), "bytes=0-"+strings.Repeat("9", 120), "bytes=0-"+strings.Repeat("9", 121))}
}

// clientHint is a header that some browsers once safelisted, or do.
func (d *draft) clientHint() []string {
	return []string{
		pick(d, "DPR", "Save-Data", "ECT", "RTT", "Width", "Viewport-Width", "Downlink", "Device-Memory", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform"),
		pick(d, "1", "1.5", ".5", "1.", "-1", "x", "on", "ON", "off", "4g", "5g", "50", ""),
	}
}

// forbiddenHeader is one that browsers drop, or that is like one.
func (d *draft) forbiddenHeader() []string {
	return pick(d,
		[]string{"Cookie", "a=1"}, []string{"Cookie2", "a"}, []string{"Referer", "https://x.test/"}, []string{"Origin", "https://z.test"}, []string{"Host", "x"}, []string{"Content-Length", "3"}, []string{"Date", "x"}, []string{"DNT", "1"},
		[]string{"Expect", "x"}, []string{"Keep-Alive", "x"}, []string{"TE", "trailers"}, []string{"Trailer", "x"}, []string{"Transfer-Encoding", "x"}, []string{"Upgrade", "x"}, []string{"Via", "x"}, []string{"Connection", "x"},
		[]string{"Accept-Charset", "x"}, []string{"Accept-Encoding", "x"}, []string{"Access-Control-Request-Headers", "x"}, []string{"Access-Control-Request-Method", "PUT"}, []string{"Access-Control-Request-Private-Network", "true"}, []string{"Set-Cookie", "a=1"},
		[]string{"Sec-Foo", "1"}, []string{"sec-", "1"}, []string{"Proxy-Foo", "1"}, []string{"proxy-", "1"},
		[]string{"X-HTTP-Method-Override", d.overridden()}, []string{"X-Method-Override", d.overridden()}, []string{"X-HTTP-Method", d.overridden()},
	)
}

// overridden is a method as it stands in headers that override the method.
func (d *draft) overridden() string {
	return pick(d, "TRACE", "PUT", "GET", "trace", "connect", "GET, TRACE", `"TRACE"`, "TRACK,", "TRACE x", " TRACE", "TRACE;")
}

// badHeader is one that throws, or only just does not.
func (d *draft) badHeader() []string {
	return pick(d,
		[]string{"X Foo", "1"}, []string{"", "1"}, []string{"X:Y", "1"}, []string{"X-\u00e9", "1"}, []string{"X-Foo ", "1"}, []string{"X\tY", "1"}, []string{"(x)", "1"}, []string{"X-\u0100", "1"},
		[]string{"X-Foo", "a\nb"}, []string{"X-Foo", "a\rb"}, []string{"X-Foo", "a\u0000"}, []string{"X-Foo", "\u0100"}, []string{"X-Foo", "a\r"}, []string{"X-Foo", "\na"}, []string{"X-Foo", "\u20ac"},
	)
}

// heavyHeaders are safelisted headers of as many bytes each as are taken, and in all as many, or more.
func (d *draft) heavyHeaders() lines {
	digits := strings.Repeat("1", 128)
	l := lines{
		{"Accept", fill(128)}, {"Accept-Language", fill(128)}, {"Content-Language", fill(128)}, {"Content-Type", "text/plain;" + fill(117)},
		{"DPR", digits}, {"Width", digits}, {"Viewport-Width", digits}, {"Downlink", digits}, {"RTT", digits},
	}
	return d.reorder(l[:d.between(4, len(l))])
}

// headers is about which request headers make a preflight, and how it lists them.
func (d *draft) headers() {
	q := d.ask("fetch", d.url("a"))
	q.Method = pick(d, "", "GET", "POST")
	if d.percent(25) {
		q.API = "xhr"
	}
	d.credentials(q)
	q.Headers = d.requestHeaders(choose(d, of(60, d.between(1, 4)), of(40, d.between(5, 9))))
	switch choose(d, of(60, ""), of(25, "twice"), of(10, "heavy"), of(5, "bad")) {
	case "twice":
		q.Headers = d.twice(q.Headers, "2")
	case "heavy":
		q.Headers = d.heavyHeaders()
	case "bad":
		q.Headers = d.reorder(append(q.Headers, d.badHeader()))
	}
	d.serve(q, d.preflight(q, 90), d.response(q, 95))
}
