package personality

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

// TestExplainHasWordsForAll explains blocks of all codes, with all that may be known of a block, and with nothing.
func TestExplainHasWordsForAll(t *testing.T) {
	u, err := origin.ParseURL("https://api.example.com/things/1#top", nil)
	if err != nil {
		t.Fatal(err)
	}
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	for _, code := range engine.Codes() {
		if explanations[code] == nil {
			t.Errorf("%s: there are no words", code)
			continue
		}
		req := &fetchspec.Request{
			Method: "OPTIONS", URLs: []*origin.URL{u}, Mode: fetchspec.ModeCORS,
			Headers: fetchspec.Headers{{Name: "Access-Control-Request-Method", Value: "PUT"}, {Name: "Access-Control-Request-Headers", Value: "x-foo"}},
		}
		param := "PARAM\xff\n\x1b" + strings.Repeat("p", 1000)
		if code == engine.CodeMethodNotAllowed || code == engine.CodeHeaderNotAllowed {
			param = "PARAM" // is a token
		}
		full := &engine.Block{
			Code: code, Preflight: code.Base() != code, Param: param, Name: "NAME", Status: 404, URL: u, Redirect: true, Target: u, Location: "LOCATION", Origin: "https://app.example.com",
			Exchange: &engine.Exchange{Request: req, Response: &fetchspec.Response{Status: 404, Headers: fetchspec.Headers{{Name: "X", Value: "y"}}}},
		}
		for name, b := range map[string]*engine.Block{"full": full, "bare": {Code: code}} {
			for _, api := range []fetchspec.API{fetchspec.APIFetch, fetchspec.APIXHR, fetchspec.APIImage, fetchspec.APIScript} {
				r := &engine.Result{Block: b, Response: fetchspec.NetworkError()}
				if name == "full" {
					r.Request = req
				}
				e := Explain(page, engine.Init{API: api, URL: "https://api.example.com/things/1"}, r)
				checkWords(t, string(code)+" "+name, e)
				if strings.Contains(strings.Join(e.Change, ""), "`: ") || len(e.Change) == 0 {
					t.Errorf("%s %s: advice %q", code, name, e.Change)
				}
			}
		}
	}
	if e := Explain(page, engine.Init{}, &engine.Result{Block: &engine.Block{Code: "new"}}); e.Why == "" {
		t.Error("a code without words is not even named")
	}
}

// checkWords checks what all explanations have in common: one sentence, bounded, without anything that does not show.
func checkWords(t *testing.T, name string, e Explanation) {
	t.Helper()
	for _, s := range append([]string{e.Why}, e.Change...) {
		switch {
		case !strings.HasSuffix(s, "."), strings.ContainsAny(s, "\n\x1b"), !utf8.ValidString(s), strings.Contains(s, "%!"), strings.Contains(s, ". ."), strings.Contains(s, ".."):
			t.Errorf("%s: %q", name, s)
		case len(s) > 1200:
			t.Errorf("%s: %d bytes, %q", name, len(s), s)
		}
	}
	if all := strings.Join(e.Change, "\n"); strings.Contains(all, "Allow-Origin: null") {
		t.Errorf("%s: advice to allow the origin null: %q", name, all)
	}
}

