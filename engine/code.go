package engine

import "slices"

// Code says why a request was blocked. The codes are a closed set, the union of what the standard and the browsers can
// tell apart; [Codes] lists them. Wording is not the engine's business: a personality words a code as its browser does.
type Code string

// Codes of requests that script could not even make: the API throws or rejects.
const (
	CodeURLInvalid             Code = "url-invalid"
	CodeURLCredentials         Code = "url-includes-credentials"
	CodeModeInvalid            Code = "mode-invalid"
	CodeCredentialsInvalid     Code = "credentials-mode-invalid"
	CodeRedirectInvalid        Code = "redirect-mode-invalid"
	CodeMethodInvalid          Code = "method-invalid"
	CodeMethodForbidden        Code = "method-forbidden"
	CodeMethodNotNoCORS        Code = "method-not-allowed-in-no-cors"
	CodeHeaderNameInvalid      Code = "header-name-invalid"
	CodeHeaderValueInvalid     Code = "header-value-invalid"
	CodeHeaderValueNotLatin1   Code = "header-value-not-latin1"
	CodeBodyNotAllowed         Code = "body-not-allowed"
	CodeStreamBodyNotNoCORS    Code = "stream-body-not-allowed-in-no-cors"
	CodeStreamBodyNotSupported Code = "stream-body-not-supported"
	CodePreloadDestination     Code = "preload-destination-missing"
)

// Codes of requests that are refused before anything is sent, at first or after a redirect.
const (
	CodeSameOriginMode  Code = "cross-origin-in-same-origin-mode"
	CodeNoCORSRedirect  Code = "no-cors-needs-redirect-follow"
	CodeSchemeNotHTTP   Code = "scheme-not-http"
	CodeSchemeUnknown   Code = "scheme-unsupported"
	CodeLocalResource   Code = "local-resource"
	CodeMixedContent    Code = "mixed-content"
	CodeBadPort         Code = "bad-port"
	CodeURLCredentialed Code = "subresource-url-includes-credentials"
)

// Codes of what goes wrong on the network, whatever CORS says.
const (
	CodeNetworkError        Code = "network-error"
	CodeStreamNeedsHTTP2    Code = "stream-body-needs-http2"
	CodeDataURLInvalid      Code = "data-url-invalid"
	CodePreflightNetwork    Code = "preflight-network-error"
	CodeRedirectLimit       Code = "redirect-limit"
	CodeRedirectLocation    Code = "redirect-location-invalid"
	CodeRedirectScheme      Code = "redirect-scheme-not-http"
	CodeRedirectCredentials Code = "redirect-includes-credentials"
	CodeRedirectModeError   Code = "redirect-mode-error"
	CodeRedirectStreamBody  Code = "redirect-with-stream-body"
)

// Codes of the CORS check, on a preflight response or on any other.
const (
	CodeAllowOriginMissing           Code = "allow-origin-missing"
	CodeAllowOriginWildcard          Code = "allow-origin-wildcard-with-credentials"
	CodeAllowOriginMultiple          Code = "allow-origin-multiple"
	CodeAllowOriginInvalid           Code = "allow-origin-invalid"
	CodeAllowOriginMismatch          Code = "allow-origin-mismatch"
	CodeAllowCredentials             Code = "allow-credentials-invalid"
	CodePreflightAllowOriginMissing  Code = "preflight-allow-origin-missing"
	CodePreflightAllowOriginWildcard Code = "preflight-allow-origin-wildcard-with-credentials"
	CodePreflightAllowOriginMultiple Code = "preflight-allow-origin-multiple"
	CodePreflightAllowOriginInvalid  Code = "preflight-allow-origin-invalid"
	CodePreflightAllowOriginMismatch Code = "preflight-allow-origin-mismatch"
	CodePreflightAllowCredentials    Code = "preflight-allow-credentials-invalid"
)

// Codes of the rest of a preflight.
const (
	CodePreflightRedirect   Code = "preflight-redirect"
	CodePreflightStatus     Code = "preflight-status"
	CodeAllowMethodsInvalid Code = "allow-methods-invalid"
	CodeAllowHeadersInvalid Code = "allow-headers-invalid"
	CodeMethodNotAllowed    Code = "method-not-allowed"
	CodeHeaderNotAllowed    Code = "header-not-allowed"
)

