package generate

import (
	"strconv"
	"strings"

	"github.com/corsim/corsim/scenario"
)

// Every cookie of the grammar has a name of its scenario's, and a path below it, so that no other scenario sends it. Those
// whose name asks for the path "/" are deleted by a last step.

// cookieName is a name that no other scenario uses.
func (d *draft) cookieName(name string) string { return name + "_" + d.ID }

// visit lets a server have set cookies when the user visited it.
func (d *draft) visit(server string, setCookies ...string) {
	if d.Cookies == nil {
		d.Cookies = map[string][]string{}
	}
	url := d.at(server, "visit")
	for _, s := range setCookies {
		// NOTE: NUL is for answers only.
		d.Cookies[url] = append(d.Cookies[url], strings.ReplaceAll(s, "\x00", "\x01"))
	}
}

// setCookie writes a cookie with its attributes, of which empty ones are left out.
func (d *draft) setCookie(pair string, attributes ...string) string {
	separator := choose(d, of(85, "; "), of(15, ";", " ; ", ";\t", ";;"))
	for _, a := range d.shuffled(attributes) {
		if a == "" {
			continue
		}
		if d.percent(6) {
			name, value, _ := strings.Cut(a, "=")
			a = strings.TrimSuffix(d.recase(name)+choose(d, of(60, "="), of(40, " = ", "= "))+value, "=")
		}
		pair += separator + a
	}
	return pair
}

func (d *draft) shuffled(list []string) []string { return some(d, len(list), list...) }

// cookie is a Set-Cookie value of any kind.
func (d *draft) cookie(name string) string {
	return d.setCookie(d.cookieName(name)+"="+d.cookieValue(), d.sameSite(), d.secure(), d.path(), d.expiry(), d.flag())
}

// thirdPartyCookie is one that other sites' pages send too.
func (d *draft) thirdPartyCookie(name string) string {
	return d.setCookie(d.cookieName(name)+"="+d.cookieValue(), "SameSite=None", "Secure", d.path(), d.flag())
}

// usefulCookie is one that mostly goes along with requests of other sites' pages.
func (d *draft) usefulCookie(name string) string {
	return choose(d, of(45, d.thirdPartyCookie), of(55, d.cookie))(name)
}

func (d *draft) cookieValue() string {
	return choose(d, of(80, "1"), of(20, "", "a=b", `"q"`, "a b", "a,b", " v ", "a:/?#[]@!$&'()*+", "{}", "%41", fill(100)))
}

// sameSite is the attribute SameSite, or "" where there is none.
func (d *draft) sameSite() string {
	return choose(d, of(42, "SameSite=None"), of(18, ""), of(12, "SameSite=Lax"), of(10, "SameSite=Strict"),
		of(18, "SameSite=none", "samesite=NONE", "SAMESITE=lax", "SameSite=sTrict", "SameSite", "SameSite=", "SameSite=bogus", "SameSite=None,Lax", `SameSite="None"`, "SameSite=No_Restriction", "SameSite=unspecified", "SameSite=true", "SameSite= None ", "SameSite=None; SameSite=Strict", "SameSite=Strict; SameSite=None", "SameSite=bogus; SameSite=None", "SameSite=None; SameSite=bogus"))
}

func (d *draft) secure() string {
	return choose(d, of(70, "Secure"), of(20, ""), of(10, "secure", "SECURE", "Secure=", "Secure=false", " Secure ", "Secure; Secure", "Secured"))
}

// path is the attribute Path, or "" for the default, which is the folder of the URL that sets the cookie.
func (d *draft) path() string {
	s := "/s/" + d.ID
	return choose(d, of(42, ""), of(34, "Path="+s), of(12, "Path="+s+"/", "Path="+s+"/a"),
		of(12, "Path=", "Path", "Path=s", `Path="`+s+`"`, "Path="+s+"/A", "Path="+s+"/ab", "Path="+s+"/a/", "Path="+s+"//", "Path="+s+"/%61", "Path="+upper(s), "Path="+s+"/zz; Path="+s, "Path="+s+"/\u00e9", "path="+s, "Path= "+s+" ", "Path="+s+"/a?", "Path=."))
}

