package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/scenario"
)

// Cause is what differences are grouped by: those of one cause in the simulator are alike in all of this.
type Cause struct {
	Browser   string             `json:"browser"`
	Dimension recorded.Dimension `json:"dimension"`
	// Code is the simulator's code for the block, or allowed.
	Code string `json:"code"`
	// API and Mode are those of the request; Mode is empty for the API's default.
	API  string `json:"api"`
	Mode string `json:"mode,omitempty"`
	// Want and Have are the first thing that differs, as the browser and the simulator have it, with capitals for what is
	// peculiar to the scenario: URL, ORIGIN, NAME, VALUE, METHOD, N. Where nothing else differs it is told as it is. Either is empty where that side has nothing.
	Want string `json:"want"`
	Have string `json:"have"`
}

func (c Cause) compare(d Cause) int {
	return cmp.Or(
		cmp.Compare(c.Browser, d.Browser), cmp.Compare(c.Dimension, d.Dimension), cmp.Compare(c.Code, d.Code),
		cmp.Compare(c.API, d.API), cmp.Compare(c.Mode, d.Mode), cmp.Compare(c.Want, d.Want), cmp.Compare(c.Have, d.Have),
	)
}

// Bounds in bytes of a text: of how much of it is looked at, and of what is kept of that in a cause.
const (
	maxText     = 4000
	maxAbstract = 400
)

// CauseOf returns the probable cause of a difference between a verdict and a recording of the scenario.
func CauseOf(s *scenario.Scenario, v *recorded.Verdict, d recorded.Difference) Cause {
	i := firstDifferent(d.Want, d.Have)
	step := stepOf(d.Dimension, i, v)
	c := Cause{Browser: v.Browser, Dimension: d.Dimension, Code: codeOf(v, step), API: "fetch"}
	requests := requestsOf(s)
	if step < len(requests) {
		r := requests[step]
		c.API, c.Mode = cmp.Or(r.API, c.API), r.Mode
	}
	want, have := part(d.Dimension, at(d.Want, i), at(d.Have, i))
	want, have = uuids.ReplaceAllString(want, "UUID"), uuids.ReplaceAllString(have, "UUID")
	a := newAbstracter(s)
	c.Want, c.Have = a.abstract(want), a.abstract(have)
	if c.Want == c.Have && want != have {
		// What is peculiar to the scenario is what differs.
		want, have = unlike(want, have)
		c.Want, c.Have = numbers.ReplaceAllString(want, "N"), numbers.ReplaceAllString(have, "N")
		if c.Want == c.Have {
			c.Want, c.Have = want, have
		}
	}
	c.Want, c.Have = cut(c.Want, maxAbstract), cut(c.Have, maxAbstract)
	return c
}

func requestsOf(s *scenario.Scenario) []scenario.Request {
	if s.Request != nil {
		return []scenario.Request{*s.Request}
	}
	return s.Steps
}

// stepOf returns the number of the request that the i-th item of a dimension is about. Where that cannot be told it is the
// first that is blocked.
func stepOf(d recorded.Dimension, i int, v *recorded.Verdict) int {
	switch d {
	case recorded.Outcome, recorded.Response, recorded.Exception:
		return i
	}
	for j, r := range v.Results {
		if r.Code != "" {
			return j
		}
	}
	return 0
}

func codeOf(v *recorded.Verdict, step int) string {
	if step < len(v.Results) {
		return cmp.Or(v.Results[step].Code, v.Results[step].Outcome)
	}
	return ""
}

func firstDifferent(a, b recorded.Items) int {
	i := 0
	for i < min(len(a), len(b)) && bytes.Equal(a[i], b[i]) {
		i++
	}
	return i
}

func at(items recorded.Items, i int) json.RawMessage {
	if i < len(items) {
		return items[i]
	}
	return nil
}

// responseParts are the parts of an item of the dimension response, in order.
var responseParts = []string{"type", "status", "url", "redirected", "headers"}

// outcomes are the items of the dimension outcome in words.
var outcomes = map[string]string{"true": scenario.Allowed, "false": scenario.Blocked}

// part returns what differs of two items as text. Of two responses it is the first part that does.
func part(d recorded.Dimension, want, have json.RawMessage) (string, string) {
	if d == recorded.Outcome {
		return outcomes[string(want)], outcomes[string(have)]
	}
	if d == recorded.Response {
		var w, h []json.RawMessage
		if json.Unmarshal(want, &w) == nil && json.Unmarshal(have, &h) == nil && len(w) == len(responseParts) && len(h) == len(w) {
			for i, name := range responseParts {
				if bytes.Equal(w[i], h[i]) {
					continue
				}
				if name == "headers" {
					return missing(w[i], h[i]), missing(h[i], w[i])
				}
				return name + " " + text(w[i]), name + " " + text(h[i])
			}
		}
	}
	return text(want), text(have)
}

// missing returns the first of a list of header lines that is not in another, and nothing where there is none. Of a header
// that the other does not have at all it is the name.
func missing(list, other json.RawMessage) string {
	var a, b []string
	if json.Unmarshal(list, &a) != nil || json.Unmarshal(other, &b) != nil {
		return text(list)
	}
	for _, line := range a {
		if slices.Contains(b, line) {
			continue
		}
		name, _, _ := strings.Cut(line, ":")
		if slices.ContainsFunc(b, func(l string) bool { return strings.HasPrefix(l, name+":") }) {
			return "header " + line
		}
		return "header " + name
	}
	return ""
}

