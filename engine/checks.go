package engine

// The checks are the same in all browsers, nearly; their order is not, and the first that fails is the one that is
// reported. So an order is data: a list of these values.

// OpeningCheck is a check before a request goes out.
type OpeningCheck int

// The checks before a request goes out. After a redirect they are made again.
const (
	OpenBadPort        OpeningCheck = iota // the port is not blocked
	OpenMixedContent                       // a secure page asks for a secure URL
	OpenSameOriginMode                     // mode same-origin stays home
	OpenNoCORSRedirect                     // mode no-cors away from home follows redirects
	OpenScheme                             // mode cors away from home is for HTTP(S)
	OpenScriptScheme                       // the same, for script's requests only
	OpenFetchScheme                        // script's fetch knows the scheme, see Quirks.FetchSchemes
	OpenRefusedScheme                      // the scheme is not in Quirks.RefusedSchemes
	OpenLocalResource                      // the scheme is not in Quirks.LocalSchemes
	OpenCredentials                        // no user name and password for what is not script's own
	OpenUnsafeScheme                       // the scheme is not in Quirks.UnsafeRedirectSchemes
	OpenLateRedirect                       // the checks in Quirks.LateRedirect, where no preflight will be made
)

// RedirectCheck is a check of a redirect response.
type RedirectCheck int

// The checks of a redirect response.
const (
	RedirectCORS            RedirectCheck = iota // the CORS check of the redirect response itself
	RedirectCORP                                 // and the CORP check
	RedirectModeError                            // the redirect mode is not error
	RedirectModeManual                           // nor manual, which ends the checks
	RedirectLocation                             // Location is a URL
	RedirectScheme                               // and an HTTP(S) one
	RedirectCORSScheme                           // and an HTTP(S) one, if the request has been to another origin
	RedirectUnsafe                               // and not of a scheme that no redirect may lead to
	RedirectCount                                // no more than 20 redirects
	RedirectCredentials                          // no user name and password in it
	RedirectCORSCredentials                      // nor that, if the request has been to another origin
	RedirectStream                               // a streaming body cannot be sent again
	RedirectHop                                  // the check that Quirks.HopCredentials asks for
	RedirectVeto                                 // the checks in Quirks.Veto, on the new URL
)

// PreflightCheck is a check of a preflight response.
type PreflightCheck int

// The checks of a preflight response.
const (
	PreflightCORS          PreflightCheck = iota // the CORS check
	PreflightRedirect                            // it is not a redirect
	PreflightStatus                              // its status is an ok status
	PreflightMethodsSyntax                       // Access-Control-Allow-Methods is a list of tokens
	PreflightHeadersSyntax                       // Access-Control-Allow-Headers is a list of tokens
	PreflightMethod                              // the method is allowed
	PreflightHeaders                             // the headers are allowed
)

// orStandard returns an order of a browser's own, and the standard's where it has none.
func orStandard[T any](order, standard []T) []T {
	if order == nil {
		return standard
	}
	return order
}
