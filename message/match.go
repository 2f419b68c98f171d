package message

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"
)

// match is a phrase that was found in a stream.
type match struct {
	phrases    []*phrase // several where too little is left to tell them apart
	start, end int
	// score is how many bytes of the phrase's own were there.
	score int
	// cutStart and cutEnd are set where the text breaks off within the phrase.
	cutStart, cutEnd bool
	// holes are where the phrase's holes are; empty for those that were cut off.
	holes []extent
}

type extent struct{ start, end int }

const (
	// gram is how many bytes of a phrase must stand together for it to be looked for there.
	gram = 8
	// stride is how far apart the grams of a phrase are that are looked for.
	stride = 4
	// least is how many bytes of a phrase must be there where text breaks off within it, and leastQuoted where somebody put
	// some words of it in quotes.
	least, leastQuoted = 12, 24
	// longestHole bounds the bytes that stand for one name.
	longestHole = 4096
	// longestName bounds the bytes of what is named before a URL.
	longestName = 40
	// mostSteps bounds how often a hole is looked at, for each byte of text: much more often than any text that was not made for it.
	mostSteps = 32
	// mostBreaks bounds the line breaks within what stands for one name.
	mostBreaks = 3
)

type posting struct {
	phrase  *phrase
	literal int
	offset  int
}

// index says which phrases have a gram, and where.
var index = func() map[uint64][]posting {
	m := map[uint64][]posting{}
	for _, p := range phrases {
		for i, l := range p.literals {
			for o := 0; o+gram <= len(l); o += stride {
				key := binary.LittleEndian.Uint64([]byte(l[o:]))
				m[key] = append(m[key], posting{p, i, o})
			}
		}
	}
	return m
}()

// matches finds all phrases, the longest first where they overlap. What comes near but does not fit is counted in near, by how
// many bytes fit.
func (s *stream) matches() (found []match, near map[*phrase]int) {
	near = map[*phrase]int{}
	s.steps = mostSteps * (len(s.text) + 1000)
	done := map[*phrase]int{}
	var all []match
	for i := 0; i+gram <= len(s.text); i++ {
		for _, post := range index[binary.LittleEndian.Uint64(s.text[i:])] {
			if i < done[post.phrase] {
				continue // it is in one that was found
			}
			m, ok := s.extend(post, i)
			if !ok {
				near[post.phrase] = max(near[post.phrase], m.score)
				continue
			}
			done[post.phrase] = m.end
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.start, b.start))
	})
	taken := make([]bool, len(s.text)+1)
	at := map[extent]int{}
	for _, m := range all {
		where := extent{m.start, m.end}
		if j, ok := at[where]; ok && found[j].weight() == m.weight() {
			found[j].phrases = append(found[j].phrases, m.phrases...)
			continue
		}
		if slices.Contains(taken[m.start:m.end], true) {
			continue
		}
		for k := m.start; k < m.end; k++ {
			taken[k] = true
		}
		at[where] = len(found)
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b match) int { return cmp.Compare(a.start, b.start) })
	return found, near
}

// weight is the score, less a little for what is cut off: a full stop that is there does not make it likelier than a phrase that
// ends before.
func (m *match) weight() int {
	if m.cutStart || m.cutEnd {
		return m.score - 2
	}
	return m.score
}

// extend compares a phrase with the text before and after a gram that they have in common.
func (s *stream) extend(post posting, i int) (m match, ok bool) {
	p := post.phrase
	m = match{phrases: []*phrase{p}, holes: make([]extent, len(p.holes))}
	s.right(&m, post, i)
	s.left(&m, post, i)
	if atEdges := (!m.cutStart || s.isEdge(m.start)) && (!m.cutEnd || s.isEdge(m.end)); !atEdges && !s.isQuotedPart(&m) {
		return m, false
	}
	for k, h := range p.holes {
		if e := m.holes[k]; h.name == "address" && e != (extent{}) && !bytes.Contains(s.text[e.start:e.end], []byte("://")) {
			return m, false
		}
	}
	if m.cutStart || m.cutEnd {
		return m, s.evidence(&m) >= least
	}
	return m, true
}

