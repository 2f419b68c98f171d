package engine

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// XHRCharset says how the charset of an XMLHttpRequest's Content-Type gives way to that of the string that it sends.
type XHRCharset int

// How charset gives way.
const (
	XHRCharsetParsed  XHRCharset = iota // a MIME type with another one is serialized anew, with UTF-8
	XHRCharsetInPlace                   // every value of a charset parameter is replaced where it stands
	XHRCharsetSent                      // as parsed, but only on the wire: the preflight is decided before
)

// withCharset makes the Content-Type of a string body say UTF-8 where it names a charset.
//
// https://xhr.spec.whatwg.org/#the-send()-method, step 4
func withCharset(h fetchspec.Headers, inPlace bool) fetchspec.Headers {
	i := slices.IndexFunc(h, func(x fetchspec.Header) bool { return fetchspec.EqualFold(x.Name, "Content-Type") })
	if i < 0 || strings.IndexByte(h[i].Value, ';') < 0 {
		return h
	}
	value := h[i].Value
	if inPlace {
		// DEVIATION: XHRCharset.
		value = replaceCharset(value)
	} else if m, ok := fetchspec.ParseMIMEType(value); ok {
		for j, p := range m.Parameters {
			if p.Name == "charset" && !fetchspec.EqualFold(p.Value, "UTF-8") {
				m.Parameters[j].Value = "UTF-8"
				value = m.String()
			}
		}
	}
	if value == h[i].Value {
		return h
	}
	h = slices.Clone(h)
	h[i].Value = value
	return h
}

func replaceCharset(contentType string) string {
	parts := strings.Split(contentType, ";")
	for i, part := range parts[1:] {
		name, value, ok := strings.Cut(part, "=")
		inner := strings.Trim(value, " \"")
		if ok && inner != "" && fetchspec.EqualFold(strings.TrimSpace(name), "charset") {
			parts[i+1] = name + "=" + strings.Replace(value, inner, "UTF-8", 1)
		}
	}
	return strings.Join(parts, ";")
}
