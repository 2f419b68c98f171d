package browser

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// world is a SOCKS5 proxy that answers for every host itself, with TLS where the browser speaks it.
type world struct {
	net.Listener
	spki string

	ca    *x509.Certificate
	key   *ecdsa.PrivateKey
	conns chan net.Conn
	done  chan struct{}
	pages http.Handler
	mu    sync.Mutex
	asked map[string]int // host:port as sent to the proxy
	seen  chan string    // URLs with a path that starts with /seen, a space, the body and the cookies
}

func newWorld(t *testing.T, pages http.Handler) *world {
	t.Helper()
	w := &world{conns: make(chan net.Conn), done: make(chan struct{}), pages: pages, asked: map[string]int{}, seen: make(chan string, 100)}
	var err error
	check := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, w.key.Public(), w.key)
	check()
	w.ca, err = x509.ParseCertificate(der)
	check()
	sum := sha256.Sum256(w.ca.RawSubjectPublicKeyInfo)
	w.spki = base64.StdEncoding.EncodeToString(sum[:])
	w.Listener, err = net.Listen("tcp", "127.0.0.1:0")
	check()
	server := &http.Server{Handler: w}
	go func() { _ = server.Serve(connections{w}) }()
	go func() {
		for {
			c, err := w.Listener.Accept()
			if err != nil {
				return
			}
			go func() {
				if err := w.socks(c); err != nil {
					c.Close()
				}
			}()
		}
	}()
	t.Cleanup(func() { close(w.done); w.Listener.Close(); server.Close() })
	return w
}

// connections hands the connections that came through the proxy to the HTTP server.
type connections struct{ *world }

func (c connections) Accept() (net.Conn, error) {
	select {
	case conn := <-c.conns:
		return conn, nil
	case <-c.done:
		return nil, net.ErrClosed
	}
}

func (w *world) socks(c net.Conn) error {
	b := make([]byte, 262)
	if _, err := io.ReadFull(c, b[:2]); err != nil || b[0] != 5 {
		return fmt.Errorf("no SOCKS5: %v", err)
	}
	if _, err := io.ReadFull(c, b[:b[1]]); err != nil {
		return err
	}
	if _, err := c.Write([]byte{5, 0}); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, b[:5]); err != nil {
		return err
	}
	if b[3] != 3 {
		return fmt.Errorf("address type %d: names are to be resolved here", b[3])
	}
	name := make([]byte, int(b[4])+2)
	if _, err := io.ReadFull(c, name); err != nil {
		return err
	}
	host, port := string(name[:len(name)-2]), binary.BigEndian.Uint16(name[len(name)-2:])
	if _, err := c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil {
		return err
	}
	w.mu.Lock()
	w.asked[fmt.Sprint(host, ":", port)]++
	w.mu.Unlock()
	r := bufio.NewReader(c)
	first, err := r.Peek(1)
	if err != nil {
		return err
	}
	var conn net.Conn = peeked{c, r}
	if first[0] == 0x16 {
		conn = tls.Server(conn, &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) { return w.certificate(host) }})
	}
	select {
	case w.conns <- conn:
		return nil
	case <-w.done:
		return net.ErrClosed
	}
}

type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

func (w *world) certificate(host string) (*tls.Certificate, error) {
	leaf := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: w.ca.NotBefore, NotAfter: w.ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, w.ca, w.key.Public(), w.key)
	return &tls.Certificate{Certificate: [][]byte{der, w.ca.Raw}, PrivateKey: w.key}, err
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	url := scheme + "://" + r.Host + r.URL.RequestURI()
	if len(r.URL.Path) >= 5 && r.URL.Path[:5] == "/seen" {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		select {
		case w.seen <- url + " " + string(body) + r.Header.Get("Cookie"):
		default:
		}
	}
	w.pages.ServeHTTP(rw, r)
}
