package recorded

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Dimension is an aspect in which observations are compared.
type Dimension string

// The dimensions, in the order in which they are listed.
const (
	Outcome          Dimension = "outcome"
	Wire             Dimension = "wire"
	Response         Dimension = "response"
	Exception        Dimension = "exception"
	Console          Dimension = "console"
	AllLines         Dimension = "all-lines"
	Frame            Dimension = "frame"
	DevTools         Dimension = "devtools"
	PreflightHeaders Dimension = "preflight-headers"
	Cookies          Dimension = "cookies"
)

// Dimensions returns all dimensions.
func Dimensions() []Dimension {
	return []Dimension{Outcome, Wire, Response, Exception, Console, AllLines, Frame, DevTools, PreflightHeaders, Cookies}
}

// Comparable returns the dimensions in which the recording can be compared. DevTools, and consoles of frames, are Chromium's
// alone. Recordings that name no version of their browser have no such console, and are of a browser that had cookies which
// no scenario tells of.
func (r *Recording) Comparable() []Dimension {
	return slices.DeleteFunc(Dimensions(), func(d Dimension) bool {
		return (d == DevTools || d == Frame) && r.Browser != "chromium" || (d == Cookies || d == Frame) && r.Version == ""
	})
}

// Difference is a dimension in which two observations are not the same.
type Difference struct {
	Dimension Dimension `json:"dimension"`
	// Want and Have are what was observed, a list with an item for each request, line or result.
	Want Items `json:"want"`
	Have Items `json:"have"`
}

// Items are parts of an observation, each as JSON.
type Items []json.RawMessage

// String returns the items as a JSON array.
func (s Items) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, x := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(x)
	}
	b.WriteByte(']')
	return b.String()
}

// Compare returns the dimensions, of those given, in which have is not as want, in the order given.
func Compare(want, have *Observation, dimensions []Dimension) []Difference {
	var list []Difference
	for _, d := range dimensions {
		w, h := want.In(d), have.In(d)
		if d == PreflightHeaders && want.hasLowercase() != have.hasLowercase() {
			// One of them spoke HTTP/2, which has names in lower case, and the other could not: WebKit does not through a proxy.
			w, h = items(want.preflights(strings.ToLower), asIs), items(have.preflights(strings.ToLower), asIs)
		}
		if !slices.EqualFunc(w, h, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			list = append(list, Difference{d, w, h})
		}
	}
	return list
}

// In returns one aspect of an observation.
func (o *Observation) In(d Dimension) Items {
	switch d {
	case Outcome:
		return items(o.Results, func(r Result) any { return r.Error == nil })
	case Exception:
		return items(o.Results, func(r Result) any { return r.Error })
	case Response:
		return items(o.Results, Result.response)
	case Wire:
		return items(fold(o.Requests, Request.Wire), asIs)
	case Console:
		return items(o.relevantLines(), asIs)
	case AllLines:
		lines := compared(o.Console)
		if o.Browser == "firefox" {
			// They come from several processes, and in another order another time.
			slices.Sort(lines)
		}
		return items(lines, asIs)
	case Frame:
		return items(compared(o.Frame), asIs)
	case DevTools:
		return items(o.DevTools, func(e CORSError) any { return [2]string{e.CORSError, e.FailedParameter} })
	case PreflightHeaders:
		return items(o.preflights(asSpelled), asIs)
	case Cookies:
		return items(fold(o.Requests, Request.Cookies), asIs)
	}
	return nil
}

// relevant are the console lines about access control; AllLines compares the others too.
var relevant = map[string]*regexp.Regexp{
	"chromium": regexp.MustCompile(`^(Access to |Fetch API cannot load|Mixed Content)`),
	"firefox":  regexp.MustCompile(`^(Cross-Origin Request|Security Error: Content)`),
	"webkit":   regexp.MustCompile(`access control checks|Access-Control|Cross-Origin|Cross-origin|Cross origin|[Pp]reflight|Not allowed to|not allowed|redirection`),
}

func (o *Observation) relevantLines() []string {
	match := relevant[o.Browser]
	if match == nil {
		return compared(o.Console)
	}
	return slices.DeleteFunc(compared(o.Console), func(line string) bool { return !match.MatchString(line) })
}

// onceOrTwice starts a line that Firefox prints once or twice about an event source that failed for good: it is chance whether the
// response has ended by the time the source is closed.
const onceOrTwice = "Firefox can’t establish a connection to the server at "

// compared returns the lines of a console as they are compared.
func compared(console []string) []string {
	var lines []string
	for _, l := range console {
		l, ok := ComparedLine(l)
		if n := len(lines); ok && n > 0 && lines[n-1] == l && strings.HasPrefix(l, onceOrTwice) {
			continue
		}
		if ok {
			lines = append(lines, l)
		}
	}
	return lines
}

