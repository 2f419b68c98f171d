package failure

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"syscall"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/lab/server"
)

// host is where servers are; certificates are for it.
const host = "127.0.0.1"

// failing is a server that fails.
type failing struct {
	kind engine.Failure
	// allows says that it answers preflights, and fails afterwards.
	allows bool

	base     string
	listener net.Listener
	close    func()
}

// authorities are the one that is trusted, and another.
type authorities struct{ trusted, other *server.Authority }

// start starts a server that fails.
func (a authorities) start(kind engine.Failure, w way) (*failing, error) {
	f := &failing{kind: kind, allows: w.after, close: func() {}}
	switch {
	case kind == engine.FailureRefused && !w.after:
		_, _, err := f.bind()
		return f, err
	case kind == engine.FailureUnresolved:
		f.base = "http://name.invalid:8000"
		return f, nil
	case kind == engine.FailureUnreachable:
		f.base = "http://[100::1]:8000"
		return f, nil
	case kind == engine.FailureTimeout:
		return f, f.fill()
	}
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		return nil, err
	}
	f.listener, f.close = l, func() { l.Close() }
	config, err := a.config(kind, w.secure)
	if err != nil {
		return nil, err
	}
	answer, raw := rawAnswers[kind]
	f.base = "http://" + l.Addr().String()
	if raw || config != nil || kind == engine.FailureNotTLS {
		f.base = "https://" + l.Addr().String()
	}
	if raw {
		go answerAll(l, answer)
		return f, nil
	}
	s := &http.Server{Handler: f, ErrorLog: log.New(io.Discard, "", 0), TLSConfig: config}
	if kind != engine.FailureHTTP2 {
		s.Protocols = &http.Protocols{}
		s.Protocols.SetHTTP1(true)
	}
	f.close = func() { s.Close() }
	if config == nil {
		go s.Serve(l)
	} else {
		go s.ServeTLS(l, "", "")
	}
	return f, nil
}

// config is the TLS configuration of a kind of failure, nil for servers without TLS.
func (a authorities) config(kind engine.Failure, secure bool) (_ *tls.Config, err error) {
	c := &tls.Config{}
	var certificate *tls.Certificate
	switch {
	case kind == engine.FailureAuthority:
		certificate, err = a.other.Certificate(host)
	case kind == engine.FailureDate:
		certificate, err = a.trusted.Expired(host)
	case kind == engine.FailureName:
		certificate, err = a.trusted.Certificate("other.example")
	case kind == engine.FailureHTTP2, secure:
		certificate, err = a.trusted.Certificate(host)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.Certificates = []tls.Certificate{*certificate}
	return c, nil
}

// bind takes a port, which nothing listens at.
func (f *failing) bind() (fd int, address string, err error) {
	if fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0); err != nil {
		return 0, "", err
	}
	f.close = func() { syscall.Close(fd) }
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, "", err
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, "", err
	}
	address = net.JoinHostPort(host, strconv.Itoa(name.(*syscall.SockaddrInet4).Port))
	f.base = "http://" + address
	return fd, address, nil
}

// fill listens at a port and takes no more connections: what asks for one has no answer.
func (f *failing) fill() error {
	fd, address, err := f.bind()
	if err != nil {
		return err
	}
	if err := syscall.Listen(fd, 0); err != nil {
		return err
	}
	conn, err := net.Dial("tcp", address) // a backlog of 0 is one connection
	if err != nil {
		return fmt.Errorf("filling the backlog: %w", err)
	}
	f.close = func() { conn.Close(); syscall.Close(fd) }
	return nil
}

// rawAnswers are what servers say to the first record of a TLS handshake: nothing, or the record of a fatal alert,
// protocol_version.
var rawAnswers = map[engine.Failure]string{
	engine.FailureTLSClosed:  "",
	engine.FailureTLSVersion: "\x15\x03\x01\x00\x02\x02\x46",
}

// answerAll answers what comes on a connection first, and closes it.
func answerAll(l net.Listener, answer string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			c.Read(make([]byte, 4096))
			io.WriteString(c, answer)
			c.Close()
		}()
	}
}

// ServeHTTP allows a preflight, where that is wanted, and else fails.
func (f *failing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	if f.allows && r.Method == http.MethodOptions {
		if f.kind == engine.FailureRefused {
			f.listener.Close()
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "PUT")
		if f.kind != engine.FailureHTTP2 {
			h.Set("Connection", "close")
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if f.kind == engine.FailureHTTP2 {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	switch f.kind {
	case engine.FailureReset:
		if t, ok := conn.(*tls.Conn); ok {
			conn = t.NetConn()
		}
		conn.(*net.TCPConn).SetLinger(0)
	case engine.FailureMalformed:
		io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n")
	}
	conn.Close()
}
