package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/warn"
)

// verdictSchema is docs/verdict.schema.json, which does without members that it does not know.
func verdictSchema(t *testing.T) *jsonschema.Schema {
	f, err := os.Open("../../docs/verdict.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("verdict.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("verdict.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// closeObjects lets the objects that a schema describes have no other members.
func closeObjects(schema any) {
	switch schema := schema.(type) {
	case map[string]any:
		for _, v := range schema {
			closeObjects(v)
		}
		if schema["type"] == "object" {
			schema["additionalProperties"] = false
		}
	case []any:
		for _, v := range schema {
			closeObjects(v)
		}
	}
}

// TestVerdictSchema holds real outputs against the schema: of run for all goldens, with and without expectations, of check,
// and of batch for a recorded corpus.
func TestVerdictSchema(t *testing.T) {
	schema := verdictSchema(t)
	lines := 0
	valid := func(name string, out []byte) {
		for line := range bytes.Lines(out) {
			lines++
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
			if err == nil {
				err = schema.Validate(doc)
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, line)
			}
		}
	}
	output := func(stdin []byte, args ...string) []byte {
		var stdout, stderr bytes.Buffer
		if status := run(args, bytes.NewReader(stdin), &stdout, &stderr); status == exitUsage {
			t.Fatalf("%q: %s", args, stderr.Bytes())
		}
		return stdout.Bytes()
	}
	valid("run", output(nil, "run", "--json", "../../testdata"))
	told := t.TempDir()
	goldens, _ := filepath.Glob("../../testdata/*/*.txtar")
	for _, path := range goldens {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bare, _, _ := strings.Cut(string(data), "\n-- chromium --\n")
		if err := os.WriteFile(filepath.Join(told, strings.ReplaceAll(path, "/", "_")), []byte(bare+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	valid("run without expectations", output(nil, "run", "--json", told))
	valid("check", output(nil, "check", "--from", "https://app.example.com", "--json", "--trace", "-X", "PUT", "https://api.example.com/", "--answer", "example"))
	valid("check of a header that must go", output([]byte("HTTP/1.1 301 Moved\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: a b\n"),
		"check", "--from", "https://app.example.com", "--json", "-X", "PUT", "https://api.example.com/", "--answer", "-"))
	var scenarios bytes.Buffer
	for line := range recorded.Lines(t, "../../testdata/recorded/train.ndjson.gz") {
		scenarios.Write(append(bytes.TrimSuffix(line, []byte("\n")), '\n'))
	}
	valid("batch", output(scenarios.Bytes(), "batch", "--browser", "chromium,firefox,webkit,spec"))
	if lines < 10_000 {
		t.Errorf("%d lines; want more", lines)
	}
}

// TestSchemaKnowsAllWarnings checks that the schema lists the codes of all warnings.
func TestSchemaKnowsAllWarnings(t *testing.T) {
	data, err := os.ReadFile("../../docs/verdict.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range warn.Codes() {
		if quoted, _ := json.Marshal(code); !bytes.Contains(data, quoted) {
			t.Errorf("the schema does not list %s", quoted)
		}
	}
}
