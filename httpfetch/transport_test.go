package httpfetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

const pageOrigin = "https://app.example.com"

// allowing lets the page do everything, and keeps a log of what it is asked.
type allowing struct {
	http.Handler
	mu  sync.Mutex
	log []string
}

func (a *allowing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.log = append(a.log, r.Method+" "+r.RequestURI)
	a.mu.Unlock()
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	if r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
		h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	a.Handler.ServeHTTP(w, r)
}

func (a *allowing) asked() string { return strings.Join(a.log, ", ") }

func serve(t *testing.T, h http.HandlerFunc) (*allowing, *httptest.Server) {
	a := &allowing{Handler: h}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return a, server
}

func newRequest(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPreflightIsSentOnceAndKept(t *testing.T) {
	a, server := serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	client := &http.Client{Transport: &httpfetch.Transport{Page: pageOrigin, Browser: personality.Chromium156}}
	for range 2 {
		r := newRequest(t, "PUT", server.URL+"/things?x=%zz", strings.NewReader("hello"))
		r.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != "hello" || resp.StatusCode != 200 {
			t.Errorf("got %d %q, %v", resp.StatusCode, body, err)
		}
		resp.Body.Close()
	}
	if want := "OPTIONS /things?x=%zz, PUT /things?x=%zz, PUT /things?x=%zz"; a.asked() != want {
		t.Errorf("asked %s; want %s", a.asked(), want)
	}
}

func TestBlockIsAnErrorOfItsOwn(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, browser := range personality.All() {
		client := &http.Client{Transport: &httpfetch.Transport{Page: "http://app.example.com", Browser: browser}}
		_, err := client.Get(server.URL)
		block := (*engine.Block)(nil)
		blocked := (*httpfetch.Blocked)(nil)
		if !errors.As(err, &block) || !errors.As(err, &blocked) {
			t.Fatalf("%s: %v is no block", browser.Name, err)
		}
		if block.Code != engine.CodeAllowOriginMissing || blocked.Browser != browser.Name || block.Status != 404 {
			t.Errorf("%s: %+v", browser.Name, block)
		}
		if browser != personality.Spec && (len(blocked.Console) == 0 || !strings.Contains(err.Error(), blocked.Console[0])) {
			t.Errorf("%s: %q does not have the console line of %q", browser.Name, err, blocked.Console)
		}
	}
}

func TestOnlyExposedHeadersAreSeen(t *testing.T) {
	_, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Expose-Headers", "X-Seen")
		w.Header().Set("X-Seen", "1")
		w.Header().Set("X-Hidden", "1")
		w.Header().Set("Set-Cookie", "a=b")
	})
	client := &http.Client{Transport: &httpfetch.Transport{Page: pageOrigin}}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("X-Seen") != "1" || resp.Header.Get("X-Hidden") != "" || resp.Header.Get("Set-Cookie") != "" {
		t.Errorf("script sees %v", resp.Header)
	}
}

func TestRedirectsAreFollowedAsABrowserDoes(t *testing.T) {
	a, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/303":
			http.Redirect(w, r, "/end", http.StatusSeeOther)
		case "/307":
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
		default:
			io.Copy(w, r.Body)
		}
	})
	client := &http.Client{Transport: &httpfetch.Transport{Page: pageOrigin}}
	for _, c := range []struct{ path, body, asked string }{
		{"/303", "", "OPTIONS /303, PUT /303, GET /end"},
		{"/307", "hello", "OPTIONS /307, PUT /307, OPTIONS /end, PUT /end"},
	} {
		a.log = nil
		resp, err := client.Do(newRequest(t, "PUT", server.URL+c.path, strings.NewReader("hello")))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != c.body || a.asked() != c.asked || resp.Request.URL.String() != server.URL+"/end" {
			t.Errorf("%s: got %q from %s, asked %s", c.path, body, resp.Request.URL, a.asked())
		}
	}

	_, err := client.Do(newRequest(t, "PUT", server.URL+"/307", io.MultiReader(strings.NewReader("once"))))
	if err == nil || !strings.Contains(err.Error(), "GetBody") {
		t.Errorf("a body that can be read once: %v", err)
	}

	client.Transport = &httpfetch.Transport{Page: pageOrigin, Redirect: fetchspec.RedirectManual}
	resp, err := client.Get(server.URL + "/303")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 0 || len(resp.Header) != 0 {
		t.Errorf("an opaque redirect has status %d and headers %v", resp.StatusCode, resp.Header)
	}
}

// TestCookiesGoByTheCredentialsMode asks a server that tells the cookies it gets, and sets one.
func TestCookiesGoByTheCredentialsMode(t *testing.T) {
	_, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "set", Value: "1"})
		fmt.Fprint(w, r.Header.Get("Cookie"))
	})
	for _, c := range []struct {
		page        string
		credentials fetchspec.Credentials
		jar         bool
		want        []string
	}{
		{pageOrigin, fetchspec.CredentialsInclude, true, []string{"", "set=1"}},
		{pageOrigin, fetchspec.CredentialsSameOrigin, true, []string{"", ""}},
		{pageOrigin, "", true, []string{"", ""}},
		{server.URL, "", true, []string{"", "set=1"}},
		{server.URL, fetchspec.CredentialsOmit, true, []string{"", ""}},
		{server.URL, "", false, []string{"", "set=1"}},
		// The browser's own store keeps cookies of other sites from the page, here by SameSite.
		{pageOrigin, fetchspec.CredentialsInclude, false, []string{"", ""}},
	} {
		transport := &httpfetch.Transport{Page: c.page, Browser: personality.Chromium156, Credentials: c.credentials}
		if c.jar {
			transport.Jar, _ = cookiejar.New(nil)
		}
		for i, want := range c.want {
			resp, err := (&http.Client{Transport: transport}).Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if string(body) != want {
				t.Errorf("%+v: request %d has the cookies %q, want %q", c, i+1, body, want)
			}
		}
	}
}

