package message_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/message"
)

// TestRecogniseOldWordings recognises messages as people reported them over the years, with the place where each was seen.
// What comes of them is the browsers, the codes or the topic, and the parts.
func TestRecogniseOldWordings(t *testing.T) {
	for _, tc := range []struct{ source, text, want string }{
		{
			"https://github.com/FieldDB/FieldDB/issues/777 (2013)",
			"XMLHttpRequest cannot load https://auth.lingsync.org/login. Origin https://ifielddevs.iriscouch.com is not allowed by Access-Control-Allow-Origin.",
			"chromium? webkit?: allow-origin-missing; origin=https://ifielddevs.iriscouch.com url=https://auth.lingsync.org/login",
		},
		{
			"https://github.com/ToddThomson/jQuery-Mobile-Subpage-Widget/issues/10 (2012)",
			"XMLHttpRequest cannot load file://localhost/test/www/subpages.html. Origin null is not allowed by Access-Control-Allow-Origin.",
			"chromium? webkit?: allow-origin-missing; origin=null url=file://localhost/test/www/subpages.html",
		},
		{
			"https://github.com/expressjs/cors/issues/36 (2015)",
			" XMLHttpRequest cannot load http://localhost:8080/. A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true. Origin 'http://requirebin.com' is therefore not allowed access.",
			"chromium?: allow-origin-wildcard-with-credentials; origin=http://requirebin.com url=http://localhost:8080/",
		},
		{
			"https://github.com/sahat/satellizer/issues/603 (2015)",
			"XMLHttpRequest cannot load http://www.example.com/basic/socialcontacts/google. Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is ''. It must be 'true' to allow credentials.",
			"chromium?: allow-credentials-invalid; url=http://www.example.com/basic/socialcontacts/google value=",
		},
		{
			"https://github.com/staticfile/static/issues/197 (2014)",
			"XMLHttpRequest cannot load http://api.staticfile.org/v1/popular. No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://www.staticfile.org' is therefore not allowed access. The response had HTTP status code 502.",
			"chromium?: allow-origin-missing; origin=http://www.staticfile.org url=http://api.staticfile.org/v1/popular status=502",
		},
		{
			"https://github.com/marklogic-community/marklogic-samplestack/issues/19 (2014)",
			"XMLHttpRequest cannot load http://localhost:8080/foo/428. The request was redirected to 'http://localhost:8080/login', which is disallowed for cross-origin requests that require preflight.",
			"chromium?: preflight-redirect; url=http://localhost:8080/foo/428 to=http://localhost:8080/login",
		},
		{
			"https://github.com/gratipay/gratipay.com/issues/2970 (2014)",
			"> Font from origin 'https://assets.gratipay.com' has been blocked from loading by Cross-Origin Resource Sharing policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'https://gratipay.com' is therefore not allowed access.",
			"chromium?: allow-origin-missing; origin=https://gratipay.com url=https://assets.gratipay.com kind=Font",
		},
		{
			"https://github.com/jsfiddle/jsfiddle-users/issues/709 (2016), with its line breaks",
			"hellyeah> sometimes i got this error from jsfiddle Font from origin 'http://code.cdn.mozilla.net'\n                  has been blocked from loading by Cross-Origin Resource Sharing policy: No\n                  'Access-Control-Allow-Origin' header is present on the requested resource. Origin\n                  'http://jsfiddle.net' is therefore not allowed access.",
			"chromium?: allow-origin-missing; origin=http://jsfiddle.net url=http://code.cdn.mozilla.net kind=Font",
		},
		{
			"https://github.com/JakeChampion/fetch/issues/141 (2015)",
			"Fetch API cannot load https://.... No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://localhost...' is therefore not allowed access.\nUncaught (in promise) TypeError: Failed to fetch {stack: (...), message: \"Failed to fetch\"}",
			"chromium?: allow-origin-missing; origin=http://localhost url=https://",
		},
		{
			"https://github.com/tkyaji/cordova-plugin-crypt-file/issues/19 (2016)",
			`XMLHttpRequest cannot load https://***/Mobile/ut/Locations. Response for preflight has invalid HTTP status code 405"....`,
			"chromium?: preflight-status; url=https://***/Mobile/ut/Locations status=405",
		},
		{
			"https://github.com/Koredotcom/web-kore-sdk/issues/3 (2018)",
			"**Failed to load https://demo.kore.net/api/users/sts': Response for preflight has invalid HTTP status code 404.**",
			"chromium?: preflight-status; url=https://demo.kore.net/api/users/sts status=404",
		},
		{
			"https://github.com/fruitcake/laravel-cors/issues/196 (2017)",
			"`XMLHttpRequest cannot load (the url). Response for preflight is invalid (redirect)`.",
			"chromium?: preflight-redirect;",
		},
		{
			"https://github.com/controversial/wikipedia-map/issues/31 (2017)",
			"XMLHttpRequest cannot load https://wikipedia-map.now.sh/pagename?page=dna. Redirect from 'https://wikipedia-map.now.sh/pagename?page=dna' to 'https://zeit.co/controversial/api/eokchmmhgl?redirect=1' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'https://luke.deentaylor.com' is therefore not allowed access.",
			"chromium?: allow-origin-missing; origin=https://luke.deentaylor.com url=https://wikipedia-map.now.sh/pagename?page=dna to=https://zeit.co/controversial/api/eokchmmhgl?redirect=1",
		},
		{
			"https://github.com/ctrlplusb/react-universally/issues/363 (2017), cut off at its start",
			"...__webpack_hmr' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin '....' is therefore not allowed access.```",
			"chromium?: allow-origin-missing;",
		},
		{
			"https://github.com/dragon731012/DM-Unbl0cker/issues/20 (2023), the title of which is cut off",
			"Access to fetch at 'https://bare-server-vjra.onrender.com/v1/' from origin 'https://pp.hohoo.fun' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: Redi",
			"chromium: cut; origin=https://pp.hohoo.fun url=https://bare-server-vjra.onrender.com/v1/ kind=fetch",
		},
		{
			"https://github.com/garmeeh/local-cors-proxy/issues/15 (2020)",
			"`Access to XMLHttpRequest at 'https://www.zoho.com/creator/' (redirected from 'http://localhost:8010/proxy/oauth/v2/token?client_id=#&client_secret=#&refresh_token=#&grant_type=refresh_token') from origin 'http://localhost:8080' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.`",
			"chromium: allow-origin-missing; origin=http://localhost:8080 url=https://www.zoho.com/creator/ from=http://localhost:8010/proxy/oauth/v2/token?client_id=#&client_secret=#&refresh_token=#&grant_type=refresh_token kind=XMLHttpRequest",
		},
		{
			"https://github.com/expressjs/cors/issues/290 (2022)",
			"**No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the `local` address space** ",
			"chromium?: local-network;",
		},
		{
			"https://github.com/loqui/im/issues/402 (2014), out of a log",
			`E/GeckoConsole( 2237): [JavaScript Warning: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://bosh.loqui.im/. This can be fixed by moving the resource to the same domain or enabling CORS." {file: "https://bosh.loqui.im/" line: 0}]`,
			"firefox?: allow-origin-missing; url=https://bosh.loqui.im/",
		},
		{
			"https://github.com/monsur/enable-cors.org/issues/169 (2024)",
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://demo4.spmpltech.com/api/home/Getlist. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘*, *’).",
			"firefox: allow-origin-multiple; url=https://demo4.spmpltech.com/api/home/Getlist value=*, *",
		},
		{
			"https://github.com/10up/ElasticPress/issues/1553 (2019)",
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at <EP> (Reason: missing token ‘ep-search-term’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel).",
			"firefox?: header-not-allowed; header=ep-search-term",
		},
		{
			"https://developer.mozilla.org/docs/Web/HTTP/CORS/Errors/CORSPreflightDidNotSucceed",
			"Reason: CORS preflight channel did not succeed",
			"firefox?: preflight-status;",
		},
		{
			"https://github.com/PhillipNgo/PScheduler/issues/9 (2018)",
			"[Error] Origin https://www.pscheduler.com is not allowed by Access-Control-Allow-Origin.\n[Error] Fetch API cannot load https://fdnvrxrba7.execute-api.us-east-1.amazonaws.com/beta/courses/search?query=CS%201114&size=1000&term=201809 due to access control checks.\n[Error] Failed to load resource: Origin https://www.pscheduler.com is not allowed by Access-Control-Allow-Origin. (search, line 0)",
			"chromium? webkit?: allow-origin-missing; origin=https://www.pscheduler.com url=https://fdnvrxrba7.execute-api.us-east-1.amazonaws.com/beta/courses/search?query=CS%201114&size=1000&term=201809",
		},
		{
			"https://github.com/upptime/upptime/issues/358 (2021)",
			"[Error] Preflight response is not successful\n[Error] Fetch API cannot load https://mygithubapiproxy.com/repos/owner/repo/issues?state=open&filter=all&sort=created&direction=desc&labels=status due to access control checks.",
			"webkit?: preflight-status; url=https://mygithubapiproxy.com/repos/owner/repo/issues?state=open&filter=all&sort=created&direction=desc&labels=status",
		},
		{
			"https://github.com/grafana/grafana-pathfinder-app/issues/281 (2025)",
			"[Error] Preflight response is not successful. Status code: 403\n[Error] Fetch API cannot load https://raw.githubusercontent.com/grafana/interactive-tutorials/main/welcome-to-play/main-page/unstyled.html due to access control checks.\n[Error] Failed to load resource: Preflight response is not successful. Status code: 403 (unstyled.html, line 0)\nTypeError: Load failed",
			"webkit: preflight-status; url=https://raw.githubusercontent.com/grafana/interactive-tutorials/main/welcome-to-play/main-page/unstyled.html status=403",
		},
		{
			"https://github.com/okta/okta-developer-docs, guides/enable-cors/main, on Internet Explorer",
			"SEC7120: Origin https://your-website.com not found in Access-Control-Allow-Origin header.\n\nSCRIPT7002: XMLHttpRequest: Network Error 0x80070005",
			"microsoft?: allow-origin-missing; origin=https://your-website.com",
		},
		{
			"https://github.com/bloomberg/chromium.bb/blob/59f5bc5de5f60aab6e339068a508dd2c2d960116/third_party/WebKit/Source/platform/loader/fetch/CrossOriginAccessControl.cpp",
			"Redirect from 'https://api.example.com/a' has been blocked by CORS policy: Redirect location 'ftp://api.example.com/b' has a disallowed scheme for cross-origin requests.",
			"chromium?: redirect-scheme-not-http; url=https://api.example.com/a to=ftp://api.example.com/b",
		},
	} {
		messages, err := message.Recognise(tc.text)
		if err != nil {
			t.Errorf("%s\n%v\n%s", tc.source, err, tc.text)
			continue
		}
		if got := brief(&messages[0]); got != tc.want || len(messages) > 1 {
			t.Errorf("%s\ngot  %s, of %d\nwant %s", tc.source, got, len(messages), tc.want)
		}
	}
}

// brief is a message in a line: browsers, with a question mark for older wordings, the likeliest code, or else the topic, and parts.
func brief(m *message.Message) string {
	var who, parts []string
	for _, s := range m.Sightings {
		if s.Era != "" {
			s.Browser += "?"
		}
		who = append(who, s.Browser)
	}
	slices.Sort(who)
	what := string(m.Topic)
	switch {
	case m.Cut:
		what = "cut"
	case len(m.Codes) > 0:
		what = string(m.Codes[0])
	}
	p := &m.Parts
	for _, f := range []struct{ name, value string }{
		{"origin", p.Origin}, {"page", p.Page}, {"url", p.URL}, {"from", p.From}, {"to", p.To}, {"kind", p.Kind}, {"method", p.Method}, {"header", p.Header},
	} {
		if f.value != "" {
			parts = append(parts, f.name+"="+f.value)
		}
	}
	if p.Value != nil {
		parts = append(parts, "value="+*p.Value)
	}
	if p.Status != 0 {
		parts = append(parts, fmt.Sprintf("status=%d", p.Status))
	}
	return strings.TrimSpace(strings.Join(who, " ") + ": " + what + "; " + strings.Join(parts, " "))
}
