package main

import (
	"fmt"
	"io"

	"github.com/corsim/corsim/fix"
)

// recipeOutput is a recipe for programs.
type recipeOutput struct {
	Server string `json:"server"`
	Title  string `json:"title"`
	// Proved is what the recipe was proved with, empty where it is not machine-checked.
	Proved string `json:"proved"`
	// Checked is what was done with a recipe that is not proved.
	Checked string `json:"checked"`
}

// policyOutput is what a recipe makes of a policy, for programs.
type policyOutput struct {
	recipeOutput
	Policy policyMember `json:"policy"`
	Parts  []partOutput `json:"parts"`
	// Text is the same for people.
	Text string `json:"text"`
}

type policyMember struct {
	Path        string   `json:"path"`
	Origins     []string `json:"origins"`
	Methods     []string `json:"methods"`
	Headers     []string `json:"headers"`
	Expose      []string `json:"expose"`
	Credentials bool     `json:"credentials"`
	MaxAge      int      `json:"maxAge"`
}

type partOutput struct {
	Where string `json:"where"`
	Text  string `json:"text"`
}

// writePolicy prints what a recipe makes of a policy.
func writePolicy(w io.Writer, r *fix.Recipe, p fix.Policy, asJSON bool) error {
	text, err := r.Write(p)
	if err != nil {
		return err
	}
	if !asJSON {
		_, err = io.WriteString(w, text)
		return err
	}
	parts, err := r.Parts(p)
	if err != nil {
		return err
	}
	for _, list := range []*[]string{&p.Methods, &p.Headers, &p.Expose} {
		*list = append([]string{}, *list...) // [] in JSON, and not null
	}
	out := policyOutput{recipeOutput: recipeOutput{r.Name, r.Title, r.Proved, r.Checked}, Policy: policyMember(p), Text: text}
	for _, part := range parts {
		out.Parts = append(out.Parts, partOutput(part))
	}
	return writeJSON(w, out)
}

// writeRecipes prints which recipes there are.
func writeRecipes(w io.Writer, asJSON bool) error {
	var all []recipeOutput
	for _, r := range fix.Recipes() {
		all = append(all, recipeOutput{r.Name, r.Title, r.Proved, r.Checked})
		if !asJSON {
			fmt.Fprintf(w, "%-12s %s; %s\n", r.Name, r.Title, r.Note())
		}
	}
	if !asJSON {
		return nil
	}
	return writeJSON(w, all)
}
