package personality

import (
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// firefoxRefusals say why a cookie was refused, after its name.
var firefoxRefusals = map[cookie.Refusal]string{
	cookie.RefusedControl:             "has been rejected for invalid characters in the value.",
	cookie.RefusedDomain:              "has been rejected for invalid domain.",
	cookie.RefusedInsecure:            "has been rejected because a non-HTTPS cookie can’t be set as “secure”.",
	cookie.RefusedSecureExists:        "has been rejected because there is already an existing “secure” cookie.",
	cookie.RefusedCrossSite:           "has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”.",
	cookie.RefusedNoneInsecure:        "rejected because it has the “SameSite=None” attribute but is missing the “secure” attribute.",
	cookie.RefusedPrefix:              "has been rejected for invalid prefix.",
	cookie.RefusedPartitionedInsecure: "has been rejected because it has the “Partitioned” attribute but is missing the “secure” attribute.",
	cookie.RefusedSize:                "is invalid because its size is too big. Max size is 4096 B.",
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
	if name == "" {
		if value == "" {
			return []Line{line("warning", "cookiesRejection", "Cookie with an empty name and an empty value has been rejected.")}
		}
		return nil
	}
	switch set.Refused {
	case cookie.RefusedControl:
		what := "value"
		if strings.ContainsFunc(name, isControl) {
			what = "name"
		}
		return []Line{line("error", "cookiesRejection", "Cookie "+quoted+" has been rejected for invalid characters in the "+what+".")}
	case cookie.RefusedSize:
		return []Line{line("warning", "cookiesOversize", "Cookie "+quoted+" "+firefoxRefusals[set.Refused])}
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

// firefoxAttributes words what is odd about the attributes of a cookie.
func firefoxAttributes(quoted, attributes string) []Line {
	var lines []Line
	var seen []string
	for attribute := range strings.SplitSeq(attributes, ";") {
		name, value, _ := strings.Cut(attribute, "=")
		name, value = fetchspec.ByteLower(strings.Trim(name, " \t")), strings.Trim(value, " \t")
		if len(value) > cookie.MaxAttribute {
			continue
		}
		switch name {
		case "path", "domain", "expires", "max-age":
			if slices.Contains(seen, name) {
				lines = append(lines, Line{Text: "The value of the attribute “" + name + "” for the cookie " + quoted + " has been overwritten.", Level: "warning", Source: "cookieInvalidAttribute"})
			}
			seen = append(seen, name)
		}
		switch name {
		case "samesite":
			if v := fetchspec.ByteLower(value); v != "lax" && v != "strict" && v != "none" {
				lines = append(lines, Line{Text: "Invalid “SameSite“ value for cookie " + quoted + ". The supported values are: “Lax“, “Strict“, “None“.", Level: "error", Source: "cookieSameSite"})
			}
		case "max-age":
			if digits := strings.TrimPrefix(value, "-"); digits == value && (digits == "" || strings.Trim(digits, "0123456789") != "") {
				lines = append(lines, Line{Text: "Invalid “max-age“ value for cookie " + quoted + ". The attribute is ignored.", Level: "error", Source: "cookieInvalidAttribute"})
			}
		}
	}
	return lines
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

func isControl(c rune) bool { return c < 0x20 || c == 0x7F }
