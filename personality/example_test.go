package personality_test

import (
	"fmt"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// The three browsers put the same failure in different words.
func ExamplePersonality_Console() {
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	request := engine.Init{API: fetchspec.APIFetch, URL: "https://api.example.com/things"}
	network := engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) {
		return &fetchspec.Response{Status: 200}, nil // without Access-Control-Allow-Origin
	})

	for _, browser := range personality.Browsers() {
		result := browser.UserAgent().Do(page, request, network)
		fmt.Println(browser.Exception(page, request, result))
		for _, line := range browser.Console(page, request, result) {
			fmt.Println(" ", line.Text)
		}
	}
	// Output:
	// TypeError: Failed to fetch
	//   Access to fetch at 'https://api.example.com/things' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.
	//   Failed to load resource: net::ERR_FAILED
	// TypeError: NetworkError when attempting to fetch resource.
	//   Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/things. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.
	// TypeError: Load failed
	//   Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200
	//   Fetch API cannot load https://api.example.com/things due to access control checks.
}

// Where browsers differ in what they do, and not only in words, the difference is in their quirks.
func ExampleByName() {
	chromium, err := personality.ByName("chromium")
	if err != nil {
		panic(err)
	}
	fmt.Println(chromium.Version)
	fmt.Println("a preflight is kept for at most", chromium.Quirks.Cache.MaxAge)
	fmt.Println("* covers Authorization:", chromium.Quirks.WildcardCoversAuthorization)
	// Output:
	// Chromium 156.0.8078.79
	// a preflight is kept for at most 2h0m0s
	// * covers Authorization: true
}
