package engine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/token"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/corsim/corsim"

// layers are the module's packages, by their top directory, from the bottom up. A package imports what is in the layers
// below its own, never what is beside or above it.
var layers = [][]string{
	{"internal", "origin"},
	{"fetchspec"},
	{"cookie"},
	{"engine"},
	{"personality"},
	{"scenario", "httpfetch", "warn"},
	{"corstest", "fix", "har", "message"},
	{"cmd"},
}

// top returns the top directory of a package of the module.
func top(path string) string {
	dir, _, _ := strings.Cut(strings.TrimPrefix(path, module+"/"), "/")
	return dir
}

func layer(path string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, top(path)) })
}

type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

func goList(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var list []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		list = append(list, p)
	}
}

func TestImportsPointDownwards(t *testing.T) {
	for _, p := range goList(t) {
		from := layer(p.ImportPath)
		if from < 0 {
			t.Errorf("%s is in no layer; place it in layers", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module+"/") && layer(imp) >= from && top(imp) != top(p.ImportPath) {
				t.Errorf("%s imports %s, which is not below it", p.ImportPath, imp)
			}
		}
	}
}

func TestNothingOfTestingIsLinkedIntoTheCommand(t *testing.T) {
	found := false
	for _, p := range goList(t) {
		if p.ImportPath != module+"/cmd/corsim" {
			continue
		}
		found = true
		for _, dep := range p.Deps {
			if dep == "testing" || strings.HasPrefix(dep, "testing/") || dep == "net/http/httptest" {
				t.Errorf("%s links %s", p.ImportPath, dep)
			}
		}
	}
	if !found {
		t.Error("go list does not list cmd/corsim")
	}
}

// impure are the packages that would let the outside world into the engine.
var impure = regexp.MustCompile(`^(bufio|context|crypto/rand|io|log|math/rand|net|os|runtime|sync|syscall|unsafe)(/|$)`)

// pureTime are the names of package time that the engine may use: types and units, but no clock.
var pureTime = []string{"Time", "Duration", "Second", "Minute", "Hour"}

func TestEngineHasNoInputButItsArguments(t *testing.T) {
	eachFile(t, func(fset *token.FileSet, file *ast.File) {
		for _, imp := range file.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); impure.MatchString(path) {
				t.Errorf("%s: the engine imports %s", fset.Position(imp.Pos()), path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: the engine starts a goroutine", fset.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && !slices.Contains(pureTime, n.Sel.Name) {
					t.Errorf("%s: the engine uses time.%s; time comes from UserAgent.Now", fset.Position(n.Pos()), n.Sel.Name)
				}
			}
			return true
		})
	})
}

var browserName = regexp.MustCompile(`(?i)chrom(e|ium)|firefox|webkit|blink|gecko|safari`)

func TestEngineKnowsNoBrowserByName(t *testing.T) {
	eachFile(t, func(fset *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			text := ""
			switch n := n.(type) {
			case *ast.Ident:
				text = n.Name
			case *ast.BasicLit:
				text = n.Value
			}
			if name := browserName.FindString(text); name != "" {
				t.Errorf("%s: %s names %q; what a browser does is a quirk with a name of its own", fset.Position(n.Pos()), text, name)
			}
			return true
		})
	})
}
