package engine

import (
	"encoding/json"
	"regexp"
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
	if b == nil {
		f.noteType(resp)
		f.noteUpgradedMedia()
		return nil
	}
	if len(f.res.Exchanges) > 0 {
		b.Exchange = f.lastExchange()
	}
	if b.Param == "" {
		b.Param = f.mimeType(resp.Headers)
	}
	return b
}

// noteType notes an odd Content-Type of a response that is used all the same.
func (f *fetch) noteType(resp *fetchspec.Response) {
	switch {
	case f.req.API != fetchspec.APIModule && f.req.Destination == fetchspec.DestinationScript:
		if f.url.IsHTTP() && !fetchspec.IsJavaScriptMIMEType(f.mimeType(resp.Headers)) {
			f.notice(NoticeScriptType)
		}
	case f.req.API == fetchspec.APIEventSource:
		if t, _ := fetchspec.ParseMIMEType(lastValue(resp.Headers, "Content-Type")); len(t.Parameters) > 0 {
			if charset, ok := fetchspec.Headers(t.Parameters).Get("charset"); ok && !fetchspec.EqualFold(charset, "utf-8") {
				f.notice(NoticeEventStreamCharset)
				f.res.Notices[len(f.res.Notices)-1].Param = charset
			}
		}
	}
}

// noteUpgradedMedia notes that audio or video was loaded from another URL than the page said.
func (f *fetch) noteUpgradedMedia() {
	if !f.req.API.IsMedia() || len(f.req.URLs) > 1 {
		return
	}
	for _, n := range f.res.Notices {
		if n.Code == NoticeUpgraded {
			f.noticeOf(NoticeUpgradedMedia, n.URL)
			return
		}
	}
}

// mimeType returns the essence of a response's MIME type, as what asked for it takes it.
func (f *fetch) mimeType(h fetchspec.Headers) string {
	if f.q.LooseMIMETypes {
		// DEVIATION: LooseMIMETypes.
		return fetchspec.LooseMIMEType(h)
	}
	if f.q.UnparsedMIMETypes {
		// DEVIATION: UnparsedMIMETypes.
		return fetchspec.UnparsedMIMEType(h)
	}
	if f.q.TypeLists {
		// DEVIATION: TypeLists.
		switch f.req.API {
		case fetchspec.APIStylesheet, fetchspec.APIScript:
			value, _ := h.Get("Content-Type")
			if first, _, several := strings.Cut(value, ","); several {
				return fetchspec.MIMEEssence(first)
			}
		case fetchspec.APIModule, fetchspec.APIImage:
			if strings.Contains(lastValue(h, "Content-Type"), ",") {
				return ""
			}
		}
	}
	return fetchspec.ExtractMIMEType(h)
}

// lastValue returns the value of the last line of a header.
func lastValue(h fetchspec.Headers, name string) (last string) {
	for v := range h.Values(name) {
		last = v
	}
	return last
}

