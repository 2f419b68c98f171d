package origin_test

import (
	"fmt"

	"github.com/corsim/corsim/origin"
)

func ExampleParse() {
	o, err := origin.Parse("https://app.example.com:8443")
	fmt.Println(o, o.Scheme(), o.Host(), o.Port(), err)

	_, err = origin.Parse("app.example.com")
	fmt.Println(err)
	_, err = origin.Parse("https://app.example.com/")
	fmt.Println(err)
	// Output:
	// https://app.example.com:8443 https app.example.com 8443 <nil>
	// origin "app.example.com" has no scheme; write https://app.example.com or http://app.example.com
	// origin "https://app.example.com/" has a path, query or fragment; an origin is only scheme, host and port: write https://app.example.com
}

func ExampleSameSite() {
	app := origin.MustParse("https://app.example.com")
	for _, s := range []string{"https://api.example.com", "https://app.example.com:8443", "https://example.org"} {
		o := origin.MustParse(s)
		fmt.Println(s, origin.SameOrigin(app, o), origin.SameSite(app, o))
	}
	// Output:
	// https://api.example.com false true
	// https://app.example.com:8443 false true
	// https://example.org false false
}

// URLs are parsed by the URL Standard's rules, which are not those of net/url.
func ExampleParseURL() {
	base, _ := origin.ParseURL("https://app.example.com/a/b", nil)
	for _, s := range []string{"../c", "//0x7f.1\\x", "https://EXAMPLE.com:443", "http://[bad"} {
		u, err := origin.ParseURL(s, base)
		if err != nil {
			fmt.Println("not a URL:", s)
			continue
		}
		fmt.Println(u, u.Origin())
	}
	// Output:
	// https://app.example.com/c https://app.example.com
	// https://127.0.0.1/x https://127.0.0.1
	// https://example.com/ https://example.com
	// not a URL: http://[bad
}
