// Package har judges the cross-origin requests of HARs, the files in which network panels and proxies export what they saw,
// and writes copies of them that can be shared.
//
//	file, err := har.Open("app.example.com.har", nil)
//	…
//	judge := har.NewJudge(file.Reader, personality.Browsers())
//	for {
//		finding, err := judge.Next()
//		…
//	}
//
// A HAR has not all that decides: exports differ in what they leave out. What is missing is found out from the rest where that
// is possible (a request's page from its Origin header, its preflight by URL, method and time), and a [Fact] says from what.
// Where something has to be assumed, the request is judged both ways: it matters only if the verdicts differ, and then the
// verdict is [Inferred] and names it. What cannot be found out makes it [Unknown]. Where the HAR says what its own browser did,
// that is compared, and tells what was assumed wrongly.
//
// Files are read as a stream, in memory that does not grow with them. Bodies are skipped.
//
// The format is described at http://www.softwareishard.com/blog/har-12-spec/.
package har
