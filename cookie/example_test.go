package cookie_test

import (
	"fmt"
	"time"

	"github.com/corsim/corsim/cookie"
	"github.com/corsim/corsim/origin"
)

// The user logs in at a site, and then goes to a page of another one, which asks the first for something.
func Example() {
	now := time.Date(2026, time.July, 2, 12, 0, 0, 0, time.UTC)
	u, _ := origin.ParseURL("https://api.example.com/login", nil)
	visit := cookie.Visit(u)
	page := origin.MustParse("https://app.example.org")
	request := cookie.Request{URLs: []*origin.URL{u}, Client: page, Top: page}

	for _, policy := range []cookie.Policy{{}, {Unset: cookie.UnsetLax}, {ThirdParty: cookie.ThirdPartyBlock}} {
		jar := cookie.Jar{Policy: &policy}
		for _, line := range []string{"plain=1", "none=1; SameSite=None; Secure", "lax=1; SameSite=Lax", "odd=1; SameSite=None"} {
			if err := jar.Store(&visit, line, now); err != nil {
				fmt.Println(line, "-", err)
			}
		}
		fmt.Printf("Cookie: %s\n", jar.Header(&request, now))
	}
	// Output:
	// odd=1; SameSite=None - the cookie is refused: none-insecure
	// Cookie: plain=1; none=1
	// odd=1; SameSite=None - the cookie is refused: none-insecure
	// Cookie: none=1
	// odd=1; SameSite=None - the cookie is refused: none-insecure
	// Cookie:
}
