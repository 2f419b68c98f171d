package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/corsim/corsim/scenario"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/proxy"
)

// start starts a server, and returns a function that connects to a host through it.
func start(t *testing.T) (*Server, func(address string) net.Conn, *x509.CertPool) {
	t.Helper()
	ca, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New("chromium", ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	dialer, err := proxy.SOCKS5("tcp", s.Proxy(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.certificate)
	return s, func(address string) net.Conn {
		t.Helper()
		c, err := dialer.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(10 * time.Second))
		return c
	}, roots
}

// page is a page that runs scenarios as little as can be: it asks what to do.
type page struct {
	t          *testing.T
	client     *http.Client
	base       string
	generation int
}

// openPage prepares for a scenario and opens the page as a browser would.
func openPage(t *testing.T, s *Server, sc *scenario.Scenario, client *http.Client) *page {
	t.Helper()
	url, err := s.Prepare(sc)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, client: client, base: resp.Request.URL.Scheme + "://" + resp.Request.URL.Host}
	_, config, ok := strings.Cut(string(body), "const config = ")
	if !ok {
		t.Fatalf("%s has no config:\n%s", url, body)
	}
	var c struct{ Generation int }
	if err := json.NewDecoder(strings.NewReader(config)).Decode(&c); err != nil {
		t.Fatal(err)
	}
	p.generation = c.Generation
	return p
}

// next asks what to do.
func (p *page) next() order {
	resp, err := p.client.Get(fmt.Sprintf("%s/__next?g=%d", p.base, p.generation))
	if err != nil {
		p.t.Error(err)
		return order{}
	}
	defer resp.Body.Close()
	var o order
	if err := json.NewDecoder(resp.Body).Decode(&o); err != nil {
		p.t.Error(err)
	}
	return o
}

func (p *page) result(id, js string) {
	resp, err := p.client.Post(fmt.Sprintf("%s/__result?g=%d", p.base, p.generation), "text/plain", strings.NewReader(fmt.Sprintf(`{"id":%q,"js":%s}`, id, js)))
	if err != nil {
		p.t.Error(err)
		return
	}
	resp.Body.Close()
}

// through returns a client whose requests go through the server.
func through(dial func(string) net.Conn, roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			c := dial(address)
			c.SetDeadline(time.Time{})
			return c, nil
		},
		TLSClientConfig: &tls.Config{RootCAs: roots},
	}}
}

func decode(t *testing.T, text string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// perform runs a scenario whose page does what do does.
func perform(t *testing.T, s *Server, p *page, sc *scenario.Scenario, do func()) *Seen {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if o := p.next(); o.Scenario == nil || o.Scenario.ID != sc.ID {
			t.Errorf("ordered %+v; want scenario %s", o, sc.ID)
		}
		do()
		p.result(sc.ID, `{"error":"x"}`)
	}()
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	seen, err := s.Play(ctx, sc)
	if err != nil {
		t.Fatal(err)
	}
	<-done
	return seen
}

