package nearest_test

import (
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/nearest"
)

func TestWord(t *testing.T) {
	known := []string{"preflight", "response", "request", "url"}
	for written, want := range map[string]string{
		"preflight": "preflight", "preflihgt": "preflight", "Response": "response", "requests": "request", "uri": "url",
		"": "", "x": "", "banana": "", strings.Repeat("request", 1000): "",
	} {
		if got := nearest.Word(written, known); got != want {
			t.Errorf("Word(%.20q) is %q, want %q", written, got, want)
		}
	}
	if got := nearest.Word("url", nil); got != "" {
		t.Errorf("of no words, %q is near", got)
	}
}
