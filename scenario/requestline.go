package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// option is an option of a request line. Its name is that of the field in JSON.
type option struct {
	name string
	// bare is set where the option may stand without a value.
	bare bool
	// get returns the option's value; bare is set where it is written without one, and ok where it is written at all.
	get func(*Request) (value string, bare, ok bool)
	set func(r *Request, value string, bare bool) error
}

// requestOptions are the options of request lines, in the order in which they are written.
var requestOptions = []option{
	stringOption("mode", func(r *Request) *string { return &r.Mode }),
	stringOption("credentials", func(r *Request) *string { return &r.Credentials }),
	stringOption("redirect", func(r *Request) *string { return &r.Redirect }),
	{
		name: "crossorigin", bare: true,
		get: func(r *Request) (string, bool, bool) {
			if r.CrossOrigin == nil {
				return "", false, false
			}
			return *r.CrossOrigin, *r.CrossOrigin == "", true
		},
		set: func(r *Request, value string, _ bool) error { r.CrossOrigin = &value; return nil },
	},
	{
		name: "as",
		get: func(r *Request) (string, bool, bool) {
			if r.As == nil {
				return "", false, false
			}
			return *r.As, false, true
		},
		set: func(r *Request, value string, _ bool) error { r.As = &value; return nil },
	},
	stringOption("bodyKind", func(r *Request) *string { return &r.BodyKind }),
	stringOption("blobType", func(r *Request) *string { return &r.BlobType }),
	{
		name: "uploadListener", bare: true,
		get: func(r *Request) (string, bool, bool) { return "", true, r.UploadListener },
		set: func(r *Request, value string, bare bool) error {
			if !bare {
				return fmt.Errorf("uploadListener has the value %q; it takes none", value)
			}
			r.UploadListener = true
			return nil
		},
	},
	{
		name: "wait",
		get:  func(r *Request) (string, bool, bool) { return formatWait(r.Wait), false, r.Wait != 0 },
		set: func(r *Request, value string, _ bool) (err error) {
			r.Wait, err = parseWait(value)
			return err
		},
	},
}

func stringOption(name string, field func(*Request) *string) option {
	return option{
		name: name,
		get:  func(r *Request) (string, bool, bool) { return *field(r), false, *field(r) != "" },
		set: func(r *Request, value string, _ bool) error {
			if value == "" {
				return fmt.Errorf("%s has no value; leave the option out for the default", name)
			}
			*field(r) = value
			return nil
		},
	}
}

func optionNames() []string {
	names := make([]string, len(requestOptions))
	for i, o := range requestOptions {
		names[i] = o.name
	}
	return names
}

// requestLine parses API METHOD URL [option=value]...
func (p *textParser) requestLine(l string) (Request, error) {
	words, err := splitWords(l)
	if err != nil {
		return Request{}, err
	}
	i := 0
	for i < len(words) && !words[i].isOption() {
		i++
	}
	const want = "want API METHOD URL and then options, such as fetch GET https://api.example.com/ mode=cors"
	r := Request{}
	switch i {
	case 2:
		r.API, r.URL = words[0].text, &words[1].text
	case 3:
		r.API, r.Method, r.URL = words[0].text, words[1].text, &words[2].text
	default:
		return r, fmt.Errorf("there are %d words before the options; %s", i, want)
	}
	if r.API == "" || i == 3 && r.Method == "" {
		return r, errors.New("a word is empty; " + want)
	}
	seen := map[string]bool{}
	for _, w := range words[i:] {
		if !w.isOption() {
			return r, fmt.Errorf("found %q after an option; want only options there: %s", w.text, strings.Join(optionNames(), ", "))
		}
		j := slices.IndexFunc(requestOptions, func(o option) bool { return o.name == w.option })
		switch {
		case j < 0:
			return r, fmt.Errorf("there is no option %q%s", w.option, didYouMean(w.option, optionNames()))
		case seen[w.option]:
			return r, fmt.Errorf("the option %s is there twice", w.option)
		case w.bare && !requestOptions[j].bare:
			return r, fmt.Errorf("the option %s has no value; want %s=…", w.option, w.option)
		}
		seen[w.option] = true
		if err := requestOptions[j].set(&r, w.text, w.bare); err != nil {
			return r, err
		}
		p.waits = p.waits || w.option == "wait"
	}
	return r, nil
}

// word is a word of a request line: an option with its value, or any other.
type word struct {
	text   string
	option string
	bare   bool
}

func (w word) isOption() bool { return w.option != "" }

// splitWords splits a request line at spaces. A word, and the value of an option, may be quoted.
func splitWords(l string) ([]word, error) {
	var words []word
	for l = strings.TrimLeft(l, " \t"); l != ""; l = strings.TrimLeft(l, " \t") {
		var w word
		raw := l
		if i := strings.IndexAny(l, " \t"); i >= 0 {
			raw = l[:i]
		}
		if name, bare, ok := optionName(raw); ok {
			w.option, w.bare = name, bare
			l = l[len(name):]
			if !bare {
				l = l[1:]
			}
		}
		quoted := strings.HasPrefix(l, `"`)
		end := len(raw) - len(w.option)
		if w.option != "" && !w.bare {
			end--
		}
		if quoted {
			q, err := strconv.QuotedPrefix(l)
			if err != nil {
				return nil, fmt.Errorf("found %s; want a string in double quotes, with the escapes of Go", l)
			}
			w.text, _ = strconv.Unquote(q)
			end = len(q)
			if end < len(l) && l[end] != ' ' && l[end] != '\t' {
				return nil, fmt.Errorf("found %q right after %s; want a space", l[end:], q)
			}
		} else {
			w.text = l[:end]
		}
		words = append(words, w)
		l = l[end:]
	}
	return words, nil
}

// optionName tells options: letters and an equals sign, or the name of an option that stands alone.
func optionName(raw string) (name string, bare, ok bool) {
	for _, o := range requestOptions {
		if o.bare && o.name == raw {
			return raw, true, true
		}
	}
	end := strings.IndexFunc(raw, func(r rune) bool { return !('a' <= r|0x20 && r|0x20 <= 'z') })
	if end > 0 && raw[end] == '=' {
		return raw[:end], false, true
	}
	return "", false, false
}

// formatWait writes milliseconds, and parseWait reads them, or seconds.
func formatWait(ms float64) string { return strconv.FormatFloat(ms, 'f', -1, 64) + "ms" }

func parseWait(s string) (float64, error) {
	number, factor := strings.TrimSuffix(s, "ms"), 1.0
	if number == s {
		number, factor = strings.TrimSuffix(s, "s"), 1000
	}
	n, err := strconv.ParseFloat(number, 64)
	if number == s || err != nil || !(n >= 0 && n <= 1e12) {
		return 0, fmt.Errorf("wait is %q; want milliseconds or seconds, such as 500ms or 6s", s)
	}
	return n * factor, nil
}

// plainWord writes a word of a request line, in quotes where it would not be read back as it is.
func plainWord(s string) string {
	if _, _, ok := optionName(s); ok {
		return strconv.Quote(s)
	}
	return optionValue(s)
}

// optionValue writes the value of an option, or the URL of a section.
func optionValue(s string) string {
	if !isPlain(s) || strings.ContainsAny(s, ` "`) {
		return strconv.Quote(s)
	}
	return s
}

// isPlain reports whether a string can stand in a line as it is: it is not empty, and all of it is to be seen.
func isPlain(s string) bool {
	if s == "" || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !strconv.IsPrint(r) {
			return false
		}
	}
	return true
}