func TestAnswersAreSentByteForByte(t *testing.T) {
	s, dial, roots := start(t)
	sc := decode(t, `{"id":"a","client":{"origin":"http://app.example.com"},"request":{"url":"http://api.example.com/s/a/x"},
		"server":{"http://api.example.com/s/a/x":{"preflight":{"status":204,"headers":[["access-control-ALLOW-origin"," * \t"]]},
			"response":{"status":200,"headers":[["X","\u00ff\u0001"],["x","2"],["Content-Length","3"]],"body":"h\u00e9"}},
		"http://api.example.com/s/a/gone":{"response":{"drop":true}}}}`)
	p := openPage(t, s, sc, through(dial, roots))
	var got []string
	seen := perform(t, s, p, sc, func() {
		c := dial("api.example.com:80")
		r := bufio.NewReader(c)
		read := func(n int) string {
			b := make([]byte, n)
			if _, err := io.ReadFull(r, b); err != nil {
				t.Error(err)
			}
			return string(b)
		}
		fmt.Fprintf(c, "OPTIONS /s/a/x HTTP/1.1\r\nHost: api.example.com\r\nACCESS-control-request-method: PUT\r\nUser-Agent: u\r\n\r\n")
		got = append(got, read(len("HTTP/1.1 204 No Content\r\naccess-control-ALLOW-origin:  * \t\r\n\r\n")))
		fmt.Fprintf(c, "PUT /s/a/x?q HTTP/1.1\r\nHost: api.example.com\r\nX-Odd:  \xe9 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
		got = append(got, read(len("HTTP/1.1 200 OK\r\nX: \xff\x01\r\nx: 2\r\nContent-Length: 3\r\n\r\nh\u00e9")))
		fmt.Fprintf(c, "HEAD /s/a/none HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
		got = append(got, read(len("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")))
		fmt.Fprintf(c, "GET /s/other/x HTTP/1.1\r\nHost: api.example.com\r\n\r\nGET /s/a/gone HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
		got = append(got, read(len("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")))
		if b, err := r.ReadByte(); err != io.EOF {
			t.Errorf("after a dropped request: %q, %v; want the end of the connection", b, err)
		}
	})
	want := []string{
		"HTTP/1.1 204 No Content\r\naccess-control-ALLOW-origin:  * \t\r\n\r\n",
		"HTTP/1.1 200 OK\r\nX: \xff\x01\r\nx: 2\r\nContent-Length: 3\r\n\r\nh\u00e9",
		"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("answers (-want +got):\n%s", d)
	}
	log := []scenario.WireRequest{
		{Method: "OPTIONS", URL: "http://api.example.com/s/a/x", Headers: [][]string{{"ACCESS-control-request-method", "PUT"}}},
		{Method: "PUT", URL: "http://api.example.com/s/a/x?q", Headers: [][]string{{"X-Odd", "\u00e9"}}},
		{Method: "HEAD", URL: "http://api.example.com/s/a/none", Headers: [][]string{}},
		{Method: "GET", URL: "http://api.example.com/s/a/gone", Headers: [][]string{}},
	}
	if d := cmp.Diff(log, seen.Requests); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	if string(seen.JS) != `{"error":"x"}` {
		t.Errorf("js %s", seen.JS)
	}
}

func TestHTTP2(t *testing.T) {
	s, dial, roots := start(t)
	sc := decode(t, `{"id":"h","http2":true,"client":{"origin":"https://app.example.com"},"request":{"url":"https://api.example.com/s/h/x"},
		"server":{"https://api.example.com/s/h/x":{"response":{"status":201,"headers":[["X-Two","1"],["X-Two"," 2 "]],"body":"`+strings.Repeat("b", 40000)+`"}},
		"https://api.example.com/s/h/gone":{"response":{"drop":true}}}}`)
	client := through(dial, roots)
	client.Transport.(*http.Transport).ForceAttemptHTTP2 = true
	p := openPage(t, s, sc, client)
	seen := perform(t, s, p, sc, func() {
		resp, err := client.Post("https://api.example.com/s/h/x", "text/plain", strings.NewReader(strings.Repeat("a", 200000)))
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || len(body) != 40000 || resp.StatusCode != 201 || resp.ProtoMajor != 2 {
			t.Errorf("%s %d with %d bytes, %v", resp.Proto, resp.StatusCode, len(body), err)
		}
		if d := cmp.Diff([]string{"1", "2"}, resp.Header["X-Two"]); d != "" {
			t.Errorf("X-Two (-want +got):\n%s", d)
		}
		if resp, err := client.Get("https://api.example.com/s/h/gone"); err == nil {
			resp.Body.Close()
			t.Errorf("a dropped request got %s", resp.Status)
		}
	})
	if len(seen.Requests) < 2 || seen.Requests[0].Method != "POST" || seen.Requests[0].URL != "https://api.example.com/s/h/x" {
		t.Errorf("requests %+v", seen.Requests)
	}
}

func TestPagesLeadToEachOther(t *testing.T) {
	s, dial, roots := start(t)
	client := through(dial, roots)
	first := decode(t, `{"id":"1","client":{"origin":"http://app.example.com"},"request":{"url":"/x"}}`)
	p := openPage(t, s, first, client)
	if url, err := s.Prepare(first); url != "" || err != nil {
		t.Errorf("a second scenario of the client: %q, %v; want the page to stay", url, err)
	}

	ordered := make(chan order)
	go func() { ordered <- p.next() }()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	second := decode(t, `{"id":"2","client":{"origin":"null","sandbox":true},"request":{"url":"/x"},
		"cookies":{"https://api.example.com/a":["a=1","b=\u00ff"]}}`)
	if _, err := s.Prepare(second); err != nil {
		t.Fatal(err)
	}
	if o := <-ordered; o.Go != "https://api.example.com/a" {
		t.Fatalf("ordered %+v; want the page to go where cookies are set", o)
	}
	resp, err := client.Get("https://api.example.com/a")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if d := cmp.Diff([]string{"a=1", "b=\xff"}, resp.Header["Set-Cookie"]); d != "" {
		t.Errorf("Set-Cookie (-want +got):\n%s", d)
	}
	if !strings.Contains(string(body), `location.replace("https://app.example.com/__run?b=chromium")`) {
		t.Errorf("the visit leads nowhere:\n%s", body)
	}
	resp, err = client.Get("https://app.example.com/__run?b=chromium")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("Content-Security-Policy"); got != "sandbox allow-scripts" {
		t.Errorf("Content-Security-Policy %q", got)
	}
	if o := p.next(); o != (order{}) {
		t.Errorf("a page that was left is told %+v; want it to end", o)
	}
}

func TestClientOf(t *testing.T) {
	for _, test := range []struct{ origin, rest, want string }{
		{"https://app.example.com", "", ""},
		{"null", `,"opaque":true`, ""},
		{"null", "", `client.origin is "null"`},
	} {
		sc := decode(t, fmt.Sprintf(`{"id":"1","client":{"origin":%q%s},"request":{"url":"/x"}}`, test.origin, test.rest))
		_, err := ClientOf(sc)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s%s: %v", test.origin, test.rest, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s%s: %v; want %s", test.origin, test.rest, err, test.want)
		}
	}
}

func TestHandshakeRefusesWhatIsNoSOCKS5(t *testing.T) {
	for _, sent := range []string{"GET / HTTP/1.1\r\n\r\n", "\x05\x01\x02", "\x05\x01\x00\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50", "\x05\x01\x00\x05\x01\x00\x09\x7f", "\x05\x01\x00\x05\x01\x00\x03\x05a%20b\x00\x50"} {
		if host, err := connectTarget(&scripted{r: strings.NewReader(sent)}); err == nil {
			t.Errorf("%q: taken for a wish to go to %q", sent, host)
		}
	}
}

// scripted is a connection that says one thing.
type scripted struct{ r io.Reader }

func (s *scripted) Read(p []byte) (int, error)  { return s.r.Read(p) }
func (s *scripted) Write(p []byte) (int, error) { return len(p), nil }

func TestReadRequestBounds(t *testing.T) {
	for _, test := range []struct{ sent, want string }{
		{"GET /\r\n\r\n", "request line"},
		{"GET / HTTP/1.1\r\nno colon\r\n\r\n", "no colon"},
		{"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "Content-Length"},
		{"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", "Content-Length"},
		{"GET / HTTP/1.1\r\nX: " + strings.Repeat("a", maxHead) + "\r\n\r\n", "unexpected EOF"},
		{"GET / HTTP/1.1\r\n" + strings.Repeat("X: "+strings.Repeat("a", 1000)+"\r\n", 1100) + "\r\n", "longer than"},
	} {
		_, err := readRequest(bufio.NewReader(strings.NewReader(test.sent)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.60q: %v; want %s", test.sent, err, test.want)
		}
	}
}
