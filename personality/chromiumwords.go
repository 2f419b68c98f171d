package personality

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

type chromiumWords struct{}

// chromiumCORS says, for each code that Chromium reports as a CORS error, the name it has there, whether the message
// starts with the sentence about preflights, and the message's body; %s is the parameter.
var chromiumCORS = map[engine.Code]struct {
	name      string
	preflight bool
	body      string
	param     bool // DevTools gives the parameter too
}{
	engine.CodeAllowOriginWildcard:          {"WildcardOriginNotAllowed", false, chromiumWildcard, false},
	engine.CodePreflightAllowOriginWildcard: {"PreflightWildcardOriginNotAllowed", true, chromiumWildcard, false},
	engine.CodeAllowOriginMissing:           {"MissingAllowOriginHeader", false, chromiumMissing, false},
	engine.CodePreflightAllowOriginMissing:  {"PreflightMissingAllowOriginHeader", true, chromiumMissing, false},
	engine.CodeAllowOriginMultiple:          {"MultipleAllowOriginValues", false, chromiumMultiple, true},
	engine.CodePreflightAllowOriginMultiple: {"PreflightMultipleAllowOriginValues", true, chromiumMultiple, true},
	engine.CodeAllowOriginInvalid:           {"InvalidAllowOriginValue", false, chromiumInvalid, true},
	engine.CodePreflightAllowOriginInvalid:  {"PreflightInvalidAllowOriginValue", true, chromiumInvalid, true},
	engine.CodeAllowOriginMismatch:          {"AllowOriginMismatch", false, chromiumMismatch, true},
	engine.CodePreflightAllowOriginMismatch: {"PreflightAllowOriginMismatch", true, chromiumMismatch, true},
	engine.CodeAllowCredentials:             {"InvalidAllowCredentials", false, chromiumCredentials, true},
	engine.CodePreflightAllowCredentials:    {"PreflightInvalidAllowCredentials", true, chromiumCredentials, true},
	engine.CodeSchemeNotHTTP:                {"CorsDisabledScheme", false, "Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app.", false},
	engine.CodePreflightStatus:              {"PreflightInvalidStatus", true, "It does not have HTTP ok status.", false},
	engine.CodePreflightRedirect:            {"PreflightDisallowedRedirect", true, "Redirect is not allowed for a preflight request.", false},
	engine.CodeAllowMethodsInvalid:          {"InvalidAllowMethodsPreflightResponse", false, "Cannot parse Access-Control-Allow-Methods response header field in preflight response.", false},
	engine.CodeAllowHeadersInvalid:          {"InvalidAllowHeadersPreflightResponse", false, "Cannot parse Access-Control-Allow-Headers response header field in preflight response.", false},
	engine.CodeMethodNotAllowed:             {"MethodDisallowedByPreflightResponse", false, "Method %s is not allowed by Access-Control-Allow-Methods in preflight response.", true},
	engine.CodeHeaderNotAllowed:             {"HeaderDisallowedByPreflightResponse", false, "Request header field %s is not allowed by Access-Control-Allow-Headers in preflight response.", true},
	engine.CodeRedirectCredentials:          {"RedirectContainsCredentials", false, "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.", false},
}

const (
	chromiumWildcard    = "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
	chromiumMissing     = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	chromiumMultiple    = "The 'Access-Control-Allow-Origin' header contains multiple values '%s', but only one is allowed."
	chromiumInvalid     = "The 'Access-Control-Allow-Origin' header contains the invalid value '%s'."
	chromiumMismatch    = "The 'Access-Control-Allow-Origin' header has a value '%s' that is not equal to the supplied origin."
	chromiumCredentials = "The value of the 'Access-Control-Allow-Credentials' header in the response is '%s' which must be 'true' when the request's credentials mode is 'include'."

	chromiumPreflight   = "Response to preflight request doesn't pass access control check: "
	chromiumValidValue  = " Have the server send the header with a valid value."
	chromiumXHRInclude  = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
	chromiumNetFailed   = "net::ERR_FAILED"
	chromiumPageFailure = "Failed to load resource: "
)

