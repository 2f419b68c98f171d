package message_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/message"
)

// TestRecognise recognises what is pasted in many ways, and what is not CORS.
func TestRecognise(t *testing.T) {
	const missing = "Access to fetch at 'https://api.example.com/x' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	const parts = "origin=https://app.example.com url=https://api.example.com/x kind=fetch"
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"all lines of one failure", "app.js:12 " + missing + "\napp.js:12 GET https://api.example.com/x net::ERR_FAILED 200 (OK)\napp.js:14 Uncaught (in promise) TypeError: Failed to fetch\n    at load (app.js:12:3)", []string{"chromium: allow-origin-missing; " + parts + " method=GET"}},
		{"twice", missing + "\n" + missing, []string{"chromium: allow-origin-missing; " + parts}},
		{"two, in order", "[Error] Method PUT is not allowed by Access-Control-Allow-Methods.\n" + missing, []string{"chromium? webkit: method-not-allowed; method=PUT", "chromium: allow-origin-missing; " + parts}},
		{"broken in the middle of words", "Access to fetch at 'https://api.exam\nple.com/x' from origin 'https://app.example.com' has been blo\ncked by CORS policy: No 'Access-Control-\nAllow-Origin' header is present on the requested resource.", []string{"chromium: allow-origin-missing; origin=https://app.example.com url=https://api.exam ple.com/x kind=fetch"}},
		{"all in one word", strings.ReplaceAll(missing, " ", ""), []string{"chromium: allow-origin-missing; " + parts}},
		{"as HTML", strings.ReplaceAll(missing, "'", "&#39;"), []string{"chromium: allow-origin-missing; " + parts}},
		{"as JSON", strings.ReplaceAll(missing, "'", `\u0027`), []string{"chromium: allow-origin-missing; " + parts}},
		{"quoted in Markdown", "> `" + missing + "`", []string{"chromium: allow-origin-missing; " + parts}},
		{"in capitals", strings.ToUpper(missing), []string{"chromium: allow-origin-missing; origin=HTTPS://APP.EXAMPLE.COM url=HTTPS://API.EXAMPLE.COM/X kind=FETCH"}},
		{"the end alone", "o 'Access-Control-Allow-Origin' header is present on the requested resource.", []string{"chromium: allow-origin-missing;"}},
		{"some words in quotes", `Why do I get "'Access-Control-Allow-Origin' header is present on the requested" from my API?`, []string{"chromium: allow-origin-missing;"}},
		{"what says nothing", "Uncaught (in promise) TypeError: Failed to fetch", []string{"chromium: failed;"}},
		{"a library that says nothing", "AxiosError: Network Error", []string{"axios: failed;"}},
		{"Firefox of a server that is down", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. (Reason: CORS request did not succeed). Status code: (null).", []string{"firefox: network-error; url=https://api.example.com/x"}},
		{"Firefox of a preflight, twice", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. (Reason: CORS preflight response did not succeed). Status code: 405.\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/x. (Reason: CORS request did not succeed). Status code: (null).", []string{"firefox: preflight-status; url=https://api.example.com/x status=405"}},

		{"mixed content", "Mixed Content: The page at 'https://app.example.com/' was loaded over HTTPS, but requested an insecure XMLHttpRequest endpoint 'http://api.example.com/x'. This request has been blocked; the content must be served over HTTPS.", []string{"chromium: mixed-content; page=https://app.example.com/ url=http://api.example.com/x kind=XMLHttpRequest endpoint"}},
		{"DNS", "GET https://api.exmaple.com/x net::ERR_NAME_NOT_RESOLVED", []string{"chromium: network-error; url=https://api.exmaple.com/x method=GET"}},
		{"TLS", "POST https://localhost:8443/x net::ERR_CERT_AUTHORITY_INVALID", []string{"chromium: network-error; url=https://localhost:8443/x method=POST"}},
		{"another network error", "net::ERR_DANGLING_MARKUP", []string{"chromium: failed;"}},
		{"an ad blocker", "GET https://ads.example.com/x net::ERR_BLOCKED_BY_CLIENT", []string{"chromium: blocked-by-client; url=https://ads.example.com/x method=GET"}},
		{"ORB", "GET https://api.example.com/x net::ERR_BLOCKED_BY_ORB", []string{"chromium: opaque-response-blocked; url=https://api.example.com/x method=GET"}},
		{"CORB", "Cross-Origin Read Blocking (CORB) blocked cross-origin response https://api.example.com/x with MIME type application/json. See https://www.chromestatus.com/feature/5629709824032768 for more details.", []string{"chromium?: opaque-response-blocked; url=https://api.example.com/x value=application/json"}},
		{"CORP", "Cancelled load to https://api.example.com/x because it violates the resource's Cross-Origin-Resource-Policy response header.", []string{"webkit: corp-not-same-origin; url=https://api.example.com/x"}},
		{"CSP", "Refused to connect to 'https://api.example.com/x' because it violates the following Content Security Policy directive: \"connect-src 'self'\".", []string{"chromium?: content-security-policy; url=https://api.example.com/x"}},
		{"the local network", "Access to fetch at 'http://192.168.1.1/' from origin 'https://app.example.com' has been blocked by CORS policy: Permission was denied for this request to access the `local` address space.", []string{"chromium: local-network; origin=https://app.example.com url=http://192.168.1.1/ kind=fetch"}},
		{"X-Frame-Options", "Refused to display 'https://example.com/' in a frame because it set 'X-Frame-Options' to 'sameorigin'.", []string{"chromium webkit: frame-options; url=https://example.com/"}},
		{"tracking protection", "The resource at “https://t.example.com/x” was blocked because Enhanced Tracking Protection is enabled.", []string{"firefox: tracking-protection;"}},
		{"a canvas", "Uncaught SecurityError: Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported.", []string{"chromium: tainted-canvas;"}},
		{"a page from a file", "Access to script at 'file:///C:/x/main.js' from origin 'null' has been blocked by CORS policy: Cross origin requests are only supported for protocol schemes: chrome, chrome-extension, chrome-untrusted, data, http, https, isolated-app.", []string{"chromium: scheme-not-http; origin=null url=file:///C:/x/main.js kind=script"}},
		{"a header that is not exposed", `Refused to get unsafe header "X-Total-Count"`, []string{"chromium webkit: header-not-exposed; header=X-Total-Count"}},
	} {
		messages, err := message.Recognise(tc.text)
		var got []string
		for _, m := range messages {
			got = append(got, brief(&m))
		}
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v\ngot  %q\nwant %q", tc.name, err, got, tc.want)
		}
	}
}

