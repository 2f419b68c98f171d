package corstest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/corsim/corsim/corstest"
)

// What a preflight granted is remembered until the test waits, and no longer: the time that a server takes does not count.
func TestClockStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := corstest.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(4 * time.Second)
			w.Header().Set("Access-Control-Allow-Origin", app)
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Max-Age", "3")
		})).Page(t, app)
		page.Put("/things/1").MustBeAllowed().MustPreflight()
		page.Put("/things/1").MustBeAllowed().MustNotPreflight()
		page.Wait(3*time.Second - 1)
		page.Put("/things/1").MustBeAllowed().MustNotPreflight()
		page.Wait(1)
		page.Put("/things/1").MustBeAllowed().MustPreflight()
	})
}
