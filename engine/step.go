package engine

import "strings"

// Step names a step of an algorithm of the standard, such as "cors-check 4". Numbers are those of the snapshot that
// [fetchspec.Snapshot] names; branches of a switch are lettered.
type Step string

// Link returns the address of the step's algorithm in the standard, and the empty string for the empty step.
func (s Step) Link() string {
	algorithm, _, _ := strings.Cut(string(s), " ")
	if anchor := anchors[algorithm]; anchor != "" {
		return "https://fetch.spec.whatwg.org/#" + anchor
	}
	return ""
}

// anchors are those of the algorithms that steps are named after.
var anchors = map[string]string{
	"redirect-taint":              "concept-request-tainted-origin",
	"coep-allows-credentials":     "cross-origin-embedder-policy-allows-credentials",
	"location-url":                "concept-response-location-url",
	"block-bad-port":              "block-bad-port",
	"mime-type-block":             "should-response-to-request-be-blocked-due-to-mime-type?",
	"append-origin-header":        "append-a-request-origin-header",
	"nosniff":                     "should-response-to-request-be-blocked-due-to-nosniff?",
	"corp-check":                  "cross-origin-resource-policy-check",
	"corp-internal-check":         "cross-origin-resource-policy-internal-check",
	"main-fetch":                  "concept-main-fetch",
	"scheme-fetch":                "concept-scheme-fetch",
	"http-fetch":                  "concept-http-fetch",
	"http-redirect-fetch":         "concept-http-redirect-fetch",
	"http-network-or-cache-fetch": "concept-http-network-or-cache-fetch",
	"http-network-fetch":          "concept-http-network-fetch",
	"cors-preflight-fetch":        "cors-preflight-fetch-0",
	"cache-create-entry":          "concept-cache-create-entry",
	"cors-check":                  "concept-cors-check",
	"headers-append":              "concept-headers-append",
	"bodyinit-extract":            "concept-bodyinit-extract",
	"request-constructor":         "dom-request",
}
