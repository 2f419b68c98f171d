package personality

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

type webkitWords struct{}

func (webkitWords) dropped(r *report, name string) (line Line, ok bool) {
	return Line{Text: `Refused to set unsafe header "` + name + `"`, Level: "error", Source: "JS"}, !r.page.Worker
}

// notice words insecure images of secure pages, and event streams with another charset.
func (webkitWords) notice(r *report, n engine.Notice) (line Line, ok bool) {
	end := ""
	switch n.Code {
	case engine.NoticeUpgraded:
		end = "automatically upgraded and should be served over HTTPS.\n"
	case engine.NoticeInsecureImage:
		end = "not upgraded to HTTPS and must be served from the local host.\n"
	case engine.NoticeEventStreamCharset:
		if r.page.Worker {
			return Line{}, false
		}
		return Line{Text: `EventSource's response has a charset ("` + n.Param + `") that is not UTF-8. The response will be decoded as UTF-8.`, Level: "error", Source: "JS"}, true
	default:
		return Line{}, false
	}
	return Line{Text: "The page at " + webkitPage(r) + " requested insecure content from " + ellipsize(r.asSent(n.URL).String()) + ". This content was " + end, Level: "warning", Source: "SECURITY"}, true
}

func (w webkitWords) blocked(r *report) []Line {
	b := r.Block
	security := func(text string) Line { return Line{Text: text, Level: "error", Source: "SECURITY"} }
	description := w.description(r)
	// script is a request of script's own. Lines of the script's thread go to a worker's own console.
	script := !r.api().IsElement() || r.api() == fetchspec.APIEventSource
	refused := func(u *origin.URL, line Line) []Line {
		if r.page.Worker {
			return []Line{line}
		}
		return w.withInitiator(r, u, line, security("Not allowed to request resource"))
	}
	switch b.Code {
	case engine.CodeSameOriginMode:
		if !r.redirected() {
			if r.api() == fetchspec.APIFetch && !r.page.Worker {
				return []Line{{Text: "Fetch API cannot load " + b.URL.String() + ".", Level: "error", Source: "JS"}}
			}
			return nil
		}
		u := b.URL
		if b.Target.IsHTTP() {
			u = b.Target
		}
		return w.withInitiator(r, u, security(description))

	case engine.CodeRedirectScheme:
		if b.Target.Scheme() == "about" && r.Request.Mode == fetchspec.ModeNoCORS && r.api().IsElement() {
			return nil
		}
		if r.page.Worker && b.Target.Scheme() != "ftp" && r.Request.Mode == fetchspec.ModeNoCORS {
			return nil
		}
		u := b.URL
		switch first := r.Request.URL(); {
		case b.Target.Scheme() == "ftp" && w.leftHome(r) && (r.Request.Mode == fetchspec.ModeNoCORS || r.Request.Credentials == fetchspec.CredentialsSameOrigin):
			// It left home on the way, and is named by where it has come.
		case b.Target.Scheme() == "ftp":
			u = first
		case !w.deniesScheme(r):
			u = b.Target
		}
		return w.withInitiator(r, u, security(description))

	case engine.CodeSchemeNotHTTP:
		switch {
		case r.api() == fetchspec.APIPreload && b.URL.Scheme() == "data":
			// It is loaded, and then checked like a response.
			return []Line{security("Origin " + b.Origin + " is not allowed by Access-Control-Allow-Origin. Status code: 200")}
		case !script, r.page.Worker:
			return nil
		}
		return w.withInitiator(r, b.URL, security(description))

	case engine.CodeLocalResource, engine.CodeNoCORSRedirect:
		switch {
		case b.Redirect:
			return w.withInitiator(r, b.URL, security(description))
		case r.api() == fetchspec.APIPreload:
			return nil
		case !script:
			lines := []Line{security(description)}
			if r.api() == fetchspec.APIImage && r.page.Origin.IsOpaque() && b.URL.Scheme() == "file" {
				// It speaks of mixed content first.
				if line, ok := w.notice(r, engine.Notice{Code: engine.NoticeInsecureImage, URL: b.URL}); ok {
					lines = append([]Line{line}, lines...)
				}
			}
			return lines
		}
		u := b.URL
		if b.Code == engine.CodeNoCORSRedirect {
			u = u.WithoutItsFragment()
		}
		return refused(u, security(description))

	case engine.CodeMixedContent:
		warning := Line{Text: description, Level: "warning", Source: "SECURITY"}
		switch {
		case r.redirected():
			return w.withInitiator(r, b.URL, warning)
		case !script:
			return []Line{warning}
		}
		return refused(r.asSent(b.URL), warning)

	case engine.CodeBadPort:
		switch {
		case r.redirected() && b.Preflight:
			return w.withInitiator(r, b.URL, security("CORS-preflight request was blocked"))
		case r.api() == fetchspec.APIPreload && !r.redirected():
			return nil
		}
		return []Line{security(description)}

	case engine.CodeURLInvalid:
		if r.api() == fetchspec.APIPreload {
			return []Line{{Text: "<link rel=preload> has an invalid `href` value", Level: "error", Source: "OTHER"}}
		}
		return nil

	case engine.CodePreloadDestination:
		switch {
		case b.Param == "":
			return []Line{{Text: "<link rel=preload> cannot have the empty string as `as` value", Level: "error", Source: "OTHER"}}
		case !slices.Contains(webkitAs, b.Param):
			return []Line{{Text: "<link rel=preload> must have a valid `as` value", Level: "error", Source: "OTHER"}}
		}
		return nil

	case engine.CodeMIMETypeMismatch:
		return w.wrongType(r)

	case engine.CodeEventStreamType:
		if r.page.Worker {
			return nil
		}
		typ := fetchspec.IsomorphicDecode(b.Param)
		if typ == "" {
			typ = "application/octet-stream"
		}
		return []Line{{Text: fmt.Sprintf(eventStreamType, typ), Level: "error", Source: "JS"}}

	case engine.CodeDataURLInvalid:
		if r.page.Worker {
			return nil
		}
		switch r.api() {
		case fetchspec.APIFetch:
			return []Line{{Text: "Fetch API cannot load " + b.URL.String() + ".", Level: "error", Source: "JS"}}
		case fetchspec.APIXHR:
			return []Line{{Text: "XMLHttpRequest cannot load " + b.URL.String() + ".", Level: "error", Source: "JS"}}
		}
		return nil

	case engine.CodeSchemeUnknown:
		if b.URL.Scheme() == "ftp" {
			return w.withInitiator(r, b.URL, security("FTP URLs are disabled"))
		}
	}
	if description == "" {
		return nil
	}
	return w.withInitiator(r, b.URL, security(description))
}

