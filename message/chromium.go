package message

import "github.com/corsim/corsim/engine"

const (
	corsPolicy           = "Access to {kind} at '{url}' from origin '{origin}' has been blocked by CORS policy:"
	corsPolicyRedirected = "Access to {kind} at '{url}' (redirected from '{from}') from origin '{origin}' has been blocked by CORS policy:"
)

// The eras of Chrome's older wordings, as far as reports of them tell.
const (
	chrome2010 = "Chrome up to about 30 (2010 to 2013)"
	chrome2013 = "Chrome of about 2013 to 2017"
	chrome2014 = "Chrome of about 2014 to 2016"
	chrome2017 = "Chrome of about 2017 and 2018"
	chrome2018 = "Chrome of about 2018 to 2025"
	chromePNA  = "Chrome of about 2021 to 2025"
)

// both are a code of the CORS check, and the same on a preflight.
func both(codes ...engine.Code) []engine.Code {
	all := codes
	for _, c := range codes {
		all = union(all, []engine.Code{onPreflight(c)})
	}
	return all
}

func codes(c ...engine.Code) []engine.Code { return c }

var (
	missing     = both(engine.CodeAllowOriginMissing)
	wildcard    = both(engine.CodeAllowOriginWildcard)
	multiple    = both(engine.CodeAllowOriginMultiple)
	invalid     = both(engine.CodeAllowOriginInvalid)
	mismatch    = both(engine.CodeAllowOriginMismatch)
	credentials = both(engine.CodeAllowCredentials)
	corsCheck   = both(engine.CodeAllowOriginMissing, engine.CodeAllowOriginWildcard, engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch)
	noAnswer    = codes(engine.CodeNetworkError, engine.CodePreflightNetwork)
	wrongType   = codes(engine.CodeMIMETypeMismatch)
)

