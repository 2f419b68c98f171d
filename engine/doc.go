// Package engine runs the Fetch standard's algorithms for one page's requests, as far as they decide what CORS allows:
// main fetch, scheme fetch, HTTP fetch, HTTP-redirect fetch, CORS-preflight fetch, the CORS check and their neighbours.
//
// A fetch is a function of a request and of what servers answer. The answers come from a [Network], which the caller
// gives; the engine itself has no I/O, no goroutine and no clock, so that the same answers always give the same result:
//
//	ua := &engine.UserAgent{}
//	result := ua.Do(page, engine.Init{API: fetchspec.APIFetch, URL: "https://api.example.com/", Method: "PUT"}, network)
//	if result.Block != nil { … }
//
// Being blocked is a result and not a Go error: the model worked. [Result.Err] gives the idiomatic form.
//
// How a browser departs from the standard is data, a [Quirks] value; its zero value is the standard itself. The package
// knows no browser by name: those are in package personality, with the wording of the messages.
//
// The standard's algorithms are at https://fetch.spec.whatwg.org/#fetching; steps are numbered as in the snapshot named
// by [fetchspec.Snapshot].
package engine
