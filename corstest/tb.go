package corstest

// TB is what assertions need of a test: a testing.TB, or what other frameworks have in its place.
type TB interface {
	Helper()
	Cleanup(func())
	Failed() bool
	Errorf(format string, args ...any)
	Fatal(args ...any)
}