func (f *fetch) loadCheck(resp *fetchspec.Response) *Block {
	if f.req.API == fetchspec.APIPreload && f.q.PreloadByStatus {
		// DEVIATION: PreloadByStatus.
		return f.preloadCheck(resp)
	}
	if f.q.AboutBlankStyles && f.req.Destination == fetchspec.DestinationStyle && f.url.Scheme() == "about" {
		// DEVIATION: AboutBlankStyles.
		return nil
	}
	essence := f.mimeType(resp.Headers)
	if f.tainting == fetchspec.TaintingOpaque {
		if reason := f.opaqueBlock(resp, essence); reason != "" {
			// DEVIATION: OpaqueBlocking.
			return &Block{Code: CodeOpaqueBlocked, Step: "main-fetch 20", Param: reason}
		}
	}
	if b := f.typeCheck(resp.Headers); b != nil {
		return b
	}
	switch f.req.API {
	case fetchspec.APIScript, fetchspec.APIModule:
		if !f.usableStatus(resp.Status) {
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		}
		if f.q.ModulesMustStart && f.req.API == fetchspec.APIModule && !isNullBodyStatus(resp.Status) && !startsProgram(resp.Body) {
			// DEVIATION: ModulesMustStart.
			return &Block{Code: CodeNotDecodable, Step: "main-fetch 24"}
		}

	case fetchspec.APIStylesheet:
		switch {
		case !f.usableStatus(resp.Status):
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		case essence != "" && essence != "text/css" && !f.q.WrongStylesheetLoads: // DEVIATION: WrongStylesheetLoads.
			return &Block{Code: CodeMIMETypeMismatch, Step: "main-fetch 24"}
		}

	case fetchspec.APIPreload:
		switch {
		case f.q.PreloadEvents: // DEVIATION: PreloadEvents.
			return f.visiblePreloadCheck(resp, essence)
		case resp.Status >= 400 && slices.Contains(f.q.PreloadErrors, f.req.Destination): // DEVIATION: PreloadErrors.
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		case f.q.PreloadDecodesImages && f.req.Destination == fetchspec.DestinationImage: // DEVIATION: PreloadDecodesImages.
			return f.imageCheck(resp, essence)
		}

	case fetchspec.APIImage:
		return f.imageCheck(resp, essence)

	case fetchspec.APIFont:
		if !isFont(resp.Body) {
			return &Block{Code: CodeNotDecodable, Step: "main-fetch 24"}
		}

	case fetchspec.APIVideo, fetchspec.APIAudio:
		below400 := slices.Contains(f.q.LoadBelow400, f.req.API)
		switch {
		case below400 && resp.Status >= 400, !below400 && resp.Status != 200 && resp.Status != 206:
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		case resp.Status == 206 && !below400 && !startsAtZero(resp.Headers) && !(f.q.PartialWithoutRange && !resp.Headers.Has("Content-Range")):
			// DEVIATION: PartialWithoutRange.
			return &Block{Code: CodeRangeMismatch, Step: "main-fetch 24"}
		case f.q.SizeNeeded && resp.Status == 206 && hasUnknownSize(resp.Headers):
			// DEVIATION: SizeNeeded.
			return &Block{Code: CodeSizeUnknown, Step: "main-fetch 24"}
		case isNullBodyStatus(resp.Status), !isMedia(resp.Body), isShortWAVE(resp.Body, f.q.WAVE): // DEVIATION: WAVE.
			return &Block{Code: CodeNotDecodable, Step: "main-fetch 24"}
		}

	case fetchspec.APIEventSource:
		switch {
		case resp.Status != 200:
			return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
		case f.q.EventStreamTypeAsWritten:
			// DEVIATION: EventStreamTypeAsWritten.
			if written := writtenType(resp.Headers); !fetchspec.EqualFold(written, eventStream) {
				return &Block{Code: CodeEventStreamType, Step: "main-fetch 24", Param: written}
			}
		case essence != eventStream:
			return &Block{Code: CodeEventStreamType, Step: "main-fetch 24"}
		}
		if charset := fetchspec.ExtractCharset(resp.Headers); f.q.EventStreamUTF8 && charset != "" && !fetchspec.EqualFold(charset, "utf-8") {
			// DEVIATION: EventStreamUTF8.
			return &Block{Code: CodeEventStreamCharset, Step: "main-fetch 24", Param: charset}
		}
	}
	return nil
}

// imageCheck judges whether a response can be shown as an image.
func (f *fetch) imageCheck(resp *fetchspec.Response, essence string) *Block {
	// DEVIATION: RasterOverSVG.
	svg := essence == "image/svg+xml" && !(f.q.RasterOverSVG && isImage(resp.Body))
	// DEVIATION: ResetContentShown.
	empty := isNullBodyStatus(resp.Status) && !(resp.Status == 205 && f.q.ResetContentShown)
	switch {
	case svg && f.q.SVGNeedsOK && !fetchspec.IsOKStatus(resp.Status): // DEVIATION: SVGNeedsOK.
		return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
	case empty, svg && !strings.Contains(resp.Body, "<svg"), !svg && !isImage(resp.Body):
		return &Block{Code: CodeNotDecodable, Step: "main-fetch 24"}
	}
	return nil
}

