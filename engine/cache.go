package engine

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// defaultMaxAge is how long a preflight's result is kept that does not say.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
const defaultMaxAge = 5 * time.Second

// maxCacheEntries bounds the cache. Reaching it empties the cache, which costs preflights and no correctness.
const maxCacheEntries = 10_000

// cache is the CORS-preflight cache. The standard's is a list of entries that each grant one method or one header name;
// here the entries of one origin and URL are together.
//
// https://fetch.spec.whatwg.org/#concept-cache
type cache struct {
	entries map[cacheKey]*cacheEntry
}

type cacheKey struct {
	origin      string
	identity    origin.Origin // of an opaque origin, only with the quirk ByIdentity
	url         string
	credentials bool // only with the quirk CredentialsKey
}

type cacheEntry struct {
	// grants says until when what is allowed.
	grants map[grant]time.Time
	// credentials and expires are of the whole entry; they count only with the quirk WholeResult.
	credentials bool
	expires     time.Time
}

// grant allows one method, or one header name in lower case, or all of them where name is *.
type grant struct {
	kind        grantKind
	name        string
	credentials bool
}

type grantKind bool

const (
	aMethod grantKind = false
	aHeader grantKind = true
)

// has reports whether a name is granted. What was granted with credentials holds without them too.
func (e *cacheEntry) has(kind grantKind, name string, include bool, now time.Time) bool {
	return e.grants[grant{kind, name, true}].After(now) || !include && e.grants[grant{kind, name, false}].After(now)
}

func (f *fetch) cacheKey() (key cacheKey, ok bool) {
	q := &f.q.Cache
	key = cacheKey{origin: f.preflightOrigin(), url: f.url.String()}
	if q.CredentialsKey {
		// DEVIATION: CredentialsKey.
		key.credentials = f.include()
	}
	ok = q.MaxURL == 0 || len(key.url) < q.MaxURL // DEVIATION: MaxURL.
	if q.ByIdentity {
		// DEVIATION: ByIdentity.
		if f.req.Origin.IsOpaque() {
			key.identity = f.req.Origin
		}
		ok = ok && !f.tainted
	}
	if q.NotSandboxed && f.req.Origin.IsOpaque() && f.req.Embedder.IsZero() {
		// DEVIATION: NotSandboxed.
		ok = false
	}
	return key, ok
}

// conditional reports whether the request's cache mode becomes no-store by its headers, which keeps it from the preflight cache too.
func (f *fetch) conditional() bool {
	// DEVIATION: SkipConditional, SkipPageConditional.
	q := &f.q.Cache
	if !(q.SkipConditional && f.req.API == fetchspec.APIFetch) && !(q.SkipPageConditional && !f.req.Worker) {
		return false
	}
	return slices.ContainsFunc(conditionalHeaders[:], f.req.Headers.Has)
}

// conditionalHeaders make the cache mode of a request no-store.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
var conditionalHeaders = [...]string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"}

func (f *fetch) now() time.Time {
	if f.ua.Now == nil {
		return time.Time{}
	}
	return f.ua.Now()
}

// cacheMatch reports whether the cache lets the request go without a preflight.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func (f *fetch) cacheMatch(unsafe []string) bool {
	if len(f.ua.cache.entries) == 0 {
		return false
	}
	key, ok := f.cacheKey()
	e := f.ua.cache.entries[key]
	if !ok || e == nil || f.conditional() {
		return false
	}
	q, now, include := &f.q.Cache, f.now(), f.include()
	if q.WholeResult {
		// DEVIATION: WholeResult.
		if f.wholeMatch(e, unsafe, now) {
			return true
		}
		delete(f.ua.cache.entries, key)
		return false
	}
	needsMethod := !fetchspec.IsSafelistedMethod(f.req.Method) || f.req.UseCORSPreflight
	if q.HeadNeedsGrant {
		// DEVIATION: HeadNeedsGrant.
		needsMethod = f.req.Method != "GET" && f.req.Method != "POST"
		if !e.live(now) {
			return false
		}
	}
	// DEVIATION: NoWildcard.
	all := !q.NoWildcard
	if needsMethod && !e.has(aMethod, f.req.Method, include, now) && !(all && e.has(aMethod, "*", include, now)) {
		return false
	}
	for _, name := range unsafe {
		if !e.has(aHeader, name, include, now) && !(all && !fetchspec.IsNonWildcard(name) && e.has(aHeader, "*", include, now)) {
			return false
		}
	}
	return true
}