// Codes of responses that CORS has no say in, and that an element or a mode refuses.
const (
	CodeCORPSameOrigin   Code = "corp-not-same-origin"
	CodeCORPSameSite     Code = "corp-not-same-site"
	CodeCORPEmbedder     Code = "corp-missing-for-embedder-policy"
	CodeOpaqueBlocked    Code = "opaque-response-blocked"
	CodeStatusNotOK      Code = "status-not-ok"
	CodeMIMETypeMismatch Code = "mime-type-mismatch"
	CodeNotDecodable     Code = "not-decodable"
	CodeRangeMismatch    Code = "content-range-mismatch"
	CodeSizeUnknown      Code = "content-range-unknown-size"
	CodeEventStreamType  Code = "event-stream-type"

	// CodeEventStreamCharset: an event stream says to have a charset that it may not have.
	CodeEventStreamCharset Code = "event-stream-charset"
)

// Codes returns all codes, sorted.
func Codes() []Code { return slices.Clone(codes) }

var codes = func() []Code {
	c := []Code{
		CodeURLInvalid, CodeURLCredentials, CodeModeInvalid, CodeCredentialsInvalid, CodeRedirectInvalid,
		CodeMethodInvalid, CodeMethodForbidden, CodeMethodNotNoCORS, CodeHeaderNameInvalid, CodeHeaderValueInvalid,
		CodeHeaderValueNotLatin1, CodeBodyNotAllowed, CodeStreamBodyNotNoCORS, CodeStreamBodyNotSupported,
		CodePreloadDestination,
		CodeSameOriginMode, CodeNoCORSRedirect, CodeSchemeNotHTTP, CodeSchemeUnknown, CodeLocalResource,
		CodeMixedContent, CodeBadPort, CodeURLCredentialed,
		CodeNetworkError, CodeStreamNeedsHTTP2, CodeDataURLInvalid, CodePreflightNetwork, CodeRedirectLimit,
		CodeRedirectLocation, CodeRedirectScheme, CodeRedirectCredentials, CodeRedirectModeError, CodeRedirectStreamBody,
		CodeAllowOriginMissing, CodeAllowOriginWildcard, CodeAllowOriginMultiple, CodeAllowOriginInvalid,
		CodeAllowOriginMismatch, CodeAllowCredentials,
		CodePreflightAllowOriginMissing, CodePreflightAllowOriginWildcard, CodePreflightAllowOriginMultiple,
		CodePreflightAllowOriginInvalid, CodePreflightAllowOriginMismatch, CodePreflightAllowCredentials,
		CodePreflightRedirect, CodePreflightStatus, CodeAllowMethodsInvalid, CodeAllowHeadersInvalid,
		CodeMethodNotAllowed, CodeHeaderNotAllowed,
		CodeCORPSameOrigin, CodeCORPSameSite, CodeCORPEmbedder, CodeOpaqueBlocked, CodeStatusNotOK, CodeMIMETypeMismatch,
		CodeNotDecodable, CodeRangeMismatch, CodeSizeUnknown, CodeEventStreamType, CodeEventStreamCharset,
	}
	slices.Sort(c)
	return c
}()

// onPreflight maps the codes of the CORS check to those of the same failure on a preflight response.
var onPreflight = map[Code]Code{
	CodeAllowOriginMissing:  CodePreflightAllowOriginMissing,
	CodeAllowOriginWildcard: CodePreflightAllowOriginWildcard,
	CodeAllowOriginMultiple: CodePreflightAllowOriginMultiple,
	CodeAllowOriginInvalid:  CodePreflightAllowOriginInvalid,
	CodeAllowOriginMismatch: CodePreflightAllowOriginMismatch,
	CodeAllowCredentials:    CodePreflightAllowCredentials,
}

// Base returns the code of the same failure on a response that is not to a preflight: the CORS check finds the same
// things wrong with either.
func (c Code) Base() Code {
	for base, pre := range onPreflight {
		if pre == c {
			return base
		}
	}
	return c
}
