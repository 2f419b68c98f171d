package requestform_test

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/corsim/corsim/cmd/corsim/internal/curl"
	"github.com/corsim/corsim/cmd/corsim/internal/requestform"
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// text draws text that is rich in what the forms take for something.
var text = rapid.Map(rapid.SliceOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("'\"\\`#{}:;=@<>&$! \n\r\t\x1b\u2028u01ab")))), func(r []rune) string { return string(r) })

// value draws the value of a header.
var value = rapid.Map(text, func(s string) string {
	return strings.Trim(strings.NewReplacer("\n", "", "\r", "", "\x00", "").Replace(s), " \t")
})

func request(value, body string) *fetchspec.Request {
	u, err := origin.ParseURL("https://api.example.com/", nil)
	if err != nil {
		panic(err)
	}
	return &fetchspec.Request{Method: "POST", URLs: []*origin.URL{u}, Headers: fetchspec.Headers{{Name: "X-A", Value: value}}, Body: &fetchspec.Body{Source: body}}
}

// requests writes a request in a form, and returns the lines: none where the form cannot carry it.
func requests(t *rapid.T, form, value, body string) []string {
	out, err := requestform.Requests(form, []*fetchspec.Request{request(value, body)})
	if err != nil {
		if err.Error() == "" {
			t.Error("an error without a reason")
		}
		return nil
	}
	if i := strings.IndexFunc(out, func(r rune) bool { return r < ' ' && r != '\n' || 0x7F <= r && r <= 0x9F }); i >= 0 {
		t.Errorf("%q could command a terminal", out)
	}
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

// A command of curl carries everything but NUL.
func TestCurlCarriesEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, body := value.Draw(t, "value"), text.Draw(t, "body")
		lines := requests(t, requestform.Curl, v, body)
		if lines == nil {
			if !strings.Contains(body, "\x00") {
				t.Errorf("%q is not carried", body)
			}
			return
		}
		c, err := curl.Parse(strings.Join(lines[1:], "\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := c.Headers.Get("X-A"); got != v || *c.Body != body {
			t.Errorf("%q, %q; want %q, %q", got, *c.Body, v, body)
		}
	})
}

// What HTTPie reads of a header item is the header.
func TestHTTPieCarriesHeaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := value.Draw(t, "value")
		lines := requests(t, requestform.HTTPie, v, "")
		if lines == nil {
			return
		}
		// The words of the command, as a shell has them: curl's parser splits them as well as any.
		command := strings.Join(lines[1:], "\n")
		item := command[strings.Index(command, "\n  ")+3 : strings.LastIndex(command, " \\\n  --raw=")]
		c, err := curl.Parse("curl a -d "+item, nil)
		if err != nil {
			t.Fatal(err)
		}
		word := *c.Body
		if v == "" {
			if word != "X-A;" {
				t.Errorf("%q for an empty value", word)
			}
			return
		}
		escaped := regexp.MustCompile(`\\([:;=@])`)
		if rest, ok := strings.CutPrefix(word, "X-A:"); !ok || strings.IndexByte(":;=@", rest[0]) >= 0 || escaped.ReplaceAllString(rest, "$1") != v {
			t.Errorf("%q for %q", word, v)
		}
	})
}

// What Hurl reads is the header and the body.
func TestHurlCarriesHeadersAndBodies(t *testing.T) {
	escape := regexp.MustCompile(`\\u\{([0-9a-f]+)\}`)
	unescape := func(t *rapid.T, s, not string) string {
		if plain := escape.ReplaceAllString(s, "u"); strings.ContainsAny(plain, not) || strings.Contains(plain, "{{") {
			t.Errorf("%q has more in it than text", s)
		}
		return escape.ReplaceAllStringFunc(s, func(e string) string {
			n, _ := strconv.ParseUint(e[3:len(e)-1], 16, 32)
			return string(rune(n))
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		v, body := value.Draw(t, "value"), text.Draw(t, "body")
		lines := requests(t, requestform.Hurl, v, body)
		if len(lines) != 5 || lines[1] != "POST https://api.example.com/" || lines[4] != "HTTP *" {
			t.Fatalf("%q", lines)
		}
		if got := unescape(t, strings.TrimPrefix(lines[2], "X-A: "), "#\\"); got != v {
			t.Errorf("%q; want %q", got, v)
		}
		if got := unescape(t, strings.Trim(lines[3], "`"), "`#\\"); got != body {
			t.Errorf("%q; want %q", got, body)
		}
	})
}

// Code has each string as it is, and none ends it early.
func TestCodeCarriesEverything(t *testing.T) {
	literal := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	rapid.Check(t, func(t *rapid.T) {
		v, body := text.Draw(t, "value"), text.Draw(t, "body")
		code := requestform.Code(engine.Init{
			API: fetchspec.APIFetch, URL: "https://a.example/" + v, Method: "PUT", Headers: fetchspec.Headers{{Name: "X-A", Value: v}}, BodyKind: engine.BodyString, Body: body,
		})
		var got []string
		for _, s := range literal.FindAllString(code, -1) {
			var g string
			if err := json.Unmarshal([]byte(s), &g); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
			got = append(got, g)
		}
		if want := []string{"https://a.example/" + v, "PUT", "X-A", v, body}; strings.Join(got, "\x00") != strings.Join(want, "\x00") {
			t.Errorf("%s\nhas %q; want %q", code, got, want)
		}
		if strings.ContainsAny(literal.ReplaceAllString(code, ""), `"<`) || strings.Contains(code, "<") {
			t.Errorf("%s\nhas more in it than strings", code)
		}
		tag := requestform.Code(engine.Init{API: fetchspec.APIImage, URL: v})
		if url := strings.TrimSuffix(strings.TrimPrefix(tag, `<img src="`), "\">\n"); strings.ContainsAny(url, `"<>`) || !utf8.ValidString(url) || html.UnescapeString(url) != strings.ReplaceAll(v, "\x00", "\uFFFD") && html.UnescapeString(url) != v {
			t.Errorf("%q for %q", tag, v)
		}
	})
}

func TestCodeOfBytes(t *testing.T) {
	code := requestform.Code(engine.Init{API: fetchspec.APIFetch, URL: "/", Method: "POST", BodyKind: engine.BodyString, Body: "\xff\x00"})
	if want := "const response = await fetch(\"/\", {\n  method: \"POST\",\n  body: new Uint8Array([255, 0]),\n});\n"; code != want {
		t.Errorf("%s; want %s", code, want)
	}
}
