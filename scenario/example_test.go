package scenario_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// A scenario as JSON, and what two browsers make of it.
func ExampleEvaluate() {
	s, err := scenario.Decode([]byte(`{
		"client": {"origin": "https://app.example.com"},
		"request": {"url": "https://api.example.com/things", "credentials": "include"},
		"server": {"https://api.example.com/things": {"response": {
			"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]]
		}}}
	}`))
	if err != nil {
		log.Fatal(err)
	}
	for _, browser := range []*personality.Personality{personality.Chromium156, personality.WebKit250} {
		run, err := scenario.Evaluate(s, browser, scenario.Options{})
		if err != nil {
			log.Fatal(err)
		}
		v := run.Verdict("")
		fmt.Println(v.Browser, v.Results[0].Outcome, v.Results[0].Code)
		fmt.Println(v.Console[0].Text)
	}
	// Output:
	// chromium blocked allow-origin-wildcard-with-credentials
	// Access to fetch at 'https://api.example.com/things' from origin 'https://app.example.com' has been blocked by CORS policy: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.
	// webkit blocked allow-origin-wildcard-with-credentials
	// Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.
}

// The same as text, for people.
func ExampleParseText() {
	text, err := scenario.ParseText([]byte(`A server that lost its headers with its database.

-- page --
https://app.example.com
-- request --
fetch GET https://api.example.com/things
-- response https://api.example.com/things --
HTTP/1.1 500 Internal Server Error
`))
	if err != nil {
		log.Fatal(err)
	}
	run, err := scenario.Evaluate(text.Scenario, personality.WebKit250, scenario.Options{Page: "https://app.example.com/"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(run.Render())
	// Output:
	// GET https://api.example.com/things
	//   Origin: https://app.example.com
	// blocked: allow-origin-missing
	//   TypeError: Load failed
	// | Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 500
	// | Fetch API cannot load https://api.example.com/things due to access control checks.
}

// What curl -i printed answers the browser.
func ExampleAnswers_Replay() {
	answers, err := scenario.ParseAnswers(strings.NewReader("HTTP/2 200\r\naccess-control-allow-origin: *\r\nx-total: 12\r\n\r\n[]"))
	if err != nil {
		log.Fatal(err)
	}
	url := "https://api.example.com/things"
	s := &scenario.Scenario{Client: scenario.Client{Origin: "https://app.example.com"}, Request: &scenario.Request{URL: &url}}
	run, err := answers.Replay(s, personality.Firefox153, scenario.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(run.Render())
	// Output:
	// GET https://api.example.com/things
	//   Origin: https://app.example.com
	// allowed: cors 200 https://api.example.com/things
}

// A stream of scenarios, as corsim batch takes it.
func ExampleBatch_Run() {
	in := strings.NewReader(`{"id":"1","client":{"origin":"https://app.example.com"},"request":{"url":"data:,hello"},"server":{}}` + "\n")
	batch := &scenario.Batch{Browsers: []*personality.Personality{personality.Spec}}
	if _, err := batch.Run(in, os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"id":"1","browser":"spec","results":[{"outcome":"allowed","response":{"type":"basic","status":200,"url":"data:,hello","redirected":false,"headers":[["content-type","text/plain;charset=US-ASCII"]]}}],"console":[],"requests":[]}
}
