package fix_test

import (
	"errors"
	"fmt"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

// A server lets a page read, and not delete.
func ExampleFind() {
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	init := engine.Init{API: fetchspec.APIFetch, URL: "https://api.example.com/things/1", Method: "DELETE"}
	server := engine.NetworkFunc(func(r *fetchspec.Request) (*fetchspec.Response, error) {
		return &fetchspec.Response{Status: 200, Headers: fetchspec.Headers{{Name: "Access-Control-Allow-Origin", Value: "https://app.example.com"}}}, nil
	})
	var cases []fix.Case
	for _, browser := range personality.Browsers() {
		cases = append(cases, fix.Case{Browser: browser, Page: page, Init: init, Answers: func() engine.Network { return server }})
	}
	f, err := fix.Find(cases...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range f.Changes {
		fmt.Println(change.Answer, change.Headers)
	}
	fmt.Printf("%+v\n", f.Rules[0].Policy)
	// Output:
	// OPTIONS https://api.example.com/things/1 [{Access-Control-Allow-Methods DELETE}]
	// {Path:/things/1 Origins:[https://app.example.com] Methods:[DELETE] Headers:[] Expose:[] Credentials:false MaxAge:0}
}

// No permission helps where the page is secure, and what it asks for is not.
func ExampleFind_none() {
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	init := engine.Init{API: fetchspec.APIFetch, URL: "http://api.example.com/"}
	browser := personality.Chromium156
	result := browser.UserAgent().Do(page, init, engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) {
		return nil, errors.New("nobody is asked")
	}))
	_, err := fix.Find(fix.Case{Browser: browser, Page: page, Init: init, Answers: fix.Recorded(result)})
	fmt.Println(err)
	// Output: no permission that a server gives can help: mixed-content, in chromium, is about something else
}

// One policy, for Amazon S3.
func ExampleRecipe_Write() {
	policy := fix.Policy{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}, Headers: []string{"Content-Type"}, MaxAge: 600}
	for _, recipe := range fix.Recipes() {
		if recipe.Name == "s3" {
			text, err := recipe.Write(policy)
			fmt.Println(text, err)
		}
	}
	// Output:
	// # Amazon S3; not machine-checked, only read with the AWS SDK's types.
	//
	// # Goes to the bucket that serves /: aws s3api put-bucket-cors --bucket NAME --cors-configuration file://cors.json:
	//
	// {
	//   "CORSRules": [
	//     {
	//       "AllowedOrigins": ["https://app.example.com"],
	//       "AllowedMethods": ["GET", "HEAD", "POST", "PUT"],
	//       "AllowedHeaders": ["Content-Type"],
	//       "ExposeHeaders": [],
	//       "MaxAgeSeconds": 600
	//     }
	//   ]
	// }
	//  <nil>
}
