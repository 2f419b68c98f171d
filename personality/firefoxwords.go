package personality

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

type firefoxWords struct{}

// firefoxReasons are the messages, by their keys, which are also the categories that the console files them under. %1 is
// the URL, %2 the parameter.
var firefoxReasons = map[string]string{
	"CORSDidNotSucceed2":                   "(Reason: CORS request did not succeed). Status code: (null).",
	"CORSExternalRedirectNotAllowed":       "(Reason: CORS request external redirect not allowed).",
	"CORSRequestNotHttp":                   "(Reason: CORS request not http).",
	"CORSMissingAllowOrigin2":              "(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: %2.",
	"CORSMultipleAllowOriginNotAllowed":    "(Reason: Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
	"CORSAllowOriginNotMatchingOrigin":     "(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘%2’).",
	"CORSNotSupportingCredentials":         "(Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).",
	"CORSMethodNotFound":                   "(Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
	"CORSMissingAllowCredentials":          "(Reason: expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).",
	"CORSPreflightDidNotSucceed3":          "(Reason: CORS preflight response did not succeed). Status code: %2.",
	"CORSInvalidAllowMethod":               "(Reason: invalid token ‘%2’ in CORS header ‘Access-Control-Allow-Methods’).",
	"CORSInvalidAllowHeader":               "(Reason: invalid token ‘%2’ in CORS header ‘Access-Control-Allow-Headers’).",
	"CORSMissingAllowHeaderFromPreflight2": "(Reason: header ‘%2’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).",
}

const (
	firefoxBlocked = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
	firefoxWarning = "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at "
	firefoxSoon    = " soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered. To include the `Authorization` header, it must be explicitly listed in CORS header `Access-Control-Allow-Headers`)."
	firefoxCORP    = "Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#"
)

// firefoxKeys are the messages of the codes that have one of their own.
var firefoxKeys = map[engine.Code]string{
	engine.CodeAllowOriginMissing:  "CORSMissingAllowOrigin2",
	engine.CodeAllowOriginWildcard: "CORSNotSupportingCredentials",
	engine.CodeAllowOriginMultiple: "CORSMultipleAllowOriginNotAllowed",
	engine.CodeAllowOriginMismatch: "CORSAllowOriginNotMatchingOrigin",
	engine.CodeAllowCredentials:    "CORSMissingAllowCredentials",
	engine.CodePreflightStatus:     "CORSPreflightDidNotSucceed3",
	engine.CodeAllowMethodsInvalid: "CORSInvalidAllowMethod",
	engine.CodeAllowHeadersInvalid: "CORSInvalidAllowHeader",
	engine.CodeMethodNotAllowed:    "CORSMethodNotFound",
	engine.CodeHeaderNotAllowed:    "CORSMissingAllowHeaderFromPreflight2",
}

func firefoxLine(key string, url *origin.URL, param string) Line {
	u := url.String()
	if key == "CORSNotSupportingCredentials" {
		u = "‘" + u + "’"
	}
	reason := strings.Replace(firefoxReasons[key], "%2", firefoxBytes(param), 1)
	return Line{Text: firefoxBlocked + u + ". " + reason, Level: "error", Source: key}
}

// firefoxBytes decodes header bytes as UTF-8, with U+FFFD for what is not.
func firefoxBytes(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	text, err := unicode.UTF8.NewDecoder().String(s)
	if err != nil {
		return s // cannot happen: the decoder takes all bytes
	}
	return text
}

func (firefoxWords) dropped(_ *report, name string) (line Line, ok bool) {
	return Line{Text: "Attempt to set a forbidden header was denied: " + name, Level: "warning", Source: "DOM"}, true
}

func (firefoxWords) cookie(set *engine.SetCookie) []Line { return firefoxCookie(*set) }

// head warns of an X-Content-Type-Options of another value than the only one that there is.
func (firefoxWords) head(r *report) []Line {
	if len(r.Exchanges) == 0 {
		return nil
	}
	last := &r.Exchanges[len(r.Exchanges)-1]
	failed := r.Block != nil && r.Block.Code == engine.CodeNetworkError
	if last.Preflight || last.Response == nil || failed || fetchspec.IsRedirectStatus(last.Response.Status) && last.Response.Headers.Has("Location") {
		return nil
	}
	value, _ := last.Response.Headers.Get("X-Content-Type-Options")
	value, _, _ = strings.Cut(value, ",")
	if value = strings.Trim(value, "\t "); value == "" || fetchspec.EqualFold(value, "nosniff") {
		return nil
	}
	return []Line{{Text: "X-Content-Type-Options header warning: value was “" + firefoxBytes(value) + "”; did you mean to send “nosniff”?", Level: "warning", Source: "XCTO"}}
}