// visiblePreloadCheck judges a preload where script may see what came of it.
func (f *fetch) visiblePreloadCheck(resp *fetchspec.Response, essence string) *Block {
	opaque := f.tainting == fetchspec.TaintingOpaque
	switch {
	case f.req.Destination == fetchspec.DestinationImage && opaque:
	case f.req.Destination == fetchspec.DestinationImage:
		return f.imageCheck(resp, essence)
	case !fetchspec.IsOKStatus(resp.Status) && !opaque:
		return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
	case f.req.Destination == fetchspec.DestinationStyle && essence != "" && essence != "text/css":
		return &Block{Code: CodeMIMETypeMismatch, Step: "main-fetch 24"}
	}
	return nil
}

// preloadCheck judges a preload as what it is for would be judged, less its type.
func (f *fetch) preloadCheck(resp *fetchspec.Response) *Block {
	switch {
	case f.req.Destination == fetchspec.DestinationImage:
		return f.imageCheck(resp, fetchspec.ExtractMIMEType(resp.Headers))
	case f.req.Destination != fetchspec.DestinationNone && resp.Status >= 400:
		return &Block{Code: CodeStatusNotOK, Step: "main-fetch 24"}
	}
	return nil
}

// writtenType returns what the last Content-Type has before its first comma, semicolon or white space.
func writtenType(h fetchspec.Headers) string {
	value := lastValue(h, "Content-Type")
	if i := strings.IndexAny(value, ",;\t "); i >= 0 {
		value = value[:i]
	}
	return value
}

// eventStream is the MIME type of what an EventSource reads.
const eventStream = "text/event-stream"

// startsAtZero reports whether a partial response starts at the first byte, which is what was asked for.
//
// https://html.spec.whatwg.org/multipage/media.html#verify-a-media-response
func startsAtZero(h fetchspec.Headers) bool {
	value, _ := h.Get("Content-Range")
	rest, isZero := strings.CutPrefix(value, "bytes 0-")
	last, size, ok := strings.Cut(rest, "/")
	return isZero && ok && isDigits(last) && (size == "*" || isDigits(size))
}

