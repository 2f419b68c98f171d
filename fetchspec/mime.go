package fetchspec

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// MIMEType is a MIME type with its parameters, in order.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type MIMEType struct {
	Essence    string
	Parameters []Header
}

// ParseMIMEType parses a MIME type; ok is false where that fails. Parameters that are not valid are skipped.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func ParseMIMEType(v string) (m MIMEType, ok bool) {
	m.Essence = MIMEEssence(v)
	if m.Essence == "" {
		return m, false
	}
	_, rest, more := strings.Cut(v, ";")
	for more {
		rest = strings.TrimLeft(rest, "\t\n\r ")
		end := strings.IndexAny(rest, ";=")
		if end < 0 {
			break
		}
		name := ByteLower(rest[:end])
		if rest[end] == ';' {
			rest = rest[end+1:]
			continue
		}
		var value string
		if rest = rest[end+1:]; strings.HasPrefix(rest, `"`) {
			value, rest = cutQuoted(rest)
			_, rest, more = strings.Cut(rest, ";")
		} else {
			value, rest, more = strings.Cut(rest, ";")
			if value = strings.TrimRight(value, "\t\n\r "); value == "" {
				continue
			}
		}
		if IsToken(name) && isQuotedStringText(value) && !Headers(m.Parameters).Has(name) {
			m.Parameters = append(m.Parameters, Header{name, value})
		}
	}
	return m, true
}

// IsMIMEType reports whether a string is a media type with its parameters, none of them left out or malformed.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
func IsMIMEType(v string) bool { return mediaType.MatchString(v) }

var mediaType = func() *regexp.Regexp {
	const token = "[-!#$%&'*+.^_`|~0-9A-Za-z]+"
	const quoted = `"(?:[^"\\]|\\.)*"`
	return regexp.MustCompile("^" + token + "/" + token + "(?:[ \t]*;[ \t]*" + token + "=(?:" + token + "|" + quoted + "))*$")
}()

// ExtractCharset returns the charset parameter of the MIME type that a header list declares, and the empty string where it
// has none.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func ExtractCharset(h Headers) string {
	v, _ := h.Get("content-type")
	essence, charset := "", ""
	for _, part := range GetDecodeSplit(v) {
		m, ok := ParseMIMEType(NormalizeValue(part))
		if !ok || m.Essence == "*/*" {
			continue
		}
		if m.Essence != essence {
			essence, charset = m.Essence, ""
		}
		if c, ok := Headers(m.Parameters).Get("charset"); ok {
			charset = c
		}
	}
	return charset
}

// cutQuoted collects an HTTP quoted string from the start of s.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func cutQuoted(s string) (value, rest string) {
	var b strings.Builder
	i := 1
	for ; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	if i < len(s) {
		i++
	}
	return b.String(), s[i:]
}

func isQuotedStringText(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '\t' && (c < 0x20 || c == 0x7F) {
			return false
		}
	}
	return true
}

// String serializes the MIME type.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (m MIMEType) String() string {
	var b strings.Builder
	b.WriteString(m.Essence)
	for _, p := range m.Parameters {
		b.WriteString(";" + p.Name + "=")
		if IsToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Value) + `"`)
	}
	return b.String()
}

// IsJavaScriptMIMEType reports whether an essence is a JavaScript MIME type.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func IsJavaScriptMIMEType(essence string) bool {
	switch essence {
	case "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
		"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
		"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
		"text/x-ecmascript", "text/x-javascript":
		return true
	}
	return false
}

// ProcessDataURL returns the MIME type, serialized, and the body of a data: URL without its fragment; ok is false where it
// has none.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func ProcessDataURL(url string) (mimeType, body string, ok bool) {
	mimeType, data, ok := strings.Cut(strings.TrimPrefix(url, "data:"), ",")
	if !ok {
		return "", "", false
	}
	mimeType = strings.Trim(mimeType, "\t\n\f\r ")
	body = percentDecode(data)
	if i := strings.LastIndexByte(mimeType, ';'); i >= 0 && EqualFold(strings.TrimLeft(mimeType[i+1:], " "), "base64") {
		mimeType = mimeType[:i]
		if body, ok = forgivingBase64(body); !ok {
			return "", "", false
		}
	}
	if strings.HasPrefix(mimeType, ";") {
		mimeType = "text/plain" + mimeType
	}
	m, ok := ParseMIMEType(mimeType)
	if !ok {
		m = MIMEType{"text/plain", []Header{{"charset", "US-ASCII"}}}
	}
	return m.String(), body, true
}

// forgivingBase64 is Infra's forgiving-base64 decode.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func forgivingBase64(s string) (string, bool) {
	s = strings.NewReplacer("\t", "", "\n", "", "\f", "", "\r", "", " ", "").Replace(s)
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	b, err := base64.RawStdEncoding.DecodeString(s)
	return string(b), err == nil
}

func percentDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0 {
			b = append(b, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
