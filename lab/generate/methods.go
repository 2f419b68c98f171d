package generate

import "slices"

// method is a method as pages write it.
func (d *draft) method() string {
	return choose(d,
		of(22, "GET", "HEAD", "POST"),
		of(52, "PUT", "DELETE", "PATCH", "OPTIONS"),
		// Only some are normalized: patch is not.
		of(18, "put", "patch", "get", "post", "delete", "head", "options", "Put", "Patch", "pUT"),
		of(8, "FOO", "foo", "Chicken", "QUERY", "PROPFIND", "X-Y", "*"),
	)
}

// simpleMethod is one that needs no preflight, unsafeMethod one that does.
func (d *draft) simpleMethod() string { return pick(d, "GET", "HEAD", "POST") }

func (d *draft) unsafeMethod() string { return pick(d, "PUT", "DELETE", "PATCH", "OPTIONS") }

// badMethod is one that throws: forbidden, in any case, or no token.
func (d *draft) badMethod() string {
	return pick(d, "TRACE", "CONNECT", "TRACK", "track", "Connect", "trace", "B AD", "G ET", "a/b", "\u00e9", "PUT,", "PUT\t", "\"PUT\"", "P@T", "(x)")
}

// takesBody reports whether a request of a method can have a body.
func takesBody(method string) bool {
	return !slices.Contains([]string{"", "GET", "HEAD", "get", "head"}, method)
}
