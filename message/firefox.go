package message

import "github.com/corsim/corsim/engine"

// The eras of Firefox's older wordings, as far as reports of them tell.
const (
	firefox2014 = "Firefox of about 2014 and 2015"
	firefox2015 = "Firefox of about 2015 to 2021"
)

// didNotSucceed are the rules of which Firefox may say no more than that the request did not succeed.
var didNotSucceed = codes(engine.CodeNetworkError, engine.CodePreflightNetwork, engine.CodeRedirectLimit, engine.CodeRedirectLocation, engine.CodeRedirectScheme,
	engine.CodeRedirectCredentials, engine.CodeBadPort, engine.CodeMixedContent, engine.CodeLocalResource, engine.CodeMIMETypeMismatch, engine.CodePreflightRedirect)

var allowOriginValue = both(engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch)

// firefox is what Firefox prints.
var firefox = lexicon{
	browser: "firefox",
	heads: []wording{
		{text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}"},
		{text: "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url}"},
	},
	reasons: []wording{
		{text: "Reason: CORS request did not succeed", topic: TopicNoAnswer, codes: didNotSucceed},
		{text: "Reason: CORS request external redirect not allowed", codes: codes(engine.CodePreflightRedirect)},
		{text: "Reason: CORS request not http", codes: codes(engine.CodeSchemeNotHTTP, engine.CodeRedirectScheme)},
		{text: "Reason: CORS header ‘Access-Control-Allow-Origin’ missing", codes: missing},
		{text: "Reason: Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed", codes: union(multiple, codes(engine.CodeNetworkError))},
		{text: "Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’", codes: union(allowOriginValue, codes(engine.CodePreflightRedirect))},
		{text: "Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’", codes: wildcard},
		{text: "Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’", codes: codes(engine.CodeMethodNotAllowed)},
		{text: "Reason: expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’", codes: credentials},
		{text: "Reason: CORS preflight response did not succeed", codes: codes(engine.CodePreflightStatus, engine.CodePreflightRedirect)},
		{text: "Reason: invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Methods’", codes: codes(engine.CodeAllowMethodsInvalid)},
		{text: "Reason: invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Headers’", codes: codes(engine.CodeAllowHeadersInvalid)},
		{text: "Reason: header ‘{header}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response", codes: codes(engine.CodeHeaderNotAllowed)},
		{text: "soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered", topic: TopicAuthorizationWildcard},
		{text: "Reason: CORS disabled", topic: TopicDisabled},
		{text: "Reason: CORS header ‘Origin’ cannot be added", topic: TopicDisabled},

		{text: "This can be fixed by moving the resource to the same domain or enabling CORS", codes: union(union(corsCheck, credentials), didNotSucceed), era: firefox2014},
		{text: "Reason: CORS request failed", topic: TopicNoAnswer, codes: didNotSucceed, era: firefox2015},
		{text: "Reason: CORS preflight channel did not succeed", codes: codes(engine.CodePreflightStatus, engine.CodePreflightNetwork, engine.CodePreflightRedirect), era: firefox2015},
		{text: "Reason: missing token ‘{header}’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel", codes: codes(engine.CodeHeaderNotAllowed), era: firefox2015},
	},
	tails: []wording{
		{text: "Status code: {status}"},
		{text: "because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”", topic: TopicCookie},
		{text: "because it has the “Partitioned” attribute but is missing the “secure” attribute", topic: TopicCookie},
		{text: "because a non-HTTPS cookie can’t be set as “secure”", topic: TopicCookie},
		{text: "because there is an existing “secure” cookie", topic: TopicCookie},
	},
	lines: []wording{
		{text: "Security Error: Content at {page} may not load data from {url}.", codes: codes(engine.CodeSameOriginMode, engine.CodeRedirectScheme, engine.CodeNetworkError, engine.CodeSchemeNotHTTP)},
		{text: "Security Error: Content at {page} may not load or link to {url}.", codes: codes(engine.CodeLocalResource)},
		{text: "Redirecting to data: URI not allowed (Blocked loading of: “{input}”)", codes: codes(engine.CodeRedirectScheme, engine.CodePreflightRedirect)},
		{text: "Blocked loading mixed active content “{url}”", codes: codes(engine.CodeMixedContent)},
		{text: "Mixed Content: Upgrading insecure display request ‘{url}’ to use ‘https’", topic: TopicUpgraded},
		{text: "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof)", codes: codes(engine.CodeCORPSameOrigin, engine.CodeCORPSameSite, engine.CodeCORPEmbedder)},
		{text: "The resource at “{url}” was blocked by OpaqueResponseBlocking. Reason: “{reason}”.", codes: codes(engine.CodeOpaqueBlocked, engine.CodeMixedContent)},
		{text: "A resource is blocked by OpaqueResponseBlocking, please check browser console for details", codes: codes(engine.CodeOpaqueBlocked, engine.CodeMixedContent)},
		{text: "The resource from “{url}” was blocked due to MIME type (“{mime}”) mismatch (X-Content-Type-Options: nosniff)", codes: wrongType},
		{text: "Loading module from “{url}” was blocked because of a disallowed MIME type (“{mime}”)", topic: TopicType},
		{text: "Script from “{url}” was blocked because of a disallowed MIME type (“{mime}”)", codes: wrongType},
		{text: "The stylesheet {url} was not loaded because its MIME type, “{mime}”, is not “text/css”", codes: wrongType},
		{text: "The script from “{url}” was loaded even though its MIME type (“{mime}”) is not a valid JavaScript MIME type", topic: TopicType},
		{text: "X-Content-Type-Options header warning: value was “{input}”; did you mean to send “nosniff”?", topic: TopicType},
		{text: "Firefox can’t establish a connection to the server at {url}.", topic: TopicFailed},
		{text: "Preload of {url} was ignored due to unknown “as” or “type” values, or non-matching “media” attribute", codes: codes(engine.CodePreloadDestination)},
		{text: "‘src’ attribute of <script> element is not a valid URI: “{input}”", codes: codes(engine.CodeURLInvalid)},
		{text: "Loading failed for the <script> with source “{url}”", topic: TopicFailed},
		{text: "Loading failed for the module with source “{url}”", topic: TopicFailed},
		{text: "<script> source URI is not allowed in this document: “{url}”", topic: TopicFailed},
		{text: "Module source URI is not allowed in this document: “{url}”", topic: TopicFailed},
		{text: "<script> source URI is malformed: “{url}”", topic: TopicFailed},
		{text: "Module source URI is malformed: “{url}”", topic: TopicFailed},
		{text: "bad URI or cross-site access not allowed source: {url}", topic: TopicFailed},
		{text: "HTTP “Content-Type” of “{mime}” is not supported. Load of media resource {url} failed", codes: codes(engine.CodeStatusNotOK, engine.CodeNotDecodable, engine.CodeRangeMismatch)},
		{text: "Invalid URI. Load of media resource {input} failed.", codes: codes(engine.CodeURLInvalid)},
		{text: "HTTP load failed with status {status}. Load of media resource {url} failed", codes: codes(engine.CodeStatusNotOK)},
		{text: "Media resource {url} could not be decoded", codes: codes(engine.CodeNotDecodable, engine.CodeRangeMismatch)},
		{text: "Attempt to set a forbidden header was denied: {header}", topic: TopicForbiddenHeader},
		{text: "Content-Security-Policy: The page’s settings blocked", topic: TopicCSP},
		{text: "Content Security Policy: The page’s settings blocked the loading of a resource at", topic: TopicCSP, era: "Firefox up to about 2023"},
		{text: "because it violates the following directive:", topic: TopicCSP},
		{text: "in a frame is denied by “X-Frame-Options“ directive set to", topic: TopicFrameOptions},
		{text: "Load denied by X-Frame-Options:", topic: TopicFrameOptions, era: "Firefox up to about 2019"},
		{text: "was blocked because Enhanced Tracking Protection is enabled", topic: TopicTracking},
		{text: "The resource at “{url}” was blocked because content blocking is enabled", topic: TopicTracking, era: "Firefox of about 2018 to 2020"},
		{text: "The resource at “{url}” was blocked because tracking protection is enabled", topic: TopicTracking, era: "Firefox up to about 2018"},
		{text: "Request to access cookie or storage on “{url}” was blocked because", topic: TopicTracking},
		{text: "Local Network Access permission required", topic: TopicLocalNetwork},
		{text: "Local Network Access detected", topic: TopicLocalNetwork},
		{text: "Permission denied to access property \"{input}\" on cross-origin object", topic: TopicFrame},
		{text: "None of the “{input}” hashes in the integrity attribute match the content of the subresource", topic: TopicIntegrity},
		{text: "is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin", topic: TopicIntegrity},

		{text: "Cookie “{input}” has been rejected", topic: TopicCookie},
		{text: "rejected because it has the “SameSite=None” attribute but is missing the “secure” attribute", topic: TopicCookie},
		{text: "Cookie with an empty name and an empty value has been rejected", topic: TopicCookie},
		{text: "Cookie “{input}” is invalid because its size is too big. Max size is 4096 B", topic: TopicCookie},
		{text: "with the “SameSite” attribute value “Lax” or “Strict” was omitted because of a cross-site redirect", topic: TopicCookie},
		{text: "will soon be rejected because it is foreign and does not have the “Partitioned“ attribute", topic: TopicCookie},
		{text: "rejected because its size is too big. Max size is 1024 B", topic: TopicCookie},
		{text: "The value of the attribute “{input}” for the cookie “{cookie}” has been", topic: TopicCookie},
		{text: "Invalid “SameSite“ value for cookie “{cookie}”. The supported values are: “Lax“, “Strict“, “None“", topic: TopicCookie},
		{text: "Invalid “max-age“ value for cookie “{cookie}”. The attribute is ignored", topic: TopicCookie},

		{text: "NetworkError when attempting to fetch resource", topic: TopicFailed},
		{text: "error loading dynamically imported module: {url}", topic: TopicFailed},
		{text: "fetch: {input} is not a valid URL.", codes: codes(engine.CodeURLInvalid)},
		{text: "XMLHttpRequest.open: '{input}' is not a valid URL.", codes: codes(engine.CodeURLInvalid)},
		{text: "is an url with embedded credentials", codes: codes(engine.CodeURLCredentials)},
		{text: "Invalid request mode navigate", codes: codes(engine.CodeModeInvalid)},
		{text: "is not a valid value for enumeration RequestMode", codes: codes(engine.CodeModeInvalid)},
		{text: "is not a valid value for enumeration RequestCredentials", codes: codes(engine.CodeCredentialsInvalid)},
		{text: "is not a valid value for enumeration RequestRedirect", codes: codes(engine.CodeRedirectInvalid)},
		{text: "fetch: Invalid request method {input}.", codes: codes(engine.CodeMethodInvalid, engine.CodeMethodForbidden, engine.CodeMethodNotNoCORS)},
		{text: "is an invalid header name", codes: codes(engine.CodeHeaderNameInvalid)},
		{text: "is an invalid header value", codes: codes(engine.CodeHeaderValueInvalid)},
		{text: "SyntaxError: Invalid header name", codes: codes(engine.CodeHeaderNameInvalid, engine.CodeHeaderValueInvalid)},
		{text: "to ByteString because the character at index", codes: codes(engine.CodeHeaderValueNotLatin1)},
		{text: "HEAD or GET Request cannot have a body", codes: codes(engine.CodeBodyNotAllowed)},
		{text: "SyntaxError: An invalid or illegal string was specified", codes: codes(engine.CodeMethodInvalid, engine.CodeURLInvalid)},
		{text: "SecurityError: The operation is insecure", codes: codes(engine.CodeMethodForbidden), topic: TopicInsecure},
		{text: "NetworkError: A network error occurred", topic: TopicFailed},
	},
}