func (firefoxWords) notice(r *report, n engine.Notice) (line Line, ok bool) {
	warning := func(source, text string) (Line, bool) {
		return Line{Text: text, Level: "warning", Source: source}, true
	}
	switch n.Code {
	case engine.NoticeUpgraded:
		return warning("Mixed Content Message", "Mixed Content: Upgrading insecure display request ‘"+n.URL.String()+"’ to use ‘https’")
	case engine.NoticeScriptType:
		return firefoxScriptType(n.URL, fetchspec.UnparsedMIMEType(r.Exchanges[len(r.Exchanges)-1].Response.Headers)), true
	case engine.NoticeAuthorizationByWildcard:
		return warning("CORSAllowHeaderFromPreflightDeprecation", firefoxWarning+n.URL.String()+firefoxSoon)
	}
	return Line{}, false
}

// firefoxOpaqueLines are the lines about a response that opaque response blocking blocks, and why.
func firefoxOpaqueLines(url *origin.URL, why string) []Line {
	return []Line{
		{Text: "The resource at “" + url.String() + "” was blocked by OpaqueResponseBlocking. Reason: “" + firefoxOpaque[why] + "”.", Level: "warning", Source: "ORB"},
		{Text: "A resource is blocked by OpaqueResponseBlocking, please check browser console for details.", Level: "warning", Source: "ORB"},
	}
}

// firefoxScriptType is the line about a script of another type.
func firefoxScriptType(url *origin.URL, essence string) Line {
	return Line{Text: "The script from “" + url.String() + "” was loaded even though its MIME type (“" + essence + "”) is not a valid JavaScript MIME type.", Level: "warning", Source: "MIMEMISMATCH"}
}

// firefoxLocation is where a redirect leads, without the fragment that it inherits.
func firefoxLocation(b *engine.Block) *origin.URL {
	u, err := origin.ParseURL(b.Location, b.URL)
	if err != nil {
		return b.Target
	}
	return u
}

func (w firefoxWords) blocked(r *report) []Line {
	lines := firefoxElement(r, w.reasons(r))
	if r.page.Worker {
		// What belongs to a window is not printed for a worker.
		lines = slices.DeleteFunc(lines, func(l Line) bool {
			return l.Source == "SOP" || l.Source == "Mixed Content Blocker" || l.Source == "COEP"
		})
	}
	return lines
}

// firefoxOpaque says why opaque response blocking blocks.
var firefoxOpaque = map[string]string{
	engine.OpaqueNeverSniffed:  "mimeType is an opaque-blocklisted-never-sniffed MIME type",
	engine.OpaquePartial:       "response's status is 206 and mimeType is an opaque-blocklisted MIME type",
	engine.OpaqueNoSniff:       "nosniff is true and mimeType is an opaque-blocklisted MIME type or its essence is 'text/plain'",
	engine.OpaqueNotFirstPart:  "response status is 206 and not first partial response",
	engine.OpaqueMediaStatus:   "media request's response status is neither 200 nor 206",
	engine.OpaqueMedia:         "after sniff: media request",
	engine.OpaqueSniffNoSniff:  "after sniff: nosniff is true",
	engine.OpaqueStatus:        "after sniff: status code is not in allowed range",
	engine.OpaqueDeclaredMedia: "after sniff: content-type declares image/video/audio, but sniffing fails",
	engine.OpaqueNotScript:     "Javascript validation failed",
}