// leftHome reports whether redirects have led a request away from the page's own origin, where it started.
func (webkitWords) leftHome(r *report) bool {
	away := func(u *origin.URL) bool { return !origin.SameOrigin(u.Origin(), r.page.Origin) }
	return !away(r.Request.URL()) && slices.ContainsFunc(r.Request.URLs, away)
}

// wrongType words a response of a type that its element may not have.
func (webkitWords) wrongType(r *report) []Line {
	b := r.Block
	line := Line{Level: "error", Source: "SECURITY"}
	switch {
	case r.api() == fetchspec.APIStylesheet && (b.Status == 0 || fetchspec.IsOKStatus(b.Status)):
		line.Text = "Did not parse stylesheet at '" + b.URL.String() + "' because non CSS MIME types are not allowed in strict mode."
	case r.api() == fetchspec.APIModule && b.Status < 400:
		line.Text, line.Source = "TypeError: '"+webkitType(b)+"' is not a valid JavaScript MIME type.", "JS"
	case r.api() == fetchspec.APIScript && b.Exchange != nil && fetchspec.IsNoSniff(b.Exchange.Response.Headers):
		line.Text = "Refused to execute " + b.URL.String() + ` as script because "X-Content-Type-Options: nosniff" was given and its Content-Type is not a script MIME type.`
	case r.api() == fetchspec.APIScript:
		line.Text = "Refused to execute " + b.URL.String() + " as script because " + b.Param + " is not a script MIME type."
	default:
		return nil
	}
	return []Line{line}
}

// webkitType is the MIME type that WebKit takes a response to have: what is written with one slash, be it a type or not, and
// else one that it sniffs.
func webkitType(b *engine.Block) string {
	if b.Param != "" || b.Exchange == nil {
		return b.Param
	}
	written, _ := b.Exchange.Response.Headers.Get("Content-Type")
	written, _, _ = strings.Cut(written, ";")
	switch {
	case strings.Count(written, "/") == 1 && !strings.ContainsAny(written, ", \t*"):
		return fetchspec.IsomorphicDecode(written)
	case strings.HasPrefix(fetchspec.ByteLower(strings.TrimLeft(b.Exchange.Response.Body, "\t\n\f\r ")), "<!doctype html"):
		return "text/html"
	}
	return "text/plain"
}

