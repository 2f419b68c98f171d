package fetchspec_test

import (
	"testing"

	"github.com/corsim/corsim/fetchspec"
)

func TestIsomorphic(t *testing.T) {
	for _, tt := range []struct{ text, bytes string }{
		{"", ""}, {"a b", "a b"}, {"\u0080", "\x80"}, {"é", "\xE9"}, {"aÿ", "a\xFF"}, {"Ã©", "\xC3\xA9"},
	} {
		if got := fetchspec.IsomorphicDecode(tt.bytes); got != tt.text {
			t.Errorf("%q decodes to %q, want %q", tt.bytes, got, tt.text)
		}
		if got, ok := fetchspec.IsomorphicEncode(tt.text); !ok || got != tt.bytes {
			t.Errorf("%q encodes to %q, %v, want %q", tt.text, got, ok, tt.bytes)
		}
	}
	for _, text := range []string{"\u0100", "a€", "\U0001F600"} {
		if got, ok := fetchspec.IsomorphicEncode(text); ok {
			t.Errorf("%q encodes to %q", text, got)
		}
	}
}
