package recorded_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/internal/recorded"
)

func compressed(t *testing.T, s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	whole := compressed(t, strings.Repeat("{}\n", 3))
	for _, tc := range []struct {
		name string
		data []byte
		want []string
		err  string
	}{
		{"plain", []byte("a\n\n b \nc"), []string{"a", "b", "c"}, ""},
		{"gzipped", compressed(t, "a\n\nb\n"), []string{"a", "b"}, ""},
		{"empty", nil, nil, ""},
		{"one byte", []byte("\x1f"), []string{"\x1f"}, ""},
		{"gzip that breaks off", whole[:len(whole)-6], []string{"{}", "{}", "{}"}, "x:4: unexpected EOF"},
		{"gzip that is none", []byte("\x1f\x8bno gzip"), nil, "x: "},
		{"a line too long", []byte("a\n" + strings.Repeat("b", 17<<20)), []string{"a"}, "x:2: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			var err error
			for line, e := range recorded.Read("x", bytes.NewReader(tc.data)) {
				if err = e; err == nil {
					got = append(got, string(line))
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("lines %q, want %q", got, tc.want)
			}
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.err)) {
				t.Errorf("error %v, want one that starts with %q", err, tc.err)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.ndjson.gz")
	if err := os.WriteFile(file, compressed(t, "a\nb\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	lines := recorded.ReadFile(file)
	for range 2 { // a file can be read again, and left in the middle
		for line, err := range lines {
			if err != nil || string(line) != "a" {
				t.Errorf("%q, %v; want a", line, err)
			}
			break
		}
	}
	for _, err := range recorded.ReadFile(file + ".none") {
		if !os.IsNotExist(err) {
			t.Errorf("error %v of a file that is not there", err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	recording := func(line string) error { _, err := recorded.ParseRecording([]byte(line)); return err }
	verdict := func(line string) error { _, err := recorded.ParseVerdict([]byte(line)); return err }
	for _, tc := range []struct {
		parse      func(string) error
		line, want string
	}{
		{recording, `{`, "not a recording: unexpected end of JSON input"},
		{recording, `{"js": 1}`, "not a recording: json: cannot unmarshal number"},
		{recording, `{"id": "a", "js": [{"headers": [["x"]]}]}`, `recording "a": js[0].headers[0] has 1 elements; want a name and a value`},
		{recording, `{"id": "a", "requests": [{"headers": [[]]}]}`, `recording "a": requests[0].headers[0] has 0 elements; want a name and a value`},
		{verdict, `[]`, "not a verdict: json: cannot unmarshal array"},
		{verdict, `{"id": "a", "results": [{"response": {"headers": [["x"]]}}]}`, `verdict "a": results[0].response.headers[0] has 1 elements; want a name and a value`},
		{verdict, `{"id": "a", "requests": [{}, {"headers": [["a", "b", "c"]]}]}`, `verdict "a": requests[1].headers[0] has 3 elements; want a name and a value`},
	} {
		if err := tc.parse(tc.line); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s\ngives %v\nwant  %s", tc.line, err, tc.want)
		}
	}
}

func TestBroken(t *testing.T) {
	for line, want := range map[string]bool{
		`{"js": {"error": "!! timeout"}}`:                                true,
		`{"js": [{"loaded": true}, {"error": "!!"}]}`:                    true,
		`{"js": {"loaded": true}, "console": [{"text": "!! no marks"}]}`: true,
		`{"js": {"error": "TypeError: Load failed!!"}}`:                  false,
	} {
		r, err := recorded.ParseRecording([]byte(line))
		if err != nil || r.Broken() != want {
			t.Errorf("%s: broken %v, %v; want %v", line, !want, err, want)
		}
	}
}

// TestCompare compares recordings with verdicts in all dimensions.
func TestCompare(t *testing.T) {
	for _, tc := range []struct{ name, recording, verdict, want string }{
		{
			"a response that is the same, less what the transport brought in",
			`{"js": {"type": "cors", "status": 200, "url": "u", "redirected": false, "headers": [["B", "1"], ["date", "x"], ["a", "2"]]}}`,
			`{"results": [{"outcome": "allowed", "response": {"type": "cors", "status": 200, "url": "u", "redirected": false, "headers": [["a", "2"], ["b", "1"]]}}]}`,
			``,
		},
		{
			"a member that is absent is not one that is zero",
			`{"js": {"status": 200, "url": "u"}}`,
			`{"results": [{"outcome": "allowed", "response": {"status": 200, "url": "u", "redirected": false}}]}`,
			`response [[null,200,"u",null,[]]] [[null,200,"u",false,[]]]`,
		},
		{
			"an element's load",
			`{"js": {"loaded": true}}`,
			`{"results": [{"outcome": "blocked", "exception": "error event"}]}`,
			`outcome [true] [false]; response [{"loaded":true}] [null]; exception [null] ["error event"]`,
		},
		{
			"a block without an exception's text",
			`{"js": {"error": "TypeError"}}`,
			`{"results": [{"outcome": "blocked"}]}`,
			`exception ["TypeError"] [""]`,
		},
		{
			"steps, the second of which is missing",
			`{"js": [{"loaded": true}, {"loaded": true}]}`,
			`{"results": [{"outcome": "allowed", "response": {"loaded": true}}]}`,
			`outcome [true,true] [true]; response [{"loaded":true},{"loaded":true}] [{"loaded":true}]; exception [null,null] [null]`,
		},
		{
			"requests sent again, a fragment, and headers that are not about CORS",
			`{"requests": [{"method": "GET", "url": "u#x", "headers": [["origin", "o"], ["Accept", "*/*"]]}, {"method": "GET", "url": "u", "headers": [["Origin", "o"]]}]}`,
			`{"requests": [{"method": "GET", "url": "u", "headers": [["Origin", "o"]]}]}`,
			``,
		},
		{
			"an origin that is not sent",
			`{"requests": [{"method": "GET", "url": "u", "headers": [["Origin", "o"]]}]}`,
			`{"requests": [{"method": "GET", "url": "u", "headers": []}]}`,
			`wire ["GET u origin=o"] ["GET u"]`,
		},
		{
			"preflights in order and as spelled",
			`{"requests": [{"method": "OPTIONS", "url": "u", "headers": [["Accept", "*/*"], ["Access-Control-Request-Method", "PUT"]]}, {"method": "OPTIONS", "url": "v"}]}`,
			`{"requests": [{"method": "OPTIONS", "url": "u", "headers": [["access-control-request-method", "PUT"], ["Accept", "*/*"]]}, {"method": "OPTIONS", "url": "v"}]}`,
			`preflight-headers ["Accept: */*; Access-Control-Request-Method: PUT"] ["access-control-request-method: PUT; Accept: */*"]`,
		},
		{
			"preflights of which only one side spoke HTTP/2",
			`{"requests": [{"method": "OPTIONS", "url": "u", "headers": [["Accept", "*/*"], ["Access-Control-Request-Method", "PUT"]]}, {"method": "PUT", "url": "u"}]}`,
			`{"requests": [{"method": "OPTIONS", "url": "u", "headers": [["accept", "*/*"], ["access-control-request-method", "PUT"]]}, {"method": "PUT", "url": "u"}]}`,
			``,
		},
		{
			"cookies, which HTTP/2 may cut up",
			`{"requests": [{"method": "GET", "url": "u", "headers": [["cookie", "a=1"], ["cookie", "b=2"]]}, {"method": "GET", "url": "v", "headers": [["cookie", "a=1"]]}]}`,
			`{"requests": [{"method": "GET", "url": "u", "headers": [["Cookie", "a=1; b=2"]]}, {"method": "GET", "url": "v"}]}`,
			`cookies ["GET u a=1; b=2","GET v a=1"] ["GET u a=1; b=2","GET v"]`,
		},
		{
			"console lines and DevTools of the page alone",
			`{"console": [{"text": "Access to a", "cors": {"corsError": "E", "failedParameter": "p"}},
				{"text": "Access to b", "target": "worker"}, {"text": "Access to c", "cors": {"corsError": "F"}, "target": "iframe"}, {"net": "net::ERR_FAILED"}]}`,
			`{"results": [], "console": [{"text": "Access to a"}]}`,
			`devtools [["E","p"]] []`,
		},
		{
			"lines about a body, which are not compared, and a status text of the server's",
			`{"console": [{"text": "Uncaught SyntaxError: x"}, {"text": "responded with a status of 404 (Not Found)"}]}`,
			`{"console": [{"text": "responded with a status of 404 ()"}]}`,
			``,
		},
		{
			"a line that is not about access control",
			`{"console": [{"text": "something <else>"}]}`,
			`{}`,
			`all-lines ["something <else>"] []`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := recorded.ParseRecording([]byte(tc.recording))
			if err != nil {
				t.Fatal(err)
			}
			v, err := recorded.ParseVerdict([]byte(tc.verdict))
			if err != nil {
				t.Fatal(err)
			}
			r.Browser, v.Browser = "chromium", "chromium"
			var got []string
			for _, d := range recorded.Compare(r.Observation(), v.Observation(), recorded.Dimensions()) {
				got = append(got, string(d.Dimension)+" "+d.Want.String()+" "+d.Have.String())
			}
			if g := strings.Join(got, "; "); g != tc.want {
				t.Errorf("differences\n%s\nwant\n%s", g, tc.want)
			}
		})
	}
}

func TestComparable(t *testing.T) {
	for _, tc := range []struct {
		browser, version string
		devTools, cookie bool
	}{
		{"chromium", "", true, false},
		{"chromium", "156", true, true},
		{"firefox", "153", false, true},
		{"webkit", "", false, false},
	} {
		d := (&recorded.Recording{Browser: tc.browser, Version: tc.version}).Comparable()
		if slices.Contains(d, recorded.DevTools) != tc.devTools || slices.Contains(d, recorded.Cookies) != tc.cookie || !slices.Contains(d, recorded.Wire) {
			t.Errorf("%s %s: comparable in %v", tc.browser, tc.version, d)
		}
	}
}