// withInitiator adds the line that names what made the request, where WebKit prints one. A worker's goes to a console of
// its own.
func (webkitWords) withInitiator(r *report, u *origin.URL, lines ...Line) []Line {
	if r.page.Worker {
		return lines
	}
	switch r.api() {
	case fetchspec.APIEventSource:
		return append(lines, Line{Text: "EventSource cannot load " + u.WithoutCredentials().String() + " due to access control checks.", Level: "error", Source: "JS"})
	case fetchspec.APIFetch:
		return append(lines, Line{Text: "Fetch API cannot load " + u.WithoutCredentials().String() + " due to access control checks.", Level: "error", Source: "JS"})
	case fetchspec.APIXHR:
		return append(lines, Line{Text: "XMLHttpRequest cannot load " + u.WithoutCredentials().String() + " due to access control checks.", Level: "error", Source: "JS"})
	case fetchspec.APIImage:
		return append(lines, Line{Text: "Cannot load image " + r.Request.URL().WithoutFragment() + " due to access control checks.", Level: "error", Source: "SECURITY"})
	case fetchspec.APIScript:
		return append(lines, Line{Text: "Cross-origin script load denied by Cross-Origin Resource Sharing policy.", Level: "error", Source: "JS"})
	}
	return lines
}

// webkitFailures are what WebKitGTK says of failures, which it does of preflights alone. They are words of libsoup, GnuTLS and
// the C library; %s is the host.
var webkitFailures = map[engine.Failure]string{
	engine.FailureClosed:      "Connection terminated unexpectedly",
	engine.FailureRefused:     "Could not connect to %s: Connection refused",
	engine.FailureUnresolved:  "Error resolving “%s”: Name or service not known",
	engine.FailureUnreachable: "Could not connect to %s: No route to host",
	engine.FailureTimeout:     "Could not connect to %s: Connection timed out",
	engine.FailureReset:       "Error receiving data: Connection reset by peer",
	engine.FailureMalformed:   "Could not parse HTTP response",
	engine.FailureHTTP2:       "HTTP/2 Error: INTERNAL_ERROR",
	engine.FailureNotTLS:      "Error performing TLS handshake: An unexpected TLS packet was received.",
	engine.FailureTLSVersion:  "Peer sent fatal TLS alert: Error in protocol version",
	engine.FailureTLSClosed:   "Peer failed to perform TLS handshake: The TLS connection was non-properly terminated.",
	engine.FailureAuthority:   webkitCertificate,
	engine.FailureDate:        webkitCertificate,
	engine.FailureName:        webkitCertificate,
}

const webkitCertificate = "Unacceptable TLS certificate"

