package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateReadme = flag.Bool("update-readme", false, "write what the examples of README.md and docs/*.md print into them")

// TestReadme runs every example of README.md and docs/*.md: commands in console blocks, which print what stands below them,
// and Go in go blocks, which passes as a test, or go vet where it is a program. "$ cat FILE" makes the file of what is below
// it; the blocks of a document share a directory.
func TestReadme(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	serveDocs(t)
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("README.md", func(t *testing.T) { runDocument(t, root, filepath.Join(root, "README.md"), nil) })
	for _, path := range docs {
		// What others' programs read and write is shown in docs too.
		shown := []string{"text", "json", "yaml", "toml", "xml", "http", "html", "js", "python", "java", "csharp", "nginx", "apache", "caddy", "haproxy"}
		t.Run("docs/"+filepath.Base(path), func(t *testing.T) { runDocument(t, root, path, shown) })
	}
}

// runDocument runs the examples of a document, which may also show blocks of the languages shown, that nothing runs.
func runDocument(t *testing.T, root, path string, shown []string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	parts := strings.Split(string(data), "```")
	if len(parts)%2 == 0 {
		t.Fatal("there is a ``` without its pair")
	}
	ran := 0
	for i := 1; i < len(parts); i += 2 {
		language, body, _ := strings.Cut(parts[i], "\n")
		switch {
		case language == "console":
			got := runConsole(t, root, dir, body)
			if got != body && !*updateReadme {
				t.Errorf("it says\n%s\nand what happens is\n%s", body, got)
			}
			parts[i] = language + "\n" + got
		case language == "go":
			runGo(t, root, body)
		case !slices.Contains(shown, language):
			t.Errorf("a block is of %q; want console or go%s", language, strings.Join(append([]string{""}, shown...), ", "))
			continue
		default:
			continue
		}
		ran++
	}
	if ran == 0 {
		t.Error("there is no example")
	}
	if *updateReadme {
		if err := os.WriteFile(path, []byte(strings.Join(parts, "```")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// runGo runs a file of tests, or has go vet look at one of package main.
func runGo(t *testing.T, root, source string) {
	args := []string{"test", filepath.Join(t.TempDir(), "api_test.go")}
	if strings.HasPrefix(source, "package main\n") {
		args = []string{"vet", filepath.Join(t.TempDir(), "main.go")}
	}
	if err := os.WriteFile(args[1], []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the Go example fails: %v\n%s", err, out)
	}
}

// runConsole runs the commands of a block in a directory, and returns the block with what they print.
func runConsole(t *testing.T, root, dir, block string) string {
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
