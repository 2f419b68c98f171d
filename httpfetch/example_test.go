package httpfetch_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// things is a server that lets every page read its things, but not with cookies.
func things(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	fmt.Fprint(w, "things")
}

// An http.Client that gets what script on a page would get.
func ExampleTransport() {
	server := httptest.NewServer(http.HandlerFunc(things))
	defer server.Close()
	for _, credentials := range []fetchspec.Credentials{fetchspec.CredentialsSameOrigin, fetchspec.CredentialsInclude} {
		client := &http.Client{Transport: &httpfetch.Transport{
			Page:        "https://app.example.com",
			Browser:     personality.Chromium156,
			Credentials: credentials,
		}}
		resp, err := client.Get(server.URL)
		if block := (*engine.Block)(nil); errors.As(err, &block) {
			fmt.Println(credentials, "blocked:", block.Code)
			continue
		}
		resp.Body.Close()
		fmt.Println(credentials, resp.Status)
	}
	// Output:
	// same-origin 200 OK
	// include blocked: allow-origin-wildcard-with-credentials
}

// The engine, asking a live server.
func ExampleNetwork() {
	server := httptest.NewServer(http.HandlerFunc(things))
	defer server.Close()
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	init := engine.Init{API: fetchspec.APIFetch, Method: "DELETE", URL: server.URL}
	result := personality.Firefox153.UserAgent().Do(page, init, httpfetch.Network(http.DefaultTransport))
	fmt.Println(result.Block.Code, result.Block.Step)
	// Output:
	// method-not-allowed cors-preflight-fetch 7.5
}
