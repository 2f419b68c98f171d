package corstest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/personality"
)

// BenchmarkAssertion is an assertion on an in-memory handler, next to the same requests made by hand with httptest: a
// preflight and a PUT, or a GET.
func BenchmarkAssertion(b *testing.B) {
	handler := http.HandlerFunc(things)
	for _, c := range []corstest.Case{
		{Name: "get", Origin: app, URL: "/things"},
		{Name: "put", Origin: app, URL: "/things/1", Method: "PUT", Body: "{}", Header: map[string]string{"Content-Type": "application/json"}},
	} {
		b.Run(c.Name+"/by-hand", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c.Method == "PUT" {
					r := httptest.NewRequest("OPTIONS", corstest.DefaultURL+c.URL, nil)
					r.Header.Set("Origin", app)
					r.Header.Set("Access-Control-Request-Method", c.Method)
					r.Header.Set("Access-Control-Request-Headers", "content-type")
					handler.ServeHTTP(httptest.NewRecorder(), r)
				}
				r := httptest.NewRequest("GET", corstest.DefaultURL+c.URL, strings.NewReader(c.Body))
				r.Header.Set("Origin", app)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Result().Header.Get("Access-Control-Allow-Origin") != app {
					b.Fatal("refused")
				}
			}
		})
		for _, browser := range personality.Browsers() {
			b.Run(c.Name+"/"+browser.Name, func(b *testing.B) {
				s := corstest.New(handler).In(browser)
				b.ReportAllocs()
				for b.Loop() {
					if err := corstest.Check(s, c); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkHandler is the handler alone, whose time the assertions include.
func BenchmarkHandler(b *testing.B) {
	r := httptest.NewRequest("GET", corstest.DefaultURL+"/things", nil)
	r.Header.Set("Origin", app)
	b.ReportAllocs()
	for b.Loop() {
		things(httptest.NewRecorder(), r)
	}
}

// TestAssertionAllocations keeps suites of thousands of assertions fast.
func TestAssertionAllocations(t *testing.T) {
	s := corstest.New(http.HandlerFunc(things)).In(personality.Chromium156)
	c := corstest.Case{Origin: app, URL: "/things/1", Method: "PUT", Body: "{}", Header: map[string]string{"Content-Type": "application/json"}}
	const most = 160
	if got := testing.AllocsPerRun(100, func() {
		if err := corstest.Check(s, c); err != nil {
			t.Fatal(err)
		}
	}); got > most {
		t.Errorf("an assertion with a preflight allocates %v times, want at most %d", got, most)
	}
}
