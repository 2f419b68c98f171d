package engine

import "time"

// CacheQuirks says how a preflight cache differs from the standard's. The standard's is a list of entries, each for one
// method or one header name.
type CacheQuirks struct {
	// WholeResult keeps one entry per key with all that one preflight response granted, replaced as a whole and dropped by
	// a lookup that it does not satisfy.
	WholeResult bool
	// StoreRefused keeps a result also where the request that it was for was refused by it.
	StoreRefused bool
	// CredentialsKey keeps results with and without credentials apart: neither serves the other.
	CredentialsKey bool
	// NoWildcard keeps a * as a literal name that matches nothing.
	NoWildcard bool
	// AuthorizationByWildcardNotCached makes no * of a cached result cover Authorization.
	AuthorizationNotByWildcard bool
	// ByIdentity keeps what opaque origins were granted apart, and forgets what a tainted request was.
	ByIdentity bool
	// NotSandboxed keeps nothing for sandboxed documents.
	NotSandboxed bool
	// SkipConditional does not ask the cache for requests of fetch with If-None-Match and its like; their preflights fill it all the
	// same.
	SkipConditional bool
	// SkipPageConditional does so for those of fetch and XMLHttpRequest in pages, and not in workers.
	SkipPageConditional bool
	// HeadNeedsGrant makes HEAD no safelisted method where it comes to the cache.
	HeadNeedsGrant bool
	// Clear says when entries of a URL are dropped because a request to it failed.
	Clear CacheClear
	// MaxURL is the length in bytes from which on URLs are not cached; 0 is no limit.
	MaxURL int
	// MaxAge is the upper limit of Access-Control-Max-Age; 0 is no limit.
	MaxAge time.Duration
	// MaxAgeSyntax says how the header is parsed.
	MaxAgeSyntax MaxAgeSyntax
}

// CacheClear says when a failure clears the cache entries of a URL.
type CacheClear int

// When entries are cleared.
const (
	ClearOnError   CacheClear = iota // when a request that wanted a preflight fails
	ClearOnAnyCORS                   // when a CORS request fails, preflighted or not
	ClearNever
)

// MaxAgeSyntax says how Access-Control-Max-Age is parsed, and what becomes of a value that does not parse.
type MaxAgeSyntax int

// The ways of parsing Access-Control-Max-Age.
const (
	MaxAgeDelta     MaxAgeSyntax = iota // digits; all else is 5 seconds
	MaxAgeSigned                        // an optional sign and digits; all else is 5 seconds
	MaxAgeOrNothing                     // digits, saturating; all else is not cached
)
