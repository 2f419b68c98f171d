package generate

import (
	"strings"

	"github.com/corsim/corsim/scenario"
)

// maxAge is Access-Control-Max-Age as servers send it. No value is of seconds that could pass while a scenario runs: those
// are for cacheClock.
func (d *draft) maxAge() lines {
	return choose(d,
		of(35, none),
		of(20, line(maxAge, "600"), line(maxAge, "86400")),
		of(15, line(maxAge, "0"), line(maxAge, "-1"), line(maxAge, "-0"), line(maxAge, "")),
		of(24, line(maxAge, "abc"), line(maxAge, "+300"), line(maxAge, "00060"), line(maxAge, "1e3"), line(maxAge, "60.0"), line(maxAge, "60.5"), line(maxAge, "60s"), line(maxAge, "60 s"), line(maxAge, " 60 "), line(maxAge, "\t60"), line(maxAge, "60\u000b"), line(maxAge, "\u00a060"), line(maxAge, `"60"`), line(maxAge, "60,"), line(maxAge, "60, 60"), line(maxAge, "60;"), line(maxAge, "\u00e9"), line(maxAge, "0x40"), line(maxAge, "1_000"), line(maxAge, "Infinity"),
			line(maxAge, "600"), line(maxAge, "601"), line(maxAge, "7200"), line(maxAge, "7201"), line(maxAge, "86401"), line(maxAge, "2147483647"), line(maxAge, "2147483648"), line(maxAge, "4294967295"), line(maxAge, "4294967356"), line(maxAge, "9223372036854775807"), line(maxAge, "9223372036854775808"), line(maxAge, "18446744073709551676"), line(maxAge, strings.Repeat("9", 40))),
		of(6, line(maxAge, "600", "600"), line(maxAge, "600", "0"), line(maxAge, "0", "600"), line(maxAge, "", "600"), line(maxAge, "abc", "600")),
	)
}

// cacheable is a request whose preflight may be remembered.
func (d *draft) cacheable() *scenario.Request {
	q := d.ask(choose(d, of(75, "fetch"), of(25, "xhr")), d.url("a"))
	q.Method = choose(d, of(60, "PUT"), of(40, "DELETE", "PATCH", "POST", "GET", "HEAD", "put"))
	q.Headers = d.fewHeaders()
	if d.percent(40) {
		q.Credentials = "include"
	} else if q.API == "fetch" {
		q.Credentials = choose(d, of(60, ""), of(40, "omit", "same-origin"))
	}
	return q
}

// cacheAnswers serves a URL with a preflight that lets requests like this one through.
func (d *draft) cacheAnswers(q *scenario.Request, url string, age lines) {
	with := *q
	if d.percent(75) {
		with.Credentials = "include"
	}
	preflight := d.grant(&with)
	if d.percent(40) {
		preflight.Headers = all(d.allowed(&with), d.allowMethods(q.Method), d.allowHeaders(q.Headers))
	} else if d.percent(20) {
		preflight.Headers = all(d.allowed(&with), line(allowMethods, "*"), line(allowHeaders, "*"))
	}
	preflight.Headers = append(preflight.Headers, age...)
	switch choose(d, of(88, ""), of(5, "status"), of(4, "origin"), of(3, "drop")) {
	case "status":
		preflight.Status = d.anyStatus()
	case "origin":
		preflight.Headers = append(d.allowOrigin(), preflight.Headers[1:]...)
	case "drop":
		preflight = d.dropped()
	}
	d.serveAt(url, preflight, d.plain(&with, 92))
}

// another is a request like one before, or nearly.
func (d *draft) another(q scenario.Request) scenario.Request {
	if d.percent(25) {
		q.Method = pick(d, "PUT", "DELETE", "PATCH", "GET", "HEAD", "POST", d.recase(q.Method))
	}
	switch choose(d, of(70, ""), of(15, "others"), of(10, "less"), of(5, "case")) {
	case "others":
		q.Headers = d.fewHeaders()
	case "less":
		q.Headers = q.Headers[:min(len(q.Headers), 1)]
	case "case":
		recased := make(lines, len(q.Headers))
		for i, h := range q.Headers {
			recased[i] = []string{d.recase(h[0]), h[1]}
		}
		q.Headers = recased
	}
	if d.percent(25) {
		q.Credentials = choose(d, of(40, "include"), of(60, "omit", "same-origin"))
		if q.API == "xhr" && q.Credentials != "include" {
			q.Credentials = ""
		}
	}
	if d.percent(8) {
		q.API = pick(d, "fetch", "xhr")
		if q.API == "xhr" && q.Credentials != "include" {
			q.Credentials = ""
		}
	}
	if d.percent(18) {
		q.URL = new(pick(d, d.url("b"), d.url("a#f"), d.url("a?x"), d.url("A"), d.url("a/")))
	}
	return q
}

// cacheSteps are requests one after the other, of which the later may need no preflight any more.
func (d *draft) cacheSteps() {
	q := d.cacheable()
	age := d.maxAge()
	d.cacheAnswers(q, d.url("a"), age)
	d.cacheAnswers(q, d.url("b"), age)
	first := *q
	for range choose(d, of(55, 1), of(35, 2), of(10, 3)) {
		d.then(d.another(first))
	}
}

// cacheClock waits for entries of the preflight cache to expire.
func (d *draft) cacheClock() {
	q := d.cacheable()
	age, waits := choose(d, of(40, "1"), of(45, "2"), of(15, "")), []float64{0, 500, 1500, 2500}
	if age == "" {
		waits = []float64{2500, 4000, 6000} // it is 5 seconds where nothing is said
	}
	preflight := d.grant(q)
	if age != "" {
		preflight.Headers = append(preflight.Headers, []string{maxAge, age})
	}
	d.serve(q, preflight, d.plain(q, 95))
	first := *q
	for range choose(d, of(60, 1), of(40, 2)) {
		next := first
		if d.percent(25) {
			next = d.another(first)
			next.URL = first.URL
		}
		next.Wait = pick(d, waits...)
		d.then(next)
	}
}
