package excerpt

import (
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	a := strings.Repeat("a", most-1)
	for in, want := range map[string]string{
		"":                          "",
		a + "b":                     a + "b",
		a + "bc":                    a + "b…",
		a + "é":                     a + "…",
		strings.Repeat("é", 200):    strings.Repeat("é", 100) + "…",
		strings.Repeat("\x80", 300): "…",
	} {
		if got := Of(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
