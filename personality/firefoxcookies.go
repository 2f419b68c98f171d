package personality

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// firefoxRefusals say why a cookie was refused, after its name.
var firefoxRefusals = map[cookie.Refusal]string{
	cookie.RefusedDomain:              "has been rejected for invalid domain.",
	cookie.RefusedInsecure:            "has been rejected because a non-HTTPS cookie can’t be set as “secure”.",
	cookie.RefusedSecureExists:        "has been rejected because there is an existing “secure” cookie.",
	cookie.RefusedCrossSite:           "has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”.",
	cookie.RefusedNoneInsecure:        "rejected because it has the “SameSite=None” attribute but is missing the “secure” attribute.",
	cookie.RefusedPrefix:              "has been rejected for invalid prefix.",
	cookie.RefusedPartitionedInsecure: "has been rejected because it has the “Partitioned” attribute but is missing the “secure” attribute.",
	cookie.RefusedSize:                "is invalid because its size is too big. Max size is 4096 B.",
	cookie.WithheldRedirect:           "with the “SameSite” attribute value “Lax” or “Strict” was omitted because of a cross-site redirect.",
}

// firefoxCookie words what comes of a cookie: what is odd about its attributes, and why it is refused or will be.
func firefoxCookie(set engine.SetCookie) []Line {
	pair, attributes, _ := strings.Cut(set.Line, ";")
	name, value, _ := strings.Cut(pair, "=")
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	quoted := "“" + firefoxBytes(name) + "”"
	line := func(level, source, text string) Line {
		return Line{Text: firefoxStart(text), Level: level, Source: source}
	}
	if set.Line == "" {
		return nil
	}
	switch set.Refused {
	case cookie.RefusedControl, cookie.RefusedEmpty, cookie.RefusedSize:
		// Of these, it is not the parser's order that counts.
		what := "value"
		switch {
		case strings.ContainsFunc(attributes, isControl):
			what = "attributes"
		case name == "" && value == "":
			return []Line{line("warning", "cookiesRejection", "Cookie with an empty name and an empty value has been rejected.")}
		case len(name)+len(value) > cookie.MaxSize:
			return []Line{line("warning", "cookiesOversize", "Cookie "+quoted+" "+firefoxRefusals[cookie.RefusedSize])}
		case name == "" || strings.ContainsFunc(name, isControl):
			what = "name"
		}
		return []Line{line("error", "cookiesRejection", "Cookie "+quoted+" has been rejected for invalid characters in the "+what+".")}
	case cookie.WithheldRedirect:
		return []Line{line("warning", "cookiesRejection", "Cookie "+quoted+" "+firefoxRefusals[set.Refused])}
	}
	if set.Refused == cookie.RefusedInsecure && hasPrefix(name) {
		set.Refused = cookie.RefusedPrefix // which an insecure URL is no match for either
	}
	if why := firefoxRefusals[set.Refused]; why != "" {
		source := "cookiesRejection"
		if set.Refused == cookie.RefusedNoneInsecure || set.Refused == cookie.RefusedCrossSite {
			source = "cookieSameSite"
		}
		return []Line{line("error", source, "Cookie "+quoted+" "+why)}
	}
	lines := firefoxAttributes(quoted, attributes)
	if set.Foreign && set.Refused == "" && !hasAttribute(attributes, "Partitioned") {
		lines = append(lines, line("warning", "cookiesCHIPS", "Cookie "+quoted+" will soon be rejected because it is foreign and does not have the “Partitioned“ attribute."))
	}
	return lines
}

// firefoxStart returns the first thousand UTF-16 code units of a line about a cookie, which is all that is printed.
func firefoxStart(text string) string {
	units := utf16.Encode([]rune(text))
	return string(utf16.Decode(units[:min(len(units), 1000)]))
}

// firefoxAttributes words what is odd about the attributes of a cookie: first which are too long, then which are there again,
// and what makes no sense last, however often.
func firefoxAttributes(quoted, attributes string) []Line {
	var long, again, invalid []Line
	values := map[string]string{}
	sameSite := true
	for attribute := range strings.SplitSeq(attributes, ";") {
		name, value, _ := strings.Cut(attribute, "=")
		name, value = fetchspec.ByteLower(strings.Trim(name, " \t")), strings.Trim(value, " \t")
		switch name {
		case "path", "domain", "expires", "max-age":
			of := "The value of the attribute “" + name + "” for the cookie " + quoted + " has been "
			if len(value) > cookie.MaxAttribute {
				long = append(long, Line{Text: firefoxStart(of + "rejected because its size is too big. Max size is 1024 B."), Level: "warning", Source: "cookiesOversize"})
				continue
			}
			if values[name] != "" {
				again = append(again, Line{Text: firefoxStart(of + "overwritten."), Level: "warning", Source: "cookieInvalidAttribute"})
			}
			values[name] = value
		case "samesite":
			v := fetchspec.ByteLower(value)
			sameSite = sameSite && (v == "lax" || v == "strict" || v == "none")
		}
	}
	if !sameSite {
		invalid = append(invalid, Line{Text: firefoxStart("Invalid “SameSite“ value for cookie " + quoted + ". The supported values are: “Lax“, “Strict“, “None“."), Level: "error", Source: "cookieSameSite"})
	}
	if isNoAge(values["max-age"]) {
		invalid = append(invalid, Line{Text: firefoxStart("Invalid “max-age“ value for cookie " + quoted + ". The attribute is ignored."), Level: "error", Source: "cookieInvalidAttribute"})
	}
	return slices.Concat(long, again, invalid)
}

// isNoAge reports whether a Max-Age makes no sense. None is looked at after a minus, or beyond a number that is too high.
func isNoAge(age string) bool {
	rest := strings.TrimLeft(age, "0123456789")
	if rest == "" || age[0] == '-' {
		return false
	}
	_, err := strconv.ParseInt(age[:len(age)-len(rest)], 10, 64)
	return !errors.Is(err, strconv.ErrRange)
}

func hasAttribute(attributes, name string) bool {
	for attribute := range strings.SplitSeq(attributes, ";") {
		n, _, _ := strings.Cut(attribute, "=")
		if fetchspec.EqualFold(strings.Trim(n, " \t"), name) {
			return true
		}
	}
	return false
}

// hasPrefix reports whether a cookie's name starts with one of the prefixes that promise something.
func hasPrefix(name string) bool {
	name = fetchspec.ByteLower(name)
	return strings.HasPrefix(name, "__secure-") || strings.HasPrefix(name, "__host-") || strings.HasPrefix(name, "__http-")
}

func isControl(c rune) bool { return c < 0x20 && c != '\t' || c == 0x7F }
