package browser

import (
	"strings"
	"testing"
)

func TestWebKitConsole(t *testing.T) {
	long := strings.Repeat("x", maxLine+10)
	for name, c := range map[string]struct {
		in   string
		want []Entry
	}{
		"plain":                {"CONSOLE LOG hello\n", []Entry{{Level: "log", Text: "hello"}}},
		"place":                {"https://app.example.com/?a=b:c:1:20: CONSOLE WARN w\n", []Entry{{URL: "https://app.example.com/?a=b:c", Level: "warn", Text: "w"}}},
		"place without lines":  {"about:srcdoc: CONSOLE JS ERROR e\n", []Entry{{URL: "about:srcdoc", Source: "JS", Level: "error", Text: "e"}}},
		"source":               {"CONSOLE SECURITY ERROR Origin null is not allowed\n", []Entry{{Source: "SECURITY", Level: "error", Text: "Origin null is not allowed"}}},
		"source of two words":  {"CONSOLE CONTENT BLOCKER INFO x\n", []Entry{{Source: "CONTENT BLOCKER", Level: "info", Text: "x"}}},
		"message like a level": {"CONSOLE ERROR LOG x\n", []Entry{{Level: "error", Text: "LOG x"}}},
		"empty message":        {"CONSOLE LOG \nCONSOLE LOG\n", []Entry{{Level: "log"}, {Level: "log"}}},
		"line breaks":          {"CONSOLE LOG a\nb\n\n  c\n\nCONSOLE LOG d\n", []Entry{{Level: "log", Text: "a\nb\n\n  c\n"}, {Level: "log", Text: "d"}}},
		"carriage returns":     {"CONSOLE LOG a\r\nb\rc\n", []Entry{{Level: "log", Text: "a\r\nb\rc"}}},
		"before any message":   {"libEGL warning: x\n\nCONSOLE LOG a\n", []Entry{{Level: "log", Text: "a"}}},
		"not a message":        {"CONSOLE LOG a\nCONSOLE NOISE b\n", []Entry{{Level: "log", Text: "a\nCONSOLE NOISE b"}}},
		"warnings of GLib": {"CONSOLE LOG a\n\n(MiniBrowser:27): Gtk-WARNING **: 08:47:09.529: no theme\n** Message: 08:47:09.529: x\n\n** (WebKitWebProcess:3): CRITICAL **: 08:47:09.529: y\nCONSOLE LOG b\n",
			[]Entry{{Level: "log", Text: "a"}, {Level: "log", Text: "b"}}},
		"a blank line, then a warning": {"CONSOLE LOG a\n\n\n(p:1): GLib-GObject-CRITICAL **: 08:47:09.529: x\n", []Entry{{Level: "log", Text: "a\n"}}},
		"UTF-8":                        {"CONSOLE LOG żółć ‘x’\n", []Entry{{Level: "log", Text: "żółć ‘x’"}}},
		"not ended":                    {"CONSOLE LOG a\nCONSOLE LOG b", []Entry{{Level: "log", Text: "a"}}},
		"too long":                     {"CONSOLE LOG " + long + "\nCONSOLE LOG b\n", []Entry{{Level: "log", Text: long[:maxLine-len("CONSOLE LOG ")]}, {Level: "log", Text: "b"}}},
		"nothing":                      {"\n\n\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			// However the bytes come, the entries are the same.
			for _, step := range []int{1, 7, len(c.in)} {
				console := &webkitConsole{tape: newTape()}
				for i := 0; i < len(c.in); i += step {
					if n, err := console.Write([]byte(c.in[i:min(i+step, len(c.in))])); err != nil || n == 0 {
						t.Fatal(n, err)
					}
				}
				if g, w := show(console.tape.entries), show(c.want); g != w {
					t.Errorf("in steps of %d: got\n%.300q\nwant\n%.300q", step, g, w)
				}
			}
		})
	}
}

func TestWebKitConsoleTellsACrash(t *testing.T) {
	console := &webkitConsole{tape: newTape()}
	_, _ = console.Write([]byte("\n** (MiniBrowser:7): WARNING **: 10:00:00.123: WebProcess CRASHED\n"))
	if console.tape.failure() == nil {
		t.Error("no failure")
	}
}

func FuzzWebKitConsole(f *testing.F) {
	f.Add("CONSOLE LOG a\nb\n\n(p:1): x-WARNING **: 08:47:09.529: y\n")
	f.Fuzz(func(t *testing.T, in string) {
		console := &webkitConsole{tape: newTape()}
		if n, err := console.Write([]byte(in)); n != len(in) || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if console.tape.text > len(in) {
			t.Errorf("%d bytes of text from %d", console.tape.text, len(in))
		}
	})
}
