package browser

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// webkit is WebKitGTK's MiniBrowser on an X server of its own. Nothing can tell a running one to go to another page, so
// that every Go starts it anew, without the cookies and caches of the one before. When a server of the page's own origin
// answers 401 with WWW-Authenticate, it asks for a password in a dialog, and the page waits. Through a proxy it speaks
// HTTP/1.1 only.
type webkit struct {
	*tape
	options Options
	exe     string
	version string
	home    *home
	display string
	xvfb    *process

	mu      sync.Mutex
	starts  int
	process *process // nil before the first Go and after Close
	closed  bool

	close    sync.Once
	closeErr error
}

func launchWebKit(ctx context.Context, o Options) (_ Browser, err error) {
	exe, err := findExecutable("webkit", o.Executable)
	if err != nil {
		return nil, err
	}
	h, err := newHome("webkit")
	if err != nil {
		return nil, err
	}
	w := &webkit{tape: newTape(), options: o, exe: exe, home: h}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	if w.display, w.xvfb, err = startDisplay(ctx, h); err != nil {
		return nil, err
	}
	if w.version, err = versionOf(ctx, exe, h.environ(webkitEnviron(w.display, h.dir)...)); err != nil {
		return nil, err
	}
	return w, nil
}

// startDisplay starts an X server that shows nothing on a free display. Where there is none, the display that this program
// runs on serves, and process is nil.
func startDisplay(ctx context.Context, h *home) (display string, _ *process, err error) {
	exe, err := exec.LookPath("Xvfb")
	if err != nil {
		if display := os.Getenv("DISPLAY"); display != "" {
			return display, nil, nil
		}
		return "", nil, fmt.Errorf("it needs a display: found neither Xvfb nor the variable DISPLAY; %s", installHint("xvfb"))
	}
	numbers, toUs, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer numbers.Close()
	cmd := exec.Command(exe, "-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset")
	cmd.Env = h.environ()
	cmd.ExtraFiles = []*os.File{toUs}
	p, err := startProcess(cmd, syscall.SIGTERM, nil)
	toUs.Close()
	if err != nil {
		return "", nil, err
	}
	release := context.AfterFunc(ctx, func() { numbers.Close() })
	defer release()
	number, err := bufio.NewReader(numbers).ReadString('\n')
	if err != nil {
		p.stop()
		if ctx.Err() != nil {
			return "", nil, fmt.Errorf("wait for Xvfb: %w", ctx.Err())
		}
		return "", nil, p.ended()
	}
	return ":" + strings.TrimSpace(number), p, nil
}

// webkitEnviron is what MiniBrowser gets besides the environment, with everything it keeps in dir. It needs no D-Bus.
func webkitEnviron(display, dir string) []string {
	return []string{
		"DISPLAY=" + display, "GDK_BACKEND=x11",
		"HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir,
		"DBUS_SESSION_BUS_ADDRESS=disabled:", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory", "GIO_USE_VFS=local",
		"WEBKIT_DISABLE_COMPOSITING_MODE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1",
		"LIBGL_ALWAYS_SOFTWARE=1",
		// Console lines come on standard error: keep other voices low.
		"LIBGL_DEBUG=quiet", "EGL_LOG_LEVEL=fatal", "MESA_DEBUG=silent", "GST_DEBUG=0", "ALSOFT_LOGLEVEL=0", "ALSOFT_DRIVERS=null", "ALSA_CONFIG_PATH=" + os.DevNull, "G_MESSAGES_DEBUG=",
	}
}

func (w *webkit) Name() string    { return "webkit" }
func (w *webkit) Version() string { return w.version }

