package report

import (
	"github.com/corsim/corsim/message"
	"github.com/corsim/corsim/warn"
)

// RuleExpectation is the rule of expectations in scenario files that are not met.
const RuleExpectation = "expectation-not-met"

// RuleUnknown is the rule of verdicts for which something is missing.
const RuleUnknown = "no-evidence"

// rule says what a code is about, and where to read more.
type rule struct{ text, uri string }

// Where the standards speak of it.
const (
	fetch     = "https://fetch.spec.whatwg.org/#"
	corsCheck = fetch + "concept-cors-check"
	caching   = fetch + "cors-protocol-and-http-caches"
	cookies   = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
	readme    = "https://github.com/corsim/corsim#readme"
)

// rules are those that are no rule of the standard.
var rules = map[string]rule{
	string(warn.BrowsersDiffer):          {"A request passes in one browser and not in another.", readme},
	string(warn.Executed):                {"The server carries out a request whose answer the page may not read.", fetch + "http-cors-protocol"},
	string(warn.ErrorWithoutHeaders):     {"An error answer has no CORS headers, so that the page does not learn the status.", corsCheck},
	string(warn.DuplicateAllowOrigin):    {"Two layers set Access-Control-Allow-Origin.", corsCheck},
	string(warn.NullAllowed):             {"The origin null is allowed, which every sandboxed frame has.", corsCheck},
	string(warn.WildcardWithCredentials): {"Access-Control-Allow-Credentials goes with an Access-Control-Allow-Origin of *.", fetch + "cors-protocol-and-credentials"},
	string(warn.AuthorizationByWildcard): {"Authorization passes by Access-Control-Allow-Headers: *, which is not so in the standard.", fetch + "cors-non-wildcard-request-header-name"},
	string(warn.VaryMissing):             {"An answer to one origin may be cached, and has no Vary: Origin.", caching},
	string(warn.MaxAgeCapped):            {"Access-Control-Max-Age is more than a browser goes by.", fetch + "http-access-control-max-age"},
	string(warn.CookieThirdParty):        {"A third-party cookie is not kept, or kept apart.", cookies},
	string(warn.CookieSameSite):          {"SameSite keeps a cookie from being set or sent.", cookies},
	string(warn.CookieRefused):           {"A cookie is not kept.", cookies},

	RuleUnknown:     {"Something that decides is not there to judge by.", readme},
	RuleExpectation: {"What came of a scenario is not what its file expects.", readme},
}

// About says in a sentence what a rule is about.
func About(code string) string { return ruleOf(code).text }

// ruleOf returns the rule of a code or of a topic. Those of which nothing is known stand for themselves.
func ruleOf(code string) rule {
	if r, ok := rules[code]; ok {
		return r
	}
	m, ok := message.Named(code)
	if !ok {
		return rule{code, readme}
	}
	r := rule{m.Explain().Why, m.Explain().Anchor}
	if r.uri == "" {
		r.uri = readme
	}
	return r
}
