package personality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/excerpt"
)

const (
	allowOriginName      = "Access-Control-Allow-Origin"
	allowCredentialsName = "Access-Control-Allow-Credentials"
	allowMethodsName     = "Access-Control-Allow-Methods"
	allowHeadersName     = "Access-Control-Allow-Headers"
)

// allowed explains a request that went through.
func (x *explainer) allowed() Explanation {
	var e Explanation
	switch resp := x.Response; {
	case x.api().IsElement():
		e.Why = "The " + elementNoun(x.api()) + " loads."
		if x.api() == fetchspec.APIEventSource {
			e.Why = "The EventSource opens."
		}
		if x.Request.Mode == fetchspec.ModeNoCORS {
			e.Why = "The " + elementNoun(x.api()) + " loads without CORS: the element asks in mode no-cors, and script cannot look into it."
		}
	case resp.Type == fetchspec.ResponseOpaque:
		e.Why = "The request has mode no-cors: it goes through, and its response is opaque, so that script can read nothing of it, not even its status."
	case resp.Type == fetchspec.ResponseOpaqueRedirect:
		e.Why = "The request has redirect mode manual: script learns that there was a redirect, and not where to."
	case resp.Type == fetchspec.ResponseCORS:
		value, _ := x.Exchanges[len(x.Exchanges)-1].Response.Headers.Get(allowOriginName)
		e.Why = fmt.Sprintf("%s is %s on the answer of %s, which lets a page of %s read it.", allowOriginName, shown(value), excerpt.Of(x.Request.CurrentURL().WithoutFragment()), x.page.Origin)
	default:
		e.Why = excerpt.Of(x.Request.CurrentURL().WithoutFragment()) + " is not of another origin, so that CORS has no say."
	}
	for _, n := range x.Notices {
		if n.Code == engine.NoticeAuthorizationByWildcard {
			e.Change = append(e.Change, "List Authorization by name in `"+allowHeadersName+"` on the answer to OPTIONS "+excerpt.Of(n.URL.WithoutFragment())+": the standard does not let * stand for it, and browsers that still do say that they will stop.")
		}
	}
	return e
}

