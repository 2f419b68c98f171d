// Package cells measures text in the cells of a terminal, and fits it into them.
package cells

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Width returns how many cells a text takes: two for a wide character, none for one that combines with the one before it or
// does not show.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Printable makes control characters visible, but for line breaks and tabs, so that a text from elsewhere cannot command a
// terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// Cut shortens a text at its end to at most n cells, with a mark in place of what is left out.
func Cut(text string, n int, mark string) string {
	if Width(text) <= n {
		return text
	}
	start, _ := take([]rune(text), n-Width(mark))
	return start + fitted(mark, n)
}

// Middle shortens a text in its middle to at most n cells, with a mark in place of what is left out: of a URL, where it
// starts and how it ends tell most.
func Middle(text string, n int, mark string) string {
	room := n - Width(mark)
	if Width(text) <= n || room < 2 {
		return Cut(text, n, mark)
	}
	runes := []rune(text)
	start, used := take(runes, room-room/2)
	end := len(runes)
	for room -= Width(start); end > used && runeWidth(runes[end-1]) <= room; end-- {
		room -= runeWidth(runes[end-1])
	}
	return start + mark + string(runes[end:])
}

// take returns the start of a text that fits into n cells, and how many runes it has.
func take(runes []rune, n int) (string, int) {
	i := 0
	for ; i < len(runes) && runeWidth(runes[i]) <= n; i++ {
		n -= runeWidth(runes[i])
	}
	return string(runes[:i]), i
}

// fitted is a mark, or what of it fits.
func fitted(mark string, n int) string {
	s, _ := take([]rune(mark), n)
	return s
}

// Pad fills a text up to n cells with spaces.
func Pad(text string, n int) string { return text + strings.Repeat(" ", max(0, n-Width(text))) }

// Wrap breaks a line at spaces so that it takes at most n cells where its words let it. The lines after the first are
// indented by indent cells.
func Wrap(line string, n, indent int) string {
	if Width(line) <= n {
		return line
	}
	lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var b strings.Builder
	used := 0
	for i, word := range strings.Split(line[len(lead):], " ") {
		switch w := Width(word); {
		case i == 0:
			b.WriteString(lead + word)
			used = len(lead) + w
		case used+1+w > n:
			b.WriteString("\n" + strings.Repeat(" ", indent) + word)
			used = indent + w
		default:
			b.WriteString(" " + word)
			used += 1 + w
		}
	}
	return b.String()
}
