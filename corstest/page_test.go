package corstest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

func TestPageOfASentence(t *testing.T) {
	page := corstest.New(http.HandlerFunc(things)).Page(t, app)
	page.Put("/things/1").JSON(map[string]int{"n": 1}).WithCredentials().MustBeAllowed().MustRead("X-Request-Id").MustNotRead("X-Internal").MustPreflight()
	page.Get("/things/1").Expect(200).MustBeAllowed().MustNotPreflight()
	page.Delete("/things/1").Header("Authorization", "Bearer token").XHR().MustBeAllowed()
	page.Get("/things/404").Expect(404).MustBeAllowed()
	page.Patch("/things/1").MustBeBlocked()
	page.Patch("/things/1").MustNotBeSent()
	page.Post("/things").Mode(fetchspec.ModeNoCORS).MustNotBeReadable()
	page.Load(fetchspec.APIScript, "/things").CrossOrigin("use-credentials").MustBeAllowed()
}

func TestEveryAssertionCanFail(t *testing.T) {
	ok := func(p *corstest.Page) corstest.Request { return p.Get("/things/1") }
	for _, c := range []struct {
		name string
		test func(*corstest.Page)
		want string
	}{
		{"allowed", func(p *corstest.Page) { p.Patch("/x").MustBeAllowed() }, "PATCHes /x: blocked in chromium, firefox, webkit; want allowed"},
		{"blocked", func(p *corstest.Page) { ok(p).MustBeBlocked() }, "allowed in chromium, firefox, webkit; want blocked"},
		{"unreadable", func(p *corstest.Page) { ok(p).MustNotBeReadable() }, "want not readable"},
		{"unsent", func(p *corstest.Page) { ok(p).MustNotBeSent() }, "want blocked by its preflight"},
		{"read", func(p *corstest.Page) { ok(p).MustBeAllowed().MustRead("X-Internal") }, `Access-Control-Expose-Headers, which is "X-Request-Id", does not list it`},
		{"read what is not there", func(p *corstest.Page) { ok(p).MustBeAllowed().MustRead("X-None") }, "The server did not send X-None"},
		{"read cookie", func(p *corstest.Page) { ok(p).MustBeAllowed().MustRead("Set-Cookie") }, "Script can never read Set-Cookie"},
		{"read opaque", func(p *corstest.Page) { ok(p).Mode(fetchspec.ModeNoCORS).MustBeAllowed().MustRead("X-Request-Id") }, "The response is opaque"},
		{"not read", func(p *corstest.Page) { ok(p).MustBeAllowed().MustNotRead("X-Request-Id") }, "it must not be able to"},
		{"not read safelisted", func(p *corstest.Page) { ok(p).MustBeAllowed().MustNotRead("Content-Type") }, "safelisted response header"},
		{"status", func(p *corstest.Page) { ok(p).Expect(404).MustBeAllowed() }, "status 200 in chromium, firefox, webkit; want status 404"},
		{"page that is not there", func(p *corstest.Page) { p.Get("/things/404").MustBeAllowed() }, "it is the error page: it proves nothing of the route"},
		{"preflight", func(p *corstest.Page) { ok(p).MustBeAllowed().MustPreflight() }, "sends no preflight; it must"},
		{"no preflight", func(p *corstest.Page) { p.Put("/things/1").MustBeAllowed().MustNotPreflight() }, "sends a preflight; it must not"},
		{"opaque is not blocked", func(p *corstest.Page) { ok(p).Mode(fetchspec.ModeNoCORS).MustBeBlocked() }, "CORS has no say"},
		{"never made", func(p *corstest.Page) { p.Put("/things/1").JSON(1) }, "was begun and never made; end it with MustBeAllowed"},
		{"one failure only", func(p *corstest.Page) { p.Patch("/x").MustBeAllowed().MustRead("X-Internal") }, "PATCHes /x"},
	} {
		f := try(func(tb testing.TB) { c.test(corstest.New(http.HandlerFunc(things)).Page(tb, app)) })
		if len(f.log) != 1 || !strings.Contains(f.said(), c.want) || f.fatal {
			t.Errorf("%s: %d failures:\n%s\nwant one that has %q", c.name, len(f.log), f.said(), c.want)
		}
	}
}

