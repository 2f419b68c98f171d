// Package curl reads the curl commands that browsers' developer tools copy and that people paste, and writes such commands. Nothing
// is run: no shell, no curl.
package curl

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
)

// MaxSize is the size in bytes of the longest command that is taken.
const MaxSize = 8 << 20

// Command is what a curl command asks for.
type Command struct {
	// URL is the URL with what -G and --url-query add to it. It has a scheme.
	URL string
	// Method is the request method, as written.
	Method string
	// Headers are those of the request, in order, with their bytes: those that the command sets, and those that its other flags
	// bring about. Of what curl adds by itself there is only the Content-Type of -d, -F and --json.
	Headers fetchspec.Headers
	// Body is the body's bytes, nil where there is none.
	Body *string

	// Insecure, HTTP11, Proxy, Resolve and Timeout say how to get to the server: -k, --http1.1, -x, --resolve, and -m or
	// --connect-timeout.
	Insecure, HTTP11 bool
	Proxy            string
	Resolve          []string
	Timeout          time.Duration

	// Notes say, for people, what was left out or taken for something.
	Notes []string
}

// Parse parses a command for bash or for cmd.exe. Files that it reads, as with -d @FILE, are read with readFile. What cannot be
// made sense of is a [*cli.UsageError], which says where it stands.
func Parse(text string, readFile func(string) ([]byte, error)) (*Command, error) {
	text = strings.TrimPrefix(text, "\uFEFF")
	switch {
	case len(text) > MaxSize:
		return nil, cli.BadUsage("the curl command is longer than %d bytes", MaxSize)
	case strings.TrimSpace(text) == "":
		return nil, cli.BadUsage("the curl command is empty; want curl URL, and what else it says")
	case strings.IndexByte(text, 0) >= 0:
		return nil, cli.BadUsage("the curl command has a NUL byte, which no command line can hold")
	}
	l := &lexer{src: text}
	var tokens []token
	var err error
	if isCmdExe(text) {
		tokens, err = l.cmdExe()
	} else {
		tokens, err = l.shell()
	}
	if err != nil {
		return nil, err
	}
	words, err := l.command(tokens)
	if err != nil {
		return nil, err
	}
	p := parser{lexer: l, words: words, readFile: readFile, ignored: map[string][]string{}}
	return p.parse()
}

// command returns the words of the first command that is curl, after that word.
func (l *lexer) command(tokens []token) ([]token, error) {
	first := ""
	for i := 0; i < len(tokens); {
		if tokens[i].operator {
			i++
			continue
		}
		words, next := l.simple(tokens, i)
		for len(words) > 0 && (isPrompt(words[0].text) || isAssignment(words[0].text)) {
			words = words[1:]
		}
		if len(words) > 0 && isCurl(words[0].text) {
			if i > 0 {
				l.note("what stands before curl, " + cut(strings.TrimSpace(l.src[:words[0].at])) + ", was left out")
			}
			if next < len(tokens) {
				if rest := strings.TrimSpace(l.src[tokens[next].at:]); strings.Trim(rest, ";\n ") != "" {
					l.note("what follows the command, " + cut(rest) + ", was left out")
				}
			}
			return words[1:], nil
		}
		if first == "" && len(words) > 0 {
			first = words[0].text
		}
		i = next
	}
	hint := "in the network panel of a browser: Copy as cURL"
	if strings.Contains(l.src, "`\n") || strings.EqualFold(first, "Invoke-WebRequest") {
		hint = "this is PowerShell's; copy it as cURL for bash or for cmd"
	}
	return nil, &cli.UsageError{Message: "the command starts with " + strconv.Quote(cut(first)) + "; want curl", Hint: hint}
}

// simple returns the words of the command that starts at a token, less redirections, and the token that ends it.
func (l *lexer) simple(tokens []token, i int) (words []token, end int) {
	for ; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case !t.operator:
			words = append(words, t)
		case strings.ContainsAny(t.text, "<>"):
			if n := len(words) - 1; n >= 0 && words[n].end == t.at && !words[n].quoted && strings.Trim(words[n].text, "0123456789") == "" {
				words = words[:n] // the number of a file, as in 2>
			}
			if i+1 < len(tokens) && !tokens[i+1].operator {
				i++
			}
			l.note("the redirection " + cut(l.src[t.at:tokens[i].end]) + " was left out")
		case strings.HasSuffix(t.text, "\n") && i+1 < len(tokens) && strings.HasPrefix(tokens[i+1].text, "-"):
			l.noteAt(tokens[i+1].at, "the line before it does not end in a backslash; it was taken to go on")
		default:
			if t.text == "&" && i+1 < len(tokens) && t.at > 0 && l.src[t.at-1] != ' ' && tokens[i+1].at == t.end {
				l.noteAt(t.at, "a shell ends the command at the &; put quotes around a URL that has one")
			}
			return words, i
		}
	}
	return words, i
}

// isPrompt reports whether a word is what a shell prints before a command, or a command that runs another.
func isPrompt(word string) bool {
	return slices.Contains([]string{"$", "%", "#", ">", "❯", "sudo", "time", "command", "exec", "&"}, word)
}

func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf || !isNameByte(byte(r)) }) < 0
}

// isCurl reports whether a word runs curl, wherever it is.
func isCurl(word string) bool {
	name := path.Base(strings.ReplaceAll(word, `\`, "/"))
	return name == "curl" || strings.EqualFold(name, "curl.exe")
}

// place says in which line and column of a text a byte stands.
func place(src string, at int) string {
	line := 1 + strings.Count(src[:at], "\n")
	column := 1 + utf8.RuneCountInString(src[strings.LastIndexByte(src[:at], '\n')+1:at])
	if line == 1 {
		return "column " + strconv.Itoa(column)
	}
	return "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column)
}

// cut shortens what is quoted in a message.
func cut(s string) string {
	const most = 60
	s = strings.ReplaceAll(s, "\n", " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
