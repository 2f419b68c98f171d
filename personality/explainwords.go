package personality

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/excerpt"
	"github.com/corsim/corsim/origin"
)

// notMade is the why of a request that script could not make.
func (x *explainer) notMade(format string, args ...any) string {
	call := "fetch() fails before anything is sent"
	switch a := x.api(); {
	case a == fetchspec.APIXHR:
		call = "The XMLHttpRequest fails before anything is sent"
	case a.IsElement():
		call = "The " + elementNoun(a) + " is not asked for"
	}
	return call + ": " + fmt.Sprintf(format, args...)
}

func elementNoun(a fetchspec.API) string {
	switch a {
	case fetchspec.APIImage:
		return "image"
	case fetchspec.APIStylesheet:
		return "style sheet"
	case fetchspec.APIModule:
		return "module script"
	case fetchspec.APIAudio:
		return "audio file"
	case fetchspec.APIEventSource:
		return "EventSource"
	}
	return string(a)
}

// what is the thing that an element loads, with its article.
func (x *explainer) what() string {
	noun := elementNoun(x.api())
	if strings.ContainsRune("aeiouE", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// url is the URL that was judged, bounded.
func (x *explainer) url() string {
	if x.b == nil || x.b.URL == nil {
		return excerpt.Of(x.init.URL)
	}
	return excerpt.Of(x.b.URL.WithoutFragment())
}

func (x *explainer) param() string { return shown(x.b.Param) }

// askedURL is the URL that was not asked: one that a redirect leads to, or the one that the page gave. It may be nil.
func (x *explainer) askedURL() *origin.URL {
	if x.b.Redirect && x.b.Target != nil {
		return x.b.Target
	}
	return x.b.URL
}

// asked is askedURL, bounded.
func (x *explainer) asked() string {
	if u := x.askedURL(); u != nil {
		return excerpt.Of(u.WithoutFragment())
	}
	return excerpt.Of(x.init.URL)
}

func (x *explainer) scheme() string {
	if u := x.askedURL(); u != nil {
		return u.Scheme()
	}
	return shown(x.b.Param)
}

// noScheme is the advice on a scheme that cannot be fetched: a host may have been taken for one.
func (x *explainer) noScheme() []string {
	if u := x.b.URL; u != nil && !x.redirected() && x.init.URL == u.String() && (u.Scheme() == "localhost" || strings.Contains(u.Scheme(), ".")) {
		return []string{"Write http:// or https:// before it: " + excerpt.Of("http://"+x.init.URL) + "."}
	}
	return x.orRedirect("No header can help: serve the resource over https, and ask for that URL.")
}

// redirector is the URL that redirected to the one that was not asked, empty where none did.
func (x *explainer) redirector() string {
	switch {
	case x.b.Redirect && x.b.Target != nil && x.b.Target != x.b.URL:
		return x.url()
	case !x.redirected():
		return ""
	}
	if u := x.previous(); u != nil && u != x.b.URL {
		return excerpt.Of(u.WithoutFragment())
	}
	return ""
}

// afterRedirect names the redirect that led to the URL that was judged.
func (x *explainer) afterRedirect() string {
	if r := x.redirector(); r != "" {
		return " (" + r + " redirected to it)"
	}
	return ""
}

// orRedirect is an advice on the URL that was judged, or, where a redirect led to it, on that redirect.
func (x *explainer) orRedirect(advice string) []string {
	if r := x.redirector(); r != "" {
		return []string{"Let " + r + " redirect to another URL: plain https, with no user name, password or odd port in it."}
	}
	return []string{advice}
}

// failure says why no answer came, where more is known than that the connection was closed.
func (x *explainer) failure() string {
	if e := x.b.Exchange; e != nil && e.Failure != engine.FailureClosed {
		return ": " + e.Failure.Err().Error()
	}
	return ""
}

// exchangeMethod is the method of the request whose answer was judged.
func (x *explainer) exchangeMethod() string {
	switch {
	case x.b.Exchange != nil:
		return x.b.Exchange.Request.Method
	case x.b.Preflight:
		return "OPTIONS"
	case x.Request != nil:
		return x.Request.Method
	}
	return "GET"
}

// where names the answer that was judged, for advice.
func (x *explainer) where() string {
	return "the answer to " + x.exchangeMethod() + " " + x.url()
}

// answer names the answer that was judged, at the start of a sentence.
func (x *explainer) answer() string {
	s := "The answer to " + x.exchangeMethod() + " " + x.url()
	switch {
	case x.b.Preflight:
		s = "The answer to the preflight " + x.exchangeMethod() + " " + x.url()
	case x.b.Redirect:
		s = "The redirect from " + x.url()
	}
	if x.b.Status != 0 {
		s += " (status " + strconv.Itoa(x.b.Status) + ")"
	}
	return s
}

// header returns a header of the answer that was judged; ok is false where it has none.
func (x *explainer) header(name string) (value string, ok bool) {
	return x.headers().Get(name)
}

func (x *explainer) headers() fetchspec.Headers {
	if x.b.Exchange == nil || x.b.Exchange.Response == nil {
		return nil
	}
	return x.b.Exchange.Response.Headers
}

// include reports whether the answer was judged as one to a request with credentials.
func (x *explainer) include() bool {
	return x.hop() || x.Request != nil && x.Request.Credentials == fetchspec.CredentialsInclude
}

// hop reports whether the answer was judged as one to a request with credentials although the request had none: a browser
// does that to the first answer from another origin after a redirect of the page's own.
func (x *explainer) hop() bool {
	switch x.b.Code.Base() {
	case engine.CodeAllowOriginWildcard, engine.CodeAllowCredentials:
		return x.Request != nil && x.Request.Credentials != fetchspec.CredentialsInclude
	}
	return false
}

// requestOrigin is the origin that the answer must allow.
func (x *explainer) requestOrigin() string {
	if x.b.Origin != "" {
		return x.b.Origin
	}
	return x.page.Origin.String()
}

func (x *explainer) contentType() string {
	if value, ok := x.header("Content-Type"); ok {
		return shown(value)
	}
	return "none"
}

// usableStatus says which status is used by what was to be loaded.
func (x *explainer) usableStatus() string {
	switch x.api() {
	case fetchspec.APIEventSource:
		return "status 200"
	case fetchspec.APIVideo, fetchspec.APIAudio:
		return "status 200 or 206"
	}
	return "a status from 200 to 299"
}

func (x *explainer) contentTypeFix() string {
	want := "the type that the body is of"
	switch x.api() {
	case fetchspec.APIScript, fetchspec.APIModule:
		want = "`Content-Type: text/javascript`"
	case fetchspec.APIStylesheet:
		want = "`Content-Type: text/css`"
	case fetchspec.APIImage:
		want = "the `Content-Type` of the image, such as image/png"
	case fetchspec.APIFont:
		want = "`Content-Type: font/woff2`"
	case fetchspec.APIEventSource:
		want = "`Content-Type: text/event-stream`"
	}
	return "Send " + want + " on " + x.where() + "."
}

func (x *explainer) corp() (string, []string) {
	value, fix := "same-origin", "cross-origin"
	if x.b.Code == engine.CodeCORPSameSite {
		value = "same-site"
	}
	if u := x.b.URL; u != nil && x.b.Code == engine.CodeCORPSameOrigin && origin.SchemefullySameSite(x.page.Origin, u.Origin()) {
		fix = "same-site"
	}
	return fmt.Sprintf("%s has Cross-Origin-Resource-Policy: %s, which keeps it from pages of %s", x.answer(), value, x.page.Origin),
		[]string{"Send `Cross-Origin-Resource-Policy: " + fix + "` on " + x.where() + ", or leave the header out.", "Or let the page ask with CORS, to which the header does not apply, and send `Access-Control-Allow-Origin`."}
}

func (x *explainer) corpMissing() (string, []string) {
	policy := x.page.EmbedderPolicy
	return fmt.Sprintf("%s has no Cross-Origin-Resource-Policy, and the page's Cross-Origin-Embedder-Policy: %s wants one of what is of another origin", x.answer(), policy),
		[]string{
			"Send `Cross-Origin-Resource-Policy: cross-origin` on " + x.where() + ", or same-site if no page of another site needs it.",
			"Or let the page ask with CORS, to which the policy does not apply, and send `Access-Control-Allow-Origin`.",
		}
}

// shown quotes a value for people, bounded. Bytes that are not UTF-8 are taken for Latin-1.
func shown(s string) string {
	if !utf8.ValidString(s) {
		s = fetchspec.IsomorphicDecode(s)
	}
	return strconv.Quote(excerpt.Of(s))
}

// lower puts a sentence's start into its middle.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
