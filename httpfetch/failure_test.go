package httpfetch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/origin"
)

// failureOf asks for a URL, and returns what the engine learns of its not being answered.
func failureOf(t *testing.T, url string, rt http.RoundTripper) (engine.Failure, error) {
	t.Helper()
	wire := httpfetch.Network(rt)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	wire.Context = ctx
	result := (&engine.UserAgent{}).Do(engine.Page{Origin: origin.MustParse(pageOrigin)}, engine.Init{URL: url}, wire)
	if len(result.Exchanges) != 1 || result.Exchanges[0].Err == nil {
		t.Fatalf("%s: %v; want one request without an answer", url, result.Block)
	}
	return result.Exchanges[0].Failure, result.Exchanges[0].Err
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestFailuresOfErrors(t *testing.T) {
	for _, test := range []struct {
		err  error
		want engine.Failure
	}{
		{&net.DNSError{Name: "api.example.com", IsNotFound: true}, engine.FailureUnresolved},
		{&net.DNSError{Name: "api.example.com", IsTimeout: true}, engine.FailureUnresolved},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, engine.FailureRefused},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, engine.FailureUnreachable},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ETIMEDOUT)}, engine.FailureTimeout},
		{&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, engine.FailureClosed},
		{syscall.ECONNRESET, engine.FailureReset},
		{os.ErrDeadlineExceeded, engine.FailureTimeout},
		{context.DeadlineExceeded, engine.FailureTimeout},
		{context.Canceled, engine.FailureClosed},
		{io.EOF, engine.FailureClosed},
		{errors.New("something else"), engine.FailureClosed},
	} {
		f, err := failureOf(t, "https://api.example.com/", roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("asking: %w", test.err)
		}))
		if f != test.want || !errors.Is(err, test.err) {
			t.Errorf("%v: %q; want %q, and the error in it", test.err, f, test.want)
		}
	}
}

func TestFailuresOfServers(t *testing.T) {
	answer := func(with func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Read(make([]byte, 4096))
				with(c)
				c.Close()
			}
		}()
		return l.Addr().String()
	}
	say := func(what string) string { return answer(func(c net.Conn) { io.WriteString(c, what) }) }
	reset := answer(func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) })
	silent := say("")
	none, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	none.Close()
	broken := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	broken.EnableHTTP2 = true
	broken.Config.ErrorLog = log.New(io.Discard, "", 0)
	broken.StartTLS()
	defer broken.Close()
	for _, test := range []struct {
		url  string
		want engine.Failure
	}{
		{"http://" + none.Addr().String(), engine.FailureRefused},
		{"http://" + silent, engine.FailureClosed},
		{"https://" + silent, engine.FailureTLSClosed},
		{"http://" + reset, engine.FailureReset},
		{"http://" + say("SSH-2.0-OpenSSH_9.2\r\n"), engine.FailureMalformed},
		{"https://" + say("HTTP/1.1 400 Bad Request\r\n\r\n"), engine.FailureNotTLS},
		{"https://" + say("SSH-2.0-OpenSSH_9.2\r\n"), engine.FailureNotTLS},
		{"https://" + say("\x15\x03\x01\x00\x02\x02\x46"), engine.FailureTLSVersion},
		{"https://" + say("\x15\x03\x01\x00\x02\x02\x28"), engine.FailureTLSVersion},
		{broken.URL, engine.FailureHTTP2},
	} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
		if f, err := failureOf(t, test.url, transport); f != test.want {
			t.Errorf("%s: %q of %v; want %q", test.url, f, err, test.want)
		}
		transport.CloseIdleConnections()
	}
}

// TestFailuresOfCertificates has certificates with up to three things wrong, of which browsers name one.
func TestFailuresOfCertificates(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	certify := func(template, parent *x509.Certificate) *x509.Certificate {
		template.SerialNumber = big.NewInt(now.UnixNano())
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	ca := &x509.Certificate{NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true}
	ca = certify(ca, ca)
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for _, test := range []struct {
		trusted, named, current bool
		want                    engine.Failure
	}{
		{trusted: true, named: true, want: engine.FailureDate},
		{trusted: true, current: true, want: engine.FailureName},
		{trusted: true, want: engine.FailureName},
		{named: true, current: true, want: engine.FailureAuthority},
		{want: engine.FailureAuthority},
	} {
		leaf := &x509.Certificate{DNSNames: []string{"other.example"}, NotBefore: now.AddDate(0, -2, 0), NotAfter: now.AddDate(0, -1, 0)}
		if test.named {
			leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
		}
		if test.current {
			leaf.NotAfter = now.AddDate(0, 1, 0)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certify(leaf, ca).Raw}, PrivateKey: key}}}
		server.StartTLS()
		defer server.Close()
		config := &tls.Config{RootCAs: roots}
		if !test.trusted {
			config.RootCAs = x509.NewCertPool()
		}
		if f, err := failureOf(t, server.URL, &http.Transport{TLSClientConfig: config}); f != test.want {
			t.Errorf("%+v: %q of %v", test, f, err)
		}
	}
}
