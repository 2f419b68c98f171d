package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// chromium is driven over the DevTools protocol.
type chromium struct {
	*tape
	version string
	home    *home
	process *process
	pipes   [2]*os.File // what is written to it, what is read from it
	tools   *devtools

	mu      sync.Mutex
	page    string            // the page's session; does not change after launch
	targets map[string]string // session -> Entry.Target
	// told are the entries of frames so far: a frame tells those of others in its process once more.
	told map[toldEntry]bool

	close    sync.Once
	closeErr error
}

func launchChromium(ctx context.Context, o Options) (_ Browser, err error) {
	exe, err := findExecutable("chromium", o.Executable)
	if err != nil {
		return nil, err
	}
	h, err := newHome("chromium")
	if err != nil {
		return nil, err
	}
	c := &chromium{tape: newTape(), home: h, targets: map[string]string{}, told: map[toldEntry]bool{}}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if err := c.start(exe, o); err != nil {
		return nil, err
	}
	if err := c.attach(ctx); err != nil {
		return nil, c.process.explain(err)
	}
	return c, nil
}

func (c *chromium) start(exe string, o Options) error {
	profile, err := c.home.sub("profile")
	if err != nil {
		return err
	}
	if err := writeSettings(profile, o); err != nil {
		return err
	}
	fromUs, toBrowser, err := os.Pipe()
	if err != nil {
		return err
	}
	defer fromUs.Close()
	c.pipes[0] = toBrowser
	fromBrowser, toUs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer toUs.Close()
	c.pipes[1] = fromBrowser

	args := []string{
		"--headless=new",
		"--no-sandbox", // does not work for root and in most containers; the pages are our own
		"--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
		"--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-extensions", "--disable-breakpad", "--disable-crash-reporter", "--password-store=basic",
		"--disable-popup-blocking", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
		// Timers of windows in the background must not slow a page down.
		"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
		// An http: page must stay one, and requests to the proxy's addresses are no requests to the local network.
		"--disable-features=LocalNetworkAccessChecks,HttpsUpgrades,HttpsFirstBalancedMode,HttpsFirstBalancedModeAutoEnable,HttpsFirstModeV2,HttpsFirstModeIncognito,NetworkTimeServiceQuerying",
		"--user-data-dir=" + profile,
		"--remote-debugging-pipe",
	}
	if o.Direct {
		args = append(args, "--no-proxy-server")
	} else {
		args = append(args, "--proxy-server=socks5://"+o.Proxy, "--proxy-bypass-list=<-loopback>") // not even loopback bypasses the proxy
	}
	switch {
	case o.Authority != nil:
		if err := c.trust(o.Authority); err != nil {
			return err
		}
	case o.SPKI != "":
		args = append(args, "--ignore-certificate-errors-spki-list="+o.SPKI)
	default:
		args = append(args, "--ignore-certificate-errors")
	}
	cmd := exec.Command(exe, append(args, "about:blank")...)
	cmd.Env = c.home.environ("HOME="+c.home.dir, "XDG_CONFIG_HOME="+c.home.dir, "XDG_CACHE_HOME="+c.home.dir)
	cmd.ExtraFiles = []*os.File{fromUs, toUs}
	if c.process, err = startProcess(cmd, syscall.SIGKILL, o.Log); err != nil {
		return err
	}
	c.tools = newDevtools(fromBrowser, toBrowser, c.event)
	go func() { c.fail(c.process.ended()) }()
	return nil
}

// trust puts a certificate authority where Chromium looks for those of the user.
func (c *chromium) trust(authority []byte) error {
	tool, err := exec.LookPath("certutil")
	if err != nil {
		return fmt.Errorf("telling it of an authority needs certutil; %s", installHint("libnss3-tools"))
	}
	dir, err := c.home.sub(".pki/nssdb")
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"-N", "--empty-password"}, {"-A", "-n", "lab", "-t", "C,,"}} {
		cmd := exec.Command(tool, append(args, "-d", "sql:"+dir)...)
		cmd.Stdin = bytes.NewReader(authority)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w: %.300s", tool, args[0], err, out)
		}
	}
	return nil
}

