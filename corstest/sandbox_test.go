package corstest_test

import (
	"net/http"
	"testing"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/personality"
)

// A sandboxed frame is one page: what a preflight granted it stands for its next request, though each sandboxed frame has an
// opaque origin of its own. Chromium remembers none of them.
func TestSandboxedPageRemembersPreflights(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "null")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
	})
	for _, browser := range personality.Browsers() {
		t.Run(browser.Name, func(t *testing.T) {
			page := corstest.New(handler).In(browser).Page(t, "null")
			page.Put("/things/1").MustBeAllowed().MustPreflight()
			if again := page.Put("/things/1").MustBeAllowed(); browser.Name == "chromium" {
				again.MustPreflight()
			} else {
				again.MustNotPreflight()
			}
		})
	}
}
