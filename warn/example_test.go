package warn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/warn"
)

// answer allows one origin, and does not say so to caches.
var answer = engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) {
	return &fetchspec.Response{Status: 200, Headers: fetchspec.Headers{{Name: "Access-Control-Allow-Origin", Value: "https://app.example.com"}}}, nil
})

// runs are what the three browsers make of it.
func runs() (all []warn.Run) {
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	init := engine.Init{API: fetchspec.APIFetch, URL: "https://api.example.com/things"}
	for _, browser := range personality.Browsers() {
		all = append(all, warn.Run{Browser: browser, Page: page, Init: init, Result: browser.UserAgent().Do(page, init, answer)})
	}
	return all
}

func ExampleOf() {
	for _, w := range warn.Of(runs()...) {
		fmt.Println(w.Code, "in", strings.Join(w.Browsers, ", "))
		fmt.Println(w.Text)
		fmt.Println(w.Change)
	}
	// Output:
	// vary-origin-missing in chromium, firefox, webkit
	// The answer to GET https://api.example.com/things allows one origin, "https://app.example.com", and has no Vary: Origin: a cache may give it to a page of another origin.
	// Send `Vary: Origin` with it, on answers that allow no origin too, unless it is the same whoever asks.
}

func BenchmarkOf(b *testing.B) {
	all := runs()
	b.ReportAllocs()
	for b.Loop() {
		warn.Of(all...)
	}
}