// writeSettings writes what no flag says into a new profile.
func writeSettings(profile string, o Options) error {
	settings := map[string]object{
		// A 401 is for the page, not for a dialog that it would wait behind.
		"Local State": {"auth": object{"schemes": "none"}},
	}
	if o.AllowThirdPartyCookies {
		settings["Default/Preferences"] = object{"profile": object{"cookie_controls_mode": 0, "block_third_party_cookies": false}}
	}
	for name, value := range settings {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		name = filepath.Join(profile, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, text, 0o600)); err != nil {
			return err
		}
	}
	return nil
}

// attach opens a session with the page, and has those of frames and workers opened as they come.
func (c *chromium) attach(ctx context.Context) error {
	var v struct {
		Product string `json:"product"`
	}
	if err := c.tools.call(ctx, "", "Browser.getVersion", nil, &v); err != nil {
		return err
	}
	_, c.version, _ = strings.Cut(v.Product, "/")
	var target struct {
		ID string `json:"targetId"`
	}
	if err := c.tools.call(ctx, "", "Target.createTarget", object{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var session struct {
		ID string `json:"sessionId"`
	}
	if err := c.tools.call(ctx, "", "Target.attachToTarget", object{"targetId": target.ID, "flatten": true}, &session); err != nil {
		return err
	}
	c.mu.Lock()
	c.page = session.ID
	c.mu.Unlock()
	for _, cmd := range listen {
		if err := c.tools.call(ctx, c.page, cmd.method, cmd.params, nil); err != nil {
			return err
		}
	}
	// A page behind a window that it opened must not count as hidden: hidden pages load no media.
	return c.tools.call(ctx, c.page, "Emulation.setFocusEmulationEnabled", object{"enabled": true}, nil)
}

type object = map[string]any

// listen are the commands that make a target report.
var listen = []struct {
	method string
	params any
}{
	{"Runtime.enable", nil},
	{"Log.enable", nil},
	{"Network.enable", nil},
	{"Target.setAutoAttach", object{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
		"filter": []object{{"type": "iframe"}, {"type": "worker"}, {"exclude": true}}}},
}

// event puts on the tape what a target reports.
func (c *chromium) event(session, method string, params json.RawMessage) {
	switch method {
	case "Target.attachedToTarget", "Target.detachedFromTarget", "Inspector.targetCrashed",
		"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed":
	default:
		return
	}
	var p struct {
		SessionID  string `json:"sessionId"`
		TargetInfo struct {
			Type string `json:"type"`
		} `json:"targetInfo"`

		Type             string         `json:"type"`
		Args             []remoteObject `json:"args"`
		ExceptionDetails struct {
			Text      string       `json:"text"`
			URL       string       `json:"url"`
			Exception remoteObject `json:"exception"`
		} `json:"exceptionDetails"`

		Entry struct {
			Entry             // its members have the protocol's names
			Timestamp float64 `json:"timestamp"`
		} `json:"entry"`

		ErrorText       string     `json:"errorText"`
		BlockedReason   string     `json:"blockedReason"`
		CORSErrorStatus *CORSError `json:"corsErrorStatus"`
	}
	if err := json.Unmarshal(params, &p); err != nil {
		return
	}
	c.mu.Lock()
	target := c.targets[session]
	c.mu.Unlock()
	switch method {
	case "Target.attachedToTarget":
		if session == "" {
			return // the page's own
		}
		c.mu.Lock()
		c.targets[p.SessionID] = p.TargetInfo.Type
		c.mu.Unlock()
		// Answers are not waited for: a target may be gone already.
		for _, cmd := range listen {
			_, _ = c.tools.send(p.SessionID, cmd.method, cmd.params, nil)
		}
		_, _ = c.tools.send(p.SessionID, "Runtime.runIfWaitingForDebugger", nil, nil)
	case "Target.detachedFromTarget":
		c.mu.Lock()
		delete(c.targets, p.SessionID)
		isPage := p.SessionID == c.page
		c.mu.Unlock()
		if isPage {
			c.fail(fmt.Errorf("chromium: the page was closed"))
		}
	case "Inspector.targetCrashed":
		if target == "" {
			c.fail(fmt.Errorf("chromium: the page's process has crashed; its last lines were:\n%s", c.process.output))
		}
	case "Runtime.consoleAPICalled":
		words := make([]string, len(p.Args))
		for i, a := range p.Args {
			words[i] = a.String()
		}
		c.add(Entry{Level: p.Type, Text: strings.Join(words, " "), Target: target})
	case "Runtime.exceptionThrown":
		d := p.ExceptionDetails
		what, _, _ := strings.Cut(d.Exception.String(), "\n") // the stack follows
		c.add(Entry{Level: "exception", Text: strings.TrimSpace(d.Text + " " + what), URL: d.URL, Target: target})
	case "Log.entryAdded":
		e := p.Entry
		if target == "iframe" && c.toldBefore(toldEntry{e.Timestamp, e.Text}) {
			return
		}
		// Where there is a proxy, it looks names up: that it finds none is reported as trouble with the proxy.
		e.Text = strings.Replace(e.Text, "net::ERR_SOCKS_CONNECTION_FAILED", "net::ERR_NAME_NOT_RESOLVED", 1)
		c.add(Entry{Level: e.Level, Source: e.Source, Text: e.Text, URL: e.URL, Target: target})
	case "Network.loadingFailed":
		if p.CORSErrorStatus != nil || p.BlockedReason != "" {
			c.add(Entry{CORS: p.CORSErrorStatus, Blocked: p.BlockedReason, Net: p.ErrorText, Target: target})
		}
	}
}

// remoteObject is a value of the page.
type remoteObject struct {
	Value       any    `json:"value"`
	Description string `json:"description"`
	Type        string `json:"type"`
}

func (o remoteObject) String() string {
	switch {
	case o.Value != nil:
		return fmt.Sprint(o.Value)
	case o.Description != "":
		return o.Description
	}
	return o.Type
}

// toldEntry tells entries of a log apart.
type toldEntry struct {
	timestamp float64
	text      string
}

func (c *chromium) toldBefore(e toldEntry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.told) > maxEntries {
		clear(c.told)
	}
	before := c.told[e]
	c.told[e] = true
	return before
}

func (c *chromium) Name() string    { return "chromium" }
func (c *chromium) Version() string { return c.version }

func (c *chromium) Go(ctx context.Context, url string) error {
	if err := c.failure(); err != nil {
		return err
	}
	// The answer comes with the page's first bytes.
	var answer struct {
		ErrorText string `json:"errorText"`
	}
	if err := c.tools.call(ctx, c.page, "Page.navigate", object{"url": url}, &answer); err != nil {
		return c.process.explain(fmt.Errorf("navigate to %s: %w", url, err))
	}
	if answer.ErrorText != "" {
		return fmt.Errorf("navigate to %s: %s", url, answer.ErrorText)
	}
	return nil
}

func (c *chromium) Between(ctx context.Context, id string) ([]Entry, error) {
	return c.between(ctx, id)
}

func (c *chromium) ClearCookies(ctx context.Context) error {
	return c.tools.call(ctx, c.page, "Network.clearBrowserCookies", nil, nil)
}

func (c *chromium) Close() error {
	c.close.Do(func() {
		c.fail(fmt.Errorf("chromium: closed"))
		c.process.stop()
		for _, p := range c.pipes {
			if p != nil {
				p.Close()
			}
		}
		c.closeErr = c.home.remove()
	})
	return c.closeErr
}
