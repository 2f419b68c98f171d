package browser

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// pages is a page that fetches across origins without CORS headers between two marks, and helpers for other tests.
func pages() http.Handler {
	mux := http.NewServeMux()
	html := func(path, script string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><title>t</title><body><script>
const browser = new URLSearchParams(location.search).get('b');
const mark = t => browser === 'firefox' ? reportError(new Error(t)) : console.log(t);
const sleep = ms => new Promise(r => setTimeout(r, ms));
(async () => { %s })();
</script>`, script)
		})
	}
	html("/fetch", `mark('@@begin f1'); try { await fetch('https://api.example.com/x'); } catch (e) {} await sleep(100); mark('@@end f1');`)
	html("/odd", `mark('@@begin o1'); const lines = 'żółć\n\ntwo  \n' + 'x'.repeat(browser === 'firefox' ? 500 : 20000) + ' end';
browser === 'firefox' ? reportError(new Error(lines)) : console.log(lines); await sleep(100); mark('@@end o1');`)
	html("/popup", `mark('@@begin p1'); window.open('https://api.example.com/seen-popup'); window.open('http://localhost:8080/seen-popup2'); await sleep(100); mark('@@end p1');`)
	html("/media", `const a = new Audio('https://app.example.com/sound.wav'); let how; try { await new Promise((ok, no) => { a.onloadeddata = ok; a.onerror = () => no(a.error.message); }); await a.play(); how = 'playing'; } catch (e) { how = String(e); }
await fetch('/seen-media', { method: 'POST', body: how });`)
	html("/login", `const r = await fetch('/401'); await fetch('/seen-login', { method: 'POST', body: r.status });`)
	mux.HandleFunc("/401", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	html("/cookies", `const w = window.open('https://other.example.org/cookie'); while (w.closed === false) { await sleep(50); if (await (await fetch('/set')).text() === 'yes') w.close(); }
await fetch('https://other.example.org/seen-cookie', { mode: 'no-cors', credentials: 'include' });`)
	var set atomic.Bool
	mux.HandleFunc("/cookie", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=1; Secure; SameSite=None")
		set.Store(true)
	})
	mux.HandleFunc("/set", func(w http.ResponseWriter, r *http.Request) {
		if set.Load() {
			fmt.Fprint(w, "yes")
		}
	})
	html("/targets", `mark('@@begin t1');
const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.srcdoc = '<script>fetch("https://api.example.com/frame").catch(() => {})</'+'script>'; document.body.append(f);
new Worker(URL.createObjectURL(new Blob(['fetch("https://api.example.com/worker").catch(() => {})'])));
await sleep(800); mark('@@end t1');`)
	mux.HandleFunc("/sound.wav", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "audio/wav")
		n := uint32(16000)
		b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, 36+n)...)
		b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
		b = binary.LittleEndian.AppendUint32(b, 8000)
		b = binary.LittleEndian.AppendUint32(b, 16000)
		b = append(b, "\x02\x00\x10\x00data"...)
		b = binary.LittleEndian.AppendUint32(b, n)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(append(b, make([]byte, n)...))))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") })
	return mux
}

func launch(t *testing.T, name string, w *world) Browser {
	t.Helper()
	return launchWith(t, name, Options{Proxy: w.Addr().String(), SPKI: w.spki})
}

func launchWith(t *testing.T, name string, o Options) Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if _, err := findExecutable(name, ""); err != nil {
		t.Skipf("%s is not installed: %v", name, err)
	}
	start := time.Now()
	b, err := Launch(t.Context(), name, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Logf("%s %s started in %v", b.Name(), b.Version(), time.Since(start).Round(time.Millisecond))
	return b
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestChromium(t *testing.T) {
	w := newWorld(t, pages())
	b := launch(t, "chromium", w)
	page := "https://app.example.com/fetch?b=chromium"
	got := run(t, b, page, "f1")
	equal(t, got, []Entry{
		{Level: "error", Source: "javascript", URL: page, Text: "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."},
		{CORS: &CORSError{CORSError: "MissingAllowOriginHeader"}, Net: "net::ERR_FAILED"},
		{Level: "error", Source: "network", URL: "https://api.example.com/x", Text: "Failed to load resource: net::ERR_FAILED"},
	})
	common(t, b, w)
	// A sandboxed frame has a target of its own. Of a worker's line, the page's target gets a copy.
	line := func(path, origin string) string {
		return "Access to fetch at 'https://api.example.com/" + path + "' from origin '" + origin + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	}
	page = "https://app.example.com/targets?b=chromium"
	got = run(t, b, page, "t1")
	slices.SortStableFunc(got, func(a, b Entry) int { return strings.Compare(a.Target+a.Text, b.Target+b.Text) })
	missing := Entry{CORS: &CORSError{CORSError: "MissingAllowOriginHeader"}, Net: "net::ERR_FAILED"}
	frame, worker := missing, missing
	frame.Target, worker.Target = "iframe", "worker"
	equal(t, got, []Entry{
		{Level: "error", Source: "worker", URL: page, Text: line("worker", "https://app.example.com")},
		frame,
		{Level: "error", Source: "javascript", URL: "about:srcdoc", Text: line("frame", "null"), Target: "iframe"},
		{Level: "error", Source: "network", URL: "https://api.example.com/frame", Text: "Failed to load resource: net::ERR_FAILED", Target: "iframe"},
		worker,
		{Level: "error", Source: "javascript", Text: line("worker", "https://app.example.com"), Target: "worker"},
	})
}

// TestChromiumTakesAnyCertificateWithoutSPKI also shows that the console is the same then.
func TestChromiumTakesAnyCertificateWithoutSPKI(t *testing.T) {
	w := newWorld(t, pages())
	b := launchWith(t, "chromium", Options{Proxy: w.Addr().String()})
	if got := run(t, b, "https://app.example.com/fetch?b=chromium", "f1"); len(got) != 3 || got[2].Text != "Failed to load resource: net::ERR_FAILED" {
		t.Errorf("got %v", got)
	}
}

func run(t *testing.T, b Browser, url, id string) []Entry {
	t.Helper()
	if err := b.Go(within(t, 20*time.Second), url); err != nil {
		t.Fatal(err)
	}
	got, err := b.Between(within(t, 20*time.Second), id)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// common is what all browsers must do.
func common(t *testing.T, b Browser, w *world) {
	t.Helper()
	q := "?b=" + b.Name()
	lines := "żółć\n\ntwo  \n" + strings.Repeat("x", 20000) + " end"
	if b.Name() == "firefox" {
		lines = "Error: żółć\n\ntwo  \n" + strings.Repeat("x", 500) + " end" // it cuts long ones itself
	}
	if got := run(t, b, "https://app.example.com/odd"+q, "o1"); len(got) != 1 || got[0].Text != lines {
		t.Errorf("odd lines: got %d entries, %d bytes, expected %d: %.200q", len(got), len(fmt.Sprint(got)), len(lines), fmt.Sprint(got))
	}
	run(t, b, "http://app.example.com/popup"+q, "p1")
	seen(t, w, "https://api.example.com/seen-popup ", "http://localhost:8080/seen-popup2 ")
	if err := b.Go(within(t, 20*time.Second), "https://app.example.com/media"+q); err != nil {
		t.Fatal(err)
	}
	seen(t, w, "https://app.example.com/seen-media playing")
	if b.Name() == "webkit" {
		return // there is no way to keep it from asking for a password
	}
	if err := b.Go(within(t, 20*time.Second), "https://app.example.com/login"+q); err != nil {
		t.Fatal(err)
	}
	seen(t, w, "https://app.example.com/seen-login 401")
}

// seen waits until the servers have seen what is wanted, in any order.
func seen(t *testing.T, w *world, want ...string) {
	t.Helper()
	for len(want) > 0 {
		select {
		case url := <-w.seen:
			i := slices.Index(want, url)
			if i < 0 {
				t.Fatalf("seen %q, expected %q", url, want)
			}
			want = slices.Delete(want, i, i+1)
		case <-time.After(15 * time.Second):
			t.Fatalf("not seen: %q; asked for %v", want, w.asked)
		}
	}
}

func equal(t *testing.T, got, want []Entry) {
	t.Helper()
	if g, w := show(got), show(want); g != w {
		t.Errorf("got\n%swant\n%s", g, w)
	}
}

func show(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		if e.CORS != nil {
			fmt.Fprintf(&b, "cors %+v ", *e.CORS)
			e.CORS = nil
		}
		fmt.Fprintf(&b, "%+v\n", e)
	}
	return b.String()
}

func TestFirefox(t *testing.T) {
	w := newWorld(t, pages())
	b := launch(t, "firefox", w)
	equal(t, run(t, b, "https://app.example.com/fetch?b=firefox", "f1"), []Entry{
		{Level: "error", Category: "CORSMissingAllowOrigin2", Text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."},
	})
	common(t, b, w)
}

func TestWebKit(t *testing.T) {
	w := newWorld(t, pages())
	b := launch(t, "webkit", w)
	equal(t, run(t, b, "https://app.example.com/fetch?b=webkit", "f1"), []Entry{
		{Level: "error", Source: "SECURITY", Text: "Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200"},
		{Level: "error", Source: "JS", Text: "Fetch API cannot load https://api.example.com/x due to access control checks."},
	})
	common(t, b, w)
}

func TestABrowserThatDiesIsReported(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, pages())
			b := launch(t, name, w)
			run(t, b, "https://app.example.com/fetch?b="+name, "f1")
			died := make(chan error)
			go func() {
				_, err := b.Between(within(t, 20*time.Second), "never")
				died <- err
			}()
			var p *process
			switch b := b.(type) {
			case *chromium:
				p = b.process
			case *firefox:
				p = b.process
			case *webkit:
				p = b.process
			}
			start := time.Now()
			if err := p.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := <-died; err == nil || !strings.Contains(err.Error(), "has ended (signal: killed)") {
				t.Errorf("Between: %v", err)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("reported after %v", d)
			}
			if err := b.Go(within(t, 20*time.Second), "https://app.example.com/"); err == nil {
				t.Error("Go: no error")
			}
			for range 2 {
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t, pages())
	a, b := launch(t, "chromium", w), launch(t, "chromium", w)
	for _, c := range []Browser{a, b, a} {
		if got := run(t, c, "https://app.example.com/fetch?b=chromium", "f1"); len(got) != 3 {
			t.Errorf("got %v", got)
		}
	}
}

func TestAllowThirdPartyCookies(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, pages())
			b := launchWith(t, name, Options{Proxy: w.Addr().String(), SPKI: w.spki, AllowThirdPartyCookies: true})
			if err := b.Go(within(t, 20*time.Second), "https://app.example.com/cookies"); err != nil {
				t.Fatal(err)
			}
			seen(t, w, "https://other.example.org/seen-cookie a=1")
		})
	}
}
