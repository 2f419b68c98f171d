package curl

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/internal/cli"
)

// token is a word of a command line, or an operator between words.
type token struct {
	text string
	// operator is set for ;, |, &&, a line's end and their like, and for < and > with what belongs to them.
	operator bool
	// quoted is set where a part of a word stood in quotes.
	quoted bool
	// at and end are where in the source the token starts and ends.
	at, end int
}

// lexer splits a command line into tokens as a shell does, less all expansions: nothing is run, and no variable read.
type lexer struct {
	src string
	pos int
	// notes say, for people, what was left as it is.
	notes []string
}

const mostNotes = 20

func (l *lexer) noteAt(at int, text string) {
	if len(l.notes) < mostNotes {
		l.note(place(l.src, at) + ": " + text)
	}
}

func (l *lexer) note(text string) {
	if len(l.notes) < mostNotes && !slices.Contains(l.notes, text) {
		l.notes = append(l.notes, text)
	}
}

// wrong is a mistake in the source.
func (l *lexer) wrong(at int, hint, format string, args ...any) error {
	e := cli.BadUsage(format, args...)
	e.Message = "the curl command, " + place(l.src, at) + ": " + e.Message
	e.Hint = hint
	return e
}

// shell splits a command line as bash does.
//
// https://www.gnu.org/software/bash/manual/bash.html#Quoting
func (l *lexer) shell() ([]token, error) {
	var tokens []token
	for {
		l.skipBlanks()
		if l.pos == len(l.src) {
			return tokens, nil
		}
		at := l.pos
		if n := operatorLength(l.src[l.pos:]); n > 0 {
			l.pos += n
			tokens = append(tokens, token{text: l.src[at:l.pos], operator: true, at: at, end: l.pos})
			continue
		}
		t, err := l.shellWord()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
	}
}

// skipBlanks skips blanks, lines that go on, and comments.
func (l *lexer) skipBlanks() {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ' ' || c == '\t' || c == '\r':
			l.pos++
		case c == '\\' && lineEnd(l.src[l.pos+1:]) > 0:
			l.goOn()
		case c == '#':
			l.pos += len(firstLine(l.src[l.pos:]))
		default:
			return
		}
	}
}

// goOn skips a backslash and the end of the line.
func (l *lexer) goOn() {
	n := lineEnd(l.src[l.pos+1:])
	if strings.HasPrefix(l.src[l.pos+1:], " ") || strings.HasPrefix(l.src[l.pos+1:], "\t") {
		l.noteAt(l.pos, "blanks after the backslash at the line's end were left out; a shell would end the command there")
	}
	l.pos += 1 + n
}

// lineEnd returns how long the blanks are that the text starts with and the line feed after them, 0 where there is none.
func lineEnd(text string) int {
	rest := strings.TrimLeft(text, " \t\r")
	if !strings.HasPrefix(rest, "\n") {
		return 0
	}
	return len(text) - len(rest) + 1
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// operatorLength returns how long the operator is that the text starts with, 0 where it starts with none.
func operatorLength(text string) int {
	for _, op := range [...]string{"<<<", "<<-", "&>>", "&&", "||", "|&", "&>", ">>", "<<", ">&", "<&", ">|", "<>", ";;", "<", ">", ";", "|", "&", "(", ")", "\n"} {
		if strings.HasPrefix(text, op) {
			return len(op)
		}
	}
	return 0
}

func (l *lexer) shellWord() (token, error) {
	t := token{at: l.pos}
	var b strings.Builder
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		var err error
		switch {
		case c == ' ' || c == '\t' || operatorLength(l.src[l.pos:]) > 0 || c == '\r' && lineEnd(l.src[l.pos:]) > 0:
			t.text, t.end = b.String(), l.pos
			return t, nil
		case c == '\'':
			t.quoted = true
			err = l.singleQuoted(&b)
		case c == '"':
			t.quoted = true
			err = l.doubleQuoted(&b)
		case c == '$' && strings.HasPrefix(l.src[l.pos+1:], "'"):
			t.quoted = true
			err = l.ansiQuoted(&b)
		case c == '$' && strings.HasPrefix(l.src[l.pos+1:], `"`):
			l.pos++ // a text to be translated, which is itself where there is no translation
		case c == '$', c == '`':
			err = l.expansion(&b)
		case c == '\\' && lineEnd(l.src[l.pos+1:]) > 0:
			l.goOn()
		case c == '\\' && l.pos+1 < len(l.src):
			b.WriteByte(l.src[l.pos+1])
			l.pos += 2
		default:
			b.WriteByte(c)
			l.pos++
		}
		if err != nil {
			return t, err
		}
	}
	t.text, t.end = b.String(), l.pos
	return t, nil
}

func (l *lexer) singleQuoted(b *strings.Builder) error {
	text, _, ok := strings.Cut(l.src[l.pos+1:], "'")
	if !ok {
		return l.wrong(l.pos, "an apostrophe inside of single quotes is written '\\''", "there is a ' without another after it")
	}
	b.WriteString(text)
	l.pos += len(text) + 2
	return nil
}

