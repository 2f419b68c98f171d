package engine

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// load judges whether an element or style sheet can use a response that CORS let through: it fires an error event where
// it cannot. Nothing is parsed in full: what a body is, is told by how it starts.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html
func (f *fetch) load(resp *fetchspec.Response) *Block {
	b := f.loadCheck(resp)
	if b != nil {
		if len(f.res.Exchanges) > 0 {
			b.Exchange = f.lastExchange()
		}
		b.Param = fetchspec.ExtractMIMEType(resp.Headers)
	}
	return b
}

func (f *fetch) loadCheck(resp *fetchspec.Response) *Block {
	essence := fetchspec.ExtractMIMEType(resp.Headers)
	noSniff := fetchspec.IsNoSniff(resp.Headers)
	if f.tainting == fetchspec.TaintingOpaque && f.blocksOpaque(resp, essence, noSniff) {
		// DEVIATION: OpaqueBlocking.
		return &Block{Code: CodeOpaqueBlocked, Step: "main-fetch 20"}
	}
	switch f.req.API {
	case fetchspec.APIScript, fetchspec.APIModule:
		javaScript := fetchspec.IsJavaScriptMIMEType(essence)
		switch {
		case !f.usableStatus(resp.Status):
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		case strings.HasPrefix(essence, "audio/"), strings.HasPrefix(essence, "image/"), strings.HasPrefix(essence, "video/"), essence == "text/csv":
			return &Block{Code: CodeMIMETypeMismatch, Step: "mime-type-block 4"}
		case noSniff && !javaScript:
			return &Block{Code: CodeMIMETypeMismatch, Step: "nosniff 4"}
		case f.req.API == fetchspec.APIModule && !javaScript:
			return &Block{Code: CodeMIMETypeMismatch, Step: "main-fetch 24"}
		}

	case fetchspec.APIStylesheet:
		switch {
		case !f.usableStatus(resp.Status):
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		case noSniff && essence != "text/css":
			return &Block{Code: CodeMIMETypeMismatch, Step: "nosniff 5"}
		case essence != "" && essence != "text/css" && !f.q.WrongStylesheetLoads: // DEVIATION: WrongStylesheetLoads.
			return &Block{Code: CodeMIMETypeMismatch, Step: "main-fetch 24"}
		}

	case fetchspec.APIImage:
		if isNullBodyStatus(resp.Status) || !isImage(resp.Body, essence) {
			return &Block{Code: CodeNotDecodable, Step: "main-fetch 24"}
		}

	case fetchspec.APIFont:
		if !isFont(resp.Body) {
			return &Block{Code: CodeNotDecodable, Step: "main-fetch 24"}
		}
	}
	return nil
}

// usableStatus reports whether scripts and style sheets take a response of this status.
func (f *fetch) usableStatus(status int) bool {
	if slices.Contains(f.q.LoadBelow400, f.req.API) {
		// DEVIATION: LoadBelow400.
		return status < 400
	}
	return fetchspec.IsOKStatus(status)
}

// isNullBodyStatus reports whether a response of this status has no body.
//
// https://fetch.spec.whatwg.org/#null-body-status
func isNullBodyStatus(status int) bool {
	return status == 101 || status == 103 || status == 204 || status == 205 || status == 304
}

func isImage(body, essence string) bool {
	if essence == "image/svg+xml" {
		return strings.Contains(body, "<svg")
	}
	for _, magic := range [...]string{"\x89PNG\r\n\x1a\n", "GIF87a", "GIF89a", "\xFF\xD8\xFF", "BM", "\x00\x00\x01\x00"} {
		if strings.HasPrefix(body, magic) {
			return true
		}
	}
	return strings.HasPrefix(body, "RIFF") && len(body) > 12 && body[8:12] == "WEBP" || len(body) > 12 && body[4:12] == "ftypavif"
}

func isFont(body string) bool {
	for _, magic := range [...]string{"wOFF", "wOF2", "OTTO", "true", "ttcf", "\x00\x01\x00\x00"} {
		if strings.HasPrefix(body, magic) && len(body) > 12 {
			return true
		}
	}
	return false
}

// blocksOpaque is the part of opaque response blocking that the head and the start of a response decide.
//
// OUT OF SCOPE: validating a body as JavaScript, and range requests of media elements.
//
// https://github.com/annevk/orb
func (f *fetch) blocksOpaque(resp *fetchspec.Response, essence string, noSniff bool) bool {
	if f.q.OpaqueBlocking == OpaqueBlockingNone {
		return false
	}
	markup := essence == "text/html" || isJSONMIMEType(essence) || isXMLMIMEType(essence)
	switch {
	case essence == "text/css", essence == "image/svg+xml", strings.HasPrefix(essence, "audio/"), strings.HasPrefix(essence, "video/"), essence == "":
		return false
	case neverSniffed[essence]:
		return true
	case noSniff && (markup || essence == "text/plain"):
		return true
	}
	if f.q.OpaqueBlocking == OpaqueBlockingScript && !markup {
		return false
	}
	start := strings.TrimLeft(resp.Body, "\t\n\f\r ")
	lower := strings.ToLower(start[:min(len(start), 16)])
	return strings.HasPrefix(lower, "<!doctype html") || strings.HasPrefix(lower, "<html") || strings.HasPrefix(lower, "<?xml") ||
		strings.HasPrefix(lower, "<script") || strings.HasPrefix(lower, "<body") || strings.HasPrefix(lower, "<head") ||
		strings.HasPrefix(lower, `{"`) || strings.HasPrefix(lower, ")]}'")
}

func isJSONMIMEType(e string) bool {
	return e == "application/json" || e == "text/json" || strings.HasSuffix(e, "+json")
}

func isXMLMIMEType(e string) bool {
	return e != "image/svg+xml" && (e == "application/xml" || e == "text/xml" || strings.HasSuffix(e, "+xml"))
}

var neverSniffed = map[string]bool{
	"application/gzip": true, "application/x-gzip": true, "application/pdf": true, "application/zip": true,
	"application/x-protobuf": true, "application/msword": true, "application/vnd.ms-excel": true,
	"application/vnd.ms-powerpoint": true, "multipart/byteranges": true, "text/csv": true, "text/event-stream": true,
}
