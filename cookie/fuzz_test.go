package cookie_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/cookie"
)

// policies are the specification and one that departs from it in all that parses.
var policies = []*cookie.Policy{
	{},
	{Controls: cookie.ControlsRefuseTabs, Nameless: cookie.NamelessSimple, Dates: cookie.DatesWhole, LastCounts: true},
	{Nameless: cookie.NamelessName, ValuesAreUTF8: true, Dates: cookie.DatesLoose, AgeSyntax: cookie.AgeMinus, Partitioned: true},
	{Controls: cookie.ControlsCut, NoLimits: true, DomainLiteral: true, OneLifetime: true, Dates: cookie.DatesInOrder, AgeSyntax: cookie.AgeEmpty, NoPrefixes: true},
}

// FuzzStore: no line panics; a cookie that is kept is sent back to where it came from, if it is for there, and what is sent,
// set again, is sent again.
func FuzzStore(f *testing.F) {
	for _, line := range []string{
		"a=1", "a", "=a", "=a=b", "", "a=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=10", "a=\x00", "a\t=\t1\x7f;",
		"__Host-a=1; Secure; Path=/", "a=1; Domain=.example.com; Domain=", "a=1; Expires=06/09/1999", "a=1; Expires=9 Jun 29 1:2:3", "\xff=\xc3",
	} {
		f.Add(line)
	}
	for _, d := range dates {
		f.Add("a=1; Expires=" + d.in)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, p := range policies {
			r := visit(t, app+"/dir/page")
			c, err := p.Parse(line, r.URLs[0], now)
			if err != nil {
				if err.Error() == "" || c != nil {
					t.Errorf("%q: %+v and error %q", line, c, err)
				}
				continue
			}
			jar := &cookie.Jar{Policy: p}
			if err := jar.Store(r, line, now); err != nil {
				continue
			}
			got := jar.Header(r, now)
			if !strings.HasPrefix("/dir/page/", c.Path) || jar.Len() == 0 {
				continue
			}
			sent := c.Value
			if c.Name != "" || p.Nameless == cookie.NamelessName {
				sent = c.Name + "=" + c.Value
			}
			if got != sent && got != "" || got == "" && c.Path == "/" {
				t.Errorf("%q: %+v is sent as %q, want %q", line, c, got, sent)
			}
			if c.Name == "" {
				sent = "=" + sent
			}
			again, err := p.Parse(sent, r.URLs[0], now)
			if err != nil || again.Name != c.Name || again.Value != c.Value {
				t.Errorf("%q is sent as %q, which is %+v, %v; want %+v", line, sent, again, err, c)
			}
		}
	})
}
