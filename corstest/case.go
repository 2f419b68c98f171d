package corstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Case is a request of a page, and what must become of it. It is a value: changing a copy changes nothing else, but for
// what its maps hold.
type Case struct {
	// Origin is the page's origin, such as https://app.example.com, or null for a sandboxed frame or a page from a file.
	Origin string
	// Method is empty for GET.
	Method string
	// URL is relative to the server's, such as /things/1, or absolute.
	URL string
	// Header are the headers that the page sets, with their values.
	Header map[string]string
	// JSON, if not nil, is the body, encoded, with its Content-Type.
	JSON any
	// Body is a string body. As in a page, it brings Content-Type: text/plain;charset=UTF-8 if Header has no other.
	Body string
	// Credentials is the credentials mode: omit, same-origin, which is what the empty one is, or include.
	Credentials fetchspec.Credentials
	// Mode is the request mode, cors where it is empty, and Redirect the redirect mode, follow where it is empty.
	Mode     fetchspec.Mode
	Redirect fetchspec.Redirect
	// API is what makes the request: fetch where it is empty, xhr, or an element such as img or font.
	API fetchspec.API
	// CrossOrigin is the crossorigin attribute of an element, anonymous or use-credentials; empty is none.
	CrossOrigin string
	// Cookies are Set-Cookie lines that the server sent when the user visited it before, such as "session=1; Secure;
	// SameSite=None".
	Cookies []string

	// Want is what must become of the request. The zero one is Allow.
	Want Want
	// CanRead and CannotRead are response headers that script must or must not be able to read, where it is allowed.
	CanRead, CannotRead []string
	// Status is the status that script must see, where the request is allowed. 0 is any but 404, 405 and those from 500 up,
	// with which a server says that nothing was tested but its error page.
	Status int
	// Name is the name of the subtest; empty is one made of the request.
	Name string
}

// Want is what must become of a request.
type Want int

const (
	// Allow: the page gets the response. Of mode no-cors, it is opaque.
	Allow Want = iota
	// Block: the server's answers to a preflight or to the request refuse the page. Other errors will not do.
	Block
	// Unreadable: script can read nothing of the response, be it blocked or opaque.
	Unreadable
	// Unsent: the preflight refuses the page, so that the request itself never reaches the server.
	Unsent
)

func (w Want) String() string {
	switch w {
	case Allow:
		return "allowed"
	case Block:
		return "blocked"
	case Unreadable:
		return "not readable"
	case Unsent:
		return "blocked by its preflight"
	}
	return fmt.Sprintf("Want(%d)", int(w))
}

// String tells the request in words.
func (c Case) String() string {
	s := fmt.Sprintf("a page at %s %s %s", c.Origin, verb(c.method()), c.URL)
	if c.api() != fetchspec.APIFetch {
		s += " by " + string(c.API)
	}
	return s + c.suffix()
}

// suffix tells credentials and headers.
func (c *Case) suffix() string {
	var with []string
	if c.Credentials == fetchspec.CredentialsInclude {
		with = append(with, "credentials")
	} else if c.Credentials == fetchspec.CredentialsOmit {
		with = append(with, "credentials omitted")
	}
	with = append(with, slices.Sorted(maps.Keys(c.Header))...)
	if c.JSON != nil {
		with = append(with, "JSON")
	}
	if c.Mode != "" && c.Mode != fetchspec.ModeCORS {
		with = append(with, "mode "+string(c.Mode))
	}
	if len(with) == 0 {
		return ""
	}
	return " with " + strings.Join(with, ", ")
}

func (c *Case) method() string {
	if c.Method == "" {
		return "GET"
	}
	return c.Method
}

func (c *Case) api() fetchspec.API {
	if c.API == "" {
		return fetchspec.APIFetch
	}
	return c.API
}

// verb makes a verb of a method: PUTs, PATCHes.
func verb(method string) string {
	if strings.HasSuffix(strings.ToUpper(method), "H") {
		return method + "es"
	}
	return method + "s"
}

// question is a case made ready for the engine.
type question struct {
	page engine.Page
	init engine.Init
	base *origin.URL
}

// question checks the case. What a browser would throw an exception at is no misuse of the package's unless it must be a slip.
func (c *Case) question(s *Server) (*question, error) {
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	q := &question{base: base}
	if q.page, err = page(c.Origin); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	u, err := origin.ParseURL(c.URL, base)
	if err != nil || c.URL == "" {
		return nil, misuse(fmt.Sprintf("the URL of the case is %q", c.URL), "write a path of the server, such as /things/1")
	}
	q.init = engine.Init{API: c.api(), URL: u.String(), Method: c.Method, Mode: c.Mode, Credentials: c.Credentials, Redirect: c.Redirect}
	if c.CrossOrigin != "" {
		q.init.CrossOrigin = &c.CrossOrigin
	}
	return q, c.body(&q.init)
}