// evidence is how much of the phrase is there beyond the name of a header, which alone tells nothing.
func (s *stream) evidence(m *match) int {
	const name = "access-control-allow-"
	for from := m.start; ; {
		at := bytes.Index(s.text[from:m.end], []byte(name))
		if at < 0 {
			return m.score
		}
		from += at
		if !slices.ContainsFunc(m.holes, func(e extent) bool { return e.start <= from && from < e.end }) {
			return m.score - len(name+"origin")
		}
		from++
	}
}

// right compares what follows, up to where the phrase ends or the text differs.
func (s *stream) right(m *match, post posting, i int) {
	p := post.phrase
	for k, o := post.literal, post.offset; ; k, o = k+1, 0 {
		n := common(s.text[i:], p.literals[k][o:])
		i += n
		m.score += n
		m.end = i
		if o+n < len(p.literals[k]) {
			m.cutEnd = true
			return
		}
		if k+1 == len(p.literals) {
			return
		}
		end, ok := 0, false
		if isLast := k+2 == len(p.literals); p.literals[k+1] == "" && !isLast {
			end, ok = s.beforeURL(i)
		} else {
			end, ok = s.holeEnd(p.holes[k], i, p.literals[k+1])
		}
		if !ok {
			m.end = min(end, len(s.text))
			m.cutEnd = true
			return
		}
		m.holes[k] = extent{i, end}
		i = end
	}
}

// left compares what stands before.
func (s *stream) left(m *match, post posting, i int) {
	p := post.phrase
	for k, o := post.literal, post.offset; ; {
		n := commonEnd(s.text[:i], p.literals[k][:o])
		i -= n
		m.score += n
		m.start = i
		if n < o {
			m.cutStart = true
			return
		}
		if k == 0 {
			return
		}
		k--
		o = len(p.literals[k])
		start, ok := s.holeStart(p.holes[k], i, p.literals[k])
		m.start = start
		if !ok {
			m.cutStart = true
			return
		}
		m.holes[k] = extent{start, i}
		i = start
	}
}

// isQuotedPart reports whether somebody put a part of a phrase in quotes.
func (s *stream) isQuotedPart(m *match) bool {
	return s.marks[m.start]&markQuote != 0 && s.marks[m.end]&markQuote != 0 && s.evidence(m) >= leastQuoted
}

// scheme is the start of a URL that pages ask for.
var scheme = regexp.MustCompile(`^(?:https?|wss?|ftp|data|blob|file):`)

// beforeURL finds the end of what stands for a name before a URL, with nothing between that is compared.
func (s *stream) beforeURL(i int) (end int, ok bool) {
	for end = i + 1; end < min(len(s.text), i+longestName); end++ {
		if s.marks[end]&markQuote != 0 || s.marks[end] != 0 && scheme.Match(s.text[end:min(len(s.text), end+longestName)]) {
			return end, true
		}
	}
	return end, false
}

// holeEnd finds the end of what stands for a name, which starts at byte i and is followed by a literal.
func (s *stream) holeEnd(h hole, i int, next string) (end int, ok bool) {
	most := min(len(s.text), i+longestHole)
	if h.kind == holeWord {
		return s.wordEnd(i, most, next)
	}
	isQuoted := s.marks[i]&markQuote != 0
	plain := -1
	breaks := 0
	for end = i; end <= most && s.step(); end++ {
		if end > i && s.marks[min(end, len(s.text))]&markLine != 0 && end < len(s.text) {
			if next == "" {
				return end, true
			}
			breaks++
		}
		if breaks > mostBreaks || end == len(s.text) {
			break
		}
		if next == "" && isQuoted && end > i && s.marks[end]&markQuote != 0 {
			return end, true
		}
		if next == "" || !s.follows(end, next) || !s.whole(end, next) {
			continue
		}
		if !isQuoted || s.marks[end]&markQuote != 0 {
			return end, true
		}
		if plain < 0 {
			plain = end
		}
	}
	switch {
	case plain >= 0:
		return plain, true
	case next == "":
		return min(end, len(s.text)), true
	}
	// It may have been cut off: then it goes up to there, or to as much as there is of what follows.
	for end = i; end < most && s.step(); end++ {
		if end > i && s.isEdge(end) {
			break
		}
		if n := common(s.text[end:], next); n > 0 && s.isEdge(end+n) {
			return end, true
		}
	}
	return end, false
}