// HiddenHeaders returns the names of the response headers that script would see if Access-Control-Expose-Headers listed
// them, as the server spelled them and in its order: less Set-Cookie, which script never sees, and those of CORS itself.
func HiddenHeaders(result *engine.Result) []string {
	if result.Block != nil || result.Response.Type != fetchspec.ResponseCORS || len(result.Exchanges) == 0 {
		return nil
	}
	var names []string
	for _, h := range result.Exchanges[len(result.Exchanges)-1].Response.Headers {
		cors := strings.HasPrefix(fetchspec.ByteLower(h.Name), "access-control-")
		if !cors && !result.Response.Headers.Has(h.Name) && !fetchspec.IsForbiddenResponseName(h.Name) && !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

func (x *explainer) allowOriginMissing() (string, []string) {
	why := x.answer() + " has no " + allowOriginName + " header"
	if x.b.Redirect && !x.b.Preflight {
		why += ", and every redirect on the way of a CORS request needs one"
	}
	fix := x.originFix()
	if x.b.Status >= 400 && !x.b.Preflight {
		fix = append(fix, "See that error answers have the headers too: often a proxy, a framework's error page or a panic handler leaves them out.")
	}
	return why, fix
}

func (x *explainer) allowOriginWildcard() (string, []string) {
	why := x.answer() + " has " + allowOriginName + ": *, which does not do for a request with credentials"
	if x.hop() {
		why = x.answer() + " has " + allowOriginName + ": *, and is judged as if the request had credentials, because a redirect of the page's own origin led to it"
	}
	return why, append(x.originFix(), x.dropCredentials()...)
}

func (x *explainer) allowOriginMultiple() (string, []string) {
	return fmt.Sprintf("%s has %s with several values, %s, where one is allowed", x.answer(), allowOriginName, shown(x.allowOrigin())),
		append([]string{"Let just one place set the header: the application or the proxy before it, not both. It cannot hold a list of origins."}, x.originFix()...)
}

func (x *explainer) allowOriginMismatch() (string, []string) {
	value := x.allowOrigin()
	why := fmt.Sprintf("%s has %s: %s, which is not the request's origin %s", x.answer(), allowOriginName, shown(value), x.requestOrigin())
	if x.requestOrigin() == "null" && !x.page.Origin.IsOpaque() {
		why += ", as a redirect between other origins has made it"
	}
	if hint := originHint(value, x.requestOrigin()); hint != "" {
		why += ": " + hint
	}
	return why, x.originFix()
}

// allowOrigin is the value that was found, with the bytes as they came: some browsers report it changed.
func (x *explainer) allowOrigin() string {
	if value, ok := x.header(allowOriginName); ok {
		return value
	}
	return x.b.Param
}

// originHint says what is wrong with a value that was meant to be an origin.
func originHint(value, want string) string {
	switch {
	case value == "":
		return "it is empty"
	case value == "null":
		return ""
	case strings.TrimSuffix(value, "/") == want:
		return "there is a slash at its end"
	case strings.HasPrefix(value, want+"/"):
		return "an origin has no path"
	case strings.Contains(value, "*"):
		return "patterns are not understood"
	case strings.EqualFold(value, want):
		return "it is compared with its case"
	case strings.ContainsAny(value, ", "):
		return "it holds one origin, not a list"
	case !strings.Contains(value, "://"):
		return "it has no scheme"
	}
	scheme, host, _ := strings.Cut(value, "://")
	wantScheme, wantHost, _ := strings.Cut(want, "://")
	switch {
	case host == wantHost && scheme != wantScheme:
		return "the scheme differs"
	case host == wantHost+":443" || host == wantHost+":80":
		return "the scheme's default port is not written"
	case portless(host) == portless(wantHost):
		return "the port differs"
	}
	return ""
}

func portless(host string) string {
	name, _, _ := strings.Cut(host, ":")
	return name
}

func (x *explainer) allowCredentials() (string, []string) {
	value, ok := x.header(allowCredentialsName)
	why := fmt.Sprintf("%s has %s: %s, and a request with credentials needs it to be true, in just this spelling", x.answer(), allowCredentialsName, shown(value))
	if !ok {
		why = x.answer() + " has no " + allowCredentialsName + " header, and a request with credentials needs it to be true"
	}
	return why, append(x.originFix(), x.dropCredentials()...)
}

// dropCredentials advises on pages that have no need of credentials.
func (x *explainer) dropCredentials() []string {
	what := "credentials: 'include'"
	switch a := x.api(); {
	case x.hop():
		return nil
	case a == fetchspec.APIXHR, a == fetchspec.APIEventSource:
		what = "withCredentials"
	case a.IsElement():
		what = "crossorigin=\"use-credentials\""
	}
	return []string{"Or leave out " + what + " in the page, if it needs no cookies there."}
}

// originFix is what the answer must have to pass the CORS check, and for a preflight, to pass at all.
func (x *explainer) originFix() []string {
	if x.b.Preflight {
		return x.preflightFix()
	}
	return x.grantOrigin()
}

// grantOrigin is what the answer must have for the request's origin to read it.
func (x *explainer) grantOrigin() []string {
	o, include := x.requestOrigin(), x.include()
	if o == "null" {
		return x.grantOpaque()
	}
	on := " on " + x.where()
	fix := []string{"Send `" + allowOriginName + ": " + o + "`" + on + "."}
	if include {
		fix = []string{"Send `" + allowOriginName + ": " + o + "` and `" + allowCredentialsName + ": true`" + on + ", after looking the origin up in a list of those that you trust: never for every origin that asks."}
	}
	if vary, _ := x.header("Vary"); !lists(vary, "Origin") && strings.TrimSpace(vary) != "*" {
		fix = append(fix, "Send `Vary: Origin` with it wherever the value depends on who asks, so that no cache gives one origin the answer to another.")
	}
	if !include {
		fix = append(fix, "Or send `"+allowOriginName+": *`, if pages of any origin may read it.")
	}
	return fix
}

// grantOpaque advises on the origin null, which a server should not trust: every sandboxed frame has it.
func (x *explainer) grantOpaque() []string {
	var fix []string
	if x.page.Origin.IsOpaque() {
		fix = append(fix, "Give the page an origin: serve it over https, and not in a sandboxed frame, or with allow-same-origin in the sandbox attribute. The origin null is shared by every sandboxed page, so do not allow it by name.")
	} else {
		target := "the URL that the redirects lead to"
		if u := x.b.Target; u != nil && u.IsHTTP() {
			target = excerpt.Of(u.WithoutFragment())
		} else if u := x.b.URL; u != nil && len(x.Request.URLs) > 1 {
			target = excerpt.Of(u.WithoutFragment())
		}
		fix = append(fix, "Let the page ask for "+target+" at once: after a redirect from one other origin to the next, the request's origin is null.")
	}
	if !x.include() {
		fix = append(fix, "Or send `"+allowOriginName+": *` on "+x.where()+", if pages of any origin may read it.")
	}
	return fix
}
