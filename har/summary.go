package har

// Summary counts what a HAR has.
type Summary struct {
	// Entries are all entries, and Broken those that could not be read.
	Entries, Broken int
	// Preflights are those that were judged with their request.
	Preflights int
	// Redirected are requests that a redirect led to, which are judged with the one that it led from.
	Redirected int
	// SameOrigin are requests of the page's own origin, and Skipped the others that are not judged, by their kind.
	SameOrigin int
	Skipped    map[string]int
	// Judged are the requests that were.
	Judged int
	// Blocked are those of them that some browser blocks, or was seen to block.
	Blocked int
	// Outcomes counts verdicts by browser, outcome and grade.
	Outcomes map[Tally]int
	// Disagreements are the requests in which the HAR's browser did something else.
	Disagreements int
}

// Tally is what verdicts are counted by.
type Tally struct {
	Browser, Outcome string
	Grade            Grade
}

// count counts a finding.
func (j *Judge) count(f *Finding) {
	s := &j.Summary
	s.Judged++
	if f.IsBlocked() {
		s.Blocked++
	}
	if f.Disagrees() {
		s.Disagreements++
	}
	for _, v := range f.Verdicts {
		s.Outcomes[Tally{v.Browser, v.Outcome, v.Grade}]++
	}
}