func (l *lexer) doubleQuoted(b *strings.Builder) error {
	start := l.pos
	for l.pos++; l.pos < len(l.src); {
		switch c := l.src[l.pos]; c {
		case '"':
			l.pos++
			return nil
		case '\\':
			rest := l.src[l.pos+1:]
			switch {
			case strings.HasPrefix(rest, "\n"):
				l.pos += 2
			case strings.HasPrefix(rest, "\r\n"):
				l.pos += 3
			case rest != "" && strings.IndexByte("$`\"\\", rest[0]) >= 0:
				b.WriteByte(rest[0])
				l.pos += 2
			default:
				b.WriteByte(c)
				l.pos++
			}
		case '$', '`':
			if err := l.expansion(b); err != nil {
				return err
			}
		default:
			b.WriteByte(c)
			l.pos++
		}
	}
	return l.wrong(start, `a quote inside of double quotes is written \"`, `there is a " without another after it`)
}

// expansion takes in a variable or a command whose output the shell would put in its place, as it is written.
func (l *lexer) expansion(b *strings.Builder) error {
	rest := l.src[l.pos:]
	n := 1
	switch {
	case rest[0] == '`' && lineEnd(rest[1:]) > 0:
		return l.wrong(l.pos, "copy it as cURL for bash or for cmd", "the line goes on after a `, as in PowerShell, whose quotes are not read here")
	case rest[0] == '`':
		i := strings.IndexByte(rest[1:], '`')
		if i < 0 {
			return l.wrong(l.pos, "put single quotes around text with ` in it", "there is a ` without another after it")
		}
		n = i + 2
	case strings.HasPrefix(rest, "${"):
		i := strings.IndexByte(rest, '}')
		if i < 0 {
			return l.wrong(l.pos, "put single quotes around text with $ in it", "there is ${ without } after it")
		}
		n = i + 1
	case strings.HasPrefix(rest, "$("):
		depth := 0
		for n = 1; n < len(rest); n++ {
			if rest[n] == '(' {
				depth++
			} else if rest[n] == ')' {
				depth--
			}
			if depth == 0 {
				break
			}
		}
		if depth > 0 {
			return l.wrong(l.pos, "put single quotes around text with $ in it", "there is $( without ) after it")
		}
		n++
	default:
		for n < len(rest) && isNameByte(rest[n]) {
			n++
		}
	}
	if n > 1 {
		l.note(cut(rest[:n]) + " stands for something that only your shell knows; it was taken as it is written")
	}
	b.WriteString(rest[:n])
	l.pos += n
	return nil
}

func isNameByte(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// ansiEscapes are the escapes of $'…' that stand for one byte.
var ansiEscapes = map[byte]byte{
	'a': 7, 'b': 8, 'e': 27, 'E': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11, '\\': '\\', '\'': '\'', '"': '"', '?': '?',
}

// ansiQuoted takes in text of the form $'…', with escapes as in C.
//
// https://www.gnu.org/software/bash/manual/bash.html#ANSI_002dC-Quoting
func (l *lexer) ansiQuoted(b *strings.Builder) error {
	start := l.pos
	for l.pos += 2; l.pos < len(l.src); {
		c := l.src[l.pos]
		switch {
		case c == '\'':
			l.pos++
			return nil
		case c != '\\' || l.pos+1 == len(l.src):
			b.WriteByte(c)
			l.pos++
		default:
			text, n := ansiEscape(l.src[l.pos+1:])
			if text == "\x00" {
				return l.wrong(l.pos, "no argument of a command can hold a NUL byte; -d @FILE can", "there is a NUL byte in $'…'")
			}
			b.WriteString(text)
			l.pos += 1 + n
		}
	}
	return l.wrong(start, `an apostrophe inside of $'…' is written \'`, "there is $' without another ' after it")
}

// ansiEscape returns what the escape stands for whose text after the backslash s starts with, and how long it is.
func ansiEscape(s string) (text string, n int) {
	digits := func(from, most, base int) (value rune, end int) {
		for end = from; end < len(s) && end < from+most; end++ {
			d := hexDigit(s[end])
			if d < 0 || d >= base {
				break
			}
			value = value*rune(base) + rune(d)
		}
		return value, end
	}
	c := s[0]
	switch {
	case '0' <= c && c <= '7':
		v, end := digits(0, 3, 8)
		return string([]byte{byte(v)}), end
	case c == 'x':
		if v, end := digits(1, 2, 16); end > 1 {
			return string([]byte{byte(v)}), end
		}
	case c == 'u', c == 'U':
		most := 4
		if c == 'U' {
			most = 8
		}
		if v, end := digits(1, most, 16); end > 1 {
			return string(utf8.AppendRune(nil, v)), end
		}
	case c == 'c' && len(s) > 1:
		return string([]byte{s[1] & 0x1F}), 2
	}
	if e, ok := ansiEscapes[c]; ok {
		return string([]byte{e}), 1
	}
	return `\` + s[:1], 1
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
