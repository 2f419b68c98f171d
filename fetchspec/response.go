package fetchspec

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/origin"
)

// ResponseType is a response type.
//
// https://fetch.spec.whatwg.org/#concept-response-type
type ResponseType string

// The response types.
const (
	ResponseBasic          ResponseType = "basic"
	ResponseCORS           ResponseType = "cors"
	ResponseDefault        ResponseType = "default"
	ResponseError          ResponseType = "error"
	ResponseOpaque         ResponseType = "opaque"
	ResponseOpaqueRedirect ResponseType = "opaqueredirect"
)

// Response is a response: as a server gives it, or filtered as script sees it.
//
// https://fetch.spec.whatwg.org/#concept-response
type Response struct {
	Type ResponseType
	// Status is the status code, 0 for a network error and an opaque response.
	Status        int
	StatusMessage string
	Headers       Headers
	Body          string
	// URLs is the response's URL list.
	URLs []*origin.URL
}

// URL returns the response's URL, nil where there is none.
//
// https://fetch.spec.whatwg.org/#concept-response-url
func (r *Response) URL() *origin.URL {
	if len(r.URLs) == 0 {
		return nil
	}
	return r.URLs[len(r.URLs)-1]
}

// Redirected reports whether the response came after a redirect, as script sees it.
//
// https://fetch.spec.whatwg.org/#dom-response-redirected
func (r *Response) Redirected() bool { return len(r.URLs) > 1 }

// IsRedirectStatus reports whether a status is 301, 302, 303, 307 or 308.
//
// https://fetch.spec.whatwg.org/#redirect-status
func IsRedirectStatus(status int) bool {
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308
}

// IsOKStatus reports whether a status is in the range 200 to 299.
//
// https://fetch.spec.whatwg.org/#ok-status
func IsOKStatus(status int) bool { return 200 <= status && status <= 299 }

// NetworkError returns a new network error.
//
// https://fetch.spec.whatwg.org/#concept-network-error
func NetworkError() *Response { return &Response{Type: ResponseError} }

// FilterBasic returns a basic filtered response with the URL list given.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-basic
func FilterBasic(r *Response, urls []*origin.URL) *Response {
	return filterHeaders(r, ResponseBasic, urls, func(name string) bool { return !IsForbiddenResponseName(name) })
}

// FilterCORS returns a CORS filtered response, with the URL list given, that shows the safelisted headers and those in
// exposed. Where all is set, every header is shown but the forbidden ones.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func FilterCORS(r *Response, urls []*origin.URL, exposed *List, all bool) *Response {
	return filterHeaders(r, ResponseCORS, urls, func(name string) bool {
		if IsForbiddenResponseName(name) {
			return false
		}
		return all || IsSafelistedResponseName(name) || exposed.ContainsFold(name)
	})
}

// FilterOpaque returns an opaque filtered response, of which script learns nothing.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
func FilterOpaque() *Response { return &Response{Type: ResponseOpaque} }

// FilterOpaqueRedirect returns an opaque-redirect filtered response with the URL list given.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
func FilterOpaqueRedirect(urls []*origin.URL) *Response {
	return &Response{Type: ResponseOpaqueRedirect, URLs: urls}
}

func filterHeaders(r *Response, t ResponseType, urls []*origin.URL, keep func(string) bool) *Response {
	f := *r
	f.Type, f.URLs, f.Headers = t, urls, nil
	kept := 0
	for i := range r.Headers {
		if keep(r.Headers[i].Name) {
			kept++
		}
	}
	if kept == 0 {
		return &f
	}
	f.Headers = make(Headers, 0, kept)
	for _, h := range r.Headers {
		if keep(h.Name) {
			f.Headers = append(f.Headers, h)
		}
	}
	return &f
}

// SortAndCombine returns the headers as script iterates them: names in lower case and sorted, values of one name
// combined.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func (h Headers) SortAndCombine() Headers {
	if len(h) == 0 {
		return nil
	}
	out := make(Headers, 0, len(h))
	for _, x := range h {
		out.Combine(ByteLower(x.Name), x.Value)
	}
	slices.SortStableFunc(out, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return out
}