func TestSentAllTheSame(t *testing.T) {
	f := try(func(tb testing.TB) {
		corstest.New(http.HandlerFunc(things)).Page(tb, "https://evil.example").Post("/things").Body("x").MustNotBeSent()
	})
	if !strings.Contains(f.said(), "The server has executed the request") || !strings.Contains(f.said(), "http.CrossOriginProtection") {
		t.Errorf("got %s", f.said())
	}
}

func TestPageRemembers(t *testing.T) {
	login := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Secure: true, MaxAge: 3600})
		}
		things(w, r)
		fmt.Fprint(w, r.Header.Get("Cookie"))
	})
	page := corstest.New(login).Page(t, app)
	cookie := func(a *corstest.Answer) string {
		e := a.Visits[0].Result.Exchanges
		v, _ := e[len(e)-1].Request.Headers.Get("Cookie")
		return v
	}
	page.Post("/login").WithCredentials().MustBeAllowed()
	if got := cookie(page.Get("/things").WithCredentials().MustBeAllowed()); got != "session=1" {
		t.Errorf("the page sends the cookies %q", got)
	}
	if got := cookie(page.Get("/things").MustBeAllowed()); got != "" {
		t.Errorf("without credentials the page sends the cookies %q", got)
	}
	page.Put("/things/1").MustBeAllowed().MustPreflight()
	page.Put("/things/1").MustBeAllowed().MustNotPreflight()
	page.Wait(2 * time.Hour)
	page.Put("/things/1").MustBeAllowed().MustPreflight()
	if got := cookie(page.Get("/things").WithCredentials().MustBeAllowed()); got != "" {
		t.Errorf("an expired cookie is sent: %q", got)
	}
	page.SetCookies("theme=dark; Secure; SameSite=None")
	if got := cookie(page.Get("/things").WithCredentials().MustBeAllowed()); got != "theme=dark" {
		t.Errorf("the page sends the cookies %q", got)
	}
}

