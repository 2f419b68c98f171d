package cookie

// Policy says where a browser departs from the specification. Each field is one departure, its zero value what the
// specification says, so that the zero Policy is the specification. A field is used at one place in the package, marked
// DEVIATION.
type Policy struct {
	// — Which requests are sent which cookies.

	// Unset says what a cookie without SameSite is taken for.
	Unset Unset
	// Schemeless compares sites without their schemes.
	Schemeless bool
	// Redirects says what becomes of a request that a redirect has led through another site.
	Redirects Redirects
	// AnswersForgiven lets the answer to such a request set cookies with SameSite all the same.
	AnswersForgiven bool
	// FrameIsTop takes a sandboxed frame for the page around it, and goes by the URL of the page where it asks for third
	// parties.
	FrameIsTop bool
	// ThirdParty says what becomes of cookies of another site than the page's.
	ThirdParty ThirdParty
	// Partitioned keeps cookies with the attribute Partitioned apart for each site that pages are of. It needs Secure.
	Partitioned bool
	// LoopbackIsSecure takes Secure cookies from loopback hosts, and sends them there, over plain HTTP too.
	LoopbackIsSecure bool
	// Order says in which order cookies are sent.
	Order Order

	// — What is taken for a cookie.

	// Nameless says what a cookie without a name is.
	Nameless Nameless
	// Controls says what becomes of control characters in a Set-Cookie line.
	Controls Controls
	// ValuesAreUTF8 puts U+FFFD, in UTF-8, for each byte of a value that is not part of UTF-8.
	ValuesAreUTF8 bool
	// NoLimits takes names, values and attributes of every length.
	NoLimits bool
	// NoPrefixes makes nothing of the prefixes of cookie names.
	NoPrefixes bool
	// NoneWithoutSecure takes cookies with SameSite=None that are not Secure.
	NoneWithoutSecure bool
	// SecureAloneByPath keeps a cookie of an insecure URL from a Secure one of the same name only where they have path and
	// domain in common.
	SecureAloneByPath bool
	// DomainLiteral compares Domain as it is written, where hosts are in lower case, and takes none without a dot.
	DomainLiteral bool
	// LastCounts gives an attribute of which the last value makes no sense no value at all, where the specification goes by
	// the last one that does.
	LastCounts bool
	// OneLifetime goes by the last of Expires and Max-Age, where the specification goes by Max-Age. An Expires that makes no
	// sense counts too.
	OneLifetime bool
	// AgeSyntax says how Max-Age is parsed, and Dates how Expires is.
	AgeSyntax AgeSyntax
	Dates     Dates

	// — How many are kept.

	// PerSite is how many cookies a site may have, and SiteKeeps how many of them are left once it has more. Zero is a limit
	// for each host in place of that for sites, and negative is none.
	PerSite, SiteKeeps int
}

// Unset says what a cookie without SameSite is taken for.
type Unset int

// What a cookie without SameSite is taken for.
const (
	UnsetSent Unset = iota // it is sent with cross-site requests, but not taken from the answers to them
	UnsetLax               // SameSite=Lax
	UnsetNone              // SameSite=None, without need of Secure
)

// Redirects says what becomes of a request that a redirect has led through another site.
type Redirects int

// What becomes of a request that was on another site.
const (
	RedirectsTaint   Redirects = iota // it stays cross-site
	RedirectsForgive                  // the last URL alone counts
	RedirectsHome                     // it stays cross-site, but to the page's own host
)

// ThirdParty says what becomes of cookies of another site than the page's.
type ThirdParty int

// What becomes of third-party cookies.
const (
	ThirdPartyAllow     ThirdParty = iota // SameSite alone decides
	ThirdPartyBlock                       // none are sent or taken, but Partitioned ones
	ThirdPartyPartition                   // all are kept apart for each site that pages are of
	ThirdPartyKeep                        // those that there are are sent, but no others are taken
)

// Order says in which order cookies are sent whose paths are of one length.
type Order int

// The orders of cookies.
const (
	OrderCreation Order = iota // by creation, which a new value does not change
	OrderValue                 // by creation, or by when the value was last changed
	OrderDomain                // those with Domain before others, longer domains before shorter ones; then by creation
)

// Nameless says what a cookie without a name is.
type Nameless int

// What a cookie without a name is.
const (
	NamelessValue  Nameless = iota // a value alone, which is sent as it is
	NamelessSimple                 // the same, but it may have no equals sign
	NamelessName                   // a name with an empty value; nothing before the equals sign is no cookie
)

// Controls says what becomes of control characters in a Set-Cookie line.
type Controls int

// What becomes of control characters.
const (
	ControlsRefuse     Controls = iota // the line is refused; tabs are none
	ControlsRefuseTabs                 // the line is refused, for tabs too that are in the midst of a name or a value
	ControlsCut                        // the line ends before the first of them, tabs in the midst, and bytes over 0x7F
)

// AgeSyntax says how Max-Age is parsed.
type AgeSyntax int

// The ways of parsing Max-Age.
const (
	AgeDigits AgeSyntax = iota // digits, with or without a minus
	AgeMinus                   // the same, and what starts with a minus is negative whatever follows
	AgeEmpty                   // the same as the first, and an empty value is zero
)

// Dates says how the date of Expires is parsed.
type Dates int

// The ways of parsing a date.
const (
	DatesTokens  Dates = iota // day, month, year and time in any order, and whatever else
	DatesWhole                // the same, but no number may have anything else in it
	DatesLoose                // as DatesWhole, and numbers too high carry over, a month can be a number, and the time be missing
	DatesInOrder              // in one of the orders of HTTP
)
