package personality

import "github.com/corsim/corsim/engine"

// chromiumFailures are Chromium's names of failures.
var chromiumFailures = map[engine.Failure]string{
	engine.FailureRefused:     "net::ERR_CONNECTION_REFUSED",
	engine.FailureUnresolved:  "net::ERR_NAME_NOT_RESOLVED",
	engine.FailureUnreachable: "net::ERR_ADDRESS_UNREACHABLE",
	engine.FailureTimeout:     "net::ERR_CONNECTION_TIMED_OUT",
	engine.FailureReset:       "net::ERR_CONNECTION_RESET",
	engine.FailureMalformed:   "net::ERR_INVALID_HTTP_RESPONSE",
	engine.FailureHTTP2:       "net::ERR_HTTP2_PROTOCOL_ERROR",
	engine.FailureNotTLS:      "net::ERR_SSL_PROTOCOL_ERROR",
	engine.FailureTLSVersion:  "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
	engine.FailureTLSClosed:   "net::ERR_CONNECTION_CLOSED",
	engine.FailureAuthority:   "net::ERR_CERT_AUTHORITY_INVALID",
	engine.FailureDate:        "net::ERR_CERT_DATE_INVALID",
	engine.FailureName:        "net::ERR_CERT_COMMON_NAME_INVALID",
}

// chromiumNoResponse names the error of a request that no response came to.
func chromiumNoResponse(e *engine.Exchange) string {
	switch {
	case e != nil && e.Failure != engine.FailureClosed:
		return chromiumFailures[e.Failure]
	case e == nil || !e.HTTP2:
		return "net::ERR_EMPTY_RESPONSE"
	case e.Request.Body != nil && e.Request.Body.Stream:
		return chromiumNetFailed
	}
	return "net::ERR_CONNECTION_CLOSED"
}

// ChromiumFailure returns the failure that Chromium reports by a name, such as net::ERR_CONNECTION_REFUSED, over HTTP/2 or an
// earlier version. Names that say something else, or that nothing is known of, are [engine.FailureClosed].
func ChromiumFailure(name string, http2 bool) engine.Failure {
	for f, n := range chromiumFailures {
		if n == name && !(http2 && f == engine.FailureTLSClosed) { // over HTTP/2 it is of every closed connection
			return f
		}
	}
	return engine.FailureClosed
}
