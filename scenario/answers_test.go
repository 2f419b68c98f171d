package scenario_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// curlVerbose is what "curl -v -L" prints of a redirect, progress meter and all.
const curlVerbose = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" +
	"                                 Dload  Upload   Total   Spent    Left  Speed\n" +
	"\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:8931...\n" +
	"* Connected to 127.0.0.1 (127.0.0.1) port 8931 (#0)\n" +
	"> GET /redir HTTP/1.1\r\n> Host: 127.0.0.1:8931\r\n> \r\n" +
	"< HTTP/1.1 302 Found\r\n< Location: /final\r\n* Added cookie a=\"1\" for domain 127.0.0.1\n< Content-Length: 5\r\n< \r\n" +
	"* Ignoring the response-body\n{ [5 bytes data]\n" +
	"\r100     5  100     5    0     0   1680      0 --:--:-- --:--:-- --:--:--  2500\n" +
	"* Connection #0 to host 127.0.0.1 left intact\n" +
	"> GET /final HTTP/1.1\r\n> Host: 127.0.0.1:8931\r\n> \r\n" +
	"< HTTP/1.1 200 OK\r\n< Access-Control-Allow-Origin: *\r\n< Content-Length: 7\r\n< \r\n" +
	"{ [7 bytes data]\n{\"a\":1}"

func TestParseAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		in string
		// want is a line for each head: protocol, status, reason; then the headers, and the body after a bar.
		want  string
		notes int
	}{
		"one head":                {"HTTP/1.1 200 OK\nA: 1\nB: 2\n\n", "HTTP/1.1 200 OK A=1 B=2", 0},
		"CRLF":                    {"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", "HTTP/1.1 200 OK A=1", 0},
		"HTTP/1.0":                {"HTTP/1.0 404 Not Found\r\n\r\n", "HTTP/1.0 404 Not Found", 0},
		"HTTP/2":                  {"HTTP/2 204\r\na: 1\r\n\r\n", "HTTP/2 204  a=1", 0},
		"HTTP/2 with a space":     {"HTTP/2 204 \r\n\r\n", "HTTP/2 204 ", 0},
		"HTTP/3":                  {"HTTP/3 200\r\n\r\n", "HTTP/3 200 ", 0},
		"no empty line":           {"HTTP/2 200\nA: 1\n", "HTTP/2 200  A=1", 0},
		"status line alone":       {"HTTP/2 200\n", "HTTP/2 200 ", 0},
		"empty lines first":       {"\n\r\nHTTP/2 200\n", "HTTP/2 200 ", 0},
		"byte order mark":         {"\xEF\xBB\xBFHTTP/2 200\nA: 1\n", "HTTP/2 200  A=1", 0},
		"order, case, duplicates": {"HTTP/2 200\nb: 1\nA: 2\nB: 3\na: 2\n", "HTTP/2 200  b=1 A=2 B=3 a=2", 0},
		"white space":             {"HTTP/2 200\nA:1\nB:  \t 2 3 \t\nC:\nD: \n", "HTTP/2 200  A=1 B=2 3 C= D=", 0},
		"bytes":                   {"HTTP/2 200\nA: caf\xe9\nB: caf\xc3\xa9\n", "HTTP/2 200  A=caf\xe9 B=caf\xc3\xa9", 0},
		"obs-fold":                {"HTTP/1.1 200 OK\nA: 1,\n\t2,\r\n  3\nB: 4\n", "HTTP/1.1 200 OK A=1, 2, 3 B=4", 0},
		"body by Content-Length":  {"HTTP/1.1 200 OK\nContent-Length: 4\n\nbodyHTTP/1.1 204 No Content\n\n", "HTTP/1.1 200 OK Content-Length=4|body\nHTTP/1.1 204 No Content", 0},
		"a body with a head":      {"HTTP/1.1 200 OK\nContent-Length: 20\n\n> see\nHTTP/2 200 OK\n\nHTTP/2 204\n", "HTTP/1.1 200 OK Content-Length=20|> see\nHTTP/2 200 OK\n\nHTTP/2 204 ", 0},
		"body by status line":     {"HTTP/2 200\n\n{\"a\": 1}\nb\nHTTP/2 204\nA: 1\n", "HTTP/2 200 |{\"a\": 1}\nb\n\nHTTP/2 204  A=1", 0},
		"curl -I":                 {"HTTP/1.1 301 Moved\r\nContent-Length: 178\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 301 Moved Content-Length=178\nHTTP/1.1 200 OK Content-Length=5", 0},
		"curl -I, one more line":  {"HTTP/1.1 301 Moved\r\nContent-Length: 178\r\n\r\n\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 301 Moved Content-Length=178\nHTTP/1.1 200 OK", 0},
		"204 has no body":         {"HTTP/1.1 204 x\nContent-Length: 9\n\n\n\nHTTP/2 200\n", "HTTP/1.1 204 x Content-Length=9\nHTTP/2 200 ", 0},
		"body cut short":          {"HTTP/1.1 200 OK\nContent-Length: 400\n\n<html>", "HTTP/1.1 200 OK Content-Length=400|<html>", 0},
		"bad Content-Length":      {"HTTP/1.1 200 OK\nContent-Length: 4, 4\n\nbody", "HTTP/1.1 200 OK Content-Length=4, 4|body", 0},
		"interim":                 {"HTTP/1.1 100 Continue\r\n\r\nHTTP/2 103\r\nlink: x\r\n\r\nHTTP/2 200\r\nA: 1\r\n\r\n", "HTTP/2 200  A=1", 0},
		"proxy":                   {"HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 200\r\nA: 1\r\n\r\n", "HTTP/2 200  A=1", 1},
		"head inside a line":      {"HTTP/2 200\n\n{}HTTP/2 204\nA: 1\n", "HTTP/2 200 |{}HTTP/2 204\nA: 1\n", 1},
		"no status line after it": {"HTTP/2 200\n\nHTTP/1.1 OK\n", "HTTP/2 200 |HTTP/1.1 OK\n", 1},
		"curl -v":                 {curlVerbose, "HTTP/1.1 302 Found Location=/final Content-Length=5\nHTTP/1.1 200 OK Access-Control-Allow-Origin=* Content-Length=7|{\"a\":1}", 0},
		"curl -iv on a terminal":  {"< HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\n< A: 1\r\nA: 1\r\n< \r\n\r\nbody", "HTTP/1.1 200 OK A=1|\r\nbody", 0},
		"curl -iv into a file":    {"< HTTP/1.1 200 OK\r\n< A: 1\r\n< \r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody", "HTTP/1.1 200 OK A=1", 1},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := scenario.ParseAnswers(strings.NewReader(test.in))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range a.Heads {
				s := h.Proto + " " + string(rune('0'+h.Status/100)) + string(rune('0'+h.Status/10%10)) + string(rune('0'+h.Status%10)) + " " + h.Reason
				for _, x := range h.Headers {
					s += " " + x.Name + "=" + x.Value
				}
				if h.Body != "" {
					s += "|" + h.Body
				}
				got = append(got, s)
			}
			if g := strings.Join(got, "\n"); g != test.want {
				t.Errorf("got\n%q, want\n%q", g, test.want)
			}
			if len(a.Notes) != test.notes {
				t.Errorf("notes %q, want %d", a.Notes, test.notes)
			}
		})
	}
}