func TestExplain(t *testing.T) {
	const app, api = "https://app.example.com", "https://api.example.com/a"
	type answers = []fetchspec.Response
	headers := func(pairs ...string) (h fetchspec.Headers) {
		for i := 0; i < len(pairs); i += 2 {
			h = append(h, fetchspec.Header{Name: pairs[i], Value: pairs[i+1]})
		}
		return h
	}
	const acao, acac, acam, acah = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
	include := engine.Init{URL: api, Credentials: "include"}
	put := engine.Init{URL: api, Method: "PUT", Headers: headers("X-Foo", "1", "Content-Type", "application/json")}
	for name, test := range map[string]struct {
		page    string
		init    engine.Init
		answers answers
		browser *Personality
		// why is the whole sentence, and change what all of the advice must say, in this order; not is what it must not say.
		why    string
		change []string
		not    string
	}{
		"missing": {init: engine.Init{URL: api}, answers: answers{{Status: 200}},
			why:    "The answer to GET https://api.example.com/a (status 200) has no Access-Control-Allow-Origin header.",
			change: []string{"`Access-Control-Allow-Origin: https://app.example.com` on the answer to GET https://api.example.com/a", "`Vary: Origin`", "`Access-Control-Allow-Origin: *`"}},
		"missing, with credentials": {init: include, answers: answers{{Status: 500}},
			why:    "The answer to GET https://api.example.com/a (status 500) has no Access-Control-Allow-Origin header.",
			change: []string{"`Access-Control-Allow-Origin: https://app.example.com` and `Access-Control-Allow-Credentials: true`", "never for every origin that asks", "`Vary: Origin`", "error answers"}, not: ": *"},
		"Vary is there": {init: engine.Init{URL: api}, answers: answers{{Status: 200, Headers: headers("Vary", "Accept, origin")}},
			why:    "The answer to GET https://api.example.com/a (status 200) has no Access-Control-Allow-Origin header.",
			change: []string{"Send"}, not: "Vary"},
		"wildcard with credentials": {init: include, answers: answers{{Status: 200, Headers: headers(acao, "*")}},
			why:    "The answer to GET https://api.example.com/a (status 200) has Access-Control-Allow-Origin: *, which does not do for a request with credentials.",
			change: []string{"`Access-Control-Allow-Origin: https://app.example.com`", "`Vary: Origin`", "leave out credentials: 'include'"}, not: "Origin: *"},
		"credentials not allowed": {init: include, answers: answers{{Status: 200, Headers: headers(acao, app, acac, "True")}},
			why: `The answer to GET https://api.example.com/a (status 200) has Access-Control-Allow-Credentials: "True", and a request with credentials needs it to be true, in just this spelling.`, change: []string{"`Access-Control-Allow-Credentials: true`"}},
		"credentials not spoken of": {init: engine.Init{API: "xhr", URL: api, Credentials: "include"}, answers: answers{{Status: 200, Headers: headers(acao, app)}},
			why: "The answer to GET https://api.example.com/a (status 200) has no Access-Control-Allow-Credentials header, and a request with credentials needs it to be true.", change: []string{"withCredentials"}},
		"two values": {init: engine.Init{URL: api}, answers: answers{{Status: 200, Headers: headers(acao, app, acao, "*")}},
			why:    `The answer to GET https://api.example.com/a (status 200) has Access-Control-Allow-Origin with several values, "https://app.example.com, *", where one is allowed.`,
			change: []string{"just one place", "`Access-Control-Allow-Origin: https://app.example.com`"}},
		"a slash at the end": {init: engine.Init{URL: api}, answers: answers{{Status: 200, Headers: headers(acao, app+"/")}},
			why: `The answer to GET https://api.example.com/a (status 200) has Access-Control-Allow-Origin: "https://app.example.com/", which is not the request's origin https://app.example.com: there is a slash at its end.`, change: []string{"Send"}},
		"a pattern": {init: engine.Init{URL: api}, answers: answers{{Status: 200, Headers: headers(acao, "https://*.example.com")}}, browser: Firefox153,
			why: `The answer to GET https://api.example.com/a (status 200) has Access-Control-Allow-Origin: "https://*.example.com", which is not the request's origin https://app.example.com: patterns are not understood.`, change: []string{"Send"}},
		"another scheme": {init: engine.Init{URL: api}, answers: answers{{Status: 200, Headers: headers(acao, "http://app.example.com")}},
			why: `The answer to GET https://api.example.com/a (status 200) has Access-Control-Allow-Origin: "http://app.example.com", which is not the request's origin https://app.example.com: the scheme differs.`, change: []string{"Send"}},
		"method": {init: put, answers: answers{{Status: 204, Headers: headers(acao, "*", acam, "GET, POST", acah, "*")}},
			why: `The answer to the preflight OPTIONS https://api.example.com/a (status 204) does not allow the method "PUT": Access-Control-Allow-Methods is "GET, POST".`, change: []string{"`Access-Control-Allow-Methods: GET, POST, PUT` on the answer to OPTIONS https://api.example.com/a"}, not: "Allow-Headers"},
		"method in small letters": {init: engine.Init{URL: api, Method: "patch"}, answers: answers{{Status: 204, Headers: headers(acao, "*", acam, "PATCH")}},
			why: `The answer to the preflight OPTIONS https://api.example.com/a (status 204) does not allow the method "patch": Access-Control-Allow-Methods is "PATCH", and methods are compared with their case.`, change: []string{"Write the method as PATCH in the page"}},
		"method by wildcard with credentials": {init: engine.Init{URL: api, Method: "PUT", Credentials: "include"}, answers: answers{{Status: 204, Headers: headers(acao, app, acac, "true", acam, "*")}},
			why: `The answer to the preflight OPTIONS https://api.example.com/a (status 204) does not allow the method "PUT": Access-Control-Allow-Methods is "*", where * is a name like any other for a request with credentials.`, change: []string{"`Access-Control-Allow-Methods: PUT`"}, not: "*"},
		"headers": {init: put, answers: answers{{Status: 204, Headers: headers(acao, "*", acam, "PUT")}}, browser: WebKit250,
			why: "The answer to the preflight OPTIONS https://api.example.com/a (status 204) does not allow the request headers Content-Type, X-Foo: it has no Access-Control-Allow-Headers header.", change: []string{"`Access-Control-Allow-Headers: Content-Type, X-Foo`"}},
		"Authorization by wildcard": {init: engine.Init{URL: api, Headers: headers("authorization", "t")}, answers: answers{{Status: 204, Headers: headers(acao, "*", acah, "*")}}, browser: Spec,
			why: `The answer to the preflight OPTIONS https://api.example.com/a (status 204) does not allow the request header authorization: Access-Control-Allow-Headers is "*", where * does not stand for Authorization.`, change: []string{"`Access-Control-Allow-Headers: authorization`"}},
		"list of methods": {init: put, answers: answers{{Status: 204, Headers: headers(acao, "*", acam, "GET; PUT", acah, "x-foo,content-type")}},
			why: `The answer to the preflight OPTIONS https://api.example.com/a (status 204) has Access-Control-Allow-Methods: "GET; PUT", in which "GET; PUT" is no HTTP token, and one such item spoils the list.`, change: []string{"`Access-Control-Allow-Methods: PUT`"}},
		"all of a preflight": {init: put, answers: answers{{Status: 404}},
			why:    "The answer to the preflight OPTIONS https://api.example.com/a (status 404) has no Access-Control-Allow-Origin header.",
			change: []string{"Answer OPTIONS https://api.example.com/a with status 204", "`Access-Control-Allow-Origin: https://app.example.com`", "`Access-Control-Allow-Methods: PUT`", "`Access-Control-Allow-Headers: Content-Type, X-Foo`"}},
		"preflight before authentication": {init: put, answers: answers{{Status: 401, Headers: headers(acao, "*", acam, "PUT", acah, "*")}},
			why: "The answer to the preflight OPTIONS https://api.example.com/a (status 401) is not a success, and a preflight needs a status from 200 to 299.", change: []string{"before authentication"}, not: "Access-Control"},
		"preflight redirected": {init: put, answers: answers{{Status: 301, Headers: headers("Location", "/a/", acao, "*")}},
			why: `The answer to the preflight OPTIONS https://api.example.com/a (status 301) is a redirect to "/a/", and a preflight must not be redirected.`, change: []string{"Answer OPTIONS https://api.example.com/a itself", "https://api.example.com/a/"}},
		"redirect": {init: engine.Init{URL: api}, answers: answers{{Status: 302, Headers: headers("Location", "/b")}},
			why: "The redirect from https://api.example.com/a (status 302) has no Access-Control-Allow-Origin header, and every redirect on the way of a CORS request needs one.", change: []string{"Send"}},
		"tainted origin": {init: engine.Init{URL: api}, answers: answers{{Status: 302, Headers: headers("Location", "https://b.example/", acao, "*")}, {Status: 200, Headers: headers(acao, app)}},
			why:    `The answer to GET https://b.example/ (status 200) has Access-Control-Allow-Origin: "https://app.example.com", which is not the request's origin null, as a redirect between other origins has made it.`,
			change: []string{"ask for https://b.example/ at once", "`Access-Control-Allow-Origin: *`"}},
		"opaque origin": {page: "null", init: include, answers: answers{{Status: 200}},
			why: "The answer to GET https://api.example.com/a (status 200) has no Access-Control-Allow-Origin header.", change: []string{"Give the page an origin"}, not: "Access-Control"},
		"mixed content": {init: engine.Init{URL: "http://api.example.com/a"},
			why: "The page is secure and http://api.example.com/a is not, which is mixed content.", change: []string{"No header can help"}},
		"port": {init: engine.Init{URL: "https://api.example.com:6000/"},
			why: `https://api.example.com:6000/ has a port, "6000", which browsers do not connect to: it belongs to another protocol.`, change: []string{"No header can help"}},
		"no scheme":        {init: engine.Init{URL: "localhost:3000/a"}, why: "localhost:3000/a has the scheme localhost, which cannot be fetched.", change: []string{"http://localhost:3000/a"}},
		"method forbidden": {init: engine.Init{URL: api, Method: "TRACE"}, why: `fetch() fails before anything is sent: the method "TRACE" is forbidden to script.`, change: []string{"Nothing on the server can help"}},
		"CORP": {init: engine.Init{API: "img", URL: api}, answers: answers{{Status: 200, Headers: headers("Cross-Origin-Resource-Policy", "same-origin")}},
			why: "The answer to GET https://api.example.com/a (status 200) has Cross-Origin-Resource-Policy: same-origin, which keeps it from pages of https://app.example.com.", change: []string{"`Cross-Origin-Resource-Policy: same-site`"}},

		"allowed": {init: engine.Init{URL: api}, answers: answers{{Status: 200, Headers: headers(acao, "*")}},
			why: `Access-Control-Allow-Origin is "*" on the answer of https://api.example.com/a, which lets a page of https://app.example.com read it.`},
		"same origin": {init: engine.Init{URL: "/a"}, answers: answers{{Status: 200}}, why: "https://app.example.com/a is not of another origin, so that CORS has no say."},
		"no-cors": {init: engine.Init{URL: api, Mode: "no-cors"}, answers: answers{{Status: 200}},
			why: "The request has mode no-cors: it goes through, and its response is opaque, so that script can read nothing of it, not even its status."},
		"manual":  {init: engine.Init{URL: "/a", Redirect: "manual"}, answers: answers{{Status: 302, Headers: headers("Location", "/b")}}, why: "The request has redirect mode manual: script learns that there was a redirect, and not where to."},
		"element": {init: engine.Init{API: "script", URL: api}, answers: answers{{Status: 200, Headers: headers("Content-Type", "text/javascript")}}, why: "The script loads without CORS: the element asks in mode no-cors, and script cannot look into it."},
		"a warning": {init: engine.Init{URL: api, Headers: headers("Authorization", "t")}, browser: Firefox153,
			answers: answers{{Status: 204, Headers: headers(acao, "*", acah, "*")}, {Status: 200, Headers: headers(acao, "*")}},
			why:     `Access-Control-Allow-Origin is "*" on the answer of https://api.example.com/a, which lets a page of https://app.example.com read it.`, change: []string{"List Authorization by name"}},
	} {
		t.Run(name, func(t *testing.T) {
			page := engine.Page{Origin: origin.NewOpaque()}
			if test.page == "" {
				page.URL, _ = origin.ParseURL(app+"/", nil)
				page.Origin = page.URL.Origin()
			}
			if test.browser == nil {
				test.browser = Chromium156
			}
			n := 0
			r := test.browser.UserAgent().Do(page, test.init, engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) {
				n++
				return &test.answers[n-1], nil
			}))
			e := Explain(page, test.init, r)
			checkWords(t, name, e)
			if e.Why != test.why {
				t.Errorf("why:\n%s, want\n%s", e.Why, test.why)
			}
			all, at := strings.Join(e.Change, "\n"), 0
			for _, want := range test.change {
				i := strings.Index(all[at:], want)
				if i < 0 {
					t.Fatalf("%q is not in what is left of the advice:\n%s", want, all)
				}
				at += i + len(want)
			}
			if test.change == nil && all != "" {
				t.Errorf("advice on what is allowed:\n%s", all)
			}
			if test.not != "" && strings.Contains(all, test.not) {
				t.Errorf("%q is in the advice:\n%s", test.not, all)
			}
		})
	}
}

func TestHiddenHeaders(t *testing.T) {
	page := engine.Page{Origin: origin.MustParse("https://app.example.com")}
	head := fetchspec.Headers{
		{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Expose-Headers", Value: "etag"}, {Name: "ETag", Value: "a"},
		{Name: "Mcp-Session-Id", Value: "1"}, {Name: "Content-Type", Value: "text/plain"}, {Name: "Set-Cookie", Value: "a=b"}, {Name: "Mcp-Session-Id", Value: "2"},
	}
	network := engine.NetworkFunc(func(*fetchspec.Request) (*fetchspec.Response, error) {
		return &fetchspec.Response{Status: 200, Headers: head}, nil
	})
	for mode, want := range map[fetchspec.Mode]string{"cors": "Mcp-Session-Id", "no-cors": "", "same-origin": ""} {
		r := Spec.UserAgent().Do(page, engine.Init{URL: "https://api.example.com/", Mode: mode}, network)
		if got := strings.Join(HiddenHeaders(r), " "); got != want {
			t.Errorf("mode %s: got %q, want %q", mode, got, want)
		}
	}
}
