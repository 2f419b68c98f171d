package main

import (
	"errors"
	"io"
	"net"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/origin"
)

const hintCertificate = "browsers block what has such a certificate, unless the user has told them not to; --insecure judges the answer all the same"

// explainFailure says why no answer came to a request for a URL, in words for people, and what may help; hint may be empty.
func explainFailure(err error, u *origin.URL) (words, hint string) {
	host := u.Host()
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return "the proxy cannot be reached (" + rootCause(op.Err) + ")", "see --proxy, and HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment; a browser with that proxy speaks of the proxy on its console"
	}
	switch engine.FailureOf(err) {
	case engine.FailureUnresolved:
		var name *net.DNSError
		if errors.As(err, &name) && !name.IsNotFound {
			return "the name " + name.Name + " could not be looked up (" + name.Err + ")", "see that this machine has a network and a resolver; --resolve " + host + ":PORT:ADDRESS does without"
		}
		return "the name " + host + " does not resolve", "see that the host is written right; --resolve " + host + ":PORT:ADDRESS gives it an address"
	case engine.FailureTimeout:
		return "it took too long", "no answer came in time; --timeout says how long to wait, and browsers wait for minutes"
	case engine.FailureRefused:
		return "the connection was refused", "nothing listens there: see that the server runs, and on that port"
	case engine.FailureUnreachable:
		return "no way leads there (" + rootCause(err) + ")", "see that this machine has a network that reaches the server"
	case engine.FailureAuthority:
		return "its certificate is of an authority that is not trusted", hintCertificate
	case engine.FailureName:
		return "its certificate is for other names than " + host, hintCertificate
	case engine.FailureDate:
		return "its certificate has expired, or is not valid yet", hintCertificate
	case engine.FailureNotTLS:
		return "the server does not speak TLS there", "if the server is meant to be asked without TLS, write http://"
	case engine.FailureTLSVersion:
		return "the server and browsers have no version of TLS in common", "have the server speak TLS 1.2 or 1.3"
	case engine.FailureTLSClosed:
		return "the connection was closed in the middle of the TLS handshake", "if the server is meant to be asked without TLS, write http://"
	case engine.FailureMalformed:
		return "what came is not HTTP (" + rootCause(err) + ")", "if the server speaks TLS there, write https://"
	case engine.FailureReset:
		return "the connection was reset without an answer", ""
	case engine.FailureHTTP2:
		return "the server broke off the HTTP/2 stream (" + rootCause(err) + ")", "its log, or that of the proxy before it, may tell why"
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
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
