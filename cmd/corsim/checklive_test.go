package main

import (
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a live server that keeps what it was asked.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

// serve starts a server. It allows all that CORS wants to know, and then does what the handler does. What it was asked is kept
// as the method, the path, and the names of the headers that are told, with their values.
func serve(t *testing.T, start func(*httptest.Server), handler http.HandlerFunc, told ...string) *server {
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := r.Method + " " + r.URL.Path
		for _, name := range told {
			if v := r.Header.Get(name); v != "" {
				line += " " + name + "=" + v
			}
		}
		s.mu.Lock()
		s.asked = append(s.asked, line)
		s.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Headers", "content-type")
		w.Header().Set("Access-Control-Allow-Methods", "PUT, DELETE")
		handler(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	start(s.Server)
	t.Cleanup(s.Close)
	return s
}

func ok(http.ResponseWriter, *http.Request) {}

// took returns what the server was asked since it was last looked.
func (s *server) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

// corsim runs the command line.
func corsim(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, strings.NewReader(""), &out, &errs); got != want {
		t.Errorf("corsim %q: exit status %d, want %d\n%s%s", args, got, want, &out, &errs)
	}
	return out.String() + errs.String()
}

// contains checks that a text has each of some lines or parts of lines in it.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("there is no %q in\n%s", p, text)
		}
	}
}

func sameLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the server was asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const app = "http://app.example.com"

func TestLiveAsksAsBrowsersDo(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, ok, "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "User-Agent", "Content-Length")
	out := corsim(t, exitOK, "check", "--from", app, "-X", "PUT", "-d", "hello", s.URL+"/a", "--browser", "chromium,webkit")
	ua := " User-Agent=Mozilla/5.0 (compatible; corsim)"
	sameLines(t, s.took(),
		"OPTIONS /a Origin="+app+" Access-Control-Request-Method=PUT"+ua,
		"PUT /a Origin="+app+ua+" Content-Length=5",
		"OPTIONS /a Origin="+app+" Access-Control-Request-Method=PUT"+ua)
	contains(t, out, "chromium  allowed  cors response, status 200", "webkit    allowed", "    answer: HTTP/1.1 200 OK\n",
		"Note: PUT "+s.URL+"/a was really sent, once, as chromium sends it; webkit is judged by the answer to that.")

	// A command's User-Agent is kept, though a page cannot set it.
	corsim(t, exitOK, "check", "--curl", "curl "+s.URL+"/ -A me -H 'Origin: "+app+"'", "--browser", "firefox")
	sameLines(t, s.took(), "GET / Origin="+app+" User-Agent=me")
}

func TestLiveSendsNothingAfterARefusedPreflight(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, ok)
	out := corsim(t, exitBlocked, "check", "--from", app, "-X", "PATCH", s.URL+"/")
	sameLines(t, s.took(), "OPTIONS /", "OPTIONS /", "OPTIONS /")
	if strings.Contains(out, "really sent") {
		t.Errorf("it says that something was sent:\n%s", out)
	}
	// One browser that refuses does not keep another from asking.
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method)
		s.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		w.Header().Set("Access-Control-Allow-Methods", "DELETE")
	})
	out = corsim(t, exitBlocked, "check", "--from", app, "-X", "DELETE", "-H", "Authorization: x", s.URL+"/", "--browser", "spec,chromium,webkit")
	sameLines(t, s.took(), "OPTIONS", "OPTIONS", "DELETE", "OPTIONS")
	contains(t, out, "spec      blocked", "as chromium sends it; webkit is judged")
}

func TestLiveFollowsRedirects(t *testing.T) {
	other := serve(t, (*httptest.Server).Start, ok, "Origin")
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/b", http.StatusFound)
	})
	out := corsim(t, exitOK, "check", "--from", app, s.URL+"/a", "--browser", "spec")
	sameLines(t, s.took(), "GET /a")
	sameLines(t, other.took(), "GET /b Origin=null")
	contains(t, out, "  GET "+s.URL+"/a\n    Origin: "+app+"\n    answer: HTTP/1.1 302 Found\n  GET "+other.URL+"/b\n    Origin: null\n    answer: HTTP/1.1 200 OK\n")
	corsim(t, exitBlocked, "check", "--from", app, s.URL+"/a", "--redirect", "error", "--browser", "spec")
	sameLines(t, other.took())
}

