package record

import (
	"testing"

	"github.com/corsim/corsim/scenario"
	"github.com/google/go-cmp/cmp"
)

func TestIsolateURL(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"https://api.example.com/items?x#f", "https://api.example.com/s/7/items?x#f"},
		{"HTTPS://API.example.com:8443", "HTTPS://API.example.com:8443/s/7/"},
		{"https://api.example.com?x", "https://api.example.com/s/7/?x"},
		{"https://user:pw@api.example.com/a", "https://user:pw@api.example.com/s/7/a"},
		{"//other.example.org/a", "//other.example.org/s/7/a"},
		{"/items", "/s/7/items"},
		{"/", "/s/7/"},
		{"items", "items"},
		{"", ""},
		{"?x", "?x"},
		{"data:,x", "data:,x"},
		{"http://[::bad", "http://[::bad/s/7/"},
		{"https:///api.example.com/a", "https:///api.example.com/a"},
		{"https:api", "https:api"},
	} {
		if got := isolateURL(test.url, "/s/7"); got != test.want {
			t.Errorf("%q: %q; want %q", test.url, got, test.want)
		}
	}
}

func TestIsolate(t *testing.T) {
	text := `{"id":"old","client":{"origin":"https://app.example.com"},"request":{"url":"https://api.example.com/a"},
		"cookies":{"https://api.example.com/":["a=1; Path=/; Secure","b=2"]},
		"server":{"https://api.example.com/a":{"response":{"status":302,"headers":[["location","/b"],["Set-Cookie","c=3;path=/x"],["X","/b"]]}}}}`
	s, err := scenario.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if !leaves(s) {
		t.Error("a cookie of path / leaves nothing behind")
	}
	got := Isolate(s, "n")
	want, err := scenario.Decode([]byte(`{"id":"n","client":{"origin":"https://app.example.com"},"request":{"url":"https://api.example.com/s/n/a"},
		"cookies":{"https://api.example.com/s/n/":["a=1; Path=/s/n/; Secure","b=2"]},
		"server":{"https://api.example.com/s/n/a":{"response":{"status":302,"headers":[["location","/s/n/b"],["Set-Cookie","c=3;path=/s/n/x"],["X","/b"]]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if leaves(got) {
		t.Error("the isolated scenario leaves something behind")
	}
	if again, err := scenario.Decode([]byte(text)); err != nil || cmp.Diff(again, s) != "" {
		t.Error("the scenario itself was changed")
	}
}
