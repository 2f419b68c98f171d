package engine

import (
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Quirks says where a browser departs from the standard. Each field is one departure, its zero value what the standard
// says (or, where the standard leaves a choice, the plain one), so that the zero Quirks is the standard. A quirk is used
// at one place in the engine, marked DEVIATION.
type Quirks struct {
	// — Which checks are made in which order.

	// Opening is the order of the checks before anything is sent; nil is the standard's order.
	Opening []OpeningCheck
	// Redirect is the order of the checks of a redirect response; nil is the standard's order.
	Redirect []RedirectCheck
	// Preflight is the order of the checks of a preflight response; nil is the standard's order.
	Preflight []PreflightCheck
	// Veto are the checks that RedirectVeto makes on the URL that a redirect leads to. They are not made again with the others
	// before the request goes out there.
	Veto []OpeningCheck
	// LateRedirect are the checks of a redirect that are made only after the preflight for the URL that it leads to.
	LateRedirect []RedirectCheck

	// — What script may ask for.

	// Safelist is how the rules for safelisted and forbidden request headers differ.
	Safelist fetchspec.Safelist
	// EscapesURLs percent-encodes vertical lines in the paths of URLs, and spaces and asterisks in their hosts. No such host can be
	// resolved.
	EscapesURLs bool
	// XHRCharset says how the charset of an XMLHttpRequest's Content-Type gives way to UTF-8.
	XHRCharset XHRCharset
	// CombineRequestHeaders joins request headers of one name into one before anything looks at them, and cuts off the blank that an
	// empty last one leaves.
	CombineRequestHeaders bool
	// StreamBodies says what becomes of a ReadableStream given as a request body.
	StreamBodies StreamSupport
	// XHRBlobTypeUnbounded sets no limit to the length of a blob's safelisted type, where an XMLHttpRequest sends it.
	XHRBlobTypeUnbounded bool
	// XHRBlobType says which types of blobs go along with an XMLHttpRequest.
	XHRBlobType XHRBlobTypes
	// NoCORSBlobType sends the type of a blob also where the guard of mode no-cors would drop it.
	NoCORSBlobType bool
	// StripCredentials removes user name and password from the URL of a cross-origin request in mode cors.
	StripCredentials bool
	// ElementsStripCredentials removes user name and password from the URL of an element in mode cors, to another origin, and of
	// audio and video to any.
	ElementsStripCredentials bool
	// StreamsLeaveHome makes the mode of a request with a streaming body cors, where the page said same-origin.
	StreamsLeaveHome bool
	// FontsNoCORS loads fonts in mode no-cors.
	FontsNoCORS bool
	// InsecureWorkerPolicy keeps the embedder policy of workers of pages that are no secure contexts.
	InsecureWorkerPolicy bool
	// PreloadFontsCORS preloads fonts in mode cors, without credentials for other origins, whatever crossorigin says.
	PreloadFontsCORS bool
	// PreloadsNoTracks fires the error event of a preload for a track without a request.
	PreloadsNoTracks bool
	// PreloadsIdle are the as attributes, in lower case, of preloads that fire the load event without a request, where the URL is one.
	PreloadsIdle []string
	// NoCredentialless takes the embedder policy credentialless for none.
	NoCredentialless bool
	// LowercaseAs takes the as attribute of a preload in lower case only, where it is not fetch.
	LowercaseAs bool
	// UploadListenerNeedsBody lets an upload listener ask for a preflight only where there is a body.
	UploadListenerNeedsBody bool

	// — What is refused before anything is sent.

	// FetchSchemes are the schemes that script's fetch takes up at all, for the check OpenFetchScheme.
	FetchSchemes []string
	// RefusedSchemes are schemes that the loader refuses before CORS has a say, for the check OpenRefusedScheme.
	RefusedSchemes []string
	// LocalSchemes are the schemes that pages may not load from, for the check OpenLocalResource.
	LocalSchemes []string
	// StandardSchemes are schemes whose URLs get the path "/" where they have none.
	StandardSchemes []string
	// NoAboutBlank answers no fetch of about:blank.
	NoAboutBlank bool
	// DataNeedsFollow asks for redirect mode follow of data: URLs too, in mode no-cors.
	DataNeedsFollow bool
	// ForeignData are what takes data: URLs for those of another origin, which mode cors is not for. Fonts are not among it.
	ForeignData []fetchspec.API
	// MixedAnyScheme takes every scheme that is not known to be secure for mixed content, not http alone.
	MixedAnyScheme bool
	// WorkerMixedAnyScheme does so in workers.
	WorkerMixedAnyScheme bool
	// MixedByURL goes by the URL of a sandboxed document, where the standard goes by its origin, which no URL is mixed content for.
	MixedByURL bool
	// MixedImages loads insecure images, audio and video of loopback hosts into secure pages.
	MixedImages bool
	// LoopbackMixed refuses insecure URLs of loopback hosts as mixed content too.
	LoopbackMixed bool
	// NoteLoopbackImages mentions insecure images of loopback hosts as if they were upgraded or could not be, and those that are
	// refused because they cannot be.
	NoteLoopbackImages bool
	// UpgradesIP upgrades the insecure URL of an image, audio or video also where its host is an IP address.
	UpgradesIP bool
	// RedirectUpgradesIP upgrades the insecure URL of an image, audio or video that a redirect leads to also where its host is an IP
	// address.
	RedirectUpgradesIP bool
	// UpgradeTaints compares origins with the URL that an insecure image had before it was upgraded, where it decides on the
	// Origin header and on the origin after a redirect; the CORS check goes by the upgraded one.
	UpgradeTaints bool

	// — What goes over the wire.

	// PreflightHeaders and RequestHeaders are the order in which the headers of a preflight and of any other request go out.
	// An empty name stands for the headers that the page set. Nil is the order in which the standard appends them.
	PreflightHeaders []string
	RequestHeaders   []string
	// Accept is the value of the Accept header of an element, where it is not the standard's.
	Accept map[fetchspec.Destination]string
	// FetchModeAlways sends Sec-Fetch-Mode on preflights to insecure URLs too.
	FetchModeAlways bool
	// PreflightSite says what Sec-Fetch-Site of a preflight goes by.
	PreflightSite PreflightSite
	// PreflightMetadataOfFirst sends a preflight after a redirect with the Referer that the first URL got, and with
	// Sec-Fetch-* only if that got them.
	PreflightMetadataOfFirst bool
	// HopDropsMetadata leaves Sec-Fetch-* out of a CORS request that a redirect has just led to another origin.
	HopDropsMetadata bool
	// ReferrerNeedsHTTPS keeps the referrer of a secure page from insecure URLs of loopback hosts too.
	ReferrerNeedsHTTPS bool
	// EmbedderReferrer are what sends the page around a sandboxed frame as referrer.
	EmbedderReferrer []fetchspec.API
	// SandboxedReferrer sends the URL of a sandboxed document as referrer, as if it were of an origin.
	SandboxedReferrer bool
	// ElementsSendOrigin sends Origin with every request of an element in mode cors, to the page's own origin too.
	ElementsSendOrigin bool
	// MediaSendsNoOrigin leaves it out, of audio and video, all the same.
	MediaSendsNoOrigin bool
	// OriginOnDowngrade sends the page's origin from a secure page to an insecure URL in modes other than cors, where the
	// standard sends null.
	OriginOnDowngrade bool
	// EmptyFragmentStays does not take an empty fragment along to where a redirect leads.
	EmptyFragmentStays bool
	// FetchDropsEmptyFragment makes nothing of an empty fragment in a URL that is given to fetch.
	FetchDropsEmptyFragment bool
	// NoCORSOriginLost sends the origin null once a redirect has led a request of mode no-cors to another origin, also from the
	// page's own.
	NoCORSOriginLost bool
	// OriginSticky keeps the Origin header of a method that needs one when a redirect makes a GET of it, until a redirect
	// leaves its origin.
	OriginSticky bool
	// StorageAccessOrigin sends Origin with a no-cors request that has credentials from a sandboxed frame to the site of the
	// page around it, whose storage access is inactive, and with what it is redirected to by the same method.
	StorageAccessOrigin bool
	// PreflightStorageAccess sends Sec-Fetch-Storage-Access on preflights of requests with credentials too.
	PreflightStorageAccess bool
	// StorageAccessQuiet leaves Sec-Fetch-Storage-Access out where third-party cookies are sent as they are.
	StorageAccessQuiet bool
	// StorageAccessWindows leaves Sec-Fetch-Storage-Access out of the requests of workers.
	StorageAccessWindows bool
	// StorageAccessUntainted leaves Sec-Fetch-Storage-Access out, but of preflights, once redirects have tainted the origin.
	StorageAccessUntainted bool

	// — When a preflight is made, and what for.

	// PreflightAuthoredHeaders computes the need for a preflight after a redirect, and what it asks for, from the headers
	// that the page set at first.
	PreflightAuthoredHeaders bool
	// PreflightSticky makes every hop after one that needs a preflight need one too, also where the first came from the cache.
	PreflightSticky bool
	// PreflightAfterRewrite decides on a preflight after a redirect by the headers that the page set at first, and asks in it
	// for those of them that the last redirect has not dropped.
	PreflightAfterRewrite bool
	// PreflightUntainted sends the page's origin on preflights, and checks them against it, also after a redirect has
	// tainted the origin.
	PreflightUntainted bool

	// — How a preflight response is judged.

	// PreflightHome makes no CORS check of a preflight to the page's own origin.
	PreflightHome bool
	// PreflightOnlyFollowedRedirect reports a redirect of a preflight as such only in redirect mode follow.
	PreflightOnlyFollowedRedirect bool
	// FlagNeedsMethods asks for Access-Control-Allow-Methods also where only an upload listener or a streaming body made the
	// preflight necessary.
	FlagNeedsMethods bool
	// WildcardCoversAuthorization lets Access-Control-Allow-Headers: * cover Authorization.
	WildcardCoversAuthorization bool
	// NoteAuthorizationByWildcard leaves a notice where it does.
	NoteAuthorizationByWildcard bool
	// NamedHeader picks which of the headers that a preflight does not allow is named: given all that the request to the target
	// has, it returns them in the order in which the browser goes through them. Nil is the sorted order.
	NamedHeader func(headers fetchspec.Headers, request *fetchspec.Request, target *origin.URL) []string
	// Cache says how the preflight cache differs.
	Cache CacheQuirks

	// — How responses are read.

	// SkipEmptyValues leaves empty values out where the values of one response header are joined, in what script sees too.
	SkipEmptyValues bool
	// FirstLineOnly are response headers of which script sees the first line only, and LineBreaks are those whose values
	// are joined by line breaks, which makes them none that script could see.
	FirstLineOnly, LineBreaks []string
	// TightContentType joins several Content-Type values without a space, an empty one after others too.
	TightContentType bool
	// MultipleAllowOrigin says what counts as several values of Access-Control-Allow-Origin.
	MultipleAllowOrigin MultipleOrigins
	// PunycodeUnchecked takes host names with labels in Punycode that is not valid for an origin all the same.
	PunycodeUnchecked bool
	// NoInvalidAllowOrigin reports a value that is no origin at all as a mismatch.
	NoInvalidAllowOrigin bool
	// AuthorizationReturns sends Authorization again after a redirect to the same origin, where an earlier one to another
	// origin has dropped it.
	AuthorizationReturns bool
	// NormalizesEscapes sends URLs with their percent-encoded bytes normalized, and has responses say so; messages name the
	// URL as it was asked for.
	NormalizesEscapes bool
	// HTTP2NoControls takes a control character other than a tab for an error, over HTTP/2: in a header value of a response as in
	// one of a request, which is not sent then.
	HTTP2NoControls bool
	// HTTP2SendsNoControls takes a control character other than a tab in a header value of a request over HTTP/2 for an error. The
	// request is not sent then.
	HTTP2SendsNoControls bool
	// HeadersAreUTF8 puts U+FFFD, in UTF-8, for each byte of a header value that is not part of UTF-8.
	HeadersAreUTF8 bool
	// UnansweredPUT takes an XMLHttpRequest that PUTs to the page's own origin, and whose connection is closed, for one that is
	// answered with nothing: status 0 and no headers.
	UnansweredPUT bool
	// HTTP09 takes what is not HTTP for a response of HTTP/0.9, which has a body alone, unless it is the answer to a PUT.
	HTTP09 bool
	// HTTP2TimeoutFails takes a response of status 408 over HTTP/2 for a network error, after asking again.
	HTTP2TimeoutFails bool
	// ProxyAuthFails takes a response of status 407, where there is no proxy, for a network error.
	ProxyAuthFails bool
	// HTTP2Header is a header that responses over HTTP/2 get besides their own; its name is empty for none.
	HTTP2Header fetchspec.Header
	// ExposeUpToInvalid lets a wildcard in Access-Control-Expose-Headers expose everything to fetch although something after it
	// is no token.
	ExposeUpToInvalid bool
	// OtherPolicyAllows takes a Cross-Origin-Resource-Policy that is none of the three for cross-origin.
	OtherPolicyAllows bool
	// DataContentLength gives responses of data: URLs a Content-Length.
	DataContentLength bool

	// — How redirects are followed.

	// RedirectNeedsLocation makes a redirect status without a Location a response like any other in redirect mode error too.
	RedirectNeedsLocation bool
	// EmptyLocationIsNone takes an empty Location for none, where the standard resolves it to the same URL.
	EmptyLocationIsNone bool
	// EmptyLocationFails takes an empty Location for one that is no URL.
	EmptyLocationFails bool
	// Location says how the bytes of a Location header become a string.
	Location LocationDecoding
	// SeveralLocations says what becomes of a response with several Location lines, and with several of
	// Content-Disposition where it is LocationsConflict.
	SeveralLocations SeveralLocations
	// UnsafeRedirectSchemes are the schemes that no redirect may lead to, for the check RedirectUnsafe.
	UnsafeRedirectSchemes []string
	// ElementsFollowData follows a redirect of an element's no-cors request to a data: URL.
	ElementsFollowData bool
	// DeleteBecomesGET makes a GET of a DELETE that is redirected to another origin, whatever the status.
	DeleteBecomesGET bool
	// HopCredentials checks the first cross-origin response after a same-origin redirect, where it is a redirect itself, as
	// if credentials were included, in credentials mode same-origin.
	HopCredentials bool

	// — What elements make of a response.

	// LooseMIMETypes takes a MIME type to end at the first space or parenthesis, and to be whatever has a slash.
	LooseMIMETypes bool
	// UnparsedMIMETypes takes, where no MIME type can be parsed, one to end at the first space, and to be whatever has a slash.
	UnparsedMIMETypes bool
	// OpaqueBlocking says how opaque responses that an element could not use are kept from it.
	OpaqueBlocking OpaqueBlocking
	// TypeBeforeCORS refuses scripts of a type that they may not have, and style sheets under nosniff, before the CORS check.
	TypeBeforeCORS bool
	// PreloadEvents fires the load event of a preload from another origin that was blocked once it was sent; and the error event
	// where the response that script may see has no ok status, or is a style sheet of another type than text/css or no image.
	PreloadEvents bool
	// PartialWithoutRange plays a partial response that does not say which part it is.
	PartialWithoutRange bool
	// AboutBlankStyles takes about:blank for a style sheet.
	AboutBlankStyles bool
	// RasterOverSVG shows an image of another kind that is said to be SVG.
	RasterOverSVG bool
	// ResetContentShown shows an image in a response of status 205, which has no body.
	ResetContentShown bool
	// SVGNeedsOK shows an SVG image only of a response with an ok status.
	SVGNeedsOK bool
	// WrongStylesheetLoads fires the load event of a style sheet of another type than text/css, though it does not apply.
	WrongStylesheetLoads bool
	// PreloadErrors are the destinations for which no response of a status from 400 up is preloaded.
	PreloadErrors []fetchspec.Destination
	// PreloadDecodesImages fires the load event of a preloaded image only where it can be decoded.
	PreloadDecodesImages bool
	// PreloadAnyType preloads scripts of every type.
	PreloadAnyType bool
	// PreloadByStatus judges the response to a preload by its status, and an image by its body, but not by its type.
	PreloadByStatus bool
	// EventStreamUTF8 refuses an event stream that says to have another charset than UTF-8, where HTML decodes it as UTF-8 whatever it
	// says.
	EventStreamUTF8 bool
	// TypeLists takes of several types in Content-Type the first for style sheets and scripts, and none for modules and images
	// where they stand in one line. The standard takes the last.
	TypeLists bool
	// EventStreamTypeAsWritten goes by Content-Type as it is written, up to the first comma, semicolon or white space, where an
	// EventSource asks for a type.
	EventStreamTypeAsWritten bool
	// WAVE says how much of WAVE audio must be there for it to load.
	WAVE WAVELoads
	// ModulesMustStart fires no event for a module script that no program could start as, where HTML fires the load event and
	// reports the error.
	ModulesMustStart bool
	// SizeNeeded asks for audio and video again and again where Content-Range does not say how long it is.
	SizeNeeded bool
	// MediaAgain asks a second time for audio and video that it could not decode, in vain.
	MediaAgain bool
	// LoadBelow400 are the elements that use responses of every status below 400, where HTML asks for an ok status, and for
	// audio and video for the whole or for a range that starts at zero.
	LoadBelow400 []fetchspec.API
}

// StreamSupport says what a user agent makes of a ReadableStream as a request body.
type StreamSupport int

// What becomes of a streaming body.
const (
	StreamHTTP2     StreamSupport = iota // it is sent, over HTTP/2 or later only
	StreamStringify                      // it is turned into a string, as any object would be
	StreamRefuse                         // the API throws
)

// MultipleOrigins says what counts as several values of Access-Control-Allow-Origin.
type MultipleOrigins int

// What counts as several values.
const (
	MultipleSeparator MultipleOrigins = iota // a comma or a space in the value
	MultipleComma                            // a comma in the value
	MultipleLine                             // two header lines over HTTP/1.1, spelled exactly Access-Control-Allow-Origin
)

// OpaqueBlocking says how opaque responses are kept from elements that could not use them: Opaque Response Blocking.
type OpaqueBlocking int

// The ways of blocking opaque responses.
const (
	OpaqueBlockingNone   OpaqueBlocking = iota
	OpaqueBlockingSniff                 // what looks like HTML, XML or JSON is blocked
	OpaqueBlockingScript                // what has the type of a document or data, and is no script, is blocked
)

// PreflightSite says what Sec-Fetch-Site of a preflight goes by.
type PreflightSite int

// What Sec-Fetch-Site of a preflight goes by.
const (
	PreflightSiteOfList   PreflightSite = iota // all URLs of the request
	PreflightSiteOfURL                         // the last URL alone
	PreflightSiteOfOrigin                      // the last URL alone, and it is cross-site where the origin is tainted
)

// LocationDecoding says how the bytes of a Location header become a string.
type LocationDecoding int

// The ways of decoding a Location header.
const (
	LocationIsomorphic      LocationDecoding = iota // each byte is the code point of the same number
	LocationPercent                                 // bytes over 0x7F are percent-encoded as they are
	LocationPercentControls                         // and so are control characters
)

// SeveralLocations says what becomes of a response with several Location lines.
type SeveralLocations int

// What becomes of several Location lines.
const (
	LocationsFail     SeveralLocations = iota // a redirect that has them fails
	LocationsConflict                         // a response that has them fails where they differ
	LocationsCombine                          // they are joined like other values
)

// WAVELoads says how much of WAVE audio must be there for it to load.
type WAVELoads int

// How much of WAVE audio must be there.
const (
	WAVEStart   WAVELoads = iota // what tells its kind
	WAVEFormat                   // its format too, but no samples
	WAVESamples                  // all up to its samples
)

// XHRBlobTypes says which types of blobs go along with an XMLHttpRequest.
type XHRBlobTypes int

// Which types of blobs go along.
const (
	XHRBlobAnyType XHRBlobTypes = iota // whatever they are
	XHRBlobParsed                      // those that can be parsed as a MIME type, with whatever parameters
	XHRBlobGrammar                     // those that are a MIME type to RFC 9110's grammar
)

func (t XHRBlobTypes) takes(contentType string) bool {
	switch t {
	case XHRBlobParsed:
		_, ok := fetchspec.ParseMIMEType(contentType)
		return ok
	case XHRBlobGrammar:
		return fetchspec.IsMIMEType(contentType)
	}
	return true
}