// wordEnd finds the end of what stands for a name and has no white space in it, but for where lines were broken.
func (s *stream) wordEnd(i, most int, next string) (end int, ok bool) {
	if isLeftOut := s.marks[i]&(markQuote|markCut) != 0 && next != ""; isLeftOut && s.follows(i, next) {
		return i, true
	}
	breaks := 0
	for end = i + 1; end <= most && s.step(); end++ {
		switch m := s.marks[end]; {
		case m&(markSpace|markLine) != 0:
			if next == "" {
				return s.trimmed(i, end), true
			}
			// What follows is the next word, or the end of this one.
			for e := end; e > i && e > end-4; e-- {
				if s.follows(e, next) && s.whole(e, next) {
					return e, true
				}
			}
			if breaks++; m&markSpace != 0 || breaks > mostBreaks {
				at := bytes.Index(s.text[i:end], []byte(next)) // with all white space lost
				return i + max(at, 0), at > 0 && len(next) >= 4
			}
		case m&markQuote != 0 && next != "" && s.follows(end, next):
			return end, true
		}
	}
	return min(end, len(s.text)), false
}

// step counts a look at a hole, and reports whether there may be more.
func (s *stream) step() bool {
	s.steps--
	return s.steps > 0
}

// follows reports whether a literal stands at byte i, or as much of it as there is before the text is cut off.
func (s *stream) follows(i int, literal string) bool {
	n := common(s.text[i:], literal)
	return n == len(literal) || n > 0 && s.isEdge(i+n)
}

// whole reports whether a literal at byte i that is just the end of a sentence is one: a full stop within a name is none.
func (s *stream) whole(i int, literal string) bool {
	return len(literal) > 2 || s.marks[min(i+len(literal), len(s.text))] != 0
}

// trimmed takes off the end of a word what is of the sentence around it.
func (s *stream) trimmed(i, end int) int {
	for end > i+1 && strings.IndexByte(".,;)]*", s.text[end-1]) >= 0 {
		end--
	}
	return end
}

// holeStart finds the start of what stands for a name, which ends at byte i and comes after a literal.
func (s *stream) holeStart(h hole, i int, before string) (start int, ok bool) {
	least := max(0, i-longestHole)
	breaks := 0
	for start = i; start > least && s.step(); start-- {
		if before != "" && (h.kind == holeText || s.marks[start] != 0 && (start < i || s.marks[i]&(markQuote|markCut) != 0)) && s.precedes(start, before) {
			return start, true
		}
		if start < i && s.marks[start]&markLine != 0 {
			breaks++
		}
		isEnd := start < i && ((h.kind == holeWord || before == "") && s.marks[start]&markSpace != 0 || s.marks[start]&markLine != 0 && before == "")
		if isEnd || breaks > mostBreaks {
			return start, before == ""
		}
	}
	return start, before == "" || s.precedes(start, before)
}

// precedes reports whether a literal ends before byte i, or as much of it as there is where the text was cut off.
func (s *stream) precedes(i int, literal string) bool {
	n := commonEnd(s.text[:i], literal)
	return n == len(literal) || n > 0 && s.isEdge(i-n)
}

// common returns how many bytes two strings have in common at their start.
func common(a []byte, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// commonEnd returns how many bytes two strings have in common at their end.
func commonEnd(a []byte, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
