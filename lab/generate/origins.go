package generate

import (
	"strings"

	"github.com/corsim/corsim/scenario"
)

// The origins of pages and servers.
const (
	app        = "https://app.example.com"
	appPort    = "https://app.example.com:8443"
	appHTTP    = "http://app.example.com"
	appHTTP80  = "http://app.example.com:8080"
	api        = "https://api.example.com"
	apiPort    = "https://api.example.com:8443"
	apiHTTP    = "http://api.example.com"
	apiHTTP80  = "http://api.example.com:8080"
	cdn        = "https://cdn.example.com"
	cdnPort    = "https://cdn.example.com:8443"
	other      = "https://other.example.org"
	otherHTTP  = "http://other.example.org"
	evil       = "https://evil.example.net"
	evilHTTP   = "http://evil.example.net"
	opaqueName = "null"
)

// openPage makes the scenario's page one of an origin, and chooses a server for it to ask.
func (d *draft) openPage(page string) {
	d.Client = scenario.Client{Origin: page}
	d.page, d.origin = page, page
	d.target = d.stranger()
}

// anyPage is a page of any kind.
func (d *draft) anyPage() {
	choose(d, of(92, d.plainPage), of(6, d.framedPage), of(2, d.documentPage))()
}

// plainPage is a page of a server's origin.
func (d *draft) plainPage() {
	d.openPage(choose(d, of(78, app), of(10, appHTTP), of(8, appPort), of(4, appHTTP80)))
}

// framedPage is a sandboxed frame, and documentPage a document that its own server sandboxes.
func (d *draft) framedPage() {
	d.openPage(app)
	d.Client = scenario.Client{Origin: opaqueName, Opaque: true}
	d.origin = opaqueName
}

func (d *draft) documentPage() {
	d.openPage(app)
	d.Client = scenario.Client{Origin: opaqueName, Sandbox: true}
	d.origin = opaqueName
}

// isHTTP reports whether the page came without TLS.
func (d *draft) isHTTP() bool { return strings.HasPrefix(d.page, "http:") }

// stranger is a server of another origin than the page's: on the same site or not, on another port, or without TLS.
func (d *draft) stranger() string {
	if d.isHTTP() {
		return choose(d, of(40, apiHTTP, apiHTTP80), of(25, otherHTTP, evilHTTP), of(20, api, cdn), of(15, app))
	}
	return choose(d, of(50, api), of(12, cdn, cdnPort, apiPort), of(20, other), of(6, evil), of(10, d.neighbour()), of(2, apiHTTP))
}

// neighbour is a server that differs from the page's in its port or scheme alone.
func (d *draft) neighbour() string {
	switch d.page {
	case app:
		return appPort
	case appPort:
		return app
	}
	return appHTTP
}

// anyServer is the page's own server, the one that is asked, or another.
func (d *draft) anyServer() string {
	return choose(d, of(35, d.page), of(25, d.target), of(40, d.stranger()))
}

// nearOrigin is what somebody wrote who meant an origin, and who is nearly right.
func (d *draft) nearOrigin(o string) string {
	host := strings.TrimPrefix(strings.TrimPrefix(o, "https://"), "http://")
	return pick(d,
		o+"/", o+":443", o+":80", o+":8443", o+".", o+"#", o+"?", o+"/path", o+"/%", o+"%00", o+"\\",
		upper(o), upper(o[:1])+o[1:], strings.Replace(o, "app", "APP", 1),
		" "+o+" \t", o+"\t", " "+o, "\t"+o, "\u00a0"+o, o+"\u00a0", o+"\u000b", o+"\u00e9",
		o+", "+o, o+", https://evil.example.net", o+" https://evil.example.net", o+",", ","+o, o+", ", o+", *", "*, "+o, o+"|"+o,
		`"`+o+`"`, "'"+o+"'", "<"+o+">", "origin="+o, "Origin: "+o,
		host, "//"+host, host+":443", "https:"+host, "https:/"+host, "https:///"+host, "http://"+host, "https://"+host, "ws://"+host,
		"https://user@"+host, "https://user:pw@"+host, "https://www."+host, "https://*."+host, "https://example.com", "https://.example.com", "https://*.example.com",
	)
}

// notAnOrigin is what else stands where an origin should: patterns, wildcards, other schemes, hosts that do not parse.
func (d *draft) notAnOrigin() string {
	return choose(d,
		of(20, "", "*, *", "**", "*;", "*,", "*, ", "* ", "*\t", "\t*", "* \t ", "*:*", "%", "% ", `"*"`, "https://*", "http://*", "*://*", "*.example.com", "https://*.com", "all", "any"),
		of(12, "NULL", "Null", "null ", "null, null", `"null"`, "undefined", "none", "false", "true", "0", "1"),
		of(12, "https://evil.example.net", "http://app.example.com", "https://api.example.com", "null", "self", "'self'", "same-origin"),
		of(16, "about:blank", "data:,", "data:x", "javascript:1", "file://", "file:///", "file:", "blob:https://a", "mailto:a", "ftp://", "wss://", "ws://a", "chrome://a", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"),
		of(12, "localhost:3000", "http://localhost", "http://localhost:3000", "127.0.0.1", "[::1]", "http://[::1]", "https://[::1]", "https://[::1", "https://[1:2]", "http://1.2.3.4.5", "https://1.2.3.4.5", "https://1.2.3", "https://256.1.1.1", "https://0x7f.1", "https://a.0x1", "https://1e3"),
		of(14, "https:", "https://", "http", "http:", "http://", "://", ":", "1:", "a1+-.:", "foo", "foo:", "foo://", "foo://a b", "https:a", "https:/a", "https:///a", `https://a\b`, `http:\\app`, "https://a?b", "https://a#b", "https://a@b", "https://@", "https://u@", "https://a:b@c"),
		of(14, "https://xn--", "https://xn--/", "https://xn--a", "https://xn--a/", "https://xn--abc", "https://xn--abc.", "https://xn--zca.com", "https://xn--a-.com", "https://xn--ls8h.la", "https://a.xn--", "https://xn--.com", "https://xn---a.com", "https://xn--0.com", "https://xn--fa-hia.de", "https://xn--a-ecp.ru", "https://xn--1ug.com"),
		of(14, "https://a_b.com", "https://-a.com", "https://a-.com", "https://a--b.com", "https://a%41.com", "https://a%zz.com", "http://%zz", "https://a..b", "http://a..b", "https://.a", "https://a.", "https://..", "https://a:b", "https://a:99999", "https://a:65536", "https://a:65535", "https://a:0", "https://a:", "https://:80", "https://"+strings.Repeat("a", 300), "https://"+strings.Repeat("a.", 127)+"com"),
		of(14, "https://a b", "x\ty", "https://a!b", "https://a$b", "https://a'b", "https://a(b", "https://a;b", "https://a=b", "https://a+b", "https://a&b", "https://a~b", "https://a`b", "https://a{b", "https://a|b", "https://a^b", `https://a"b`, "https://a<b", "https://a>b", "https://a]b", "https://a[b"),
		of(6, "\u00e9", "http://\u00e9.example", "https://\u00e9", "https://\u00ad", "https://a\u00adb", "\u00c3\u00a9"),
	)
}
