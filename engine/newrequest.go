package engine

import (
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// BodyKind is the kind of object that script gives as a body. Each brings its own Content-Type.
type BodyKind string

// The kinds of bodies.
const (
	BodyNone            BodyKind = ""
	BodyString          BodyKind = "string"
	BodyURLSearchParams BodyKind = "urlsearchparams"
	BodyFormData        BodyKind = "formdata"
	BodyBlob            BodyKind = "blob"
	BodyStream          BodyKind = "stream"
)

// Init is a request as a page writes it: before methods are normalized, forbidden headers dropped, and defaults filled in.
type Init struct {
	API fetchspec.API
	// URL is absolute or relative to the page's.
	URL string
	// Method is empty for GET.
	Method string
	// Headers are in the order in which the page sets them. They are strings as script writes them, not byte strings: U+00E9
	// in a value goes out as the byte 0xE9, and a code point over U+00FF is an error.
	Headers fetchspec.Headers
	// Mode, Credentials and Redirect are empty for the API's defaults. For XMLHttpRequest, credentials mode include is
	// withCredentials.
	Mode        fetchspec.Mode
	Credentials fetchspec.Credentials
	Redirect    fetchspec.Redirect
	// Body is the body, and BodyKind the object it is given as; BlobType is the type of a blob.
	Body     string
	BodyKind BodyKind
	BlobType string
	// UploadListener is set where an XMLHttpRequest has an event listener for its upload.
	UploadListener bool
	// CrossOrigin is an element's crossorigin attribute; nil where it has none.
	CrossOrigin *string
	// As is a preload's as attribute; nil where it has none.
	As *string
}

// NewRequest makes the request that an API call or an element of a page brings about, or says why it does not.
//
// https://fetch.spec.whatwg.org/#dom-request
func (ua *UserAgent) NewRequest(page Page, init Init) (*fetchspec.Request, *Block) {
	c := constructor{ua: ua, q: ua.quirks(), page: page, init: &init}
	c.req = &fetchspec.Request{
		API: init.API, Origin: page.Origin, Page: page.URL, Embedder: page.Embedder, EmbedderPolicy: page.EmbedderPolicy,
		Worker: page.Worker,
		Mode:   fetchspec.ModeCORS, Credentials: fetchspec.CredentialsSameOrigin, Redirect: fetchspec.RedirectFollow,
	}
	if c.req.API == "" {
		c.req.API = fetchspec.APIFetch
	}
	if !page.isSecureContext() && !(c.q.InsecureWorkerPolicy && page.Worker) {
		// DEVIATION: InsecureWorkerPolicy. A page that is no secure context has no embedder policy:
		// https://html.spec.whatwg.org/multipage/browsers.html#obtain-an-embedder-policy
		c.req.EmbedderPolicy = fetchspec.UnsafeNone
	}
	if c.q.NoCredentialless && page.EmbedderPolicy == fetchspec.Credentialless {
		// DEVIATION: NoCredentialless.
		c.req.EmbedderPolicy = fetchspec.UnsafeNone
	}
	var b *Block
	switch {
	case c.req.API == fetchspec.APIXHR:
		b = c.xhr()
	case c.req.API == fetchspec.APIEventSource:
		b = c.eventSource()
	case c.req.API.IsElement():
		b = c.element()
	default:
		b = c.request()
	}
	if b != nil {
		b.Origin, b.Dropped = page.Origin.String(), c.req.Dropped
		return nil, b
	}
	if u := c.req.URL(); c.q.StripCredentials && c.req.Mode == fetchspec.ModeCORS && !origin.SameOrigin(u.Origin(), page.Origin) {
		// DEVIATION: StripCredentials.
		c.req.URLs[0] = u.WithoutCredentials()
	}
	return c.req, nil
}

type constructor struct {
	ua   *UserAgent
	q    *Quirks
	page Page
	init *Init
	req  *fetchspec.Request
}

// request follows the Request constructor.
//
// https://fetch.spec.whatwg.org/#dom-request
func (c *constructor) request() *Block {
	// The members that are enumerations, and the header values, are converted before the constructor's steps.
	if b := c.enums(); b != nil {
		return b
	}

	// 5. The URL must parse, and have no user name and password.
	if b := c.url(); b != nil {
		b.Step = "request-constructor 5.2"
		return b
	}
	if c.req.URL().IncludesCredentials() {
		return &Block{Code: CodeURLCredentials, Step: "request-constructor 5.3", Param: c.init.URL, URL: c.req.URL()}
	}

	// 16–22. Mode, credentials and redirect.
	if c.init.Mode == "navigate" {
		return &Block{Code: CodeModeInvalid, Step: "request-constructor 17", Param: "navigate"}
	}
	if c.init.Mode != "" {
		c.req.Mode = c.init.Mode
	}
	if c.init.Credentials != "" {
		c.req.Credentials = c.init.Credentials
	}
	if c.init.Redirect != "" {
		c.req.Redirect = c.init.Redirect
	}

	// 25. The method.
	if b := c.method("request-constructor 25.2"); b != nil {
		return b
	}

	// 32. no-cors takes safelisted methods only.
	if c.req.Mode == fetchspec.ModeNoCORS && !fetchspec.IsSafelistedMethod(c.req.Method) {
		return &Block{Code: CodeMethodNotNoCORS, Step: "request-constructor 32.1", Param: c.req.Method}
	}

	// 33. The headers.
	if b := c.headers(); b != nil {
		return b
	}

	// 35–37. The body.
	return c.body()
}

// enums judges the members of a RequestInit that may have no other than certain values, in the order in which members are
// read, which is that of their names.
//
// https://webidl.spec.whatwg.org/#es-dictionary
func (c *constructor) enums() *Block {
	switch c.init.Credentials {
	case "", fetchspec.CredentialsOmit, fetchspec.CredentialsSameOrigin, fetchspec.CredentialsInclude:
	default:
		return &Block{Code: CodeCredentialsInvalid, Step: "request-constructor 19", Param: string(c.init.Credentials)}
	}
	for _, h := range c.init.Headers {
		if b := notLatin1(h); b != nil {
			return b
		}
	}
	switch c.init.Mode {
	case "", fetchspec.ModeCORS, fetchspec.ModeNoCORS, fetchspec.ModeSameOrigin, "navigate":
	default:
		return &Block{Code: CodeModeInvalid, Step: "request-constructor 16", Param: string(c.init.Mode)}
	}
	switch c.init.Redirect {
	case "", fetchspec.RedirectFollow, fetchspec.RedirectError, fetchspec.RedirectManual:
	default:
		return &Block{Code: CodeRedirectInvalid, Step: "request-constructor 22", Param: string(c.init.Redirect)}
	}
	return nil
}

// parseURL parses a URL as the browser does.
func (q *Quirks) parseURL(raw string, base *origin.URL) (*origin.URL, error) {
	if q.EscapesURLs {
		// DEVIATION: EscapesURLs.
		return origin.ParseURLEscaping(raw, base)
	}
	return origin.ParseURL(raw, base)
}

func (c *constructor) url() *Block {
	u, err := c.q.parseURL(c.init.URL, c.page.URL)
	if err != nil {
		return &Block{Code: CodeURLInvalid, Param: c.init.URL}
	}
	for _, s := range c.q.StandardSchemes {
		if u.Scheme() == s {
			// DEVIATION: StandardSchemes.
			u = u.WithRootPath()
		}
	}
	if fragment, ok := u.Fragment(); ok && fragment == "" && c.q.FetchDropsEmptyFragment && c.req.API == fetchspec.APIFetch {
		// DEVIATION: FetchDropsEmptyFragment.
		u = u.WithoutItsFragment()
	}
	c.req.URLs = []*origin.URL{u}
	return nil
}

func (c *constructor) method(step Step) *Block {
	m := c.init.Method
	if m == "" {
		m = "GET"
	}
	if !fetchspec.IsToken(m) {
		return &Block{Code: CodeMethodInvalid, Step: step, Param: m}
	}
	if fetchspec.IsForbiddenMethod(m) {
		return &Block{Code: CodeMethodForbidden, Step: step, Param: m}
	}
	c.req.Method = fetchspec.NormalizeMethod(m)
	return nil
}

// notLatin1 refuses names and values that are no byte strings.
//
// https://webidl.spec.whatwg.org/#js-bytestring
func notLatin1(h fetchspec.Header) *Block {
	for _, s := range [...]string{h.Name, h.Value} {
		if _, ok := fetchspec.IsomorphicEncode(s); !ok {
			return &Block{Code: CodeHeaderValueNotLatin1, Step: "headers-append 1", Param: s}
		}
	}
	return nil
}

// headers fills the header list, through the guard of the request's mode.
//
// https://fetch.spec.whatwg.org/#concept-headers-append
func (c *constructor) headers() *Block {
	if len(c.init.Headers) == 0 {
		return nil
	}
	list := make(fetchspec.Headers, 0, len(c.init.Headers)+1)
	for _, h := range c.init.Headers {
		if b := notLatin1(h); b != nil {
			return b
		}
		value, _ := fetchspec.IsomorphicEncode(h.Value)
		value = fetchspec.NormalizeValue(value)
		switch {
		case !fetchspec.IsToken(h.Name):
			return &Block{Code: CodeHeaderNameInvalid, Step: "headers-append 2", Param: h.Name}
		case !fetchspec.IsValue(value):
			return &Block{Code: CodeHeaderValueInvalid, Step: "headers-append 2", Param: value, Name: h.Name}
		case c.q.Safelist.IsForbidden(h.Name, value):
			c.req.Dropped = append(c.req.Dropped, h.Name)
			continue
		}
		if c.req.Mode == fetchspec.ModeNoCORS && c.req.API == fetchspec.APIFetch {
			// 3. The guard of no-cors judges the value as it would become.
			combined, had := list.Get(h.Name)
			if combined += ", " + value; !had {
				combined = value
			}
			if !c.q.Safelist.IsNoCORSSafelisted(h.Name, combined) {
				continue
			}
		}
		if c.q.CombineRequestHeaders || c.req.API == fetchspec.APIXHR {
			// DEVIATION: CombineRequestHeaders.
			list.Combine(h.Name, value)
		} else {
			list.Append(h.Name, value)
		}
	}
	if c.q.CombineRequestHeaders {
		for i, h := range list {
			list[i].Value = fetchspec.NormalizeValue(h.Value)
		}
	}
	c.req.Headers = list
	return nil
}

// body sets the body and the Content-Type that it brings.
//
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
func (c *constructor) body() *Block {
	if c.init.BodyKind == BodyNone {
		return nil
	}
	if c.req.Method == "GET" || c.req.Method == "HEAD" {
		if c.req.API == fetchspec.APIXHR {
			return nil // send() ignores the body
		}
		return &Block{Code: CodeBodyNotAllowed, Step: "request-constructor 35", Param: c.req.Method}
	}
	body := &fetchspec.Body{Source: c.init.Body}
	contentType := ""
	switch c.init.BodyKind {
	case BodyString:
		contentType = "text/plain;charset=UTF-8"
	case BodyURLSearchParams:
		contentType = "application/x-www-form-urlencoded;charset=UTF-8"
	case BodyFormData:
		contentType = "multipart/form-data; boundary=----corsim"
	case BodyBlob:
		contentType = blobType(c.init.BlobType)
		if c.req.API == fetchspec.APIXHR && !c.q.XHRBlobType.takes(contentType) {
			// DEVIATION: XHRBlobType.
			contentType = ""
		}
	case BodyStream:
		switch {
		case c.req.API != fetchspec.APIXHR && c.q.StreamBodies == StreamRefuse:
			// DEVIATION: StreamBodies.
			return &Block{Code: CodeStreamBodyNotSupported, Step: "request-constructor 37"}
		case c.req.API == fetchspec.APIXHR, c.q.StreamBodies == StreamStringify:
			// An XMLHttpRequest takes no streams.
			body.Source = "[object ReadableStream]"
			contentType = "text/plain;charset=UTF-8"
		default:
			body = &fetchspec.Body{Stream: true}
			// It needs a mode in which it can be preflighted, and always is: step 39 of the Request constructor.
			if c.req.Mode == fetchspec.ModeNoCORS {
				return &Block{Code: CodeStreamBodyNotNoCORS, Step: "request-constructor 39.2"}
			}
			c.req.UseCORSPreflight = true
			if c.q.StreamsLeaveHome {
				// DEVIATION: StreamsLeaveHome.
				c.req.Mode = fetchspec.ModeCORS
			}
		}
	}
	c.req.Body = body
	if c.req.API == fetchspec.APIXHR && c.init.BodyKind == BodyString && c.q.XHRCharset != XHRCharsetSent {
		c.req.Headers = withCharset(c.req.Headers, c.q.XHRCharset == XHRCharsetInPlace)
	}
	if contentType != "" && !c.req.Headers.Has("Content-Type") {
		if c.req.Mode != fetchspec.ModeNoCORS || c.q.NoCORSBlobType || c.q.Safelist.IsNoCORSSafelisted("Content-Type", contentType) {
			// DEVIATION: NoCORSBlobType.
			c.req.Headers = append(c.req.Headers, fetchspec.Header{Name: "Content-Type", Value: contentType})
			if c.init.BodyKind == BodyBlob {
				body.Type = contentType
			}
		}
	}
	return nil
}

// blobType returns the type of a Blob that was made with a type option.
//
// https://w3c.github.io/FileAPI/#constructorBlob
func blobType(t string) string {
	for i := 0; i < len(t); i++ {
		if t[i] < 0x20 || t[i] > 0x7E {
			return ""
		}
	}
	return fetchspec.ByteLower(t)
}

// xhr follows XMLHttpRequest's open, setRequestHeader and send.
//
// https://xhr.spec.whatwg.org/#interface-xmlhttprequest
func (c *constructor) xhr() *Block {
	if b := c.method("request-constructor 25.2"); b != nil {
		return b
	}
	if b := c.url(); b != nil {
		b.Step = "request-constructor 5.2"
		return b
	}
	if b := c.headers(); b != nil {
		return b
	}
	if c.init.Credentials == fetchspec.CredentialsInclude {
		c.req.Credentials = fetchspec.CredentialsInclude
	}
	b := c.body()
	// DEVIATION: UploadListenerNeedsBody.
	c.req.UseCORSPreflight = c.init.UploadListener && (c.req.Body != nil || !c.q.UploadListenerNeedsBody)
	return b
}

// eventSource makes the request of an EventSource.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
func (c *constructor) eventSource() *Block {
	if b := c.url(); b != nil {
		b.Step = "request-constructor 5.2"
		return b
	}
	c.req.Method = "GET"
	if c.init.Credentials == fetchspec.CredentialsInclude {
		c.req.Credentials = fetchspec.CredentialsInclude
	}
	return nil
}

// element makes the request of an element.
//
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request
func (c *constructor) element() *Block {
	if c.req.API == fetchspec.APIPreload {
		if b := c.preload(); b != nil {
			return b
		}
	}
	if b := c.url(); b != nil {
		b.Step = "request-constructor 5.2"
		return b
	}
	c.req.Method = "GET"
	attribute := c.init.CrossOrigin
	switch c.req.API {
	case fetchspec.APIFont:
		// Fonts are always fetched in mode cors, without credentials for other origins.
		if c.q.FontsNoCORS {
			// DEVIATION: FontsNoCORS.
			c.req.Mode, c.req.Credentials = fetchspec.ModeNoCORS, fetchspec.CredentialsInclude
		}
	case fetchspec.APIModule:
		// Module scripts are always in mode cors.
	default:
		if c.q.PreloadFontsCORS && c.req.API == fetchspec.APIPreload && c.req.Destination == fetchspec.DestinationFont {
			// DEVIATION: PreloadFontsCORS.
			return nil
		}
		if attribute == nil {
			c.req.Mode, c.req.Credentials = fetchspec.ModeNoCORS, fetchspec.CredentialsInclude
		}
	}
	if attribute != nil && fetchspec.EqualFold(*attribute, "use-credentials") && c.req.API != fetchspec.APIFont {
		c.req.Credentials = fetchspec.CredentialsInclude
	}
	if c.q.ElementsStripCredentials && (c.req.API.IsMedia() || c.req.Mode == fetchspec.ModeCORS && !origin.SameOrigin(c.req.URL().Origin(), c.page.Origin)) {
		// DEVIATION: ElementsStripCredentials.
		c.req.URLs[0] = c.req.URL().WithoutCredentials()
	}
	return nil
}

// preload sets the destination of a preload. Without one that can be preloaded for there is no request, and never an event;
// the same goes for a URL that is none or empty.
//
// https://html.spec.whatwg.org/multipage/links.html#link-type-preload
func (c *constructor) preload() *Block {
	as := ""
	if c.init.As != nil {
		as = *c.init.As
	}
	d, ok := fetchspec.PreloadDestination(as)
	if !ok || c.q.LowercaseAs && d != fetchspec.DestinationNone && as != string(d) || c.q.PreloadsNoTracks && d == fetchspec.DestinationTrack {
		// DEVIATION: LowercaseAs, PreloadsNoTracks.
		return &Block{Code: CodePreloadDestination, Step: "request-constructor 5.2", Param: as}
	}
	c.req.Destination = d
	if c.init.URL == "" {
		return &Block{Code: CodeURLInvalid, Step: "request-constructor 5.2"}
	}
	return nil
}
