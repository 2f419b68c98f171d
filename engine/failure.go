package engine

import (
	"slices"
)

// Failure says why no answer came to a request. Script is not told, but consoles are. The zero Failure is a connection that
// was closed without an answer, and stands for all that is not known.
type Failure string

// The failures.
const (
	// FailureRefused: nothing listens at the address.
	FailureRefused Failure = "refused"
	// FailureUnresolved: the name of the host has no address.
	FailureUnresolved Failure = "unresolved"
	// FailureUnreachable: no route leads to the address.
	FailureUnreachable Failure = "unreachable"
	// FailureTimeout: no connection came about in time.
	FailureTimeout Failure = "timeout"
	// FailureReset: the connection was reset after the request was sent.
	FailureReset Failure = "reset"
	// FailureMalformed: what came is not HTTP.
	FailureMalformed Failure = "malformed"
	// FailureHTTP2: the server ended the stream of HTTP/2 with an error.
	FailureHTTP2 Failure = "http2"
	// FailureNotTLS: the server of an https URL does not speak TLS.
	FailureNotTLS Failure = "not-tls"
	// FailureTLSVersion: the server and the browser have no version of TLS, or no cipher, in common.
	FailureTLSVersion Failure = "tls-version"
	// FailureTLSClosed: the connection was closed before TLS stood.
	FailureTLSClosed Failure = "tls-closed"
	// FailureAuthority: the certificate is of an authority that is not trusted.
	FailureAuthority Failure = "certificate-authority"
	// FailureDate: the certificate has expired, or is not valid yet.
	FailureDate Failure = "certificate-date"
	// FailureName: the certificate is for other names than the host's.
	FailureName Failure = "certificate-name"
)

var failures = []Failure{
	FailureRefused, FailureUnresolved, FailureUnreachable, FailureTimeout, FailureReset, FailureMalformed, FailureHTTP2,
	FailureNotTLS, FailureTLSVersion, FailureTLSClosed, FailureAuthority, FailureDate, FailureName,
}

// Failures returns all failures but the zero one, from the connection to what is said on it.
func Failures() []Failure { return slices.Clone(failures) }
