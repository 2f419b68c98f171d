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
	"github.com/corsim/corsim/internal/cli"
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