// expiry is when a cookie ends, or "" where it ends with the session.
func (d *draft) expiry() string {
	return choose(d, of(70, ""), of(8, "Max-Age=600", "Expires=Fri, 01 Jan 2100 00:00:00 GMT"),
		of(10, "Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=Thu, 01 Jan 2015 00:00:00 GMT"),
		of(12, "Max-Age=", "Max-Age=abc", "Max-Age=1e9", "Max-Age=600.5", "Max-Age=+600", "Max-Age=-", "Max-Age=99999999999999999999", `Max-Age="600"`, "Max-Age=0; Max-Age=600", "Max-Age=600; Expires=Thu, 01 Jan 2015 00:00:00 GMT", "Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
			"Expires=0", "Expires=", "Expires=never", "Expires=Fri, 01-Jan-2100 00:00:00 GMT", "Expires=Thu, 01-Jan-15 00:00:00 GMT", "Expires=Fri, 01-Jan-69 00:00:00 GMT", "Expires=Tue, 01-Jan-70 00:00:00 GMT", "Expires=2100-01-01T00:00:00Z", "Expires=Jan 1 2100", "Expires=1 Jan 2100 0:0:0", "Expires=Fri Jan 01 00:00:00 2100", "Expires=Fri, 31 Feb 2100 00:00:00 GMT", "Expires=Fri, 01 Jan 1600 00:00:00 GMT", "Expires=Fri, 01 Jan 1601 00:00:00 GMT", "Expires=Fri, 01 Jan 2100 24:00:00 GMT", "Expires=Fri, 01 Jan 99999 00:00:00 GMT"))
}

// flag is an attribute without much to it.
func (d *draft) flag() string {
	return choose(d, of(68, ""), of(18, "HttpOnly", "Partitioned"), of(14, "httponly", "HttpOnly=x", "partitioned", "Partitioned=1", "Priority=High", "Version=1", "foo=bar", "foo", "=", "=x", " ", "Comment=\u00e9"))
}

// cookieRequest is a request that may bring cookies along.
func (d *draft) cookieRequest(url string) *scenario.Request {
	q := d.anyRequest(url)
	if q.API == "fetch" {
		q.Credentials = choose(d, of(62, "include"), of(14, "same-origin"), of(10, "omit"), of(14, ""))
	}
	return q
}

// cookieServer is the server that a scenario about cookies is mostly about.
func (d *draft) cookieServer() string { return choose(d, of(72, d.target), of(28, d.page)) }

// cookiesVisited are cookies of before the scenario.
func (d *draft) cookiesVisited() {
	server := d.cookieServer()
	for i := range choose(d, of(50, 1), of(35, 2), of(15, 3)) {
		d.visit(choose(d, of(85, server), of(15, d.anyServer())), d.usefulCookie("c"+strconv.Itoa(i)))
	}
	q := d.cookieRequest(d.at(server, "a"))
	d.serve(q, d.grant(q), d.plain(q, 85))
	if d.percent(20) {
		d.redirectTo(q)
	}
}

// cookiesSet are cookies that an answer sets, and requests that follow.
func (d *draft) cookiesSet() {
	server := d.cookieServer()
	d.setFirst(server, choose(d, of(55, 1), of(30, 2), of(15, 3)))
	if d.percent(25) {
		d.visit(server, d.usefulCookie(pick(d, "c0", "c9")))
	}
	d.follow(server)
}

// setFirst makes a request whose answer sets cookies.
func (d *draft) setFirst(server string, count int) {
	q := d.cookieRequest(d.at(server, "a"))
	a := d.plain(q, 92)
	for i := range count {
		a.Headers = append(a.Headers, []string{choose(d, of(90, "Set-Cookie"), of(10, "set-cookie")), d.usefulCookie("c" + strconv.Itoa(i))})
	}
	if d.percent(12) {
		a.Headers = append(a.Headers, []string{"Set-Cookie", d.usefulCookie("c0")}) // the same once more
	}
	d.serve(q, d.grant(q), a)
}

// follow makes one or two requests to where cookies may be.
func (d *draft) follow(server string) {
	for _, path := range []string{"b", "a/c"}[:choose(d, of(70, 1), of(30, 2))] {
		to := choose(d, of(85, server), of(15, d.anyServer()))
		d.step(to, path)
	}
}

// step adds a request, and an answer that the page may read.
func (d *draft) step(server, path string) {
	first := d.Request
	q := *d.cookieRequest(d.at(server, path))
	d.serve(&q, d.grant(&q), d.plain(&q, 95))
	d.Request = first
	d.then(q)
}

