package engine

import (
	"errors"
	"slices"
)

// Failure says why no answer came to a request. Script is not told, but consoles are. The zero Failure is a connection that
// was closed without an answer, and stands for all that is not known. An error of a [Network] tells it by a method
// Failure() Failure, as that of [Failure.Err] does.
type Failure string

// The failures.
const (
	// FailureClosed: the connection was closed after the request was sent.
	FailureClosed Failure = ""
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
	// FailureHTTP2: the server ended the stream of HTTP/2 with an error, of the code INTERNAL_ERROR.
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

var failureWords = map[Failure]string{
	FailureClosed:      "the connection was closed",
	FailureRefused:     "the connection was refused",
	FailureUnresolved:  "the host's name does not resolve",
	FailureUnreachable: "no way leads there",
	FailureTimeout:     "it took too long",
	FailureReset:       "the connection was reset",
	FailureMalformed:   "what came is not HTTP",
	FailureHTTP2:       "the server ended the HTTP/2 stream with an error",
	FailureNotTLS:      "the server does not speak TLS there",
	FailureTLSVersion:  "the server and the browser have no version of TLS in common",
	FailureTLSClosed:   "the connection was closed before TLS stood",
	FailureAuthority:   "the certificate is of an authority that is not trusted",
	FailureDate:        "the certificate has expired, or is not valid yet",
	FailureName:        "the certificate is for other names",
}

var failures = []Failure{
	FailureRefused, FailureUnresolved, FailureUnreachable, FailureTimeout, FailureReset, FailureMalformed, FailureHTTP2,
	FailureNotTLS, FailureTLSVersion, FailureTLSClosed, FailureAuthority, FailureDate, FailureName,
}

// failed is the error of a failure that is nothing but that.
type failed Failure

func (f failed) Error() string { return failureWords[Failure(f)] }

// Failure returns the failure.
func (f failed) Failure() Failure { return Failure(f) }

// Err returns an error that tells the failure and nothing else.
func (f Failure) Err() error { return failed(f) }

// FailureOf returns the failure that an error of a network tells, or one that it wraps; the zero one where none does, or it is
// none of [Failures].
func FailureOf(err error) Failure {
	if f, ok := errors.AsType[interface {
		error
		Failure() Failure
	}](err); ok && slices.Contains(failures, f.Failure()) {
		return f.Failure()
	}
	return FailureClosed
}

// Failures returns all failures but the zero one, from the connection to what is said on it.
func Failures() []Failure { return slices.Clone(failures) }