// description is the line that says what is wrong, empty where there is none.
func (w webkitWords) description(r *report) string {
	b := r.Block
	status := strconv.Itoa(b.Status)
	denied := func(reason string) string {
		target := b.Location
		if b.Target != nil {
			target = b.Target.WithoutCredentials().String()
		}
		return "Cross-origin redirection to " + target + " denied by Cross-Origin Resource Sharing policy: " + reason
	}
	text := ""
	switch b.Code.Base() {
	case engine.CodeAllowOriginMissing, engine.CodeAllowOriginMismatch:
		text = "Origin " + b.Origin + " is not allowed by Access-Control-Allow-Origin. Status code: " + status
	case engine.CodeAllowOriginMultiple:
		text = "Access-Control-Allow-Origin cannot contain more than one origin."
	case engine.CodeAllowOriginWildcard:
		text = "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
	case engine.CodeAllowCredentials:
		text = `Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`
	case engine.CodeCORPSameOrigin, engine.CodeCORPSameSite, engine.CodeCORPEmbedder:
		text = "Cancelled load to " + ellipsize(b.URL.String()) + " because it violates the resource's Cross-Origin-Resource-Policy response header."
	case engine.CodePreflightStatus:
		return "Preflight response is not successful. Status code: " + status
	case engine.CodeAllowMethodsInvalid:
		return "Header Access-Control-Allow-Methods has an invalid value: " + webkitValue(b, "Access-Control-Allow-Methods")
	case engine.CodeAllowHeadersInvalid:
		return "Header Access-Control-Allow-Headers has an invalid value: " + webkitValue(b, "Access-Control-Allow-Headers")
	case engine.CodeMethodNotAllowed:
		return "Method " + b.Param + " is not allowed by Access-Control-Allow-Methods."
	case engine.CodeHeaderNotAllowed:
		name := b.Param
		if known := webkitKnown[fetchspec.ByteLower(name)]; known != "" {
			name = known
		}
		return "Request header field " + name + " is not allowed by Access-Control-Allow-Headers."
	case engine.CodePreflightNetwork:
		if b.Exchange.Response != nil {
			return "Could not parse HTTP response"
		}
		return strings.Replace(webkitFailures[b.Exchange.Failure], "%s", strings.Trim(b.URL.Host(), "[]"), 1)
	case engine.CodeSchemeNotHTTP:
		return "Cross origin requests are only supported for HTTP."
	case engine.CodeSameOriginMode:
		if b.Target == nil {
			return ""
		}
		return "Unsafe attempt to load URL " + ellipsize(b.Target.WithoutCredentials().String()) + " from origin " + r.page.Origin.String() + ". Domains, protocols and ports must match.\n"
	case engine.CodeLocalResource:
		if b.Redirect {
			return "Not allowed to load local resource: " + b.Target.String()
		}
		return "Not allowed to load local resource: " + b.URL.String()
	case engine.CodeNoCORSRedirect:
		return "No-Cors mode requires follow redirect mode"
	case engine.CodeBadPort:
		u := b.URL
		if !r.api().IsMedia() {
			u = r.asSent(u)
		}
		return "Not allowed to use restricted network port " + u.Port() + ": " + u.String()
	case engine.CodeMixedContent:
		end := " be served over HTTPS."
		if u := b.Target; u != nil && u.Origin().IsLoopback() || u == nil && b.URL.Origin().IsLoopback() {
			end = "" // the sentence stops there
		}
		u := b.URL
		if b.Target != nil {
			u = b.Target
		}
		return "[blocked] The page at " + webkitPage(r) + " requested insecure content from " + ellipsize(r.asSent(u).String()) + ". This content was blocked and must" + end + "\n"
	case engine.CodeRedirectModeError:
		return "Not allowed to follow a redirection while loading " + b.URL.String()
	case engine.CodeRedirectLimit:
		return "Load cannot follow more than 20 redirections"
	case engine.CodeRedirectScheme, engine.CodeRedirectLocation:
		switch {
		case b.Code == engine.CodeRedirectLocation && (!b.Crossed || b.Location == ""):
			return ""
		case b.Target != nil && b.Target.Scheme() == "ftp":
			return "FTP URLs are disabled"
		case w.deniesScheme(r):
			return denied("not allowed to follow a cross-origin CORS redirection with non CORS scheme")
		case r.api() == fetchspec.APIFetch:
			return "Redirection to URL with a scheme that is not HTTP(S)."
		}
		return "Redirection to URL with a scheme that is not HTTP(S)"
	case engine.CodeRedirectCredentials:
		// The URL is named as it came, without the fragment that it inherits.
		if u, err := origin.ParseURL(b.Location, b.URL); err == nil {
			return denied("redirection URL " + u.String() + " has credentials")
		}
		return denied("redirection URL " + b.Target.String() + " has credentials")
	default:
		return ""
	}
	if b.Redirect && !b.Preflight && b.Location != "" {
		return denied(text)
	}
	return text
}

// webkitPage is how messages name the page: a sandboxed frame is about:srcdoc, and a worker is the page that started it.
func webkitPage(r *report) string {
	switch {
	case r.page.Origin.IsOpaque() && !r.page.Embedder.IsZero():
		return "about:srcdoc"
	case r.page.Document != nil:
		return r.page.Document.String()
	}
	return pageURL(r)
}

// deniesScheme reports whether a redirect to another scheme is reported as a matter of CORS.
func (webkitWords) deniesScheme(r *report) bool {
	b := r.Block
	return r.Request.Mode == fetchspec.ModeCORS && (b.Target == nil || b.Crossed || !origin.SameOrigin(b.Target.Origin(), r.page.Origin))
}

func webkitValue(b *engine.Block, name string) string {
	value, _ := b.Exchange.Response.Headers.Get(name)
	return fetchspec.IsomorphicDecode(value)
}
