package scenario

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// plainDecoder decodes scenarios that are as machines write them: fields spelled as documented, none twice, no null, and
// nothing wrong. What it takes, [Decode] takes too, and makes the same of it; for all else it gives up, and Decode has
// the last word. It takes an eighth of Decode's time. FuzzDecodePlain holds the two equal.
type plainDecoder struct {
	s   string
	pos int
	// What scenarios are made of, to be used again.
	scenario Scenario
	request  Request
	servers  map[string]Exchange
	answers  []Answer
	pairs    []string
	lists    [][]string
}

// decode decodes a scenario; ok is false where it is not plain. The scenario keeps parts of data, and is good until the next
// one is decoded.
func (d *plainDecoder) decode(data string) (s *Scenario, ok bool) {
	if len(data) > MaxSize {
		return nil, false
	}
	d.s, d.pos = data, 0
	d.answers, d.pairs, d.lists = d.answers[:0], d.pairs[:0], d.lists[:0]
	d.space()
	s = &d.scenario
	*s = Scenario{}
	if !d.members(s) {
		return nil, false
	}
	d.space()
	return s, d.pos == len(d.s) && s.Validate() == nil
}

func (d *plainDecoder) members(s *Scenario) bool {
	return d.object(func(key string) (bit uint, ok bool) {
		switch key {
		case "id":
			return 0, d.text(&s.ID)
		case "client":
			return 1, d.client(&s.Client)
		case "request":
			d.request = Request{}
			s.Request = &d.request
			return 2, d.requestMembers(s.Request)
		case "steps":
			s.Steps = []Request{}
			return 3, d.array(func() bool {
				s.Steps = append(s.Steps, Request{})
				return d.requestMembers(&s.Steps[len(s.Steps)-1])
			})
		case "server":
			return 4, d.server(s)
		case "kind":
			return 5, d.text(&s.Kind)
		case "http2":
			return 6, d.bool(&s.HTTP2)
		case "cookies":
			s.Cookies = map[string][]string{}
			return 7, d.object(func(url string) (uint, bool) {
				if _, twice := s.Cookies[url]; twice {
					return 0, false
				}
				values := []string{}
				ok := d.array(func() bool {
					values = append(values, "")
					return d.text(&values[len(values)-1])
				})
				s.Cookies[url] = values
				return anyTimes, ok
			})
		}
		return 0, false
	})
}

func (d *plainDecoder) client(c *Client) bool {
	return d.object(func(key string) (uint, bool) {
		switch key {
		case "origin":
			return 0, d.text(&c.Origin)
		case "opaque":
			return 1, d.bool(&c.Opaque)
		case "sandbox":
			return 2, d.bool(&c.Sandbox)
		case "worker":
			return 3, d.text(&c.Worker)
		case "coep":
			return 4, d.text(&c.COEP)
		}
		return 0, false
	})
}

func (d *plainDecoder) requestMembers(r *Request) bool {
	return d.object(func(key string) (bit uint, ok bool) {
		switch key {
		case "api":
			return 0, d.text(&r.API)
		case "url":
			r.URL = new(string)
			return 1, d.text(r.URL)
		case "method":
			return 2, d.text(&r.Method)
		case "headers":
			return 3, d.headers(&r.Headers)
		case "mode":
			return 4, d.text(&r.Mode)
		case "credentials":
			return 5, d.text(&r.Credentials)
		case "redirect":
			return 6, d.text(&r.Redirect)
		case "body":
			r.Body = new(string)
			return 7, d.text(r.Body)
		case "bodyKind":
			return 8, d.text(&r.BodyKind)
		case "blobType":
			return 9, d.text(&r.BlobType)
		case "uploadListener":
			return 10, d.bool(&r.UploadListener)
		case "crossorigin":
			r.CrossOrigin = new(string)
			return 11, d.text(r.CrossOrigin)
		case "wait":
			var n int
			ok = d.number(&n)
			r.Wait = float64(n)
			return 12, ok
		case "as":
			r.As = new(string)
			return 13, d.text(r.As)
		}
		return 0, false
	})
}

func (d *plainDecoder) server(s *Scenario) bool {
	if d.servers == nil {
		d.servers = map[string]Exchange{}
	}
	clear(d.servers)
	s.Server = d.servers
	return d.object(func(url string) (uint, bool) {
		if _, twice := s.Server[url]; twice {
			return 0, false
		}
		var e Exchange
		ok := d.object(func(key string) (uint, bool) {
			switch key {
			case "preflight":
				return 0, d.answer(&e.Preflight)
			case "response":
				return 1, d.answer(&e.Response)
			}
			return 0, false
		})
		s.Server[url] = e
		return anyTimes, ok
	})
}

