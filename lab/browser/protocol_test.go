package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestReadUntilCutsLongMessages(t *testing.T) {
	for in, want := range map[string][]string{
		"a,b,":                            {"a", "b"},
		",,":                              {"", ""},
		"1234,x,":                         {"1234", "x"},
		"12345,x,":                        {"1234", "x"},
		strings.Repeat("z", 40) + ",ok,c": {"zzzz", "ok"},
	} {
		r := bufio.NewReaderSize(strings.NewReader(in), 16)
		var got []string
		for {
			b, err := readUntil(r, ',', 4)
			if err != nil {
				break
			}
			got = append(got, string(b))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %q, expected %q", in, got, want)
		}
	}
}

func TestReadMarionette(t *testing.T) {
	for in, want := range map[string]string{
		"2:{}":             "{}",
		"3:\"ż\"":          "error", // lengths are in bytes
		"4:\"ż\"":          "\"ż\"",
		"":                 "error",
		"5:{}":             "error",
		"x:{}":             "error",
		"-1:{}":            "error",
		"99999999999999:x": "error",
		"4000000000:x":     "error",
		"no colon at all":  "error",
	} {
		got, err := readMarionette(bufio.NewReader(strings.NewReader(in)))
		if want == "error" {
			// A message that is cut in the middle of a character is no JSON.
			if err == nil && json.Valid(got) {
				t.Errorf("%q: got %q, expected an error", in, got)
			}
		} else if err != nil || string(got) != want {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}

// fakeMarionette answers each command with the next of answers, where %d is the command's id.
func fakeMarionette(t *testing.T, answers ...string) *marionette {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	send := func(s string) { fmt.Fprintf(theirs, "%d:%s", len(s), s) }
	go func() {
		send(`{"applicationType":"gecko","marionetteProtocol":3}`)
		r := bufio.NewReader(theirs)
		for _, a := range answers {
			text, err := readMarionette(r)
			var command []json.RawMessage
			if err != nil || json.Unmarshal(text, &command) != nil || len(command) != 4 {
				break
			}
			send(strings.ReplaceAll(a, "%d", string(command[1])))
		}
		_, _ = readMarionette(r)
	}()
	m, err := newMarionette(ours)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMarionetteCall(t *testing.T) {
	m := fakeMarionette(t, `[1,%d,null,{"value":"ż"}]`, `[1,%d,{"error":"no such window","message":"gone","stacktrace":""},null]`, `[1,%d,null,[]]`, `[1,99,null,{}]`)
	var v struct{ Value string }
	if err := m.call(t.Context(), "A", nil, &v); err != nil || v.Value != "ż" {
		t.Errorf("got %v, %v", v, err)
	}
	if err := m.call(t.Context(), "B", nil, nil); err == nil || err.Error() != "B: no such window: gone" {
		t.Errorf("got %v", err)
	}
	if err := m.call(t.Context(), "C", nil, &v); err == nil {
		t.Error("an answer of another shape was taken")
	}
	for range 2 { // the connection is of no use any more
		if err := m.call(t.Context(), "D", nil, nil); err == nil || !strings.Contains(err.Error(), "expected [1, 4,") {
			t.Errorf("got %v", err)
		}
	}
}

func TestMarionetteCallEndsWithItsContext(t *testing.T) {
	m := fakeMarionette(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := m.call(ctx, "A", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestDevtools(t *testing.T) {
	fromBrowser, toUs := io.Pipe()
	toBrowser, fromUs := io.Pipe()
	events := make(chan string, 10)
	d := newDevtools(fromBrowser, fromUs, func(session, method string, params json.RawMessage) {
		events <- session + " " + method + " " + string(params)
	})
	go func() {
		defer toUs.Close()
		r := bufio.NewReader(toBrowser)
		for _, answer := range []string{"garbage\x00[]\x00" + `{"method":"E","sessionId":"s","params":{"a":1}}` + "\x00" + `{"id":77,"result":{}}` + "\x00" + `{"id":%d,"result":{"v":"ok"}}`, `{"id":%d,"error":{"message":"no"}}`, ""} {
			text, err := readUntil(r, 0, 1000)
			var m devtoolsMessage
			if err != nil || json.Unmarshal(text, &m) != nil {
				return
			}
			if answer != "" {
				_, _ = io.WriteString(toUs, strings.ReplaceAll(answer, "%d", fmt.Sprint(m.ID))+"\x00")
			}
		}
	}()
	var v struct{ V string }
	if err := d.call(t.Context(), "", "A", nil, &v); err != nil || v.V != "ok" {
		t.Errorf("got %v, %v", v, err)
	}
	if e := <-events; e != `s E {"a":1}` {
		t.Errorf("event %q", e)
	}
	if err := d.call(t.Context(), "", "B", nil, nil); err == nil || err.Error() != "B: no" {
		t.Errorf("got %v", err)
	}
	if err := d.call(t.Context(), "", "C", nil, nil); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

func TestChromiumTakesAnyEvent(t *testing.T) {
	c := &chromium{tape: newTape(), targets: map[string]string{"w": "worker", "f": "iframe"}, told: map[toldEntry]bool{}}
	for _, e := range [][3]string{
		{"", "Log.entryAdded", `{"entry":{"source":"network","level":"error","text":"t","url":"u","timestamp":1.5}}`},
		{"w", "Runtime.consoleAPICalled", `{"type":"log","args":[{"type":"string","value":"a"},{"type":"number","value":3},{"type":"object","description":"Object"},{"type":"undefined"}]}`},
		{"f", "Log.entryAdded", `{"entry":{"source":"network","level":"error","text":"once","timestamp":1.5}}`},
		{"f", "Log.entryAdded", `{"entry":{"source":"network","level":"error","text":"once","timestamp":1.5}}`},
		{"", "Runtime.exceptionThrown", `{"exceptionDetails":{"text":"Uncaught","exception":{"description":"Error: x\n  at y"}}}`},
		{"", "Network.loadingFailed", `{"errorText":"net::ERR_FAILED","corsErrorStatus":{"corsError":"C","failedParameter":"p"}}`},
		{"", "Network.loadingFailed", `{"errorText":"net::ERR_ABORTED"}`},
		{"", "Log.entryAdded", `{"entry":[]}`},
		{"", "Log.entryAdded", ``},
		{"", "Some.event", `{}`},
	} {
		c.event(e[0], e[1], json.RawMessage(e[2]))
	}
	equal(t, c.entries, []Entry{
		{Source: "network", Level: "error", Text: "t", URL: "u"},
		{Level: "log", Text: "a 3 Object undefined", Target: "worker"},
		{Source: "network", Level: "error", Text: "once", Target: "iframe"},
		{Level: "exception", Text: "Uncaught Error: x"},
		{CORS: &CORSError{"C", "p"}, Net: "net::ERR_FAILED"},
	})
}

func TestFirefoxPrefs(t *testing.T) {
	for proxy, want := range map[string]string{"127.0.0.1:80": "", "host": "expected host:port", "h:99999": "not a number", "h:x": "not a number"} {
		_, err := firefoxPrefs(Options{Proxy: proxy})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", proxy, err)
		}
	}
	for _, allow := range []bool{false, true} {
		p, err := firefoxPrefs(Options{Proxy: "127.0.0.1:80", AllowThirdPartyCookies: allow})
		if err != nil || strings.Contains(string(p), `user_pref("network.cookie.cookieBehavior", 0);`) != allow {
			t.Errorf("%v: %v\n%s", allow, err, p)
		}
	}
}