func (chromiumWords) dropped(_ *report, name string) (line Line, ok bool) {
	return Line{Text: `Refused to set unsafe header "` + name + `"`, Level: "error", Source: "javascript"}, true
}

// blocked words a request that was blocked. A worker says nothing of what the network reports.
func (w chromiumWords) blocked(r *report) []Line {
	lines := w.reasons(r)
	if !r.page.Worker {
		return lines
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool { return l.Source == "network" })
	for i := range lines {
		if lines[i].Source == "javascript" {
			lines[i].Source = "worker"
		}
	}
	return lines
}

func (w chromiumWords) reasons(r *report) []Line {
	b := r.Block
	javaScript := func(format string, args ...any) []Line {
		return []Line{{Text: fmt.Sprintf(format, args...), Level: "error", Source: "javascript"}}
	}
	fetch := r.api() == fetchspec.APIFetch
	if _, ok := chromiumCORS[b.Code]; ok && (b.Code != engine.CodeRedirectCredentials || r.Request.Mode == fetchspec.ModeCORS) {
		return append(javaScript("%s", w.cors(r)), networkLine(chromiumNetFailed))
	}
	switch b.Code {
	case engine.CodeSameOriginMode:
		if r.redirected() {
			return []Line{{Text: fmt.Sprintf("Unsafe attempt to load URL %s from frame with URL %s. Domains, protocols and ports must match.\n", b.URL, pageURL(r)), Level: "error", Source: "security"}}
		}
		return javaScript(`Fetch API cannot load %s. Request mode is "same-origin" but the URL's origin is not same as the request origin %s.`, ellipsize(b.URL.String()), r.page.Origin)

	case engine.CodeNoCORSRedirect:
		return javaScript(`Fetch API cannot load %s. Request mode is "no-cors" but the redirect mode is not "follow".`, ellipsize(b.URL.String()))

	case engine.CodeSchemeUnknown:
		if fetch && !r.redirected() {
			return javaScript(`Fetch API cannot load %s. URL scheme "%s" is not supported.`, ellipsize(b.URL.String()), b.URL.Scheme())
		}
		if b.URL.Scheme() == "ftp" && !r.redirected() && r.api() == fetchspec.APIXHR {
			return javaScript("FTP is not supported.")
		}
		return []Line{networkLine("net::ERR_UNKNOWN_URL_SCHEME")}

	case engine.CodeLocalResource:
		if chromiumSilentBlob(r) {
			return nil
		}
		if b.URL.Scheme() == "chrome-extension" {
			return []Line{networkLine(chromiumNetFailed)}
		}
		return javaScript("Not allowed to load local resource: %s", b.URL)

	case engine.CodeMixedContent:
		if r.api() == fetchspec.APIPreload && r.redirected() {
			return nil
		}
		what := chromiumMixed(r)
		return []Line{{Text: fmt.Sprintf("Mixed Content: The page at '%s' was loaded over HTTPS, but requested an insecure %s '%s'. This request has been blocked; the content must be served over HTTPS.", pageURL(r), what, r.asSent(b.URL)), Level: "error", Source: "security"}}

	case engine.CodeBadPort:
		return []Line{networkLine("net::ERR_UNSAFE_PORT")}
	case engine.CodeRedirectLocation:
		return []Line{networkLine("net::ERR_INVALID_REDIRECT")}
	case engine.CodeRedirectScheme:
		return []Line{networkLine("net::ERR_UNSAFE_REDIRECT")}
	case engine.CodeRedirectLimit:
		return []Line{networkLine("net::ERR_TOO_MANY_REDIRECTS")}
	case engine.CodeRedirectModeError:
		return []Line{networkLine(chromiumNetFailed)}
	case engine.CodeRedirectStreamBody:
		return []Line{networkLine("net::ERR_INVALID_ARGUMENT")}
	case engine.CodeStreamNeedsHTTP2:
		return []Line{networkLine("net::ERR_ALPN_NEGOTIATION_FAILED")}
	case engine.CodeNetworkError, engine.CodePreflightNetwork:
		switch {
		case chromiumSilentBlob(r):
			return nil
		case b.URL.Scheme() == "blob":
			return []Line{networkLine("net::ERR_FILE_NOT_FOUND")}
		case b.URL.IsHTTP() && b.Exchange == nil && strings.Contains(b.URL.Host(), "%"):
			return []Line{networkLine("net::ERR_NAME_NOT_RESOLVED")}
		case b.URL.IsHTTP() && b.Exchange == nil:
			return []Line{networkLine("net::ERR_HTTP2_PROTOCOL_ERROR")}
		case b.Exchange == nil || b.Exchange.Response == nil:
			return []Line{networkLine(chromiumNoResponse(b.Exchange))}
		case b.Exchange.HTTP2 && b.Exchange.Response.Status != 407 && !b.Exchange.Response.Headers.Conflict("Location") && !b.Exchange.Response.Headers.Conflict("Content-Disposition"):
			return []Line{networkLine("net::ERR_HTTP2_PROTOCOL_ERROR")}
		case slices.ContainsFunc(b.Exchange.Response.Headers, func(h fetchspec.Header) bool { return !fetchspec.IsValue(h.Value) }):
			return []Line{networkLine("net::ERR_INVALID_HTTP_RESPONSE")}
		case b.Exchange.Response.Status == 407:
			return []Line{networkLine("net::ERR_UNEXPECTED_PROXY_AUTH")}
		}
		if !b.Exchange.Response.Headers.Conflict("Location") {
			return []Line{networkLine("net::ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_DISPOSITION")}
		}
		return []Line{networkLine("net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION")}
	case engine.CodeDataURLInvalid:
		if r.api().IsMedia() {
			return nil // the player reads it by itself
		}
		return []Line{networkLine("net::ERR_INVALID_URL")}
	case engine.CodeMIMETypeMismatch:
		return w.wrongType(r)
	case engine.CodeCORPSameOrigin:
		return []Line{networkLine("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin")}
	case engine.CodeCORPSameSite:
		return []Line{networkLine("net::ERR_BLOCKED_BY_RESPONSE.NotSameSite")}
	case engine.CodeCORPEmbedder:
		return []Line{networkLine("net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep")}
	case engine.CodeEventStreamType:
		return javaScript(eventStreamType, chromiumSniffed(b))
	case engine.CodeEventStreamCharset:
		return javaScript(`EventSource's response has a charset ("%s") that is not UTF-8. Aborting the connection.`, b.Param)
	case engine.CodeURLInvalid:
		if r.api() == fetchspec.APIPreload {
			return chromiumOther(chromiumHref)
		}
	case engine.CodePreloadDestination:
		if _, err := origin.ParseURLEscaping(r.init.URL, r.page.URL); err != nil {
			return chromiumOther(chromiumHref)
		}
		if slices.Contains(chromiumDestinations, fetchspec.ByteLower(b.Param)) {
			return chromiumOther("<link rel=preload> uses an unsupported `as` value")
		}
		return chromiumOther("<link rel=preload> must have a valid `as` value")
	}
	return nil
}