func TestBadUseFailsAtOnce(t *testing.T) {
	good := http.HandlerFunc(things)
	for _, c := range []struct {
		name string
		test func(testing.TB)
		want []string
	}{
		{"nil handler", func(tb testing.TB) { corstest.New(nil).Page(tb, app) }, []string{"the handler is nil", "give corstest.New the handler"}},
		{"no handler", func(tb testing.TB) { (&corstest.Server{}).Page(tb, app) }, []string{"neither a handler nor a URL", "corstest.New(handler)"}},
		{"relative base", func(tb testing.TB) { corstest.At("/api").Page(tb, app) }, []string{`the server's URL is "/api"`, "with its scheme"}},
		{"user in base", func(tb testing.TB) { corstest.At("https://u:p@a.example").Page(tb, app) }, []string{"user name"}},
		{"origin with a path", func(tb testing.TB) { corstest.New(good).Page(tb, app+"/index.html") }, []string{`"https://app.example.com/index.html"`, "such as https://app.example.com"}},
		{"origin without scheme", func(tb testing.TB) { corstest.New(good).Page(tb, "app.example.com") }, []string{`"app.example.com"`, "write the scheme"}},
		{"scheme of no page", func(tb testing.TB) { corstest.New(good).Page(tb, "ftp://app.example.com") }, []string{"not modelled"}},
		{"method with a space", func(tb testing.TB) { corstest.New(good).Page(tb, app).Request("PUT /x", "/x").MustBeAllowed() }, []string{`"PUT /x"`, "the path goes into URL"}},
		{"no URL", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("").MustBeAllowed() }, []string{`the URL of the case is ""`, "such as /things/1"}},
		{"bad URL", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("https://a b/").MustBeAllowed() }, []string{`"https://a b/"`}},
		{"credentials mode", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("/").Credentials("always").MustBeAllowed() }, []string{`credentials mode of the case is "always"`, "omit, same-origin, include"}},
		{"mode", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("/").Mode("nocors").MustBeAllowed() }, []string{"cors, no-cors, same-origin"}},
		{"redirect mode", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("/").Redirect("no").MustBeAllowed() }, []string{"follow, error, manual"}},
		{"API", func(tb testing.TB) { corstest.New(good).Page(tb, app).Load("image", "/").MustBeAllowed() }, []string{`"image"`, "img"}},
		{"header name", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("/").Header("X-A: b", "").MustBeAllowed() }, []string{`"X-A: b"`, "without a colon"}},
		{"header value", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("/").Header("X-A", "a\nb").MustBeAllowed() }, []string{"line break"}},
		{"JSON", func(tb testing.TB) { corstest.New(good).Page(tb, app).Post("/").JSON(func() {}).MustBeAllowed() }, []string{"cannot be encoded"}},
		{"two bodies", func(tb testing.TB) { corstest.New(good).Page(tb, app).Post("/").JSON(1).Body("x").MustBeAllowed() }, []string{"both JSON and a Body"}},
		{"element with headers", func(tb testing.TB) {
			corstest.New(good).Page(tb, app).Load("img", "/").Header("X-A", "b").MustBeAllowed()
		}, []string{"an element sends GET"}},
		{"crossorigin of fetch", func(tb testing.TB) {
			corstest.New(good).Page(tb, app).Get("/").CrossOrigin("anonymous").MustBeAllowed()
		}, []string{"of no element"}},
		{"mode of XHR", func(tb testing.TB) { corstest.New(good).Page(tb, app).Get("/").XHR().Mode("cors").MustBeAllowed() }, []string{"XMLHttpRequest"}},
		{"read of blocked", func(tb testing.TB) { corstest.New(good).Page(tb, app).Patch("/x").MustBeBlocked().MustRead("X-A") }, []string{"ask it after MustBeAllowed"}},
		{"cookie", func(tb testing.TB) { corstest.New(good).Page(tb, app).SetCookies("session") }, []string{`the cookie is "session"`}},
		{"cookie refused", func(tb testing.TB) { corstest.New(good).Page(tb, app).SetCookies("a=b; SameSite=None") }, []string{"does not take"}},
		{"no routes", func(tb testing.TB) { corstest.Routes(tb, corstest.New(good), corstest.Case{Origin: app}) }, []string{"there are no routes"}},
		{"route", func(tb testing.TB) { corstest.Routes(tb, corstest.New(good), corstest.Case{Origin: app}, "things") }, []string{`"things"`, "http.ServeMux"}},
		{"route at home", func(tb testing.TB) {
			corstest.Routes(tb, corstest.New(good), corstest.Case{Origin: corstest.DefaultURL}, "/x")
		}, []string{"another origin"}},
		{"no error paths", func(tb testing.TB) { corstest.ErrorPaths(tb, corstest.New(good), corstest.Case{Origin: app}) }, []string{"corstest.Around"}},
		{"error path", func(tb testing.TB) { corstest.ErrorPaths(tb, corstest.New(good), corstest.Case{Origin: app}, "/x") }, []string{"405 DELETE /things"}},
		{"error path of 200", func(tb testing.TB) { corstest.ErrorPaths(tb, corstest.New(good), corstest.Case{Origin: app}, "200 /x") }, []string{`"200 /x"`}},
		{"nil middleware", func(tb testing.TB) { corstest.ErrorPaths(tb, corstest.Around(nil), corstest.Case{Origin: app}) }, []string{"nil"}},
	} {
		f := try(c.test)
		if !f.fatal || len(f.log) != 1 {
			t.Errorf("%s: fatal %v:\n%s", c.name, f.fatal, f.said())
		}
		for _, want := range c.want {
			if !strings.Contains(f.said(), want) {
				t.Errorf("%s: got\n%s\nwant %q in it", c.name, f.said(), want)
			}
		}
	}
}

