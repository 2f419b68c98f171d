package curl_test

import (
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/corsim/corsim/cmd/corsim/internal/curl"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/cli"
)

// files are what commands of the tests read.
func files(name string) ([]byte, error) {
	if name == "body.json" {
		return []byte("{\"a\": 1}\r\n"), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func headers(pairs ...string) (h fetchspec.Headers) {
	for p := range slices.Chunk(pairs, 2) {
		h = append(h, fetchspec.Header{Name: p[0], Value: p[1]})
	}
	return h
}

const form = "application/x-www-form-urlencoded"

func TestParse(t *testing.T) {
	get := func(h ...string) curl.Command {
		return curl.Command{Method: "GET", URL: "https://a.example/", Headers: headers(h...)}
	}
	post := func(body, contentType string, h ...string) curl.Command {
		c := get(append(h, "Content-Type", contentType)...)
		c.Method, c.Body = "POST", &body
		return c
	}
	with := func(c curl.Command, f func(*curl.Command)) curl.Command { f(&c); return c }
	url := func(u string) curl.Command { return with(get(), func(c *curl.Command) { c.URL = u }) }
	method := func(m string) curl.Command { return with(get(), func(c *curl.Command) { c.Method = m }) }
	for _, test := range []struct {
		command string
		want    curl.Command
	}{
		// As bash has it.
		{`curl https://a.example/`, get()},
		{"$ curl 'https://a.example/' \\\n  -H 'accept: */*' \\\r\n  -H $'x-a: \\'\\u00e9\\x21\\t\\0411' --compressed", get("accept", "*/*", "x-a", "'é!\t!1")},
		{`curl https://a.example/ -H 'X: it'\''s'`, get("X", "it's")},
		{`curl https://a.example/ -H "X: \"a\" \\ \n"`, get("X", `"a" \ \n`)},
		{`curl https://a.example/ -H X:\ a\'b`, get("X", "a'b")},
		{`curl https://a.example/ -H $'X: \'\u00e9\x21\\\041\q\?'`, get("X", `'é!\!\q?`)},
		{`curl https://a.example/ -H $'X: \xff\U0001F600'`, get("X", "\xff😀")},
		{`curl "https://a.example/" -H "Authorization: Bearer $TOKEN"`, get("Authorization", "Bearer $TOKEN")},
		{"curl https://a.example/ -H \"X: $(cat a b) `date` ${HOME}\"", get("X", "$(cat a b) `date` ${HOME}")},
		{`curl https://a.example/ # what for`, get()},
		{`curl https://a.example/ | jq '.a' && rm -r x`, get()},
		{`curl https://a.example/ >out.json 2>&1`, get()},
		{`cd /tmp && TOKEN=a /usr/bin/curl https://a.example/`, get()},
		{"curl https://a.example/\n  -H 'X: 1'\n", get("X", "1")},
		{"curl \\  \n https://a.example/", get()},

		// As cmd.exe has it.
		{"curl ^\"https://a.example/^\" ^\r\n  -H ^\"X: ^\\^\"a^\\^\"^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":1^}^\n\nb^\"", post("{\"a\":1}\nb", form, "X", `"a"`)},
		{`curl "https://a.example/" -H "X: \"q\"" ^` + "\n -H \"Y: c:\\d\\\\\"", get("X", `"q"`, "Y", `c:\d\`)},
		{`curl.exe ^"https://a.example/^" -H ^"X: a^&b ^%^PATH^%^"`, get("X", "a&b %PATH%")},

		// Flags.
		{`curl -X PUT https://a.example/`, method("PUT")},
		{`curl -XPUT https://a.example/`, method("PUT")},
		{`curl -sSLI https://a.example/`, method("HEAD")},
		{`curl --request=DELETE --url https://a.example/`, method("DELETE")},
		{`curl https://a.example/ -d a=1 -d b=2`, post("a=1&b=2", form)},
		{`curl https://a.example/ -da -H 'content-type: text/plain'`, with(get("content-type", "text/plain"), func(c *curl.Command) { c.Method, c.Body = "POST", ptr("a") })},
		{`curl https://a.example/ -d '' -H 'Content-Type:'`, with(get(), func(c *curl.Command) { c.Method, c.Body = "POST", ptr("") })},
		{`curl https://a.example/ -d @body.json`, post(`{"a": 1}`, form)},
		{`curl https://a.example/ --data-binary @body.json`, post("{\"a\": 1}\r\n", form)},
		{`curl https://a.example/ --data-raw @body.json`, post("@body.json", form)},
		{`curl https://a.example/ --data-urlencode 'a=b c&d' --data-urlencode 'é' --data-urlencode 'f@body.json'`, post("a=b%20c%26d&%C3%A9&f=%7B%22a%22%3A%201%7D%0D%0A", form)},
		{`curl https://a.example/ --json '{"a"' --json ':1}'`, with(post(`{"a":1}`, "application/json"), func(c *curl.Command) {
			c.Headers = append(c.Headers, fetchspec.Header{Name: "Accept", Value: "application/json"})
		})},
		{`curl -G 'https://a.example/?a#f' -d b=1 --url-query 'c=d e' --url-query +f`, url("https://a.example/?a&c=d%20e&f&b=1")},
		{`curl https://a.example/ -F a=1 -F 'f=@body.json;type=text/x;filename="n"'`, post("--------------------------corsim\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"+
			"--------------------------corsim\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\nContent-Type: text/x\r\n\r\n{\"a\": 1}\r\n\r\n--------------------------corsim--\r\n",
			"multipart/form-data; boundary=------------------------corsim")},
		{`curl https://a.example/ -T body.json`, with(get(), func(c *curl.Command) { c.Method, c.Body = "PUT", ptr("{\"a\": 1}\r\n") })},
		{`curl https://a.example/ -u a:b -A me -e 'https://b.example/;auto' -r 0-9 -b 'x=1; y=2;' -b z=3`,
			get("Authorization", "Basic YTpi", "User-Agent", "me", "Referer", "https://b.example/", "Range", "bytes=0-9", "Cookie", "x=1; y=2; z=3")},
		{`curl https://a%40b:c@a.example/`, get("Authorization", "Basic YUBiOmM=")},
		{`curl https://a.example/ -u a:b -H 'authorization: x'`, get("authorization", "x")},
		{`curl https://a.example/ --oauth2-bearer t -H 'X-Empty;' -H 'X-None:'`, get("X-Empty", "", "Authorization", "Bearer t")},
		{`curl https://a.example/ -k -x http://p:1 --resolve a.example:443:127.0.0.1 -m 5 --connect-timeout 1.5 --http1.1`, with(get(), func(c *curl.Command) {
			c.Insecure, c.HTTP11, c.Proxy, c.Resolve, c.Timeout = true, true, "http://p:1", []string{"a.example:443:127.0.0.1"}, 1500*time.Millisecond
		})},
		{`curl https://a.example/ --no-keepalive -o out --next https://b.example/ -X PUT`, get()},
		{`curl -- https://a.example/`, get()},
		{`curl a.example/x`, url("http://a.example/x")},
		{`curl 'http://[::1]:80/'`, url("http://[::1]:80/")},
		{`curl -g 'https://a.example/?a[]=1'`, url("https://a.example/?a[]=1")},
		{`curl https://a.example/ https://b.example/`, get()},
	} {
		got, err := curl.Parse(test.command, files)
		if err != nil {
			t.Errorf("%s\n%v", test.command, err)
			continue
		}
		got.Notes = nil
		if d := cmp.Diff(&test.want, got); d != "" {
			t.Errorf("%s\n%s", test.command, d)
		}
	}
}

func ptr(s string) *string { return &s }

func TestNotes(t *testing.T) {
	for command, want := range map[string]string{
		`curl https://a.example/ -sv -o x --retry 3 --ftp-pasv`: "-s, -v, -o, --retry of the curl command has no effect here: it is about what curl prints, keeps and waits for\n" +
			"--ftp-pasv of the curl command has no effect here: it is not about HTTP",
		`curl https://a.example/ -d @body.json`:                  "-d was read from the file body.json",
		`curl https://a.example/ -E me.pem`:                      "-E of the curl command has no effect here: a browser sends no client certificate but one that its user has chosen",
		`curl https://a.example/?a=1&b=2`:                        "column 28: a shell ends the command at the &; put quotes around a URL that has one\nwhat follows the command, &b=2, was left out",
		`curl https://a.example/ -H "X: $A"`:                     "$A stands for something that only your shell knows; it was taken as it is written",
		`curl https://a.example/ 2>/dev/null | jq .`:             "the redirection >/dev/null was left out\nwhat follows the command, | jq ., was left out",
		`x=1; curl https://a.example/ ;`:                         "what stands before curl, x=1;, was left out",
		"curl https://a.example/\n -H 'X: 1'":                    "line 2, column 2: the line before it does not end in a backslash; it was taken to go on",
		`curl a.example b.example`:                               "the command has 2 URLs; the first was taken\nthe URL has no scheme; it was taken to be http, as curl does",
		`curl ^"https://a.example/^" -H ^"X: %PATH%^"`:           "%PATH% stands for something that only your shell knows; it was taken as it is written",
		`curl https://a.example/ --compressed -L --http2 -u a:b`: "-L of the curl command has no effect here: it is about what curl prints, keeps and waits for",
		`curl https://a.example/ --next https://b.example/ -d a`: "what follows --next is another request; the first was taken",
	} {
		c, err := curl.Parse(command, files)
		if err != nil {
			t.Errorf("%s: %v", command, err)
		} else if got := strings.Join(c.Notes, "\n"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", command, got, want)
		}
	}
}

func TestBadCommands(t *testing.T) {
	for command, want := range map[string]string{
		``:                                  "the curl command is empty; want curl URL, and what else it says",
		`wget https://a.example/`:           `the command starts with "wget"; want curl`,
		`curl`:                              "the curl command has no URL",
		`curl -s`:                           "the curl command has no URL",
		`curl 'https://a.example/`:          "the curl command, column 6: there is a ' without another after it",
		`curl "https://a.example/`:          `the curl command, column 6: there is a " without another after it`,
		"curl a -H \\\n $'x":                "the curl command, line 2, column 2: there is $' without another ' after it",
		`curl a -H "X: $(b"`:                "the curl command, column 15: there is $( without ) after it",
		`curl ^"https://a.example/`:         `the curl command, column 6: there is a " without another after it`,
		`curl a -d $'\0'`:                   "the curl command, column 13: there is a NUL byte in $'…'",
		`curl a --heder x`:                  "the curl command, column 8: curl has no flag --heder; did you mean --header?",
		`curl a --hea x`:                    "the curl command, column 8: curl has no flag --hea; did you mean --head?",
		`curl a -sÄ`:                        "the curl command, column 8: curl has no flag -sÄ",
		`curl a -H`:                         "the curl command, column 8: -H has no value after it",
		"curl a \\\n -H $'X: 1\\n'":         "the curl command, line 2, column 5: -H X: 1  has a line break in it, which no header can have",
		`curl a -H 'X 1'`:                   "the curl command, column 11: -H X 1 has no colon; want 'Name: value'",
		`curl a -H 'X Y: 1'`:                `the curl command, column 11: -H has the name "X Y"`,
		`curl a -H @h`:                      "the curl command, column 11: -H reads headers from the file h; write them into the command",
		`curl a -K x`:                       "the curl command, column 11: -K cannot be followed: it reads flags from a file that may say anything; put them into the command",
		`curl a --unix-socket /x`:           "the curl command, column 22: --unix-socket cannot be followed: a browser cannot go that way; write --resolve HOST:PORT:ADDRESS if it is another address",
		`curl a -u joe`:                     "the curl command, column 11: -u joe has no password",
		`curl a -b cookies.txt`:             "the curl command, column 11: -b reads cookies from the file cookies.txt",
		`curl a -d @-`:                      "the curl command, column 11: -d reads standard input, and a pasted command has none",
		`curl a -d @none`:                   "the curl command, column 11: -d: open none: file does not exist",
		`curl a -m soon`:                    "the curl command, column 11: -m is soon; want a number of seconds",
		`curl a -F b`:                       "the curl command, column 11: -F b has no =; want name=value or name=@FILE",
		`curl a -F b=c -d e`:                "the curl command has both -d and -F, which curl does not take; want one of the two",
		`curl 'https://a.example/{b,c}'`:    "the URL https://a.example/{b,c} has brackets or braces, which curl makes several URLs of",
		`curl ‘https://a.example/’`:         "the curl command, column 6: ‘https://a.example/’ starts with a typographic sign, which no shell knows; a text processor has put it there",
		`curl a --expand-url '{{x}}'`:       "the curl command, column 8: --expand-url puts a variable into a value, which is not done here",
		"curl.exe a `\n -H 'X: 1'":          "the curl command, column 12: the line goes on after a `, as in PowerShell, whose quotes are not read here",
		"curl a -H 'X: 1\n -H 'Y: 2'":       "the curl command, line 2, column 10: there is a ' without another after it",
		strings.Repeat("a", curl.MaxSize+1): "the curl command is longer than 8388608 bytes",
	} {
		_, err := curl.Parse(command, files)
		var u *cli.UsageError
		if !errors.As(err, &u) || u.Message != want {
			t.Errorf("%.100s\ngot  %v\nwant %s", command, err, want)
		}
	}
}

// request draws what Format takes: no NUL, no line break in headers, no blanks around values.
func request(t *rapid.T) *curl.Command {
	bytes := func(not string) *rapid.Generator[string] {
		return rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string {
			return strings.Trim(dropBytes(string(b), not), " \t")
		})
	}
	token := rapid.StringMatching("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}")
	c := &curl.Command{Method: rapid.OneOf(rapid.SampledFrom([]string{"GET", "POST", "HEAD"}), token).Draw(t, "method")}
	c.URL = "https://a.example/" + rapid.StringMatching(`[!-~]{0,20}`).Draw(t, "path")
	for range rapid.IntRange(0, 4).Draw(t, "headers") {
		h := fetchspec.Header{Name: token.Draw(t, "name"), Value: bytes("\x00\r\n").Draw(t, "value")}
		if !fetchspec.EqualFold(h.Name, "Content-Length") {
			c.Headers = append(c.Headers, h)
		}
	}
	if c.Method != "HEAD" && rapid.Bool().Draw(t, "hasBody") {
		body := dropBytes(string(rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "body")), "\x00")
		c.Body = &body
	}
	return c
}

// dropBytes returns s without the bytes in not.
func dropBytes(s, not string) string {
	var b []byte
	for i := range len(s) {
		if strings.IndexByte(not, s[i]) < 0 {
			b = append(b, s[i])
		}
	}
	return string(b)
}

func TestParseReadsWhatFormatWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := request(t)
		text, err := curl.Format(want.Method, want.URL, want.Headers, want.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := curl.Parse(text, nil)
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		for _, n := range got.Notes {
			if !strings.HasPrefix(n, "-i of the curl command has no effect") {
				t.Errorf("%s\n%s", text, n)
			}
		}
		if got.Notes = nil; len(got.Headers) == 0 {
			got.Headers = nil
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\n%s", text, d)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7F || 0x80 <= r && r <= 0x9F }); i >= 0 {
			t.Errorf("%q could command a terminal", text)
		}
	})
}