// live reports whether anything is still granted.
func (e *cacheEntry) live(now time.Time) bool {
	for _, expires := range e.grants {
		if expires.After(now) {
			return true
		}
	}
	return false
}

// wholeMatch judges the request by all that one preflight response granted.
func (f *fetch) wholeMatch(e *cacheEntry, unsafe []string, now time.Time) bool {
	if !e.expires.After(now) || f.include() && !e.credentials {
		return false
	}
	wildcard := !f.include() && !(e.credentials && f.q.Cache.AuthorizationNotByWildcard)
	if m := f.req.Method; !fetchspec.IsSafelistedMethod(m) && !e.has(aMethod, m, f.include(), now) && !(wildcard && e.has(aMethod, "*", f.include(), now)) {
		return false
	}
	for _, name := range unsafe {
		// DEVIATION: AuthorizationNotByWildcard.
		byWildcard := wildcard && !(f.q.Cache.AuthorizationNotByWildcard && fetchspec.IsNonWildcard(name))
		if !e.has(aHeader, name, f.include(), now) && !(byWildcard && e.has(aHeader, "*", f.include(), now)) {
			return false
		}
	}
	return true
}

// store keeps what a preflight response granted.
//
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (f *fetch) store(resp *fetchspec.Response, methods, headers []string) {
	key, ok := f.cacheKey()
	maxAge, keep := f.maxAge(resp)
	if !ok || !keep {
		return
	}
	c := &f.ua.cache
	if c.entries == nil || len(c.entries) >= maxCacheEntries {
		c.entries = map[cacheKey]*cacheEntry{}
	}
	e := c.entries[key]
	if e == nil || f.q.Cache.WholeResult {
		e = &cacheEntry{grants: make(map[grant]time.Time, len(methods)+len(headers))}
		c.entries[key] = e
	}
	e.credentials = f.include()
	e.expires = f.now().Add(maxAge)
	for _, m := range methods {
		e.grants[grant{aMethod, m, e.credentials}] = e.expires
	}
	for _, h := range headers {
		e.grants[grant{aHeader, fetchspec.ByteLower(h), e.credentials}] = e.expires
	}
}

// clearCache forgets what preflights granted for the request's origin and current URL.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (f *fetch) clearCache() {
	if len(f.ua.cache.entries) == 0 {
		return
	}
	key, _ := f.cacheKey()
	for _, credentials := range [...]bool{false, true} {
		key.credentials = credentials
		delete(f.ua.cache.entries, key)
	}
}

// maxAge returns how long a preflight's result may be kept, and whether it may be kept at all.
func (f *fetch) maxAge(resp *fetchspec.Response) (age time.Duration, keep bool) {
	q := &f.q.Cache
	value, _ := f.get(resp.Headers, requestMaxAge)
	if value == "" {
		return defaultMaxAge, true
	}
	sign, digits := "", value
	if q.MaxAgeSyntax == MaxAgeSigned && (digits[0] == '+' || digits[0] == '-') {
		// DEVIATION: MaxAgeSyntax.
		sign, digits = digits[:1], digits[1:]
	}
	valid := digits != "" && strings.Trim(digits, "0123456789") == ""
	seconds, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case !valid && q.MaxAgeSyntax == MaxAgeOrNothing:
		return 0, false
	case !valid, err != nil && q.MaxAgeSyntax == MaxAgeSigned:
		return defaultMaxAge, true
	case err != nil:
		seconds = math.MaxInt64
	case sign == "-":
		seconds = 0
	}
	if limit := int64(q.MaxAge / time.Second); limit > 0 && seconds > limit {
		seconds = limit
	}
	if seconds > int64(math.MaxInt64/time.Second) {
		seconds = int64(math.MaxInt64 / time.Second)
	}
	return time.Duration(seconds) * time.Second, seconds > 0 || q.MaxAgeSyntax != MaxAgeOrNothing
}
