// Package server is every host on the internet to one browser: a SOCKS5 proxy that answers itself what the browser asks of
// whatever host. It serves the page that runs scenarios, answers as scenarios say, byte for byte, and logs requests as they
// were received.
package server

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Server serves one browser. It listens on loopback.
type Server struct {
	browser  string
	ca       *Authority
	listener net.Listener
	stage    stage

	mu    sync.Mutex
	conns map[*conn]struct{}
	wg    sync.WaitGroup
}

// New starts a server for the browser of that name, which must be a name that can stand in a URL.
func New(browser string, ca *Authority) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{browser: browser, ca: ca, listener: l, conns: map[*conn]struct{}{}}
	s.stage.changed, s.stage.closed = make(chan struct{}), make(chan struct{})
	s.wg.Go(s.accept)
	return s, nil
}

// Proxy returns the host and port of the SOCKS5 proxy.
func (s *Server) Proxy() string { return s.listener.Addr().String() }

// SPKI returns [Authority.SPKI] of the authority that certifies the server's hosts.
func (s *Server) SPKI() string { return s.ca.SPKI() }

// Close ends the server and all its connections. It must be called once.
func (s *Server) Close() error {
	err := s.listener.Close()
	close(s.stage.closed)
	s.closeConns()
	s.wg.Wait()
	return err
}

// closeConns closes all connections, so that the next request opens one anew.
func (s *Server) closeConns() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many open files, or a connection that ended at once
			time.Sleep(10 * time.Millisecond)
			continue
		}
		s.wg.Go(func() { s.serve(c) })
	}
}

// conn is a connection to a host, inside of TLS where there is TLS.
type conn struct {
	net.Conn
	r      *bufio.Reader
	scheme string
	tcp    net.Conn
}

func (c *conn) Read(p []byte) (int, error) { return c.r.Read(p) }

// Close ends the connection without a farewell of TLS.
func (c *conn) Close() error { return c.tcp.Close() }

// farewell is how long a browser may take to notice that a connection ends.
const farewell = time.Second

// drop ends the connection as a server does that has no answer: there is an end of what it sends. Closing it at once would
// be a reset where something is underway to the server, and that is another error to browsers.
func (c *conn) drop() {
	if tcp, ok := c.tcp.(*net.TCPConn); ok {
		tcp.CloseWrite()
		tcp.SetReadDeadline(time.Now().Add(farewell))
		io.Copy(io.Discard, tcp)
	}
	c.Close()
}

// tlsRecord is the first byte of a TLS handshake.
const tlsRecord = 0x16

// handshake is how long a browser may take to say what it wants. It opens connections that it may need later, so that is
// no short time.
const handshake = time.Minute

// serve is what a connection is for. What goes wrong on one is the browser's to report: it asks again, or fails.
func (s *Server) serve(tcp net.Conn) {
	c := &conn{Conn: tcp, r: bufio.NewReader(tcp), scheme: "http", tcp: tcp}
	s.mu.Lock()
	s.conns[c] = struct{}{}
	s.mu.Unlock()
	defer func() {
		c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	}()

	tcp.SetDeadline(time.Now().Add(handshake))
	host, err := connectTarget(c)
	if err != nil {
		return
	}
	first, err := c.r.Peek(1)
	if err != nil {
		return
	}
	protocol := ""
	if first[0] == tlsRecord {
		t := tls.Server(&conn{Conn: tcp, r: c.r, tcp: tcp}, s.tlsConfig(host))
		if err := t.Handshake(); err != nil {
			return
		}
		protocol = t.ConnectionState().NegotiatedProtocol
		c.Conn, c.r, c.scheme = t, bufio.NewReader(t), "https"
	}
	tcp.SetDeadline(time.Time{})
	if protocol == "h2" {
		err = s.http2(c)
	} else {
		err = s.http1(c)
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		s.stage.complain(fmt.Errorf("connection to %s: %w", host, err))
	}
}

func (s *Server) tlsConfig(host string) *tls.Config {
	protocols := []string{"http/1.1"}
	if s.stage.http2() {
		protocols = []string{"h2", "http/1.1"}
	}
	return &tls.Config{
		NextProtos: protocols,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != "" {
				return s.ca.Certificate(hello.ServerName)
			}
			return s.ca.Certificate(host)
		},
	}
}