// hasUnknownSize reports whether Content-Range does not say how long the whole is.
func hasUnknownSize(h fetchspec.Headers) bool {
	value, _ := h.Get("Content-Range")
	return strings.HasSuffix(value, "/*")
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// typeCheck refuses scripts of types that they may not have, and under nosniff style sheets that are not text/css.
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func (f *fetch) typeCheck(h fetchspec.Headers) *Block {
	essence, noSniff := f.mimeType(h), fetchspec.IsNoSniff(h)
	javaScript := fetchspec.IsJavaScriptMIMEType(essence)
	// DEVIATION: PreloadAnyType.
	script := f.req.Destination == fetchspec.DestinationScript && !(f.q.PreloadAnyType && f.req.API == fetchspec.APIPreload)
	switch {
	case script && (strings.HasPrefix(essence, "audio/") || strings.HasPrefix(essence, "image/") || strings.HasPrefix(essence, "video/") || essence == "text/csv"):
		return &Block{Code: CodeMIMETypeMismatch, Step: "mime-type-block 4", Param: essence}
	case script && noSniff && !javaScript:
		return &Block{Code: CodeMIMETypeMismatch, Step: "nosniff 4", Param: essence}
	case f.req.API == fetchspec.APIModule && !javaScript:
		return &Block{Code: CodeMIMETypeMismatch, Step: "main-fetch 24", Param: essence}
	case f.req.Destination == fetchspec.DestinationStyle && noSniff && essence != "text/css":
		return &Block{Code: CodeMIMETypeMismatch, Step: "nosniff 5", Param: essence}
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

func isImage(body string) bool {
	for _, magic := range [...]string{"\x89PNG\r\n\x1a\n", "GIF87a", "GIF89a", "\xFF\xD8\xFF", "BM", "\x00\x00\x01\x00"} {
		if strings.HasPrefix(body, magic) {
			return true
		}
	}
	return strings.HasPrefix(body, "RIFF") && len(body) > 12 && body[8:12] == "WEBP" || len(body) > 12 && body[4:12] == "ftypavif"
}

// isMedia recognises WAVE, Ogg, MP4, WebM, FLAC, and MP3 with and without ID3.
func isMedia(body string) bool {
	for _, magic := range [...]string{"OggS", "fLaC", "ID3", "\x1A\x45\xDF\xA3"} {
		if strings.HasPrefix(body, magic) {
			return true
		}
	}
	switch {
	case len(body) >= 12 && body[:4] == "RIFF":
		return body[8:12] == "WAVE"
	case len(body) >= 12 && body[4:8] == "ftyp":
		return true
	}
	return len(body) >= 2 && body[0] == 0xFF && body[1]&0xE0 == 0xE0
}

// isShortWAVE reports whether a body is WAVE audio that ends before what must be there.
func isShortWAVE(body string, must WAVELoads) bool {
	// A chunk has a head of 8 bytes, and the format is 16 bytes long.
	chunk, length := "fmt ", 8+16
	switch must {
	case WAVEStart:
		return false
	case WAVESamples:
		chunk, length = "data", 8
	}
	i := strings.Index(body, chunk)
	return strings.HasPrefix(body, "RIFF") && (i < 0 || len(body) < i+length)
}

func isFont(body string) bool {
	for _, magic := range [...]string{"wOFF", "wOF2", "OTTO", "true", "ttcf", "\x00\x01\x00\x00"} {
		if strings.HasPrefix(body, magic) && len(body) > 12 {
			return true
		}
	}
	return false
}

// Why a response is kept from an element by opaque response blocking: the parameter of CodeOpaqueBlocked.
const (
	OpaqueNeverSniffed  = "never-sniffed"    // its type is one of those that no element can use
	OpaquePartial       = "partial-document" // a part of a document or of data
	OpaqueNoSniff       = "nosniff-document" // a document or data, and no sniffing
	OpaqueNotFirstPart  = "not-first-part"   // a part, but not the first
	OpaqueMediaStatus   = "media-status"     // audio or video with a status other than 200 and 206
	OpaqueMedia         = "media"            // neither audio nor video, for an element that plays them
	OpaqueSniffNoSniff  = "nosniff"          // no image, audio or video, and no sniffing for scripts
	OpaqueStatus        = "status"           // a status that is not ok
	OpaqueDeclaredMedia = "declared-media"   // it says that it is an image, audio or video, and is not
	OpaqueNotScript     = "not-script"       // it is no script either
)

// opaqueBlock returns why opaque response blocking keeps a response from an element, as far as its head and its start decide,
// and the empty string where it does not.
//
// OUT OF SCOPE: parsing a body as JavaScript, and later range requests of media elements.
//
// https://github.com/annevk/orb
func (f *fetch) opaqueBlock(resp *fetchspec.Response, essence string) string {
	noSniff := fetchspec.IsNoSniff(resp.Headers)
	markup := essence == "text/html" || isJSONMIMEType(essence) || isXMLMIMEType(essence)
	switch {
	case f.q.OpaqueBlocking == OpaqueBlockingNone:
		return ""
	case f.q.OpaqueBlocking == OpaqueBlockingSniff && f.req.Destination == fetchspec.DestinationNone:
		return "" // as for script's own fetch, which gets an empty response
	case f.q.OpaqueBlocking == OpaqueBlockingScript:
		return f.opaqueUnlessScript(resp, essence, markup, noSniff)
	case essence == "text/css", essence == "text/vtt", essence == "image/svg+xml", strings.HasPrefix(essence, "audio/"), strings.HasPrefix(essence, "video/"), essence == "":
		return ""
	case neverSniffed[essence]:
		return OpaqueNeverSniffed
	case noSniff && (markup || essence == "text/plain"):
		return OpaqueNoSniff
	case looksLikeMarkup(resp.Body), looksLikeJSON(resp.Body):
		return OpaqueNotScript
	}
	return ""
}

// opaqueUnlessScript is opaque response blocking that lets through what is an image, audio or video, or else a script.
func (f *fetch) opaqueUnlessScript(resp *fetchspec.Response, essence string, markup, noSniff bool) string {
	plays := f.req.API.IsMedia()
	partial := resp.Status == 206
	body := resp.Body
	if isNullBodyStatus(resp.Status) {
		body = ""
	}
	switch {
	case f.req.Destination == fetchspec.DestinationNone:
		// What is preloaded for script's own requests is not for an element.
		return ""
	case essence == "text/css", essence == "text/vtt", essence == "image/svg+xml", fetchspec.IsJavaScriptMIMEType(essence), essence == "text/plain" && noSniff:
		return ""
	case essence == "audio/mpeg", essence == "audio/aac", essence == "audio/aacp":
		// Media that cannot be told by its start.
		return ""
	case neverSniffed[essence]:
		return OpaqueNeverSniffed
	case partial && markup:
		return OpaquePartial
	case noSniff && markup:
		return OpaqueNoSniff
	case partial && !startsAtZero(resp.Headers):
		return OpaqueNotFirstPart
	case isImage(body), isMedia(body) && !plays:
		return ""
	case isMedia(body):
		if !partial && resp.Status != 200 {
			return OpaqueMediaStatus
		}
		return ""
	case plays:
		return OpaqueMedia
	case noSniff:
		return OpaqueSniffNoSniff
	case !fetchspec.IsOKStatus(resp.Status):
		return OpaqueStatus
	case essence == "":
		return ""
	case strings.HasPrefix(essence, "image/"), strings.HasPrefix(essence, "video/"), strings.HasPrefix(essence, "audio/"):
		return OpaqueDeclaredMedia
	case !startsProgram(body) && !strings.HasPrefix(body, "<!--"), looksLikeMarkup(body), json.Valid([]byte(body)), looksLikeStyle(body):
		return OpaqueNotScript
	}
	return ""
}

// looksLikeStyle recognises a style sheet by its first rule, of a selector that is a word.
func looksLikeStyle(body string) bool {
	word, _, ok := strings.Cut(strings.TrimLeft(body, "\t\n\f\r "), "{")
	word = strings.TrimRight(word, " ")
	return ok && word != "" && word != "do" && word != "try" && strings.Trim(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// startsProgram reports whether a program could start like this. Nothing is parsed: there are characters that none
// starts with.
func startsProgram(body string) bool {
	start := strings.TrimLeft(body, "\t\n\f\r ")
	return start == "" || !strings.ContainsRune("<>)]}%=,.:?&|^*", rune(start[0])) && !memberStart.MatchString(start)
}

// memberStart is a brace and the first member of an object after it, where a block could not go on.
var memberStart = regexp.MustCompile(`^\{\s*("[^"\\\n]*"|'[^'\\\n]*')\s*:`)

func looksLikeMarkup(body string) bool {
	start := strings.ToLower(body[:min(len(body), 64)])
	start = strings.TrimLeft(start, "\t\n\f\r ")
	for _, tag := range [...]string{"<!doctype html", "<html", "<head", "<body", "<script", "<?xml"} {
		if strings.HasPrefix(start, tag) {
			return true
		}
	}
	return false
}

func looksLikeJSON(body string) bool {
	start := strings.TrimLeft(body[:min(len(body), 64)], "\t\n\f\r ")
	return strings.HasPrefix(start, `{"`) || strings.HasPrefix(start, ")]}'")
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
