package har

import (
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// settle finds out what is only assumed, as far as what the HAR's browser did tells it.
func (j *Judge) settle(q *question, s *source, o *Observed) {
	if o == nil {
		return
	}
	last := q.hops[len(q.hops)-1]
	if o.Outcome == Allowed && last.location() != nil && q.init.API == fetchspec.APIFetch {
		q.init.Redirect = fetchspec.RedirectManual
		q.add(Fact{factRedirect, string(fetchspec.RedirectManual), "what " + s.browser.Name + " did: it ended there without an error", false})
	}
	for i, f := range q.facts {
		if !f.Assumed || f.Name != factCredentials && f.Name != factBody {
			continue
		}
		other := q.otherwise(f)
		a, b := q.try(s.browser), other.try(s.browser)
		fits, otherFits := a.seen() == o.Outcome, b.seen() == o.Outcome
		if a.missing != "" || b.missing != "" || fits == otherFits {
			continue
		}
		if otherFits {
			*q = *other
			f.Value = f.other()
		}
		f.From = "what " + s.browser.Name + " did: it " + o.Outcome + " it, as it does in this case alone"
		// What is blocked could have other reasons.
		f.Assumed = o.Outcome == Blocked
		q.facts[i] = f
	}
}

// other returns the other value that a fact could have.
func (f *Fact) other() string {
	switch {
	case f.Name == factBody:
		return notDeclared
	case f.Value == string(fetchspec.CredentialsInclude):
		return string(fetchspec.CredentialsSameOrigin)
	}
	return string(fetchspec.CredentialsInclude)
}

// assumed returns the assumptions without which the verdict would not stand.
func (q *question) assumed(browser *personality.Personality, t *trial, o *Observed) (list []string) {
	for _, f := range q.facts {
		if f.Name == factBody && o != nil && o.Browser == browser.Name && t.seen() == o.Outcome && t.outcome() == o.Outcome {
			continue // it saw the body
		}
		if !f.Assumed || same(q.otherwise(f).try(browser), t) {
			continue
		}
		list = append(list, "the "+f.Name+" is "+f.Value+", taken from "+f.From)
	}
	return list
}

// otherwise returns the question with a fact that is assumed the other way round, where there is just one other.
func (q *question) otherwise(f Fact) *question {
	other := *q
	switch {
	case f.Name == factAPI && q.apiOpen:
		include := q.init.Credentials == fetchspec.CredentialsInclude
		other.init.API, other.init.Mode, other.init.Credentials = fetchspec.APIImage, "", ""
		if q.isCORS() {
			other.include(include)
		}
	case f.Name == factPolicy:
		other.page.EmbedderPolicy = fetchspec.RequireCORP
	case f.Name == factCredentials:
		other.include(f.Value != string(fetchspec.CredentialsInclude))
	case f.Name == factMode && q.init.API == fetchspec.APIFetch:
		other.init.Mode = fetchspec.ModeNoCORS
		if f.Value != string(fetchspec.ModeCORS) {
			other.init.Mode = fetchspec.ModeCORS
		}
	case f.Name == factMode && q.init.CrossOrigin == nil:
		other.init.CrossOrigin = new(string)
	case f.Name == factElement && q.init.API == fetchspec.APIScript:
		other.init.API = fetchspec.APIModule
	case f.Name == factElement:
		as := string(fetchspec.DestinationFont)
		other.init.API, other.init.As, other.init.CrossOrigin = fetchspec.APIPreload, &as, new(string)
	case f.Name == factBody:
		other.otherBody = !q.otherBody
	case f.Name == factListener:
		other.init.UploadListener = false
	case f.Name == factOrigin && q.page.Origin.IsOpaque():
		other.page.Origin = elsewhere
	case f.Name == factOrigin:
		other.page.Origin = origin.NewOpaque()
	}
	return &other
}

// elsewhere is an origin that no server has heard of.
var elsewhere = origin.MustParse("https://elsewhere.invalid")

func same(a, b *trial) bool {
	if a.outcome() != b.outcome() {
		return false
	}
	return a.result.Block == nil || b.result.Block == nil || a.result.Block.Code == b.result.Block.Code
}
