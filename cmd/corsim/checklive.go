package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsim/corsim/cmd/corsim/internal/curl"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/internal/cli"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// liveOptions say how to get to live servers.
type liveOptions struct {
	timeout          time.Duration
	insecure, http11 bool
	resolve          []string
	proxy            string
	// command is the command of --curl, nil where there is none. Its flags count where there are no others.
	command *curl.Command
}

// defaultTimeout is how long one browser's requests may take together.
const defaultTimeout = 30 * time.Second

// maxLiveHead is the size in bytes of the largest head of an answer that is taken.
const maxLiveHead = 1 << 20

func (l *liveOptions) flags(flags *flag.FlagSet) {
	flags.Func("timeout", "", func(s string) (err error) {
		l.timeout, err = parseTimeout(s)
		return err
	})
	flags.BoolVar(&l.insecure, "insecure", false, "")
	flags.BoolVar(&l.http11, "http1.1", false, "")
	flags.Func("resolve", "", func(s string) error { l.resolve = append(l.resolve, s); return nil })
	flags.StringVar(&l.proxy, "proxy", "", "")
}

// parseTimeout parses a duration such as 1m30s; a bare number is one of seconds.
func parseTimeout(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if seconds, bare := strconv.ParseFloat(s, 64); bare == nil {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("want a time such as 10s or 1m")
	}
	return d, nil
}

// beside returns the flag that is set and means something to live servers only; it is empty where none is.
func (l *liveOptions) beside() string {
	switch {
	case l.timeout != 0:
		return "--timeout"
	case l.insecure:
		return "--insecure"
	case l.http11:
		return "--http1.1"
	case len(l.resolve) > 0:
		return "--resolve"
	case l.proxy != "":
		return "--proxy"
	}
	return ""
}

// takeCommand takes over what a curl command says about getting there.
func (l *liveOptions) takeCommand() {
	c := l.command
	if c == nil {
		return
	}
	l.insecure = l.insecure || c.Insecure
	l.http11 = l.http11 || c.HTTP11
	l.resolve = append(l.resolve, c.Resolve...)
	if l.proxy == "" {
		l.proxy = c.Proxy
	}
	if l.timeout == 0 {
		l.timeout = c.Timeout
	}
}

// userAgent is the User-Agent that requests have: that of the curl command, or corsim's.
func (l *liveOptions) userAgent() string {
	if l.command != nil {
		if v, ok := l.command.Headers.Get("User-Agent"); ok {
			return v
		}
	}
	return "Mozilla/5.0 (compatible; corsim)"
}

// transport makes the transport that requests go out by.
func (l *liveOptions) transport() (*http.Transport, error) {
	addresses, err := l.addresses()
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{}
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if to, ok := addresses[address]; ok {
				address = to
			}
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: l.insecure},
		MaxResponseHeaderBytes: maxLiveHead,
		Protocols:              new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(!l.http11)
	if l.proxy != "" {
		u, err := parseProxy(l.proxy)
		if err != nil {
			return nil, err
		}
		t.Proxy = http.ProxyURL(u)
	}
	return t, nil
}

// addresses returns what --resolve says: an address for each host and port.
func (l *liveOptions) addresses() (map[string]string, error) {
	addresses := map[string]string{}
	for _, r := range l.resolve {
		host, port, address, ok := cutResolve(r)
		if ip := net.ParseIP(strings.Trim(address, "[]")); ok && ip != nil {
			if key := net.JoinHostPort(host, port); addresses[key] == "" {
				addresses[key] = net.JoinHostPort(ip.String(), port)
			}
			continue
		}
		return nil, cli.BadUsage("--resolve is %s; want HOST:PORT:ADDRESS, such as api.example.com:443:127.0.0.1", quote(r))
	}
	return addresses, nil
}

