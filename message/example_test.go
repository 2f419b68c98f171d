package message_test

import (
	"fmt"

	"github.com/corsim/corsim/message"
)

// What somebody found in a console, cut off and with its quotes mangled.
func ExampleRecognise() {
	messages, err := message.Recognise("app.js:12 Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight resp…")
	if err != nil {
		fmt.Println(err)
		return
	}
	m := messages[0]
	fmt.Println(m.Codes, m.Parts.Header)
	fmt.Println(m.Explain().Why)
	// Output:
	// [header-not-allowed] x-trace
	// The answer to the preflight does not allow one of the request's headers in Access-Control-Allow-Headers.
}

// A code explains itself, too.
func ExampleNamed() {
	m, _ := message.Named("preflight-redirect")
	fmt.Println(m.Explain().Causes[0])
	// Output:
	// http is redirected to https: ask for the https URL.
}
