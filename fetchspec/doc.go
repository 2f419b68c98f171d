// Package fetchspec holds the nouns and predicates of the Fetch standard's infrastructure: header lists, methods,
// safelists, requests, responses and filtered responses. It has no control flow and no state; the algorithms that use
// them are in package engine.
//
// The snapshot of the standard that is followed is whatwg/fetch commit 586cd2a of 2026-07-02.
//
// https://fetch.spec.whatwg.org/#infrastructure
package fetchspec

// Snapshot names the version of the Fetch standard that corsim follows.
const Snapshot = "whatwg/fetch 586cd2a (2026-07-02)"