func (d *plainDecoder) answer(at **Answer) bool {
	d.answers = append(d.answers, Answer{})
	a := &d.answers[len(d.answers)-1]
	*at = a
	return d.object(func(key string) (uint, bool) {
		switch key {
		case "status":
			return 0, d.number(&a.Status)
		case "headers":
			return 1, d.headers(&a.Headers)
		case "body":
			return 2, d.text(&a.Body)
		case "drop":
			return 3, d.bool(&a.Drop)
		case "fail":
			return 4, d.text((*string)(&a.Fail))
		}
		return 0, false
	})
}

// headers decodes a list of pairs.
func (d *plainDecoder) headers(list *[][]string) bool {
	first := len(d.lists)
	ok := d.array(func() bool {
		n := len(d.pairs)
		if !d.array(func() bool {
			d.pairs = append(d.pairs, "")
			return len(d.pairs) <= n+2 && d.text(&d.pairs[len(d.pairs)-1])
		}) || len(d.pairs) != n+2 {
			return false
		}
		d.lists = append(d.lists, d.pairs[n:n+2:n+2])
		return true
	})
	*list = d.lists[first:len(d.lists):len(d.lists)]
	return ok
}

// anyTimes is the bit of keys that may stand in an object more than once.
const anyTimes = 64

// object decodes an object. Member decodes the value of a key and returns a number for the key, so that a second one is
// noticed.
func (d *plainDecoder) object(member func(key string) (bit uint, ok bool)) bool {
	if !d.byte('{') {
		return false
	}
	if d.byte('}') {
		return true
	}
	var seen uint64
	for {
		key, ok := d.string()
		if !ok || !d.byte(':') {
			return false
		}
		bit, ok := member(key)
		if !ok || seen&(1<<bit) != 0 {
			return false
		}
		seen |= 1 << bit
		if d.byte('}') {
			return true
		}
		if !d.byte(',') {
			return false
		}
	}
}

func (d *plainDecoder) array(element func() bool) bool {
	if !d.byte('[') {
		return false
	}
	if d.byte(']') {
		return true
	}
	for element() {
		if d.byte(']') {
			return true
		}
		if !d.byte(',') {
			break
		}
	}
	return false
}

// byte takes c, and the white space after it.
func (d *plainDecoder) byte(c byte) bool {
	if d.pos >= len(d.s) || d.s[d.pos] != c {
		return false
	}
	d.pos++
	d.space()
	return true
}

func (d *plainDecoder) space() {
	for d.pos < len(d.s) && (d.s[d.pos] == ' ' || d.s[d.pos] == '\t' || d.s[d.pos] == '\n' || d.s[d.pos] == '\r') {
		d.pos++
	}
}

// text takes a string, and the white space after it.
func (d *plainDecoder) text(s *string) (ok bool) {
	*s, ok = d.string()
	return ok
}

func (d *plainDecoder) string() (s string, ok bool) {
	if d.pos >= len(d.s) || d.s[d.pos] != '"' {
		return "", false
	}
	start, escaped, ascii := d.pos+1, false, true
	for i := start; i < len(d.s); i++ {
		c := d.s[i]
		if plainByte[c] {
			continue
		}
		switch {
		case c == '"':
			d.pos = i + 1
			d.space()
			if escaped {
				return unescape(d.s[start-1 : i+1])
			}
			return d.s[start:i], ascii || utf8.ValidString(d.s[start:i])
		case c == '\\':
			escaped = true
			i++
		case c < 0x20:
			return "", false
		default:
			ascii = false
		}
	}
	return "", false
}

func unescape(quoted string) (s string, ok bool) {
	err := json.Unmarshal([]byte(quoted), &s)
	return s, err == nil
}

func (d *plainDecoder) bool(b *bool) bool {
	for _, x := range [...]struct {
		text  string
		value bool
	}{{"true", true}, {"false", false}} {
		if strings.HasPrefix(d.s[d.pos:], x.text) {
			*b = x.value
			d.pos += len(x.text)
			d.space()
			return true
		}
	}
	return false
}

// number takes a number without sign, fraction and exponent, and the white space after it.
func (d *plainDecoder) number(n *int) (ok bool) {
	start := d.pos
	for d.pos < len(d.s) && '0' <= d.s[d.pos] && d.s[d.pos] <= '9' {
		d.pos++
	}
	digits := d.s[start:d.pos]
	if digits == "" || len(digits) > 9 || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	*n, _ = strconv.Atoi(digits)
	d.space()
	return true
}
