package personality

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/excerpt"
)

func (x *explainer) preflightRedirect() (string, []string) {
	fix := []string{"Answer OPTIONS " + x.url() + " itself, with status 204 and the CORS headers, before anything redirects."}
	if x.b.Target != nil && x.b.Target.IsHTTP() {
		fix = append(fix, "Or let the page ask for "+excerpt.Of(x.b.Target.WithoutFragment())+" at once.")
	}
	return fmt.Sprintf("%s is a redirect to %s, and a preflight must not be redirected", x.answer(), shown(x.b.Location)), fix
}

func (x *explainer) preflightStatus() (string, []string) {
	return x.answer() + " is not a success, and a preflight needs a status from 200 to 299", x.preflightFix()
}

func (x *explainer) allowMethodsInvalid() (string, []string) {
	return x.listInvalid(allowMethodsName), x.preflightFix()
}

func (x *explainer) allowHeadersInvalid() (string, []string) {
	return x.listInvalid(allowHeadersName), x.preflightFix()
}

func (x *explainer) listInvalid(name string) string {
	value, _ := x.header(name)
	return fmt.Sprintf("%s has %s: %s, in which %s is no HTTP token, and one such item spoils the list", x.answer(), name, shown(value), shown(x.b.Param))
}

func (x *explainer) methodNotAllowed() (string, []string) {
	why := x.answer() + " does not allow the method " + shown(x.b.Param) + ": " + x.listState(allowMethodsName)
	list := fetchspec.ExtractTokens(x.headers(), allowMethodsName)
	if !list.ContainsFold(x.b.Param) {
		return why, x.preflightFix()
	}
	why += ", and methods are compared with their case"
	if upper := strings.ToUpper(x.b.Param); list.Contains(upper) {
		return why, append([]string{"Write the method as " + upper + " in the page: fetch() puts only DELETE, GET, HEAD, OPTIONS, POST and PUT into capitals by itself."}, x.preflightFix()...)
	}
	return why, x.preflightFix()
}

func (x *explainer) headerNotAllowed() (string, []string) {
	names := x.refusedHeaders()
	what := "the request header "
	if len(names) > 1 {
		what = "the request headers "
	}
	return x.answer() + " does not allow " + what + excerpt.Of(strings.Join(names, ", ")) + ": " + x.listState(allowHeadersName), x.preflightFix()
}

// listState says what a header of a preflight answer has instead of what it should have.
func (x *explainer) listState(name string) string {
	value, ok := x.header(name)
	switch {
	case !ok:
		return "it has no " + name + " header"
	case tokens(x.headers(), name).Contains("*") && x.include():
		return name + " is " + shown(value) + ", where * is a name like any other for a request with credentials"
	case tokens(x.headers(), name).Contains("*"):
		return name + " is " + shown(value) + ", where * does not stand for Authorization"
	}
	return name + " is " + shown(value)
}

func tokens(h fetchspec.Headers, name string) *fetchspec.List {
	list := fetchspec.ExtractTokens(h, name)
	return &list
}

// refusedHeaders returns the names of all headers that the preflight asked for and was not allowed, as the page spells
// them. Browsers name just one, and not the same.
func (x *explainer) refusedHeaders() []string {
	list := tokens(x.headers(), allowHeadersName)
	wildcard := list.Contains("*") && !x.include()
	var names []string
	add := func(name string) {
		name = x.spelling(name)
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if x.b.Exchange != nil {
		asked, _ := x.b.Exchange.Request.Headers.Get("Access-Control-Request-Headers")
		for name := range strings.SplitSeq(asked, ",") {
			if !wildcard && !list.ContainsFold(name) {
				add(name)
			}
		}
	}
	if x.b.Code == engine.CodeHeaderNotAllowed {
		add(x.b.Param)
	}
	return names
}

// spelling returns a header name as the page spells it.
func (x *explainer) spelling(name string) string {
	for _, h := range x.init.Headers {
		if fetchspec.EqualFold(h.Name, name) {
			return h.Name
		}
	}
	if fetchspec.EqualFold(name, "content-type") {
		return "Content-Type" // brought by the body
	}
	return name
}

// preflightFix is all that the preflight answer must have to pass, less what it has.
func (x *explainer) preflightFix() []string {
	var fix []string
	where, status := "OPTIONS "+x.url(), x.b.Status
	switch {
	case status == 401 || status == 403:
		fix = append(fix, "Answer "+where+" with status 204 before authentication: a preflight never has cookies or Authorization.")
	case status == 404 || status == 405 || status == 501:
		fix = append(fix, "Answer "+where+" with status 204: route OPTIONS to the code that knows of CORS.")
	case status != 0 && !fetchspec.IsOKStatus(status):
		fix = append(fix, "Answer "+where+" with status 204 instead of "+strconv.Itoa(status)+".")
	}
	if !x.passesCORS() {
		fix = append(fix, x.grantOrigin()...)
	}
	if line := x.methodsLine(); line != "" {
		fix = append(fix, "Send `"+line+"` on the answer to "+where+".")
	}
	if line := x.headersLine(); line != "" {
		fix = append(fix, "Send `"+line+"` on the answer to "+where+".")
	}
	return fix
}

// passesCORS reports whether the answer passes the CORS check.
func (x *explainer) passesCORS() bool {
	if x.b.Code != x.b.Code.Base() {
		return false // it is what was found wrong
	}
	value, _ := x.header(allowOriginName)
	if !x.include() {
		return value == "*" || value == x.requestOrigin()
	}
	credentials, _ := x.header(allowCredentialsName)
	return value == x.requestOrigin() && credentials == "true"
}

// methodsLine is the header line that allows the request's method, empty where it is allowed.
func (x *explainer) methodsLine() string {
	list := tokens(x.headers(), allowMethodsName)
	method := x.method()
	allowed := fetchspec.IsSafelistedMethod(method) || list.Contains(method) || list.Contains("*") && !x.include()
	invalid := x.b.Code == engine.CodeAllowMethodsInvalid
	if allowed && !invalid && x.b.Code != engine.CodeMethodNotAllowed {
		return ""
	}
	return allowMethodsName + ": " + extended(list.Items, method)
}

// method is the method that the preflight asks for.
func (x *explainer) method() string {
	if x.b.Exchange != nil {
		if m, ok := x.b.Exchange.Request.Headers.Get("Access-Control-Request-Method"); ok {
			return m
		}
	}
	if x.b.Code == engine.CodeMethodNotAllowed {
		return x.b.Param
	}
	return "GET"
}

// headersLine is the header line that allows the request's headers, empty where they are allowed.
func (x *explainer) headersLine() string {
	names := x.refusedHeaders()
	if len(names) == 0 && x.b.Code != engine.CodeAllowHeadersInvalid {
		return ""
	}
	return allowHeadersName + ": " + extended(tokens(x.headers(), allowHeadersName).Items, names...)
}

// extended is a list of tokens with more of them, less the * that did not do.
func extended(items []string, more ...string) string {
	var all []string
	for _, item := range append(slices.Clone(items), more...) {
		if item != "*" && !slices.ContainsFunc(all, func(a string) bool { return a == item }) {
			all = append(all, item)
		}
	}
	return excerpt.Of(strings.Join(all, ", "))
}

// lists reports whether a comma-separated list has an item, in any case.
func lists(value, item string) bool {
	for part := range strings.SplitSeq(value, ",") {
		if fetchspec.EqualFold(strings.TrimSpace(part), item) {
			return true
		}
	}
	return false
}
