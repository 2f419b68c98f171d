package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/corsim/corsim/origin"
)

// failure says why no answer came.
type failure struct {
	// words say it, for people, and hint says what may help; it may be empty.
	words, hint string
	// chromium is Chromium's name for it; empty where it is net::ERR_EMPTY_RESPONSE, or not known.
	chromium string
}

const hintCertificate = "browsers block what has such a certificate, unless the user has told them not to; --insecure judges the answer all the same"

// explainFailure says why no answer came to a request for a URL.
func explainFailure(err error, u *origin.URL) failure {
	host := u.Host()
	var (
		name      *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		notTLS    tls.RecordHeaderError
		timeout   net.Error
	)
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return failure{"the proxy cannot be reached (" + rootCause(op.Err) + ")", "see --proxy, and HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment", "net::ERR_PROXY_CONNECTION_FAILED"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return failure{"it took too long", "no answer came in time; --timeout says how long to wait, and browsers wait for minutes", "net::ERR_TIMED_OUT"}
	case errors.As(err, &name) && name.IsNotFound:
		return failure{"the name " + name.Name + " does not resolve", "see that the host is written right; --resolve " + host + ":PORT:ADDRESS gives it an address", "net::ERR_NAME_NOT_RESOLVED"}
	case errors.As(err, &name):
		return failure{"the name " + name.Name + " could not be looked up (" + name.Err + ")", "see that this machine has a network and a resolver; --resolve " + host + ":PORT:ADDRESS does without", ""}
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure{"the connection was refused", "nothing listens there: see that the server runs, and on that port", "net::ERR_CONNECTION_REFUSED"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return failure{"no way leads there (" + rootCause(err) + ")", "see that this machine has a network that reaches the server", "net::ERR_ADDRESS_UNREACHABLE"}
	case errors.As(err, &authority):
		return failure{"its certificate is of an authority that is not trusted", hintCertificate, "net::ERR_CERT_AUTHORITY_INVALID"}
	case errors.As(err, &hostname):
		return failure{"its certificate is for other names than " + host, hintCertificate, "net::ERR_CERT_COMMON_NAME_INVALID"}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return failure{"its certificate has expired, or is not valid yet", hintCertificate, "net::ERR_CERT_DATE_INVALID"}
	case errors.As(err, &notTLS), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return failure{"the server does not speak TLS there", "if the server is meant to be asked without TLS, write http://", "net::ERR_SSL_PROTOCOL_ERROR"}
	case strings.Contains(err.Error(), "malformed HTTP response"):
		return failure{"what came is not HTTP (" + rootCause(err) + ")", "if the server speaks TLS there, write https://", "net::ERR_INVALID_HTTP_RESPONSE"}
	case errors.Is(err, syscall.ECONNRESET):
		return failure{"the connection was reset without an answer", "", "net::ERR_CONNECTION_RESET"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return failure{"the connection was closed without an answer", "", ""}
	}
	return failure{words: rootCause(err)}
}

// rootCause returns the text of the innermost error.
func rootCause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
