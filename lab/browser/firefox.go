package browser

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// firefox is driven over Marionette; its console comes on a connection that a listener inside the browser opens to us.
type firefox struct {
	*tape
	version    string
	home       *home
	process    *process
	marionette *marionette
	console    net.Listener

	close    sync.Once
	closeErr error
}

func launchFirefox(ctx context.Context, o Options) (_ Browser, err error) {
	exe, err := findExecutable("firefox", o.Executable)
	if err != nil {
		return nil, err
	}
	h, err := newHome("firefox")
	if err != nil {
		return nil, err
	}
	f := &firefox{tape: newTape(), home: h}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	profile, err := f.start(exe, o)
	if err != nil {
		return nil, err
	}
	if err := f.connect(ctx, profile, o.Authority == nil); err != nil {
		return nil, f.process.explain(err)
	}
	if o.Authority != nil {
		trust := `Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).addCertFromBase64(arguments[0], "C,,");`
		if err := f.execute(ctx, trust, []any{base64.StdEncoding.EncodeToString(o.Authority)}, nil); err != nil {
			return nil, f.process.explain(err)
		}
	}
	if err := f.listen(ctx); err != nil {
		return nil, f.process.explain(err)
	}
	return f, nil
}

func (f *firefox) start(exe string, o Options) (profile string, err error) {
	if profile, err = f.home.sub("profile"); err != nil {
		return "", err
	}
	prefs, err := firefoxPrefs(o)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), prefs, 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command(exe, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile, "about:blank")
	cmd.Env = f.home.environ("HOME="+f.home.dir, "XDG_CONFIG_HOME="+f.home.dir, "XDG_CACHE_HOME="+f.home.dir,
		"MOZ_CRASHREPORTER_DISABLE=1", "MOZ_REMOTE_SETTINGS_DEVTOOLS=1", "MOZ_HEADLESS=1", "DBUS_SESSION_BUS_ADDRESS=disabled:")
	if f.process, err = startProcess(cmd, syscall.SIGKILL, o.Log); err != nil {
		return "", err
	}
	go func() { f.fail(f.process.ended()) }()
	return profile, nil
}

type firefoxPref struct {
	name  string
	value any
}

// firefoxProxy are the preferences about the proxy, or that there is none.
func firefoxProxy(o Options) ([]firefoxPref, error) {
	if o.Direct {
		return []firefoxPref{{"network.proxy.type", 0}}, nil
	}
	host, port, err := net.SplitHostPort(o.Proxy)
	if err != nil {
		return nil, fmt.Errorf("proxy %q: expected host:port", o.Proxy)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("proxy %q: port %q is not a number up to 65535", o.Proxy, port)
	}
	return []firefoxPref{
		{"network.proxy.type", 1},
		{"network.proxy.socks", host},
		{"network.proxy.socks_port", number},
		{"network.proxy.socks_version", 5},
		{"network.proxy.socks_remote_dns", true},
		{"network.proxy.socks5_remote_dns", true},
		{"network.proxy.no_proxies_on", ""},
		{"network.proxy.allow_hijacking_localhost", true},
		{"network.proxy.failover_direct", false},
	}, nil
}

