package fetchspec

import "unicode/utf8"

// IsomorphicDecode returns the string whose code points are the bytes of a header value.
//
// https://infra.spec.whatwg.org/#isomorphic-decode
func IsomorphicDecode(value string) string {
	if isASCII(value) {
		return value
	}
	runes := make([]rune, len(value))
	for i := range len(value) {
		runes[i] = rune(value[i])
	}
	return string(runes)
}

// IsomorphicEncode returns the byte string whose bytes are the code points of a string that script wrote; ok is false where
// a code point does not fit a byte.
//
// https://infra.spec.whatwg.org/#isomorphic-encode
func IsomorphicEncode(s string) (value string, ok bool) {
	if isASCII(s) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
