package personality

import (
	"testing"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

func TestBlinkHash(t *testing.T) {
	for name, want := range map[string]uint32{
		"user-agent": 0xc21178, "sec-ch-ua": 0x33f009, "sec-ch-ua-mobile": 0x9b488d, "Sec-CH-UA-Platform": 0xffbec3,
		"Authorization": 0xb67284, "content-type": 0x7cd99b, "x-requested-with": 0x0f8c57, "x-api-key": 0x22c6cd,
		"x-csrf-token": 0x3b28e4, "cache-control": 0xd1c625, "pragma": 0xb5e6a9, "accept": 0x592219, "x-a": 0x3c604d,
	} {
		if got := blinkHash(name); got != want {
			t.Errorf("blinkHash(%q) = %06x, want %06x", name, got, want)
		}
	}
}

// The first name in Blink's order, as Chromium 156 reported it.
func TestBlinkOrder(t *testing.T) {
	secure, _ := origin.ParseURL("https://api.example.com/", nil)
	plain, _ := origin.ParseURL("http://api.example.com/", nil)
	for _, tt := range []struct {
		names         []string
		secure, plain string
	}{
		{[]string{"Authorization", "Content-Type"}, "Authorization", "Content-Type"},
		{[]string{"Content-Type", "X-Requested-With"}, "X-Requested-With", "Content-Type"},
		{[]string{"Authorization", "Content-Type", "X-Requested-With"}, "Authorization", "Authorization"},
		{[]string{"Content-Type", "X-CSRF-Token"}, "X-CSRF-Token", "Content-Type"},
		{[]string{"Cache-Control", "Pragma"}, "Cache-Control", "Pragma"},
		{[]string{"X-Foo", "X-Bar"}, "X-Bar", "X-Bar"},
		{[]string{"X-A", "X-B", "X-C"}, "X-C", "X-C"},
		{[]string{"X-1", "X-2", "X-3", "X-4", "X-5", "X-6", "X-7", "X-8"}, "X-2", "X-2"},
	} {
		var h fetchspec.Headers
		for _, n := range tt.names {
			h = append(h, fetchspec.Header{Name: n, Value: "v"})
		}
		for _, target := range []*origin.URL{secure, plain} {
			want := tt.secure
			if target == plain {
				want = tt.plain
			}
			for _, n := range blinkOrder(h, &fetchspec.Request{API: fetchspec.APIFetch}, target) {
				if h.Has(n) {
					if n != want {
						t.Errorf("%v to %v: %s comes first, want %s", tt.names, target, n, want)
					}
					break
				}
			}
		}
	}
}