// firefoxPrefs is the user.js of a profile.
func firefoxPrefs(o Options) ([]byte, error) {
	proxy, err := firefoxProxy(o)
	if err != nil {
		return nil, err
	}
	prefs := append(proxy, []firefoxPref{
		{"marionette.port", 0}, // a free one, which a file in the profile names

		{"network.trr.mode", 5},
		{"network.dns.echconfig.enabled", false},
		{"network.http.http3.enable", false},

		// Requests to the proxy's addresses are no requests to the local network.
		{"network.lna.blocking", false},
		{"network.lna.enabled", false},

		// An http: page must stay one.
		{"dom.security.https_first", false},
		{"dom.security.https_first_schemeless", false},
		{"dom.security.https_only_mode", false},

		// A 401 is for the page, not for a dialog that it would wait behind.
		{"network.auth.subresource-http-auth-allow", 0},

		{"dom.disable_open_during_load", false},
		{"dom.popup_maximum", 1 << 20},
		{"media.autoplay.default", 0},
		{"media.autoplay.blocking_policy", 0},
		{"media.block-autoplay-until-in-foreground", false},
		{"media.suspend-background-video.enabled", false},
		{"dom.min_background_timeout_value", 4},
		{"dom.timeout.enable_budget_timer_throttling", false},

		// Nothing asks the outside, and nothing else is in the log of requests.
		{"browser.shell.checkDefaultBrowser", false},
		{"browser.startup.homepage_override.mstone", "ignore"},
		{"browser.newtabpage.enabled", false},
		{"browser.aboutwelcome.enabled", false},
		{"datareporting.policy.dataSubmissionEnabled", false},
		{"toolkit.telemetry.server", ""},
		{"app.update.enabled", false},
		{"app.update.disabledForTesting", true},
		{"app.normandy.enabled", false},
		{"extensions.update.enabled", false},
		{"extensions.getAddons.cache.enabled", false},
		{"network.captive-portal-service.enabled", false},
		{"network.connectivity-service.enabled", false},
		{"network.prefetch-next", false},
		{"network.dns.disablePrefetch", true},
		{"network.http.speculative-parallel-limit", 0},
		{"browser.safebrowsing.malware.enabled", false},
		{"browser.safebrowsing.phishing.enabled", false},
		{"browser.safebrowsing.update.enabled", false},
		{"browser.region.network.url", ""},
		{"browser.search.update", false},
		{"media.gmp-manager.updateEnabled", false},
		{"services.settings.server", "http://127.0.0.1:1/"},
	}...)
	if o.AllowThirdPartyCookies {
		prefs = append(prefs, firefoxPref{"network.cookie.cookieBehavior", 0})
	}
	var b bytes.Buffer
	for _, p := range prefs {
		name, err1 := json.Marshal(p.name)
		value, err2 := json.Marshal(p.value)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("preference %s", p.name)
		}
		fmt.Fprintf(&b, "user_pref(%s, %s);\n", name, value)
	}
	return b.Bytes(), nil
}

// connect waits for the port of Marionette and opens a session.
func (f *firefox) connect(ctx context.Context, profile string, anyCertificate bool) error {
	port, err := f.waitForFile(ctx, filepath.Join(profile, "MarionetteActivePort"))
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	release := context.AfterFunc(ctx, func() { conn.Close() })
	f.marionette, err = newMarionette(conn)
	if !release() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return err
	}
	// Navigation answers when it has started, not when the page has loaded.
	return f.marionette.call(ctx, "WebDriver:NewSession", object{"acceptInsecureCerts": anyCertificate, "pageLoadStrategy": "none"}, nil)
}

// waitForFile waits until the browser has written a file, and returns its text.
func (f *firefox) waitForFile(ctx context.Context, name string) (string, error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if text, err := os.ReadFile(name); err == nil && len(bytes.TrimSpace(text)) > 0 {
			return string(bytes.TrimSpace(text)), nil
		}
		select {
		case <-tick.C:
		case <-f.process.done:
			return "", f.process.ended()
		case <-ctx.Done():
			return "", fmt.Errorf("wait for %s: %w; the last lines were:\n%s", filepath.Base(name), ctx.Err(), f.process.output)
		}
	}
}

