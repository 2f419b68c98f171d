package interop

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of README.md")

// The tables of README.md are made of the findings and of go.mod.
func TestREADME(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	written := string(data)
	for section, table := range map[string]string{"versions": versions(t), "surprises": surprises(), "differences": differences()} {
		start, end := "<!-- "+section+" -->\n", "<!-- /"+section+" -->"
		before, rest, ok1 := strings.Cut(written, start)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok1 || !ok2 {
			t.Fatalf("README.md has no %s…%s", strings.TrimSpace(start), end)
		}
		written = before + start + table + end + after
	}
	if written == string(data) {
		return
	}
	if !*update {
		t.Fatal("the tables of README.md are old: run go test -run TestREADME -update, and read what has changed")
	}
	if err := os.WriteFile("README.md", []byte(written), 0o644); err != nil {
		t.Fatal(err)
	}
}

func versions(t *testing.T) string {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| middleware | modules |\n|---|---|\n")
	for _, m := range middlewares {
		var modules []string
		for _, path := range m.modules {
			found := regexp.MustCompile(`(?m)^\t` + regexp.QuoteMeta(path) + ` (\S+)$`).FindSubmatch(mod)
			if found == nil {
				t.Fatalf("go.mod does not require %s", path)
			}
			modules = append(modules, fmt.Sprintf("`%s` %s", path, found[1]))
		}
		if modules == nil {
			modules = []string{"the standard library of " + regexp.MustCompile(`^go\d+\.\d+`).FindString(runtime.Version())}
		}
		fmt.Fprintf(&b, "| %s | %s |\n", m.name, strings.Join(modules, ", "))
	}
	return b.String()
}

func surprises() string {
	var b strings.Builder
	for _, m := range middlewares {
		fmt.Fprintf(&b, "\n### %s\n\n| option | surprise | why |\n|---|---|---|\n", m.name)
		for _, f := range m.findings {
			if f.rule == "" {
				continue
			}
			why := "[rule](" + f.rule + ")"
			if f.issue != "" {
				why += ", [issue](" + f.issue + ")"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", f.option, cell(f.says), why)
		}
	}
	return b.String() + "\n"
}

func differences() string {
	var told []string
	by := map[string][]string{}
	for _, m := range middlewares {
		for _, d := range m.differences {
			row := fmt.Sprintf("%s | %s", cell(d.name), cell(d.reason))
			if by[row] == nil {
				told = append(told, row)
			}
			by[row] = append(by[row], m.name)
		}
	}
	var b strings.Builder
	b.WriteString("| what it does | because | middlewares |\n|---|---|---|\n")
	for _, row := range told {
		fmt.Fprintf(&b, "| %s | %s |\n", row, strings.Join(by[row], ", "))
	}
	return b.String()
}

// cell is text in a table: stars and bars are what they look like.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "*", `\*`, `\`, `\\`).Replace(s) }
