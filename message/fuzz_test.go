package message_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/corsim/corsim/message"
)

// FuzzRecognise takes any text. What is recognised has a name or a place where it was cut, can be explained, and is valid JSON;
// and no command is more than one line and what belongs to it.
func FuzzRecognise(f *testing.F) {
	for _, seed := range []string{
		"", "No 'Access-Control-Allow-Origin' header", "Access to fetch at 'https://a/' from origin 'null' has been blocked by CORS policy:",
		"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a/. (Reason: CORS request did not succeed). Status code: (null).",
		"XMLHttpRequest cannot load https://a/. Request header field x is not allowed by Access-Control-Allow-Headers.", "\x1b[31mnet::ERR_\xff", "Origin  is not allowed by Access-Control-Allow-Origin. Status code: 1e9", "â€˜>&#39;\u2028…",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		messages, err := message.Recognise(text)
		if (err == nil) != (len(messages) > 0) {
			t.Fatalf("%d messages, %v", len(messages), err)
		}
		for _, m := range messages {
			if !m.Cut && len(m.Codes) == 0 && m.Topic == "" || len(m.Sightings) == 0 || m.Text == "" {
				t.Errorf("%+v says nothing", m)
			}
			e := m.Explain()
			if e.Why == "" || len(e.Change) == 0 {
				t.Errorf("%+v: %+v", m, e)
			}
			for _, c := range e.Next {
				if !utf8.ValidString(c) || strings.ContainsFunc(c, func(r rune) bool { return r < ' ' && r != '\n' }) {
					t.Errorf("a command is %q", c)
				}
			}
		}
		data, err := message.JSON(messages)
		if err != nil || !json.Valid(data) {
			t.Errorf("%q, %v", data, err)
		}
	})
}

// TestRecogniseIsBounded looks through the longest texts that are taken, made to have phrases begin over and over.
func TestRecogniseIsBounded(t *testing.T) {
	for _, piece := range []string{
		"x", " ", "'", "a b ", "…", "\n",
		"No 'Access-Control-Allow-Origin' header is present on the requested resource. ",
		"The 'Access-Control-Allow-Origin' header contains multiple values '",
		"Access to fetch at 'https://a/' from origin ",
		"is not allowed by Access-Control-Allow-", "has been blocked by CORS policy: ", "isnotallowedby", "because its MIME type (", "access-control-",
		"Mixed Content: The page at '",
	} {
		text := strings.Repeat(piece, message.MaxSize/len(piece))
		start := time.Now()
		message.Recognise(text)
		if took := time.Since(start); took > 20*time.Second { // some tenths of a second as a rule; more only where the machine is busy
			t.Errorf("%q takes %v", piece, took)
		} else {
			t.Logf("%v for %.30q", took.Round(time.Millisecond), piece)
		}
	}
}

func BenchmarkRecognise(b *testing.B) {
	text := "app.js:12 Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := message.Recognise(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecogniseLog looks for a message in a log of a megabyte.
func BenchmarkRecogniseLog(b *testing.B) {
	text := strings.Repeat("2026-11-24T10:00:00Z INFO served GET /assets/app.js?v=12 in 3 ms\n", 15000) + "Method PUT is not allowed by Access-Control-Allow-Methods.\n"
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := message.Recognise(text); err != nil {
			b.Fatal(err)
		}
	}
}
