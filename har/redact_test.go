package har

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/personality"
	"pgregory.net/rapid"
)

func redactString(t testing.TB, in []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := Redact(&out, NewReader(bytes.NewReader(in)), func(*EntryError) {}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// withoutURLs is a finding as far as redaction must not change it.
func withoutURLs(f *Finding) string {
	var b strings.Builder
	fmt.Fprint(&b, f.Entry, f.Preflight, f.Redirects, f.Method, f.Page, f.Observed != nil)
	for _, v := range f.Verdicts {
		agrees := "untold"
		if v.Agrees != nil {
			agrees = fmt.Sprint(*v.Agrees)
		}
		fmt.Fprint(&b, "\n", v.Browser, v.Outcome, v.Grade, v.Code, v.Exception != "", len(v.Console), len(v.Change), len(v.Assumed), agrees)
	}
	for _, e := range f.Evidence {
		fmt.Fprint(&b, "\n", e.Name, e.Assumed)
	}
	return b.String()
}

// TestRedactedVerdicts holds that verdicts on a copy are those on the HAR.
func TestRedactedVerdicts(t *testing.T) {
	for _, name := range hars(t) {
		_, want := judgeFile(t, name)
		f, err := Open(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Redact(&out, f.Reader, nil); err != nil {
			t.Fatal(err)
		}
		f.Close()
		got, _, err := findings(NewJudge(NewReader(&out), personality.Browsers()))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d findings on the copy, want %d: %v", name, len(got), len(want), err)
		}
		for i := range want {
			if a, b := withoutURLs(got[i]), withoutURLs(want[i]); a != b {
				t.Errorf("%s: on the copy\n%s\nand on the HAR\n%s", name, a, b)
			}
		}
	}
}

// TestRecordedSecrets holds that nothing that the recorded page held secret is in a copy.
func TestRecordedSecrets(t *testing.T) {
	for _, name := range hars(t) {
		if filepath.Ext(name) != ".har" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out := redactString(t, data)
		for _, secret := range []string{"s3cr3t", "hunter2", "8hs02js9s8h2", "127.0.0.1"} {
			if strings.Contains(out, secret) {
				t.Errorf("the copy of %s has %q", name, secret)
			}
		}
		if !json.Valid([]byte(out)) {
			t.Errorf("the copy of %s is no JSON", name)
		}
	}
}

func TestRedactedURLs(t *testing.T) {
	m := newMasker()
	for _, tt := range []struct{ in, want string }{
		{"https://api.example.com/things?page=2&all=true&q=", "https://api.example.com/things?page=2&all=true&q="},
		{"https://api.example.com/?code=123", "https://api.example.com/?code=" + m.label("123")},
		{"https://api.example.com/?q=hunter2&page=1", "https://api.example.com/?q=" + m.label("hunter2") + "&page=1"},
		{"https://api.example.com/?a=1#access_token=x", "https://api.example.com/?a=1"},
		{"https://me:pass@api.example.com/", "https://redacted:redacted@api.example.com/"},
		{"/reset/0123456789abcdef0123/now", "/reset/" + m.label("0123456789abcdef0123") + "/now"},
		{"/users/ann@example.com", "/users/" + m.label("ann@example.com")},
		{"data:text/plain,hello", "data:" + m.label("data:text/plain,hello")},
		{"/a:b?x=y z", "/a:b?x=" + m.label("y z")},
		{"https://api.example.com/?hunter2", "https://api.example.com/?" + m.label("hunter2")},
		{"https://api.example.com/?wsdl", "https://api.example.com/?wsdl"},
		{"", ""},
	} {
		if got := m.url(tt.in); got != tt.want {
			t.Errorf("%s becomes %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestRedactedHeaders(t *testing.T) {
	m := newMasker()
	for _, tt := range []struct{ name, in, want string }{
		{"Authorization", "Bearer abc", redacted},
		{"X-Api-Key", "k", redacted},
		{"X-Empty", "", ""},
		{"Cookie", "sid=abc; theme=dark; alone", "sid=redacted; theme=redacted; =redacted"},
		{"set-cookie", "sid=abc; Path=/; Secure; SameSite=None; Custom=abc", "sid=redacted; Path=/; Secure; SameSite=None"},
		{"Access-Control-Allow-Origin", "https://app.example.com", "https://app.example.com"},
		{"Content-Type", "multipart/form-data; boundary=----WebKitFormBoundaryA1b2C3", "multipart/form-data; boundary=----xxxxxxxxxxxxxxxxxxx0x0x0"},
		{"Content-Type", "application/x-www-form-urlencoded;charset=UTF-8", "application/x-www-form-urlencoded;charset=UTF-8"},
		{"Accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"},
		{"Accept-Language", "0123456789abcdef0123456789", "0000000000xxxxxx0000000000"},
		{"Referer", "https://app.example.com/?token=1", "https://app.example.com/?token=" + m.label("1")},
	} {
		if got := m.header(fetchspec.Header{Name: tt.name, Value: tt.in}).Value; got != tt.want {
			t.Errorf("%s: %s becomes %s, want %s", tt.name, tt.in, got, tt.want)
		}
	}
	if got, want := m.message("Cross-origin redirection to https://a.example/?x=abc denied"), "Cross-origin redirection to https://a.example/?x="+m.label("abc")+" denied"; got != want {
		t.Errorf("a message becomes %s, want %s", got, want)
	}
}

// TestPlantedSecrets plants secrets wherever a HAR can hold any, and holds that none is in the copy, and that it is judged as
// before.
func TestPlantedSecrets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		var secrets []string
		secret := func(form string) string {
			n++
			s := fmt.Sprintf("q%dz", n) + rapid.StringMatching(form).Draw(t, "secret")
			secrets = append(secrets, s)
			return s
		}
		// A token looks like a secret, and a short one does not.
		short := func() string { return secret(`[a-z]{3,10}`) }
		token := func() string { return secret(`[A-Za-z0-9]{22,40}`) }
		header := func(name, value string) object { return object{"name": name, "value": value} }
		method := rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE"}).Draw(t, "method")
		account := rapid.SampledFrom([]string{"", short() + ":" + short() + "@"}).Draw(t, "account")
		url := "https://" + account + "api.example.com/a/" + token() + "/b?access_token=" + short() + "&q=" + short() + "&" + token() + "#" + short()
		request := object{
			"method": method, "url": url, "httpVersion": "HTTP/1.1", short(): short(), "comment": short(),
			"headers": []object{
				header("Origin", "https://app.example.com"), header("Authorization", "Bearer "+short()), header("Cookie", "sid="+short()+"; "+short()),
				header("X-Custom", short()), header("Accept", token()), header("Content-Type", "text/plain; x="+token()), header("Referer", "https://app.example.com/?v="+short()),
			},
			"cookies":     []object{{"name": "sid", "value": short(), "comment": short()}},
			"queryString": []object{{"name": "access_token", "value": short()}},
			"postData":    object{"mimeType": "text/plain; x=" + token(), "text": short(), "params": []object{{"name": "p", "value": short(), "fileName": short()}}},
		}
		response := object{
			"status": rapid.SampledFrom([]int{200, 302, 404, 0}).Draw(t, "status"), "statusText": token(), "redirectURL": "/next?code=" + short(),
			"headers": []object{
				header("Access-Control-Allow-Origin", rapid.SampledFrom([]string{"*", "https://app.example.com", "null"}).Draw(t, "allowed")),
				header("Set-Cookie", "sid="+short()+"; Path=/"), header("X-Trace", short()), header("Location", "/next?code="+short()), header("Etag", short()), header("Link", short()),
			},
			"cookies": []object{{"name": "sid", "value": short()}},
			"content": object{"size": 3, "mimeType": "text/plain", "text": short(), "comment": short()},
			"_error":  rapid.SampledFrom([]any{nil, "net::ERR_FAILED", "net::ERR_HTTP2_PROTOCOL_ERROR", "see https://api.example.com/?x=" + short() + " " + token()}).Draw(t, "error"),
		}
		har := object{"log": object{
			"version": "1.2", "creator": object{"name": "WebInspector", "version": "537.36", "comment": short()}, "comment": short(), "_" + short(): short(),
			"pages": []object{{"id": "page of " + short(), "title": short(), "startedDateTime": short(), "comment": short()}},
			"entries": []object{{
				"startedDateTime": "2026-11-24T11:50:42.017Z", "time": 1, "pageref": short(), "request": request, "response": response, "serverIPAddress": short(),
				"connection": short(), "comment": short(), "cache": object{"beforeRequest": object{"eTag": short()}}, "_webSocketMessages": []object{{"data": short()}},
				"_initiator":    object{"type": "script", "url": "https://app.example.com/?v=" + short(), "stack": object{"callFrames": []object{{"url": "https://app.example.com/?v=" + short()}}}},
				"_resourceType": "fetch",
			}},
		}}
		data, err := json.Marshal(har)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Redact(&out, NewReader(bytes.NewReader(data)), func(e *EntryError) { t.Fatal(e) }); err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if strings.Contains(out.String(), s) {
				t.Fatalf("%q of\n%s\nis in\n%s", s, data, out.String())
			}
		}
		before, _, err1 := findings(NewJudge(NewReader(bytes.NewReader(data)), personality.Browsers()))
		after, _, err2 := findings(NewJudge(NewReader(&out), personality.Browsers()))
		if err1 != nil || err2 != nil || len(before) != 1 || len(after) != 1 {
			t.Fatalf("%d findings and %d on the copy, %v, %v", len(before), len(after), err1, err2)
		}
		if a, b := withoutURLs(after[0]), withoutURLs(before[0]); a != b {
			t.Fatalf("on the copy\n%s\nand on the HAR\n%s", a, b)
		}
	})
}
