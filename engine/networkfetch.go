package engine

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// The order in which headers are appended where a browser has no other.
var (
	standardPreflightHeaders = []string{"Accept", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Referer", "Origin", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site"}
	standardRequestHeaders   = []string{"", "Range", "Accept", "Content-Length", "Referer", "Origin", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Cookie"}
)

// networkFetch sends the request and returns the answer.
//
// OUT OF SCOPE: the HTTP cache, with the Cache-Control and Pragma that an EventSource sends, and authentication; a Network
// may do them.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetch) networkFetch() (*fetchspec.Response, error) {
	// 8.2. A copy to send.
	wire := *f.req

	// 8.3. Credentials go along in mode include, and in mode same-origin for as long as the request stays home.
	wire.IncludeCredentials = f.include() || f.req.Credentials == fetchspec.CredentialsSameOrigin && f.tainting == fetchspec.TaintingBasic

	// 8.4. Unless the embedder policy has them left out.
	wire.IncludeCredentials = wire.IncludeCredentials && f.policyAllowsCredentials()

	// 8.7–8.13. The headers that the user agent adds.
	order := orStandard(f.q.RequestHeaders, standardRequestHeaders)
	page := f.req.Headers
	if f.req.API == fetchspec.APIXHR && f.req.Body != nil && f.q.XHRCharset == XHRCharsetSent {
		// DEVIATION: XHRCharset.
		page = withCharset(page, false)
	}
	wire.Headers = f.wireHeaders(order, page, wire.IncludeCredentials, nil)
	return f.send(&wire, false)
}

// sendPreflight sends the CORS-preflight request.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetch) sendPreflight(unsafe []string) (*fetchspec.Response, error) {
	wire := *f.req
	wire.Method = "OPTIONS"
	wire.Body = nil
	wire.Mode = fetchspec.ModeCORS
	wire.IncludeCredentials = false
	order := orStandard(f.q.PreflightHeaders, standardPreflightHeaders)
	// DEVIATION: PreflightStorageAccess.
	credentials := f.q.PreflightStorageAccess && f.include()
	wire.Headers = f.wireHeaders(order, nil, credentials, &preflightValues{f.req.Method, strings.Join(unsafe, ",")})
	return f.send(&wire, true)
}

func (f *fetch) send(wire *fetchspec.Request, preflight bool) (*fetchspec.Response, error) {
	f.trace("http-network-or-cache-fetch 11.2", wire.Method, " ", f.url.WithoutFragment())
	wire.URLs = f.sentURLs()
	http2 := f.http2()
	if http2 && (f.q.HTTP2NoControls || f.q.HTTP2SendsNoControls) && slices.ContainsFunc(wire.Headers, hasControl) {
		// DEVIATION: HTTP2NoControls, HTTP2SendsNoControls.
		return nil, errUnsent
	}
	if f.q.EscapesURLs && strings.Contains(f.url.Host(), "%") {
		// DEVIATION: EscapesURLs. A host that no resolver knows.
		return nil, errUnresolved
	}
	resp, err := f.net.Send(wire)
	http2 = f.http2() // which a network may learn from the answer
	if err == nil && resp == nil {
		err = errNoResponse
	}
	failure := FailureOf(err)
	if failure == FailureMalformed && f.q.HTTP09 && wire.Method != "PUT" {
		// DEVIATION: HTTP09.
		resp, err = &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: 200, StatusMessage: "OK"}, nil
	}
	switch {
	case err != nil:
	case slices.ContainsFunc(resp.Headers, hasNUL):
		err = errNUL
	case http2 && f.q.HTTP2NoControls && slices.ContainsFunc(resp.Headers, hasControl):
		err = errControl
	case resp.Status == 407 && f.q.ProxyAuthFails:
		// DEVIATION: ProxyAuthFails.
		err = errProxyAuth
	case resp.Status == 408 && f.q.HTTP2TimeoutFails && http2:
		// DEVIATION: HTTP2TimeoutFails.
		err = errTimeout
	case f.q.HeadersAreUTF8:
		// DEVIATION: HeadersAreUTF8.
		resp = asUTF8(resp)
	}
	f.res.Exchanges = append(f.res.Exchanges, Exchange{Request: wire, Response: resp, Err: err, Failure: failure, Preflight: preflight, HTTP2: http2})
	return resp, err
}