// reasons words what was wrong, less what an element's loader adds.
func (w firefoxWords) reasons(r *report) []Line {
	b := r.Block
	didNotSucceed := func(u *origin.URL) Line { return firefoxLine("CORSDidNotSucceed2", u, "") }
	switch {
	case b.Code == engine.CodePreflightNetwork:
		return []Line{didNotSucceed(b.URL), didNotSucceed(b.URL)}

	case b.Code == engine.CodePreflightRedirect:
		return w.preflightRedirect(r)

	case firefoxKeys[b.Code.Base()] != "":
		lines := []Line{firefoxLine(firefoxKeys[b.Code.Base()], b.URL, firefoxParam(b))}
		follows := b.Redirect && r.Request.Redirect == fetchspec.RedirectFollow
		if b.Preflight || follows {
			lines = append(lines, didNotSucceed(b.URL))
		}
		if b.Preflight && follows && b.Code != engine.CodePreflightStatus {
			lines = append(lines, didNotSucceed(b.URL))
		}
		return lines
	}

	// What follows a redirect from another origin is reported twice: as itself, and as a failure of that redirect.
	var lines []Line
	switch b.Code {
	case engine.CodeMIMETypeMismatch:
		return w.wrongType(r)

	case engine.CodeNetworkError:
		if b.URL.Scheme() == "blob" {
			return firefoxBlob(r)
		}
		if r.Request.Mode == fetchspec.ModeCORS && b.Crossed {
			lines = []Line{didNotSucceed(b.URL)}
			if r.Request.Method == "PUT" && !b.Preflight && b.Exchange.Response == nil && b.Exchange.Failure == engine.FailureClosed && !b.Exchange.HTTP2 {
				// A PUT that was not answered is taken for answered, with nothing.
				lines = []Line{firefoxLine("CORSMultipleAllowOriginNotAllowed", b.URL, "")}
			}
		}
		return lines

	case engine.CodeRedirectLimit, engine.CodeRedirectCredentials:
		if b.Crossed || b.Code == engine.CodeRedirectCredentials {
			lines = []Line{didNotSucceed(b.URL)}
		}
		return lines

	case engine.CodeRedirectLocation:

	case engine.CodeRedirectScheme:
		switch scheme := b.Target.Scheme(); {
		case scheme == "data":
			lines = []Line{{Text: "Redirecting to data: URI not allowed (Blocked loading of: “" + firefoxCut(firefoxLocation(b).String()) + "”)", Level: "warning", Source: "DATA_URI_BLOCKED"}}
		case scheme == "blob" && !origin.SameOrigin(b.Target.Origin(), b.URL.Origin()) && r.api() != fetchspec.APIXHR:
			lines = []Line{{Text: "Security Error: Content at " + b.URL.String() + " may not load data from " + b.Target.String() + ".", Level: "error", Source: "SOP"}}
		case scheme == "blob" && b.Crossed && r.api() == fetchspec.APIXHR:
			lines = []Line{firefoxLine("CORSRequestNotHttp", b.Target, "")}
		case r.Request.Mode == fetchspec.ModeCORS && scheme != "javascript" && scheme != "blob" && !firefoxSilent(b.Target):
			lines = []Line{firefoxLine("CORSRequestNotHttp", b.Target, "")}
		}

	case engine.CodeSameOriginMode:
		if b.URL.Scheme() == "resource" || b.URL.Scheme() != "javascript" && !firefoxSilent(b.URL) {
			lines = []Line{{Text: "Security Error: Content at " + firefoxPage(r) + " may not load data from " + b.URL.String() + ".", Level: "error", Source: "SOP"}}
		}
		return lines

	case engine.CodeLocalResource:
		page := firefoxPage(r)
		if r.redirected() && r.Request.Mode == fetchspec.ModeCORS && r.api() != fetchspec.APIXHR {
			page = r.previous().String()
		}
		lines = []Line{{Text: "Security Error: Content at " + page + " may not load or link to " + b.URL.String() + ".", Level: "error", Source: "SOP"}}

	case engine.CodeSchemeNotHTTP:
		if b.URL.Scheme() == "blob" {
			return firefoxBlob(r)
		}
		if !firefoxSilent(b.URL) {
			lines = []Line{firefoxLine("CORSRequestNotHttp", b.URL, "")}
		}

	case engine.CodeMixedContent:
		if r.api() == fetchspec.APIPreload {
			return nil
		}
		lines = []Line{{Text: "Blocked loading mixed active content “" + b.URL.String() + "”", Level: "error", Source: "Mixed Content Blocker"}}

	case engine.CodeBadPort:
		if r.redirected() && r.Request.Mode == fetchspec.ModeCORS {
			return []Line{didNotSucceed(r.previous())}
		}

	case engine.CodeCORPSameOrigin, engine.CodeCORPSameSite, engine.CodeCORPEmbedder:
		return []Line{{Text: "The resource at “" + b.URL.String() + "” was blocked due to its " + firefoxCORP, Level: "error", Source: "COEP"}}

	case engine.CodeOpaqueBlocked:
		lines = firefoxOpaqueLines(b.URL, b.Param)
		if b.Exchange == nil { // it came from the URL itself
			break
		}
		essence := fetchspec.UnparsedMIMEType(b.Exchange.Response.Headers)
		if r.isScript() && !fetchspec.IsJavaScriptMIMEType(essence) {
			switch b.Param {
			case engine.OpaqueNotScript:
				lines = slices.Insert(lines, 0, firefoxScriptType(b.URL, essence))
			case engine.OpaqueNeverSniffed:
				lines = slices.Insert(lines, 1, firefoxScriptType(b.URL, essence))
			}
		}
		return lines

	default:
		return nil
	}
	if r.redirected() && b.Crossed && r.Request.Mode == fetchspec.ModeCORS {
		u := b.URL
		if !b.Redirect || b.Target == b.URL {
			u = r.previous()
		}
		lines = append(lines, didNotSucceed(u))
	}
	return lines
}

