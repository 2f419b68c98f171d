package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/corsim/corsim/personality"
)

// FuzzJudge holds that no input makes it panic, that what is JSON is never said to be none, and that a copy of what can be read
// can be read, and has the same verdicts.
func FuzzJudge(f *testing.F) {
	for _, name := range []string{"charles.har", "proxyman.har"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/\ud83d\ude00","headers":[{"name":"origin","value":"null"}]},"response":{"status":304}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		want, _, err := findings(NewJudge(NewReader(bytes.NewReader(data)), personality.Browsers()))
		var syntax *SyntaxError
		if errors.As(err, &syntax) && json.Valid(data) && syntax.Want != "no second member of that name" {
			t.Fatalf("valid JSON gives %v", err)
		}
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Redact(&out, NewReader(bytes.NewReader(data)), func(*EntryError) {}); err != nil {
			t.Fatalf("the copy gives %v", err)
		}
		if !json.Valid(out.Bytes()) {
			t.Fatalf("the copy is no JSON: %s", out.Bytes())
		}
		got, broken, err := findings(NewJudge(NewReader(&out), personality.Browsers()))
		if err != nil || len(broken) > 0 || len(got) != len(want) {
			t.Fatalf("the copy has %d findings, want %d: %v, %v", len(got), len(want), broken, err)
		}
	})
}