// Redirects without an end come to theirs.
func TestLiveEndsRedirects(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"a", http.StatusTemporaryRedirect)
	})
	corsim(t, exitBlocked, "check", "--from", app, s.URL+"/", "--browser", "chromium")
	if n := len(s.took()); n != 21 {
		t.Errorf("the server was asked %d times, want 21", n)
	}
}

func TestLiveCookies(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, ok, "Cookie")
	page := "http://127.0.0.1" // another origin of the same site
	for _, test := range []struct {
		args []string
		want string
		note string
	}{
		{[]string{"--from", page, "--cookie", "a=1", "--cookie", "b=2; Path=/x", "--credentials", "include"}, "GET /y Cookie=a=1", ""},
		{[]string{"--from", page, "--cookie", "a=1"}, "GET /y", "Note: cookies go to another origin with --credentials include only.\n"},
		{[]string{"--from", app, "--cookie", "a=1", "--credentials", "include"}, "GET /y", "Note: none of the cookies is sent by chromium: "},
		{[]string{"--from", app, "--cookie", "a=1", "--credentials", "include", "--browser", "webkit"}, "GET /y Cookie=a=1", ""},
	} {
		if !slices.Contains(test.args, "--browser") {
			test.args = append(test.args, "--browser", "chromium")
		}
		out := corsim(t, exitOK, append([]string{"check", s.URL + "/y"}, test.args...)...)
		sameLines(t, s.took(), test.want)
		contains(t, out, test.note)
	}

	// The first browser's answer stands for one that sends other cookies; it is said.
	out := corsim(t, exitOK, "check", "--from", app, "--cookie", "a=1", "--credentials", "include", "-d", "x", s.URL+"/y", "--browser", "chromium,webkit")
	sameLines(t, s.took(), "POST /y")
	contains(t, out, "Note: webkit sends other cookies with POST "+s.URL+"/y than chromium, whose answer stands for both; see --browser webkit.")

	// A command's cookies are taken to be there.
	out = corsim(t, exitOK, "check", "--from", page, "--curl", "curl "+s.URL+"/y -b 'a=1; b=2'", "--browser", "firefox")
	sameLines(t, s.took(), "GET /y Cookie=a=1; b=2")
	contains(t, out, "Note: a page cannot set Cookie; its cookies were taken to be there, and the page to ask with credentials: include.")
}

func TestLiveHTTP2(t *testing.T) {
	s := serve(t, (*httptest.Server).StartTLS, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Expose-Headers", "*")
	})
	out := corsim(t, exitOK, "check", "--from", app, "--insecure", s.URL+"/", "--browser", "firefox")
	contains(t, out, "    answer: HTTP/2 200\n", "x-firefox-spdy", "Note: certificates were not checked;")
	out = corsim(t, exitOK, "check", "--from", app, "--insecure", "--http1.1", s.URL+"/", "--browser", "firefox")
	contains(t, out, "    answer: HTTP/1.1 200 OK\n")
	if strings.Contains(out, "x-firefox-spdy") {
		t.Errorf("over HTTP/1.1 there is\n%s", out)
	}
	out = corsim(t, exitOK, "check", "--from", app, "--curl", "curl -k --http1.1 "+s.URL, "--browser", "chromium")
	contains(t, out, "    answer: HTTP/1.1 200 OK\n")
}

func TestLiveGetsThere(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, ok)
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	corsim(t, exitOK, "check", "--from", app, "http://api.example.test:"+port+"/", "--resolve", "API.example.test:"+port+":127.0.0.1", "--browser", "chromium")
	sameLines(t, s.took(), "GET /")
	corsim(t, exitOK, "check", "--from", app, "http://api.example.test/through", "--proxy", strings.TrimPrefix(s.URL, "http://"), "--browser", "chromium")
	sameLines(t, s.took(), "GET /through")
}

