// Package browser drives real browsers: it starts one on a SOCKS5 proxy, sends it to a page, and hands over what its
// console printed while the page ran, exactly as the browser worded it.
//
//	b, err := browser.Launch(ctx, "firefox", browser.Options{Proxy: "127.0.0.1:1080"})
//	defer b.Close()
//	b.Go(ctx, "https://app.example.com/")
//	entries, err := b.Between(ctx, "1") // what came between the page's marks @@begin 1 and @@end 1
//
// Pages print their marks with console.log, or in Firefox with reportError(new Error(mark)), because its log of the whole
// browser has no console.log lines of pages.
//
// Every browser that runs has a profile, a home and, for WebKit, a display of its own: several run at once. All names are
// resolved by the proxy, loopback ones too. Linux is what this is made for.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Entry is one thing that a browser reported while a page ran, in the JSON of a recording's console.
type Entry struct {
	Text     string     `json:"text,omitempty"`
	Level    string     `json:"level,omitempty"`    // as the browser calls it: error, warning or warn, log, …
	Source   string     `json:"source,omitempty"`   // Chromium: javascript, network, security, …; WebKit: JS, SECURITY, …
	Category string     `json:"category,omitempty"` // Firefox: the key of the message
	URL      string     `json:"url,omitempty"`      // the resource or script that the entry is about
	CORS     *CORSError `json:"cors,omitempty"`     // Chromium
	Blocked  string     `json:"blocked,omitempty"`  // Chromium's blockedReason
	Net      string     `json:"net,omitempty"`      // Chromium's errorText, such as net::ERR_FAILED
	Target   string     `json:"target,omitempty"`   // "" for the page; Chromium's other targets: iframe (of another process), worker
}

// CORSError is Chromium's own name for what a CORS check missed, with the value that it tripped over.
type CORSError struct {
	CORSError       string `json:"corsError"`
	FailedParameter string `json:"failedParameter"`
}

// Browser is a running browser. Its methods may be called from several goroutines, and never panic when it has died: they
// return an error with the end of what it printed to standard error.
type Browser interface {
	// Name is chromium, firefox or webkit.
	Name() string
	// Version is as the browser gives it, such as 156.0.8078.79 or 153.7.0esr.
	Version() string
	// Go sends the page to url, and returns when the navigation has been started.
	Go(ctx context.Context, url string) error
	// Between waits for the mark "@@end ID" and returns the entries since "@@begin ID", in order. Entries before are dropped.
	// In Firefox and WebKit they are those of all windows, in Chromium those of the page, its frames and its workers.
	Between(ctx context.Context, id string) ([]Entry, error)
	// ClearCookies removes all cookies. The error is [errors.ErrUnsupported] in WebKit, where only a new start does.
	ClearCookies(ctx context.Context) error
	// Close kills everything that was started and removes the profile. More calls do nothing.
	Close() error
}

// Options say how a browser is started.
type Options struct {
	Proxy string // host:port of a SOCKS5 proxy without authentication, which everything goes through
	// Direct has the browser ask servers itself, in the place of a proxy: what fails on the way is its own to report.
	Direct bool
	// Authority is a certificate authority, in DER. Where it is given, certificates are checked, with this authority beside those
	// that the browser knows; WebKit knows its own alone.
	Authority []byte
	// SPKI is the base64 SHA-256 of the public key of a certificate that is in every chain the servers send. Chromium then
	// takes just those chains; without it, and in the other browsers, any certificate is taken.
	SPKI       string
	Executable string // "": the one named by the environment (see Doctor), else the first of those known
	// AllowThirdPartyCookies has cookies kept and sent across sites. Without it, each browser does as it does by default:
	// Firefox keeps them apart for each top-level site, WebKit takes no new ones, and Chromium sends them, but not as
	// Debian builds it.
	AllowThirdPartyCookies bool
	Log                    io.Writer // what the browser prints to standard error; nil: nowhere
}

// startTimeout bounds how long a browser may take to start: a cold one on a busy machine is slow.
const startTimeout = time.Minute

var launchers = map[string]func(context.Context, Options) (Browser, error){
	"chromium": launchChromium,
	"firefox":  launchFirefox,
	"webkit":   launchWebKit,
}

// Names lists the browsers that Launch knows.
func Names() []string { return []string{"chromium", "firefox", "webkit"} }

// Launch starts the browser called name. The context bounds only the start.
func Launch(ctx context.Context, name string, o Options) (Browser, error) {
	launch, ok := launchers[name]
	if !ok {
		return nil, fmt.Errorf("browser %q: not known; the browsers are %s", name, strings.Join(Names(), ", "))
	}
	if err := o.checkProxy(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	b, err := launch(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

func (o *Options) checkProxy() error {
	switch {
	case o.Direct && o.Proxy != "":
		return fmt.Errorf("found proxy %q beside Options.Direct; expected one of the two", o.Proxy)
	case o.Direct:
		return nil
	case o.Proxy == "":
		return errors.New("no proxy given; Options.Proxy must be the host:port of a SOCKS5 proxy")
	}
	if _, _, err := net.SplitHostPort(o.Proxy); err != nil {
		return fmt.Errorf("found proxy %q, expected host:port of a SOCKS5 proxy", o.Proxy)
	}
	return nil
}