func TestParseAnswersErrors(t *testing.T) {
	long := strings.Repeat("x", scenario.MaxAnswerLine)
	for name, test := range map[string]struct {
		in           string
		line, column int
		// found is a part of what the error says was found, or of its hint.
		found string
	}{
		"empty":                    {"", 1, 1, "an empty file"},
		"empty lines":              {"\n\r\n", 1, 1, "only empty lines"},
		"only interim":             {"HTTP/1.1 100 Continue\r\n\r\n", 1, 1, "only interim"},
		"only what curl says":      {"* Trying\n> GET / HTTP/1.1\n", 1, 1, "curl -v"},
		"HTML":                     {"\n<!doctype html>\n", 2, 1, "HTML"},
		"JSON":                     {"{\"client\": 1}", 1, 1, "JSON"},
		"a request":                {"OPTIONS /a HTTP/1.1\nHost: a\n", 1, 1, "a request"},
		"a curl command":           {"curl -si https://api.example.com/\n", 1, 1, "a curl command"},
		"curl failed":              {"curl: (7) Failed to connect\n", 1, 1, "an error of curl"},
		"header lines alone":       {"Content-Type: text/plain\n", 1, 1, "without a status line"},
		"something else":           {"hello\n", 1, 1, `"hello"`},
		"binary":                   {"\x89PNG\x00\n", 1, 5, "binary"},
		"UTF-16":                   {"\xFF\xFEH\x00T\x00T\x00P\x00", 1, 1, "UTF-16"},
		"UTF-16, big-endian":       {"\xFE\xFF\x00H\x00T", 1, 1, "UTF-16"},
		"UTF-16 without its mark":  {"H\x00T\x00T\x00P\x00", 1, 1, "UTF-16"},
		"no status":                {"HTTP/1.1\n", 1, 1, "without a status"},
		"bad status":               {"HTTP/1.1 20 OK\n", 1, 1, `"20"`},
		"status 0":                 {"HTTP/1.1 000 OK\n", 1, 1, `"000"`},
		"bad protocol":             {"HTTP/x 200 OK\n", 1, 1, `"HTTP/x"`},
		"NUL in the status line":   {"HTTP/1.1 200 O\x00K\n", 1, 1, "NUL"},
		"no colon":                 {"HTTP/2 200\nA: 1\nfoo bar\n\n", 3, 1, `"foo bar"`},
		"no name":                  {"HTTP/2 200\n: 1\n", 2, 1, "without a name"},
		"space before the colon":   {"HTTP/2 200\nA : 1\n", 2, 2, "white space between"},
		"space in the name":        {"HTTP/2 200\nA B: 1\n", 2, 2, "a space in the name"},
		"quote in the name":        {"HTTP/2 200\nA\"B: 1\n", 2, 2, "in the name"},
		"NUL in a value":           {"HTTP/2 200\nA: \x00\n", 2, 4, "NUL"},
		"carriage return":          {"HTTP/2 200\nA: 1\r2\n", 2, 5, "carriage return"},
		"folded first line":        {"HTTP/2 200\n A: 1\n", 2, 1, "white space"},
		"truncated header":         {"HTTP/2 200\nA: 1", 2, 5, "truncated"},
		"truncated status line":    {"HTTP/2 200", 1, 11, "truncated"},
		"long line":                {"HTTP/2 200\nA: " + long + "\n", 2, 1, "a header line of more than"},
		"long status line":         {"HTTP/2 200 " + long + "\n", 1, 1, "a line of more than"},
		"long head":                {"HTTP/2 200\n" + strings.Repeat("A: "+long[:1<<19]+"\n", 17), 17, 1, "a head of more than"},
		"many heads":               {strings.Repeat("HTTP/2 200\n\n", scenario.MaxAnswers+1), 2*scenario.MaxAnswers + 1, 1, "more than 1000 heads"},
		"verbose and not":          {"< HTTP/2 200\nA: 1\n", 2, 1, "without \"< \""},
		"no colon, verbose":        {"< HTTP/2 200\n< foo\n", 2, 3, `"foo"`},
		"a head in a missing body": {"HTTP/1.1 200 OK\nContent-Length: 999\n\n# next:\nHTTP/2 204\n", 5, 1, "shorter than its Content-Length"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scenario.ParseAnswers(strings.NewReader(test.in))
			var wrong *scenario.AnswerError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want an AnswerError", err)
			}
			if wrong.Line != test.line || wrong.Column != test.column {
				t.Errorf("at %d:%d, want %d:%d (%v)", wrong.Line, wrong.Column, test.line, test.column, err)
			}
			if !strings.Contains(wrong.Found+wrong.Hint, test.found) {
				t.Errorf("%q, hint %q: %q is not in it", err, wrong.Hint, test.found)
			}
			if wrong.Found == "" || wrong.Want == "" || len(err.Error()) > 500 {
				t.Errorf("%q, %d bytes: want what was found, what was expected, and not too much of it", err, len(err.Error()))
			}
		})
	}
}

