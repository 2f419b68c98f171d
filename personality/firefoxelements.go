package personality

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// firefoxElement adds what an element's loader says to the lines of a block.
func firefoxElement(r *report, lines []Line) []Line {
	b := r.Block
	switch r.api() {
	case fetchspec.APIScript:
	case fetchspec.APIModule:
		lines = firefoxRedirectedModule(r, lines)
	case fetchspec.APIStylesheet:
		if b.Code == engine.CodeMIMETypeMismatch && b.Step != "nosniff 5" {
			lines = append(lines, Line{Text: "The stylesheet " + b.URL.String() + " was not loaded because its MIME type, “" + b.Param + "”, is not “text/css”.", Level: "error", Source: "CSS Loader"})
		}
		return lines
	case fetchspec.APIEventSource:
		if r.Request == nil {
			return lines
		}
		return append(lines, Line{Text: "Firefox can’t establish a connection to the server at " + r.Request.URL().String() + ".", Level: "error", Source: "Event Source"})
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
	essence := fetchspec.ExtractMIMEType(last.Response.Headers)
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