// wrongType words a response of a type that its element may not have.
func (firefoxWords) wrongType(r *report) []Line {
	b := r.Block
	url := "“" + b.URL.String() + "”"
	text := ""
	switch {
	case r.api() == fetchspec.APIModule && b.Status == 0:
		return nil
	case (b.Step == "nosniff 4" || b.Step == "nosniff 5") && r.api() != fetchspec.APIModule:
		text = "The resource from " + url + " was blocked due to MIME type (“" + b.Param + "”) mismatch (X-Content-Type-Options: nosniff)."
	case r.api() == fetchspec.APIModule && b.Step != "mime-type-block 4":
		text = "Loading module from " + url + " was blocked because of a disallowed MIME type (“" + b.Param + "”)."
	case r.isScript():
		text = "Script from " + url + " was blocked because of a disallowed MIME type (“" + b.Param + "”)."
	default:
		return nil
	}
	lines := []Line{{Text: text, Level: "error", Source: "MIMEMISMATCH"}}
	if b.Crossed && r.Request.Mode == fetchspec.ModeCORS {
		lines = append(lines, firefoxLine("CORSDidNotSucceed2", b.URL, ""))
	}
	return lines
}

// firefoxBlob words the refusal of a blob: URL that is not the page's; other methods than GET fail without a word.
func firefoxBlob(r *report) []Line {
	if r.redirected() || r.Request.Method != "GET" || origin.SameOrigin(r.Block.URL.Origin(), r.page.Origin) {
		return nil
	}
	return []Line{{Text: "Security Error: Content at " + firefoxPage(r) + " may not load data from " + r.Block.URL.String() + ".", Level: "error", Source: "SOP"}}
}

// firefoxSilent reports whether a URL of another scheme is refused without a word.
func firefoxSilent(u *origin.URL) bool {
	switch u.Scheme() {
	case "ws", "wss", "chrome", "resource", "moz-extension":
		return true
	case "about":
		return u.Path() != "blank"
	}
	return false
}

// preflightRedirect words the redirect of a preflight, which Firefox follows far enough to see where it leads.
func (firefoxWords) preflightRedirect(r *report) []Line {
	b := r.Block
	failed := firefoxLine("CORSDidNotSucceed2", b.URL, "")
	if b.Target == nil || !b.Target.IsHTTP() || b.Target.IncludesCredentials() {
		var lines []Line
		if b.Target != nil && b.Target.Scheme() == "data" {
			lines = []Line{{Text: "Redirecting to data: URI not allowed (Blocked loading of: “" + firefoxCut(b.Target.String()) + "”)", Level: "warning", Source: "DATA_URI_BLOCKED"}}
		}
		return append(lines, failed, failed)
	}
	lines := []Line{firefoxLine("CORSExternalRedirectNotAllowed", b.URL, "")}
	value, _ := b.Exchange.Response.Headers.Get("Access-Control-Allow-Origin")
	if value != "*" && !origin.SameOrigin(b.URL.Origin(), b.Target.Origin()) {
		// The origin is tainted by then, and the header is judged once more.
		lines = append(lines, firefoxLine("CORSAllowOriginNotMatchingOrigin", b.URL, value))
	} else {
		lines = append(lines, firefoxLine("CORSPreflightDidNotSucceed3", b.URL, strconv.Itoa(b.Status)))
	}
	return append(lines, failed)
}

func firefoxParam(b *engine.Block) string {
	switch b.Code.Base() {
	case engine.CodeAllowOriginMissing, engine.CodePreflightStatus:
		return strconv.Itoa(b.Status)
	case engine.CodeHeaderNotAllowed:
		return fetchspec.ByteLower(b.Param)
	}
	return b.Param
}

// firefoxCut shortens a data: URL, and then decodes what is percent-encoded in it.
func firefoxCut(u string) string {
	u = strings.ReplaceAll(u, " ", "%20")
	end := ""
	if len(u) > 50 {
		u, end = u[:50], "..."
	}
	plain, err := url.PathUnescape(u)
	if err != nil {
		return u + end
	}
	return plain + end
}

// firefoxPage is how messages name the page. A sandboxed frame or document is named by a null principal, whose identifier is random;
// it is written as zeros here.
func firefoxPage(r *report) string {
	if r.page.Origin.IsOpaque() {
		parent := r.page.Embedder
		if parent.IsZero() && r.page.URL != nil {
			parent = r.page.URL.Origin()
		}
		if !parent.IsZero() {
			return "moz-nullprincipal:{00000000-0000-0000-0000-000000000000}?" + parent.String()
		}
	}
	return pageURL(r)
}
