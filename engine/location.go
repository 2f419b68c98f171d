package engine

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// locationURL returns a response's location URL, and false where it cannot be parsed.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (f *fetch) locationURL(location string) (*origin.URL, bool) {
	if location == "" && f.q.EmptyLocationFails {
		// DEVIATION: EmptyLocationFails.
		return nil, false
	}
	u, err := f.q.parseURL(f.decodeLocation(location), f.url)
	if err != nil {
		return nil, false
	}
	if f.q.StandardSchemes != nil && slices.Contains(f.q.StandardSchemes, u.Scheme()) {
		u = u.WithRootPath()
	}
	if _, has := u.Fragment(); !has {
		if fragment, ok := f.url.Fragment(); ok && !(fragment == "" && f.q.EmptyFragmentStays) {
			// DEVIATION: EmptyFragmentStays.
			u = u.WithFragment(fragment)
		}
	}
	return u, true
}

// location returns a response's Location.
func (f *fetch) location(resp *fetchspec.Response) (string, bool) {
	if f.q.SeveralLocations == LocationsConflict {
		// DEVIATION: SeveralLocations.
		for v := range resp.Headers.Values("Location") {
			return v, true
		}
		return "", false
	}
	return f.get(resp.Headers, "Location")
}

func severalLines(h fetchspec.Headers, name string) bool {
	n := 0
	for range h.Values(name) {
		n++
	}
	return n > 1
}

// decodeLocation turns the bytes of a header value into a string.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (f *fetch) decodeLocation(value string) string {
	if f.q.Location == LocationIsomorphic {
		return fetchspec.IsomorphicDecode(value)
	}
	// DEVIATION: Location.
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		if isControl := c < 0x20 || c == 0x7F; c < utf8.RuneSelf && (!isControl || f.q.Location == LocationPercent) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
