// Package message recognises what browsers print about blocked requests, in the wordings of today and in older ones that are
// still quoted, and says what they mean and what to change.
//
// [Recognise] takes text as people paste it: cut off, with quotes mangled, with line numbers in between, several messages at
// once. [Message.Explain] explains one, and [Named] one that is known by a name: a code of package engine, a name from Chromium's
// DevTools, a reason from Firefox, or a [Topic].
package message

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
)

// MaxSize is the length in bytes of the longest text that is looked through.
const MaxSize = 1 << 20

// Message is a message that was recognised.
type Message struct {
	// Text is what was recognised of the text, on one line. It is empty for a message that was asked for by name.
	Text string
	// Sightings are the browsers that print it, or did.
	Sightings []Sighting
	// Codes are the rules that may have fired, the likeliest first; none where the message tells nothing of them.
	Codes []engine.Code
	// Topic is what the message is about beyond the rules; it may be empty.
	Topic Topic
	// Cut is set where the text breaks off before the message says why.
	Cut bool
	// Parts are what the message says of the request and the answer.
	Parts Parts
	// Also are other lines that were printed with it, and say nothing more.
	Also []string
}

// Sighting is a browser that prints a message.
type Sighting struct {
	// Browser is chromium, firefox or webkit; or what else prints it: a library, or microsoft.
	Browser string
	// Era says which versions printed it; empty for those of today.
	Era string
}

// Parts are what a message says of a request and of the answer to it. What it does not say is empty.
type Parts struct {
	// Origin is the origin of the page.
	Origin string `json:"origin,omitempty"`
	// Page is the URL of the page.
	Page string `json:"page,omitempty"`
	// URL is what was asked for, or what answered; From is the URL that redirected there, and To where it redirects to.
	URL  string `json:"url,omitempty"`
	From string `json:"redirected_from,omitempty"`
	To   string `json:"redirects_to,omitempty"`
	// Kind is what asked, as the browser calls it: fetch, XMLHttpRequest, image.
	Kind string `json:"kind,omitempty"`
	// Method and Header are the request method and the name of the header that the message is about.
	Method string `json:"method,omitempty"`
	Header string `json:"header,omitempty"`
	// Value is the value that the answer has, nil where the message does not quote one.
	Value *string `json:"value,omitempty"`
	// Status is the status of the answer, 0 where the message does not say.
	Status int `json:"status,omitempty"`
}

// Recognise returns the messages in a text, in order, those that are there several times once. It returns an
// [*UnknownError] where there is none. No more than [MaxSize] bytes are taken.
func Recognise(text string) ([]Message, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("the text has more than %d KiB, the most that is looked through; give the lines around the message", MaxSize>>10)
	}
	s := newStream(text)
	found, near := s.matches()
	messages := s.messages(found)
	if len(messages) == 0 {
		return nil, &UnknownError{Nearest: nearest(near)}
	}
	return messages, nil
}

// UnknownError says that a text has no message that is known.
type UnknownError struct {
	// Nearest are the wordings that are most like it, none where nothing is.
	Nearest []string
}

func (e *UnknownError) Error() string { return "no browser prints that" }

// nearest returns the wordings of which most is there.
func nearest(near map[*phrase]int) []string {
	const most = 3
	var close []*phrase
	for p, n := range near {
		if n >= least {
			close = append(close, p)
		}
	}
	slices.SortFunc(close, func(a, b *phrase) int {
		if near[a] != near[b] {
			return near[b] - near[a]
		}
		return strings.Compare(a.text, b.text)
	})
	var texts []string
	for _, p := range close[:min(len(close), most)] {
		texts = append(texts, p.text)
	}
	return texts
}

// messages puts phrases together to messages.
func (s *stream) messages(found []match) []Message {
	var all []draft
	for _, m := range found {
		p := m.phrases[0]
		if n := len(all); n == 0 || !all[n-1].takes(p, m.start) {
			all = append(all, draft{start: m.start})
		}
		d := &all[len(all)-1]
		d.parts = append(d.parts, m)
		d.end = m.end
	}
	var messages []Message
	for _, d := range all {
		m := s.message(&d)
		same := func(other Message) bool { return other.Text == m.Text }
		if tells := m.Cut || m.Topic != "" || len(m.Codes) > 0; tells && !slices.ContainsFunc(messages, same) {
			messages = append(messages, m)
		}
	}
	return gather(messages)
}

// draft is the phrases of a message.
type draft struct {
	parts      []match
	start, end int
}

// takes reports whether the next phrase is of the same message.
func (d *draft) takes(p *phrase, start int) bool {
	const apart, farApart = 3, 12 // a full stop, a bracket, a colon; and where a URL was written as (the URL of the API)
	last := d.parts[len(d.parts)-1].phrases[0].role
	switch p.role {
	case roleHead:
		return last == roleHead && start-d.end <= apart
	case roleReason:
		return last == roleHead && start-d.end <= farApart
	case roleTail:
		return start-d.end <= apart
	}
	return false
}

