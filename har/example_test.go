package har_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/corsim/corsim/har"
	"github.com/corsim/corsim/personality"
)

const session = `{"log": {"version": "1.2", "creator": {"name": "Proxyman", "version": "5.20.0"}, "entries": [
	{"request": {"method": "GET", "url": "https://api.example.com/things?token=abc", "headers": [
		{"name": "Origin", "value": "https://app.example.com"}, {"name": "Cookie", "value": "sid=abc"}]},
	 "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}}]}}`

func ExampleJudge() {
	judge := har.NewJudge(har.NewReader(strings.NewReader(session)), personality.Browsers())
	for {
		finding, err := judge.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(finding.Method, finding.URL)
		for _, v := range finding.Verdicts {
			fmt.Println(v.Browser, v.Outcome, v.Grade, v.Code)
		}
	}
	// Output:
	// GET https://api.example.com/things?token=abc
	// chromium blocked proven allow-origin-wildcard-with-credentials
	// firefox blocked proven allow-origin-wildcard-with-credentials
	// webkit blocked proven allow-origin-wildcard-with-credentials
}

func ExampleRedact() {
	var copy strings.Builder
	err := har.Redact(&copy, har.NewReader(strings.NewReader(session)), func(e *har.EntryError) { fmt.Fprintln(os.Stderr, e) })
	fmt.Println(err, strings.Contains(copy.String(), "abc"), strings.Contains(copy.String(), `"sid=redacted"`))
	// Output: <nil> false true
}
