package corstest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// Routes sends a browser's own preflight to each route of a server, and fails the test where something else than the CORS
// layer answers it: authentication with 401, a router with 404 or 405, a redirect. See [CheckRoutes].
func Routes(t TB, s *Server, c Case, patterns ...string) {
	t.Helper()
	report(t, CheckRoutes(s, c, patterns...))
}

// CheckRoutes is [Routes] with an error. The first of the server's browsers asks. What a CORS layer allows is not looked at: a
// [Table] does that. The patterns are those that a http.ServeMux is given: a path, with a method and a
// host before it or without; for {id} the path has 1. The case says which page asks, and what with; its Method and URL come
// from the pattern. Where nothing in it needs a preflight, it has Content-Type: application/json, which does.
func CheckRoutes(s *Server, c Case, patterns ...string) error {
	if len(patterns) == 0 {
		return misuse("there are no routes", "name them as they are given to http.ServeMux, such as \"PUT /things/{id}\"")
	}
	var bad []string
	for _, pattern := range patterns {
		asked, err := c.at(pattern)
		if err != nil {
			return err
		}
		visits, err := Ask(s.In(s.browsers()[0]), asked)
		if err != nil {
			return err
		}
		problem, err := notByCORS(pattern, visits[0])
		if err != nil {
			return err
		}
		if problem != "" {
			bad = append(bad, problem)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return &RoutesError{Asked: len(patterns), Problems: bad}
}

// RoutesError says which routes do not let the CORS layer answer preflights.
type RoutesError struct {
	// Asked is how many routes were asked, and Problems has a text for each that fails.
	Asked    int
	Problems []string
}

func (e *RoutesError) Error() string {
	return fmt.Sprintf("the CORS layer does not answer the preflights of %d of %d routes\n%s\n"+
		"  change\n    - Put the CORS layer around the router, authentication and redirects, so that it sees OPTIONS requests first: a preflight\n"+
		"      carries no cookies and no Authorization, must be answered with a status from 200 to 299, and is never redirected.",
		len(e.Problems), e.Asked, strings.Join(e.Problems, "\n"))
}

// at is the case for a route.
func (c Case) at(pattern string) (Case, error) {
	method, rest, ok := strings.Cut(pattern, " ")
	if !ok {
		method, rest = "", pattern
	}
	host, path, ok := strings.Cut(strings.TrimLeft(rest, " \t"), "/")
	if !ok {
		return c, misuse(fmt.Sprintf("the route is %q", pattern), "write it as http.ServeMux takes it: \"/things\", \"PUT /things/{id}\" or \"api.example.com/things\"")
	}
	c.Method, c.URL = method, "/"+sample(path)
	if host != "" {
		c.URL = "https://" + host + c.URL
	}
	if c.needsNone() {
		header := map[string]string{"Content-Type": "application/json"}
		for name, value := range c.Header {
			header[name] = value
		}
		c.Header = header
	}
	return c, nil
}

// needsNone reports whether nothing in the case makes a preflight necessary.
func (c *Case) needsNone() bool {
	var headers fetchspec.Headers
	for name, value := range c.Header {
		headers = append(headers, fetchspec.Header{Name: name, Value: value})
	}
	var standard fetchspec.Safelist
	return c.JSON == nil && fetchspec.IsSafelistedMethod(c.method()) && len(standard.UnsafeNames(headers)) == 0
}

// sample replaces the wildcards of a pattern's path. One may have braces in it, as {id:[0-9]{3}} of other routers does.
func sample(path string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(path, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		end, open := 0, 1
		for ; end < len(after) && open > 0; end++ {
			switch after[end] {
			case '{':
				open++
			case '}':
				open--
			}
		}
		if !strings.HasPrefix(after, "$}") {
			b.WriteString("1")
		}
		path = after[end:]
	}
}

// notByCORS says in which way a preflight was not answered by the CORS layer. The error is one where none was sent.
func notByCORS(pattern string, v *Visit) (string, error) {
	e := v.preflight()
	if e == nil {
		if b := v.Result.Block; b != nil && len(v.Result.Exchanges) == 0 {
			return "", misuse(fmt.Sprintf("the route %q was not asked: %v", pattern, b), "ask from a page and for a URL that a browser makes a request for")
		}
		return "", misuse(fmt.Sprintf("the route %q needs no preflight from %s", pattern, v.Page.Origin), "ask from a page of another origin than the server's")
	}
	why := "there is no answer"
	if e.Response != nil {
		why = whoAnswered(e.Response)
	}
	if why == "" {
		return "", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  %s: %s\n", pattern, why)
	tellExchange(&b, e)
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// whoAnswered says who else than the CORS layer must have answered a preflight, and is empty where it was that.
func whoAnswered(r *fetchspec.Response) string {
	switch s := r.Status; {
	case s == http.StatusUnauthorized, s == http.StatusProxyAuthRequired:
		return "something asks for authentication first"
	case s == http.StatusForbidden:
		return "it is refused, by authentication or by a CORS layer that does not know the origin, the method or a header"
	case s == http.StatusNotFound:
		return "the router has no route for OPTIONS"
	case s == http.StatusMethodNotAllowed && r.Headers.Has("Allow"):
		return "the router does not take OPTIONS"
	case s == http.StatusMethodNotAllowed:
		return "the router does not take OPTIONS, or a CORS layer not the method"
	case s >= 300 && s <= 399:
		return "it is redirected, as by a missing slash or to https"
	case s < 200 || s > 299:
		return fmt.Sprintf("it is answered with status %d", s)
	case !r.Headers.Has("Access-Control-Allow-Origin"):
		return "it is answered without Access-Control-Allow-Origin, as by a handler that takes every method, or by a CORS layer that does not know the origin, the method or a header"
	}
	return ""
}
