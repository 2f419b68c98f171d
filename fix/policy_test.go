package fix_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/corsim/corsim/fix"
)

func TestValidate(t *testing.T) {
	ok := []string{"https://app.example.com"}
	for _, test := range []struct {
		name   string
		policy fix.Policy
		// wrong is a part of the error, empty where there is none.
		wrong string
	}{
		{"one origin", fix.Policy{Origins: ok}, ""},
		{"all there is", fix.Policy{Path: "/api/", Origins: append(ok, "http://[::1]:3000", "https://xn--bcher-kva.example"), Methods: []string{"PUT", "patch"}, Headers: []string{"X_A-1"}, Expose: []string{"X-Total"}, Credentials: true, MaxAge: 86400}, ""},
		{"every origin", fix.Policy{Origins: []string{"*"}}, ""},
		{"no origin", fix.Policy{}, "Origins: there is none"},
		{"every origin with credentials", fix.Policy{Origins: []string{"*"}, Credentials: true}, "Origins: * does not go with credentials"},
		{"every origin and one", fix.Policy{Origins: append(ok, "*")}, "leave out the others"},
		{"null", fix.Policy{Origins: append(ok, "null")}, "Origins: null is not one to allow"},
		{"twice", fix.Policy{Origins: append(ok, ok...)}, "is there twice"},
		{"a slash at the end", fix.Policy{Origins: []string{"https://app.example.com/"}}, "write https://app.example.com"},
		{"a pattern", fix.Policy{Origins: []string{"https://*.example.com"}}, "a pattern is none"},
		{"a quote", fix.Policy{Origins: []string{`https://a";b.example`}}, "characters that no host name has"},
		{"a variable", fix.Policy{Origins: []string{"https://$host"}}, "characters that no host name has"},
		{"a placeholder", fix.Policy{Origins: []string{"https://{host}.example"}}, "characters that no host name has"},
		{"a line break", fix.Policy{Origins: []string{"https://a.example\n"}}, "Origins: "},
		{"a long origin", fix.Policy{Origins: []string{strings.Repeat("x", 1<<20)}}, "Origins: "},
		{"many origins", fix.Policy{Origins: make([]string, 1001)}, "there are 1001"},
		{"a method with a quote", fix.Policy{Origins: ok, Methods: []string{"PUT'"}}, "Methods: \"PUT'\" is not made of letters"},
		{"no method", fix.Policy{Origins: ok, Methods: []string{""}}, "Methods: \"\" is not made of"},
		{"a forbidden method", fix.Policy{Origins: ok, Methods: []string{"trace"}}, "Methods: trace is forbidden"},
		{"every header", fix.Policy{Origins: ok, Headers: []string{"*"}}, "Headers: * is a name like any other"},
		{"a header twice", fix.Policy{Origins: ok, Headers: []string{"X-A", "x-a"}}, "Headers: \"x-a\" is there twice"},
		{"a header with a line break", fix.Policy{Origins: ok, Expose: []string{"X-A\r\nX-B: 1"}}, "Expose: "},
		{"years", fix.Policy{Origins: ok, MaxAge: 31536000}, "MaxAge: 31536000 is not from 0 to 86400 seconds"},
		{"a negative age", fix.Policy{Origins: ok, MaxAge: -1}, "MaxAge: -1 is not"},
		{"a relative path", fix.Policy{Path: "api", Origins: ok}, "Path: \"api\" is no path"},
		{"a path of two lines", fix.Policy{Path: "/\n-- x --\n", Origins: ok}, "Path: "},
	} {
		err := test.policy.Validate()
		if test.wrong == "" && err != nil || test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
			t.Errorf("%s: %v; want %q", test.name, err, test.wrong)
		}
		if err != nil && len(err.Error()) > 500 {
			t.Errorf("%s: an error of %d bytes", test.name, len(err.Error()))
		}
	}
}

// safe are the bytes that mean nothing in any of the languages between quotes.
var safe = regexp.MustCompile(`^[A-Za-z0-9:/._+\[\]-]+$`)

// FuzzRecipes checks that what is valid is safe, and is written by every recipe: as JSON where it is JSON, as Go where it is Go,
// and with each value as it is.
func FuzzRecipes(f *testing.F) {
	f.Add("https://app.example.com", "PUT", "Content-Type", "X-Total", "/api/", true, 600)
	f.Add("*", "PATCH", "x", "y", "", false, 0)
	f.Add(`https://a"b.example`, "G'ET", "$x", "{y}", "/ --\n", true, -1)
	f.Add("http://[::1]:3000", "purge", "X_Y", "Z", "/%20?x", true, 1)
	f.Fuzz(func(t *testing.T, from, method, header, expose, path string, credentials bool, age int) {
		p := fix.Policy{Path: path, Origins: []string{from}, Methods: []string{method}, Headers: []string{header}, Expose: []string{expose}, Credentials: credentials, MaxAge: age}
		valid := p.Validate()
		for _, r := range fix.Recipes() {
			parts, err := r.Parts(p)
			if wrong := (*fix.PolicyError)(nil); errors.As(err, &wrong) {
				if valid == nil && wrong.Field != "Methods" {
					t.Errorf("%s: %v", r.Name, err)
				}
				continue
			}
			if err != nil || valid != nil {
				t.Fatalf("%s: %v, and valid: %v", r.Name, err, valid)
			}
			all := ""
			for _, part := range parts {
				all += part.Text
				if strings.HasPrefix(part.Text, "{") && !json.Valid([]byte(part.Text)) {
					t.Errorf("%s: not JSON:\n%s", r.Name, part.Text)
				}
			}
			for _, value := range []string{from, method, header, expose} {
				if value != "*" && !safe.MatchString(value) {
					t.Errorf("%q is valid", value)
				}
				if !strings.Contains(all, value) {
					t.Errorf("%s: %q is not in\n%s", r.Name, value, all)
				}
			}
		}
	})
}
