package message

import (
	"strings"

	"github.com/corsim/corsim/engine"
)

// wording is a part of a message, as one browser prints it or did. {names} stand for what differs; see [Parts].
type wording struct {
	text string
	// codes are the rules that it may stand for; none where it tells nothing of them. Of a head, they are what it may stand for
	// where no reason comes after it.
	codes []engine.Code
	// topic is what it is about beyond the rules, where there is something to say.
	topic Topic
	// era says who printed it, and until when; empty for what the browser prints now.
	era string
	// preflight is set for what is said of preflights only.
	preflight bool
}

// lexicon is what one browser says. A message is heads, one reason, and tails; or just a line.
type lexicon struct {
	browser string
	// heads start a message, and say what was asked for.
	heads []wording
	// reasons come after a head, or alone.
	reasons []wording
	// tails come after a reason or a line.
	tails []wording
	// lines are whole messages.
	lines []wording
}

var lexicons = append([]*lexicon{&chromium, &firefox, &webkit}, others...)

type role uint8

const (
	roleHead role = iota
	roleReason
	roleTail
	roleLine
)

// phrase is a wording made ready to be compared, with all browsers that have it.
type phrase struct {
	role role
	// text is the wording as it is printed.
	text string
	// literals are its parts, with a hole between each and the next.
	literals []string
	holes    []hole
	codes    []engine.Code
	topic    Topic
	// preflight is set for what is said of preflights only, and answer for a head after which what is said without such a
	// phrase is not about a preflight.
	preflight, answer bool
	sightings         []Sighting
}

// hole is where a phrase has a {name}.
type hole struct {
	name string
	kind holeKind
}

type holeKind uint8

const (
	// holeText is any text.
	holeText holeKind = iota
	// holeWord has no white space in it, unless lines were broken there.
	holeWord
)

// words are the names that stand for something without white space.
var words = map[string]holeKind{
	"url": holeWord, "address": holeWord, "from": holeWord, "to": holeWord, "page": holeWord, "origin": holeWord, "method": holeWord,
	"header": holeWord, "status": holeWord, "host": holeWord, "port": holeWord, "scheme": holeWord,
}

// phrases are all wordings, those that are the same in several browsers once.
var phrases = func() []*phrase {
	var all []*phrase
	known := map[string]*phrase{}
	for _, l := range lexicons {
		for _, part := range []struct {
			role     role
			wordings []wording
		}{{roleHead, l.heads}, {roleReason, l.reasons}, {roleTail, l.tails}, {roleLine, l.lines}} {
			for _, w := range part.wordings {
				p := newPhrase(part.role, w)
				key := strings.Join(p.literals, "\x00")
				if same := known[key]; same != nil {
					same.codes = union(same.codes, p.codes)
					p = same
				} else {
					known[key] = p
					all = append(all, p)
				}
				p.sightings = append(p.sightings, Sighting{l.browser, w.era})
			}
		}
	}
	return all
}()

func newPhrase(r role, w wording) *phrase {
	p := &phrase{role: r, text: w.text, codes: w.codes, topic: w.topic, preflight: w.preflight, answer: w.text == corsPolicy || w.text == corsPolicyRedirected}
	rest := w.text
	for {
		before, after, found := strings.Cut(rest, "{")
		p.literals = append(p.literals, string(newStream(before).text))
		if !found {
			return p
		}
		var name string
		name, rest, _ = strings.Cut(after, "}")
		p.holes = append(p.holes, hole{name, words[name]})
	}
}

// union adds to a list what it does not have.
func union[T comparable](list, more []T) []T {
	out := append([]T(nil), list...)
next:
	for _, m := range more {
		for _, have := range out {
			if have == m {
				continue next
			}
		}
		out = append(out, m)
	}
	return out
}