// endless reads as a head that does not end, n bytes long.
type endless struct{ read, n int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read >= e.n {
		return 0, io.EOF
	}
	n := 0
	if e.read == 0 {
		n = copy(p, "HTTP/1.1 200 OK\nA: ")
	}
	for ; n < len(p); n++ {
		p[n] = 'x'
	}
	e.read += n
	return n, nil
}

// TestParseAnswersIsBounded reads no further than it must, and keeps no more.
func TestParseAnswersIsBounded(t *testing.T) {
	const size = 100 << 20
	for name, test := range map[string]struct {
		in   io.Reader
		most int
		err  string
	}{
		"a line of 100 MB": {&endless{n: size}, 2 << 20, "a header line of more than"},
		"a body of 100 MB": {io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\n\n"), &endless{read: 1, n: size}), 65 << 20, "a file of more than"},
		"a body by length": {io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\nContent-Length: 100000000\n\n"), &endless{read: 1, n: size}), 65 << 20, "a file of more than"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &counter{r: test.in}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := scenario.ParseAnswers(r)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %v, want %s", err, test.err)
			}
			if r.n > test.most {
				t.Errorf("read %d bytes, want %d at most", r.n, test.most)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 16<<20 {
				t.Errorf("allocated %d bytes", made)
			}
		})
	}
}