func (w *webkit) Go(_ context.Context, page string) error {
	if err := w.failure(); err != nil {
		return err
	}
	// What starts with a dash would be an option, and what is no URL a file.
	if u, err := url.Parse(page); err != nil || u.Scheme == "" {
		return fmt.Errorf("navigate to %q: expected an absolute URL", page)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return fmt.Errorf("navigate to %s: webkit: closed", page)
	}
	old := w.process
	w.process = nil
	if old != nil {
		old.stop()
		_ = os.RemoveAll(w.profile()) // what is left of it goes with the home
	}
	w.starts++
	if err := os.MkdirAll(w.profile(), 0o700); err != nil {
		return err
	}
	args := []string{
		"--enable-write-console-messages-to-stdout=true",
		"--javascript-can-open-windows-automatically=true",
		"--autoplay-policy=allow", "--media-playback-requires-user-gesture=false",
	}
	if !w.options.Direct {
		args = append(args, "--proxy=socks5://"+w.options.Proxy)
	}
	if w.options.Authority == nil {
		args = append(args, "--ignore-tls-errors")
	}
	if w.options.AllowThirdPartyCookies {
		args = append(args, "--cookies-policy=always")
	}
	cmd := exec.Command(w.exe, append(args, page)...)
	cmd.Env = w.home.environ(webkitEnviron(w.display, w.profile())...)
	cmd.Stderr = &webkitConsole{tape: w.tape}
	p, err := startProcess(cmd, syscall.SIGKILL, w.options.Log)
	if err != nil {
		return err
	}
	w.process = p
	go func() {
		err := p.ended()
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.process == p {
			w.fail(err)
		}
	}()
	return nil
}

func (w *webkit) profile() string { return filepath.Join(w.home.dir, strconv.Itoa(w.starts)) }

func (w *webkit) Between(ctx context.Context, id string) ([]Entry, error) { return w.between(ctx, id) }

func (w *webkit) ClearCookies(context.Context) error { return errors.ErrUnsupported }

func (w *webkit) Close() error {
	w.close.Do(func() {
		w.fail(fmt.Errorf("webkit: closed"))
		w.mu.Lock()
		defer w.mu.Unlock()
		w.closed = true
		w.process.stop()
		w.xvfb.stop()
		w.closeErr = w.home.remove()
	})
	return w.closeErr
}

// webkitConsole puts on the tape the console lines in what MiniBrowser and its children print, of the form
//
//	https://app.example.com/:1:20: CONSOLE JS ERROR message
//
// where the place and the source may be absent. A message may have line breaks: what does not look like the start of a
// message, nor like a warning of GLib, continues the one before.
type webkitConsole struct {
	tape  *tape
	line  []byte // begun, not ended
	begun bool   // there is a message that a line could continue
	blank int    // blank lines that may belong to a message, or come before a warning
}

const maxLine = 1 << 20

func (c *webkitConsole) Write(p []byte) (int, error) {
	n := len(p)
	for {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		c.line = append(c.line, part[:min(len(part), maxLine-len(c.line))]...)
		if !ended {
			return n, nil
		}
		c.take(string(c.line))
		c.line, p = c.line[:0], rest
	}
}

var (
	webkitLine = regexp.MustCompile(`(?s)^(?:(\S+?)(?::\d+:\d+)?: )?CONSOLE(?: ([A-Z][A-Z ]*?))?? (LOG|WARN|ERROR|INFO|DEBUG)(?: (.*))?$`)
	glibLine   = regexp.MustCompile(`^(\*\* )?(\(.+:\d+\): )?([\w.-]+-)?(ERROR|CRITICAL|WARNING|Message|INFO|DEBUG)( \*\*)?: \d\d:\d\d:\d\d\.\d{3}: `)
)

// take takes one line.
func (c *webkitConsole) take(line string) {
	if m := webkitLine.FindStringSubmatch(line); m != nil {
		c.continued(c.blank)
		// Nothing continues a mark: what follows it is what the media players complain about.
		c.blank, c.begun = 0, !strings.HasPrefix(m[4], "@@begin ") && !strings.HasPrefix(m[4], "@@end ")
		c.tape.add(Entry{URL: m[1], Source: m[2], Level: strings.ToLower(m[3]), Text: m[4]})
		return
	}
	if glibLine.MatchString(line) {
		c.continued(c.blank - 1) // GLib begins with a blank line
		c.blank = 0
		if strings.Contains(line, "WebProcess CRASHED") {
			c.tape.fail(fmt.Errorf("webkit: the page's process has crashed"))
		}
		return
	}
	if line == "" {
		c.blank++
		return
	}
	c.continued(c.blank)
	c.blank = 0
	if c.begun {
		c.tape.extend("\n" + line)
	}
}

func (c *webkitConsole) continued(blank int) {
	if c.begun && blank > 0 {
		c.tape.extend(strings.Repeat("\n", blank))
	}
}
