package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stream is pasted text in the form in which it is compared: in lower case, without quotes and white space, which are what gets
// mangled on the way. What stood before each byte is kept aside, for the ends of what messages quote.
type stream struct {
	// text is what is compared.
	text []byte
	// marks say what was left out before each byte, and at the end.
	marks []mark
	// clean is the text with its quotes and white space, and offset where each byte of text is in it.
	clean  string
	offset []int32
	// steps is how much may still be looked at for what stands between the words of a phrase, so that no text takes long.
	steps int
}

type mark uint8

const (
	markSpace mark = 1 << iota
	markLine
	markQuote
	// markCut is an ellipsis, where somebody shortened the text.
	markCut
)

// entities are the HTML entities, the escapes and the misread UTF-8 that quotes, above all, are found as. Others are left: what
// looks like an entity may be of a URL's query.
var entities = strings.NewReplacer(
	"&quot;", `"`, "&#34;", `"`, "&#x22;", `"`, "&ldquo;", "“", "&rdquo;", "”", "&#8220;", "“", "&#8221;", "”",
	"&apos;", "'", "&#39;", "'", "&#039;", "'", "&#x27;", "'", "&#X27;", "'", "&#96;", "`", "&#x60;", "`",
	"&lsquo;", "‘", "&rsquo;", "’", "&#8216;", "‘", "&#8217;", "’",
	"&lt;", "<", "&gt;", ">", "&amp;", "&", "&nbsp;", " ", "&#160;", " ", "&hellip;", "…",
	`\"`, `"`, `\'`, "'", `\u0027`, "'", `\u0022`, `"`, `\u2018`, "‘", `\u2019`, "’", `\u201c`, "“", `\u201d`, "”", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&",
	"â€˜", "‘", "â€™", "’", "â€œ", "“", "â€\u009d", "”", "â€¦", "…", "â€", "”",
	"â\u0080\u0098", "‘", "â\u0080\u0099", "’", "â\u0080\u009c", "“", "â\u0080\u009d", "”",
	"Ã¢â‚¬Ëœ", "‘", "Ã¢â‚¬â„¢", "’", "Ã¢â‚¬Å“", "“", "Ã¢â‚¬Â", "”", "Â\u00a0", " ",
)

// newStream prepares text to be compared.
func newStream(text string) *stream {
	text = entities.Replace(withoutANSI(strings.ToValidUTF8(text, "\uFFFD")))
	s := &stream{clean: text, text: make([]byte, 0, len(text)), marks: make([]mark, 0, len(text)+1), offset: make([]int32, 0, len(text)+1)}
	pending, lineStart := markLine, true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch dots := leadingDots(text[i:]); {
		case r == '\n' || r == '\r' || r == '\u2028':
			pending |= markLine
			lineStart = true
		case unicode.IsSpace(r):
			pending |= markSpace
		case lineStart && r == '>': // quoted in a mail or in Markdown
		case isQuote(r):
			pending |= markQuote
			lineStart = false
		case isInvisible(r):
		case r == '…', r == '.' && dots >= 3:
			pending |= markCut
			size = max(size, dots)
			lineStart = false
		default:
			lineStart = false
			for j := range size {
				c := text[i+j]
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				s.text = append(s.text, c)
				s.marks = append(s.marks, pending)
				s.offset = append(s.offset, int32(i+j))
				pending = 0
			}
		}
		i += size
	}
	s.marks = append(s.marks, pending|markLine)
	s.offset = append(s.offset, int32(len(text)))
	return s
}

func leadingDots(s string) int {
	n := 0
	for n < len(s) && s[n] == '.' {
		n++
	}
	return n
}

// isQuote reports whether a character is a quotation mark, or what quotation marks become.
func isQuote(r rune) bool {
	return strings.ContainsRune("'\"`´′″‘’‚‛“”„‟«»‹›＂＇\uFFFD", r)
}

// isInvisible reports whether a character shows nothing, not even space.
func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}

// withoutANSI removes the escape sequences with which terminals are told to colour text.
//
// https://en.wikipedia.org/wiki/ANSI_escape_code#CSI
func withoutANSI(text string) string {
	if !strings.Contains(text, "\x1b[") {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r < 0x20 || r > 0x3F })
		if end < 0 {
			return b.String()
		}
		if c := after[end]; 0x40 <= c && c <= 0x7E {
			end++
		}
		text = after[end:]
	}
}

// isEdge reports whether text may have been cut off before byte i.
func (s *stream) isEdge(i int) bool { return i == 0 || s.marks[i]&(markLine|markCut) != 0 }

// quoted returns the text from byte i up to byte j as it was pasted, less quotes around it, on one line.
func (s *stream) quoted(i, j int) string {
	if i >= j {
		return ""
	}
	last := s.offset[j-1] + 1
	text := s.clean[s.offset[i]:last]
	return strings.Join(strings.Fields(text), " ")
}

// sentence returns the text from byte i up to byte j with the quotes, brackets and full stop that end it.
func (s *stream) sentence(i, j int) string {
	last := int(s.offset[j-1]) + 1
	rest := s.clean[last:]
	rest = rest[:len(rest)-len(strings.TrimLeftFunc(rest, func(r rune) bool { return isQuote(r) || strings.ContainsRune(".)]", r) }))]
	return strings.Join(strings.Fields(s.clean[s.offset[i]:last]+rest), " ")
}
