package personality

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// firefoxIdle are the as attributes of preloads that fire the load event without a request.
var firefoxIdle = []string{"audio", "json", "video"}

// firefoxElement adds what an element's loader says to the lines of a block.
func firefoxElement(r *report, lines []Line) []Line {
	b := r.Block
	lines = firefoxRefusedRedirect(r, lines)
	switch r.api() {
	case fetchspec.APIScript:
		lines = firefoxBlockedScript(r, lines)
	case fetchspec.APIModule:
		lines = firefoxRedirectedModule(r, lines)
	case fetchspec.APIStylesheet:
		return firefoxStyleType(r, lines)
	case fetchspec.APIVideo, fetchspec.APIAudio:
		return append(lines, firefoxMedia(r)...)
	case fetchspec.APIEventSource:
		if r.Request == nil {
			return lines
		}
		failed := Line{Text: "Firefox can’t establish a connection to the server at " + firefoxMoved(r).String() + ".", Level: "error", Source: "Event Source"}
		if len(r.Exchanges) == 0 && b.Code != engine.CodeMixedContent {
			return []Line{failed}
		}
		switch b.Code {
		case engine.CodeNetworkError:
			if !b.Crossed {
				return lines // it tries again
			}
		case engine.CodeStatusNotOK, engine.CodeEventStreamType:
			// Once when it looks at the response, and once at its end: if that is not so late that the source is closed by then.
			lines = append(lines, failed)
		}
		return append(lines, failed)
	case fetchspec.APIPreload:
		if _, err := origin.ParseURL(r.init.URL, r.page.URL); err != nil {
			return nil
		}
		if b.Code == engine.CodePreloadDestination && (b.Param == string(fetchspec.DestinationTrack) || slices.Contains(firefoxIdle, fetchspec.ByteLower(b.Param))) {
			return nil
		}
		if b.Code == engine.CodePreloadDestination {
			return []Line{{Text: "Preload of " + firefoxAbsolute(r) + " was ignored due to unknown “as” or “type” values, or non-matching “media” attribute.", Level: "warning", Source: "DOM"}}
		}
		lines = firefoxBlockedScript(r, lines)
		if r.Request != nil && r.Request.Destination == fetchspec.DestinationStyle {
			if len(r.Exchanges) == 0 {
				return nil
			}
			return firefoxStyleType(r, lines)
		}
		return lines
	default:
		return lines
	}
	if r.Request == nil {
		return append(lines, Line{Text: "‘src’ attribute of <script> element is not a valid URI: “" + r.init.URL + "”", Level: "warning", Source: "HTML"})
	}
	script, failed := "<script>", "Loading failed for the <script> with source "
	if r.api() == fetchspec.APIModule {
		script, failed = "Module", "Loading failed for the module with source "
	}
	source := "“" + r.Request.URL().String() + "”."
	text := failed + source
	switch {
	case firefoxRefused(r, lines):
		text = script + " source URI is not allowed in this document: " + source
	case firefoxMalformed(r):
		text = script + " source URI is malformed: " + source
	}
	return append(lines, Line{Text: text, Level: "warning", Source: "Script Loader"})
}

// firefoxStyleType adds that a style sheet is of another type.
func firefoxStyleType(r *report, lines []Line) []Line {
	b := r.Block
	if b.Code != engine.CodeMIMETypeMismatch || b.Step == "nosniff 5" {
		return lines
	}
	return append(lines, Line{Text: "The stylesheet " + b.URL.String() + " was not loaded because its MIME type, “" + b.Param + "”, is not “text/css”.", Level: "error", Source: "CSS Loader"})
}

// firefoxBlockedScript adds the type of a script that CORS blocked: it is looked at before.
func firefoxBlockedScript(r *report, lines []Line) []Line {
	b := r.Block
	if !r.isScript() || r.api() == fetchspec.APIModule || firefoxKeys[b.Code] == "" || b.Redirect || b.Exchange == nil || b.Exchange.Response == nil {
		return lines
	}
	essence := fetchspec.UnparsedMIMEType(b.Exchange.Response.Headers)
	status := b.Exchange.Response.Status
	if fetchspec.IsJavaScriptMIMEType(essence) || !fetchspec.IsOKStatus(status) {
		return lines
	}
	return slices.Insert(lines, 0, firefoxScriptType(b.URL, essence))
}

// firefoxRefusedRedirect adds what opaque response blocking says of a redirect response that is not followed: it is judged as
// if it were what the element asked for.
func firefoxRefusedRedirect(r *report, lines []Line) []Line {
	if r.Request == nil || r.Request.Mode != fetchspec.ModeNoCORS || r.Request.Destination == fetchspec.DestinationNone || len(r.Exchanges) == 0 {
		return lines
	}
	if r.Block.Code != engine.CodeMixedContent {
		return lines // of other schemes it is not sure to
	}
	last := &r.Exchanges[len(r.Exchanges)-1]
	url := last.Request.CurrentURL()
	if last.Response == nil || !fetchspec.IsRedirectStatus(last.Response.Status) || origin.SameOrigin(r.page.Origin, url.Origin()) {
		return lines
	}
	essence := fetchspec.UnparsedMIMEType(last.Response.Headers)
	if essence == "text/css" || essence == "image/svg+xml" || fetchspec.IsJavaScriptMIMEType(essence) {
		return lines
	}
	return append(lines, firefoxOpaqueLines(url, engine.OpaqueStatus)...)
}

