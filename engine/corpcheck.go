package engine

import (
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// corpCheck performs the cross-origin resource policy check and returns nil where it allows.
//
// OUT OF SCOPE: reports, and embedder policies that only report.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func (f *fetch) corpCheck(resp *fetchspec.Response) *Block {
	// 3. At first without the embedder policy: what is blocked then is not blocked on its account.
	b := f.corpInternalCheck(resp, fetchspec.UnsafeNone)
	if b != nil || f.req.EmbedderPolicy == fetchspec.UnsafeNone {
		return b
	}

	// 5. And with it.
	return f.corpInternalCheck(resp, f.req.EmbedderPolicy)
}

// corpInternalCheck performs the cross-origin resource policy internal check of the answer that just came, under an embedder
// policy value.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func (f *fetch) corpInternalCheck(resp *fetchspec.Response, embedder fetchspec.EmbedderPolicy) *Block {
	// 2. The header's combined value: a list of two is none of the three that follow.
	policy, ok := f.get(resp.Headers, "Cross-Origin-Resource-Policy")
	if ok {
		f.trace("corp-internal-check 2", "Cross-Origin-Resource-Policy: ", policy)
	}

	// 5. Switch on policy.
	switch policy {
	case "cross-origin":

	case "same-origin":
		if !f.isOwn() {
			return &Block{Code: CodeCORPSameOrigin, Step: "corp-internal-check 5b", Param: policy}
		}

	case "same-site":
		if !origin.SameSite(f.req.Origin, f.url.Origin()) || f.req.Origin.Scheme() != "https" && f.url.Scheme() == "https" {
			return &Block{Code: CodeCORPSameSite, Step: "corp-internal-check 5c", Param: policy}
		}

	default:
		if f.q.OtherPolicyAllows && policy != "" {
			// DEVIATION: OtherPolicyAllows.
			return nil
		}
		// 3, 4. It is null, for which the embedder policy has a default.
		sameOrigin := embedder == fetchspec.RequireCORP || embedder == fetchspec.Credentialless && f.lastExchange().Request.IncludeCredentials
		if sameOrigin && !f.isOwn() {
			f.trace("corp-internal-check 4", "same-origin, under ", string(embedder))
			return &Block{Code: CodeCORPEmbedder, Step: "corp-internal-check 5b", Param: string(embedder)}
		}
	}
	return nil
}

// isOwn reports whether the current URL is of the page's origin.
func (f *fetch) isOwn() bool { return origin.SameOrigin(f.req.Origin, f.url.Origin()) }

// policyAllowsCredentials is Cross-Origin-Embedder-Policy allows credentials.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (f *fetch) policyAllowsCredentials() bool {
	// 2, 4. It is about no-cors requests under credentialless.
	if f.req.Mode != fetchspec.ModeNoCORS || f.req.EmbedderPolicy != fetchspec.Credentialless {
		return true
	}

	// 5. And not about those that stay home.
	//
	// NOTE: The standard's step has a "not" too many, and says so of those that have come back home.
	return f.isOwn() && !f.tainted
}