func TestRecogniseNothing(t *testing.T) {
	for _, tc := range []struct{ text, nearest string }{
		{"", ""},
		{"   \n\n", ""},
		{"Segmentation fault (core dumped)", ""},
		{"Access-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: GET, POST\nAccess-Control-Allow-Headers\nAccess-Control-Allow-Origin", ""},
		{"The 'Access-Control-Allow-Origin' header contains nothing of use", "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'."},
		{"Requête multiorigine bloquée : la politique « Same Origin » ne permet pas de consulter la ressource distante", ""},
	} {
		messages, err := message.Recognise(tc.text)
		var unknown *message.UnknownError
		if !errors.As(err, &unknown) {
			t.Errorf("%q: %v, %v", tc.text, messages, err)
			continue
		}
		if tc.nearest != "" && !slices.Contains(unknown.Nearest, tc.nearest) {
			t.Errorf("%q: nearest are %q", tc.text, unknown.Nearest)
		}
	}
	if _, err := message.Recognise(strings.Repeat("x", message.MaxSize+1)); err == nil {
		t.Error("a text that is too long is taken")
	}
}

// TestExplainNames explains everything that has a name: with a reason, causes, and something to do.
func TestExplainNames(t *testing.T) {
	steps, err := os.ReadFile("../engine/testdata/steps.txt")
	if err != nil {
		t.Fatal(err)
	}
	algorithms := regexp.MustCompile(`(?m)^([a-z-]+) (#\S+)$`).FindAllStringSubmatch(string(steps), -1)
	for _, name := range message.Names() {
		m, ok := message.Named(strings.ToUpper(name))
		if !ok {
			t.Errorf("%s: is not known", name)
			continue
		}
		e := m.Explain()
		for _, s := range slices.Concat([]string{e.Why}, e.Change) {
			if s == "" || strings.Contains(s, "%!") || strings.Contains(s, `""`) || !strings.ContainsAny(s[len(s)-1:], ".`") {
				t.Errorf("%s: %q", name, s)
			}
		}
		if len(e.Change) == 0 || e.IsCORS && len(e.Causes) == 0 {
			t.Errorf("%s: causes %q, change %q", name, e.Causes, e.Change)
		}
		if strings.Contains(strings.Join(e.Change, ""), "Origin: null") {
			t.Errorf("%s: advice to trust null: %q", name, e.Change)
		}
		if e.Step == "" {
			continue
		}
		algorithm, _, _ := strings.Cut(string(e.Step), " ")
		known := slices.ContainsFunc(algorithms, func(a []string) bool {
			return a[1] == algorithm && e.Anchor == "https://fetch.spec.whatwg.org/"+a[2]
		})
		if !known || !strings.Contains(string(steps), "\n"+string(e.Step)+" ") {
			t.Errorf("%s: %s at %s is no step of the standard", name, e.Step, e.Anchor)
		}
	}
	for _, c := range engine.Codes() {
		if m, ok := message.Named(string(c)); !ok || !slices.Equal(m.Codes, []engine.Code{c}) {
			t.Errorf("%s: is %v", c, m)
		}
	}
	for name, code := range map[string]engine.Code{
		"PreflightMissingAllowOriginHeader": engine.CodePreflightAllowOriginMissing, "kCorsDisabledScheme": engine.CodeSchemeNotHTTP,
		"CORSMissingAllowOrigin2": engine.CodeAllowOriginMissing, "CORS Method Not Found": engine.CodeMethodNotAllowed,
	} {
		if m, _ := message.Named(name); len(m.Codes) == 0 || m.Codes[0] != code {
			t.Errorf("%s is %v, want %s", name, m.Codes, code)
		}
	}
	if m, ok := message.Named("nothing"); ok {
		t.Errorf("nothing is %v", m)
	}
}

