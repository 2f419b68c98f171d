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

// failure says in words why no answer came to a request for a URL, and what may help.
func failure(err error, u *origin.URL) (words, hint string) {
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
		return "the proxy cannot be reached (" + op.Err.Error() + ")", "see --proxy, and the environment's HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "it took too long", "no answer came in time; --timeout says how long to wait. Browsers wait for minutes"
	case errors.As(err, &name) && name.IsNotFound:
		return "the name " + name.Name + " does not resolve", "see that the host is written right; --resolve " + host + ":PORT:ADDRESS gives it an address"
	case errors.As(err, &name):
		return "the name " + name.Name + " could not be looked up (" + name.Err + ")", "see that this machine has a network and a resolver"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused", "nothing listens there: see that the server runs, and on that port"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no way leads there (" + rootCause(err) + ")", "see that this machine has a network that reaches the server"
	case errors.As(err, &authority):
		return "its certificate is of an authority that is not trusted", "browsers block that too, unless the authority is installed; --insecure judges the answer all the same"
	case errors.As(err, &hostname):
		return "its certificate is for other names than " + host, "browsers block that too; --insecure judges the answer all the same"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired, or is not valid yet", "browsers block that too; --insecure judges the answer all the same"
	case errors.As(err, &notTLS), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the server does not speak TLS there", "if the server is meant to be asked without TLS, write http://"
	case strings.Contains(err.Error(), "malformed HTTP response"):
		return "what came is not HTTP (" + rootCause(err) + ")", "if the server speaks TLS there, write https://"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed without an answer", ""
	}
	return rootCause(err), ""
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
