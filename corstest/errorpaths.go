package corstest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Around returns a server for [ErrorPaths]: the middleware of yours around a handler that fails in each way there is, by
// 404, 405, 401, 429 and a panic.
func Around(middleware func(http.Handler) http.Handler) *Server {
	s := &Server{made: true, fails: true}
	if middleware != nil {
		s.Handler = middleware(http.HandlerFunc(fail))
	}
	return s
}

// failures are the paths at which fail fails.
var failures = []string{"404 /404", "405 /405", "401 /401", "429 /429", "500 /panic"}

// fail fails as the path says.
func fail(w http.ResponseWriter, r *http.Request) {
	status, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		panic("corstest: a handler that panics")
	}
	switch status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", "POST")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, http.StatusText(status), status)
}

// ErrorPaths asks a server for answers with an error status, and fails the test where script cannot read one: in a browser,
// an answer that has lost its CORS headers is a network error without status and text. See [CheckErrorPaths].
func ErrorPaths(t TB, s *Server, c Case, paths ...string) {
	t.Helper()
	report(t, CheckErrorPaths(s, c, paths...))
}

// CheckErrorPaths is [ErrorPaths] with an error. Each path is a status, a method, which may be left out, and a URL: "404
// /nowhere", "405 DELETE /things", "500 /panics". The case says which page asks, and what with. For a server of [Around]
// there may be no paths: then they are those at which it fails.
func CheckErrorPaths(s *Server, c Case, paths ...string) error {
	if len(paths) == 0 {
		if !s.fails {
			return misuse("there are no paths", "name some that answer with errors, such as \"404 /nowhere\", \"401 /private\" and \"500 /panics\"; or give your middleware to corstest.Around")
		}
		paths = failures
	}
	lost := &ErrorPathsError{Asked: len(paths)}
	for _, path := range paths {
		asked, err := c.failing(path)
		if err != nil {
			return err
		}
		switch err := Check(s, asked).(type) {
		case nil:
		case *Failure:
			lost.Failures = append(lost.Failures, err)
		default:
			return err
		}
	}
	if len(lost.Failures) == 0 {
		return nil
	}
	return lost
}

// ErrorPathsError says which error answers script cannot read.
type ErrorPathsError struct {
	// Asked is how many paths were asked, and Failures what became of those that script cannot read.
	Asked    int
	Failures []*Failure
}

func (e *ErrorPathsError) Error() string {
	var texts []string
	lost := false
	for _, f := range e.Failures {
		texts = append(texts, f.Error())
		lost = lost || len(f.Unwrap()) > 0
	}
	text := strings.Join(texts, "\n")
	if !lost {
		return fmt.Sprintf("%d of %d error answers have another status\n%s", len(e.Failures), e.Asked, text)
	}
	return fmt.Sprintf("%d of %d error answers are lost on the page\n%s\n", len(e.Failures), e.Asked, text) +
		"  Error answers lose their headers where what makes them stands around the CORS layer, as a proxy's or a framework's error\n" +
		"  page does, or where a panic is recovered outside of it or not at all."
}

// Unwrap returns the failures.
func (e *ErrorPathsError) Unwrap() []error {
	var errs []error
	for _, f := range e.Failures {
		errs = append(errs, f)
	}
	return errs
}

// failing is the case for a path.
func (c Case) failing(path string) (Case, error) {
	fields := strings.Fields(path)
	bad := misuse(fmt.Sprintf("the path is %q", path), "write the status, a method if it is not GET, and the URL, such as \"405 DELETE /things\"")
	if len(fields) != 2 && len(fields) != 3 {
		return c, bad
	}
	status, err := strconv.Atoi(fields[0])
	if err != nil || status < 400 || status > 599 {
		return c, bad
	}
	c.Status, c.Want, c.URL, c.Method = status, Allow, fields[len(fields)-1], ""
	if len(fields) == 3 {
		c.Method = fields[1]
	}
	return c, nil
}