func cutResolve(r string) (host, port, address string, ok bool) {
	end := 0
	if strings.HasPrefix(r, "[") {
		end = strings.IndexByte(r, ']') + 1
	}
	i := strings.IndexByte(r[end:], ':')
	if i < 0 {
		return "", "", "", false
	}
	host = strings.ToLower(strings.Trim(r[:end+i], "[]"))
	port, address, _ = strings.Cut(r[end+i+1:], ":")
	n, err := strconv.ParseUint(port, 10, 16)
	return host, port, address, host != "" && err == nil && n > 0
}

func parseProxy(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
		return nil, cli.BadUsage("--proxy is %s; want a URL such as http://127.0.0.1:8080 or socks5://127.0.0.1:1080", quote(s))
	}
	return u, nil
}

// askLive asks servers, as each browser would.
func (o *checkOptions) askLive(c *check, browsers []*personality.Personality, opt scenario.Options) error {
	o.live.takeCommand()
	transport, err := o.live.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	c.source = "the server"
	c.live = &liveRecord{unsafe: map[string][]*liveAnswer{}, got: map[*scenario.Run][]*liveAnswer{}}
	for _, browser := range browsers {
		run, err := o.askAs(c, browser, transport, opt)
		if err != nil {
			return err
		}
		c.runs = append(c.runs, run)
	}
	c.answers.Notes = append(c.answers.Notes, c.live.notes(c.runs)...)
	if o.live.insecure {
		c.answers.Notes = append(c.answers.Notes, "certificates were not checked; browsers check them, and block a request where they do not trust one")
	}
	return nil
}

// askAs asks as one browser would.
func (o *checkOptions) askAs(c *check, browser *personality.Personality, transport http.RoundTripper, opt scenario.Options) (*scenario.Run, error) {
	timeout := o.live.timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	n := &liveNetwork{wire: httpfetch.Network(transport), browser: browser.Name, record: c.live, sent: map[string]int{}}
	n.wire.Context = ctx
	n.wire.Header = http.Header{"User-Agent": {o.live.userAgent()}}
	opt.Network = n
	run, err := scenario.Evaluate(c.scenario, browser, opt)
	if err != nil {
		return nil, err
	}
	if n.allHTTP2() {
		// The engine asked what is spoken before the first answer told; now it is known.
		again := &heard{answers: n.answers}
		opt.Network = again
		if second, err := scenario.Evaluate(c.scenario, browser, opt); err == nil && again.next == len(n.answers) {
			run = second
		}
	}
	c.live.got[run] = n.answers
	return run, nil
}

// liveAnswer is what came back for a request that was really sent.
type liveAnswer struct {
	request  *fetchspec.Request
	response *fetchspec.Response
	err      error
	http2    bool
	// browser is whose request it was.
	browser string
}

// liveRecord is what was asked of servers, in all browsers.
type liveRecord struct {
	// unsafe are the answers to requests that may change something on a server, by method and URL.
	unsafe map[string][]*liveAnswer
	// got are the answers that each browser was given, in order.
	got map[*scenario.Run][]*liveAnswer
}

// liveNetwork asks servers for one browser. A request that may change something on a server is sent once for all browsers:
// those that come after the first are given the answer that it got.
type liveNetwork struct {
	wire    *httpfetch.Wire
	browser string
	record  *liveRecord
	// sent counts the requests that may change something, by method and URL.
	sent    map[string]int
	answers []*liveAnswer
}

// Send answers a request.
func (n *liveNetwork) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	a := n.answer(r)
	n.answers = append(n.answers, a)
	return a.response, a.err
}

func (n *liveNetwork) answer(r *fetchspec.Request) *liveAnswer {
	if isSafe(r.Method) {
		return n.ask(r)
	}
	key := r.Method + " " + r.WireURL()
	i := n.sent[key]
	n.sent[key]++
	if i == len(n.record.unsafe[key]) {
		n.record.unsafe[key] = append(n.record.unsafe[key], n.ask(r))
	}
	return n.record.unsafe[key][i]
}

func (n *liveNetwork) ask(r *fetchspec.Request) *liveAnswer {
	kept := *r
	a := &liveAnswer{request: &kept, browser: n.browser}
	a.response, a.err = n.wire.Send(r)
	a.http2 = a.err == nil && n.wire.HTTP2()
	return a
}