// Bodies without end, and heads, are not read to theirs.
func TestLiveReadsNoMoreThanItMust(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		for i := 0; r.URL.Path == "/head" && i < 2000; i++ {
			w.Header().Add("X", strings.Repeat("x", 1000))
		}
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	corsim(t, exitOK, "check", "--from", app, s.URL+"/", "--browser", "chromium")
	corsim(t, exitBlocked, "check", "--from", app, "--api", "img", s.URL+"/", "--browser", "chromium")
	contains(t, corsim(t, exitBlocked, "check", "--from", app, s.URL+"/head", "--browser", "chromium"), "no answer: ", "exceeded")
}

func TestLiveFailures(t *testing.T) {
	slow := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	secure := serve(t, (*httptest.Server).StartTLS, ok)
	plain := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := w.(http.Hijacker).Hijack()
		c.Close()
	})
	closed := httptest.NewServer(nil)
	closed.Close()
	reset := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := w.(http.Hijacker).Hijack()
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	})
	odd := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n")
		c.Close()
	})
	for _, test := range []struct{ url, words, note, line string }{
		{closed.URL, "the connection was refused", "nothing listens there", "CONNECTION_REFUSED"},
		{slow.URL, "it took too long", "--timeout says how long to wait", "CONNECTION_TIMED_OUT"},
		{secure.URL, "its certificate is of an authority that is not trusted", "--insecure judges", "CERT_AUTHORITY_INVALID"},
		{strings.Replace(plain.URL, "http:", "https:", 1), "the server does not speak TLS there", "write http://", "SSL_PROTOCOL_ERROR"},
		{plain.URL, "the connection was closed without an answer", "", "EMPTY_RESPONSE"},
		{reset.URL, "the connection was reset without an answer", "", "CONNECTION_RESET"},
		{"http://name.invalid/", "the name name.invalid ", "--resolve name.invalid:PORT:ADDRESS", "NAME_NOT_RESOLVED"},
	} {
		out := corsim(t, exitBlocked, "check", "--from", app, test.url, "--timeout", "500ms", "--browser", "chromium,firefox")
		contains(t, out, "chromium  blocked  TypeError: Failed to fetch", "    no answer: "+test.words, "No answer came", test.note,
			"Failed to load resource: net::ERR_"+test.line+"\n", "CORS request did not succeed")
	}
	// What is not HTTP at all is the body of a response to one browser.
	out := corsim(t, exitBlocked, "check", "--from", app, odd.URL, "--browser", "chromium,firefox")
	contains(t, out, "    no answer: what came is not HTTP (", "net::ERR_INVALID_HTTP_RESPONSE\n", "‘Access-Control-Allow-Origin’ missing). Status code: 200.")
	contains(t, corsim(t, exitBlocked, "check", "--from", app, slow.URL, "--proxy", closed.URL, "--browser", "spec"), "no answer: the proxy cannot be reached (")
}

// What was saved of live servers is replayed offline, with the same verdicts.
func TestSavedIsReplayed(t *testing.T) {
	other := serve(t, (*httptest.Server).Start, ok)
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "seen=1")
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, other.URL+"/there", http.StatusFound)
		case "/refused":
			w.Header().Del("Access-Control-Allow-Origin")
			w.WriteHeader(http.StatusInternalServerError)
		case "/drop":
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		case "/odd":
			c, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n")
			c.Close()
		case "/image":
			w.Header().Set("X-Odd", "\xE9")
			io.WriteString(w, "\x89PNG\r\n\x1a\n\xFF")
		}
	})
	secure := serve(t, (*httptest.Server).StartTLS, ok)
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, test := range []struct {
		status int
		args   []string
	}{
		{exitOK, []string{s.URL + "/"}},
		{exitOK, []string{s.URL + "/?a=1#f", "-X", "PUT", "-d", "hello", "-H", "Content-Type: application/json"}},
		{exitBlocked, []string{s.URL + "/", "-X", "PATCH"}},
		{exitBlocked, []string{s.URL + "/refused"}},
		{exitOK, []string{s.URL + "/redirect", "--cookie", "a=1; SameSite=None; Secure", "--credentials", "include"}},
		{exitBlocked, []string{s.URL + "/drop"}},
		{exitBlocked, []string{s.URL + "/drop", "-X", "DELETE"}},
		{exitBlocked, []string{s.URL + "/odd"}},
		{exitBlocked, []string{s.URL + "/odd", "-X", "DELETE"}},
		{exitBlocked, []string{secure.URL + "/"}},
		{exitBlocked, []string{closed.URL + "/", "-X", "PUT"}},
		{exitOK, []string{secure.URL + "/", "--insecure", "-X", "PUT", "-d", "\u00e9"}},
		{exitOK, []string{"--curl", "curl " + s.URL + "/ -b a=1 -d $'a\\xC3\\xA9'"}},
	} {
		for _, ext := range []string{".txtar", ".json"} {
			file := filepath.Join(t.TempDir(), "saved"+ext)
			args := append([]string{"check", "--from", app, "--save", file}, test.args...)
			out := corsim(t, test.status, args...)
			if strings.Contains(out, "expects nothing") {
				t.Errorf("%q\n%s", args, out)
			}
			s.took()
			contains(t, corsim(t, exitOK, "run", file), "1 file, 3 expectations, all met")
			sameLines(t, s.took())
		}
	}

	// An image is bytes, which the form for people has, and JSON does not.
	dir := t.TempDir()
	corsim(t, exitOK, "check", "--from", app, "--api", "img", s.URL+"/image", "--save", filepath.Join(dir, "a.txtar"))
	corsim(t, exitOK, "run", filepath.Join(dir, "a.txtar"))
	contains(t, corsim(t, exitUsage, "check", "--from", app, "--api", "img", s.URL+"/image", "--save", filepath.Join(dir, "a.json")), "hint: save it as .txtar")
}

