package fetchspec_test

import (
	"fmt"

	"github.com/corsim/corsim/fetchspec"
)

// A request header is CORS-safelisted by its name and its value.
func ExampleSafelist_UnsafeNames() {
	var standard fetchspec.Safelist
	fmt.Println(standard.UnsafeNames(fetchspec.Headers{
		{Name: "X-Foo", Value: "1"},
		{Name: "Content-Type", Value: "application/json"},
		{Name: "Accept", Value: "application/json"},
		{Name: "Range", Value: "bytes=0-99"},
		{Name: "Authorization", Value: "Bearer t"},
	}))
	fmt.Println(standard.UnsafeNames(fetchspec.Headers{{Name: "Content-Type", Value: "text/plain;charset=utf-8"}}))
	// Output:
	// [authorization content-type x-foo]
	// []
}

// Absent, empty and invalid are three things.
func ExampleExtractTokens() {
	for _, value := range []string{"GET, PUT", "", "GET PUT"} {
		h := fetchspec.Headers{{Name: "Access-Control-Allow-Methods", Value: value}}
		l := fetchspec.ExtractTokens(h, "access-control-allow-methods")
		fmt.Printf("%q %v %v %q\n", l.Items, l.Present, l.Invalid, l.Offender)
	}
	l := fetchspec.ExtractTokens(nil, "access-control-allow-methods")
	fmt.Printf("%q %v\n", l.Items, l.Present)
	// Output:
	// ["GET" "PUT"] true false ""
	// [] true false ""
	// [] true true "GET PUT"
	// [] false
}