// HTTP2 reports whether the last answer came over HTTP/2. The engine asks.
func (n *liveNetwork) HTTP2() bool { return len(n.answers) > 0 && n.answers[len(n.answers)-1].http2 }

// allHTTP2 reports whether all answers of https URLs came over HTTP/2, and there are any.
func (n *liveNetwork) allHTTP2() bool {
	found := false
	for _, a := range n.answers {
		if a.err == nil && a.request.CurrentURL().Scheme() == "https" {
			if !a.http2 {
				return false
			}
			found = true
		}
	}
	return found
}

// isSafe reports whether a method changes nothing on a server.
//
// https://httpwg.org/specs/rfc9110.html#safe.methods
func isSafe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }

// heard gives the answers once more that came over HTTP/2.
type heard struct {
	answers []*liveAnswer
	next    int
}

// Send answers a request with the next answer.
func (h *heard) Send(*fetchspec.Request) (*fetchspec.Response, error) {
	if h.next++; h.next > len(h.answers) {
		return nil, net.ErrClosed
	}
	a := h.answers[h.next-1]
	return a.response, a.err
}

// HTTP2 lets the engine know.
func (h *heard) HTTP2() bool { return true }

// notes says what was sent that may have changed something, and what became of connections.
func (l *liveRecord) notes(runs []*scenario.Run) (notes []string) {
	say := func(n string) {
		if !slices.Contains(notes, n) {
			notes = append(notes, n)
		}
	}
	for _, run := range runs {
		for _, a := range l.got[run] {
			if a.err != nil {
				f := explainFailure(a.err, a.request.CurrentURL())
				why := a.request.Method + " " + a.request.WireURL() + " had no answer: " + f.words
				if f.hint != "" {
					why += "; " + f.hint
				}
				say(why)
				if f.chromium != "" && run.Browser == personality.Chromium156 {
					say("chromium's console names the reason: " + f.chromium + " in the place of net::ERR_EMPTY_RESPONSE")
				}
			}
			if isSafe(a.request.Method) {
				continue
			}
			what := a.request.Method + " " + a.request.WireURL()
			if others := l.judgedBy(a, runs); others != "" {
				say(fmt.Sprintf("%s was really sent, once, as %s sends it; %s judged by the answer to that", what, a.browser, others))
			} else {
				say(fmt.Sprintf("%s was really sent, as %s sends it", what, a.browser))
			}
		}
	}
	for _, run := range runs {
		for i, a := range l.got[run] {
			if e := run.Results[0].Exchanges; i < len(e) && a.browser != run.Browser.Name && !sameCookies(e[i].Request, a.request) {
				say(fmt.Sprintf("%s sends other cookies with %s %s than %s, whose answer stands for both; see --browser %s", run.Browser.Name, a.request.Method, a.request.WireURL(), a.browser, run.Browser.Name))
			}
		}
	}
	return notes
}

// judgedBy names the other browsers that were given an answer: "firefox and webkit are".
func (l *liveRecord) judgedBy(a *liveAnswer, runs []*scenario.Run) string {
	var names []string
	for _, run := range runs {
		if run.Browser.Name != a.browser && slices.Contains(l.got[run], a) {
			names = append(names, run.Browser.Name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}

func sameCookies(a, b *fetchspec.Request) bool {
	x, _ := a.Headers.Get("Cookie")
	y, _ := b.Headers.Get("Cookie")
	return x == y
}

// answered tells what answered exchange i of a run.
func (l *liveRecord) answered(e engine.Exchange, a *liveAnswer) string {
	if e.Err != nil {
		return "no answer: " + explainFailure(e.Err, e.Request.CurrentURL()).words
	}
	proto := "HTTP/1.1"
	if a.http2 {
		proto = "HTTP/2"
	}
	return "answer: " + strings.TrimSpace(fmt.Sprintf("%s %d %s", proto, e.Response.Status, e.Response.StatusMessage))
}
