package fix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// Case is a request that a page makes in a browser, and what servers answer it now.
type Case struct {
	Browser *personality.Personality
	Page    engine.Page
	Init    engine.Init
	// Answers returns what servers answer now, from the first request on. Where an answer was never seen, such as the one
	// that comes after a preflight that failed, the network's error is a [*scenario.UnansweredError].
	Answers func() engine.Network
}

// Recorded returns what was answered in a result as a Case has it.
func Recorded(result *engine.Result) func() engine.Network {
	return func() engine.Network { return recorded{result} }
}

type recorded struct{ *engine.Result }

func (r recorded) Send(req *fetchspec.Request) (*fetchspec.Response, error) {
	for _, e := range r.Exchanges {
		if answerTo(e.Request) == answerTo(req) {
			return e.Response, e.Err
		}
	}
	return nil, &scenario.UnansweredError{Method: req.Method, URL: req.WireURL(), Preflight: req.IsPreflight()}
}

// HTTP2 reports whether what was answered came over HTTP/2.
func (r recorded) HTTP2() bool {
	return slices.ContainsFunc(r.Exchanges, func(e engine.Exchange) bool { return e.HTTP2 })
}

func isUnseen(err error) bool {
	unseen := (*scenario.UnansweredError)(nil)
	return errors.As(err, &unseen)
}

// ask makes the request of a case, with the answers changed.
func (c *Case) ask(edits []Edit) *engine.Result {
	return c.Browser.UserAgent().Do(c.Page, c.Init, Edited(c.Answers(), edits))
}

// Fix is a change of what servers answer, with which a request passes.
type Fix struct {
	// Edits are the parts of the change, none where the request passes already. Without any one of them it does not pass in
	// all of the browsers.
	Edits []Edit
	// Changes are the edits put together, answer by answer, in the order in which browsers ask.
	Changes []Changed
	// Unseen are answers that were not seen, and that were taken to have no headers yet.
	Unseen []Answer
	// Rules are the change as policies, one for each URL that has a part in it; each passes in all of the browsers too. A URL
	// whose change cannot be said as a policy has none: see Policy.Validate.
	Rules []Rule
	// Blast is who else gains by the edits.
	Blast Blast
}

// Must returns what has to hold beside the edits of CORS, for the request to pass not just this once: phrases for people.
func (f *Fix) Must() []string {
	var preflight, vary, cors bool
	for _, e := range f.Edits {
		cors = cors || e.Name != resourcePolicy
		preflight = preflight || e.Answer.Preflight
		vary = vary || e.Name == allowOrigin && e.Origin != Any
	}
	if !cors {
		return nil
	}
	var list []string
	if preflight {
		list = append(list, "OPTIONS is answered before authentication, routes and redirects")
	}
	list = append(list, "errors have the headers too", "just one layer sets them")
	if vary {
		list = append(list, "Vary: Origin goes with them")
	}
	return list
}

// Rule is a policy for a URL.
type Rule struct {
	URL    string
	Policy Policy
}

// Changed is what the edits make of one answer.
type Changed struct {
	Answer Answer
	// Method is the method of the request that is answered.
	Method string
	// Status is the new status, 0 where it stays.
	Status int
	// Headers are the headers that change, with their whole values; one with an empty value is not to be sent.
	Headers fetchspec.Headers
}

// NoFixError says that no permission that a server gives makes the request pass, less those that it should not give.
type NoFixError struct {
	// Browser is the browser that blocks the request whatever is sent, and Block why.
	Browser *personality.Personality
	Block   *engine.Block
	// Null is set where a change could help, but only where the origin null is let in by name.
	Null bool
}

func (e *NoFixError) Error() string {
	if e.Null {
		return "it would pass only where the origin null is let in by name, and every sandboxed page, of whoever makes one, has that origin"
	}
	return fmt.Sprintf("no permission that a server gives can help: %s, in %s, is about something else", e.Block.Code, e.Browser.Name)
}