// ComparedLine returns a line of a console as it is compared. It is not ok for a line that tells what came of a body, or is
// of the browser's own services: those are not compared. The recording server's status text is not a scenario's, and an
// identifier of Firefox's is random.
func ComparedLine(text string) (line string, ok bool) {
	if unrelated.MatchString(text) {
		return "", false
	}
	line = statusText.ReplaceAllString(strings.TrimSuffix(text, "\n"), "$1")
	return nullPrincipal.ReplaceAllString(line, "moz-nullprincipal:{}"), true
}

var (
	unrelated = regexp.MustCompile(`^(XML Parsing Error|“[^”]*” has been classified as a bounce tracker|A resource is blocked by OpaqueResponseBlocking|The resource \S+ was preloaded using link preload|The resource at \S+ preloaded with link preload|` +
		`Media resource \S+ could not be decoded, error|Cannot play media|Slow network is detected|Failed to decode downloaded font|OTS parsing error|downloadable font|` +
		`Uncaught|SyntaxError|ReferenceError|Failed to retrieve|Error: Polling|NotAllowedError: PathUtils|There was an error while trying)`)
	statusText    = regexp.MustCompile(`(with a status of \d+) \(.*\)$`)
	nullPrincipal = regexp.MustCompile(`moz-nullprincipal:\{[^}]*\}`)
)

// transport are headers that the server of the recordings and HTTP/1.1 itself brought in.
var transport = []string{"content-length", "date", "connection", "keep-alive"}

// Exposed returns the headers that script sees less those of the transport, in order, with names in lower case.
func (r Result) Exposed() [][]string {
	var list [][]string
	for _, h := range r.Headers {
		if name := strings.ToLower(h[0]); !slices.Contains(transport, name) {
			list = append(list, []string{name, h[1]})
		}
	}
	return list
}

func (r Result) response() any {
	switch {
	case r.Error != nil:
		return nil
	case r.Loaded:
		return map[string]bool{"loaded": true}
	}
	headers := []string{}
	for _, h := range r.Exposed() {
		headers = append(headers, h[0]+": "+h[1])
	}
	slices.Sort(headers)
	return []any{r.Type, r.Status, r.URL, r.Redirected, headers}
}

// Wire is a request as far as CORS shows in it.
func (q Request) Wire() string {
	var noted []string
	for _, h := range q.Headers {
		switch name := strings.ToLower(h[0]); name {
		case "origin", "access-control-request-method", "access-control-request-headers":
			noted = append(noted, name+"="+h[1])
		}
	}
	slices.Sort(noted)
	return strings.Join(append([]string{q.line()}, noted...), " ")
}

// Cookies is a request with the cookies that were sent along. HTTP/2 may send them in several lines.
func (q Request) Cookies() string {
	var values []string
	for _, h := range q.Headers {
		if strings.EqualFold(h[0], "Cookie") {
			values = append(values, h[1])
		}
	}
	return strings.TrimSuffix(q.line()+" "+strings.Join(values, "; "), " ")
}

// IsPreflight reports whether the request is a preflight.
func (q Request) IsPreflight() bool {
	return q.Method == "OPTIONS" && slices.ContainsFunc(q.Headers, func(h []string) bool {
		return strings.EqualFold(h[0], "Access-Control-Request-Method")
	})
}

// line is the request's method and its URL without the fragment.
func (q Request) line() string {
	url, _, _ := strings.Cut(q.URL, "#")
	return q.Method + " " + url
}

// hasLowercase reports whether a request has all its header names in lower case.
func (o *Observation) hasLowercase() bool {
	capital := func(h []string) bool { return h[0] != strings.ToLower(h[0]) }
	return slices.ContainsFunc(o.Requests, func(q Request) bool { return len(q.Headers) > 0 && !slices.ContainsFunc(q.Headers, capital) })
}

// preflights returns the header lines of the preflights, in order, with names spelled as given.
func (o *Observation) preflights(spell func(string) string) []string {
	const other = ""
	lists := fold(o.Requests, func(q Request) string {
		if !q.IsPreflight() {
			return other
		}
		var lines []string
		for _, h := range q.Headers {
			lines = append(lines, spell(h[0])+": "+h[1])
		}
		return strings.Join(lines, "; ")
	})
	return slices.DeleteFunc(lists, func(l string) bool { return l == other })
}

// fold returns what f makes of each request, and makes one of equal neighbours: browsers send a request again whose
// connection was closed.
func fold(requests []Request, f func(Request) string) []string {
	out := make([]string, len(requests))
	for i, q := range requests {
		out[i] = f(q)
	}
	return slices.Compact(out)
}

// items returns what f makes of each element, as JSON.
func items[T any](list []T, f func(T) any) Items {
	out := make(Items, len(list))
	for i, x := range list {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(f(x)); err != nil {
			panic("recorded: a part of an observation does not marshal: " + err.Error()) // it is all from JSON
		}
		out[i] = json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
	}
	return out
}

func asIs(s string) any { return s }

func asSpelled(s string) string { return s }
