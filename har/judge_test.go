package har

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/corsim/corsim/personality"
)

// exchange is an entry of a test, in short. Headers are "Name: value" lines.
type exchange struct {
	second            float64
	method, url       string
	headers           []string
	status            int
	answer            []string
	resourceType, err string
	redirect          string
	more              object // members of the entry
}

const (
	app = "Origin: https://app.example.com"
	api = "https://api.example.com/"
)

func lines(list []string) []object {
	headers := []object{}
	for _, l := range list {
		name, value, _ := strings.Cut(l, ": ")
		headers = append(headers, object{"name": name, "value": value})
	}
	return headers
}

// harOf is a HAR of some exchanges.
func harOf(t testing.TB, creator string, exchanges ...exchange) string {
	t.Helper()
	entries := []object{}
	for _, x := range exchanges {
		if x.method == "" {
			x.method = "GET"
		}
		e := object{
			"startedDateTime": fmt.Sprintf("2026-11-24T11:%02d:%06.3fZ", int(x.second)/60, x.second-float64(int(x.second)/60*60)), "time": 20, "pageref": "p",
			"request":  object{"method": x.method, "url": x.url, "headers": lines(x.headers)},
			"response": object{"status": x.status, "headers": lines(x.answer), "redirectURL": x.redirect},
		}
		if x.err != "" {
			e["response"].(object)["_error"] = x.err
		}
		if x.resourceType != "" {
			e["_resourceType"] = x.resourceType
		}
		for k, v := range x.more {
			e[k] = v
		}
		entries = append(entries, e)
	}
	data, err := json.Marshal(object{"log": object{"version": "1.2", "creator": object{"name": creator, "version": "1"}, "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestJudge(t *testing.T) {
	preflight := func(second float64, method, headers string, answer ...string) exchange {
		asked := []string{app, "Access-Control-Request-Method: " + method}
		if headers != "" {
			asked = append(asked, "Access-Control-Request-Headers: "+headers)
		}
		return exchange{second: second, method: "OPTIONS", url: api, headers: asked, status: 204, answer: append([]string{"Access-Control-Allow-Origin: https://app.example.com"}, answer...)}
	}
	put := func(second float64, headers ...string) exchange {
		return exchange{second: second, method: "PUT", url: api, headers: append([]string{app, "Sec-Fetch-Mode: cors"}, headers...), status: 200, answer: []string{"Access-Control-Allow-Origin: https://app.example.com"}}
	}
	allow := "Access-Control-Allow-Methods: PUT"
	document := func(policy ...string) exchange {
		return exchange{url: "https://app.example.com/", status: 200, answer: policy, resourceType: "document"}
	}
	for _, tt := range []struct {
		name      string
		creator   string
		exchanges []exchange
		want      []string
	}{
		{"each request gets the preflight that is nearest", "Firefox", []exchange{preflight(1, "PUT", "", allow), put(1.01), preflight(5, "PUT", ""), put(5.01)}, []string{
			"2 PUT", "preflight 1, redirects []", "chromium: allowed",
			"4 PUT", "preflight 3, redirects []", "chromium: blocked inferred method-not-allowed",
		}},
		{"a preflight may come after its request", "Firefox", []exchange{put(1), preflight(1.005, "PUT", "", allow), put(2), preflight(2.005, "PUT", "")}, []string{
			"1 PUT", "preflight 2, redirects []", "3 PUT", "preflight 4, redirects []",
		}},
		{"a preflight of another method is of another request", "Firefox", []exchange{preflight(1, "DELETE", ""), put(1.01)}, []string{
			"1 DELETE", "request may be fetch, from the preflight, whose request is not in the HAR", "chromium: blocked", "method-not-allowed",
			"2 PUT", "chromium: allowed inferred", "if the preflight, which is not in the HAR, was allowed: the request went out after it",
		}},
		{"a preflight's result is kept", "WebInspector", []exchange{preflight(1, "PUT", "", allow, "Access-Control-Max-Age: 60"), put(1.01), put(59)}, []string{
			"3 PUT", "preflight is entry 1, from an earlier one, whose result was still good", "chromium: allowed proven",
		}},
		{"a preflight's result is kept for so long", "WebInspector", []exchange{preflight(1, "PUT", "", allow, "Access-Control-Max-Age: 60"), put(1.01), put(62)}, []string{
			"3 PUT", "chromium: allowed inferred", "if the preflight, which is not in the HAR, was allowed",
		}},
		{"headers that are not in the HAR are those of the preflight", "WebInspector", []exchange{preflight(1, "PUT", "authorization,x-b", allow, "Access-Control-Allow-Headers: authorization"), put(1.01)}, []string{
			"headers is authorization, x-b, from the preflight's", "chromium: blocked", "header-not-allowed",
		}},
		{"what a preflight does not ask for is not the page's", "WebInspector", []exchange{preflight(1, "PUT", "", allow), put(1.01, "If-None-Match: x", "X-Client: y")}, []string{"chromium: allowed proven agrees=true"}},
		{"an upload listener asks for a preflight", "WebInspector", []exchange{preflight(1, "POST", "", allow), {second: 1, method: "POST", url: api, headers: []string{app}, status: 200, answer: []string{"Access-Control-Allow-Origin: *"}, resourceType: "xhr"}}, []string{
			"upload listener may be set, from the preflight, which nothing else asks for", "chromium: allowed",
		}},
		{"redirects are followed", "WebInspector", []exchange{
			{url: api, headers: []string{app}, status: 302, answer: []string{"Access-Control-Allow-Origin: *", "Location: https://cdn.example.org/b"}, redirect: "https://cdn.example.org/b", resourceType: "fetch"},
			{url: "https://cdn.example.org/b", headers: []string{"Origin: null"}, status: 200, answer: []string{"Access-Control-Allow-Origin: https://app.example.com"}, err: "net::ERR_FAILED", resourceType: "fetch"},
		}, []string{"1 GET", "redirects [2]", "chromium: blocked inferred allow-origin-mismatch agrees=true", "redirected 1"}},
		{"a preflight may fail where a redirect leads", "Charles", []exchange{
			preflight(1, "PUT", "", allow), {second: 1.1, method: "PUT", url: api, headers: []string{app}, status: 307, answer: []string{"Access-Control-Allow-Origin: https://app.example.com", "Location: /b"}},
			{second: 1.2, method: "OPTIONS", url: api + "b", headers: []string{app, "Access-Control-Request-Method: PUT"}, status: 404},
		}, []string{"2 PUT", "preflight 1, redirects [3]", "chromium: blocked inferred preflight-allow-origin-missing"}},
		{"where a redirect leads may be missing", "Charles", []exchange{
			{url: api, headers: []string{app}, status: 302, answer: []string{"Access-Control-Allow-Origin: *", "Location: /b"}},
		}, []string{"chromium: unknown unknown: The HAR has no request for https://api.example.com/b, which comes next."}},
		{"a page's own request may be redirected elsewhere", "WebInspector", []exchange{
			document(), {url: "https://app.example.com/a", status: 302, redirect: api, answer: []string{"Location: " + api}, resourceType: "fetch", headers: []string{"Referer: https://app.example.com/"}},
			{url: api, headers: []string{app}, status: 200, err: "net::ERR_FAILED", resourceType: "fetch"},
		}, []string{"2 GET https://app.example.com/a", "redirects [3]", "chromium: blocked proven allow-origin-missing agrees=true"}},
		{"an embedder policy is found in the document", "WebInspector", []exchange{
			document(`Cross-Origin-Embedder-Policy: require-corp; report-to="x"`), {url: api + "a.js", headers: []string{"Referer: https://app.example.com/", "Sec-Fetch-Mode: no-cors"}, status: 200, answer: []string{"Content-Type: text/javascript"}, resourceType: "script", err: "net::ERR_BLOCKED_BY_RESPONSE"},
		}, []string{"chromium: blocked proven corp-missing-for-embedder-policy agrees=true"}},
		{"a service worker knows what it was answered", "WebInspector", []exchange{
			{url: api, headers: []string{app}, status: 200, resourceType: "fetch", more: object{"response": object{"status": 200, "headers": []object{}, "_fetchedViaServiceWorker": true}}},
		}, []string{"chromium: unknown unknown: A service worker answered"}},
		{"a 304 leaves the stored headers out", "WebInspector", []exchange{{url: api, headers: []string{app}, status: 304, resourceType: "fetch"}}, []string{"chromium: unknown unknown: The status is 304"}},
		{"a 304 may have them", "WebInspector", []exchange{{url: api, headers: []string{app}, status: 304, answer: []string{"Access-Control-Allow-Origin: https://app.example.com"}, resourceType: "fetch"}}, []string{"chromium: allowed inferred", "if the stored response has the headers of the 304"}},
		{"a connection that fails is no matter of CORS", "WebInspector", []exchange{{url: api, headers: []string{app}, err: "net::ERR_CERT_DATE_INVALID", resourceType: "fetch"}}, []string{"chromium: blocked inferred network-error agrees=true", "if no browser gets an answer"}},
		{"what an extension stops is not told of the browser", "WebInspector", []exchange{{url: api, headers: []string{app}, err: "net::ERR_BLOCKED_BY_CLIENT", resourceType: "fetch"}}, []string{"chromium: unknown unknown: What was answered to GET https://api.example.com/ is not in the HAR."}},
		{"a browser that did otherwise is told", "WebInspector", []exchange{{url: api, headers: []string{app}, status: 200, resourceType: "fetch"}}, []string{"chromium: blocked proven allow-origin-missing agrees=false", "disagreements 1"}},
		{"what the browser did tells the credentials mode", "WebInspector", []exchange{{url: api, headers: []string{app}, status: 200, answer: []string{"Access-Control-Allow-Origin: *"}, resourceType: "fetch"}}, []string{
			"credentials mode is same-origin, from what chromium did: it allowed it, as it does in this case alone", "webkit: allowed proven",
		}},
		{"a cookie tells the credentials mode", "Charles", []exchange{{url: api, headers: []string{app, "Cookie: a=b"}, status: 200, answer: []string{"Access-Control-Allow-Origin: *"}}}, []string{
			"credentials mode is include, from the Cookie header", "webkit: blocked proven allow-origin-wildcard-with-credentials",
		}},
		{"nothing tells the page", "Charles", []exchange{{url: api, status: 200}}, []string{"chromium: unknown unknown: Nothing in the HAR tells which page the request is from, if any"}},
		{"an opaque origin", "Charles", []exchange{{url: api, headers: []string{"Origin: null"}, status: 200, answer: []string{"Access-Control-Allow-Origin: null"}}}, []string{"page origin is null, from the Origin header", "chromium: allowed"}},
		{"a preflight that redirects", "Firefox", []exchange{{method: "OPTIONS", url: api, headers: []string{app, "Access-Control-Request-Method: PUT"}, status: 301, answer: []string{"Location: /b", "Access-Control-Allow-Origin: *"}}}, []string{"1 PUT", "chromium: blocked", "preflight-redirect"}},
		{"kinds that are not judged", "WebInspector", []exchange{
			{url: "wss://api.example.com/", status: 101}, {url: "data:,x", status: 200}, {url: api, headers: []string{app}, method: "POST", status: 204, resourceType: "ping"}, document(),
		}, []string{"skipped map[WebSocket:1 navigation:1 no http(s) URL:1 of a kind that is not modelled:1], judged 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := NewJudge(NewReader(strings.NewReader(harOf(t, tt.creator, tt.exchanges...))), personality.Browsers())
			list, broken, err := findings(j)
			if err != nil || len(broken) > 0 {
				t.Fatal(broken, err)
			}
			got := render(j, list)
			rest := got
			for _, w := range tt.want {
				_, after, ok := strings.Cut(rest, w)
				if !ok {
					t.Fatalf("got\n%s\nwant, in this order,\n%s", got, strings.Join(tt.want, "\n"))
				}
				rest = after
			}
		})
	}
}

// TestConsoleNamesTheFailure: the error of an entry says which lines the browsers print.
func TestConsoleNamesTheFailure(t *testing.T) {
	const h2 = "HTTP/2"
	for _, tt := range []struct{ err, version, chromium, webkit string }{
		{"net::ERR_CERT_DATE_INVALID", "HTTP/1.1", "net::ERR_CERT_DATE_INVALID", "Unacceptable TLS certificate"},
		{"net::ERR_CONNECTION_CLOSED", "HTTP/1.1", "net::ERR_CONNECTION_CLOSED", "Peer failed to perform TLS handshake: The TLS connection was non-properly terminated."},
		{"net::ERR_CONNECTION_CLOSED", h2, "net::ERR_CONNECTION_CLOSED", "Connection terminated unexpectedly"},
		{"net::ERR_SOMETHING_ELSE", "HTTP/1.1", "net::ERR_EMPTY_RESPONSE", "Connection terminated unexpectedly"},
	} {
		har := harOf(t, "WebInspector", exchange{method: "OPTIONS", url: api, headers: []string{app, "Access-Control-Request-Method: PUT"}, err: tt.err})
		har = strings.Replace(har, `"method":`, `"httpVersion": "`+tt.version+`", "method":`, 1)
		list, broken, err := findings(NewJudge(NewReader(strings.NewReader(har)), personality.Browsers()))
		if err != nil || len(broken) > 0 || len(list) != 1 {
			t.Fatal(list, broken, err)
		}
		for _, v := range list[0].Verdicts {
			want := map[string]string{"chromium": "Failed to load resource: " + tt.chromium, "webkit": tt.webkit}[v.Browser]
			if want != "" && (len(v.Console) == 0 || v.Console[0].Text != want) {
				t.Errorf("%s over %s: %s prints %v; want %q", tt.err, tt.version, v.Browser, v.Console, want)
			}
		}
	}
}
