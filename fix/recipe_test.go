package fix_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsim/corsim/fix"
)

var update = flag.Bool("update", false, "write what the recipes print into testdata")

// written are the policies whose text is in testdata.
var written = []fix.Policy{
	{
		Path: "/api/", Origins: []string{"https://app.example.com", "http://localhost:3000"}, Methods: []string{"PUT", "DELETE"},
		Headers: []string{"Content-Type", "Authorization"}, Expose: []string{"X-Total"}, Credentials: true, MaxAge: 600,
	},
	{Origins: []string{fix.Any}},
}

// TestWrite holds what each recipe prints against testdata, where people can read it.
func TestWrite(t *testing.T) {
	for _, r := range fix.Recipes() {
		var texts []string
		for _, p := range written {
			text, err := r.Write(p)
			if err != nil {
				t.Fatalf("%s: %v", r.Name, err)
			}
			texts = append(texts, text)
		}
		got := strings.Join(texts, "\n"+strings.Repeat("=", 60)+"\n\n")
		file := filepath.Join("testdata", r.Name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s prints\n%s\nwant\n%s", r.Name, got, want)
		}
	}
}

func TestServersRefuseWhatTheyCannotDo(t *testing.T) {
	p := fix.Policy{Origins: []string{"https://app.example.com"}, Methods: []string{"PATCH"}}
	for _, r := range fix.Recipes() {
		_, err := r.Write(p)
		if refuses := r.Name == "s3"; refuses != (err != nil) {
			t.Errorf("%s writes PATCH: %v", r.Name, err)
		}
	}
}
