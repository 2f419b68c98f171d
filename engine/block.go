package engine

import "github.com/corsim/corsim/origin"

// Block says why a request was blocked. It implements error.
type Block struct {
	Code Code
	// Step is the step of the standard that decided.
	Step Step
	// Preflight is set where it was a preflight that failed.
	Preflight bool
	// Param is the offending method, header name or value, with the bytes and the case that the browser took it to have.
	Param string
	// Name is the name of the request header whose value is not valid.
	Name string
	// Dropped are the forbidden headers that the page had set before an exception.
	Dropped []string
	// Status is the status of the response that was judged, 0 where there was none.
	Status int
	// URL is what was judged: the URL that answered, or the URL that was not asked.
	URL *origin.URL
	// Redirect is set where a redirect response was judged.
	Redirect bool
	// Target is the URL that a redirect leads to, where it has one, and Location the header as it came.
	Target   *origin.URL
	Location string
	// Origin is the request's origin as it was sent: "null" once a redirect has tainted it.
	Origin string
	// Crossed is set where the request had been to another origin.
	Crossed bool
	// Exchange is the exchange that was judged, nil where nothing was sent.
	Exchange *Exchange
}

// Error returns the code and what is known of the place. The wording of a browser comes from package personality.
func (b *Block) Error() string {
	s := string(b.Code)
	if b.Param != "" {
		s += " " + quote(b.Param)
	}
	if b.URL != nil {
		s += " at " + b.URL.String()
	}
	return s
}

func quote(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "…"
	}
	return "\"" + s + "\""
}
