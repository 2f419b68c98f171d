package curl

import (
	"encoding/base64"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
)

// parser turns the words of a command into a request.
type parser struct {
	*lexer
	words    []token
	readFile func(string) ([]byte, error)

	urls []string
	// method is what -X says, head, get and upload whether -I, -G and -T are there.
	method            string
	head, get, upload bool
	globOff           bool
	// headers are those of -H, and bare those of them without a value, which keep curl from adding its own.
	headers fetchspec.Headers
	bare    []string
	// set are the headers that other flags bring about, by flag, with the last that counts.
	set fetchspec.Headers
	// cookies are the values of -b.
	cookies []string
	// data are the pieces of the body of -d and its like, nil where there is none; json is set where one is of --json.
	data  []string
	json  bool
	form  []part
	query []string
	// ignored are the flags that were left out, by the reason for it, and reasons are these in order.
	ignored map[string][]string
	reasons []string
	out     Command
}

func (p *parser) parse() (*Command, error) {
	flagsEnd := false
	for len(p.words) > 0 {
		w := p.words[0]
		p.words = p.words[1:]
		var err error
		switch {
		case !flagsEnd && w.text == "--":
			flagsEnd = true
		case !flagsEnd && strings.HasPrefix(w.text, "--"):
			err = p.long(w)
		case !flagsEnd && strings.HasPrefix(w.text, "-") && w.text != "-":
			err = p.short(w)
		default:
			err = p.addURL(w)
		}
		if err == errNext {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return p.finish()
}

// errNext ends the flags of one request.
var errNext = cli.BadUsage("--next")

// long reads a flag with a name.
func (p *parser) long(w token) error {
	name, value, hasValue := strings.Cut(w.text[2:], "=")
	if strings.HasPrefix(name, "expand-") {
		return p.wrong(w.at, "write what it stands for into the command", "--%s puts a variable into a value, which is not done here", cut(name))
	}
	f := flags()[name]
	if positive, ok := strings.CutPrefix(name, "no-"); ok && f == nil {
		if f = flags()[positive]; f != nil && !f.value {
			p.ignore(f, "--"+name)
			return nil
		}
	}
	if f == nil || len(name) == 1 {
		return p.unknown(w, "--"+name)
	}
	if f.value && !hasValue {
		return p.flag(f, "--"+name, w)
	}
	return p.use(f, "--"+name, w, value)
}

// short reads flags of one letter.
func (p *parser) short(w token) error {
	for rest := w.text[1:]; rest != ""; {
		letter := rest[:1]
		rest = rest[1:]
		f := flags()[letter]
		switch {
		case f == nil:
			return p.unknown(w, w.text)
		case !f.value:
			if err := p.use(f, "-"+letter, w, ""); err != nil {
				return err
			}
		case rest != "":
			return p.use(f, "-"+letter, w, rest)
		default:
			return p.flag(f, "-"+letter, w)
		}
	}
	return nil
}

func (p *parser) unknown(w token, written string) error {
	return p.wrong(w.at, "corsim knows the flags of curl 8.22; if it cannot matter to the request, take it out", "curl has no flag %s%s", cut(written), didYouMean(written))
}

// flag uses a flag whose value is the next word.
func (p *parser) flag(f *flag, written string, w token) error {
	if len(p.words) == 0 {
		return p.wrong(w.at, "see that the command is there to its end", "%s has no value after it", written)
	}
	value := p.words[0]
	p.words = p.words[1:]
	return p.use(f, written, value, value.text)
}

// ignore notes a flag that was left out.
func (p *parser) ignore(f *flag, written string) {
	if p.ignored[f.reason] == nil {
		p.reasons = append(p.reasons, f.reason)
	}
	if !slices.Contains(p.ignored[f.reason], written) {
		p.ignored[f.reason] = append(p.ignored[f.reason], written)
	}
}

// headerFlags are the flags whose value goes into a header.
var headerFlags = []string{"header", "user-agent", "referer", "range", "oauth2-bearer", "cookie"}

const seeQuotes = "see that each quote has its other one, and that each line of the command ends in a backslash"

func (p *parser) use(f *flag, written string, w token, value string) error {
	switch f.class {
	case idle, lost:
		p.ignore(f, written)
		return nil
	case refused:
		return p.wrong(w.at, "", "%s cannot be followed: %s", written, f.reason)
	}
	if slices.Contains(headerFlags, f.name) && strings.ContainsAny(value, "\r\n") {
		return p.wrong(w.at, seeQuotes, "%s %s has a line break in it, which no header can have", written, cut(value))
	}
	switch f.name {
	case "url":
		w.text = value
		return p.addURL(w)
	case "next":
		p.note("what follows --next is another request; the first was taken")
		return errNext
	case "request":
		p.method = value
	case "head":
		p.head = true
	case "get":
		p.get = true
	case "globoff":
		p.globOff = true
	case "header":
		return p.header(w, value)
	case "user-agent":
		p.bring("User-Agent", value)
	case "referer":
		value, _, _ = strings.Cut(value, ";auto")
		p.bring("Referer", value)
	case "range":
		p.bring("Range", "bytes="+value)
	case "oauth2-bearer":
		p.bring("Authorization", "Bearer "+value)
	case "user":
		if !strings.Contains(value, ":") {
			return p.wrong(w.at, "curl would ask for it; write -u 'name:password'", "%s %s has no password", written, cut(value))
		}
		p.bring("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(value)))
	case "cookie":
		return p.cookie(w, value)
	case "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json":
		return p.addData(f, written, w, value)
	case "url-query":
		return p.urlQuery(written, w, value)
	case "form", "form-string":
		return p.formPart(f.name == "form", w, value)
	case "upload-file":
		text, err := p.file(written, w, value)
		p.upload, p.data = true, []string{text}
		return err
	case "insecure":
		p.out.Insecure = true
	case "http1.0", "http1.1":
		p.out.HTTP11 = true
	case "http2", "http2-prior-knowledge":
		p.out.HTTP11 = false
	case "proxy", "proxy1.0":
		p.out.Proxy = value
	case "socks5", "socks5-hostname":
		p.out.Proxy = "socks5://" + value
	case "resolve":
		p.out.Resolve = append(p.out.Resolve, strings.TrimPrefix(value, "+"))
	case "max-time", "connect-timeout":
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil || seconds < 0 || seconds > math.MaxInt32 {
			return p.wrong(w.at, "", "%s is %s; want a number of seconds", written, cut(value))
		}
		if d := time.Duration(seconds * float64(time.Second)); d > 0 && (p.out.Timeout == 0 || d < p.out.Timeout) {
			p.out.Timeout = d
		}
	}
	return nil // compressed, basic and form-escape, which a page's requests are like
}

func (p *parser) addURL(w token) error {
	switch {
	case strings.HasPrefix(w.text, "@"):
		return p.wrong(w.at, "", "the URL is to be read from a file, %s; write it into the command", cut(w.text))
	case strings.ContainsAny(firstRune(w.text), "–—‘’“”"):
		return p.wrong(w.at, `write - and straight quotes, ' or "`, "%s starts with a typographic sign, which no shell knows; a text processor has put it there", cut(w.text))
	case w.text == "":
		return p.wrong(w.at, "", "the URL is empty")
	}
	p.urls = append(p.urls, w.text)
	return nil
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// header reads the value of -H.
//
// https://curl.se/docs/manpage.html#-H
func (p *parser) header(w token, line string) error {
	if name, ok := strings.CutPrefix(line, "@"); ok {
		return p.wrong(w.at, "", "-H reads headers from the file %s; write them into the command", cut(name))
	}
	name, value, colon := strings.Cut(line, ":")
	if colon {
		if value = strings.Trim(value, " \t"); value == "" {
			p.bare = append(p.bare, name)
			return nil
		}
	} else if name, value, colon = strings.Cut(line, ";"); !colon || strings.TrimSpace(value) != "" {
		return p.wrong(w.at, "", "-H %s has no colon; want 'Name: value'", cut(line))
	}
	if !fetchspec.IsToken(name) {
		return p.wrong(w.at, "a name is made of letters, digits and !#$%&'*+-.^_`|~", "-H has the name %s", strconv.Quote(cut(name)))
	}
	p.headers = append(p.headers, fetchspec.Header{Name: name, Value: value})
	return nil
}

// bring sets a header that a flag brings about; the last flag counts.
func (p *parser) bring(name, value string) {
	p.set.Delete(name)
	p.set = append(p.set, fetchspec.Header{Name: name, Value: strings.Trim(value, " \t")})
}

func (p *parser) cookie(w token, value string) error {
	if !strings.Contains(value, "=") {
		return p.wrong(w.at, "write -b 'name=value'", "-b reads cookies from the file %s", cut(value))
	}
	p.cookies = append(p.cookies, strings.TrimRight(value, "; "))
	return nil
}

// finish puts together what the flags have said.
func (p *parser) finish() (*Command, error) {
	c := &p.out
	for _, reason := range p.reasons {
		p.note(strings.Join(p.ignored[reason], ", ") + " of the curl command has no effect here: " + reason)
	}
	switch {
	case len(p.urls) == 0:
		return nil, &cli.UsageError{Message: "the curl command has no URL", Hint: "see that it is there to its end"}
	case len(p.urls) > 1:
		p.note("the command has " + strconv.Itoa(len(p.urls)) + " URLs; the first was taken")
	case p.form != nil && p.data != nil:
		return nil, cli.BadUsage("the curl command has both -d and -F, which curl does not take; want one of the two")
	}
	if err := p.finishURL(); err != nil {
		return nil, err
	}
	p.finishBody()
	switch {
	case p.method != "":
		c.Method = p.method
	case p.head:
		c.Method = "HEAD"
	case p.upload:
		c.Method = "PUT"
	case c.Body != nil:
		c.Method = "POST"
	default:
		c.Method = "GET"
	}
	c.Headers = p.headers
	if len(p.cookies) > 0 {
		p.bring("Cookie", strings.Join(p.cookies, "; "))
	}
	isBare := func(h fetchspec.Header) bool {
		return p.headers.Has(h.Name) || slices.ContainsFunc(p.bare, func(n string) bool { return fetchspec.EqualFold(n, h.Name) })
	}
	for _, h := range p.set {
		if h.Value != "" && !isBare(h) {
			c.Headers = append(c.Headers, h)
		}
	}
	c.Notes = p.notes
	return c, nil
}

// finishURL completes the URL as curl does.
func (p *parser) finishURL() error {
	u := p.urls[0]
	if !p.globOff {
		host := u
		if _, after, ok := strings.Cut(u, "://"); ok {
			host = after
		}
		if end := strings.IndexByte(host, ']'); strings.HasPrefix(host, "[") && end > 0 {
			host = host[end+1:] // an IPv6 address
		}
		if strings.ContainsAny(host, "[]{}") {
			return &cli.UsageError{Message: "the URL " + cut(u) + " has brackets or braces, which curl makes several URLs of", Hint: "write the one that you mean, or add -g if it has them itself"}
		}
	}
	if !strings.Contains(u, "://") {
		p.note("the URL has no scheme; it was taken to be http, as curl does")
		u = "http://" + u
	}
	if p.get && p.data != nil {
		p.query = append(p.query, strings.Join(p.data, ""))
		p.data = nil
	}
	if len(p.query) > 0 {
		u, _, _ = strings.Cut(u, "#")
		sep := "?"
		if strings.Contains(u, "?") {
			sep = "&"
		}
		u += sep + strings.Join(p.query, "&")
	}
	p.out.URL = p.takeUser(u)
	return nil
}

// takeUser takes the user name and password out of a URL, which curl sends in a header, and which pages may not have there.
func (p *parser) takeUser(u string) string {
	scheme, rest, _ := strings.Cut(u, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	i := strings.LastIndexByte(rest[:end], '@')
	if i < 0 {
		return u
	}
	if user, err := url.PathUnescape(rest[:i]); err == nil && !p.set.Has("Authorization") {
		if !strings.Contains(user, ":") {
			user += ":"
		}
		p.bring("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user)))
	}
	return scheme + "://" + rest[i+1:]
}

// finishBody sets the body and the Content-Type that it brings.
func (p *parser) finishBody() {
	c := &p.out
	if p.data != nil {
		body := strings.Join(p.data, "")
		c.Body = &body
	}
	switch {
	case p.form != nil:
		body, boundary := multipart(p.form)
		c.Body = &body
		p.bring("Content-Type", "multipart/form-data; boundary="+boundary)
	case p.data == nil, p.upload:
	case p.json:
		p.bring("Content-Type", "application/json")
		p.bring("Accept", "application/json")
	default:
		p.bring("Content-Type", "application/x-www-form-urlencoded")
	}
}
