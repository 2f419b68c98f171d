package fetchspec_test

import (
	"testing"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

func TestParseMIMEType(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"text/html", "text/html"},
		{"TEXT/HTML;Charset=UTF-8", "text/html;charset=UTF-8"},
		{" \ttext/html\n ", "text/html"},
		{"text/html;", "text/html"},
		{"text/html ;a=b", "text/html;a=b"},
		{"text/html; \t\na=b", "text/html;a=b"},
		{"text/html;a=b ;c=d", "text/html;a=b;c=d"},
		{"text/html;a=b;a=c;A=d", "text/html;a=b"},
		{"text/html;a", "text/html"},
		{"text/html;a;b=c", "text/html;b=c"},
		{"text/html;a=", "text/html"},
		{"text/html;a=;b=c", "text/html;b=c"},
		{"text/html;=b", "text/html"},
		{"text/html;a b=c", "text/html"},
		{"text/html;a =b", "text/html"},
		{"text/html;a= b", `text/html;a=" b"`},
		{`text/html;a="b"`, "text/html;a=b"},
		{`text/html;a="b;c"`, `text/html;a="b;c"`},
		{`text/html;a="b" x;c=d`, "text/html;a=b;c=d"},
		{`text/html;a="b\"c\\d\e"`, `text/html;a="b\"c\\de"`},
		{`text/html;a="b`, "text/html;a=b"},
		{`text/html;a="b\`, `text/html;a="b\\"`},
		{`text/html;a=""`, `text/html;a=""`},
		{`text/html;a="`, `text/html;a=""`},
		{`text/html;a=b"c`, `text/html;a="b\"c"`},
		{"text/html;a=\x7f;b=c", "text/html;b=c"},
		{"text/html;a=\"\x01\";b=c", "text/html;b=c"},
		{"text/html;a=\xe9", "text/html;a=\"\xe9\""},
		{"text/html;a=b,text/plain", `text/html;a="b,text/plain"`},
		{"*/*", "*/*"},
		{"", ""}, {"text", ""}, {"text/", ""}, {"/html", ""}, {"text/html/x", ""}, {"te xt/html", ""}, {"text /html", ""},
		{"text/ html", ""}, {"text/html,text/plain", ""}, {"\vtext/html", ""}, {";text/html", ""},
	} {
		m, ok := fetchspec.ParseMIMEType(tt.in)
		if ok != (tt.want != "") {
			t.Errorf("ParseMIMEType(%q) = %q, %v", tt.in, m, ok)
			continue
		}
		if !ok {
			continue
		}
		if m.String() != tt.want {
			t.Errorf("ParseMIMEType(%q) = %q, want %q", tt.in, m, tt.want)
		}
		if essence := fetchspec.MIMEEssence(tt.in); essence != m.Essence {
			t.Errorf("MIMEEssence(%q) = %q, want %q", tt.in, essence, m.Essence)
		}
	}
}

func TestExtractMIMETypeAndNoSniff(t *testing.T) {
	for _, tt := range []struct {
		lines   []string
		essence string
		noSniff bool
	}{
		{nil, "", false},
		{[]string{"Content-Type: text/html"}, "text/html", false},
		{[]string{"Content-Type: text/html;charset=gbk", "Content-Type: text/plain"}, "text/plain", false},
		{[]string{"Content-Type: text/html, x"}, "text/html", false},
		{[]string{"Content-Type: text/html, */*"}, "text/html", false},
		{[]string{"Content-Type: */*"}, "", false},
		{[]string{`Content-Type: text/html;a="b, text/plain"`}, "text/html", false},
		{[]string{"Content-Type: x"}, "", false},
		{[]string{"X-Content-Type-Options: NoSniff"}, "", true},
		{[]string{"X-Content-Type-Options: nosniff, x"}, "", true},
		{[]string{"X-Content-Type-Options: x, nosniff"}, "", false},
		{[]string{"X-Content-Type-Options: ", "X-Content-Type-Options: nosniff"}, "", false},
		{[]string{"X-Content-Type-Options: \"nosniff\""}, "", false},
	} {
		h := headers(tt.lines...)
		if got := fetchspec.ExtractMIMEType(h); got != tt.essence {
			t.Errorf("ExtractMIMEType of %q = %q, want %q", tt.lines, got, tt.essence)
		}
		if got := fetchspec.IsNoSniff(h); got != tt.noSniff {
			t.Errorf("IsNoSniff of %q = %v, want %v", tt.lines, got, tt.noSniff)
		}
	}
}