const chromiumHref = "<link rel=preload> has an invalid `href` value"

func chromiumOther(text string) []Line {
	return []Line{{Text: text, Level: "warning", Source: "other"}}
}

// chromiumDestinations are the destinations that Chromium knows and does not preload for.
var chromiumDestinations = []string{
	"audio", "audioworklet", "document", "embed", "manifest", "object", "paintworklet", "report", "sharedworker", "video", "worker", "xslt",
}

// chromiumMixed is what messages about mixed content call the thing that was asked for.
func chromiumMixed(r *report) string {
	switch r.api() {
	case fetchspec.APIXHR:
		return "XMLHttpRequest endpoint"
	case fetchspec.APIEventSource:
		return "EventSource endpoint"
	}
	switch r.Request.Destination {
	case fetchspec.DestinationScript:
		return "script"
	case fetchspec.DestinationStyle:
		return "stylesheet"
	case fetchspec.DestinationFont:
		return "font"
	case fetchspec.DestinationTrack:
		return "Text Track"
	case fetchspec.DestinationImage:
		return "image"
	case fetchspec.DestinationAudio:
		return "audio file"
	case fetchspec.DestinationVideo:
		return "video"
	}
	return "resource"
}

// chromiumSniffed is the MIME type that Chromium takes an event stream to have: the one declared, and where there is none what
// the body looks like.
func chromiumSniffed(b *engine.Block) string {
	switch declared := b.Param; {
	case b.Exchange == nil: // of a data: URL
		return declared
	case declared == "", declared == "unknown/unknown", declared == "application/unknown":
		sniffed, _, _ := strings.Cut(http.DetectContentType([]byte(b.Exchange.Response.Body)), ";")
		return sniffed
	case strings.ContainsFunc(declared, func(r rune) bool { return r >= utf8.RuneSelf }):
		return ""
	default:
		return declared
	}
}

