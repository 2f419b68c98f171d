package fetchspec

// IsForbiddenMethod reports whether a method is forbidden to script, in any case.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(m string) bool {
	return EqualFold(m, "CONNECT") || EqualFold(m, "TRACE") || EqualFold(m, "TRACK")
}

// IsSafelistedMethod reports whether a method is CORS-safelisted. The comparison is by byte.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsSafelistedMethod(m string) bool {
	return m == "GET" || m == "HEAD" || m == "POST"
}

// NormalizeMethod upper-cases DELETE, GET, HEAD, OPTIONS, POST and PUT, and leaves all other methods, patch among them,
// as they are.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(m string) string {
	for _, n := range [...]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"} {
		if EqualFold(m, n) {
			return n
		}
	}
	return m
}