// message makes a message of its phrases.
func (s *stream) message(d *draft) Message {
	m := Message{Text: s.sentence(d.start, d.end), Cut: true}
	var alone []engine.Code
	var preflight, answer bool
	for _, part := range d.parts {
		var codes []engine.Code
		var sightings []Sighting
		for _, p := range part.phrases {
			sightings = union(sightings, p.sightings)
			preflight = preflight || p.preflight
			answer = answer || p.answer
			if p.role == roleHead {
				alone = union(alone, p.codes)
				continue
			}
			codes = union(codes, p.codes)
			m.Cut = false
			if m.Topic == "" {
				m.Topic = p.topic
			}
		}
		if tells := !slices.ContainsFunc(part.phrases, func(p *phrase) bool { return p.role != roleHead && len(p.codes) == 0 }); tells {
			m.Codes = narrowed(m.Codes, codes)
		}
		m.Sightings = seenBoth(m.Sightings, sightings)
		for k, e := range part.holes {
			m.Parts.set(part.phrases[0].holes[k].name, s.quoted(e.start, e.end), e != (extent{}))
		}
	}
	if isSentence := bytes.HasPrefix(s.text[d.end:], []byte(".")) && s.isEdge(d.end+1); m.Cut && isSentence && len(alone) > 0 {
		m.Codes, m.Cut = alone, false
	}
	m.Codes = ofStage(m.Codes, preflight, answer && !preflight)
	if strings.HasPrefix(m.Text, "net::") {
		s.around(&m, d)
	}
	return m
}

// narrowed returns the codes that both of two parts of a message may stand for.
func narrowed(codes, more []engine.Code) []engine.Code {
	if len(codes) == 0 {
		return more
	}
	var both []engine.Code
	for _, c := range codes {
		if slices.Contains(more, c) {
			both = append(both, c)
		}
	}
	if len(both) == 0 {
		return codes
	}
	return both
}

// ofStage leaves out codes that are about a preflight, or are not.
func ofStage(codes []engine.Code, preflight, answer bool) []engine.Code {
	return slices.DeleteFunc(slices.Clone(codes), func(c engine.Code) bool {
		return preflight && onPreflight(c) != c || answer && c.Base() != c
	})
}

// onPreflight returns the code of the same failure on the answer to a preflight.
func onPreflight(c engine.Code) engine.Code {
	if p := "preflight-" + c; slices.Contains(engine.Codes(), p) && p.Base() == c {
		return p
	}
	return c
}

// seenBoth returns the browsers that print both of two parts of a message, of the older era of the two.
func seenBoth(a, b []Sighting) []Sighting {
	if len(a) == 0 {
		return b
	}
	var both []Sighting
	for _, x := range a {
		for _, y := range b {
			if x.Browser != y.Browser || slices.ContainsFunc(both, func(z Sighting) bool { return z.Browser == x.Browser }) {
				continue
			}
			if x.Era == "" {
				x.Era = y.Era
			}
			both = append(both, x)
		}
	}
	if len(both) == 0 {
		return a
	}
	return both
}

// set sets a part of its name.
func (p *Parts) set(name, text string, there bool) {
	field := map[string]*string{
		"origin": &p.Origin, "page": &p.Page, "url": &p.URL, "address": &p.URL, "from": &p.From, "to": &p.To, "kind": &p.Kind, "method": &p.Method, "header": &p.Header,
	}[name]
	isURL := slices.Contains([]string{"url", "address", "from", "to", "page"}, name)
	switch {
	case isURL && !strings.ContainsAny(text, ":/"): // what somebody wrote in its place
	case field != nil && *field == "":
		*field = strings.TrimSuffix(text, ":")
	case name == "status" && p.Status == 0:
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1000 {
			p.Status = n
		}
	case (name == "value" || name == "token" || name == "type") && there && p.Value == nil:
		p.Value = &text
	}
}

// around takes the URL and the method that stand before a network error, as in GET https://api.example.com/ net::ERR_FAILED.
func (s *stream) around(m *Message, d *draft) {
	before := strings.Fields(s.clean[:s.offset[d.start]])
	if n := len(before); m.Parts.URL == "" && n > 0 && strings.Contains(before[n-1], "://") {
		m.Parts.URL = before[n-1]
		if n > 1 && isMethod(before[n-2]) {
			m.Parts.Method = before[n-2]
		}
	}
}

// isMethod reports whether a word is one of the methods that people use.
func isMethod(s string) bool {
	return slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, s)
}

// gather puts lines that only say that something failed to the message before them that says why, or else to the one after
// them. Where none says why, one of them is left.
func gather(messages []Message) []Message {
	says := func(m Message) bool { return m.Topic != TopicFailed }
	if !slices.ContainsFunc(messages, says) {
		first := messages[:min(1, len(messages))]
		for _, m := range messages[len(first):] {
			first[0].Also = append(first[0].Also, m.Text)
			first[0].Parts.fill(m.Parts)
		}
		return first
	}
	var told []Message
	var waiting []Message
	for _, m := range messages {
		switch n := len(told); {
		case says(m) && !(n > 0 && told[n-1].echoed(m)):
			for _, w := range waiting {
				m.Also = append(m.Also, w.Text)
				m.Parts.fill(w.Parts)
			}
			waiting = nil
			told = append(told, m)
		case n == 0:
			waiting = append(waiting, m)
		default:
			told[n-1].Also = append(told[n-1].Also, m.Text)
			told[n-1].Parts.fill(m.Parts)
		}
	}
	return told
}

// echoed reports whether a message is what Firefox prints after another that says why: that the request did not succeed.
func (m Message) echoed(next Message) bool {
	return next.Topic == TopicNoAnswer && next.Parts.URL == m.Parts.URL && len(m.Codes) > 0
}

// fill sets what is missing.
func (p *Parts) fill(more Parts) {
	if p.URL == "" {
		p.URL = more.URL
	}
	if p.Kind == "" {
		p.Kind = more.Kind
	}
	if p.Method == "" {
		p.Method = more.Method
	}
}
