// Package httpfetch joins the engine to net/http.
//
// [Network] lets the engine ask live servers:
//
//	result := personality.Firefox153.UserAgent().Do(page, init, httpfetch.Network(http.DefaultTransport))
//
// [Transport] is the other way round: an http.RoundTripper that is a page in a browser, so that an http.Client gets what
// script on that page would get, and an error where the browser would block it:
//
//	client := &http.Client{Transport: &httpfetch.Transport{Page: "https://app.example.com", Browser: personality.Chromium156}}
//	_, err := client.Get("https://api.example.com/things")
//	if block := (*engine.Block)(nil); errors.As(err, &block) { … }
//
// What net/http keeps to itself is not seen: the order of header lines of different names and their case, and the length of
// what the transport decompressed. Of the headers that a browser sends, User-Agent, Accept-Encoding and Accept-Language are
// the round tripper's own, unless they are given.
package httpfetch