// cookiesRedirect are cookies that a redirect sets. The statuses are those that no cache keeps.
func (d *draft) cookiesRedirect() {
	server := d.cookieServer()
	start := d.at(choose(d, of(75, server), of(25, d.anyServer())), "a")
	q := d.cookieRequest(start)
	next := d.at(choose(d, of(65, server), of(35, d.anyServer())), "z")
	a := &scenario.Answer{Status: pick(d, 302, 303, 307), Headers: all(line("Location", next), d.hop(q), line("Set-Cookie", d.usefulCookie("c0")))}
	if d.percent(30) {
		a.Headers = append(a.Headers, []string{"Set-Cookie", d.usefulCookie("c1")})
	}
	d.serveAt(start, d.hopPreflight(q), a)
	final := &scenario.Answer{Status: 200, Headers: d.hop(q)}
	if d.percent(30) {
		final.Headers = append(final.Headers, []string{"Set-Cookie", d.usefulCookie("c2")})
	}
	d.content(q, final)
	d.serveAt(next, d.hopPreflight(q), final)
	if d.percent(45) {
		d.follow(server)
	}
}

// cookiesPreflight are preflights, which neither bring cookies nor set them.
func (d *draft) cookiesPreflight() {
	server := choose(d, of(80, d.target), of(20, d.stranger()))
	if d.percent(55) {
		d.visit(server, d.thirdPartyCookie("c0"))
	}
	q := d.ask(choose(d, of(75, "fetch"), of(25, "xhr")), d.at(server, "a"))
	q.Method, q.Headers = d.unsafeMethod(), d.requestHeaders(pick(d, 0, 1))
	q.Credentials = choose(d, of(80, "include"), of(20, ""))
	preflight := d.grant(q)
	if d.percent(25) {
		preflight = d.preflight(q, 75)
	}
	preflight.Headers = append(preflight.Headers, []string{"Set-Cookie", d.thirdPartyCookie("c1")})
	response := d.plain(q, 90)
	if d.percent(40) {
		response.Headers = append(response.Headers, []string{"Set-Cookie", d.thirdPartyCookie("c2")})
	}
	d.serve(q, preflight, response)
	if d.percent(80) {
		d.follow(server)
	}
}

// cookiesBlocked are cookies of answers that the page does not get to see.
func (d *draft) cookiesBlocked() {
	server := d.cookieServer()
	q := d.cookieRequest(d.at(server, "a"))
	a := &scenario.Answer{Status: d.status()}
	switch choose(d, of(55, "cors"), of(20, "corp"), of(15, "status"), of(10, "redirect")) {
	case "cors":
		a.Headers = choose(d, of(50, d.noLines), of(50, d.allowOddOrigin))()
	case "corp":
		a.Headers = append(line(corpName, pick(d, "same-origin", "same-site")), d.shared(q, 40)...)
	case "status":
		a.Status = pick(d, 401, 403, 404, 500)
	case "redirect":
		a.Status = pick(d, 302, 303, 307)
		a.Headers = all(line("Location", d.nowhere()), d.hop(q))
	}
	d.content(q, a)
	a.Headers = append(a.Headers, []string{"Set-Cookie", d.usefulCookie("c0")})
	d.serve(q, d.grant(q), a)
	d.follow(server)
}

// cookiesPath are about which paths a cookie goes to, and about the order of several.
func (d *draft) cookiesPath() {
	server := d.cookieServer()
	s := "/s/" + d.ID
	for i := range d.between(2, 4) {
		name := "c" + strconv.Itoa(i)
		if d.percent(25) {
			name = "c0"
		}
		path := pick(d, "", "Path="+s, "Path="+s+"/", "Path="+s+"/a", "Path="+s+"/a/", "Path="+s+"/ab", "Path="+s+"/a/b", "Path="+s+"/A", "Path="+s+"/%61", "Path="+s+"/a?", "Path="+s+"/a b", "Path="+s+"/\u00e9")
		d.visit(server, d.setCookie(d.cookieName(name)+"="+strconv.Itoa(i), path, "SameSite=None", "Secure"))
	}
	paths := some(d, d.between(1, 3), "a", "a/", "ab", "a/b", "a/bc", "A", "b", "%61", "a?q", "a%2Fb", "\u00e9", "a%20b", "a/../ab")
	for _, path := range paths {
		d.step(server, path)
	}
}

