package report

import (
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/warn"
)

// RuleExpectation is the rule of expectations in scenario files that are not met.
const RuleExpectation = "expectation-not-met"

// rule says what a code is about, and where to read more.
type rule struct{ text, uri string }

// Where the standards speak of it.
const (
	fetch           = "https://fetch.spec.whatwg.org/#"
	html            = "https://html.spec.whatwg.org/multipage/"
	corsCheck       = fetch + "concept-cors-check"
	preflightFetch  = fetch + "cors-preflight-fetch-0"
	requestMade     = fetch + "dom-request"
	headersAppended = fetch + "concept-headers-append"
	mainFetch       = fetch + "concept-main-fetch"
	redirectFetch   = fetch + "concept-http-redirect-fetch"
	networkFetch    = fetch + "concept-http-network-fetch"
	corpCheck       = fetch + "cross-origin-resource-policy-internal-check"
	caching         = fetch + "cors-protocol-and-http-caches"
	cookies         = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
	eventStream     = html + "server-sent-events.html#dom-eventsource"
	media           = html + "media.html#verify-a-media-response"
	readme          = "https://github.com/corsim/corsim#readme"
)

var rules = map[string]rule{
	string(engine.CodeURLInvalid):             {"The page's URL cannot be parsed.", requestMade},
	string(engine.CodeURLCredentials):         {"The page's URL has a user name or a password in it, which fetch refuses.", requestMade},
	string(engine.CodeModeInvalid):            {"The request mode is none that script can ask for.", requestMade},
	string(engine.CodeCredentialsInvalid):     {"The credentials mode is none that there is.", requestMade},
	string(engine.CodeRedirectInvalid):        {"The redirect mode is none that there is.", requestMade},
	string(engine.CodeMethodInvalid):          {"The method is no HTTP token.", requestMade},
	string(engine.CodeMethodForbidden):        {"The method is forbidden to script.", fetch + "forbidden-method"},
	string(engine.CodeMethodNotNoCORS):        {"The method does not go with mode no-cors.", requestMade},
	string(engine.CodeHeaderNameInvalid):      {"The name of a request header is no HTTP token.", headersAppended},
	string(engine.CodeHeaderValueInvalid):     {"The value of a request header has NUL, CR or LF in it.", headersAppended},
	string(engine.CodeHeaderValueNotLatin1):   {"The value of a request header has characters that no byte can hold.", headersAppended},
	string(engine.CodeBodyNotAllowed):         {"The method takes no body, and the page gives one.", requestMade},
	string(engine.CodeStreamBodyNotNoCORS):    {"A stream as body does not go with mode no-cors.", requestMade},
	string(engine.CodeStreamBodyNotSupported): {"The browser cannot send a stream as body.", requestMade},
	string(engine.CodePreloadDestination):     {"A preload does not say what it is for.", html + "links.html#translate-a-preload-destination"},

	string(engine.CodeSameOriginMode):  {"A request of mode same-origin leads to another origin.", mainFetch},
	string(engine.CodeNoCORSRedirect):  {"A request of mode no-cors to another origin does not follow redirects.", mainFetch},
	string(engine.CodeSchemeNotHTTP):   {"The URL of another origin is not one of http or https.", mainFetch},
	string(engine.CodeSchemeUnknown):   {"The URL's scheme cannot be fetched.", fetch + "concept-scheme-fetch"},
	string(engine.CodeLocalResource):   {"The URL is local to the browser, and pages may not load it.", mainFetch},
	string(engine.CodeMixedContent):    {"A secure page asks for an insecure URL.", "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"},
	string(engine.CodeBadPort):         {"The URL has a port that browsers do not connect to.", fetch + "block-bad-port"},
	string(engine.CodeURLCredentialed): {"The URL has a user name or a password in it, and is not script's own request.", mainFetch},

	string(engine.CodeNetworkError):        {"No answer came.", fetch + "concept-http-fetch"},
	string(engine.CodeStreamNeedsHTTP2):    {"A stream as body takes HTTP/2, and the server speaks HTTP/1.", networkFetch},
	string(engine.CodeDataURLInvalid):      {"A data: URL cannot be decoded.", fetch + "data-url-processor"},
	string(engine.CodePreflightNetwork):    {"No answer came to the preflight.", preflightFetch},
	string(engine.CodeRedirectLimit):       {"There are more than 20 redirects.", redirectFetch},
	string(engine.CodeRedirectLocation):    {"A redirect leads to what is no URL.", fetch + "concept-response-location-url"},
	string(engine.CodeRedirectScheme):      {"A redirect leads to a URL that is not one of http or https.", redirectFetch},
	string(engine.CodeRedirectCredentials): {"A redirect leads to a URL with a user name or a password in it.", redirectFetch},
	string(engine.CodeRedirectModeError):   {"There is a redirect, and the request has redirect mode error.", fetch + "concept-http-fetch"},
	string(engine.CodeRedirectStreamBody):  {"There is a redirect, and the request's body is a stream, which cannot be sent again.", redirectFetch},

	string(engine.CodeAllowOriginMissing):           {"The answer has no Access-Control-Allow-Origin.", corsCheck},
	string(engine.CodeAllowOriginWildcard):          {"Access-Control-Allow-Origin is *, and the request has credentials.", corsCheck},
	string(engine.CodeAllowOriginMultiple):          {"Access-Control-Allow-Origin has several values.", corsCheck},
	string(engine.CodeAllowOriginInvalid):           {"Access-Control-Allow-Origin is no origin.", corsCheck},
	string(engine.CodeAllowOriginMismatch):          {"Access-Control-Allow-Origin is not the request's origin.", corsCheck},
	string(engine.CodeAllowCredentials):             {"The request has credentials, and Access-Control-Allow-Credentials is not true.", corsCheck},
	string(engine.CodePreflightAllowOriginMissing):  {"The answer to the preflight has no Access-Control-Allow-Origin.", corsCheck},
	string(engine.CodePreflightAllowOriginWildcard): {"Access-Control-Allow-Origin is * on the answer to the preflight, and the request has credentials.", corsCheck},
	string(engine.CodePreflightAllowOriginMultiple): {"Access-Control-Allow-Origin has several values on the answer to the preflight.", corsCheck},
	string(engine.CodePreflightAllowOriginInvalid):  {"Access-Control-Allow-Origin is no origin on the answer to the preflight.", corsCheck},
	string(engine.CodePreflightAllowOriginMismatch): {"Access-Control-Allow-Origin is not the request's origin on the answer to the preflight.", corsCheck},
	string(engine.CodePreflightAllowCredentials):    {"The request has credentials, and Access-Control-Allow-Credentials is not true on the answer to the preflight.", corsCheck},

	string(engine.CodePreflightRedirect):   {"The answer to the preflight is a redirect.", preflightFetch},
	string(engine.CodePreflightStatus):     {"The answer to the preflight has a status that is not ok.", preflightFetch},
	string(engine.CodeAllowMethodsInvalid): {"Access-Control-Allow-Methods is no list of methods.", preflightFetch},
	string(engine.CodeAllowHeadersInvalid): {"Access-Control-Allow-Headers is no list of header names.", preflightFetch},
	string(engine.CodeMethodNotAllowed):    {"Access-Control-Allow-Methods does not list the method.", preflightFetch},
	string(engine.CodeHeaderNotAllowed):    {"Access-Control-Allow-Headers does not list a header of the request.", preflightFetch},

	string(engine.CodeCORPSameOrigin):     {"Cross-Origin-Resource-Policy keeps the answer to its own origin.", corpCheck},
	string(engine.CodeCORPSameSite):       {"Cross-Origin-Resource-Policy keeps the answer to its own site.", corpCheck},
	string(engine.CodeCORPEmbedder):       {"The page's embedder policy wants a Cross-Origin-Resource-Policy, and there is none.", corpCheck},
	string(engine.CodeOpaqueBlocked):      {"An element asked without CORS for what it cannot use: opaque response blocking.", "https://github.com/annevk/orb"},
	string(engine.CodeStatusNotOK):        {"The answer has a status with which it is not used.", mainFetch},
	string(engine.CodeMIMETypeMismatch):   {"The answer has a Content-Type with which it is not used.", fetch + "should-response-to-request-be-blocked-due-to-mime-type?"},
	string(engine.CodeNotDecodable):       {"The answer's body is not what the element loads.", mainFetch},
	string(engine.CodeRangeMismatch):      {"The answer is another part than was asked for.", media},
	string(engine.CodeSizeUnknown):        {"The answer is a part, and does not say how long the whole is.", media},
	string(engine.CodeEventStreamType):    {"The answer to an EventSource is no event stream.", eventStream},
	string(engine.CodeEventStreamCharset): {"The event stream says to have another charset than UTF-8.", eventStream},

	string(warn.BrowsersDiffer):          {"A request passes in one browser and not in another.", readme},
	string(warn.Executed):                {"The server carries out a request whose answer the page may not read.", fetch + "http-cors-protocol"},
	string(warn.ErrorWithoutHeaders):     {"An error answer has no CORS headers, so that the page does not learn the status.", corsCheck},
	string(warn.DuplicateAllowOrigin):    {"Two layers set Access-Control-Allow-Origin.", corsCheck},
	string(warn.NullAllowed):             {"The origin null is allowed, which every sandboxed frame has.", corsCheck},
	string(warn.WildcardWithCredentials): {"Access-Control-Allow-Credentials goes with an Access-Control-Allow-Origin of *.", fetch + "cors-protocol-and-credentials"},
	string(warn.AuthorizationByWildcard): {"Authorization passes by Access-Control-Allow-Headers: *, which is not so in the standard.", fetch + "cors-non-wildcard-request-header-name"},
	string(warn.VaryMissing):             {"An answer to one origin may be cached, and has no Vary: Origin.", caching},
	string(warn.MaxAgeCapped):            {"Access-Control-Max-Age is more than a browser goes by.", fetch + "http-access-control-max-age"},
	string(warn.CookieThirdParty):        {"A third-party cookie is not kept, or kept apart.", cookies},
	string(warn.CookieSameSite):          {"SameSite keeps a cookie from being set or sent.", cookies},
	string(warn.CookieRefused):           {"A cookie is not kept.", cookies},

	RuleExpectation: {"What came of a scenario is not what its file expects.", readme},
}

// ruleOf returns the rule of a code. Codes of which nothing is known stand for themselves.
func ruleOf(code string) rule {
	if r, ok := rules[code]; ok {
		return r
	}
	return rule{code, readme}
}