// TestExplainParts explains with what the message says.
func TestExplainParts(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []string
	}{
		{
			"Access to fetch at 'https://api.example.com/it's' from origin 'https://app.example.com' has been blocked by CORS policy: Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.",
			[]string{"Send `Access-Control-Allow-Headers: x-a` on the answer to OPTIONS https://api.example.com/it's.", `'https://api.example.com/it'\''s'`, "-H 'x-a: x'"},
		},
		{
			"Access to XMLHttpRequest at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
			[]string{"Access-Control-Allow-Credentials: true", "withCredentials", "--api xhr --credentials include"},
		},
		{
			"Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value 'https://app.example.com/' that is not equal to the supplied origin.",
			[]string{"there is a slash at its end", "Access-Control-Allow-Origin: https://app.example.com`"},
		},
		{
			"Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed.",
			[]string{"The value is there twice"},
		},
		{
			"Access to fetch at 'https://api.example.com/' from origin 'null' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			[]string{"The page's origin is null", "Give the page an origin", "--from null"},
		},
		{
			"Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: Request header field access-control-allow-origin is not allowed by Access-Control-Allow-Headers in preflight response.",
			[]string{"is a header of answers"},
		},
		{"Preflight response is not successful. Status code: 401", []string{"Status 401 Unauthorized: authentication", "before authentication"}},
		{"Could not connect to the server", []string{"Nothing listens", "curl -sv -o /dev/null https://api.example.com/things"}},
		{"Access to fetch at 'https://$(reboot).example.com/' from origin 'https://`reboot`' has been blocked by CORS policy: It does not have HTTP ok status.", []string{"--from 'https://`reboot'", "'https://$(reboot).example.com/'"}},
	} {
		messages, err := message.Recognise(tc.text)
		if err != nil {
			t.Errorf("%v: %s", err, tc.text)
			continue
		}
		e := messages[0].Explain()
		all := strings.Join(slices.Concat([]string{e.Why}, e.Causes, e.Change, e.Next), "\n")
		for _, want := range tc.want {
			if !strings.Contains(all, want) {
				t.Errorf("%s\nexplained as\n%s\nwithout %q", tc.text, all, want)
			}
		}
	}
}