// maxEdits bounds a change, and with it the work of finding it: each part is tried.
const maxEdits = 100

// ErrTooLarge is the error where a change would have too many parts to try each.
var ErrTooLarge = fmt.Errorf("the change would have more than %d parts, which is too much to try each", maxEdits)

// Find returns the smallest change with which all cases pass. They are one request in several browsers. The error is a
// [*NoFixError] where there is none, or [ErrTooLarge].
//
// Changes are of the headers of CORS, of Cross-Origin-Resource-Policy, and of the status of answers to preflights.
func Find(cases ...Case) (*Fix, error) {
	s := search{cases: cases}
	first, was := s.blocked(nil)
	if first == nil {
		return &Fix{}, nil
	}
	for c, result := first, was; c != nil; c, result = s.blocked(s.edits) {
		if err := s.extend(c, result.Block); err != nil {
			return nil, err
		}
		if len(s.edits) > maxEdits {
			return nil, ErrTooLarge
		}
	}
	s.minimize()
	if s.letsNullIn() {
		return nil, &NoFixError{Browser: first.Browser, Block: was.Block, Null: true}
	}
	return &Fix{Edits: s.edits, Changes: s.changes(), Unseen: s.unseen(), Rules: s.rules(), Blast: s.blast()}, nil
}

type search struct {
	cases []Case
	edits []Edit
}

// blocked returns the first case that is blocked with some edits, nil where all pass.
func (s *search) blocked(edits []Edit) (*Case, *engine.Result) {
	for i := range s.cases {
		if r := s.cases[i].ask(edits); r.Block != nil {
			return &s.cases[i], r
		}
	}
	return nil, nil
}

// extend adds the edits that a block asks for.
func (s *search) extend(c *Case, b *engine.Block) error {
	none := &NoFixError{Browser: c.Browser, Block: b}
	if b.Exchange == nil {
		return none
	}
	req := b.Exchange.Request
	asker, _ := req.Headers.Get("Origin")
	if base := b.Code.Base(); asker == "null" && (base == engine.CodeAllowOriginWildcard || base == engine.CodeAllowCredentials) {
		none.Null = true
		return none
	}
	added := false
	for _, e := range s.wanted(c, b, req, asker) {
		if !slices.Contains(s.edits, e) {
			s.edits = append(s.edits, e)
			added = true
		}
	}
	if !added {
		return none // what it asks for does not help
	}
	return nil
}