// TestMemoryIsLikeAServer compares what pages get of a handler in memory with what they get over the network.
func TestMemoryIsLikeAServer(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Expose-Headers", "*")
		switch r.URL.Path {
		case "/nothing":
		case "/status":
			w.WriteHeader(http.StatusTeapot)
			io.WriteString(w, "<html>short and stout")
		case "/early":
			w.WriteHeader(http.StatusEarlyHints)
			io.WriteString(w, "late")
		case "/flushed":
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			io.WriteString(w, "b")
		case "/no-content":
			w.WriteHeader(http.StatusNoContent)
		case "/twice":
			w.WriteHeader(http.StatusAccepted)
			w.Header().Set("X-Late", "1")
			w.WriteHeader(http.StatusOK)
		case "/long":
			w.Write(make([]byte, 1<<16))
		case "/redirect":
			http.Redirect(w, r, "/status?"+r.Method, http.StatusFound)
		case "/panic":
			panic(http.ErrAbortHandler)
		case "/echo":
			body, _ := io.ReadAll(r.Body)
			fmt.Fprint(w, r.Method, r.Host, r.URL, r.RequestURI, r.ContentLength, string(body), r.Header["Content-Type"], r.Header["Origin"])
			w.Header().Set("X-TLS", "")
		}
	})
	over := listen(t, handler)
	for _, path := range []string{"/nothing", "/status", "/early", "/flushed", "/no-content", "/twice", "/long", "/redirect", "/panic", "/echo", "/echo?a=%zz;b", "/echo/%zz"} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			c := corstest.Case{Origin: app, Method: method, URL: path}
			if method == "POST" {
				c.Body = "hello"
			}
			memory := tell(t, corstest.New(handler).In(personality.Chromium156), c)
			network := tell(t, over.In(personality.Chromium156), c)
			if memory != network {
				t.Errorf("%s %s: in memory\n%s\nover the network\n%s", method, path, memory, network)
			}
		}
	}
}

// tell tells the script's view of a case, less the date.
func tell(t *testing.T, s *corstest.Server, c corstest.Case) string {
	t.Helper()
	visits, err := corstest.Ask(s, c)
	if err != nil {
		t.Fatal(err)
	}
	r := visits[0].Result
	text := fmt.Sprint(r.Response.Status)
	if r.Block != nil {
		text += string(r.Block.Code)
	}
	for _, h := range r.Response.Headers.SortAndCombine() {
		if h.Name != "date" {
			text += "\n" + h.Name + ": " + h.Value
		}
	}
	return text
}

func TestEndlessHandlersEnd(t *testing.T) {
	stopped := make(chan bool, 10)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch r.URL.Path {
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: 1\n\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/zeros":
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					break
				}
			}
		case "/waits":
			<-r.Context().Done()
		}
		stopped <- true
	})
	s := corstest.New(handler).In(personality.Firefox153)
	s.Timeout = 250 * time.Millisecond
	page := s.Page(t, app)
	page.Load(fetchspec.APIEventSource, "/events").MustBeAllowed()
	page.Get("/zeros").MustBeAllowed()
	f := try(func(tb testing.TB) { s.Page(tb, app).Get("/waits").MustBeBlocked() })
	if !strings.Contains(f.said(), "the handler gave no answer: context deadline exceeded") {
		t.Errorf("got %s", f.said())
	}
	for range 3 {
		<-stopped
	}
}

func TestRedirectsToOtherHosts(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, "https://login.example.org/", http.StatusFound)
	})
	f := try(func(tb testing.TB) { corstest.New(handler).Page(tb, app).Get("/").MustBeBlocked() })
	if !strings.Contains(f.said(), "nobody answers for login.example.org in memory; give the Server a handler for it in Others") {
		t.Errorf("got %s", f.said())
	}
	s := corstest.New(handler)
	s.Others = map[string]http.Handler{"login.example.org": http.NotFoundHandler()}
	s.Page(t, app).Get("/").MustBeBlocked()
}
