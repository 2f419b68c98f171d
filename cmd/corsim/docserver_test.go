package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// serveDocs starts what answers for http://api.example.com in the examples of documents: a proxy in the environment.
func serveDocs(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		if r.URL.Host != "api.example.com" {
			http.Error(w, "this is no proxy to the world", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/things":
			io.WriteString(w, "[]")
		case r.Method == http.MethodOptions:
			w.Header().Set("Access-Control-Allow-Origin", "http://localhost:3000")
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Access-Control-Allow-Origin", "http://localhost:3000")
			io.WriteString(w, "{}")
		}
	}))
	t.Cleanup(s.Close)
	t.Setenv("HTTP_PROXY", s.URL)
}
