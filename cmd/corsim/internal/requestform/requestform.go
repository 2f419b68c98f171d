// Package requestform writes requests in the forms of other tools, and the code of pages that make them.
//
// What a request has in it may be hostile: it is quoted such that no form takes any of it for more than text.
package requestform

import (
	"fmt"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/curl"
	"github.com/corsim/corsim/fetchspec"
)

// The forms.
const (
	Curl   = "curl"
	HTTPie = "httpie"
	Fetch  = "fetch"
	Hurl   = "hurl"
)

// Names returns the names of the forms.
func Names() []string { return []string{Curl, HTTPie, Fetch, Hurl} }

// Requests writes what a browser sends as commands of curl or HTTPie, or as a file of Hurl: a preflight if there is one, and the
// request. A comment says which is which. The error says what the form cannot carry.
func Requests(form string, requests []*fetchspec.Request) (string, error) {
	write := map[string]func(*fetchspec.Request) (string, error){Curl: asCurl, HTTPie: asHTTPie, Hurl: asHurl}[form]
	var b strings.Builder
	for i, r := range requests {
		if i > 0 {
			b.WriteByte('\n')
		}
		what := "# request"
		if r.IsPreflight() {
			what = "# preflight"
		}
		text, err := write(r)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s\n%s\n", what, text)
	}
	return b.String(), nil
}

func asCurl(r *fetchspec.Request) (string, error) {
	return curl.Format(r.Method, r.WireURL(), r.Headers, bodyOf(r))
}

// bodyOf returns the body's bytes, nil where there is none.
func bodyOf(r *fetchspec.Request) *string {
	if r.Body == nil {
		return nil
	}
	return &r.Body.Source
}
