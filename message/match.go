package message

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
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
	atEdges := (!m.cutStart || s.isEdge(m.start)) && (!m.cutEnd || s.isEdge(m.end))
	if !atEdges && !s.isQuotedPart(&m) {
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
		end, ok := s.holeEnd(p, k, i)
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
