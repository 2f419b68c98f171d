package main

import (
	"flag"
	"strings"
	"testing"

	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/internal/cli"
)

// TestCompletionKnowsAllFlags looks for every verb, every server that fix writes for, and every flag of check, in each
// completion script.
func TestCompletionKnowsAllFlags(t *testing.T) {
	for _, shell := range shells {
		data, err := completionScripts.ReadFile("completion/corsim." + shell)
		if err != nil {
			t.Fatal(err)
		}
		script := string(data)
		for _, verb := range verbs() {
			if !strings.Contains(script, verb) {
				t.Errorf("%s: the verb %s is missing", shell, verb)
			}
		}
		for _, r := range fix.Recipes() {
			if !strings.Contains(script, " "+r.Name) && !strings.Contains(script, r.Name+" ") {
				t.Errorf("%s: the server %s is missing", shell, r.Name)
			}
		}
		new(checkOptions).flags().VisitAll(func(f *flag.Flag) {
			name := cli.Dashed(f.Name)
			if shell == "fish" {
				name = map[bool]string{true: "-s ", false: "-l "}[len(f.Name) == 1] + f.Name + " "
			}
			if !strings.Contains(script, name) {
				t.Errorf("%s: the flag %s is missing", shell, name)
			}
			if !strings.Contains(checkManual, "\n  "+cli.Dashed(f.Name)+" ") {
				t.Errorf("the manual does not have %s", cli.Dashed(f.Name))
			}
		})
	}
}
