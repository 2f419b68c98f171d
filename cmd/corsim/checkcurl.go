package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/corsim/corsim/cmd/corsim/internal/curl"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/origin"
)

// takeCurl reads the command of --curl, and puts what a page can make of it in the place of the flags that say what the page
// asks. It returns the URL, and notes on what a page cannot.
func (o *checkOptions) takeCurl(rest []string, stdin io.Reader) (url string, notes []string, err error) {
	if err := o.besideCurl(rest); err != nil {
		return "", nil, err
	}
	text, err := curlText(*o.curl, stdin)
	if err != nil {
		return "", nil, err
	}
	command, err := curl.Parse(text, func(name string) ([]byte, error) { return readBounded(name, curl.MaxSize) })
	if err != nil {
		return "", nil, err
	}
	o.live.command = command
	p := curlPage{checkOptions: o, command: command, notes: command.Notes}
	if err := p.take(); err != nil {
		return "", nil, err
	}
	return command.URL, p.notes, nil
}

// besideCurl refuses what --curl says already.
func (o *checkOptions) besideCurl(rest []string) error {
	if o.answer == "-" && *o.curl == "-" {
		return cli.BadUsage("--answer - and --curl - stand together; standard input can be one of the two")
	}
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"-X", o.request.Method != ""}, {"-H", len(o.headers) > 0}, {"-d", o.body != nil},
	} {
		if f.set {
			return &cli.UsageError{Message: f.name + " stands beside --curl, whose command says that itself", Hint: "change the command, or leave out --curl"}
		}
	}
	if len(rest) > 0 {
		return &cli.UsageError{Message: "the URL " + quote(rest[0]) + " stands beside --curl, whose command has one", Hint: "put quotes around the whole command, such as --curl \"$(cat command.txt)\", or write --curl @command.txt"}
	}
	return nil
}

// curlText returns the command that the value of --curl is or stands for.
func curlText(value string, stdin io.Reader) (string, error) {
	name, isFile := strings.CutPrefix(value, "@")
	switch {
	case value == "-":
		data, err := io.ReadAll(io.LimitReader(stdin, curl.MaxSize+1))
		if err != nil {
			return "", cli.BadUsage("--curl: standard input: %v", err)
		}
		return string(data), nil
	case isFile:
		data, err := readBounded(name, curl.MaxSize)
		if err != nil {
			return "", cli.BadUsage("--curl: %v", err)
		}
		return string(data), nil
	}
	return value, nil
}

// readBounded reads a file that is no longer than a limit.
func readBounded(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s is longer than %d bytes", name, limit)
	}
	return data, err
}

// curlPage turns a command into what a page does.
type curlPage struct {
	*checkOptions
	command *curl.Command
	notes   []string
	// browsers are the names of headers that a page cannot set, and of those that the browser had added from which the command
	// was copied.
	browsers []string
	referer  string
}

func (p *curlPage) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

func (p *curlPage) take() error {
	c := p.command
	p.request.Method = c.Method
	for _, h := range c.Headers {
		if p.special(h) {
			continue
		}
		p.request.Headers = append(p.request.Headers, []string{h.Name, fetchspec.IsomorphicDecode(h.Value)})
	}
	if len(p.browsers) > 0 {
		p.note("left out of what the page sets, for it cannot or the browser does it: %s", strings.Join(p.browsers, ", "))
	}
	p.body = c.Body
	if p.body != nil && (c.Method == "GET" || c.Method == "HEAD") {
		p.body = nil
		p.request.Headers = slices.DeleteFunc(p.request.Headers, func(h []string) bool {
			return fetchspec.EqualFold(h[0], "Content-Type") && h[1] == "application/x-www-form-urlencoded"
		})
		p.note("a page's %s request has no body; it was left out, and the server may answer otherwise for it", c.Method)
	}
	return p.takePage()
}

// special takes a header that says something else than what the page sets. It reports whether it did.
func (p *curlPage) special(h fetchspec.Header) bool {
	switch name := fetchspec.ByteLower(h.Name); {
	case name == "cookie":
		p.takeCookies(h.Value)
	case name == "origin":
		p.takeOrigin(h.Value)
	case name == "referer":
		p.referer = h.Value
	case name == "user-agent", p.isCopied() && slices.Contains(addedByBrowsers, name):
		p.browsers = append(p.browsers, h.Name)
	case new(fetchspec.Safelist).IsForbidden(h.Name, h.Value):
		if h.Value == "navigate" && name == "sec-fetch-mode" {
			p.note("the command is of a page that was opened, which CORS has no say in; this is what another page's script would get")
		} else if name == "sec-fetch-dest" && h.Value != "empty" && h.Value != "document" {
			p.note("the command is of something that the page loaded as %s, and this is what script would get; see --api", h.Value)
		}
		p.browsers = append(p.browsers, h.Name)
	default:
		return false
	}
	return true
}

// addedByBrowsers are headers that pages may set, but that are there in copied commands because the browser had added them.
var addedByBrowsers = []string{"accept-language", "cache-control", "pragma", "priority", "upgrade-insecure-requests"}

// isCopied reports whether the command was copied from a browser: it has headers that only browsers send. Those to insecure URLs
// have fewer of them.
func (p *curlPage) isCopied() bool {
	agent, _ := p.command.Headers.Get("User-Agent")
	return p.command.Headers.Has("Sec-Fetch-Mode") || strings.HasPrefix(agent, "Mozilla/") && p.command.Headers.Has("Accept-Language")
}

// takeOrigin makes the Origin header the page's origin, unless --from says another.
func (p *curlPage) takeOrigin(value string) {
	switch p.from {
	case "":
		p.from = value
	case value:
	default:
		p.note("the command's Origin is %s; the page was taken to be of %s, as --from says", quote(value), p.from)
	}
}

// takePage makes the Referer header the page's URL, and its origin the page's, where nothing else says so.
func (p *curlPage) takePage() error {
	u, err := origin.ParseURL(p.referer, nil)
	if err == nil && u.IsHTTP() {
		if p.from == "" {
			p.from = u.Origin().String()
		}
		if p.page == "" && p.from == u.Origin().String() {
			p.page = u.WithoutFragment()
		}
	}
	if p.from == "" {
		return cli.BadUsage("there is no --from, and the command has neither Origin nor Referer; want the page's origin, such as https://app.example.com")
	}
	return nil
}

// takeCookies makes the Cookie header cookies of the browser.
func (p *curlPage) takeCookies(value string) {
	attributes := "; Path=/"
	if strings.HasPrefix(p.command.URL, "https:") {
		attributes += "; Secure; SameSite=None"
	}
	for pair := range strings.SplitSeq(value, ";") {
		if pair = strings.TrimSpace(pair); pair != "" {
			p.cookies = append(p.cookies, fetchspec.IsomorphicDecode(pair+attributes))
		}
	}
	what := "its cookies were taken to be there"
	if strings.Contains(attributes, "SameSite") {
		what = "its cookies were taken to be there, with SameSite=None and Secure"
	}
	if p.request.Credentials == "" && !fetchspec.API(p.request.API).IsElement() {
		p.request.Credentials = "include"
		what += ", and the page to ask with credentials: include"
	}
	p.note("a page cannot set Cookie; %s", what)
}