// cookiesDomain are about which hosts a cookie goes to.
func (d *draft) cookiesDomain() {
	server := choose(d, of(45, d.target), of(35, d.page), of(20, d.anyServer()))
	host := hostOf(server)
	site := host[strings.IndexByte(host, '.')+1:]
	domain := choose(d,
		of(16, ""),
		of(40, site, "."+site),
		of(16, host, "."+host),
		of(28, upper(site), site[strings.IndexByte(site, '.')+1:], "x."+host, "evil.example.net", "app.example.com", "xapi."+site, "ample.com", site+".", ".."+site, " "+site+" ", site+":443", `"`+site+`"`, "*."+site, ".", "127.0.0.1", "https://"+host, site+"; Domain=evil.example.net", "evil.example.net; Domain="+site, "\u00e9."+site),
	)
	attribute := "Domain=" + domain
	if domain == "" {
		attribute = pick(d, "", "Domain", "Domain=")
	}
	set := d.setCookie(d.cookieName("c0")+"=1", attribute, d.sameSite(), "Secure", "Path=/s/"+d.ID)
	if d.percent(60) {
		d.visit(server, set)
	} else {
		q := d.cookieRequest(d.at(server, "a"))
		a := d.plain(q, 95)
		a.Headers = append(a.Headers, []string{"Set-Cookie", set})
		d.serve(q, d.grant(q), a)
	}
	if d.percent(35) {
		d.visit(server, d.setCookie(d.cookieName("c0")+"=2", "SameSite=None", "Secure", "Path=/s/"+d.ID)) // the host's own, of the same name
	}
	for i, to := range some(d, d.between(1, 3), server, d.page, api, apiHTTP, cdn, appPort, other) {
		d.step(to, "d"+strconv.Itoa(i))
	}
}

// hostOf returns the host of an origin.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	host, _, _ = strings.Cut(host, ":")
	return host
}

// cookiesPrefix are cookies whose names ask for attributes.
func (d *draft) cookiesPrefix() {
	server := d.cookieServer()
	prefix := choose(d, of(70, "__Host-", "__Secure-"), of(30, "__host-", "__HOST-", "__secure-", "__SECURE-", "__Host", "__Http-", "__Host-Http-", " __Host-", "_Host-"))
	name := prefix + d.cookieName("c0")
	// A cookie that is taken with the path of all scenarios must not stay.
	root := d.percent(40)
	path := choose(d, of(60, "Path=/s/"+d.ID), of(40, ""))
	if root {
		path = "Path=/"
	}
	set := d.setCookie(name+"=1", path, choose(d, of(70, "Secure"), of(30, "")), "SameSite=None", choose(d, of(80, ""), of(20, "Domain="+hostOf(server), "Domain=")), choose(d, of(75, ""), of(25, "HttpOnly")))
	q := d.cookieRequest(d.at(server, "a"))
	a := d.plain(q, 95)
	a.Headers = append(a.Headers, []string{"Set-Cookie", set})
	d.serve(q, d.grant(q), a)
	d.step(server, "b")
	if root {
		last := scenario.Request{API: "fetch", URL: new(d.at(server, "end")), Mode: "no-cors", Credentials: "include"}
		d.serveAt(*last.URL, nil, &scenario.Answer{Status: 200, Headers: line("Set-Cookie", set+"; Max-Age=0")})
		d.then(last)
	}
}

// cookiesLimits are odd bytes and sizes.
func (d *draft) cookiesLimits() {
	server := d.cookieServer()
	name := d.cookieName("c0")
	const most = 4096 // of name and value together
	pair := choose(d,
		of(28, name+"="+d.byteInside("abc"), name+"="+d.oddByte(), d.insert(name, d.oddByte())+"=1", name+d.oddByte()+"=1"),
		of(24, name+"="+fill(d.near(most)-len(name)), name+"="+fill(d.near(most)-len(name)-1), name+fill(d.near(most)-len(name))+"=", fill(d.near(most)), name+"="+fill(8192)),
		of(18, name, "="+name, name+"=", "=", "", " "+name+" = 1 ", name+"==", name+"=a=b", "=="+name, "="+name+"=1", "\t"+name+"\t=\t1\t"),
		of(14, name+`="1"`, name+`="1;2"`, name+"=1,2", name+"=1, "+name+"x=2", name+"=a b", name+`=\"`, name+"=1;"),
		of(16, name+"=1; x="+fill(d.near(1024)), name+"=1; Path=/s/"+d.ID+"/"+strings.Repeat("p", d.near(1024)-len("/s/"+d.ID+"/")), name+"=1; Domain="+strings.Repeat("d", d.near(1024)), name+"=1"+strings.Repeat("; x", 100), name+"=1; "+d.byteInside("foo=bar")),
	)
	set := pair + choose(d, of(90, "; SameSite=None; Secure"), of(10, ";SameSite=None;Secure;", ";; SameSite=None; ; Secure"))
	if d.percent(50) {
		d.visit(server, set)
		d.visit(server, d.thirdPartyCookie("c1"))
		q := d.cookieRequest(d.at(server, "a"))
		d.serve(q, d.grant(q), d.plain(q, 95))
		return
	}
	q := d.cookieRequest(d.at(server, "a"))
	a := d.plain(q, 95)
	a.Headers = append(a.Headers, line("Set-Cookie", set, d.thirdPartyCookie("c1"))...)
	d.serve(q, d.grant(q), a)
	d.step(server, "b")
}
