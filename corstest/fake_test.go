package corstest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// fake is a test that fails without failing the one around it.
type fake struct {
	testing.TB
	log      []string
	fatal    bool
	cleanups []func()
}

func (f *fake) Helper()          {}
func (f *fake) Failed() bool     { return len(f.log) > 0 }
func (f *fake) Skipped() bool    { return false }
func (f *fake) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fake) Errorf(format string, args ...any) {
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

func (f *fake) Fatal(args ...any) {
	f.log, f.fatal = append(f.log, fmt.Sprint(args...)), true
	runtime.Goexit()
}

// said is what the test has printed.
func (f *fake) said() string { return strings.Join(f.log, "\n") }

// try runs a test to its end.
func try(test func(testing.TB)) *fake {
	f := &fake{}
	done := make(chan bool)
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	for _, c := range f.cleanups {
		c()
	}
	return f
}
