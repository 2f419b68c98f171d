package interop

import (
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
)

// rapid's default of 100 checks finds too little here.
func init() {
	if err := flag.Set("rapid.checks", "300"); err != nil {
		panic(err)
	}
}

// difference is where a middleware follows another policy than it was given.
type difference struct {
	// name says what it does, and reason why.
	name, reason string
	// instead makes of a question the one that the middleware answers.
	instead func(*question)
	// policy and request are an example.
	policy  Policy
	request corstest.Case
}

// Every middleware does what the policy wants, but for what its differences tell.
func TestRandomPolicies(t *testing.T) {
	for _, m := range middlewares {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				policy := policies.Draw(r, "policy")
				for range 5 {
					m.hold(t, r, policy, requests.Draw(r, "request"))
				}
			})
		})
	}
}

// What is no difference any more must go from the table: its example must come out with it, and not without.
func TestDifferencesOccur(t *testing.T) {
	for _, m := range middlewares {
		for i, d := range m.differences {
			t.Run(m.name+" "+d.name, func(t *testing.T) {
				m.hold(t, t, d.policy, d.request)
				without := judged{differences: slices.Delete(slices.Clone(m.differences), i, i+1)}
				for _, b := range personality.Browsers() {
					if m.expected(d.policy, d.request, b.Name) != without.expected(d.policy, d.request, b.Name) {
						return
					}
				}
				t.Errorf("the example comes out without the difference: %v; %s", d.policy, tell(d.request))
			})
		}
	}
}

// hold holds a middleware against a policy.
func (m *judged) hold(t *testing.T, r rapid.TB, policy Policy, c corstest.Case) {
	r.Helper()
	for _, b := range personality.Browsers() {
		if got, want := m.verdict(t, policy, c, b), m.expected(policy, c, b.Name); got != want {
			wanted := (&judged{}).expected(policy, c, b.Name)
			r.Fatalf("%s in %s: %s\nwant %s\n(the policy wants %s)\npolicy: %v\nrequest: %s", m.name, b.Name, got, want, wanted, policy, tell(c))
		}
	}
}

// expected is what becomes of a request, given the differences.
func (m *judged) expected(policy Policy, c corstest.Case, browser string) string {
	q := &question{policy: policy, request: c, browser: browser, status: 200}
	for _, d := range m.differences {
		d.instead(q)
	}
	return q.wants().String()
}

// verdict is what becomes of a request in a browser where the middleware is to follow a policy.
func (m *judged) verdict(t *testing.T, policy Policy, c corstest.Case, b *personality.Personality) string {
	t.Helper()
	handler, err := made(m.policy(policy))
	if err != nil {
		return verdict{outcome: "refused"}.String()
	}
	s := corstest.New(handler).In(b)
	v := ask(t, s, c)[0]
	switch {
	case v.Result.Block != nil && v.Sent():
		return verdict{outcome: "blocked"}.String()
	case v.Result.Block != nil:
		return verdict{outcome: "unsent"}.String()
	}
	got := verdict{outcome: "allowed", status: v.Result.Response.Status}
	for _, name := range []string{"X-Request-Id", "Link"} {
		if v.Result.Response.Headers.Has(name) {
			got.readable = append(got.readable, name)
		}
	}
	if v.Preflighted() {
		got.lifetime = lifetime(t, s, c)
	}
	return got.String()
}

var policies = rapid.Custom(func(t *rapid.T) Policy {
	some := func(label string, from ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 3, rapid.ID).Draw(t, label)
	}
	return Policy{
		Origins:     rapid.SliceOfNDistinct(rapid.SampledFrom([]string{app, admin, local, "https://*.example.com", sandbox, "*"}), 1, 3, rapid.ID).Draw(t, "origins"),
		Methods:     some("methods", "PUT", "PATCH", "DELETE", "OPTIONS"),
		Headers:     some("headers", "Content-Type", "Authorization", "X-Requested-With", "X-Custom", "*"),
		Exposed:     some("exposed", "X-Request-Id", "Link", "*"),
		Credentials: rapid.Bool().Draw(t, "credentials"),
		MaxAge:      rapid.SampledFrom([]int{-1, 0, 1, 60, 3600, 10_000, 100_000}).Draw(t, "max-age"),
	}
})

var requests = rapid.Custom(func(t *rapid.T) corstest.Case {
	c := request(
		rapid.SampledFrom([]string{
			app, admin, local, sandbox, evil, "https://a.b.example.com", "https://example.com", "https://evilexample.com", "http://app.example.com",
			"https://app.example.com:8443", "https://app.example.com.evil.com", "http://api.example.com",
		}).Draw(t, "origin"),
		rapid.SampledFrom([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "put", "patch"}).Draw(t, "method"),
		rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"Content-Type", "Authorization", "X-Requested-With", "X-Custom", "Accept"}), 0, 2, rapid.ID).Draw(t, "headers"),
	)
	c.Credentials = rapid.SampledFrom([]fetchspec.Credentials{fetchspec.CredentialsOmit, fetchspec.CredentialsInclude}).Draw(t, "credentials")
	return c
})
