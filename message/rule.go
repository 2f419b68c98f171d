package message

import "github.com/corsim/corsim/engine"

// rule says what a code means, and which step of the Fetch standard it is.
type rule struct {
	why  string
	step engine.Step
}

// rules are those of all codes, but for the CORS check on a preflight, whose words are those of the CORS check.
var rules = map[engine.Code]rule{
	engine.CodeURLInvalid:             {"The URL cannot be parsed, so that nothing was asked.", "request-constructor 5.2"},
	engine.CodeURLCredentials:         {"The URL has a user name or a password in it, and fetch() takes none.", "request-constructor 5.3"},
	engine.CodeModeInvalid:            {"The mode is none that script can ask for.", "request-constructor 16"},
	engine.CodeCredentialsInvalid:     {"The credentials mode is none that there is.", "request-constructor 19"},
	engine.CodeRedirectInvalid:        {"The redirect mode is none that there is.", "request-constructor 22"},
	engine.CodeMethodInvalid:          {"The method is no HTTP token.", "request-constructor 25"},
	engine.CodeMethodForbidden:        {"The method is forbidden to script: CONNECT, TRACE and TRACK are.", "request-constructor 25"},
	engine.CodeMethodNotNoCORS:        {"Mode no-cors goes with GET, HEAD and POST only.", "request-constructor 32.1"},
	engine.CodeHeaderNameInvalid:      {"A header's name is no HTTP token.", "headers-append 2"},
	engine.CodeHeaderValueInvalid:     {"A header's value has NUL, CR or LF in it.", "headers-append 2"},
	engine.CodeHeaderValueNotLatin1:   {"A header's value has characters that no byte can hold.", "headers-append 1"},
	engine.CodeBodyNotAllowed:         {"A GET or HEAD request takes no body.", "request-constructor 35"},
	engine.CodeStreamBodyNotNoCORS:    {"Mode no-cors does not go with a stream as body.", "request-constructor 39.2"},
	engine.CodeStreamBodyNotSupported: {"This browser cannot send a stream as body.", "request-constructor 37"},
	engine.CodePreloadDestination:     {"The preload does not say what it is for, or nothing is preloaded for that.", "request-constructor 5.2"},

	engine.CodeSameOriginMode:  {"The request has mode same-origin, and the URL is of another origin.", "main-fetch 12c"},
	engine.CodeNoCORSRedirect:  {"A request of mode no-cors to another origin must follow redirects.", "main-fetch 12d.1"},
	engine.CodeSchemeNotHTTP:   {"Requests to another origin can be made over http and https only, and the URL is of another scheme. To a page that was opened from a file, every file is of another origin.", "main-fetch 12e"},
	engine.CodeSchemeUnknown:   {"URLs of that scheme cannot be fetched.", "main-fetch 12"},
	engine.CodeLocalResource:   {"Pages may not load local resources such as file: URLs.", "main-fetch 12"},
	engine.CodeMixedContent:    {"The page is secure and the URL is not, which is mixed content. It is not CORS: nothing was sent.", "main-fetch 7"},
	engine.CodeBadPort:         {"Browsers do not connect to that port: it belongs to another protocol. It is not CORS: nothing was sent.", "main-fetch 7"},
	engine.CodeURLCredentialed: {"The URL of a subresource has a user name or a password in it.", "main-fetch 7"},

	engine.CodeNetworkError:        {"No answer came. CORS has no part in that.", "http-fetch 4.3"},
	engine.CodePreflightNetwork:    {"No answer came to the preflight. CORS has no part in that.", "cors-preflight-fetch 6"},
	engine.CodeStreamNeedsHTTP2:    {"The body is a stream, which takes HTTP/2 or later, and the server speaks HTTP/1.", "http-network-fetch 8.3"},
	engine.CodeDataURLInvalid:      {"The data: URL has no comma, or its base64 does not decode.", "scheme-fetch 3c.2"},
	engine.CodeRedirectLimit:       {"The request was redirected more than 20 times.", "http-redirect-fetch 7"},
	engine.CodeRedirectLocation:    {"A redirect leads to what is no URL.", "http-redirect-fetch 5"},
	engine.CodeRedirectScheme:      {"A redirect leads to a URL that is not http or https.", "http-redirect-fetch 6"},
	engine.CodeRedirectCredentials: {"A redirect leads to a URL with a user name or a password in it, where a CORS request does not go.", "http-redirect-fetch 9"},
	engine.CodeRedirectModeError:   {"The request has redirect mode error, and the answer is a redirect.", "http-fetch 6.3a.1"},
	engine.CodeRedirectStreamBody:  {"The answer is a redirect, and the request's body is a stream, which cannot be sent twice.", "http-redirect-fetch 11"},

	engine.CodeAllowOriginMissing:  {"The answer does not let the page's origin read it: it has no Access-Control-Allow-Origin header that does.", "cors-check 2"},
	engine.CodeAllowOriginWildcard: {"Access-Control-Allow-Origin is *, which does not do for a request with credentials.", "cors-check 4"},
	engine.CodeAllowOriginMultiple: {"Access-Control-Allow-Origin has several values, where one is allowed.", "cors-check 4"},
	engine.CodeAllowOriginInvalid:  {"Access-Control-Allow-Origin is no origin.", "cors-check 4"},
	engine.CodeAllowOriginMismatch: {"Access-Control-Allow-Origin is not the page's origin.", "cors-check 4"},
	engine.CodeAllowCredentials:    {"The request has credentials, and Access-Control-Allow-Credentials is not true.", "cors-check 8"},

	engine.CodePreflightRedirect:   {"The answer to the preflight is a redirect, which is not followed.", "cors-preflight-fetch 8"},
	engine.CodePreflightStatus:     {"The answer to the preflight, the OPTIONS request, is not a success: its status must be from 200 to 299.", "cors-preflight-fetch 8"},
	engine.CodeAllowMethodsInvalid: {"Access-Control-Allow-Methods on the answer to the preflight is no list of methods, and one bad item spoils it.", "cors-preflight-fetch 7.3"},
	engine.CodeAllowHeadersInvalid: {"Access-Control-Allow-Headers on the answer to the preflight is no list of header names, and one bad item spoils it.", "cors-preflight-fetch 7.3"},
	engine.CodeMethodNotAllowed:    {"The answer to the preflight does not allow the request's method in Access-Control-Allow-Methods.", "cors-preflight-fetch 7.5"},
	engine.CodeHeaderNotAllowed:    {"The answer to the preflight does not allow one of the request's headers in Access-Control-Allow-Headers.", "cors-preflight-fetch 7.7"},

	engine.CodeCORPSameOrigin:     {"The answer has Cross-Origin-Resource-Policy: same-origin, which keeps it from pages of other origins that load it without CORS.", "corp-internal-check 5b"},
	engine.CodeCORPSameSite:       {"The answer has Cross-Origin-Resource-Policy: same-site, which keeps it from pages of other sites that load it without CORS.", "corp-internal-check 5c"},
	engine.CodeCORPEmbedder:       {"The page's Cross-Origin-Embedder-Policy wants a Cross-Origin-Resource-Policy on what is of another origin, and the answer has none.", "corp-internal-check 5b"},
	engine.CodeOpaqueBlocked:      {"An element asked without CORS for what it cannot use, such as JSON or HTML, and the browser keeps it from the page: opaque response blocking.", "main-fetch 20"},
	engine.CodeStatusNotOK:        {"The answer is an error, which the element has no use for. CORS let it through.", "main-fetch 24"},
	engine.CodeMIMETypeMismatch:   {"The answer's Content-Type is not one that the element may have. CORS let it through.", "mime-type-block 4"},
	engine.CodeNotDecodable:       {"The answer's body is not what the element plays or shows. CORS let it through.", "main-fetch 24"},
	engine.CodeRangeMismatch:      {"The answer is partial content of another range than was asked for.", "main-fetch 24"},
	engine.CodeSizeUnknown:        {"The answer is partial content that does not say how long the whole is.", "main-fetch 24"},
	engine.CodeEventStreamType:    {"The answer to the EventSource is no text/event-stream. CORS let it through.", "main-fetch 24"},
	engine.CodeEventStreamCharset: {"The answer to the EventSource says to have another charset than UTF-8.", "main-fetch 24"},
}