func TestIsJavaScriptMIMEType(t *testing.T) {
	for essence, want := range map[string]bool{
		"text/javascript": true, "application/javascript": true, "application/x-javascript": true, "text/ecmascript": true,
		"text/javascript1.5": true, "text/jscript": true, "text/livescript": true, "text/javascript1.6": false, "text/plain": false,
		"application/json": false, "text/css": false, "": false, "application/wasm": false,
	} {
		if got := fetchspec.IsJavaScriptMIMEType(essence); got != want {
			t.Errorf("IsJavaScriptMIMEType(%q) = %v", essence, got)
		}
	}
}

// URLs of data: after those of web-platform-tests.
func TestProcessDataURL(t *testing.T) {
	const unknown = "text/plain;charset=US-ASCII"
	for _, tt := range []struct {
		url, mimeType, body string
	}{
		{"data://test/,X", unknown, "X"},
		{"data://test:1/,X", unknown, "X"},
		{"data:,X", unknown, "X"},
		{"data:,", unknown, ""},
		{"data:,X#X", unknown, "X"},
		{"data:,%FF", unknown, "\xff"},
		{"data:,%zz%4", unknown, "%zz%4"},
		{"data:,a?b", unknown, "a?b"},
		{"data:,a,b", unknown, "a,b"},
		{"data:text/plain,X", "text/plain", "X"},
		{"data:text/plain ,X", "text/plain", "X"},
		{"data:text/plain%20,X", "text/plain%20", "X"},
		{"data:text/plain;,X", "text/plain", "X"},
		{"data:;x=x;charset=x,X", "text/plain;x=x;charset=x", "X"},
		{"data:;x=x,X", "text/plain;x=x", "X"},
		{"data:text/plain;Charset=UTF-8,%C2%B1", "text/plain;charset=UTF-8", "\u00b1"},
		{"data:IMAGE/gif;hi=x,%C2%B1", "image/gif;hi=x", "\u00b1"},
		{"data: ,%FF", unknown, "\xff"},
		{"data:%20,%FF", unknown, "\xff"},
		{"data:text/html  ,X", "text/html", "X"},
		{"data:text / html,X", unknown, "X"},
		{"data:\u2020,X", unknown, "X"},
		{"data:\u2020/\u2020,X", "%e2%80%a0/%e2%80%a0", "X"},
		{"data:X,X", unknown, "X"},
		{"data:image/png,X X", "image/png", "X X"},
		{`data:text/plain;a=",",X`, `text/plain;a=""`, `",X`},
		{"data:text/plain;a=%2C,X", "text/plain;a=%2C", "X"},
		{"data:;base64;base64,WA", "text/plain", "X"},
		{"data:x/x;base64;base64,WA", "x/x", "X"},
		{"data:x/x;base64;charset=x,WA", "x/x;charset=x", "WA"},
		{"data:x/x;base64;charset=x;base64,WA", "x/x;charset=x", "X"},
		{"data:x/x;base64;base64x,WA", "x/x", "WA"},
		{"data:;base64,W%20A", unknown, "X"},
		{"data:;base64,W%0CA", unknown, "X"},
		{"data:;base64,WA%3D%3D", unknown, "X"},
		{"data:;base64,WB==", unknown, "X"},
		{"data:x;base64x,WA", unknown, "WA"},
		{"data:x;base64;x,WA", unknown, "WA"},
		{"data:x;base64=x,WA", unknown, "WA"},
		{"data:; base64,WA", unknown, "X"},
		{"data:;  base64,WA", unknown, "X"},
		{"data:  ;charset=x   ;  base64,WA", "text/plain;charset=x", "X"},
		{"data:;base64;,WA", "text/plain", "WA"},
		{"data:;base64 ,WA", unknown, "X"},
		{"data:;base64   ,WA", unknown, "X"},
		{"data:;base 64,WA", "text/plain", "WA"},
		{"data:;BASe64,WA", unknown, "X"},
		{"data:;%62ase64,WA", "text/plain", "WA"},
		{"data:%3Bbase64,WA", unknown, "WA"},
		{"data:;charset=x,X", "text/plain;charset=x", "X"},
		{"data:; charset=x,X", "text/plain;charset=x", "X"},
		{"data:;charset =x,X", "text/plain", "X"},
		{"data:;charset= x,X", `text/plain;charset=" x"`, "X"},
		{"data:;charset=,X", "text/plain", "X"},
		{"data:;charset,X", "text/plain", "X"},
		{`data:;charset="x",X`, "text/plain;charset=x", "X"},
		{`data:;CHARSET="X",X`, "text/plain;charset=X", "X"},
		// Those that fail.
		{url: "data:"}, {url: "data:text/html"}, {url: "data:text/html    ;charset=x   "}, {url: "data:;base64,W"}, {url: "data:;base64,W=A"},
		{url: "data:;base64,WA="}, {url: "data:;base64,W%41%41%41%41"}, {url: "data:;base64,=="}, {url: "data:;base64,W_"},
		{url: "data:;base64,\u20ac"}, {url: "data:%2CX"},
	} {
		u, err := origin.ParseURL(tt.url, nil)
		if err != nil {
			t.Errorf("%q: %v", tt.url, err)
			continue
		}
		mimeType, body, ok := fetchspec.ProcessDataURL(u.WithoutFragment())
		if ok != (tt.mimeType != "") || mimeType != tt.mimeType || body != tt.body {
			t.Errorf("%q is %q, %q, %v; want %q, %q", tt.url, mimeType, body, ok, tt.mimeType, tt.body)
		}
	}
}

