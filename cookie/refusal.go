package cookie

// Refusal says why a cookie is not kept. It is an error.
type Refusal string

// Why cookies are refused.
const (
	// RefusedControl: the line has a control character.
	RefusedControl Refusal = "control-character"
	// RefusedEmpty: there is neither a name nor a value, or not the one that must be there.
	RefusedEmpty Refusal = "empty"
	// RefusedSize: name and value are longer than MaxSize.
	RefusedSize Refusal = "size"
	// RefusedDomain: Domain is not the URL's host or above it, or is a public suffix.
	RefusedDomain Refusal = "domain"
	// RefusedInsecure: a Secure cookie comes from an insecure URL.
	RefusedInsecure Refusal = "insecure"
	// RefusedSecureExists: a cookie from an insecure URL would lie over a Secure one.
	RefusedSecureExists Refusal = "secure-exists"
	// RefusedCrossSite: SameSite does not let it be set by the answer to a cross-site request.
	RefusedCrossSite Refusal = "cross-site"
	// RefusedNoneInsecure: SameSite=None needs Secure.
	RefusedNoneInsecure Refusal = "none-insecure"
	// RefusedPrefix: the name asks for attributes that are not there.
	RefusedPrefix Refusal = "prefix"
	// RefusedPartitionedInsecure: Partitioned needs Secure.
	RefusedPartitionedInsecure Refusal = "partitioned-insecure"
	// RefusedThirdParty: the browser takes no third-party cookies.
	RefusedThirdParty Refusal = "third-party"
	// WithheldRedirect: SameSite does not let a cookie that there is go along, because of where redirects went. It is no error
	// of [Jar.Store]; see [Jar.Withheld].
	WithheldRedirect Refusal = "withheld-redirect"
)

func (r Refusal) Error() string { return "the cookie is refused: " + string(r) }
