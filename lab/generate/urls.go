package generate

import (
	"strings"

	"github.com/corsim/corsim/origin"
)

// schemes are URLs that no request, or another than one of a server, is made for; and the boundaries of those that one is.
func (d *draft) schemes() {
	q := d.anyRequest(d.address())
	if q.API == "fetch" && d.percent(25) {
		q.Method = "PUT"
	}
	for _, server := range []string{app, appHTTP, api, apiHTTP, other, otherHTTP, "http://localhost:8080", "http://127.0.0.1:8080"} {
		d.serveAt(d.at(server, "a"), d.preflight(q, 85), d.response(q, 85))
	}
}

// address is a URL as a page writes it, of any scheme.
func (d *draft) address() string {
	a := "/s/" + d.ID + "/a"
	return choose(d,
		of(30, "data:text/plain,hi", "data:,", "data:x", "data:text/html;charset=utf-8;base64,aGk=", "data:;base64,!!!", "DATA:text/javascript,0", "data:text/css,b{}", "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>", "data:text/plain;charset=x;base64,aGk=#f", "data:text/plain"),
		of(12, "blob:https://api.example.com/1234", "blob:https://app.example.com/1234", "blob:null/1234", "about:blank", "about:srcdoc", "about:blank#x", "javascript:1"),
		of(16, "ftp://api.example.com/x", "file:///etc/hosts", "foo://bar/", "foo:bar", "mailto:a@b", "ws://api.example.com/x", "wss://api.example.com/x", "chrome://version", "view-source:https://api.example.com/", "chrome-extension://abc/x", "resource://gre/x", "moz-extension://abc/x", "intent://a/"),
		of(20, apiHTTP+a, appHTTP+a, otherHTTP+a, "http://localhost:8080"+a, "http://127.0.0.1:8080"+a),
		of(14, "https://user:pw@api.example.com"+a, "https://user@app.example.com"+a, "https://:pw@api.example.com"+a, "https://@api.example.com"+a, "http://user:pw@api.example.com"+a),
		of(10, "http://api.example.com:25"+a, "https://api.example.com:6000"+a, "https://api.example.com:22"+a, "https://api.example.com:0"+a, "https://api.example.com:10080"+a, "https://api.example.com:99999/", "https://api.example.com:65535"+a),
		of(12, "https://", "http://", "http://[::bad", "https://[", "https://a b/", "//", "https://%zz/", "https://api.exa\u00admple.com"+a, "https://1.2.3.4.5/"),
		of(12, "//other.example.org"+a, "HTTPS://API.EXAMPLE.COM:443"+a+"#frag", api+a+"?x=1#f", a, "."+a, "../.."+a),
	)
}

// spellings are URLs of servers, written in odd ways.
func (d *draft) spellings() {
	q := d.anyRequest(d.spelled())
	d.serve(q, d.preflight(q, 90), d.response(q, 85))
	if normalized := d.normalized(*q.URL); normalized != "" && d.percent(70) {
		d.serveAt(normalized, d.preflight(q, 90), d.response(q, 85))
	}
}

// normalized returns a URL as browsers ask for it that write percent-encoded bytes in one way, and "" where that is none.
func (d *draft) normalized(url string) string {
	key, ok := d.key(url)
	if !ok {
		return ""
	}
	u, err := origin.ParseURL(key, nil)
	if err != nil {
		return ""
	}
	return u.WithNormalizedEscapes().String()
}