func TestIsMIMEType(t *testing.T) {
	for v, want := range map[string]bool{
		"text/plain": true, "text/plain;a=b": true, "text/plain ;a=b": true, "text/plain; a=b": true, `text/plain;a="b"`: true,
		`text/plain;a="b";c=d`: true, "*/*": true,
		"": false, "foo": false, "text/": false, "/x": false, "text/pl ain": false, "text/plain,foo": false, "text/plain;": false,
		"text/plain;a": false, "text/plain;a=": false, `text/plain;a="b`: false, `text/plain;a="b"c`: false, "text/plain;;a=b": false,
		"text/plain;a=b;": false, "a/b;c=d e": false, `text/plain;a="b\"`: false, `text/plain;a="`: false,
	} {
		if got := fetchspec.IsMIMEType(v); got != want {
			t.Errorf("IsMIMEType(%q) = %v, want %v", v, got, want)
		}
	}
}

func TestLooseMIMEType(t *testing.T) {
	for v, want := range map[string]string{
		"text/html": "text/html", "TEXT/html;a=b": "text/html", "text/html x": "text/html", "text/html(x)": "text/html",
		"text/html\tx": "text/html", "/": "/", "text/": "text/", "foo": "", "a b/c": "", "*/*": "", "text/css, text/html": "text/html",
		"text/css, foo": "text/css", "": "", "text/x\xe9": "text/x\xe9",
	} {
		if got := fetchspec.LooseMIMEType(fetchspec.Headers{{Name: "Content-Type", Value: v}}); got != want {
			t.Errorf("LooseMIMEType(%q) = %q, want %q", v, got, want)
		}
	}
	if got := fetchspec.LooseMIMEType(nil); got != "" {
		t.Errorf("LooseMIMEType of no headers = %q", got)
	}
}

func TestUnparsedMIMEType(t *testing.T) {
	for v, want := range map[string]string{
		"text/html": "text/html", "text/html x": "text/html", "text/html(x)": "text/html(x)", "text/html\tx": "text/html",
		"text/html x, text/css": "text/css", "text/css, text/html x": "text/css", "text/A\x1bb": "text/a\x1bb", "foo": "", "": "",
	} {
		if got := fetchspec.UnparsedMIMEType(fetchspec.Headers{{Name: "Content-Type", Value: v}}); got != want {
			t.Errorf("UnparsedMIMEType(%q) = %q, want %q", v, got, want)
		}
	}
}

func TestExtractCharset(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   string
	}{
		{nil, ""},
		{[]string{"text/html"}, ""},
		{[]string{"text/html;charset=x"}, "x"},
		{[]string{"text/html;charset=x", "text/html"}, "x"},
		{[]string{"text/html;charset=x", "text/css"}, ""},
		{[]string{"text/html;charset=x", "foo"}, "x"},
		{[]string{"text/html", "text/html;charset=y"}, "y"},
		{[]string{`text/html;charset="x y"`}, "x y"},
	} {
		var h fetchspec.Headers
		for _, v := range c.values {
			h.Append("Content-Type", v)
		}
		if got := fetchspec.ExtractCharset(h); got != c.want {
			t.Errorf("ExtractCharset(%q) = %q, want %q", c.values, got, c.want)
		}
	}
}
