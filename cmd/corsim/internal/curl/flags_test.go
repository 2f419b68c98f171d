package curl

import (
	"slices"
	"strings"
	"testing"
)

// Every flag is of a class, with a reason, and one that is read makes a difference to the command.
func TestFlags(t *testing.T) {
	plain, err := Parse("curl a", nil)
	if err != nil {
		t.Fatal(err)
	}
	// A page's requests are as these make curl's, or they say something of others.
	same := []string{"compressed", "basic", "form-escape", "globoff", "http2", "http2-prior-knowledge", "get", "next"}
	readFile := func(string) ([]byte, error) { return []byte("x"), nil }
	for name, f := range flags() {
		if !slices.Contains([]class{read, idle, lost, refused}, f.class) || f.reason == "" || name != f.name && len(name) != 1 {
			t.Errorf("%s: %+v", name, f)
		}
		if f.class != read || name != f.name || slices.Contains(same, name) {
			continue
		}
		command := "curl --" + name + " a"
		if f.value {
			value := map[string]string{"max-time": "5", "connect-timeout": "5", "header": "A: b", "url": "b"}[name]
			if value == "" {
				value = "a=b:c"
			}
			command = "curl --" + name + " '" + value + "' a"
		}
		c, err := Parse(command, readFile)
		if err != nil {
			t.Errorf("%s: %v", command, err)
			continue
		}
		got, err := Format(c.Method, c.URL, c.Headers, c.Body)
		before, _ := Format(plain.Method, plain.URL, plain.Headers, plain.Body)
		if err != nil || got == before && c.Insecure == plain.Insecure && c.HTTP11 == plain.HTTP11 && c.Proxy == "" && len(c.Resolve) == 0 && c.Timeout == 0 {
			t.Errorf("%s makes no difference (%v): %s", command, err, strings.ReplaceAll(got, "\n", " "))
		}
	}
}
