package har

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Redact copies a HAR without what its owner would not want to share: the values of cookies, of Authorization and of all
// other headers that CORS does not look at, the values of queries, user names and passwords, bodies, and whatever else looks
// like a secret. Of members, only those that are known stay, so that no other can hold one. The sizes of bodies, the names
// of cookies and headers, and all that verdicts hang on are kept: those of the copy are the same.
//
// The copy is whole where r is cut in the middle: it has the entries before. The error is then that of [Reader.Next].
// Entries that cannot be read are left out, and reported to onBroken.
func Redact(w io.Writer, r *Reader, onBroken func(*EntryError)) error {
	c := &copier{w: bufio.NewWriterSize(w, bufferSize), m: newMasker()}
	err := c.copy(r, onBroken)
	return errors.Join(err, c.w.Flush())
}

type copier struct {
	w *bufio.Writer
	m *masker
	// err is of encoding or writing.
	err error
}

func (c *copier) copy(r *Reader, onBroken func(*EntryError)) error {
	var last error
	headed, head := false, Log{}
	for n := 0; ; {
		e, err := r.Next()
		if !headed && r.opened && (r.inEntries || r.done) {
			headed = true
			c.raw(`{"log":{`)
			head = r.Log
			for _, m := range c.members(&head, &Log{}) {
				c.raw(m + ",\n")
			}
			c.raw(`"entries":[`)
		}
		var broken *EntryError
		switch {
		case errors.As(err, &broken):
			onBroken(broken)
			continue
		case err != nil:
			last = err
		default:
			if n++; n > 1 {
				c.raw(",")
			}
			c.raw("\n")
			c.value(c.entry(e))
			if c.err != nil {
				return c.err
			}
			continue
		}
		break
	}
	if headed {
		c.raw("\n]")
		for _, m := range c.members(&r.Log, &head) {
			c.raw(",\n" + m)
		}
		c.raw("}}\n")
	}
	if last == io.EOF {
		last = nil
	}
	return errors.Join(c.err, last)
}

func (c *copier) raw(s string) { c.w.WriteString(s) }

func (c *copier) value(v any) {
	data, err := json.Marshal(v)
	if err == nil {
		_, err = c.w.Write(data)
	}
	if c.err == nil {
		c.err = err
	}
}

// object is a JSON object; encoding/json sorts its members.
type object = map[string]any

// members returns the members of a log that were not written before.
func (c *copier) members(l, written *Log) (list []string) {
	add := func(name string, value any) {
		data, err := json.Marshal(value)
		if err != nil && c.err == nil {
			c.err = err
		}
		list = append(list, strconv.Quote(name)+":"+string(data))
	}
	software := func(s Software) object {
		return object{"name": mask(s.Name, crosses), "version": mask(s.Version, crosses)}
	}
	if l.Version != written.Version {
		add("version", mask(l.Version, crosses))
	}
	if l.Creator != written.Creator {
		add("creator", software(l.Creator))
	}
	if l.Browser != written.Browser {
		add("browser", software(l.Browser))
	}
	if len(l.Pages) > len(written.Pages) {
		add("pages", c.pages(l.Pages))
	}
	return list
}

func (c *copier) pages(pages []Page) []object {
	list := []object{}
	for _, p := range pages {
		title := redacted
		if strings.HasPrefix(p.Title, "http://") || strings.HasPrefix(p.Title, "https://") {
			title = c.m.url(strings.ReplaceAll(p.Title, " ", "%20"))
		}
		list = append(list, object{"id": c.id(p.ID), "title": title, "startedDateTime": c.moment(p.Started), "pageTimings": object{}})
	}
	return list
}

// id keeps the IDs of pages apart, which are anything.
func (c *copier) id(s string) string {
	if rest, ok := strings.CutPrefix(s, "page_"); s == "" || ok && harmless.MatchString(rest) {
		return s
	}
	return c.m.label(s)
}

// moment keeps a time that is one.
func (c *copier) moment(s string) string {
	if e := (Entry{Started: s}); e.Time().IsZero() {
		return ""
	}
	return s
}