type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// FuzzParseAnswers parses whatever comes: it is refused with a place, or what was parsed holds together.
func FuzzParseAnswers(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\nbody", "HTTP/2 204\na: 1\n\nHTTP/3 200\n\n", curlVerbose,
		"HTTP/1.1 100 Continue\n\nHTTP/1.0 200 Connection established\n\nHTTP/1.1 200 OK\nContent-Length: 3\n\nabcHTTP/2 200\n",
		"HTTP/1.1 200 OK\nA: 1\n 2\n", "<html>", "{}", "\xFF\xFEH\x00", "A: 1\n", "HTTP/1.1", "< HTTP/1.1 200 OK\nHTTP/1.1 200 OK\n< \n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := scenario.ParseAnswers(strings.NewReader(string(data)))
		if err != nil {
			var wrong *scenario.AnswerError
			if !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Column < 1 || wrong.Found == "" || wrong.Want == "" {
				t.Errorf("%#v", err)
			}
			return
		}
		if len(a.Heads) == 0 {
			t.Error("neither heads nor an error")
		}
		kept := 0
		for _, h := range a.Heads {
			if h.Status < 200 || h.Status > 999 || h.Line < 1 {
				t.Errorf("%+v", h)
			}
			kept += len(h.Body)
			for _, x := range h.Headers {
				if !fetchspec.IsToken(x.Name) || !fetchspec.IsValue(x.Value) {
					t.Errorf("%q is no header", x)
				}
				kept += len(x.Name) + len(x.Value)
			}
		}
		if kept > len(data)+1 {
			t.Errorf("%d bytes of %d", kept, len(data))
		}
	})
}

func TestReplay(t *testing.T) {
	const preflighted = "HTTP/2 204\naccess-control-allow-origin: *\naccess-control-allow-methods: PUT\n\nHTTP/2 200\naccess-control-allow-origin: *\n"
	put := &scenario.Request{URL: new("https://api.example.com/a"), Method: "PUT"}
	get := &scenario.Request{URL: new("https://api.example.com/a")}
	for name, test := range map[string]struct {
		request *scenario.Request
		answers string
		// want is the outcome, or the error.
		want string
	}{
		"preflight first":            {put, preflighted, "allowed"},
		"one for both":               {put, "HTTP/2 200\naccess-control-allow-origin: *\naccess-control-allow-methods: *\n", "allowed"},
		"more than needed":           {get, preflighted, "allowed"},
		"a redirect and where to":    {get, "HTTP/2 302\nlocation: /b\naccess-control-allow-origin: *\n\nHTTP/2 200\naccess-control-allow-origin: *\n", "allowed"},
		"a redirect alone":           {get, "HTTP/2 302\nlocation: /b\naccess-control-allow-origin: *\n", "chromium asks GET https://api.example.com/b (its request number 2), and the only answer there is came from another URL"},
		"a redirect, where to is so": {put, preflighted[:len(preflighted)-len("access-control-allow-origin: *\n")] + "location: https://cdn.example.com/\n", "blocked"},
		"too few":                    {put, "HTTP/2 204\naccess-control-allow-origin: *\naccess-control-allow-methods: PUT\n\nHTTP/2 307\nlocation: https://u.example/\naccess-control-allow-origin: *\n", "chromium asks OPTIONS https://u.example/ (its preflight number 3), and there are only 2 answers"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := scenario.ParseAnswers(strings.NewReader(test.answers))
			if err != nil {
				t.Fatal(err)
			}
			s := &scenario.Scenario{Client: scenario.Client{Origin: "https://app.example.com"}, Request: test.request}
			run, err := a.Replay(s, personality.Chromium156, scenario.Options{})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = run.Verdict("").Results[0].Outcome
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestReplayStandsInForBodies asks for an image and a font of which only the heads were kept.
func TestReplayStandsInForBodies(t *testing.T) {
	for api, head := range map[string]string{
		"img":  "HTTP/2 200\ncontent-type: image/png\n",
		"font": "HTTP/2 200\naccess-control-allow-origin: *\n",
	} {
		for _, body := range []string{"", "\nno such thing\n"} {
			a, err := scenario.ParseAnswers(strings.NewReader(head + body))
			if err != nil {
				t.Fatal(err)
			}
			s := &scenario.Scenario{Client: scenario.Client{Origin: "https://app.example.com"}, Request: &scenario.Request{API: api, URL: new("https://api.example.com/a")}}
			run, err := a.Replay(s, personality.Spec, scenario.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if allowed := run.Results[0].Block == nil; allowed != (body == "") {
				t.Errorf("%s, body %q: allowed is %t", api, body, allowed)
			}
		}
	}
}
