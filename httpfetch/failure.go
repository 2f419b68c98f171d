package httpfetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/corsim/corsim/engine"
)

// failure is an error of a round tripper that tells the engine what it is of.
type failure struct {
	error
	is engine.Failure
}

// Unwrap returns the round tripper's error.
func (f *failure) Unwrap() error { return f.error }

// Failure lets the engine know.
func (f *failure) Failure() engine.Failure { return f.is }

// handshake watches whether a TLS handshake fails.
type handshake struct{ failed atomic.Bool }

// watch returns the context of a request to watch.
func (h *handshake) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				h.failed.Store(true)
			}
		},
	})
}

// failureOf says what an error is of. What net/http has no type for is told by its words.
func failureOf(err error, h *handshake, verify verifier) engine.Failure {
	said := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(err.Error(), w) {
				return true
			}
		}
		return false
	}
	var (
		name        *net.DNSError
		op          *net.OpError
		timeout     net.Error
		certificate *tls.CertificateVerificationError
		notTLS      tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return engine.FailureClosed // what browsers say of it is about proxies
	case errors.As(err, &name):
		return engine.FailureUnresolved
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return engine.FailureTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return engine.FailureRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return engine.FailureUnreachable
	case errors.As(err, &certificate):
		return verify.failure(certificate)
	case errors.As(err, &notTLS), said("server gave HTTP response to HTTPS client"):
		return engine.FailureNotTLS
	case said("tls: protocol version not supported", "tls: handshake failure", "tls: insufficient security level", "tls: server selected unsupported protocol version"):
		return engine.FailureTLSVersion
	case h.failed.Load() && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
		return engine.FailureTLSClosed
	case said("malformed HTTP response"):
		return engine.FailureMalformed
	case said("stream error: stream ID"):
		return engine.FailureHTTP2
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return engine.FailureReset
	}
	return engine.FailureClosed
}

// verifier is what certificates are checked by.
type verifier struct {
	// roots are the authorities that are trusted; nil are the system's.
	roots *x509.CertPool
	host  string
}

// failure says what browsers find wrong with a certificate. Several things can be: they name the authority first, and the date
// last, where crypto/x509 does it the other way round.
func (v verifier) failure(err *tls.CertificateVerificationError) engine.Failure {
	current := make([]*x509.Certificate, len(err.UnverifiedCertificates))
	intermediates := x509.NewCertPool()
	for i, c := range err.UnverifiedCertificates {
		undated := *c
		undated.NotBefore, undated.NotAfter = time.Time{}, time.Now().Add(time.Hour)
		current[i] = &undated
		intermediates.AddCert(&undated)
	}
	_, untrusted := current[0].Verify(x509.VerifyOptions{Roots: v.roots, Intermediates: intermediates})
	switch {
	case untrusted != nil:
		return engine.FailureAuthority
	case current[0].VerifyHostname(v.host) != nil:
		return engine.FailureName
	}
	return engine.FailureDate
}
