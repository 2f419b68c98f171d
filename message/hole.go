package message

import (
	"bytes"
	"regexp"
	"strings"
)

const (
	// longestHole bounds the bytes that stand for one name.
	longestHole = 4096
	// longestName bounds the bytes of what is named before a URL.
	longestName = 40
	// mostSteps bounds how often a hole is looked at, for each byte of text: much more often than any text that was not made for it.
	mostSteps = 32
	// mostBreaks bounds the line breaks within what stands for one name.
	mostBreaks = 3
)

// holeEnd finds the end of what stands for a phrase's name, which starts at byte i.
func (s *stream) holeEnd(p *phrase, k, i int) (end int, ok bool) {
	next, most := p.literals[k+1], min(len(s.text), i+longestHole)
	switch isLast := k+2 == len(p.literals); {
	case next == "" && !isLast:
		return s.urlStart(i)
	case p.holes[k].kind == holeWord:
		return s.wordEnd(i, most, next)
	}
	return s.textEnd(i, most, next)
}

// scheme is the start of a URL that pages ask for.
var scheme = regexp.MustCompile(`^(?:https?|wss?|ftp|data|blob|file):`)

// urlStart finds the end of what stands for a name before a URL, with nothing between that is compared.
func (s *stream) urlStart(i int) (end int, ok bool) {
	for end = i + 1; end < min(len(s.text), i+longestName); end++ {
		if s.marks[end]&markQuote != 0 || s.marks[end] != 0 && scheme.Match(s.text[end:min(len(s.text), end+longestName)]) {
			return end, true
		}
	}
	return min(end, len(s.text)), false
}

// textEnd finds the end of what stands for a name and may have white space in it. Where it starts with a quote, it ends with one.
func (s *stream) textEnd(i, most int, next string) (end int, ok bool) {
	isQuoted := s.marks[i]&markQuote != 0
	unquoted, breaks := -1, 0
	for end = i; end < most && breaks <= mostBreaks && s.step(); end++ {
		quote, isBreak := s.marks[end]&markQuote != 0, end > i && s.marks[end]&markLine != 0
		switch {
		case next == "" && (isBreak || isQuoted && quote && end > i):
			return end, true
		case next != "" && s.follows(end, next) && s.whole(end, next):
			if quote || !isQuoted {
				return end, true
			}
			if unquoted < 0 {
				unquoted = end
			}
		}
		if isBreak {
			breaks++
		}
	}
	switch {
	case next == "":
		return end, true
	case unquoted >= 0:
		return unquoted, true
	}
	return s.lineEnd(i, most), false
}

// lineEnd returns where the line ends that byte i is on.
func (s *stream) lineEnd(i, most int) int {
	for i++; i < most && !s.isEdge(i) && s.step(); i++ {
	}
	return min(i, len(s.text))
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

// holeStart finds the start of what stands for a name, which ends at byte i and comes after a literal. At the start of a phrase
// it is one word.
func (s *stream) holeStart(h hole, i int, before string) (start int, ok bool) {
	least, breaks := max(0, i-longestHole), 0
	isWord := h.kind == holeWord || before == ""
	for start = i; start > least && s.step(); start-- {
		m := s.marks[start]
		isLeftOut := m&(markQuote|markCut) != 0
		starts := h.kind == holeText || m != 0 && (start < i || isLeftOut)
		if before != "" && starts && s.precedes(start, before) {
			return start, true
		}
		if start == i {
			continue
		}
		if m&markLine != 0 {
			breaks++
		}
		if isWord && m&markSpace != 0 || before == "" && m&markLine != 0 || breaks > mostBreaks {
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
