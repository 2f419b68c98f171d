package record

import (
	"iter"
	"regexp"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/scenario"
)

// Isolate returns the scenario under another id, with the paths of all its URLs under /s/ID: what a browser remembers of
// one scenario, in its preflight cache say, then does not matter to others. URLs that are relative to the page's path, and
// such that are none, stay as they are.
func Isolate(s *scenario.Scenario, id string) *scenario.Scenario {
	c := *s
	c.ID = id
	prefix := "/s/" + id
	request := func(r scenario.Request) scenario.Request {
		if r.URL != nil {
			u := isolateURL(*r.URL, prefix)
			r.URL = &u
		}
		return r
	}
	if s.Request != nil {
		r := request(*s.Request)
		c.Request = &r
	}
	c.Steps = nil
	for _, r := range s.Steps {
		c.Steps = append(c.Steps, request(r))
	}
	c.Server = map[string]scenario.Exchange{}
	for u, e := range s.Server {
		c.Server[isolateURL(u, prefix)] = scenario.Exchange{Preflight: isolateAnswer(e.Preflight, prefix), Response: isolateAnswer(e.Response, prefix)}
	}
	if s.Cookies != nil {
		c.Cookies = map[string][]string{}
		for u, lines := range s.Cookies {
			for _, line := range lines {
				v := isolateURL(u, prefix)
				c.Cookies[v] = append(c.Cookies[v], isolateCookie(line, prefix))
			}
		}
	}
	return &c
}

func isolateAnswer(a *scenario.Answer, prefix string) *scenario.Answer {
	if a == nil {
		return nil
	}
	c := *a
	c.Headers = nil
	for _, h := range a.Headers {
		value := h[1]
		switch {
		case fetchspec.EqualFold(h[0], "Location"):
			value = isolateURL(value, prefix)
		case fetchspec.EqualFold(h[0], "Set-Cookie"):
			value = isolateCookie(value, prefix)
		}
		c.Headers = append(c.Headers, []string{h[0], value})
	}
	return &c
}

// beforePath is what stands before the path of a URL of HTTP, or of one that is relative to the page's origin or scheme.
var beforePath = regexp.MustCompile(`(?i)^(?:(?:https?:)?//[^/?#\\]+|(?:/$|/[^/\\]))`)

func isolateURL(u, prefix string) string {
	start := beforePath.FindString(u)
	if strings.HasPrefix(start, "/") && !strings.HasPrefix(start, "//") {
		start = "" // it is the path already
	} else if start == "" {
		return u
	}
	rest := u[len(start):]
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	return start + prefix + rest
}

// cookiePath is the path attribute of a cookie.
var cookiePath = regexp.MustCompile(`(?i)(;\s*path\s*=\s*)(/[^;]*)`)

func isolateCookie(line, prefix string) string {
	const hostPrefix = "__Host-" // such a cookie must have the path /
	if len(line) >= len(hostPrefix) && fetchspec.EqualFold(line[:len(hostPrefix)], hostPrefix) {
		return line
	}
	return cookiePath.ReplaceAllString(line, "${1}"+prefix+"${2}")
}

// setCookies yields the cookies that a scenario may set, each with the URL that sets it.
func setCookies(s *scenario.Scenario) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for u, lines := range s.Cookies {
			for _, line := range lines {
				if !yield(u, line) {
					return
				}
			}
		}
		for u, e := range s.Server {
			for _, a := range []*scenario.Answer{e.Preflight, e.Response} {
				if a == nil {
					continue
				}
				for _, h := range a.Headers {
					if fetchspec.EqualFold(h[0], "Set-Cookie") && !yield(u, h[1]) {
						return
					}
				}
			}
		}
	}
}

// setsCookies reports whether a scenario may set cookies.
func setsCookies(s *scenario.Scenario) bool {
	for range setCookies(s) {
		return true
	}
	return false
}

// leaves reports whether a scenario may set cookies that go to the URLs of others: their path is not the scenario's own.
func leaves(s *scenario.Scenario) bool {
	own := "/s/" + s.ID
	for u, line := range setCookies(s) {
		path := cookiePath.FindStringSubmatch(line)
		if path == nil && !strings.Contains(u, own+"/") || path != nil && path[2] != own && !strings.HasPrefix(path[2], own+"/") {
			return true
		}
	}
	return false
}
