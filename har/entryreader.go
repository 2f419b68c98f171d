package har

import (
	"math"
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// check notes what an entry must have.
func (s *scanner) check(e *Entry) {
	missing := ""
	switch {
	case e.Request.Method == "":
		missing = "method"
	case e.Request.URL == "":
		missing = "url"
	default:
		return
	}
	s.path = append(s.path, step{key: "request"}, step{key: missing})
	s.note("is missing")
	s.path = s.path[:len(s.path)-2]
}

func (s *scanner) entry(e *Entry) error {
	e.Request.HeadersSize, e.Request.BodySize = -1, -1
	e.Response.HeadersSize, e.Response.BodySize = -1, -1
	return s.object(func(key string) error {
		switch key {
		case "pageref":
			return s.string(&e.Page, maxWord)
		case "startedDateTime":
			return s.string(&e.Started, maxWord)
		case "time":
			return s.number(&e.Duration)
		case "request":
			return s.request(&e.Request)
		case "response":
			return s.response(&e.Response)
		case "_initiator":
			return s.initiator(e)
		case "_resourceType":
			return s.string(&e.ResourceType, maxWord)
		case "_fetchType":
			return s.string(&e.FetchType, maxWord)
		case "_fromCache":
			return s.string(&e.FromCache, maxWord)
		case "_blockedReason":
			return s.string(&e.BlockedReason, maxWord)
		case "timings":
			return s.object(func(key string) error {
				t := Timing{Name: key, Milliseconds: -1}
				if !isTiming(key) {
					return s.skip()
				}
				err := s.number(&t.Milliseconds)
				e.Timings = append(e.Timings, t)
				return err
			})
		}
		return s.skip()
	})
}

func isTiming(name string) bool {
	switch name {
	case "blocked", "dns", "connect", "send", "wait", "receive", "ssl":
		return true
	}
	return false
}

// initiator reads Chromium's account of what asked for a request. It may be anything in other HARs.
func (s *scanner) initiator(e *Entry) error {
	if ok, err := s.may("an object"); !ok {
		return err
	}
	return s.object(func(key string) error {
		switch key {
		case "type":
			return s.string(&e.Initiator, maxWord)
		case "url":
			return s.string(&e.InitiatorURL, MaxURL)
		}
		return s.skip()
	})
}

func (s *scanner) request(r *Request) error {
	return s.object(func(key string) error {
		switch key {
		case "method":
			return s.string(&r.Method, maxWord)
		case "url":
			return s.string(&r.URL, MaxURL)
		case "httpVersion":
			return s.string(&r.HTTPVersion, maxWord)
		case "headers":
			return s.headers(&r.Headers)
		case "cookies":
			return s.cookies(&r.Cookies)
		case "headersSize":
			return s.number(&r.HeadersSize)
		case "bodySize":
			return s.number(&r.BodySize)
		case "postData":
			return s.postData(r)
		}
		return s.skip()
	})
}

func (s *scanner) postData(r *Request) error {
	return s.object(func(key string) error {
		switch key {
		case "mimeType":
			r.HasBody = true
			return s.string(&r.BodyType, maxWord)
		case "text":
			start := s.at()
			err := s.skip()
			r.BodyLength = max(s.at()-start-2, 0)
			return err
		}
		return s.skip()
	})
}

func (s *scanner) response(r *Response) error {
	return s.object(func(key string) error {
		switch key {
		case "status":
			var n float64
			err := s.number(&n)
			if n != math.Trunc(n) || n < -1 || n > 999 {
				s.note("is %v, want a status from 100 to 999, or 0 or -1 for none", n)
				n = 0
			}
			r.Status = int(n)
			return err
		case "statusText":
			return s.string(&r.StatusText, maxWord)
		case "httpVersion":
			return s.string(&r.HTTPVersion, maxWord)
		case "headers":
			return s.headers(&r.Headers)
		case "cookies":
			return s.cookies(&r.Cookies)
		case "redirectURL":
			return s.string(&r.RedirectURL, MaxURL)
		case "content":
			return s.content(r)
		case "headersSize":
			return s.number(&r.HeadersSize)
		case "bodySize":
			return s.number(&r.BodySize)
		case "_transferSize":
			return s.number(&r.TransferSize)
		case "_error", "_failureText":
			var err error
			if r.HasError, err = s.may("a string"); !r.HasError {
				return err
			}
			return s.string(&r.Error, maxWord)
		case "_fetchedViaServiceWorker":
			return s.bool(&r.ServiceWorker)
		}
		return s.skip()
	})
}

func (s *scanner) content(r *Response) error {
	return s.object(func(key string) error {
		switch key {
		case "size":
			return s.number(&r.ContentSize)
		case "compression":
			return s.number(&r.Compression)
		case "mimeType":
			return s.string(&r.ContentType, maxWord)
		}
		return s.skip()
	})
}

// headers reads a list of headers. A value of several lines, as Chromium writes it, is as many headers.
func (s *scanner) headers(to *fetchspec.Headers) error {
	size := 0
	return s.array(func(int) error {
		var name, value string
		err := s.object(func(key string) error {
			switch key {
			case "name":
				return s.string(&name, MaxHeaderBytes)
			case "value":
				return s.string(&value, MaxHeaderBytes)
			}
			return s.skip()
		})
		for line := range strings.SplitSeq(value, "\n") {
			if size += len(name) + len(line); size > MaxHeaderBytes || len(*to) == MaxHeaders {
				s.note("is more than %d headers, or more than %d bytes of them", MaxHeaders, MaxHeaderBytes)
				break
			}
			line, ok := fetchspec.IsomorphicEncode(line)
			if !ok {
				line = value // not bytes, but what somebody made of them
			}
			*to = append(*to, fetchspec.Header{Name: name, Value: strings.Trim(line, " \t\r")})
		}
		return err
	})
}

func (s *scanner) cookies(to *[]Cookie) error {
	return s.array(func(int) error {
		var c Cookie
		err := s.object(func(key string) error {
			switch key {
			case "name":
				return s.string(&c.Name, maxWord)
			case "path":
				return s.string(&c.Path, maxWord)
			case "domain":
				return s.string(&c.Domain, maxWord)
			case "expires":
				if ok, err := s.may("a string"); !ok {
					return err
				}
				return s.string(&c.Expires, maxWord)
			case "sameSite":
				return s.string(&c.SameSite, maxWord)
			case "httpOnly":
				return s.bool(&c.HTTPOnly)
			case "secure":
				return s.bool(&c.Secure)
			}
			return s.skip()
		})
		if len(*to) < maxCookies {
			*to = append(*to, c)
		}
		return err
	})
}
