package fetchspec

import "github.com/corsim/corsim/origin"

// Mode is a request mode.
//
// https://fetch.spec.whatwg.org/#concept-request-mode
type Mode string

// The request modes that pages can bring about, less navigate and websocket.
const (
	ModeCORS       Mode = "cors"
	ModeNoCORS     Mode = "no-cors"
	ModeSameOrigin Mode = "same-origin"
)

// Credentials is a credentials mode.
//
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
type Credentials string

// The credentials modes.
const (
	CredentialsOmit       Credentials = "omit"
	CredentialsSameOrigin Credentials = "same-origin"
	CredentialsInclude    Credentials = "include"
)

// Redirect is a redirect mode.
//
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
type Redirect string

// The redirect modes.
const (
	RedirectFollow Redirect = "follow"
	RedirectError  Redirect = "error"
	RedirectManual Redirect = "manual"
)

// API says what in a page made a request. Browsers name it in their messages, and some of their rules depend on it.
type API string

// The kinds of request that are modelled. APIPreload is a link element with rel=preload.
const (
	APIFetch       API = "fetch"
	APIXHR         API = "xhr"
	APIEventSource API = "eventsource"
	APIScript      API = "script"
	APIModule      API = "module"
	APIImage       API = "img"
	APIStylesheet  API = "stylesheet"
	APIFont        API = "font"
	APIVideo       API = "video"
	APIAudio       API = "audio"
	APIPreload     API = "preload"
)

// APIs returns the kinds of request, in the order above.
func APIs() []API {
	return []API{
		APIFetch, APIXHR, APIEventSource, APIScript, APIModule, APIImage, APIStylesheet, APIFont, APIVideo, APIAudio, APIPreload,
	}
}

// IsElement reports whether the request is one of an element or a style sheet, or of an EventSource, which is like one:
// script sets neither its method nor its headers, and its result is an event.
func (a API) IsElement() bool { return a != APIFetch && a != APIXHR }

// IsMedia reports whether the request is one of an audio or a video element.
func (a API) IsMedia() bool { return a == APIVideo || a == APIAudio }

// Tainting is a response tainting.
//
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
type Tainting string

// The response taintings.
const (
	TaintingBasic  Tainting = "basic"
	TaintingCORS   Tainting = "cors"
	TaintingOpaque Tainting = "opaque"
)

// Destination is a request's destination. Script's own requests have the empty one.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
type Destination string

// The destinations that pages' requests can have here.
const (
	DestinationNone   Destination = ""
	DestinationAudio  Destination = "audio"
	DestinationFont   Destination = "font"
	DestinationImage  Destination = "image"
	DestinationScript Destination = "script"
	DestinationStyle  Destination = "style"
	DestinationTrack  Destination = "track"
	DestinationVideo  Destination = "video"
)

// Destination returns the destination that the requests of an API have. That of a preload is what its as attribute says,
// and not known here.
func (a API) Destination() Destination {
	switch a {
	case APIScript, APIModule:
		return DestinationScript
	case APIImage:
		return DestinationImage
	case APIStylesheet:
		return DestinationStyle
	case APIFont:
		return DestinationFont
	case APIVideo:
		return DestinationVideo
	case APIAudio:
		return DestinationAudio
	}
	return DestinationNone
}

// PreloadDestination translates the as attribute of a preload; ok is false where nothing can be preloaded for it.
//
// https://html.spec.whatwg.org/multipage/links.html#translate-a-preload-destination
func PreloadDestination(as string) (d Destination, ok bool) {
	switch d = Destination(ByteLower(as)); d {
	case "fetch":
		return DestinationNone, true
	case DestinationFont, DestinationImage, DestinationScript, DestinationStyle, DestinationTrack:
		return d, true
	}
	return DestinationNone, false
}

// EmbedderPolicy is the embedder policy value of a page or a worker: what its Cross-Origin-Embedder-Policy says.
//
// https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy-value
type EmbedderPolicy string

// The embedder policy values. The empty one is unsafe-none.
const (
	UnsafeNone     EmbedderPolicy = ""
	Credentialless EmbedderPolicy = "credentialless"
	RequireCORP    EmbedderPolicy = "require-corp"
)

// Body is a request body.
//
// https://fetch.spec.whatwg.org/#concept-body
type Body struct {
	// Source is the body's bytes, where there is a source.
	Source string
	// Type is the Content-Type that a Blob has brought, empty where the page has set one.
	Type string
	// Stream is set for a body made from a ReadableStream: it has no source, so it cannot be sent again, and it goes out
	// on HTTP/2 or later only.
	Stream bool
}

// Request is a request as the page makes it, and as it goes over the wire. The engine does not change the requests it is
// given.
//
// https://fetch.spec.whatwg.org/#concept-request
type Request struct {
	API API
	// Destination is the destination. Where it is empty, it is that of the API.
	Destination Destination
	Method      string
	// URLs is the URL list: the request's URL first, then one for each redirect that was followed.
	URLs    []*origin.URL
	Headers Headers
	Body    *Body
	Mode    Mode
	// Credentials is the credentials mode.
	Credentials Credentials
	Redirect    Redirect
	// Origin is the origin of the page.
	Origin origin.Origin
	// Page is the URL of the page, which is what messages name. It may be nil for an opaque origin.
	Page *origin.URL
	// Embedder is, for a page in a sandboxed frame, the origin of the page around it. Zero otherwise.
	Embedder origin.Origin
	// Worker is set where a dedicated worker of the page makes the request.
	Worker bool
	// EmbedderPolicy is the embedder policy value of the page.
	EmbedderPolicy EmbedderPolicy
	// UseCORSPreflight is the use-CORS-preflight flag: an upload listener or a streaming body sets it.
	UseCORSPreflight bool
	// Dropped are the names of the headers that the page set and that are forbidden to it.
	Dropped []string
	// IncludeCredentials is set on requests that go out with cookies and authentication entries.
	IncludeCredentials bool
}

// URL returns the request's URL, which is the first of its URL list.
func (r *Request) URL() *origin.URL { return r.URLs[0] }

// CurrentURL returns the last URL of the URL list.
func (r *Request) CurrentURL() *origin.URL { return r.URLs[len(r.URLs)-1] }

// WireURL returns the current URL as it goes over the wire: without user name, password and fragment.
func (r *Request) WireURL() string { return r.CurrentURL().WithoutCredentials().WithoutFragment() }

// IsPreflight reports whether the request is a CORS-preflight request.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (r *Request) IsPreflight() bool {
	return r.Method == "OPTIONS" && r.Headers.Has("Access-Control-Request-Method")
}
