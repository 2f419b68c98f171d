package curl

import (
	"regexp"
	"strings"
)

// isCmdExe reports whether a command line was written for cmd.exe: what is special comes after a caret there, before it
// comes after a backslash or stands in single quotes.
func isCmdExe(src string) bool {
	i := strings.IndexAny(src, `^'\`)
	return i >= 0 && (src[i] == '^' || caretGoesOn.MatchString(src) && !strings.Contains(src, "\\\n"))
}

// caretGoesOn matches a line that goes on after a caret, with a flag.
var caretGoesOn = regexp.MustCompile(`\^\r?\n[ \t]*-`)

// cmdExe splits a command line as cmd.exe does, and programs of Windows with what it leaves them. It has two steps: cmd.exe
// takes away carets, and the program's start-up code splits what is left at blanks, by quotes and backslashes.
//
// https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
func (l *lexer) cmdExe() ([]token, error) {
	var tokens []token
	w := windowsWord{}
	flush := func() {
		if w.started {
			tokens = append(tokens, w.token(l.pos))
		}
		w = windowsWord{}
	}
	inQuotes := false // for cmd.exe, which does not see quotes after a caret
	for l.pos < len(l.src) {
		at, c := l.pos, l.src[l.pos]
		escaped := c == '^' && !inQuotes
		if escaped {
			l.pos++
			if n := newline(l.src[l.pos:]); n > 0 {
				// The line goes on. What comes next counts as if it had a caret before it, a second line feed too.
				l.pos += n
			}
			if l.pos == len(l.src) {
				break
			}
			c = l.src[l.pos]
		}
		if !escaped {
			if c == '"' {
				inQuotes = !inQuotes
			}
			if n := cmdOperator(l.src[l.pos:]); n > 0 && (!inQuotes || c == '\n') {
				flush()
				l.pos += n
				tokens = append(tokens, token{text: l.src[at:l.pos], operator: true, at: at, end: l.pos})
				inQuotes = false
				continue
			}
			if c == '%' {
				if name, _, ok := strings.Cut(l.src[l.pos+1:], "%"); ok && name != "" && strings.Trim(name, cmdNameBytes) == "" {
					l.note("%" + cut(name) + "% stands for something that only your shell knows; it was taken as it is written")
				}
			}
		}
		l.pos++
		if escaped && c == '\r' && strings.HasPrefix(l.src[l.pos:], "\n") {
			continue // the line feed after it stands for both
		}
		if w.take(c, at) {
			flush()
		}
	}
	if w.quoted {
		return nil, l.wrong(w.at, `a quote inside of quotes is written \"`, `there is a " without another after it`)
	}
	flush()
	return tokens, nil
}

const cmdNameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// newline returns how long the line's end is that the text starts with, 0 where it starts with none.
func newline(text string) int {
	switch {
	case strings.HasPrefix(text, "\r\n"):
		return 2
	case strings.HasPrefix(text, "\n"):
		return 1
	}
	return 0
}

func cmdOperator(text string) int {
	for _, op := range [...]string{"&&", "||", ">>", "\r\n", "&", "|", "<", ">", "\n"} {
		if strings.HasPrefix(text, op) {
			return len(op)
		}
	}
	return 0
}

// windowsWord is an argument under way, as the C runtime of Windows reads it.
type windowsWord struct {
	text    strings.Builder
	started bool
	// quoted is set inside of quotes, and was once there were any.
	quoted, was bool
	// slashes is how many backslashes have just gone by.
	slashes int
	at      int
}

// take takes the next character. It reports whether the word had ended before it.
func (w *windowsWord) take(c byte, at int) (ended bool) {
	blank := c == ' ' || c == '\t' || c == '\n' || c == '\r'
	if blank && !w.quoted {
		w.flushSlashes(w.slashes)
		return true
	}
	if !w.started {
		w.started, w.at = true, at
	}
	switch c {
	case '\\':
		w.slashes++
		return false
	case '"':
		odd := w.slashes%2 == 1
		w.flushSlashes(w.slashes / 2)
		if odd {
			w.text.WriteByte('"')
		} else {
			w.quoted, w.was = !w.quoted, true
		}
		return false
	}
	w.flushSlashes(w.slashes)
	w.text.WriteByte(c)
	return false
}

func (w *windowsWord) flushSlashes(n int) {
	w.text.WriteString(strings.Repeat(`\`, n))
	w.slashes = 0
}

func (w *windowsWord) token(end int) token {
	w.flushSlashes(w.slashes)
	return token{text: w.text.String(), quoted: w.was, at: w.at, end: end}
}