func TestBodiesStream(t *testing.T) {
	rest := make(chan string)
	_, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		first := make([]byte, 1)
		io.ReadFull(r.Body, first)
		http.NewResponseController(w).EnableFullDuplex()
		w.Write(first)
		w.(http.Flusher).Flush()
		io.Copy(w, r.Body)
	})
	r, w := io.Pipe()
	go func() {
		io.WriteString(w, "a")
		io.WriteString(w, <-rest)
		w.Close()
	}()
	client := &http.Client{Transport: &httpfetch.Transport{Page: pageOrigin}}
	resp, err := client.Do(newRequest(t, "POST", server.URL, r))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 1)
	io.ReadFull(resp.Body, first)
	rest <- "bc" // only after the response has begun
	body, err := io.ReadAll(resp.Body)
	if got := string(first) + string(body); got != "abc" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestContextEndsTheRequest(t *testing.T) {
	started := make(chan bool)
	_, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		started <- true
		<-r.Context().Done()
	})
	transport := &httpfetch.Transport{Page: pageOrigin, Browser: personality.Firefox153}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	_, err := (&http.Client{Transport: transport}).Do(newRequest(t, "GET", server.URL, nil).WithContext(ctx))
	block := (*engine.Block)(nil)
	if !errors.Is(err, context.Canceled) || !errors.As(err, &block) {
		t.Errorf("got %v", err)
	}
}

// TestOthersGoOnWhileOneWaits holds that a slow answer keeps no other request of the page waiting.
func TestOthersGoOnWhileOneWaits(t *testing.T) {
	release := make(chan bool)
	_, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
	})
	client := &http.Client{Transport: &httpfetch.Transport{Page: pageOrigin}, Timeout: 10 * time.Second}
	done := make(chan error)
	go func() { done <- get(client, server.URL+"/slow") }()
	for range 3 {
		if err := get(client, server.URL+"/fast"); err != nil {
			t.Error(err)
		}
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func get(client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func TestManyAtOnce(t *testing.T) {
	_, server := serve(t, func(http.ResponseWriter, *http.Request) {})
	client := &http.Client{Transport: &httpfetch.Transport{Page: "http://app.example.com", Browser: personality.WebKit250, Credentials: fetchspec.CredentialsInclude}}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			r, err := http.NewRequest("PUT", fmt.Sprintf("%s/%d", server.URL, i%4), bytes.NewReader([]byte("x")))
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := client.Do(r)
			if err == nil {
				resp.Body.Close()
			} else {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestPanicOfTheBaseLeavesTheTransportUsable(t *testing.T) {
	fail := true
	transport := &httpfetch.Transport{Page: pageOrigin, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
		if fail {
			panic("no")
		}
		return nil, errors.New("no answer")
	})}
	func() {
		defer func() { recover() }()
		transport.RoundTrip(newRequest(t, "GET", "https://api.example.com/", nil))
	}()
	fail = false
	if _, err := transport.RoundTrip(newRequest(t, "GET", "https://api.example.com/", nil)); err == nil || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestBadUseSaysWhatToWrite(t *testing.T) {
	ok := newRequest(t, "GET", "https://api.example.com/", nil)
	other := newRequest(t, "GET", "https://api.example.com/", nil)
	other.Host = "elsewhere.example"
	for _, c := range []struct {
		transport *httpfetch.Transport
		request   *http.Request
		want      string
	}{
		{&httpfetch.Transport{}, ok, `Page of a Transport is ""; want the URL of the page, such as https://app.example.com`},
		{&httpfetch.Transport{Page: "app.example.com"}, ok, "want the URL of the page"},
		{&httpfetch.Transport{Page: pageOrigin, API: fetchspec.APIImage}, ok, "want fetch or xhr"},
		{&httpfetch.Transport{Page: pageOrigin}, other, "a page cannot set Host"},
		{&httpfetch.Transport{Page: pageOrigin}, &http.Request{Method: "GET"}, "no URL"},
	} {
		if _, err := c.transport.RoundTrip(c.request); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v; want an error that has %q", err, c.want)
		}
	}
}

func TestNetworkReadsTheStartOfWhatElementsLoad(t *testing.T) {
	_, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/gif")
		io.WriteString(w, "GIF89a")
		w.Write(make([]byte, 1<<20))
	})
	for _, browser := range []*personality.Personality{personality.Spec, personality.Chromium156, personality.Firefox153} {
		page := engine.Page{Origin: origin.MustParse(pageOrigin)}
		result := browser.UserAgent().Do(page, engine.Init{API: fetchspec.APIImage, URL: server.URL}, httpfetch.Network(http.DefaultTransport))
		if result.Block != nil {
			t.Errorf("%s: %v", browser.Name, result.Block)
		}
		if n := len(result.Exchanges[0].Response.Body); n != httpfetch.MaxPeek {
			t.Errorf("%s: read %d bytes of the body", browser.Name, n)
		}
	}
}

// TestHTTP2IsNoticed holds that the engine learns of HTTP/2 by the answer.
func TestHTTP2IsNoticed(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	result := personality.Firefox153.UserAgent().Do(engine.Page{Origin: origin.MustParse(pageOrigin)},
		engine.Init{API: fetchspec.APIFetch, URL: server.URL}, httpfetch.Network(server.Client().Transport))
	if result.Block != nil || !result.Exchanges[0].HTTP2 || result.Exchanges[0].Response.StatusMessage != "" {
		t.Errorf("%v, %+v", result.Block, result.Exchanges)
	}
}