func (c *copier) entry(e *Entry) object {
	o := object{
		"startedDateTime": c.moment(e.Started), "time": e.Duration, "cache": object{},
		"request": c.request(&e.Request), "response": c.response(e),
	}
	timings := object{"send": -1, "wait": -1, "receive": -1}
	for _, t := range e.Timings {
		timings[t.Name] = t.Milliseconds
	}
	o["timings"] = timings
	if e.Page != "" {
		o["pageref"] = c.id(e.Page)
	}
	if e.Initiator != "" {
		initiator := object{"type": c.word(e.Initiator)}
		if e.InitiatorURL != "" {
			initiator["url"] = c.m.url(e.InitiatorURL)
		}
		o["_initiator"] = initiator
	}
	for name, value := range map[string]string{"_resourceType": e.ResourceType, "_fetchType": e.FetchType, "_fromCache": e.FromCache, "_blockedReason": e.BlockedReason} {
		if value != "" {
			o[name] = c.word(value)
		}
	}
	return o
}

// word keeps a word of a fixed vocabulary, and nothing else.
func (c *copier) word(s string) string {
	if len(s) > 40 || strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r|0x20 && r|0x20 <= 'z') && r != '-' && r != '_' && r != ' ' && r != '.' && r != '/' && !('0' <= r && r <= '9')
	}) {
		return redacted
	}
	return mask(s, crosses)
}

func (c *copier) request(r *Request) object {
	o := object{
		"method": r.Method, "url": c.url(r.URL, ""), "httpVersion": c.word(r.HTTPVersion), "headers": c.headers(r.Headers, ""),
		"cookies": c.cookies(r.Cookies), "queryString": []object{}, "headersSize": r.HeadersSize, "bodySize": r.BodySize,
	}
	if r.HasBody {
		o["postData"] = object{"mimeType": mask(r.BodyType, crosses), "text": "", "comment": strconv.FormatInt(r.BodyLength, 10) + " bytes redacted"}
	}
	return o
}

func (c *copier) response(e *Entry) object {
	r := &e.Response
	o := object{
		"status": r.Status, "statusText": mask(r.StatusText, crosses), "httpVersion": c.word(r.HTTPVersion), "headers": c.headers(r.Headers, e.Request.URL),
		"cookies": c.cookies(r.Cookies), "redirectURL": "", "headersSize": r.HeadersSize, "bodySize": r.BodySize,
		"content": object{"size": r.ContentSize, "compression": r.Compression, "mimeType": mask(r.ContentType, crosses)},
	}
	if r.RedirectURL != "" {
		o["redirectURL"] = c.url(r.RedirectURL, e.Request.URL)
	}
	if r.HasError {
		o["_error"] = c.m.message(r.Error)
	}
	if r.ServiceWorker {
		o["_fetchedViaServiceWorker"] = true
	}
	if r.TransferSize != 0 {
		o["_transferSize"] = r.TransferSize
	}
	return o
}

// url takes the secrets out of a URL in its serialized form, absolute where the URL of a request tells what it is relative to,
// so that a redirect still leads to the request that came of it.
func (c *copier) url(raw, base string) string {
	b, _ := origin.ParseURL(base, nil)
	if u, err := origin.ParseURL(raw, b); err == nil {
		raw = u.String()
	}
	return c.m.url(raw)
}

// headers takes the secrets out of headers, for responses of those of a URL.
func (c *copier) headers(h fetchspec.Headers, base string) []object {
	list := []object{}
	for _, h := range h {
		if fetchspec.EqualFold(h.Name, "Location") {
			h.Value = c.url(h.Value, base)
		} else {
			h = c.m.header(h)
		}
		list = append(list, object{"name": h.Name, "value": fetchspec.IsomorphicDecode(h.Value)})
	}
	return list
}

func (c *copier) cookies(cookies []Cookie) []object {
	list := []object{}
	for _, k := range cookies {
		o := object{"name": mask(k.Name, crosses), "value": redacted}
		for name, value := range map[string]string{"path": k.Path, "domain": k.Domain, "expires": k.Expires, "sameSite": k.SameSite} {
			if value != "" {
				o[name] = mask(value, crosses)
			}
		}
		if k.HTTPOnly {
			o["httpOnly"] = true
		}
		if k.Secure {
			o["secure"] = true
		}
		list = append(list, o)
	}
	return list
}
