package interop

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// judged is a middleware and what is known of it.
type judged struct {
	// name is what people call it, and modules are those that it and its router are of.
	name    string
	modules []string
	// options are those that there are, as the middleware's own code lists them.
	options  []string
	findings []finding
	// policy makes a server that is to follow a policy.
	policy func(Policy) func() http.Handler
	// differences are where that server does not follow it.
	differences []difference
}

var middlewares = []*judged{&rsMiddleware, &chiMiddleware, &ginMiddleware, &gorillaMiddleware, &echoMiddleware, &fiberMiddleware, &netHTTPMiddleware}

// fields are the fields of a struct of options.
func fields[T any]() []string {
	var names []string
	for f := range reflect.TypeFor[T]().Fields() {
		names = append(names, f.Name)
	}
	return names
}

// A new version of a middleware may have a new option, or drop one.
func TestEveryOptionHasAFinding(t *testing.T) {
	for _, m := range middlewares {
		t.Run(m.name, func(t *testing.T) {
			var named []string
			for _, f := range m.findings {
				if f.option != "" {
					named = append(named, strings.Split(f.option, ", ")...)
				}
			}
			for _, o := range m.options {
				if !slices.Contains(named, o) {
					t.Errorf("the option %s has no finding", o)
				}
			}
			for _, n := range named {
				if !slices.Contains(m.options, n) {
					t.Errorf("findings name the option %s, which there is none of", n)
				}
			}
		})
	}
}