// failedExchange returns the exchange that ended with an error, nil where nothing was sent.
func (f *fetch) failedExchange(err error) *Exchange {
	if err == errUnsent || err == errUnresolved {
		return nil
	}
	return f.lastExchange()
}

// hasNUL reports whether a header has a NUL in it, which is no header then.
func hasNUL(h fetchspec.Header) bool { return strings.IndexByte(h.Value, 0) >= 0 }

// hasControl reports whether a header value has a control character in it other than a tab.
func hasControl(h fetchspec.Header) bool {
	return strings.ContainsFunc(h.Value, func(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7F })
}

// sentURLs returns the URL list as it is sent, and as responses have it.
func (f *fetch) sentURLs() []*origin.URL {
	if !f.q.NormalizesEscapes {
		return f.req.URLs
	}
	// DEVIATION: NormalizesEscapes.
	changes := func(u *origin.URL) bool { return u.WithNormalizedEscapes() != u }
	if !slices.ContainsFunc(f.req.URLs, changes) {
		return f.req.URLs
	}
	urls := slices.Clone(f.req.URLs)
	for i, u := range urls {
		urls[i] = u.WithNormalizedEscapes()
	}
	return urls
}

// asUTF8 returns a response with U+FFFD in the place of each byte of its header values that is not part of UTF-8.
func asUTF8(resp *fetchspec.Response) *fetchspec.Response {
	if !slices.ContainsFunc(resp.Headers, func(h fetchspec.Header) bool { return !utf8.ValidString(h.Value) }) {
		return resp
	}
	changed := *resp
	changed.Headers = slices.Clone(resp.Headers)
	for i, h := range changed.Headers {
		changed.Headers[i].Value = string([]rune(h.Value))
	}
	return &changed
}

type networkError string

func (e networkError) Error() string { return string(e) }

const (
	errNoResponse networkError = "the network gave neither a response nor an error"
	errNUL        networkError = "a header value with NUL in it"
	errControl    networkError = "a header value with a control character in it, over HTTP/2"
	errUnsent     networkError = "a header value of the request with a control character in it, over HTTP/2"
	errUnresolved networkError = "a host name that cannot be resolved"
	errProxyAuth  networkError = "status 407 without a proxy"
	errTimeout    networkError = "status 408 time after time"
)

type preflightValues struct{ method, headers string }

// wireHeaders returns a request's headers as they go out, in the order given: those of the page, and those that the user
// agent adds.
func (f *fetch) wireHeaders(order []string, page fetchspec.Headers, credentials bool, pre *preflightValues) fetchspec.Headers {
	h := make(fetchspec.Headers, 0, len(order)+len(page))
	sent := f.url
	if pre != nil && f.q.PreflightMetadataOfFirst {
		// DEVIATION: PreflightMetadataOfFirst.
		sent = f.req.URL()
	}
	// Insecure URLs are not told.
	metadata := f.url.IsPotentiallyTrustworthy() && sent.IsPotentiallyTrustworthy()
	if pre == nil && f.hopped && f.q.HopDropsMetadata && f.req.Mode == fetchspec.ModeCORS {
		// DEVIATION: HopDropsMetadata.
		metadata = false
	}
	for _, name := range order {
		switch name {
		case "":
			h = append(h, page...)
		case "Accept":
			if !page.Has("Accept") {
				h = append(h, fetchspec.Header{Name: name, Value: f.accept()})
			}
		case "Range":
			if f.req.API.IsMedia() {
				h = append(h, fetchspec.Header{Name: name, Value: "bytes=0-"})
			}
		case "Icy-Metadata":
			if f.req.API.IsMedia() {
				h = append(h, fetchspec.Header{Name: name, Value: "1"})
			}
		case "Access-Control-Request-Method":
			h = append(h, fetchspec.Header{Name: name, Value: pre.method})
		case "Access-Control-Request-Headers":
			if pre.headers != "" {
				h = append(h, fetchspec.Header{Name: name, Value: pre.headers})
			}
		case "Content-Length":
			if pre == nil {
				if n, ok := f.contentLength(); ok {
					h = append(h, fetchspec.Header{Name: name, Value: n})
				}
			}
		case "Referer":
			if r := f.referrer(sent); r != "" {
				h = append(h, fetchspec.Header{Name: name, Value: r})
			}
		case "Origin":
			if o := f.originHeader(pre != nil); o != "" {
				h = append(h, fetchspec.Header{Name: name, Value: o})
			}
		case "Cookie":
			if credentials && pre == nil {
				if c := f.cookieHeader(); c != "" {
					h = append(h, fetchspec.Header{Name: name, Value: c})
				}
			}
		case "Sec-Fetch-Storage-Access":
			if credentials && metadata {
				if a := f.storageAccess(pre != nil); a != "" {
					h = append(h, fetchspec.Header{Name: name, Value: a})
				}
			}
		case "Sec-Fetch-Dest":
			if metadata {
				h = append(h, fetchspec.Header{Name: name, Value: metadataDestination(f.req.Destination)})
			}
		case "Sec-Fetch-Site":
			if metadata {
				h = append(h, fetchspec.Header{Name: name, Value: f.site(pre != nil)})
			}
		case "Sec-Fetch-Mode":
			if metadata || pre != nil && f.q.FetchModeAlways {
				// DEVIATION: FetchModeAlways.
				mode := string(f.req.Mode)
				if pre != nil {
					mode = string(fetchspec.ModeCORS)
				}
				h = append(h, fetchspec.Header{Name: name, Value: mode})
			}
		}
	}
	return h
}

