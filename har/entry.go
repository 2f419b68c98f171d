package har

import (
	"time"

	"github.com/corsim/corsim/fetchspec"
)

// Log is what a HAR says of itself. Members that come after its entries are not known before they are read.
type Log struct {
	Version string
	// Creator made the HAR, and Browser is where the requests are from.
	Creator, Browser Software
	Pages            []Page
}

// Software is a program, and its version.
type Software struct{ Name, Version string }

// Page is a page that entries belong to.
type Page struct {
	ID, Title, Started string
}

// Entry is a request, and what came of it. Bodies are not kept.
//
// http://www.softwareishard.com/blog/har-12-spec/#entries
type Entry struct {
	// Number is the entry's number in the file, from 1.
	Number int
	// Offset is the number of bytes before the entry, and Length how many it has: of what a compressed file holds.
	Offset, Length int64
	// Page is the ID of its page, empty where it has none.
	Page string
	// Started is as it is written, and Duration in milliseconds.
	Started  string
	Duration float64
	Request  Request
	Response Response
	// Initiator is what of the page asked for it, in Chromium: script, parser, preflight, …
	Initiator, InitiatorURL string
	// ResourceType is fetch, xhr, script, image, preflight and so on, in Chromium and Playwright.
	ResourceType string
	// FetchType is where WebKit has the response from, and FromCache where Chromium has it from, if it is a cache.
	FetchType, FromCache string
	// BlockedReason is why it was blocked, where that is told.
	BlockedReason string
	// Timings are in milliseconds; -1 is none.
	Timings []Timing
}

// Timing is how long a phase of a request took.
type Timing struct {
	Name         string
	Milliseconds float64
}

// Request is the request of an [Entry].
type Request struct {
	Method, URL, HTTPVersion string
	Headers                  fetchspec.Headers
	Cookies                  []Cookie
	// HasBody is set where there is postData, BodyType is its type, and BodyLength how long its text is.
	HasBody    bool
	BodyType   string
	BodyLength int64
	// HeadersSize and BodySize are in bytes, -1 where they are not known.
	HeadersSize, BodySize float64
}

// Response is the response of an [Entry]. A status of 0 or -1 is none.
type Response struct {
	Status                  int
	StatusText, HTTPVersion string
	Headers                 fetchspec.Headers
	Cookies                 []Cookie
	RedirectURL             string
	// ContentSize and ContentType are of the body, and Compression is how many bytes were saved.
	ContentSize, Compression float64
	ContentType              string
	HeadersSize, BodySize    float64
	TransferSize             float64
	// Error is what went wrong: Chromium's net::ERR_…, or the line of WebKit's console. HasError tells an error of which
	// nothing is said from none.
	Error    string
	HasError bool
	// ServiceWorker is set where a service worker answered.
	ServiceWorker bool
}

// Cookie is a cookie of an entry, less its value.
type Cookie struct {
	Name, Path, Domain, Expires, SameSite string
	HTTPOnly, Secure                      bool
}

// Time returns when the entry started; it is zero where that cannot be told.
func (e *Entry) Time() time.Time {
	t, err := time.Parse(time.RFC3339Nano, e.Started)
	if err != nil {
		return time.Time{}
	}
	return t
}

// IsPreflight reports whether the request is a CORS-preflight request.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (e *Entry) IsPreflight() bool {
	return e.Request.Method == "OPTIONS" && e.Request.Headers.Has("Access-Control-Request-Method")
}

// size is how much memory an entry takes, about.
func (e *Entry) size() int {
	n := 1000 + len(e.Request.URL) + len(e.Response.RedirectURL)
	for _, list := range [...]fetchspec.Headers{e.Request.Headers, e.Response.Headers} {
		for _, h := range list {
			n += 64 + len(h.Name) + len(h.Value)
		}
	}
	for _, list := range [...][]Cookie{e.Request.Cookies, e.Response.Cookies} {
		for _, c := range list {
			n += 128 + len(c.Name) + len(c.Path) + len(c.Domain) + len(c.Expires) + len(c.SameSite)
		}
	}
	return n
}
