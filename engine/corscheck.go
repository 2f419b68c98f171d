package engine

import (
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	requestMaxAge    = "Access-Control-Max-Age"
)

// get returns a response header's combined value, as the browser combines values.
func (f *fetch) get(h fetchspec.Headers, name string) (string, bool) {
	if f.q.SkipEmptyValues {
		// DEVIATION: SkipEmptyValues.
		return getNonEmpty(h, name)
	}
	return h.Get(name)
}

func getNonEmpty(h fetchspec.Headers, name string) (value string, ok bool) {
	for v := range h.Values(name) {
		switch {
		case value == "":
			value = v
		case v != "":
			value += ", " + v
		}
		ok = true
	}
	return value, ok
}

// corsCheck performs the CORS check and returns nil on success. It is made with the credentials given, which nearly always
// are the request's: see HopCredentials.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func (f *fetch) corsCheck(resp *fetchspec.Response, include bool, serialized string) *Block {
	// NOTE: where a check fails, the code tells more than the standard's "failure", because browsers do.
	if f.q.MultipleAllowOrigin == MultipleLine && !f.http2() && countExact(resp.Headers, allowOrigin) > 1 {
		// DEVIATION: MultipleAllowOrigin.
		value, _ := f.get(resp.Headers, allowOrigin)
		return &Block{Code: CodeAllowOriginMultiple, Step: "cors-check 4", Param: value}
	}

	// 1. The header's combined value.
	value, ok := f.get(resp.Headers, allowOrigin)

	// 2. There must be one.
	if !ok {
		return &Block{Code: CodeAllowOriginMissing, Step: "cors-check 2"}
	}
	f.trace("cors-check 1", allowOrigin, ": ", value)

	// 3. The wildcard does, without credentials.
	if value == "*" {
		if !include {
			f.trace("cors-check 3", "success")
			return nil
		}
		return &Block{Code: CodeAllowOriginWildcard, Step: "cors-check 4", Param: value}
	}

	// 4. Otherwise it must be the origin, byte for byte.
	if value != serialized {
		return &Block{Code: f.classifyOrigin(value), Step: "cors-check 4", Param: value}
	}

	// 5. That is all, without credentials.
	if !include {
		f.trace("cors-check 5", "success")
		return nil
	}

	// 6. With credentials, the server must agree to them.
	credentials, _ := f.get(resp.Headers, allowCredentials)
	f.trace("cors-check 6", allowCredentials, ": ", credentials)

	// 7, 8. In just this spelling.
	if credentials == "true" {
		f.trace("cors-check 7", "success")
		return nil
	}
	return &Block{Code: CodeAllowCredentials, Step: "cors-check 8", Param: credentials}
}

// classifyOrigin says what is wrong with a value that is not the origin.
func (f *fetch) classifyOrigin(value string) Code {
	separators := " ,"
	switch f.q.MultipleAllowOrigin {
	case MultipleComma:
		// DEVIATION: MultipleAllowOrigin.
		separators = ","
	case MultipleLine:
		separators = ""
	}
	if separators != "" && strings.ContainsAny(value, separators) {
		return CodeAllowOriginMultiple
	}
	if f.q.NoInvalidAllowOrigin || value == "null" {
		// DEVIATION: NoInvalidAllowOrigin.
		return CodeAllowOriginMismatch
	}
	if f.q.PunycodeUnchecked {
		// DEVIATION: PunycodeUnchecked.
		value = strings.ReplaceAll(value, "xn--", "x")
	}
	if _, err := origin.ParseURL(value, nil); err != nil {
		return CodeAllowOriginInvalid
	}
	return CodeAllowOriginMismatch
}

func countExact(h fetchspec.Headers, name string) (n int) {
	for i := range h {
		if h[i].Name == name {
			n++
		}
	}
	return n
}
