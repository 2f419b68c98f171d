// Package cookie is a browser's cookie store: which cookies a response sets, and which a request is sent with.
//
// A [Jar] follows the cookie specification that the Fetch standard names, draft-ietf-httpbis-layered-cookies, and where
// its text of July 2026 contradicts itself, the one that it is made from, draft-ietf-httpbis-rfc6265bis. A [Policy] says
// where a browser departs from it. Names, values and attributes are byte strings, kept as they came. Time is an argument:
// a jar has no clock.
//
// OUT OF SCOPE: what script sees (document.cookie, the Cookie Store API), and cookies of navigations beyond those that a
// visit sets.
package cookie