// page is the page at an origin.
func page(at string) (engine.Page, error) {
	if at == "null" {
		return engine.Page{Origin: origin.NewOpaque()}, nil
	}
	o, err := origin.Parse(at)
	if err == nil && o.Scheme() != "http" && o.Scheme() != "https" {
		err = fmt.Errorf("pages of the scheme %s are not modelled", o.Scheme())
	}
	if err != nil {
		return engine.Page{}, misuse(fmt.Sprintf("the origin of the page is %q: %v", at, err), "write the scheme, the host and a port if there is one, such as https://app.example.com, or null")
	}
	u, err := origin.ParseURL(at+"/", nil)
	return engine.Page{Origin: o, URL: u}, err
}

// check checks the words of a case.
func (c *Case) check() error {
	if c.Method != "" && !httpguts.ValidHeaderFieldName(c.Method) {
		return misuse(fmt.Sprintf("the method of the case is %q", c.Method), "write one word, such as PUT; the path goes into URL")
	}
	for name, value := range c.Header {
		if !httpguts.ValidHeaderFieldName(name) {
			return misuse(fmt.Sprintf("the header name %q is no token", name), "write the name alone, without a colon and spaces")
		}
		if strings.ContainsAny(value, "\r\n\x00") {
			return misuse(fmt.Sprintf("the value of the header %s is %q, with a line break in it", name, value), "write a value of one line")
		}
	}
	for _, f := range []struct {
		name, value string
		words       []string
	}{
		{"credentials mode", string(c.Credentials), []string{"omit", "same-origin", "include"}},
		{"request mode", string(c.Mode), []string{"cors", "no-cors", "same-origin"}},
		{"redirect mode", string(c.Redirect), []string{"follow", "error", "manual"}},
		{"API", string(c.API), apis()},
		{"crossorigin attribute", c.CrossOrigin, []string{"anonymous", "use-credentials"}},
	} {
		if f.value != "" && !slices.Contains(f.words, f.value) {
			return misuse(fmt.Sprintf("the %s of the case is %q", f.name, f.value), "write one of "+strings.Join(f.words, ", "))
		}
	}
	if c.api().IsElement() {
		if c.Method != "" || len(c.Header) > 0 || c.JSON != nil || c.Body != "" || c.Mode != "" {
			return misuse(fmt.Sprintf("the case sets a method, headers, a body or a mode for %s", c.API), "leave them out: an element sends GET, and its CrossOrigin says the rest")
		}
		if len(c.CanRead)+len(c.CannotRead) > 0 || c.Status != 0 {
			return misuse(fmt.Sprintf("the case asks what script reads of the response to %s", c.API), "leave out CanRead, CannotRead and Status: an element tells script whether it loaded, and no more")
		}
	} else if c.CrossOrigin != "" {
		return misuse("the case has a CrossOrigin and is of no element", "set API to img, script, font or another element, or leave CrossOrigin out")
	}
	if c.API == fetchspec.APIXHR && (c.Mode != "" || c.Redirect != "" || c.Credentials == fetchspec.CredentialsOmit) {
		return misuse("the case sets a mode that an XMLHttpRequest does not have", "leave out Mode and Redirect; Credentials is include, for withCredentials, or empty")
	}
	return nil
}

func apis() []string {
	var names []string
	for _, a := range fetchspec.APIs() {
		if a != fetchspec.APIPreload {
			names = append(names, string(a))
		}
	}
	return names
}

// body gives the request its headers and its body.
func (c *Case) body(init *engine.Init) error {
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		init.Headers = append(init.Headers, fetchspec.Header{Name: name, Value: c.Header[name]})
	}
	switch {
	case c.JSON != nil && c.Body != "":
		return misuse("the case has both JSON and a Body", "leave one of them out")
	case c.JSON != nil:
		data, err := json.Marshal(c.JSON)
		if err != nil {
			return misuse(fmt.Sprintf("the JSON of the case cannot be encoded: %v", err), "give a value that encoding/json takes")
		}
		init.Body, init.BodyKind = string(data), engine.BodyString
		if !init.Headers.Has("Content-Type") {
			init.Headers = append(init.Headers, fetchspec.Header{Name: "Content-Type", Value: "application/json"})
		}
	case c.Body != "":
		init.Body, init.BodyKind = c.Body, engine.BodyString
	}
	return nil
}
