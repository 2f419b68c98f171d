package interop

import (
	"slices"

	"github.com/corsim/corsim/fetchspec"
)

// Differences that several middlewares share.
var (
	optionsForAll = difference{
		name:    "OPTIONS may be asked for unlisted",
		reason:  "its list of methods has OPTIONS in it, for preflights, which never ask for it",
		instead: func(q *question) { q.policy.Methods = slices.Concat(q.policy.Methods, []string{"OPTIONS"}) },
		policy:  Policy{Origins: []string{app}}, request: allowed(app, "OPTIONS"),
	}
	exposedStar = difference{
		name:   "all headers are exposed, but not to requests with credentials",
		reason: "it sends *, which is no wildcard there: https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
		instead: func(q *question) {
			if q.request.Credentials == fetchspec.CredentialsInclude {
				q.policy.Exposed = without(q.policy.Exposed, "*")
			}
		},
		policy:  Policy{Origins: []string{app}, Exposed: []string{"*"}, Credentials: true},
		request: credentialed(allowed(app, "GET")),
	}
	headersStar = difference{
		name:   "all headers may be set, but by no request with credentials",
		reason: "it sends *, which is no wildcard there: https://fetch.spec.whatwg.org/#cors-preflight-fetch",
		instead: func(q *question) {
			if q.request.Credentials == fetchspec.CredentialsInclude {
				q.policy.Headers = without(q.policy.Headers, "*")
			}
		},
		policy:  Policy{Origins: []string{app}, Headers: []string{"*"}, Credentials: true},
		request: credentialed(allowed(app, "GET", "X-Custom")),
	}
	starNotKept = difference{
		name:   "a header that * allows is asked for anew each time by Firefox, and Authorization by Chromium",
		reason: "it sends *, which Firefox keeps as a name like any other, and which Chromium takes for Authorization in a preflight but not in what it has kept",
		instead: func(q *question) {
			for name := range q.request.Header {
				byStar := needsListing(name) && slices.Contains(q.policy.Headers, "*") && !slices.Contains(q.policy.Headers, name)
				if byStar && (q.browser == "firefox" || q.browser == "chromium" && name == "Authorization") {
					q.policy.MaxAge = -1
				}
			}
		},
		policy: Policy{Origins: []string{app}, Headers: []string{"*"}, MaxAge: 60}, request: allowed(app, "GET", "X-Custom"),
	}
	noSubdomains = difference{
		name:   "https://*.example.com is no page",
		reason: "it is compared whole with the page's origin",
		instead: func(q *question) {
			q.policy.Origins = without(q.policy.Origins, "https://*.example.com")
		},
		policy: Policy{Origins: []string{"https://*.example.com"}}, request: allowed(app, "GET"),
	}
	anyHeaders = difference{
		name:   "no headers are all headers",
		reason: "an empty list allows what the page asks for",
		instead: func(q *question) {
			if len(q.policy.Headers) == 0 {
				for name := range q.request.Header {
					q.policy.Headers = append(q.policy.Headers, name)
				}
			}
		},
		policy: Policy{Origins: []string{app}}, request: allowed(app, "GET", "X-Custom"),
	}
	credentialsRefused = difference{
		name:   "* with credentials is refused",
		reason: "no browser would send them",
		instead: func(q *question) {
			q.refused = q.refused || q.policy.letsAll() && q.policy.Credentials
		},
		policy: Policy{Origins: []string{"*"}, Credentials: true}, request: allowed(app, "GET"),
	}
	nullRefused = difference{
		name:   "null is no origin that can be listed",
		reason: "it wants a scheme",
		instead: func(q *question) {
			q.refused = q.refused || slices.Contains(q.policy.Origins, sandbox)
		},
		policy: Policy{Origins: []string{sandbox}}, request: allowed(sandbox, "GET"),
	}
	nullBeforeStarRefused = difference{
		name:   "null is no origin that can be listed, but after *",
		reason: "it wants a scheme of all that comes before *",
		instead: func(q *question) {
			before, all := slices.Index(q.policy.Origins, sandbox), slices.Index(q.policy.Origins, "*")
			q.refused = q.refused || before >= 0 && (all < 0 || before < all)
		},
		policy: Policy{Origins: []string{sandbox}}, request: allowed(sandbox, "GET"),
	}
	otherScheme = difference{
		name:   "a page of the server's host and another scheme is let in nowhere",
		reason: "it is taken for a page of the server's own",
		instead: func(q *question) {
			if q.request.Origin == "http://api.example.com" {
				q.policy.Origins = nil
			}
		},
		policy: Policy{Origins: []string{"*"}}, request: allowed("http://api.example.com", "GET"),
	}
	noZeroMaxAge = difference{
		name:   "preflights are remembered for 5 seconds where that is forbidden",
		reason: "it has no way to send Access-Control-Max-Age: 0, and browsers take 5 seconds without it",
		instead: func(q *question) {
			q.policy.MaxAge = max(0, q.policy.MaxAge)
		},
		policy: Policy{Origins: []string{app}, Methods: []string{"PUT"}, MaxAge: -1}, request: allowed(app, "PUT"),
	}
)

// defaultHeaders is a list of headers that stands in for an empty one.
func defaultHeaders(names ...string) difference {
	return difference{
		name:   "no headers are some headers",
		reason: "an empty list is its default one",
		instead: func(q *question) {
			if len(q.policy.Headers) == 0 {
				q.policy.Headers = names
			}
		},
		policy: Policy{Origins: []string{app}}, request: allowed(app, "GET", "Content-Type"),
	}
}

// without returns a list without an element.
func without(list []string, element string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == element })
}
