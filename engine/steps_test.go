package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// stepIndex is testdata/steps.txt, which internal/stepindex writes.
type stepIndex struct {
	steps map[string]bool   // "cors-check 4"
	names map[string]string // "concept-cors-check" is cors-check
}

func readStepIndex(t testing.TB) stepIndex {
	data, err := os.ReadFile("testdata/steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), fetchspec.Snapshot) {
		t.Errorf("testdata/steps.txt is not of %s; write it again", fetchspec.Snapshot)
	}
	x := stepIndex{map[string]bool{}, map[string]string{}}
	for line := range strings.Lines(string(data)) {
		switch f := strings.Fields(line); {
		case len(f) == 0 || f[0] == "#":
		case len(f) == 2:
			x.names[strings.TrimPrefix(f[1], "#")] = f[0]
		case len(f) == 3:
			x.steps[f[0]+" "+f[1]] = true
		}
	}
	return x
}

// TestStepLinks checks that every algorithm's link is the one in the standard.
func TestStepLinks(t *testing.T) {
	for anchor, name := range readStepIndex(t).names {
		if got, want := engine.Step(name+" 1").Link(), "https://fetch.spec.whatwg.org/#"+anchor; got != want {
			t.Errorf("%s links to %s; want %s", name, got, want)
		}
	}
	if got := engine.Step("").Link(); got != "" {
		t.Errorf("no step links to %s", got)
	}
}

const number = `\d+[a-z]?(?:\.\d+[a-z]?)*`

var (
	stepPattern = regexp.MustCompile(`^[a-z][a-z-]* ` + number + `$`)
	// commentPattern is a comment of a numbered step: "4.1. …", "7, 8. …", "12f.3. …" or, where it is of another algorithm
	// than the function's own, "HTTP fetch 4.4. …".
	commentPattern = regexp.MustCompile(`^(?:[A-Z ]+: )?(?:([A-Z][A-Za-z -]+?) )?(` + number + `(?:(?:, |–)` + number + `)*)\.(?: |$)`)
	linkPattern    = regexp.MustCompile(`https://fetch\.spec\.whatwg\.org/#(\S+)`)
)

// TestStepsExist checks that every step that a Block or a trace names is one of the standard's.
func TestStepsExist(t *testing.T) {
	index := readStepIndex(t)
	found := 0
	check := func(fset *token.FileSet, pos token.Pos, step string) {
		found++
		if !index.steps[step] {
			t.Errorf("%s: the standard has no step %q", fset.Position(pos), step)
		}
	}
	eachFile(t, func(fset *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			// Where a step belongs, nothing else will do.
			var step ast.Expr
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Step" {
					step = n.Value
				}
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "trace" && len(n.Args) > 0 {
					step = n.Args[0]
				}
			case *ast.AssignStmt:
				if sel, ok := n.Lhs[0].(*ast.SelectorExpr); ok && sel.Sel.Name == "Step" {
					step = n.Rhs[0]
				}
			}
			if s, ok := stringLiteral(step); ok && !stepPattern.MatchString(s) {
				t.Errorf("%s: %q is not a step; want an algorithm and a number, such as \"cors-check 4\"", fset.Position(step.Pos()), s)
			}
			// And what looks like a step is one, wherever it stands.
			if lit, ok := n.(*ast.BasicLit); ok {
				if s, ok := stringLiteral(lit); ok && stepPattern.MatchString(s) {
					check(fset, lit.Pos(), s)
				}
			}
			return true
		})
	})
	if found == 0 {
		t.Error("no step in the source of the engine")
	}
}

// TestStepCommentsExist checks the numbers of step comments against the algorithm that the function's doc comment links.
// In a function without a link, one of those that the file links must have the step.
func TestStepCommentsExist(t *testing.T) {
	index := readStepIndex(t)
	found := 0
	eachFile(t, func(fset *token.FileSet, file *ast.File) {
		ofFile := index.linked(file.Comments...)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			algorithms := index.linked(f.Doc)
			if len(algorithms) == 0 {
				algorithms = ofFile
			}
			for _, group := range file.Comments {
				if group.Pos() < f.Body.Pos() || f.Body.End() < group.End() {
					continue
				}
				for _, c := range group.List {
					m := commentPattern.FindStringSubmatch(strings.TrimSpace(strings.TrimPrefix(c.Text, "//")))
					if m == nil {
						continue
					}
					candidates := algorithms
					if m[1] != "" {
						candidates = []string{strings.ToLower(strings.ReplaceAll(m[1], " ", "-"))}
					}
					for _, n := range regexp.MustCompile(number).FindAllString(m[2], -1) {
						found++
						if !slices.ContainsFunc(candidates, func(a string) bool { return index.steps[a+" "+n] }) {
							t.Errorf("%s: %s has no step %s, in %q", fset.Position(c.Pos()), strings.Join(candidates, " or "), n, c.Text)
						}
					}
				}
			}
		}
	})
	if found == 0 {
		t.Error("no step comment in the source of the engine")
	}
}

// linked returns the names of the algorithms that comments link.
func (x stepIndex) linked(groups ...*ast.CommentGroup) []string {
	names := map[string]bool{}
	for _, g := range groups {
		for _, m := range linkPattern.FindAllStringSubmatch(g.Text(), -1) {
			if name := x.names[m[1]]; name != "" {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func stringLiteral(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// eachFile parses the engine's source files, tests left out.
func eachFile(t *testing.T, f func(*token.FileSet, *ast.File)) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		f(fset, file)
	}
}
