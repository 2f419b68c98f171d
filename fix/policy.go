// Package fix finds what to change on a server for a blocked request to pass, and writes it for many servers.
//
// [Find] takes a request that was blocked, in one browser or several, and what servers answered. It returns the smallest
// change of those answers with which the request passes in all of the browsers: each part of it was tried with the engine,
// and without any one of them the request is blocked again. With it comes who else gains by the change.
//
// A [Policy] says the same as a rule for a server: which origins may do what. [Recipes] write one policy for nginx, Apache,
// Express and others. Those whose servers can be had were proved with them: see docs/fix.md.
//
// Neither ever lets in every origin that asks with credentials, nor the origin null.
package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsim/corsim/internal/excerpt"
	"github.com/corsim/corsim/origin"
)

// Any is the one item of [Policy.Origins] that stands for every origin, without credentials.
const Any = "*"

// MaxMaxAge is the longest [Policy.MaxAge] in seconds, a day: Firefox keeps the answer to a preflight as long as that, and no
// browser longer.
const MaxMaxAge = 86400

// maxItems is how many items a list of a policy may have.
const maxItems = 1000

// Policy is what a server lets pages of other origins do. It is one value that all recipes are written from.
type Policy struct {
	// Path is the path, or the start of it, that the policy is for. Recipes name it where they say where they go. Empty is
	// all of the server.
	Path string
	// Origins are the origins that may read answers, as browsers write them, such as https://app.example.com; or just [Any].
	Origins []string
	// Methods are the methods that may be used, in the case that pages use. Browsers need no permission for GET, HEAD and
	// POST, but some servers refuse what is not listed.
	Methods []string
	// Headers are the names of the request headers that pages may set.
	Headers []string
	// Expose are the names of the response headers that pages may read, beside the safelisted.
	Expose []string
	// Credentials is set where requests may have cookies or other credentials. It does not go with [Any].
	Credentials bool
	// MaxAge is for how many seconds browsers may keep the answer to a preflight. 0 leaves that to them, which is 5 seconds.
	MaxAge int
}

// PolicyError says what is wrong with a [Policy].
type PolicyError struct {
	// Field is the field's name, such as "Origins".
	Field string
	// Message says what was found and what was expected.
	Message string
}

// Error returns the field's name and what is wrong with it.
func (e *PolicyError) Error() string { return e.Field + ": " + e.Message }

// Validate reports what is wrong with a policy, as a *[PolicyError]. What is valid can be written in all of the languages that
// servers are configured in, without escapes: names have letters, digits, - and _, hosts are names or addresses. What would
// be dangerous is not valid: the origin null, and every origin with credentials.
func (p *Policy) Validate() error {
	for i := range len(p.Path) {
		if c := p.Path[i]; p.Path[0] != '/' || c <= ' ' || c >= 0x7F {
			return &PolicyError{"Path", fmt.Sprintf("%s is no path; want one such as /api/, in printable ASCII", shown(p.Path))}
		}
	}
	if err := p.validateOrigins(); err != nil {
		return err
	}
	for _, list := range []struct {
		field string
		items []string
		fold  bool
	}{{"Methods", p.Methods, false}, {"Headers", p.Headers, true}, {"Expose", p.Expose, true}} {
		if err := validateNames(list.field, list.items, list.fold); err != nil {
			return err
		}
	}
	for _, m := range p.Methods {
		switch strings.ToUpper(m) {
		case "CONNECT", "TRACE", "TRACK":
			return &PolicyError{"Methods", m + " is forbidden to pages, so that there is nothing to allow"}
		}
	}
	if p.MaxAge < 0 || p.MaxAge > MaxMaxAge {
		return &PolicyError{"MaxAge", fmt.Sprintf("%d is not from 0 to %d seconds; no browser keeps the answer to a preflight for more than a day", p.MaxAge, MaxMaxAge)}
	}
	return nil
}

func (p *Policy) validateOrigins() error {
	switch {
	case len(p.Origins) == 0:
		return &PolicyError{"Origins", "there is none; want the origins of the pages, such as https://app.example.com"}
	case len(p.Origins) > maxItems:
		return &PolicyError{"Origins", fmt.Sprintf("there are %d; want %d at most", len(p.Origins), maxItems)}
	case p.Any() && p.Credentials:
		return &PolicyError{"Origins", "* does not go with credentials: any page could act as the user who visits it; list the origins that you trust"}
	case p.Any():
		return nil
	}
	for i, o := range p.Origins {
		if o == "null" {
			return &PolicyError{"Origins", "null is not one to allow: every sandboxed page, of whoever makes one, has it"}
		}
		if o == Any {
			return &PolicyError{"Origins", "* stands for every origin; leave out the others"}
		}
		parsed, err := origin.Parse(o)
		if err != nil {
			return &PolicyError{"Origins", excerpt.Of(err.Error())}
		}
		if !isHost(parsed.Host()) {
			return &PolicyError{"Origins", fmt.Sprintf("%s has a host with characters that no host name has; want letters, digits, -, _ and dots; a pattern is none", shown(o))}
		}
		if slices.Contains(p.Origins[:i], o) {
			return &PolicyError{"Origins", shown(o) + " is there twice"}
		}
	}
	return nil
}

// Any reports whether every origin is let in.
func (p *Policy) Any() bool { return len(p.Origins) == 1 && p.Origins[0] == Any }

func validateNames(field string, names []string, fold bool) error {
	if len(names) > maxItems {
		return &PolicyError{field, fmt.Sprintf("there are %d; want %d at most", len(names), maxItems)}
	}
	seen := map[string]bool{}
	for _, n := range names {
		if n == "*" {
			return &PolicyError{field, "* is a name like any other in requests with credentials, and never stands for Authorization; want the names, with commas between"}
		}
		if !isName(n) {
			return &PolicyError{field, fmt.Sprintf("%s is not made of letters, digits, - and _, which all servers take", shown(n))}
		}
		if fold {
			n = strings.ToLower(n)
		}
		if seen[n] {
			return &PolicyError{field, shown(n) + " is there twice"}
		}
		seen[n] = true
	}
	return nil
}

// isName reports whether s has letters, digits, - and _ only, and no more than a name can need.
func isName(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// isHost reports whether a host is a name or an address: an IPv6 address stands in brackets.
func isHost(s string) bool {
	if six, ok := strings.CutPrefix(s, "["); ok {
		six, ok = strings.CutSuffix(six, "]")
		return ok && isName(strings.ReplaceAll(six, ":", ""))
	}
	return isName(strings.ReplaceAll(s, ".", ""))
}

// shown quotes what was found, bounded.
func shown(s string) string { return fmt.Sprintf("%q", excerpt.Of(s)) }
