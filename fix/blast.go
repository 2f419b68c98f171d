package fix

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// Blast is who else than the page gains by a change: others were asked as well, before it and after.
type Blast struct {
	// Gains are those who are let in by the change, Refused those who are kept out after it as before, and Had those who
	// were let in before it.
	Gains, Refused, Had []Asker
}

// Asker is somebody else who makes the same request.
type Asker struct {
	// Origin is the origin, "null" for a sandboxed page.
	Origin string
	// Who says what the origin is to the page's, such as "a sibling subdomain".
	Who string
	// Credentials is set where the request passes with credentials too.
	Credentials bool
}

// blast asks as others: from a sibling subdomain, an unrelated site, a sandboxed page, and the page's twin over http; with
// credentials and without.
func (s *search) blast() (b Blast) {
	for _, other := range others(&s.cases[0]) {
		before, beforeWith := s.lets(other.page, nil, false), s.lets(other.page, nil, true)
		after, afterWith := s.lets(other.page, s.edits, false), s.lets(other.page, s.edits, true)
		asker := Asker{other.page.Origin.String(), other.who, afterWith}
		switch {
		case after && !before, afterWith && !beforeWith:
			b.Gains = append(b.Gains, asker)
		case !after && !afterWith:
			b.Refused = append(b.Refused, asker)
		}
		if before || beforeWith {
			asker.Credentials = beforeWith
			b.Had = append(b.Had, asker)
		}
	}
	return b
}

type other struct {
	who  string
	page engine.Page
}

// others returns those who ask in place of a case's page. They are secure where what is asked for is, so that no mixed content
// is in the way.
func others(c *Case) []other {
	me, scheme := c.Page.Origin, "https"
	if u, err := origin.ParseURL(c.Init.URL, c.Page.URL); err == nil && u.Scheme() == "http" {
		scheme = "http"
	}
	var list []other
	add := func(who, from string) {
		if o, err := origin.Parse(from); err == nil && o != me {
			at, _ := origin.ParseURL(from+"/", nil)
			list = append(list, other{who, engine.Page{Origin: o, URL: at}})
		}
	}
	if !me.IsOpaque() && !me.IsIPAddress() {
		add("a sibling subdomain", scheme+"://sibling."+origin.SiteHost(me.Host()))
	}
	add(unrelated, scheme+"://unrelated.example")
	if host, ok := strings.CutPrefix(me.String(), "https:"); ok {
		add("its twin over http", "http:"+host)
	}
	frame := engine.Page{Origin: origin.NewOpaque(), Embedder: origin.MustParse(scheme + "://unrelated.example")}
	frame.URL, _ = origin.ParseURL(frame.Embedder.String()+"/", nil)
	return append(list, other{"any sandboxed page", frame})
}

// lets reports whether a page is let in by any of the browsers, if it makes the request with credentials or without. An element
// without a crossorigin attribute can make it in one way only.
func (s *search) lets(page engine.Page, edits []Edit, credentials bool) bool {
	return slices.ContainsFunc(s.cases, func(c Case) bool {
		c.Page = page
		mode, attribute := fetchspec.CredentialsSameOrigin, "anonymous"
		if credentials {
			mode, attribute = fetchspec.CredentialsInclude, "use-credentials"
		}
		switch {
		case !c.Init.API.IsElement(), c.Init.API == fetchspec.APIEventSource:
			c.Init.Credentials = mode
		case c.Init.CrossOrigin != nil, c.Init.API == fetchspec.APIModule:
			c.Init.CrossOrigin = &attribute
		}
		r := c.ask(edits)
		return r.Block == nil && (!credentials || r.Request.Credentials == fetchspec.CredentialsInclude)
	})
}

const unrelated = "an unrelated site"

// Everybody reports whether pages of any site gain.
func (b *Blast) Everybody() bool {
	return slices.ContainsFunc(b.Gains, func(a Asker) bool { return a.Who == unrelated })
}
