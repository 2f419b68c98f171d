package personality_test

import (
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
	"github.com/corsim/corsim/personality"
)

func BenchmarkConsole(b *testing.B) {
	url, err := origin.ParseURL("https://app.example.com/page", nil)
	if err != nil {
		b.Fatal(err)
	}
	page := engine.Page{Origin: url.Origin(), URL: url}
	init := engine.Init{URL: "https://api.example.com/data", Method: "PUT"}
	refused := &fetchspec.Response{Status: 204, Headers: fetchspec.Headers{{Name: "Access-Control-Allow-Origin", Value: "https://other.example.org"}}}
	network := engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) { return refused, nil })
	for _, p := range personality.Browsers() {
		b.Run(p.Name, func(b *testing.B) {
			result := p.UserAgent().Do(page, init, network)
			b.ReportAllocs()
			for b.Loop() {
				if len(p.Console(page, init, result)) == 0 {
					b.Fatal("nothing on the console")
				}
			}
		})
	}
}
