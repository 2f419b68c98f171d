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
	methods, headers []grant
	// credentials and expires are of the whole entry; they count only with the quirk WholeResult.
	credentials bool
	expires     time.Time
}

// grant allows one method or header name, or all of them where name is *.
type grant struct {
	name        string
	credentials bool
	expires     time.Time
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
	return key, ok
}

// conditional reports whether the request's cache mode becomes no-store by its headers.
func (f *fetch) conditional() bool {
	return f.req.API == fetchspec.APIFetch && slices.ContainsFunc(conditionalHeaders[:], f.req.Headers.Has)
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
	if !ok || e == nil || f.q.Cache.SkipConditional && f.conditional() {
		// DEVIATION: SkipConditional.
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
	if needsMethod && !granted(e.methods, now, include, func(g string) bool {
		return g == f.req.Method || g == "*" && !q.NoWildcard // DEVIATION: NoWildcard.
	}) {
		return false
	}
	for _, name := range unsafe {
		if !granted(e.headers, now, include, func(g string) bool {
			return fetchspec.EqualFold(g, name) || g == "*" && !q.NoWildcard && !fetchspec.IsNonWildcard(name)
		}) {
			return false
		}
	}
	return true
}

func granted(grants []grant, now time.Time, include bool, match func(string) bool) bool {
	for _, g := range grants {
		if (g.credentials || !include) && g.expires.After(now) && match(g.name) {
			return true
		}
	}
	return false
}

func (e *cacheEntry) live(now time.Time) bool {
	any := func(string) bool { return true }
	return granted(e.methods, now, false, any) || granted(e.headers, now, false, any)
}

// wholeMatch judges the request by all that one preflight response granted.
func (f *fetch) wholeMatch(e *cacheEntry, unsafe []string, now time.Time) bool {
	if !e.expires.After(now) || f.include() && !e.credentials {
		return false
	}
	wildcard := !f.include() && !(e.credentials && f.q.Cache.AuthorizationNotByWildcard)
	method := fetchspec.IsSafelistedMethod(f.req.Method)
	for _, g := range e.methods {
		method = method || g.name == f.req.Method || g.name == "*" && wildcard
	}
	if !method {
		return false
	}
	for _, name := range unsafe {
		allowed := false
		for _, g := range e.headers {
			if fetchspec.EqualFold(g.name, name) || g.name == "*" && wildcard && !(f.q.Cache.AuthorizationNotByWildcard && fetchspec.IsNonWildcard(name)) {
				// DEVIATION: AuthorizationNotByWildcard.
				allowed = true
				break
			}
		}
		if !allowed {
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
		e = &cacheEntry{}
		c.entries[key] = e
	}
	e.credentials = f.include()
	e.expires = f.now().Add(maxAge)
	if e.methods == nil && e.headers == nil {
		both := make([]grant, len(methods)+len(headers))
		e.methods, e.headers = both[:0:len(methods)], both[len(methods):len(methods)]
	}
	e.methods = e.add(e.methods, methods, func(name string) string { return name })
	e.headers = e.add(e.headers, headers, fetchspec.ByteLower)
}

// add grants names, in place of the same grant of an older age. Names of the same key are the same.
func (e *cacheEntry) add(grants []grant, names []string, key func(string) string) []grant {
	// at is where the grants are; few of them need no map.
	var at map[string]int
	if len(grants)+len(names) > 64 {
		at = make(map[string]int, len(grants)+len(names))
		for i, g := range grants {
			if g.credentials == e.credentials {
				at[key(g.name)] = i
			}
		}
	}
	for _, name := range names {
		i, found := at[key(name)]
		if at == nil {
			i = slices.IndexFunc(grants, func(g grant) bool { return g.credentials == e.credentials && key(g.name) == key(name) })
			found = i >= 0
		}
		if found {
			grants[i].expires = e.expires
			continue
		}
		if at != nil {
			at[key(name)] = len(grants)
		}
		grants = append(grants, grant{name, e.credentials, e.expires})
	}
	return grants
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
