package engine

import (
	"strconv"

	"github.com/corsim/corsim/fetchspec"
)

// schemeFetch fetches by the current URL's scheme.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (f *fetch) schemeFetch() *fetchspec.Response {
	switch f.url.Scheme() {
	case "http", "https":
		return f.httpFetch(nil, false)

	case "about":
		// 3a. about:blank is an empty HTML document.
		if f.url.Path() == "blank" && !f.q.NoAboutBlank {
			// DEVIATION: NoAboutBlank.
			return &fetchspec.Response{
				Type: fetchspec.ResponseDefault, Status: 200, StatusMessage: "OK",
				Headers: fetchspec.Headers{{Name: "Content-Type", Value: "text/html;charset=utf-8"}},
			}
		}

	case "data":
		// 3c. data: URLs carry their response.
		mimeType, body, ok := fetchspec.ProcessDataURL(f.url.WithoutFragment())
		if !ok {
			return f.block(&Block{Code: CodeDataURLInvalid, Step: "scheme-fetch 3c.2"})
		}
		resp := &fetchspec.Response{
			Type: fetchspec.ResponseDefault, Status: 200, StatusMessage: "OK", Body: body,
			Headers: fetchspec.Headers{{Name: "Content-Type", Value: mimeType}},
		}
		if f.q.DataContentLength {
			// DEVIATION: DataContentLength.
			resp.Headers = append(resp.Headers, fetchspec.Header{Name: "Content-Length", Value: strconv.Itoa(len(body))})
		}
		return resp

	case "blob":
		// 3b. OUT OF SCOPE: blob URLs of the page; there is none in the store.
		return f.block(&Block{Code: CodeNetworkError, Step: "scheme-fetch 3b.2"})
	}
	// 4. All else is a network error.
	return f.block(&Block{Code: CodeSchemeUnknown, Step: "scheme-fetch 4", Param: f.url.Scheme()})
}
