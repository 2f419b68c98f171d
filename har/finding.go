package har

import (
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/warn"
)

// Grade says what a verdict rests on.
type Grade string

// The grades.
const (
	// Proven: all that decides is in the HAR.
	Proven Grade = "proven"
	// Inferred: something was assumed, which the verdict names.
	Inferred Grade = "inferred"
	// Unknown: something that decides is not in the HAR, and cannot be told from the rest.
	Unknown Grade = "unknown"
)

// Outcomes of a request.
const (
	Allowed = "allowed"
	Blocked = "blocked"
)

// Finding is what browsers make of a request of a HAR.
type Finding struct {
	// Entry is the number of the request's entry, from 1. Preflight is the number of its preflight's, 0 where there is none,
	// and Redirects are those of the requests that redirects led to.
	Entry     int   `json:"entry"`
	Preflight int   `json:"preflight,omitempty"`
	Redirects []int `json:"redirects,omitempty"`
	// Offset and Length are where the entry stands in the HAR, in bytes.
	Offset, Length int64 `json:"-"`

	Method string `json:"method"`
	URL    string `json:"url"`
	// Page is the page's origin, "null" where it is opaque and empty where it is not known.
	Page string `json:"page"`
	// Evidence is what was found out about the request, and from what.
	Evidence []Fact `json:"evidence"`
	// Observed is what the HAR says that its browser did.
	Observed *Observed `json:"observed,omitempty"`
	Verdicts []Verdict `json:"verdicts"`
	// Warnings are what is worth a look besides.
	Warnings []warn.Warning `json:"warnings,omitempty"`
}

// Fact is something about a request that had to be found out.
type Fact struct {
	// Name is what it is: page origin, request, request mode, credentials mode, headers, preflight, redirect mode, upload
	// listener, element, embedder policy or body.
	Name  string `json:"name"`
	Value string `json:"value"`
	// From says where it is from.
	From string `json:"from"`
	// Assumed is set where that is likely, but not certain.
	Assumed bool `json:"assumed,omitempty"`
}

// Verdict is what one browser makes of a request.
type Verdict struct {
	Browser string `json:"browser"`
	// Outcome is "allowed", "blocked" or "unknown".
	Outcome string `json:"outcome"`
	Grade   Grade  `json:"grade"`
	// Code says why the request is blocked.
	Code engine.Code `json:"code,omitempty"`
	// Why is a sentence: what decided, or what is missing.
	Why string `json:"why"`
	// Change is what to change, on the server or in the page.
	Change []string `json:"change,omitempty"`
	// Exception is what script sees of a blocked request.
	Exception string `json:"exception,omitempty"`
	// Console are the lines that the browser's console shows.
	Console []Line `json:"console,omitempty"`
	// Assumed says what the verdict would not stand without.
	Assumed []string `json:"assumed,omitempty"`
	// Agrees says whether the HAR's own browser did so, where this is that browser, and the HAR tells what it did.
	Agrees *bool `json:"agrees,omitempty"`
}

// Line is a line of a browser's console.
type Line struct {
	Text  string `json:"text"`
	Level string `json:"level"`
}

// IsBlocked reports whether a browser blocks the request, or the HAR says that one did.
func (f *Finding) IsBlocked() bool {
	if f.Observed != nil && f.Observed.Outcome == Blocked {
		return true
	}
	for _, v := range f.Verdicts {
		if v.Outcome == Blocked {
			return true
		}
	}
	return false
}

// Disagrees reports whether the HAR's own browser did something else than was judged.
func (f *Finding) Disagrees() bool {
	for _, v := range f.Verdicts {
		if v.Agrees != nil && !*v.Agrees {
			return true
		}
	}
	return false
}
