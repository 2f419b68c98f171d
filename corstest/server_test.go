package corstest_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/corsim/corsim/corstest"
	"github.com/corsim/corsim/personality"
)

// listen returns a server that stands for the one in memory and is asked over the network.
func listen(t *testing.T, h http.Handler) *corstest.Server {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return corstest.Standing(server.URL, corstest.DefaultURL)
}

func TestStandingServer(t *testing.T) {
	host := ""
	s := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		things(w, r)
	}))
	page := s.Page(t, app)
	page.Put("/things/1").WithCredentials().MustBeAllowed()
	if host != "api.example.com" {
		t.Errorf("the server is asked as %s", host)
	}
	page.Patch("/things/1").MustNotBeSent()
}

// TestBaseURL asks a httptest.Server under its own URL: a secure page may ask loopback, but for WebKit's.
func TestBaseURL(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(things))
	defer server.Close()
	corstest.At(server.URL).In(personality.Chromium156, personality.Firefox153).Page(t, app).Get("/things").MustBeAllowed()
	f := try(func(tb testing.TB) {
		corstest.At(server.URL).In(personality.WebKit250).Page(tb, app).Get("/things").MustBeAllowed()
	})
	if !strings.Contains(f.said(), "mixed content") {
		t.Errorf("got %s", f.said())
	}
}