// text returns the string that an item is, and its JSON where it is none.
func text(item json.RawMessage) string {
	var s string
	if len(item) > 0 && item[0] == '"' && json.Unmarshal(item, &s) == nil {
		return s
	}
	return string(item)
}

// unlike returns what is between the beginning and the end that two texts have in common.
func unlike(a, b string) (string, string) {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	a, b = a[n:], b[n:]
	n = 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return a[:len(a)-n], b[:len(b)-n]
}

var (
	urls    = regexp.MustCompile(`\b(https?|wss?|ftp)://[^/?#\s'"’”‘“,;()<>\[\]{}]*([/?#][^\s'"’”‘“,;()<>]*)?`)
	nonHTTP = regexp.MustCompile(`\b(data|blob|about|file|javascript|mailto|moz-nullprincipal|chrome):[^\s'"’”]*`)
	// requested are the names of headers that a preflight asks for.
	requested = regexp.MustCompile(`(?i)(access-control-request-headers(?:=|: ))[^ ;]*`)
	uuids     = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	quoted    = regexp.MustCompile(`'[^']*'|"[^"]*"|‘[^’]*’|“[^”]*”`)
	// ownWords are what stands in quotes in a message that is not peculiar to a scenario.
	ownWords = regexp.MustCompile(`^(Access-Control-[A-Za-z-]+|URL|ORIGIN|NAME|METHOD|null|\*|true|cors|no-cors|same-origin|include|omit|follow|error|manual)$`)
	numbers  = regexp.MustCompile(`\d+`)
)

// abstracter replaces what is peculiar to a scenario.
type abstracter struct {
	names, methods *regexp.Regexp
	// values is all that is written in the scenario, in lower case, a value a line.
	values string
}

func newAbstracter(s *scenario.Scenario) abstracter {
	var names, methods, values []string
	headers := func(list [][]string) {
		for _, h := range list {
			// The headers of CORS are what messages are about.
			if len(h) == 2 && (len(h[0]) < len(cors) || !strings.EqualFold(h[0][:len(cors)], cors)) {
				names = append(names, h[0])
			}
			values = append(values, h...)
		}
	}
	for _, r := range requestsOf(s) {
		headers(r.Headers)
		methods = append(methods, r.Method, strings.ToUpper(r.Method))
		values = append(values, r.Mode, r.Credentials, r.Redirect, r.BlobType)
		if r.URL != nil {
			values = append(values, *r.URL)
		}
		if r.CrossOrigin != nil {
			values = append(values, *r.CrossOrigin)
		}
	}
	for _, e := range s.Server {
		for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
			if a != nil {
				headers(a.Headers)
			}
		}
	}
	return abstracter{words(names, "(?i)"), words(methods, ""), strings.ToLower(strings.Join(append(values, methods...), "\n"))}
}

// cors is how the names of the headers of CORS start.
const cors = "Access-Control-"

// written reports whether the scenario has a text, or all elements of a list.
func (a abstracter) written(s string) bool {
	for part := range strings.SplitSeq(s, ",") {
		if !strings.Contains(a.values, strings.ToLower(strings.Trim(part, " \t"))) {
			return false
		}
	}
	return true
}

// words returns a pattern of any of the words given, of two letters at least; nil where there is none.
func words(list []string, flags string) *regexp.Regexp {
	list = slices.DeleteFunc(list, func(w string) bool { return len(w) < 2 || !utf8.ValidString(w) })
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	list = slices.Compact(list)
	for i, w := range list {
		list[i] = regexp.QuoteMeta(w)
	}
	p, err := regexp.Compile(flags + `(^|[^\w-])(` + strings.Join(list, "|") + `)($|[^\w-])`)
	if err != nil {
		return nil // a list too long for a pattern, which a scenario may have
	}
	return p
}

func (a abstracter) abstract(s string) string {
	s = cut(s, maxText)
	s = urls.ReplaceAllStringFunc(s, func(u string) string {
		plain := strings.TrimRight(u, ".:")
		rest := u[len(plain):]
		if _, path, _ := strings.Cut(plain, "://"); strings.ContainsAny(path, "/?#") {
			return "URL" + rest
		}
		return "ORIGIN" + rest
	})
	s = nonHTTP.ReplaceAllString(s, "$1:")
	s = requested.ReplaceAllString(s, "${1}NAMES")
	if a.names != nil {
		s = a.names.ReplaceAllString(s, "${1}NAME$3")
	}
	if a.methods != nil {
		s = a.methods.ReplaceAllString(s, "${1}METHOD$3")
	}
	s = quoted.ReplaceAllStringFunc(s, func(q string) string {
		first, size := utf8.DecodeRuneInString(q)
		_, last := utf8.DecodeLastRuneInString(q)
		inner := q[size : len(q)-last]
		if inner == "" || ownWords.MatchString(inner) || !a.written(inner) {
			return q
		}
		return string(first) + "VALUE" + q[len(q)-last:]
	})
	return numbers.ReplaceAllString(s, "N")
}

// cut shortens a text to so many bytes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