// isNoContent reports whether a status without content is why a response is of no use. Audio and video wait for its content
// for good.
func isNoContent(b *engine.Block) bool {
	return b.Code == engine.CodeStatusNotOK && b.Exchange != nil && b.Exchange.Response.Status == http.StatusNoContent
}

// isMediaType reports whether audio and video take a response of the MIME type, or of none.
func isMediaType(essence string) bool {
	return essence == "" || strings.HasPrefix(essence, "audio/") || strings.HasPrefix(essence, "video/")
}

func firefoxMediaType(r *report) string {
	return "HTTP “Content-Type” of “" + r.Block.Param + "” is not supported. Load of media resource " + r.Request.URL().String() + " failed."
}

// firefoxMedia words what an audio or video element makes of a response that it can see and cannot play.
func firefoxMedia(r *report) []Line {
	b := r.Block
	text := ""
	switch b.Code {
	case engine.CodeURLInvalid:
		text = "Invalid URI. Load of media resource " + r.init.URL + " failed."
	case engine.CodeStatusNotOK:
		if isNoContent(b) {
			if isMediaType(b.Param) {
				return nil
			}
			text = firefoxMediaType(r)
			break
		}
		text = "HTTP load failed with status " + strconv.Itoa(b.Exchange.Response.Status) + ". Load of media resource " + r.Request.URL().String() + " failed."
	case engine.CodeNotDecodable, engine.CodeRangeMismatch:
		if b.Code == engine.CodeRangeMismatch {
			part, _ := b.Exchange.Response.Headers.Get("Content-Range")
			if start, ok := strings.CutPrefix(part, "bytes "); !ok || start == "" || start[0] < '0' || start[0] > '9' {
				return nil
			}
		}
		text = "Media resource " + r.Request.URL().String() + " could not be decoded."
		known := b.Exchange != nil && strings.HasPrefix(b.Exchange.Response.Body, "RIFF") // by its start, whatever it says
		if !known && !isMediaType(b.Param) {
			text = firefoxMediaType(r)
		}
	default:
		return nil
	}
	return []Line{{Text: text, Level: "warning", Source: "Media"}}
}

// firefoxMoved returns the URL of an EventSource: where the last permanent redirect led to.
func firefoxMoved(r *report) *origin.URL {
	u := r.Request.URL()
	for i, x := range r.Exchanges {
		if x.Response != nil && (x.Response.Status == 301 || x.Response.Status == 308) && i+1 < len(r.Request.URLs) {
			u = r.Request.URLs[i+1]
		}
	}
	return u
}

// firefoxAbsolute returns the URL of an element that made no request.
func firefoxAbsolute(r *report) string {
	u, err := origin.ParseURL(r.init.URL, r.page.URL)
	if err != nil {
		return r.init.URL
	}
	return u.String()
}

// firefoxRedirectedModule adds that a module is of a wrong type where a redirect response is refused: it is judged as if
// it were the script.
func firefoxRedirectedModule(r *report, lines []Line) []Line {
	if len(r.Exchanges) == 0 || r.Block.Code == engine.CodeMIMETypeMismatch {
		return lines
	}
	last := &r.Exchanges[len(r.Exchanges)-1]
	if last.Response == nil || !fetchspec.IsRedirectStatus(last.Response.Status) {
		return lines
	}
	at := slices.IndexFunc(lines, func(l Line) bool { return l.Source == "CORSDidNotSucceed2" })
	refused := false
	switch r.Block.Code {
	case engine.CodeMixedContent, engine.CodeRedirectCredentials:
		refused = true
	case engine.CodeRedirectScheme:
		refused = slices.ContainsFunc(lines, func(l Line) bool { return l.Source == "CORSRequestNotHttp" })
	default:
		refused = at >= 0 && firefoxKeys[r.Block.Code.Base()] != ""
	}
	essence := fetchspec.UnparsedMIMEType(last.Response.Headers)
	if !refused || fetchspec.IsJavaScriptMIMEType(essence) {
		return lines
	}
	if at < 0 {
		at = len(lines)
	}
	return slices.Insert(lines, at, Line{
		Text:  "Loading module from “" + last.Request.CurrentURL().String() + "” was blocked because of a disallowed MIME type (“" + essence + "”).",
		Level: "error", Source: "MIMEMISMATCH",
	})
}

// firefoxMalformed reports whether an element's URL is one that nothing can be loaded from.
func firefoxMalformed(r *report) bool {
	scheme := r.Request.URL().Scheme()
	return r.Block.Code == engine.CodeDataURLInvalid || scheme == "about" || scheme == "blob"
}

// firefoxRefused reports whether an element's URL is one that the page may not load.
func firefoxRefused(r *report, lines []Line) bool {
	if slices.ContainsFunc(lines, isFirefoxCORS) {
		return true
	}
	if r.Block.Code == engine.CodeMixedContent {
		return r.redirected()
	}
	return (!r.redirected() || r.Request.Mode == fetchspec.ModeNoCORS) && slices.ContainsFunc(lines, func(l Line) bool { return l.Source == "SOP" })
}

func isFirefoxCORS(l Line) bool { return strings.HasPrefix(l.Text, firefoxBlocked) }