// wrongType words a response of a type that its element may not have.
func (chromiumWords) wrongType(r *report) []Line {
	b := r.Block
	mimeType := fetchspec.IsomorphicDecode(b.Param)
	line := Line{Level: "error", Source: "javascript"}
	switch r.api() {
	case fetchspec.APIModule:
		if b.Status != 0 && !fetchspec.IsOKStatus(b.Status) {
			return nil
		}
		line.Text = `Failed to load module script: Expected a JavaScript-or-Wasm module script but the server responded with a MIME type of "` + mimeType + `". Strict MIME type checking is enforced for module scripts per HTML spec.`
	case fetchspec.APIScript:
		line.Text = fmt.Sprintf("Refused to execute script from '%s' because its MIME type ('%s') is not executable", b.URL, mimeType)
		if b.Exchange != nil && fetchspec.IsNoSniff(b.Exchange.Response.Headers) {
			line.Text += ", and strict MIME type checking is enabled"
		}
		line.Text += "."
	case fetchspec.APIStylesheet, fetchspec.APIPreload:
		line.Source = "security"
		line.Text = fmt.Sprintf("Refused to apply style from '%s' because its MIME type ('%s') is not a supported stylesheet MIME type, and strict MIME checking is enabled.", b.URL, mimeType)
	default:
		return nil
	}
	return []Line{line}
}

// chromiumSilentBlob reports whether it is an XMLHttpRequest of another method than GET that fails at a blob: URL.
func chromiumSilentBlob(r *report) bool {
	return r.Block.URL.Scheme() == "blob" && r.api() == fetchspec.APIXHR && r.Request.Method != "GET"
}

func networkLine(netError string) Line {
	return Line{Text: chromiumPageFailure + netError, Level: "error", Source: "network"}
}

// statusLine words an error status with its reason phrase, which HTTP/2 has none of.
func statusLine(e *engine.Exchange) Line {
	resp := e.Response
	phrase := resp.StatusMessage
	if phrase == "" && !e.HTTP2 {
		phrase = http.StatusText(resp.Status)
	}
	return networkLine("the server responded with a status of " + strconv.Itoa(resp.Status) + " (" + phrase + ")")
}

func (chromiumWords) notice(r *report, n engine.Notice) (line Line, ok bool) {
	mixed := func(became string) Line {
		page := pageURL(r)
		if !r.page.Embedder.IsZero() {
			page = "about:srcdoc" // the frame itself, where other messages name the page around it
		}
		return Line{Text: fmt.Sprintf("Mixed Content: The page at '%s' was loaded over HTTPS, but requested an insecure element '%s'. This request was %s", page, n.URL, became), Level: "warning", Source: "security"}
	}
	switch n.Code {
	case engine.NoticeStatus:
		b := r.Block
		refused := b != nil && (b.Code == engine.CodeOpaqueBlocked || b.Code == engine.CodeMIMETypeMismatch && r.Request.Destination == fetchspec.DestinationStyle)
		return statusLine(&r.Exchanges[len(r.Exchanges)-1]), !refused && !r.page.Worker
	case engine.NoticeUpgraded:
		return mixed("automatically upgraded to HTTPS, For more information see https://blog.chromium.org/2019/10/no-more-mixed-messages-about-https.html"), !n.Redirected
	case engine.NoticeUpgradedMedia:
		return Line{Text: fmt.Sprintf("Mixed Content: The page at '%s' was loaded over HTTPS, but requested an insecure audio file '%s'. This content should also be served over HTTPS.", pageURL(r), n.URL), Level: "warning", Source: "security"}, true
	case engine.NoticeInsecureImage:
		return mixed("not upgraded to HTTPS because its URL's host is an IP address."), true
	}
	return Line{}, false
}

