package personality_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/personality"
)

func TestByName(t *testing.T) {
	names := map[string]bool{}
	for _, p := range personality.All() {
		if got, err := personality.ByName(p.Name); got != p || err != nil {
			t.Errorf("ByName(%q) = %v, %v", p.Name, got, err)
		}
		if names[p.Name] || p.Version == "" {
			t.Errorf("%q is there twice, or has no version", p.Name)
		}
		names[p.Name] = true
	}
	for _, name := range []string{"", "chrome", "Firefox", "all"} {
		_, err := personality.ByName(name)
		if err == nil {
			t.Errorf("ByName(%q) finds a browser", name)
			continue
		}
		for known := range names {
			if !strings.Contains(err.Error(), known) {
				t.Errorf("ByName(%q): %q does not say that %s is known", name, err, known)
			}
		}
	}
}

func TestParseList(t *testing.T) {
	for _, tt := range []struct{ list, want, err string }{
		{"chromium", "chromium", ""},
		{"firefox,webkit", "firefox webkit", ""},
		{" spec , chromium ", "spec chromium", ""},
		{"all", "chromium firefox webkit", ""},
		{"", "", `"" is not known`},
		{"chromium,", "", `"" is not known`},
		{"chromium,opera", "", `"opera" is not known`},
		{"firefox,chromium,firefox", "", `"firefox" is listed twice`},
	} {
		list, err := personality.ParseList(tt.list)
		names := make([]string, len(list))
		for i, p := range list {
			names[i] = p.Name
		}
		switch got := strings.Join(names, " "); {
		case err == nil && tt.err != "":
			t.Errorf("ParseList(%q) = %q, want an error with %q", tt.list, got, tt.err)
		case err != nil && (tt.err == "" || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("ParseList(%q): %v, want %q", tt.list, err, tt.err)
		case err == nil && got != tt.want:
			t.Errorf("ParseList(%q) = %q, want %q", tt.list, got, tt.want)
		}
	}
}

// What callers do to the lists is theirs.
func TestListsAreCopies(t *testing.T) {
	for _, list := range []func() []*personality.Personality{personality.All, personality.Browsers} {
		list()[0] = nil
		if list()[0] == nil {
			t.Error("a caller changed the list for all")
		}
	}
}