// A scenario has one answer for each URL. What got others is not in it, and it is said.
func TestSaveSaysWhatAFileCannotHold(t *testing.T) {
	n := 0
	s := serve(t, (*httptest.Server).Start, func(w http.ResponseWriter, r *http.Request) {
		if n++; n > 1 {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	file := filepath.Join(t.TempDir(), "a.txtar")
	out := corsim(t, exitOK, "check", "--from", app, s.URL+"/", "--save", file, "--browser", "chromium,webkit")
	contains(t, out, "Note: "+file+" has one answer for each URL, and expects nothing of webkit, which got others; --browser saves one browser's.")
	contains(t, corsim(t, exitOK, "run", file), "1 expectation, all met")
}

func TestLiveBadUsage(t *testing.T) {
	start := time.Now()
	for _, test := range []struct {
		args string
		want string
	}{
		{"--timeout soon", `invalid value "soon" for flag -timeout: want a time such as 10s or 1m`},
		{"--timeout -1", "want a time such as 10s or 1m"},
		{"--resolve api.example.com", `--resolve is "api.example.com"; want HOST:PORT:ADDRESS, such as api.example.com:443:127.0.0.1`},
		{"--resolve a:b:127.0.0.1", "want HOST:PORT:ADDRESS"},
		{"--resolve a:80:b", "want HOST:PORT:ADDRESS"},
		{"--proxy gopher://x", `--proxy is "gopher://x"; want a URL such as http://127.0.0.1:8080`},
		{"--save a.txt", `--save is "a.txt"; want a file that ends in .txtar, for people, or in .json, for programs`},
		{"--save none/a.json", "--save: stat none: no such file or directory"},
		{"--insecure --answer example", "--answer and --insecure stand together; with --answer no server is asked"},
		{"--cookie a", `--cookie is "a"; want NAME=VALUE, and attributes if there are any`},
		{"--as hurl --answer example", "--as hurl and --answer stand together; --as prints requests, and needs no answer"},
		{"--as hurl --save a.json", "--as hurl and --save stand together; --as prints requests, and there is nothing to save"},
		{"--as hurl --json", "--as hurl and --json stand together; --as prints no verdict"},
		{"--as hurl --timeout 1s", "--as hurl and --timeout stand together; --as asks no server"},
		{"--as curly", `--as is "curly"; did you mean curl?`},
	} {
		args := append([]string{"check", "--from", app, "http://127.0.0.1:1/"}, strings.Fields(test.args)...)
		contains(t, corsim(t, exitUsage, args...), test.want)
	}
	contains(t, corsim(t, exitUsage, "check", "--from", app, "data:,", "--cookie", "a=1"), "only http and https servers have cookies")
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v; bad flags are found before anything is asked", d)
	}
}