// isEmbeddersSite reports whether a request of a sandboxed frame goes to the site of the page around it, as the browser's
// storage access has it.
func (f *fetch) isEmbeddersSite() bool {
	if f.q.StorageAccessUntainted {
		// DEVIATION: StorageAccessUntainted.
		return origin.SchemefullySameSite(f.req.Embedder, f.url.Origin()) && !f.sendsThirdParty() && !f.tainted
	}
	return origin.SchemefullySameSite(f.req.Embedder, f.req.URL().Origin()) && !f.rewritten
}

// originHeader returns the value of the Origin header, and the empty string where none is sent.
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetch) originHeader(preflight bool) string {
	switch {
	case preflight:
		return f.preflightOrigin()
	case f.tainting == fetchspec.TaintingCORS:
		// 3. Every CORS request.
		return f.origin
	case f.q.ElementsSendOrigin && !f.isScripts() && f.req.Mode == fetchspec.ModeCORS && !(f.q.MediaSendsNoOrigin && f.req.API.IsMedia()),
		f.q.UpgradeTaints && f.upgraded:
		// DEVIATION: ElementsSendOrigin, MediaSendsNoOrigin, UpgradeTaints.
		return f.origin
	case f.req.Method != "GET" && f.req.Method != "HEAD", f.q.OriginSticky && f.rewritten && !f.leftOrigin:
		// 4. And others with a method that changes things; but secure pages do not tell insecure URLs.
		// DEVIATION: OriginSticky, OriginOnDowngrade.
		if f.q.NoCORSOriginLost && f.leftOrigin && f.req.Mode != fetchspec.ModeCORS {
			// DEVIATION: NoCORSOriginLost.
			return "null"
		}
		if f.req.Mode != fetchspec.ModeCORS && f.req.Origin.Scheme() == "https" && f.url.Scheme() != "https" && !f.q.OriginOnDowngrade {
			return "null"
		}
		return f.origin
	case f.q.StorageAccessOrigin && f.include() && f.req.Origin.IsOpaque() && f.isEmbeddersSite():
		// DEVIATION: StorageAccessOrigin.
		return f.origin
	}
	return ""
}

// accept returns the value of the Accept header where the page sets none.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (f *fetch) accept() string {
	if a := f.q.Accept[f.req.Destination]; a != "" {
		// DEVIATION: Accept.
		return a
	}
	switch f.req.Destination {
	case fetchspec.DestinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case fetchspec.DestinationStyle:
		return "text/css,*/*;q=0.1"
	}
	if f.req.API == fetchspec.APIEventSource {
		return eventStream
	}
	return "*/*"
}

// contentLength returns the value of Content-Length, and whether there is one.
func (f *fetch) contentLength() (string, bool) {
	switch {
	case f.req.Body == nil:
		return "0", f.req.Method == "POST" || f.req.Method == "PUT"
	case f.req.Body.Stream:
		return "", false
	}
	return strconv.Itoa(len(f.req.Body.Source)), true
}

func statusText(r *fetchspec.Response) string { return strconv.Itoa(r.Status) }