// chromium is what Chromium prints, and with it Chrome, Edge, Opera, Brave and others.
var chromium = lexicon{
	browser: "chromium",
	heads: []wording{
		{text: corsPolicy},
		{text: corsPolicyRedirected},
		{text: "Response to preflight request doesn't pass access control check:", preflight: true},
		{text: "Fetch API cannot load {url}"},
		{text: "XMLHttpRequest cannot load {url}", era: chrome2013},
		{text: "Failed to load {address}:", era: chrome2017},
		{text: "Redirect from '{url}' to '{to}' has been blocked by CORS policy:", era: chrome2017},
		{text: "Redirect from '{url}' has been blocked by CORS policy:", era: chrome2017},
		{text: "Redirect at origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy:", era: chrome2014},
		{text: "{kind} from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy:", era: chrome2014},
	},
	reasons: []wording{
		{text: "No 'Access-Control-Allow-Origin' header is present on the requested resource", codes: missing},
		{text: "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'", codes: wildcard},
		{text: "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed", codes: multiple},
		{text: "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'.", codes: invalid},
		{text: "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin", codes: mismatch},
		{text: "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'", codes: credentials},
		{text: "Cross origin requests are only supported for protocol schemes: {schemes}.", codes: codes(engine.CodeSchemeNotHTTP)},
		{text: "It does not have HTTP ok status", codes: codes(engine.CodePreflightStatus)},
		{text: "Redirect is not allowed for a preflight request", codes: codes(engine.CodePreflightRedirect)},
		{text: "Cannot parse Access-Control-Allow-Methods response header field in preflight response", codes: codes(engine.CodeAllowMethodsInvalid)},
		{text: "Cannot parse Access-Control-Allow-Headers response header field in preflight response", codes: codes(engine.CodeAllowHeadersInvalid)},
		{text: "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response", codes: codes(engine.CodeMethodNotAllowed)},
		{text: "Request header field {header} is not allowed by Access-Control-Allow-Headers in preflight response", codes: codes(engine.CodeHeaderNotAllowed)},
		{text: "Redirect location '{to}' contains a username and password, which is disallowed for cross-origin requests", codes: codes(engine.CodeRedirectCredentials)},
		{text: "Redirect location '' contains a username and password, which is disallowed for cross-origin requests", codes: codes(engine.CodeRedirectCredentials)},
		{text: "Request mode is \"same-origin\" but the URL's origin is not same as the request origin {origin}", codes: codes(engine.CodeSameOriginMode)},
		{text: "Request mode is \"no-cors\" but the redirect mode is not \"follow\"", codes: codes(engine.CodeNoCORSRedirect)},
		{text: "URL scheme \"{scheme}\" is not supported.", codes: codes(engine.CodeSchemeUnknown)},
		{text: "Refused to connect because it violates the document's Content Security Policy", topic: TopicCSP},
		{text: "The request client is not a secure context and the resource is in more-private address space `{space}`", topic: TopicLocalNetwork},
		{text: "Permission was denied for this request to access the `{space}` address space", topic: TopicLocalNetwork},
		{text: "Request had a target IP address space of `{space}` yet the resource is in address space", topic: TopicLocalNetwork},
		{text: "Cross origin requests are not allowed by request mode", codes: codes(engine.CodeSameOriginMode)},

		{text: "Request had no target IP address space, yet the resource is in address space", topic: TopicLocalNetwork, era: chromePNA},
		{text: "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request", topic: TopicLocalNetwork, era: chromePNA},
		{text: "The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network request", topic: TopicLocalNetwork, era: chromePNA},
		{text: "Origin {origin} is not allowed by Access-Control-Allow-Origin", codes: corsCheck, era: chrome2010},
		{text: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true", codes: wildcard, era: chrome2010},
		{text: "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"", codes: credentials, era: chrome2010},
		{text: "Cross origin requests are only supported for HTTP", codes: codes(engine.CodeSchemeNotHTTP), era: chrome2010},
		{text: "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true", codes: wildcard, era: chrome2013},
		{text: "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'. It must be 'true' to allow credentials", codes: credentials, era: chrome2013},
		{text: "Received an invalid response. Origin '{origin}' is therefore not allowed access", topic: TopicNoAnswer, codes: noAnswer, era: chrome2013},
		{text: "The request was redirected to '{to}', which is disallowed for cross-origin requests that require preflight", codes: codes(engine.CodePreflightRedirect), era: chrome2014},
		{text: "The request was redirected to a URL ('{to}') which has a disallowed scheme for cross-origin requests", codes: codes(engine.CodeRedirectScheme), era: chrome2014},
		{text: "The request was redirected to a URL ('{to}') containing userinfo, which is disallowed for cross-origin requests", codes: codes(engine.CodeRedirectCredentials), era: chrome2014},
		{text: "Redirect location '{to}' has a disallowed scheme for cross-origin requests", codes: codes(engine.CodeRedirectScheme), era: chrome2017},
		{text: "Invalid HTTP status code {status}", codes: codes(engine.CodePreflightStatus), era: chrome2013},
		{text: "Response for preflight has invalid HTTP status code {status}", codes: codes(engine.CodePreflightStatus), era: chrome2017},
		{text: "Response for preflight is invalid (redirect)", codes: codes(engine.CodePreflightRedirect), era: chrome2017},
		{text: "Method {method} is not allowed by Access-Control-Allow-Methods.", codes: codes(engine.CodeMethodNotAllowed), era: chrome2013},
		{text: "Request header field {header} is not allowed by Access-Control-Allow-Headers.", codes: codes(engine.CodeHeaderNotAllowed), era: chrome2013},
	},
	tails: []wording{
		{text: "Have the server send the header with a valid value", codes: both(engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch)},
		{text: "The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute", codes: both(engine.CodeAllowOriginWildcard, engine.CodeAllowCredentials)},
		{text: "Origin '{origin}' is therefore not allowed access", codes: both(engine.CodeAllowOriginMissing, engine.CodeAllowOriginWildcard, engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch, engine.CodeAllowCredentials), era: chrome2013},
		{text: "The response had HTTP status code {status}", codes: missing, era: chrome2013},
		{text: "The credentials mode of an XMLHttpRequest is controlled by the withCredentials attribute", codes: both(engine.CodeAllowOriginWildcard, engine.CodeAllowCredentials), era: chrome2013},
		{text: "If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled", codes: corsCheck, era: chrome2018},
		{text: "or, if an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled", codes: corsCheck, era: chrome2018},
	},
	lines: []wording{
		{text: "Unsafe attempt to load URL {url} from frame with URL {page}. Domains, protocols and ports must match", codes: codes(engine.CodeSameOriginMode)},
		{text: "Not allowed to load local resource: {url}", codes: codes(engine.CodeLocalResource)},
		{text: "FTP is not supported", codes: codes(engine.CodeSchemeUnknown)},
		{text: "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. This request has been blocked; the content must be served over HTTPS", codes: codes(engine.CodeMixedContent)},
		{text: "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. This request was automatically upgraded to HTTPS", topic: TopicUpgraded},
		{text: "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. This request was not upgraded to HTTPS because its URL's host is an IP address", topic: TopicUpgraded},
		{text: "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. This content should also be served over HTTPS", topic: TopicUpgraded},
		{text: "Failed to load module script: Expected a JavaScript-or-Wasm module script but the server responded with a MIME type of \"{type}\". Strict MIME type checking is enforced for module scripts per HTML spec", codes: wrongType},
		{text: "Failed to load module script: Expected a JavaScript module script but the server responded with a MIME type of \"{type}\". Strict MIME type checking is enforced for module scripts per HTML spec", codes: wrongType, era: chrome2018},
		{text: "Refused to execute script from '{url}' because its MIME type ('{mime}') is not executable", codes: wrongType},
		{text: "Refused to apply style from '{url}' because its MIME type ('{mime}') is not a supported stylesheet MIME type", codes: wrongType},
		{text: "EventSource's response has a MIME type (\"{mime}\") that is not \"text/event-stream\". Aborting the connection", codes: codes(engine.CodeEventStreamType)},
		{text: "EventSource's response has a charset (\"{mime}\") that is not UTF-8. Aborting the connection", codes: codes(engine.CodeEventStreamCharset)},
		{text: "<link rel=preload> uses an unsupported `as` value", codes: codes(engine.CodePreloadDestination)},
		{text: "<link rel=preload> has an invalid `href` value", codes: codes(engine.CodeURLInvalid, engine.CodePreloadDestination)},
		{text: "<link rel=preload> must have a valid `as` value", codes: codes(engine.CodePreloadDestination)},
		{text: "Refused to set unsafe header \"{header}\"", topic: TopicForbiddenHeader},
		{text: "Refused to get unsafe header \"{header}\"", topic: TopicUnexposed},
		{text: "Failed to load resource: the server responded with a status of {status}", topic: TopicStatus},
		{text: "Cross-Origin Read Blocking (CORB) blocked cross-origin response {url} with MIME type {type}. See", codes: codes(engine.CodeOpaqueBlocked), era: "Chrome of about 2018 to 2023"},
		{text: "Refused to connect to '{url}' because it violates the following Content Security Policy directive", topic: TopicCSP, era: "Chrome up to about 2025"},
		{text: "Connecting to '{url}' violates the following Content Security Policy directive", topic: TopicCSP},
		{text: "Refused to load the {kind} '{url}' because it violates the following Content Security Policy directive", topic: TopicCSP, era: "Chrome up to about 2025"},
		{text: "Refused to display '{url}' in a frame because it set 'X-Frame-Options' to", topic: TopicFrameOptions},
		{text: "Refused to frame '{url}' because an ancestor violates the following Content Security Policy directive", topic: TopicFrameOptions},
		{text: "Failed to find a valid digest in the 'integrity' attribute for resource '{url}'", topic: TopicIntegrity},
		{text: "Subresource Integrity: The resource '{url}' has an integrity attribute, but the resource requires the request to be CORS enabled to check the integrity", topic: TopicIntegrity},
		{text: "Tainted canvases may not be exported", topic: TopicCanvas},
		{text: "The canvas has been tainted by cross-origin data", topic: TopicCanvas},
		{text: "contains cross-origin data, and may not be loaded", topic: TopicCanvas},
		{text: "Blocked a frame with origin \"{origin}\" from accessing a cross-origin frame", topic: TopicFrame},
		{text: "The target origin provided ('{to}') does not match the recipient window's origin ('{origin}')", topic: TopicFrame},
		{text: "Failed to construct 'Worker': Script at '{url}' cannot be accessed from origin '{origin}'", topic: TopicWorker},

		{text: "TypeError: Failed to fetch", topic: TopicFailed},
		{text: "Failed to fetch dynamically imported module: {url}", topic: TopicFailed},
		{text: "Failed to parse URL from {input}", codes: codes(engine.CodeURLInvalid)},
		{text: "Request cannot be constructed from a URL that includes credentials: {url}", codes: codes(engine.CodeURLCredentials)},
		{text: "Cannot construct a Request with a RequestInit whose mode member is set as 'navigate'", codes: codes(engine.CodeModeInvalid)},
		{text: "is not a valid enum value of type RequestMode", codes: codes(engine.CodeModeInvalid)},
		{text: "is not a valid enum value of type RequestCredentials", codes: codes(engine.CodeCredentialsInvalid)},
		{text: "is not a valid enum value of type RequestRedirect", codes: codes(engine.CodeRedirectInvalid)},
		{text: "is not a valid HTTP method", codes: codes(engine.CodeMethodInvalid)},
		{text: "HTTP method is unsupported", codes: codes(engine.CodeMethodForbidden)},
		{text: "is unsupported in no-cors mode", codes: codes(engine.CodeMethodNotNoCORS)},
		{text: "Failed to execute 'fetch' on 'Window': Invalid name", codes: codes(engine.CodeHeaderNameInvalid)},
		{text: "Failed to execute 'fetch' on 'WorkerGlobalScope': Invalid name", codes: codes(engine.CodeHeaderNameInvalid)},
		{text: "Failed to execute 'fetch' on 'Window': Invalid value", codes: codes(engine.CodeHeaderValueInvalid)},
		{text: "Failed to execute 'fetch' on 'WorkerGlobalScope': Invalid value", codes: codes(engine.CodeHeaderValueInvalid)},
		{text: "String contains non ISO-8859-1 code point", codes: codes(engine.CodeHeaderValueNotLatin1)},
		{text: "Request with GET/HEAD method cannot have body", codes: codes(engine.CodeBodyNotAllowed)},
		{text: "If request is made from ReadableStream, mode should be\"same-origin\" or \"cors\"", codes: codes(engine.CodeStreamBodyNotNoCORS)},
		{text: "Cannot open an EventSource to '{input}'. The URL is invalid", codes: codes(engine.CodeURLInvalid)},
		{text: "Failed to execute 'open' on 'XMLHttpRequest': Invalid URL", codes: codes(engine.CodeURLInvalid)},
		{text: "is not a valid HTTP header field name", codes: codes(engine.CodeHeaderNameInvalid)},
		{text: "is not a valid HTTP header field value", codes: codes(engine.CodeHeaderValueInvalid)},
		{text: "Failed to execute 'send' on 'XMLHttpRequest': Failed to load '{url}'", topic: TopicFailed},

		{text: "net::ERR_FAILED", topic: TopicFailed},
		{text: "net::ERR_UNSAFE_PORT", codes: codes(engine.CodeBadPort)},
		{text: "net::ERR_INVALID_REDIRECT", codes: codes(engine.CodeRedirectLocation, engine.CodePreflightRedirect)},
		{text: "net::ERR_UNSAFE_REDIRECT", codes: codes(engine.CodeRedirectScheme)},
		{text: "net::ERR_TOO_MANY_REDIRECTS", codes: codes(engine.CodeRedirectLimit)},
		{text: "net::ERR_INVALID_ARGUMENT", codes: codes(engine.CodeRedirectStreamBody)},
		{text: "net::ERR_ALPN_NEGOTIATION_FAILED", codes: codes(engine.CodeStreamNeedsHTTP2)},
		{text: "net::ERR_H2_OR_QUIC_REQUIRED", codes: codes(engine.CodeStreamNeedsHTTP2), era: "Chrome up to about 2024"},
		{text: "net::ERR_UNKNOWN_URL_SCHEME", codes: codes(engine.CodeSchemeUnknown)},
		{text: "net::ERR_INVALID_URL", codes: codes(engine.CodeDataURLInvalid)},
		{text: "net::ERR_FILE_NOT_FOUND", codes: noAnswer},
		{text: "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", codes: codes(engine.CodeCORPSameOrigin)},
		{text: "net::ERR_BLOCKED_BY_RESPONSE.NotSameSite", codes: codes(engine.CodeCORPSameSite)},
		{text: "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep", codes: codes(engine.CodeCORPEmbedder)},
		{text: "net::ERR_BLOCKED_BY_ORB", codes: codes(engine.CodeOpaqueBlocked)},
		{text: "net::ERR_BLOCKED_BY_CLIENT", topic: TopicBlockedByClient},
		{text: "net::ERR_BLOCKED_BY_ADMINISTRATOR", topic: TopicBlockedByClient},
		{text: "net::ERR_BLOCKED_BY_CSP", topic: TopicCSP},
		{text: "net::ERR_BLOCKED_BY_RESPONSE", topic: TopicFrameOptions},
		{text: "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", topic: TopicLocalNetwork},
		{text: "net::ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS", topic: TopicLocalNetwork, era: chromePNA},
		{text: "net::ERR_NAME_NOT_RESOLVED", topic: TopicDNS, codes: noAnswer},
		{text: "net::ERR_CONNECTION_REFUSED", topic: TopicRefused, codes: noAnswer},
		{text: "net::ERR_INTERNET_DISCONNECTED", topic: TopicOffline, codes: noAnswer},
		{text: "net::ERR_NETWORK_CHANGED", topic: TopicOffline, codes: noAnswer},
		{text: "net::ERR_CERT_{reason}", topic: TopicTLS, codes: noAnswer},
		{text: "net::ERR_SSL_{reason}", topic: TopicTLS, codes: noAnswer},
		{text: "net::ERR_TIMED_OUT", topic: TopicTimeout, codes: noAnswer},
		{text: "net::ERR_CONNECTION_TIMED_OUT", topic: TopicTimeout, codes: noAnswer},
		{text: "net::ERR_ABORTED", topic: TopicAborted},
		{text: "net::ERR_EMPTY_RESPONSE", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_CONNECTION_CLOSED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_CONNECTION_RESET", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_CONNECTION_ABORTED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_CONNECTION_FAILED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_ADDRESS_UNREACHABLE", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_HTTP2_PROTOCOL_ERROR", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_HTTP2_PING_FAILED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_QUIC_PROTOCOL_ERROR", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_SPDY_PROTOCOL_ERROR", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_INVALID_HTTP_RESPONSE", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_CONTENT_LENGTH_MISMATCH", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_INCOMPLETE_CHUNKED_ENCODING", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_CONTENT_DECODING_FAILED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_UNEXPECTED_PROXY_AUTH", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_PROXY_CONNECTION_FAILED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_TUNNEL_CONNECTION_FAILED", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_DISPOSITION", topic: TopicConnection, codes: noAnswer},
		{text: "net::ERR_{reason}", topic: TopicFailed},
	},
}
