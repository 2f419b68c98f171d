package scenario_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/scenario"
)

const textExample = `A PUT needs a preflight.

Why it does.

-- page --
https://app.example.com
-- request --
fetch PUT https://api.example.com/a credentials=include mode=cors
Content-Type: application/json
X-Odd = " two\tspaces "

{"a": 1}
-- preflight https://api.example.com/a --
HTTP/2 204

-- response https://api.example.com/a --
200
X-Empty:

-- hello --
= no header
-- chromium --
OPTIONS https://api.example.com/a

-- trace --
`

func TestParseText(t *testing.T) {
	text, err := scenario.ParseText([]byte(strings.ReplaceAll(textExample, "-- hello --\n", "- hello --\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := &scenario.Text{
		Comment: "A PUT needs a preflight.\n\nWhy it does.",
		Scenario: &scenario.Scenario{
			Client: scenario.Client{Origin: "https://app.example.com"},
			Request: &scenario.Request{
				API: "fetch", Method: "PUT", URL: ptr("https://api.example.com/a"), Credentials: "include", Mode: "cors",
				Headers: [][]string{{"Content-Type", "application/json"}, {"X-Odd", " two\tspaces "}}, Body: ptr(`{"a": 1}`),
			},
			Server: map[string]scenario.Exchange{"https://api.example.com/a": {
				Preflight: &scenario.Answer{Status: 204},
				Response:  &scenario.Answer{Status: 200, Headers: [][]string{{"X-Empty", ""}}, Body: "- hello --\n= no header"},
			}},
		},
		Sections: []scenario.Section{{Name: "chromium", Data: "OPTIONS https://api.example.com/a\n"}, {Name: "trace"}},
	}
	if d := cmp.Diff(want, text); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, reparse(t, text)); d != "" {
		t.Error("after formatting: ", d)
	}
}

func ptr[T any](x T) *T { return &x }

// reparse formats and parses again.
func reparse(t *testing.T, x *scenario.Text) *scenario.Text {
	t.Helper()
	data := x.Format()
	got, err := scenario.ParseText(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return got
}

func TestParseTextOptions(t *testing.T) {
	for line, want := range map[string]scenario.Request{
		"fetch https://x.test/":                                  {API: "fetch", URL: ptr("https://x.test/")},
		"img /a.png crossorigin":                                 {API: "img", URL: ptr("/a.png"), CrossOrigin: ptr("")},
		"script /a.js crossorigin=anonymous":                     {API: "script", URL: ptr("/a.js"), CrossOrigin: ptr("anonymous")},
		"  xhr   POST\t/ uploadListener  credentials=include":    {API: "xhr", Method: "POST", URL: ptr("/"), UploadListener: true, Credentials: "include"},
		`fetch "B AD" "mode=cors" redirect="a b"`:                {API: "fetch", Method: "B AD", URL: ptr("mode=cors"), Redirect: "a b"},
		"fetch POST / bodyKind=blob blobType=application/json":   {API: "fetch", Method: "POST", URL: ptr("/"), BodyKind: "blob", BlobType: "application/json"},
		"fetch POST /?mode=cors bodyKind=blob blobType=\"a; b\"": {API: "fetch", Method: "POST", URL: ptr("/?mode=cors"), BodyKind: "blob", BlobType: "a; b"},
		"preload /a as=font crossorigin":                         {API: "preload", URL: ptr("/a"), As: ptr("font"), CrossOrigin: ptr("")},
		"preload /a as=\"\"":                                     {API: "preload", URL: ptr("/a"), As: ptr("")},
		`fetch GET ""`:                                           {API: "fetch", Method: "GET", URL: ptr("")},
	} {
		text, err := scenario.ParseText([]byte("-- page --\nnull\n-- request --\n" + line + "\n"))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if d := cmp.Diff(&want, text.Scenario.Request); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}

func TestParseTextSteps(t *testing.T) {
	const page = "-- page --\nsandboxed\n"
	for _, tt := range []struct {
		text  string
		waits []float64
	}{
		{page + "-- request --\nfetch GET / wait=500ms\n", []float64{500}},
		{page + "-- request --\nfetch GET / wait=0ms\n", []float64{0}},
		{page + "-- request --\nfetch GET /\n-- request --\nfetch GET / wait=1.5s\n", []float64{0, 1500}},
	} {
		text, err := scenario.ParseText([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		var waits []float64
		for _, s := range text.Scenario.Steps {
			waits = append(waits, s.Wait)
		}
		if d := cmp.Diff(tt.waits, waits); d != "" {
			t.Errorf("%s: %s", tt.text, d)
		}
		if c := text.Scenario.Client; c.Origin != "null" || !c.Opaque {
			t.Errorf("client is %+v", c)
		}
	}
}

func TestParseTextErrors(t *testing.T) {
	const (
		page = "-- page --\nhttps://app.example.com\n"
		get  = "-- request --\nfetch GET /\n"
	)
	for _, tt := range []struct {
		text string
		line int // 0 where the whole file is meant
		want string
	}{
		{"", 0, "there is no section page"},
		{page, 0, "there is no section request"},
		{"title\n\n" + page + page + get, 5, "there is such a section already"},
		{"-- page --\nhttps://a.test\nhttp3\n" + get, 3, `found "http3" below the page's origin`},
		{"-- page --\nhttps://a.test\nworker\nworker\n" + get, 4, "each once at most"},
		{"-- page --\nhttps://a.test\ncoep=require-corb\n" + get, 3, `did you mean "require-corp"?`},
		{"-- page --\nnull\ncoep=require-corp\n" + get, 3, "a page that no server sends"},
		{"-- page --\nsandboxed\nworker\n" + get, 3, "can start that worker"},
		{page + "worker\n-- request --\nimg GET /\n", 0, "a worker has no elements"},
		{page + get + "-- cookies --\n", 5, "has no URL"},
		{page + get + "-- cookies ftp://x.test/ --\na\n", 6, "has the scheme ftp"},
		{page + get + "-- cookies https://x.test/ --\n", 5, "want the values of Set-Cookie lines"},
		{page + get + "-- cookies https://x.test/ --\na=1\n\nb=2\n", 7, "the line is empty"},
		{page + get + "-- cookies https://x.test/ --\n\"\\r\"\n", 6, "has CR or LF"},
		{page + get + "-- cookies https://x.test/ --\n\"\\x00\"\n", 6, "has NUL"},
		{page + get + "-- cookies https://x.test/ --\na\n-- cookies https://x.test/ --\nb\n", 7, "there is such a section already"},
		{page + "-- request --\nimg GET / as=image\n", 4, "only a request of api preload"},
		{"-- page --\n\n" + get, 1, "there are 0 lines; want one"},
		{"-- page --\napp.example.com\n" + get, 2, "has no scheme"},
		{page + get + "-- safari --\n", 5, "there is no such section; known are"},
		{page + get + "-- chromum --\n", 5, `did you mean "chromium"?`},
		{page + get + "-- spec --\n-- spec --\n", 6, "there is such a section already"},
		{page + get + "-- spec x --\n", 5, `goes on with "x"; want -- spec --`},
		{page + get + "-- response --\n200\n", 5, "has no URL"},
		{page + get + "-- response https://x.test/#a --\n200\n", 5, `want "https://x.test/"`},
		{page + get + "-- response https://x.test/ b --\n200\n", 5, "has a space in it"},
		{page + get + "-- response \"a --\n200\n", 5, "not well quoted"},
		{page + get + "-- response /x --\n200\n-- response /x --\n200\n", 7, "a URL has one response"},
		{page + get + "-- response /x --\n", 6, "the first line is empty"},
		{page + get + "-- response /x --\n \n", 6, "the first line is empty"},
		{page + get + "-- response /x --\nOK\n", 6, `found "OK"; want a status line`},
		{page + get + "-- response /x --\nHTTP/1.1\n", 6, "want a status line"},
		{page + get + "-- response /x --\n204 No Content\n", 6, "want a status line"},
		{page + get + "-- response /x --\n99\n", 6, "status is 99"},
		{page + get + "-- response /x --\ndrop it\n", 6, "more than the word drop"},
		{page + get + "-- response /x --\nfail\n", 6, "want fail and a reason, and nothing else; the reasons are refused, "},
		{page + get + "-- response /x --\nfail refused\n\nbody\n", 6, "want fail and a reason, and nothing else"},
		{page + get + "-- response /x --\nfail refusd\n", 6, `fail is "refusd"; want one of refused, `},
		{page + get + "-- response /x --\n200\nA: 1\nX Foo: 1\n", 8, `a name that is no token is written in double quotes`},
		{page + get + "-- response /x --\n200\nhello\n", 7, "before a body comes an empty line"},
		{page + get + "-- response /x --\n200\nX = 1\n", 7, "want a string in double quotes"},
		{page + get + "-- response /x --\n200\n\"X\" 1\n", 7, "want = and the value"},
		{page + get + "-- response /x --\n200\n\"X\n", 7, "not well quoted"},
		{page + get + "-- response /x --\n200\n= \"a\"\nX: 1\n", 8, "after the quoted body"},
		{page + get + "-- response /x --\n200\nX: €\n", 6, "has U+20AC"},
		{page + get + "-- response /x --\n200\nX: \xE9\n", 7, "is not UTF-8"},
		{page + "-- request --\n\nfetch GET /\n", 4, "the first line is empty"},
		{page + "-- request --\nfetch\n", 4, "there are 1 words before the options"},
		{page + "-- request --\nfetch GET / HTTP/1.1\n", 4, "there are 4 words before the options"},
		{page + "-- request --\nfetch \"\" /\n", 4, "a word is empty"},
		{page + "-- request --\nfetsh GET /\n", 4, `api is "fetsh"`},
		{page + "-- request --\nfetch GET / mdoe=cors\n", 4, `there is no option "mdoe"; did you mean "mode"?`},
		{page + "-- request --\nfetch / mdoe=cors\n", 4, `there is no option "mdoe"`},
		{page + "-- request --\nfetch GET / mode=cors cors\n", 4, `found "cors" after an option`},
		{page + "-- request --\nfetch GET / mode=cors mode=cors\n", 4, "the option mode is there twice"},
		{page + "-- request --\nfetch GET / mode=\n", 4, "mode has no value"},
		{page + "-- request --\nfetch GET / mode=\"a\n", 4, "want a string in double quotes"},
		{page + "-- request --\nfetch GET \"/\"x\n", 4, "want a space"},
		{page + "-- request --\nxhr GET / uploadListener=yes\n", 4, "it takes none"},
		{page + "-- request --\nfetch GET / wait=5\n", 4, "want milliseconds or seconds"},
		{page + "-- request --\nfetch GET / wait=-1s\n", 4, "want milliseconds or seconds"},
		{page + "-- request --\nfetch GET / wait=NaNms\n", 4, "want milliseconds or seconds"},
		{page + "-- request --\nfetch GET / bodyKind=json\n", 4, `bodyKind is "json"`},
		{page + "-- request --\nimg / mode=cors\n", 4, "see crossorigin"},
	} {
		_, err := scenario.ParseText([]byte(tt.text))
		var e *scenario.TextError
		if !errors.As(err, &e) {
			t.Errorf("%q: error is %v, want a TextError", tt.text, err)
			continue
		}
		if e.Line != tt.line || !strings.Contains(e.Error(), tt.want) || e.Line > 0 && !strings.HasPrefix(e.Error(), "line ") {
			t.Errorf("%q:\nline %d: %v\nwant line %d: %s", tt.text, e.Line, e, tt.line, tt.want)
		}
	}
}

func TestParseTextTakesCRLF(t *testing.T) {
	unix := "title\n\n-- page --\nnull\n-- request --\nfetch POST /\nA: 1\n\na\nb\n"
	want, err := scenario.ParseText([]byte(unix))
	if err != nil {
		t.Fatal(err)
	}
	got, err := scenario.ParseText([]byte(strings.ReplaceAll(unix, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The text form carries every valid scenario, less what it says it leaves out.
func TestTextRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		s := randomScenario(r)
		if err := s.Validate(); err != nil {
			t.Fatalf("the generator is wrong: %v", err)
		}
		got := reparse(t, &scenario.Text{Comment: "title", Scenario: s})
		if d := cmp.Diff(s, got.Scenario, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	}
}

func FuzzParseText(f *testing.F) {
	f.Add(textExample)
	f.Add("-- page --\nnull\n-- request --\nfetch \"\\xff\" / wait=1e3ms\n\"\" = \"\\x00\"\n= \"\"\n")
	f.Fuzz(func(t *testing.T, data string) {
		text, err := scenario.ParseText([]byte(data))
		if err != nil {
			return
		}
		if d := cmp.Diff(text, reparse(t, text)); d != "" {
			t.Error(d)
		}
	})
}

// odd are strings that are hard to carry in a line.
var odd = []string{
	"", " ", "a", "a b", "\t", "a\n", "\na", "\r\n", "\x00", "\x7f", "\xff", "é", "€", "\u00a0", "\u2028", `"`, `a"b`, `"a"`, `\`, "=",
	"mode=cors", "crossorigin", "wait", ":", "#", "-- a --", "-- page --\nnull", "a\n-- b --\nc", "a\n\nb", "drop", "null", "= \"\"",
}

func randomScenario(r *rand.Rand) *scenario.Scenario {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	maybe := func(s string) string { return pick([]string{"", "", s}) }
	headers := func(name func() string, value func() string) (list [][]string) {
		for range r.IntN(3) {
			list = append(list, []string{name(), value()})
		}
		return list
	}
	anyOdd := func() string { return pick(odd) + maybe(pick(odd)) }
	request := func() scenario.Request {
		q := scenario.Request{
			API: pick([]string{"fetch", "xhr", "img", "eventsource", "preload"}), Method: maybe(anyOdd()), URL: ptr(anyOdd()), Headers: headers(anyOdd, anyOdd),
			Credentials: maybe(anyOdd()), BodyKind: pick([]string{"", "blob", "stream"}), BlobType: maybe(anyOdd()),
			UploadListener: r.IntN(4) == 0,
		}
		switch q.API {
		case "fetch", "xhr":
			q.Mode, q.Redirect = maybe(anyOdd()), maybe(anyOdd())
		case "preload":
			if r.IntN(2) == 0 {
				q.As = ptr(anyOdd())
			}
		}
		if r.IntN(2) == 0 {
			q.Body = ptr(anyOdd())
		}
		if r.IntN(2) == 0 {
			q.CrossOrigin = ptr(anyOdd())
		}
		return q
	}
	token := func() string { return pick([]string{"a", "X-Foo", "*", "!#$%&'*+-.^_`|~"}) }
	value := func() string {
		for {
			if v := anyOdd(); !strings.ContainsAny(v, "\r\n€\u2028") && utf8.ValidString(v) {
				return v
			}
		}
	}
	answer := func() *scenario.Answer {
		switch r.IntN(5) {
		case 0:
			return nil
		case 1:
			return &scenario.Answer{Drop: true}
		case 2:
			return &scenario.Answer{Fail: engine.Failures()[r.IntN(len(engine.Failures()))]}
		}
		return &scenario.Answer{Status: 100 + r.IntN(900), Headers: headers(token, value), Body: maybe(anyOdd())}
	}
	s := &scenario.Scenario{Client: scenario.Client{Origin: pick([]string{"https://a.test", "http://a.test:8080", "null"})}}
	if s.Client.Origin == "null" {
		s.Client.Opaque = r.IntN(2) == 0
		s.Client.Sandbox = !s.Client.Opaque && r.IntN(2) == 0
	}
	if s.Client.Origin != "null" || s.Client.Opaque || s.Client.Sandbox {
		s.Client.COEP = maybe(pick([]string{"require-corp", "credentialless"}))
	}
	s.HTTP2 = r.IntN(3) == 0
	for range r.IntN(3) {
		cookie := func() string { return strings.ReplaceAll(value(), "\x00", "0") }
		if s.Cookies == nil {
			s.Cookies = map[string][]string{}
		}
		s.Cookies[pick([]string{"https://a.test/", "http://a.test/b c"})] = []string{cookie(), cookie()}
	}
	if r.IntN(2) == 0 {
		s.Request = ptr(request())
	} else {
		for range 1 + r.IntN(3) {
			q := request()
			q.Wait = []float64{0, 0.25, 1500, 1e12}[r.IntN(4)]
			s.Steps = append(s.Steps, q)
		}
	}
	if s.Client.Origin != "null" && (s.Request == nil || s.Request.API != "img" && s.Request.API != "preload") &&
		!slices.ContainsFunc(s.Steps, func(q scenario.Request) bool { return q.API == "img" || q.API == "preload" }) {
		s.Client.Worker = maybe("dedicated")
	}
	for range r.IntN(3) {
		e := scenario.Exchange{Preflight: answer(), Response: answer()}
		if u := anyOdd(); !strings.Contains(u, "#") && (e.Preflight != nil || e.Response != nil) {
			if s.Server == nil {
				s.Server = map[string]scenario.Exchange{}
			}
			s.Server[u] = e
		}
	}
	return s
}