// spelled is a URL of the server that is asked, in an odd spelling.
func (d *draft) spelled() string {
	b, s := d.target, "/s/"+d.ID+"/"
	a := b + s + "a"
	return choose(d,
		of(12, a+"?q=1", a+"#f", a+"?q=1#f", a+"?", a+"#", a+"?#", a+"?x=1&y=[2]|{}^"),
		of(20, upper(b[:4])+b[4:]+s+"a", strings.Replace(b, "example", "EXAMPLE", 1)+s+"a", d.ownScheme()+":"+s+"a", d.ownScheme()+":"+s[1:]+"a", strings.Replace(b, "://", ":///", 1)+s+"a", strings.Replace(b, "://", `:\\`, 1)+s+"a", b+`\s\`+d.ID+`\a`),
		of(14, b+s+"x/../a", b+s+"./a", b+s+"x/..", b+"/x/.."+s+"a", b+"/.."+s+"a", b+s+"/a", b+s+"a/", b+s+"y/%2e%2e/a", b+s+"%2E/a", b+s+"y/%2E./a"),
		of(10, " "+a+" ", "\t"+a, a+"\n", b[:9]+"\n"+b[9:]+s+"a", b+s+"\ta", "\u0001"+a, "\u00a0"+a),
		of(20, b+s+"\u00e9?\u00e9=\u00fc#\u00e9", b+s+"a b?\"<>`#`\"", b+s+"%41%zz?a'b", b+s+"'()*+,;=:@!$&", b+s+"[x]|^`{}\\", b+s+"\u20ac", b+s+"\U0001f600", b+s+"a?\u20ac", b+s+"\u007f\u0080"),
		of(18, b+s+d.escaped()),
		of(8, strings.Replace(b, "://", "://user:pw@", 1)+s+"a", b+":443"+s+"a", b+":80"+s+"a", b+":"+s+"a", b+":0443"+s+"a"),
	)
}

// ownScheme is the scheme of the page. A URL with it and no host is relative to the page.
func (d *draft) ownScheme() string {
	scheme, _, _ := strings.Cut(d.page, ":")
	return scheme
}

// escaped is a path with percent-encoded bytes, a query and a fragment.
func (d *draft) escaped() string {
	return pick(d, "%7Ea", "%2D", "a%2Fb", "%41", "%zz", "%4", "%", "%c3%a9", "%C3%A9", "%E9", "%00", "x?q=%41", "x?q=%2D%zz", "%41?", "%2E/x", "y/%2e%2e/x", "x?%7E#%41", "%41%42/%43", "%7e%2d%5f%2e", "a%20b", "a%09b", "%25", "%252e", "%5c", "%3F", "%23")
}

// resolve returns a URL that is written on another, or "" where it is none.
func resolve(url, base string) string {
	b, err := origin.ParseURL(base, nil)
	if err != nil {
		return ""
	}
	u, err := origin.ParseURL(url, b)
	if err != nil {
		return ""
	}
	return u.String()
}

// invalid is what the API throws an exception at, or only just does not.
func (d *draft) invalid() {
	q := d.ask(choose(d, of(75, "fetch"), of(25, "xhr")), d.url("a"))
	if q.API == "fetch" {
		choose(d,
			of(20, func() { q.Mode = pick(d, "navigate", "websocket", "zz", "CORS", "no-CORS", "same_origin") }),
			of(12, func() { q.Credentials = pick(d, "yes", "INCLUDE", "true", "same-Origin") }),
			of(12, func() { q.Redirect = pick(d, "x", "Follow", "ERROR") }),
			of(8, func() { q.Mode, q.Method = "no-cors", pick(d, "PUT", "DELETE", "OPTIONS", "put", "patch") }),
			of(8, func() { q.Method, q.Body = pick(d, "GET", "HEAD", "get", ""), new("x") }),
			of(40, func() {}),
		)()
	}
	choose(d,
		of(35, func() { q.Method = d.badMethod() }),
		of(35, func() { q.Headers = d.reorder(append(d.requestHeaders(1), d.badHeader())) }),
		of(15, func() {
			*q.URL = pick(d, "http://", "https://[", "//", "https://u:p@api.example.com/s/"+d.ID+"/a", "https://a b/")
		}),
		of(15, func() {}),
	)()
	if takesBody(q.Method) && d.percent(20) {
		q.Body = new("x")
	}
	d.serve(q, d.preflight(q, 80), d.response(q, 80))
}
