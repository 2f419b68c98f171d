package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var updateReadme = flag.Bool("update-readme", false, "write what the examples of the README print into it")

const readme = "../../README.md"

// TestReadme runs every example of the README: commands in console blocks, which print what stands below them, and tests
// in go blocks, which pass. "$ cat FILE" makes the file of what stands below it.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(data), "```")
	ran := map[string]int{}
	for i := 1; i < len(parts); i += 2 {
		language, body, _ := strings.Cut(parts[i], "\n")
		ran[language]++
		switch language {
		case "console":
			got := runConsole(t, root, body)
			if got != body && !*updateReadme {
				t.Errorf("the README says\n%s\nand what happens is\n%s", body, got)
			}
			parts[i] = language + "\n" + got
		case "go":
			file := filepath.Join(t.TempDir(), "api_test.go")
			if err := os.WriteFile(file, []byte(body), 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("go", "test", file)
			cmd.Dir = root
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("the Go example fails: %v\n%s", err, out)
			}
		default:
			t.Errorf("a block of the README is %q; want console or go", language)
		}
	}
	if ran["console"] == 0 || ran["go"] == 0 {
		t.Errorf("ran %v; want examples of both kinds", ran)
	}
	if *updateReadme {
		if err := os.WriteFile(readme, []byte(strings.Join(parts, "```")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// runConsole runs the commands of a block in a directory of its own, and returns the block with what they print.
func runConsole(t *testing.T, root, block string) string {
	dir := t.TempDir()
	var b strings.Builder
	for _, step := range strings.Split("\n"+strings.TrimSuffix(block, "\n"), "\n$ ")[1:] {
		command, below, _ := strings.Cut(step, "\n")
		b.WriteString("$ " + command + "\n")
		if name, ok := strings.CutPrefix(command, "cat "); ok {
			below = strings.TrimSuffix(below, "\n") + "\n"
			if err := os.WriteFile(filepath.Join(dir, name), []byte(below), 0o666); err != nil {
				t.Fatal(err)
			}
			b.WriteString(below)
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		if strings.HasPrefix(command, "go run ./") {
			cmd.Dir = root
		}
		out, err := cmd.CombinedOutput()
		if _, exited := err.(*exec.ExitError); err != nil && !exited {
			t.Fatal(err)
		}
		b.Write(out)
	}
	return b.String()
}