// What bash makes of quoted text is the text, and nothing else is run.
func TestBashReadsWhatQuoteWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var words []string
		script := "printf '%s\\0'"
		for range rapid.IntRange(1, 50).Draw(t, "n") {
			w := dropBytes(string(rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("'\"\\$`!;&|\n{}*~#x01")))).Draw(t, "word")), "\x00")
			words = append(words, w)
			script += " " + curl.Quote(w)
		}
		out, err := exec.Command("bash", "-c", script).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, words) {
			t.Errorf("%s\ngot  %q\nwant %q", script, got, words)
		}
	})
}

func TestFormatErrors(t *testing.T) {
	for _, test := range []struct {
		header, body, want string
	}{
		{"a\nb", "", "the value of the header X has a line break or a NUL byte, which no header can have"},
		{"a", "b\x00", "the body has a NUL byte, which no argument of a command can hold; curl takes it with --data-binary @FILE"},
	} {
		if _, err := curl.Format("POST", "https://a.example/", headers("X", test.header), &test.body); err == nil || err.Error() != test.want {
			t.Errorf("%q, %q: %v; want %s", test.header, test.body, err, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`curl 'https://a.example/' -H $'x: \x41\'' --data-raw '{"a":1}' | jq .`, "curl ^\"https://a/^\" ^\r\n -H ^\"a: ^\\^\"b^\\^\"^\"", `curl "$(a "b")" -d @x -F a=@b;type=c`, "curl \\\n a 2>&1 <<<x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := curl.Parse(text, files)
		if err != nil {
			return
		}
		// What was read can be written, and is read as the same again.
		again, err := curl.Format(c.Method, c.URL, c.Headers, c.Body)
		if err != nil || strings.ContainsAny(c.URL, "\r\n") {
			return
		}
		d, err := curl.Parse(again, nil)
		if err != nil {
			t.Fatalf("%q\n%s\n%v", text, again, err)
		}
		if c.Body != nil {
			c.Headers.Delete("Content-Length")
		}
		if c.URL != d.URL || c.Method != d.Method || !slices.Equal(c.Headers, d.Headers) || (c.Body == nil) != (d.Body == nil) || c.Body != nil && *c.Body != *d.Body {
			t.Errorf("%q\n%s\n%s", text, again, cmp.Diff(c, d))
		}
	})
}