// wanted returns the edits that a block of a request asks for.
func (s *search) wanted(c *Case, b *engine.Block, req *fetchspec.Request, asker string) []Edit {
	e := Edit{Answer: answerTo(req), Origin: Any, Kind: EditSet}
	switch b.Code.Base() {
	case engine.CodeAllowOriginMissing, engine.CodeAllowOriginWildcard, engine.CodeAllowOriginMultiple, engine.CodeAllowOriginInvalid, engine.CodeAllowOriginMismatch:
		e.Name, e.Value, e.Origin = allowOrigin, asker, asker
		if asker == "null" {
			e.Value, e.Origin = Any, Any
		}
	case engine.CodeAllowCredentials:
		e.Name, e.Value, e.Origin = allowCredentials, "true", asker
	case engine.CodePreflightRedirect, engine.CodePreflightStatus:
		e.Kind = EditStatus
	case engine.CodeAllowMethodsInvalid:
		e.Kind, e.Name = EditClean, allowMethods
	case engine.CodeAllowHeadersInvalid:
		e.Kind, e.Name = EditClean, allowHeaders
	case engine.CodeMethodNotAllowed:
		e.Kind, e.Name = EditAdd, allowMethods
		e.Value, _ = req.Headers.Get("Access-Control-Request-Method")
	case engine.CodeHeaderNotAllowed:
		// All of them at once. Those that are allowed as it is go when the change is made small.
		var all []Edit
		e.Kind, e.Name = EditAdd, allowHeaders
		for name := range strings.SplitSeq(requested(req)+","+b.Param, ",") {
			if e.Value = spelled(c.Init.Headers, name); e.Value != "" && !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
		return all
	case engine.CodeCORPSameOrigin, engine.CodeCORPSameSite, engine.CodeCORPEmbedder:
		// The nearer of the two that may do comes first.
		e.Name, e.Value = resourcePolicy, "same-site"
		if slices.Contains(s.edits, e) {
			e.Value = "cross-origin"
		}
	default:
		return nil
	}
	return []Edit{e}
}

// minimize takes out every edit that is not needed: one that another browser's, or a later one, has made idle.
func (s *search) minimize() {
	for i := len(s.edits) - 1; i >= 0; i-- {
		fewer := slices.Delete(slices.Clone(s.edits), i, i+1)
		if c, _ := s.blocked(fewer); c == nil {
			s.edits = fewer
			i = len(fewer) // what was needed beside it may not be now
		}
	}
}

// letsNullIn reports whether the change rests on an answer that has the origin null by name.
func (s *search) letsNullIn() bool {
	for i := range s.cases {
		for _, e := range s.cases[i].ask(s.edits).Exchanges {
			asker, _ := e.Request.Headers.Get("Origin")
			if e.Response != nil && asker == "null" {
				if value, _ := e.Response.Headers.Get(allowOrigin); value == asker {
					return true
				}
			}
		}
	}
	return false
}

// changes puts the edits together.
func (s *search) changes() []Changed {
	var list []Changed
	for i := range s.cases {
		for _, e := range s.cases[i].ask(s.edits).Exchanges {
			c := Changed{Answer: answerTo(e.Request), Method: e.Request.Method}
			for _, edit := range s.edits {
				switch {
				case edit.Answer != c.Answer:
				case edit.Kind == EditStatus:
					c.Status = e.Response.Status
				case !c.Headers.Has(edit.Name):
					value, _ := e.Response.Headers.Get(edit.Name)
					c.Headers.Append(edit.Name, value)
				}
			}
			known := slices.ContainsFunc(list, func(other Changed) bool { return other.Answer == c.Answer })
			if !known && (c.Status != 0 || len(c.Headers) > 0) {
				list = append(list, c)
			}
		}
	}
	return list
}

// unseen returns the answers that the change rests on and that were not seen.
func (s *search) unseen() []Answer {
	var list []Answer
	for _, c := range s.cases {
		c.Browser.UserAgent().Do(c.Page, c.Init, edited{c.Answers(), s.edits, func(a Answer) {
			if !slices.Contains(list, a) {
				list = append(list, a)
			}
		}})
	}
	return list
}

// rules returns the change as policies, which pass without the edits. Where some answers of a URL let in every origin and others
// just the page's, its policy does the former if it can.
func (s *search) rules() []Rule {
	for _, wide := range [...]bool{true, false} {
		var rules []Rule
		var edits []Edit
		for _, e := range s.edits {
			known := slices.ContainsFunc(rules, func(r Rule) bool { return r.URL == e.Answer.URL })
			if e.Name == resourcePolicy {
				edits = append(edits, e)
			} else if p := s.policy(e.Answer.URL, wide); !known && p.Validate() == nil {
				rules = append(rules, Rule{e.Answer.URL, p})
				edits = append(edits, p.Edits(Answer{e.Answer.URL, false})...)
				edits = append(edits, p.Edits(Answer{e.Answer.URL, true})...)
			}
		}
		if c, _ := s.blocked(edits); c == nil {
			return rules
		}
	}
	return nil
}

// policy makes a policy of what the answers of a URL have after the edits. It need not be valid.
func (s *search) policy(url string, wide bool) (p Policy) {
	methods, headers, expose := names{}, names{fold: true}, names{fold: true}
	for i := range s.cases {
		for _, e := range s.cases[i].ask(s.edits).Exchanges {
			if e.Request.WireURL() != url || e.Response == nil {
				continue
			}
			p.Path = e.Request.CurrentURL().Path()
			asker, _ := e.Request.Headers.Get("Origin")
			value, _ := e.Response.Headers.Get(allowOrigin)
			if value == Any {
				asker = Any
			}
			if asker != "" && !slices.Contains(p.Origins, asker) {
				p.Origins = append(p.Origins, asker)
			}
			credentials, _ := e.Response.Headers.Get(allowCredentials)
			p.Credentials = p.Credentials || credentials == "true" && value != Any
			expose.addTokens(e.Response.Headers, exposeHeaders)
			if !e.Preflight {
				methods.add(e.Request.Method)
				continue
			}
			methods.addTokens(e.Response.Headers, allowMethods)
			for name := range strings.SplitSeq(requested(e.Request), ",") {
				headers.add(spelled(s.cases[i].Init.Headers, name))
			}
			headers.addTokens(e.Response.Headers, allowHeaders)
			p.MaxAge = max(p.MaxAge, seconds(e.Response.Headers))
		}
	}
	if slices.Contains(p.Origins, Any) {
		if wide {
			p.Origins, p.Credentials = []string{Any}, false
		} else if len(p.Origins) > 1 {
			p.Origins = slices.DeleteFunc(p.Origins, func(o string) bool { return o == Any })
		}
	}
	p.Methods, p.Headers, p.Expose = methods.list, headers.list, expose.list
	return p
}

func requested(preflight *fetchspec.Request) string {
	value, _ := preflight.Headers.Get("Access-Control-Request-Headers")
	return value
}

// spelled returns a header's name as the page spells it.
func spelled(headers fetchspec.Headers, name string) string {
	for _, h := range headers {
		if fetchspec.EqualFold(h.Name, name) {
			return h.Name
		}
	}
	if name == "content-type" {
		return "Content-Type" // brought by the body
	}
	return name
}

// seconds is for how long a preflight's answer may be kept, as far as a policy may say it.
func seconds(h fetchspec.Headers) (n int) {
	value, _ := h.Get(maxAge)
	for _, digit := range value {
		if digit < '0' || digit > '9' {
			return 0
		}
		n = min(10*n+int(digit-'0'), MaxMaxAge)
	}
	return n
}

// names is a list of names, each of them once; what a policy cannot have is left out.
type names struct {
	list []string
	fold bool
}

func (n *names) add(name string) {
	same := func(m string) bool { return m == name || n.fold && fetchspec.EqualFold(m, name) }
	if isName(name) && !slices.ContainsFunc(n.list, same) {
		n.list = append(n.list, name)
	}
}

func (n *names) addTokens(h fetchspec.Headers, header string) {
	for _, item := range fetchspec.ExtractTokens(h, header).Items {
		n.add(item)
	}
}

// Edits returns what the policy makes of an answer of a server, for each of its origins: nothing is left of headers that were
// there before.
func (p *Policy) Edits(a Answer) []Edit {
	var edits []Edit
	for _, name := range [...]string{allowOrigin, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge} {
		edits = append(edits, Edit{Answer: a, Kind: EditRemove, Name: name, Origin: Any})
	}
	if a.Preflight {
		edits = append(edits, Edit{Answer: a, Kind: EditStatus, Origin: Any})
	}
	for _, o := range p.Origins {
		set := func(name, value string) {
			if value != "" {
				edits = append(edits, Edit{a, EditSet, name, value, o})
			}
		}
		set(allowOrigin, o)
		if p.Credentials {
			set(allowCredentials, "true")
		}
		if !a.Preflight {
			set(exposeHeaders, strings.Join(p.Expose, ", "))
			continue
		}
		set(allowMethods, strings.Join(p.Methods, ", "))
		set(allowHeaders, strings.Join(p.Headers, ", "))
		if p.MaxAge > 0 {
			set(maxAge, fmt.Sprint(p.MaxAge))
		}
	}
	return edits
}