// listenerScript connects to us and sends what the browser's log gets, a JSON text a line. Output is buffered without limit, so
// that the browser never waits for us.
const listenerScript = `
const [port, secret] = arguments;
const transport = Cc["@mozilla.org/network/socket-transport-service;1"].getService(Ci.nsISocketTransportService)
  .createTransport([], "127.0.0.1", port, null, null);
const out = Cc["@mozilla.org/binaryoutputstream;1"].createInstance(Ci.nsIBinaryOutputStream);
out.setOutputStream(transport.openOutputStream(0, 0, 0xffffffff));
const send = value => { const bytes = new TextEncoder().encode(JSON.stringify(value) + "\n"); out.writeByteArray(bytes, bytes.length); };
send(secret);
Services.console.registerListener({
  QueryInterface: ChromeUtils.generateQI(["nsIConsoleListener"]),
  observe(m) {
    // The browser's own scripts complain as well.
    if (m instanceof Ci.nsIScriptError && !m.isFromChromeContext) send({ level: m.flags & 1 ? "warning" : "error", category: m.category, text: m.errorMessage });
  },
});
return ChromeUtils.importESModule("resource://gre/modules/AppConstants.sys.mjs").AppConstants.MOZ_APP_VERSION_DISPLAY;
`

// listen puts on the tape what the browser's log gets from now on.
func (f *firefox) listen(ctx context.Context) (err error) {
	if f.console, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	secret := rand.Text() // tells the browser from others on this machine
	heard := make(chan struct{})
	go f.accept(secret, sync.OnceFunc(func() { close(heard) }))
	port := f.console.Addr().(*net.TCPAddr).Port
	if err := f.execute(ctx, listenerScript, []any{port, secret}, &f.version); err != nil {
		return err
	}
	select {
	case <-heard:
		return nil
	case <-f.process.done:
		return f.process.ended()
	case <-ctx.Done():
		return fmt.Errorf("wait for the console listener: %w", ctx.Err())
	}
}

func (f *firefox) accept(secret string, heard func()) {
	for {
		conn, err := f.console.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			r := bufio.NewReaderSize(conn, 1<<16)
			var first string
			if text, err := readUntil(r, '\n', 1<<10); err != nil || json.Unmarshal(text, &first) != nil || first != secret {
				return
			}
			heard()
			for {
				text, err := readUntil(r, '\n', maxMessage)
				if err != nil {
					f.fail(f.process.explain(fmt.Errorf("firefox: the console listener is gone: %w", err)))
					return
				}
				var e Entry
				if json.Unmarshal(text, &e) == nil {
					f.add(e)
				}
			}
		}()
	}
}

func (f *firefox) Name() string    { return "firefox" }
func (f *firefox) Version() string { return f.version }

func (f *firefox) Go(ctx context.Context, url string) error {
	if err := f.failure(); err != nil {
		return err
	}
	if err := f.marionette.call(ctx, "WebDriver:Navigate", object{"url": url}, nil); err != nil {
		return f.process.explain(fmt.Errorf("navigate to %s: %w", url, err))
	}
	return nil
}

func (f *firefox) Between(ctx context.Context, id string) ([]Entry, error) { return f.between(ctx, id) }

func (f *firefox) ClearCookies(ctx context.Context) error {
	return f.execute(ctx, "Services.cookies.removeAll();", []any{}, nil)
}

// execute runs a script of the browser itself, and decodes what it returns.
func (f *firefox) execute(ctx context.Context, script string, args []any, value any) error {
	if err := f.marionette.call(ctx, "Marionette:SetContext", object{"value": "chrome"}, nil); err != nil {
		return err
	}
	// A sandbox with a name lives as long as the window, and the listeners in it.
	call := object{"script": script, "args": args, "newSandbox": false, "sandbox": "corsim"}
	answer := struct {
		Value any `json:"value"`
	}{value}
	if err := f.marionette.call(ctx, "WebDriver:ExecuteScript", call, &answer); err != nil {
		return err
	}
	return f.marionette.call(ctx, "Marionette:SetContext", object{"value": "content"}, nil)
}

func (f *firefox) Close() error {
	f.close.Do(func() {
		f.fail(fmt.Errorf("firefox: closed"))
		f.process.stop()
		if f.marionette != nil {
			f.marionette.conn.Close()
		}
		if f.console != nil {
			f.console.Close()
		}
		f.closeErr = f.home.remove()
	})
	return f.closeErr
}
