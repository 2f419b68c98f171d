package engine

import (
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// corpCheck performs the cross-origin resource policy check, without an embedder policy, and returns nil where it allows.
//
// OUT OF SCOPE: Cross-Origin-Embedder-Policy and its reports.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func (f *fetch) corpCheck(resp *fetchspec.Response) *Block {
	// 2, 3. Any value but the three is no policy: a list of two is none.
	policy, ok := f.get(resp.Headers, "Cross-Origin-Resource-Policy")
	if ok {
		f.trace("corp-internal-check 2", "Cross-Origin-Resource-Policy: ", policy)
	}

	// 5. Switch on policy.
	switch policy {
	case "same-origin":
		if !origin.SameOrigin(f.req.Origin, f.url.Origin()) {
			return &Block{Code: CodeCORPSameOrigin, Step: "corp-internal-check 5b", Param: policy}
		}
	case "same-site":
		if !origin.SameSite(f.req.Origin, f.url.Origin()) || f.req.Origin.Scheme() != "https" && f.url.Scheme() == "https" {
			return &Block{Code: CodeCORPSameSite, Step: "corp-internal-check 5c", Param: policy}
		}
	}
	return nil
}
