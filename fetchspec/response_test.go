package fetchspec_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/origin"
)

func parseURL(t *testing.T, s string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestFilters(t *testing.T) {
	urls := []*origin.URL{parseURL(t, "https://a.example/"), parseURL(t, "https://b.example/#f")}
	full := headers("Content-Type: text/plain", "Set-Cookie: a=b", "X-Foo: 1", "x-bar: 2", "Set-Cookie2: c", "X-Foo: 3", "ETag: x", "*: star")
	response := func() *fetchspec.Response {
		return &fetchspec.Response{
			Type: fetchspec.ResponseDefault, Status: 404, StatusMessage: "Gone", Headers: slices.Clone(full), Body: "body",
		}
	}
	for _, tt := range []struct {
		name    string
		filter  func(*fetchspec.Response) *fetchspec.Response
		want    fetchspec.ResponseType
		headers []string
	}{
		{"basic", func(r *fetchspec.Response) *fetchspec.Response { return fetchspec.FilterBasic(r, urls) }, fetchspec.ResponseBasic,
			[]string{"Content-Type: text/plain", "X-Foo: 1", "x-bar: 2", "X-Foo: 3", "ETag: x", "*: star"}},
		{"cors, nothing exposed", func(r *fetchspec.Response) *fetchspec.Response {
			return fetchspec.FilterCORS(r, urls, &fetchspec.List{}, false)
		},
			fetchspec.ResponseCORS, []string{"Content-Type: text/plain"}},
		{"cors, names exposed", func(r *fetchspec.Response) *fetchspec.Response {
			return fetchspec.FilterCORS(r, urls, &fetchspec.List{Items: []string{"x-FOO", "set-cookie", "missing"}}, false)
		}, fetchspec.ResponseCORS, []string{"Content-Type: text/plain", "X-Foo: 1", "X-Foo: 3"}},
		{"cors, * as a name", func(r *fetchspec.Response) *fetchspec.Response {
			return fetchspec.FilterCORS(r, urls, &fetchspec.List{Items: []string{"*"}}, false)
		}, fetchspec.ResponseCORS, []string{"Content-Type: text/plain", "*: star"}},
		{"cors, all exposed", func(r *fetchspec.Response) *fetchspec.Response {
			return fetchspec.FilterCORS(r, urls, &fetchspec.List{}, true)
		},
			fetchspec.ResponseCORS, []string{"Content-Type: text/plain", "X-Foo: 1", "x-bar: 2", "X-Foo: 3", "ETag: x", "*: star"}},
	} {
		in := response()
		out := tt.filter(in)
		if out.Type != tt.want || out.Status != 404 || out.StatusMessage != "Gone" || out.Body != "body" || !slices.Equal(out.URLs, urls) {
			t.Errorf("%s: %+v", tt.name, out)
		}
		if want := headers(tt.headers...); !slices.Equal(out.Headers, want) {
			t.Errorf("%s: headers %v, want %v", tt.name, out.Headers, want)
		}
		if !reflect.DeepEqual(in, response()) {
			t.Errorf("%s: the response itself became %+v", tt.name, in)
		}
	}
	if out := fetchspec.FilterCORS(&fetchspec.Response{Headers: headers("X-Foo: 1")}, nil, &fetchspec.List{}, false); len(out.Headers) > 0 {
		t.Errorf("with nothing to see, script sees %v", out.Headers)
	}
	if out := fetchspec.FilterOpaque(); !reflect.DeepEqual(out, &fetchspec.Response{Type: fetchspec.ResponseOpaque}) {
		t.Errorf("an opaque filtered response tells %+v", out)
	}
	if out := fetchspec.FilterOpaqueRedirect(urls); !reflect.DeepEqual(out, &fetchspec.Response{Type: fetchspec.ResponseOpaqueRedirect, URLs: urls}) {
		t.Errorf("an opaque-redirect filtered response tells %+v", out)
	}
	if out := fetchspec.NetworkError(); !reflect.DeepEqual(out, &fetchspec.Response{Type: fetchspec.ResponseError}) {
		t.Errorf("a network error tells %+v", out)
	}
}

func TestResponseURL(t *testing.T) {
	a, b := parseURL(t, "https://a.example/"), parseURL(t, "https://b.example/")
	for _, tt := range []struct {
		urls       []*origin.URL
		want       *origin.URL
		redirected bool
	}{{nil, nil, false}, {[]*origin.URL{a}, a, false}, {[]*origin.URL{a, b}, b, true}} {
		r := &fetchspec.Response{URLs: tt.urls}
		if r.URL() != tt.want || r.Redirected() != tt.redirected {
			t.Errorf("%v: URL %v, redirected %v", tt.urls, r.URL(), r.Redirected())
		}
	}
}

func TestStatuses(t *testing.T) {
	redirects := []int{301, 302, 303, 307, 308}
	for status := range 1000 {
		if got, want := fetchspec.IsRedirectStatus(status), slices.Contains(redirects, status); got != want {
			t.Errorf("IsRedirectStatus(%d) = %v", status, got)
		}
		if got, want := fetchspec.IsOKStatus(status), status/100 == 2; got != want {
			t.Errorf("IsOKStatus(%d) = %v", status, got)
		}
	}
}

func TestRequest(t *testing.T) {
	a, b := parseURL(t, "https://a.example/"), parseURL(t, "https://b.example/")
	r := &fetchspec.Request{URLs: []*origin.URL{a, b}}
	if r.URL() != a || r.CurrentURL() != b {
		t.Errorf("URL %s, current URL %s", r.URL(), r.CurrentURL())
	}
	for _, tt := range []struct {
		method  string
		headers fetchspec.Headers
		want    bool
	}{
		{"OPTIONS", headers("access-control-request-method: PUT"), true},
		{"OPTIONS", headers("Access-Control-Request-Headers: x"), false},
		{"GET", headers("Access-Control-Request-Method: PUT"), false},
		{"options", headers("Access-Control-Request-Method: PUT"), false},
	} {
		if got := (&fetchspec.Request{Method: tt.method, Headers: tt.headers}).IsPreflight(); got != tt.want {
			t.Errorf("%s %v: IsPreflight is %v", tt.method, tt.headers, got)
		}
	}
	for _, api := range []fetchspec.API{fetchspec.APIScript, fetchspec.APIModule, fetchspec.APIImage, fetchspec.APIStylesheet, fetchspec.APIFont, fetchspec.APIVideo, fetchspec.APIAudio, fetchspec.APIPreload, fetchspec.APIEventSource} {
		if !api.IsElement() {
			t.Errorf("%s is no element", api)
		}
	}
	if fetchspec.APIFetch.IsElement() || fetchspec.APIXHR.IsElement() {
		t.Error("fetch or XMLHttpRequest is an element")
	}
}

func TestPreloadDestination(t *testing.T) {
	for as, want := range map[string]fetchspec.Destination{
		"fetch": "", "FETCH": "", "font": "font", "image": "image", "Script": "script", "style": "style", "track": "track",
	} {
		if d, ok := fetchspec.PreloadDestination(as); !ok || d != want {
			t.Errorf("as=%q is for %q, %t; want %q", as, d, ok, want)
		}
	}
	for _, as := range []string{"", " font", "video", "audio", "document", "empty", "\u017Fcript"} {
		if d, ok := fetchspec.PreloadDestination(as); ok {
			t.Errorf("as=%q is for %q; want none", as, d)
		}
	}
}