// pageURL is how messages name the page: by its URL, a frame without one by the origin around it.
func pageURL(r *report) string {
	if r.page.Origin.IsOpaque() && !r.page.Embedder.IsZero() {
		return r.page.Embedder.String() + "/"
	}
	if r.page.URL == nil {
		return r.page.Origin.String()
	}
	return r.page.URL.String()
}

// cors words a CORS error.
func (chromiumWords) cors(r *report) string {
	b := r.Block
	c := chromiumCORS[b.Code]
	var s strings.Builder
	fmt.Fprintf(&s, "Access to %s at '%s' ", chromiumKind(r), b.URL)
	if first := r.Request.URL(); first.String() != b.URL.String() {
		fmt.Fprintf(&s, "(redirected from '%s') ", first)
	}
	fmt.Fprintf(&s, "from origin '%s' has been blocked by CORS policy: ", r.page.Origin)
	if c.preflight {
		s.WriteString(chromiumPreflight)
	}
	if strings.Contains(c.body, "%s") {
		fmt.Fprintf(&s, c.body, chromiumEscape(chromiumParam(b)))
	} else {
		s.WriteString(c.body)
	}
	switch b.Code.Base() {
	case engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch:
		if r.api() == fetchspec.APIFetch {
			s.WriteString(chromiumValidValue)
		}
	case engine.CodeAllowOriginWildcard, engine.CodeAllowCredentials:
		if r.api() == fetchspec.APIXHR {
			s.WriteString(chromiumXHRInclude)
		}
	}
	return s.String()
}

// chromiumParam is the parameter of an error: header names are in lower case.
func chromiumParam(b *engine.Block) string {
	if b.Code == engine.CodeHeaderNotAllowed {
		return fetchspec.ByteLower(b.Param)
	}
	return b.Param
}

// chromiumEscape writes bytes outside of printable ASCII as \uXXXX.
func chromiumEscape(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7E {
			var b strings.Builder
			for j := 0; j < len(s); j++ {
				if s[j] < 0x20 || s[j] > 0x7E {
					fmt.Fprintf(&b, `\u%04X`, s[j])
				} else {
					b.WriteByte(s[j])
				}
			}
			return b.String()
		}
	}
	return s
}

// chromiumKind is what messages call the thing that was asked for.
func chromiumKind(r *report) string {
	switch r.api() {
	case fetchspec.APIFetch:
		return "fetch"
	case fetchspec.APIXHR:
		return "XMLHttpRequest"
	case fetchspec.APIEventSource:
		return "resource"
	}
	switch d := r.Request.Destination; d {
	case fetchspec.DestinationNone:
		return "link element resource"
	case fetchspec.DestinationStyle:
		return "CSS stylesheet"
	case fetchspec.DestinationTrack:
		return "text track"
	default:
		return string(d)
	}
}

func (chromiumWords) devTools(b *engine.Block) *DevTools {
	c, ok := chromiumCORS[b.Code]
	if !ok {
		return nil
	}
	d := &DevTools{CORSError: c.name}
	if c.param {
		// What is not UTF-8 gets lost on the way to DevTools.
		if p := chromiumParam(b); utf8.ValidString(p) {
			d.FailedParameter = p
		}
	}
	return d
}
