package interop

import (
	"net/http"
)

var netHTTPMiddleware = judged{
	name: "net/http", options: nil,
	policy: func(p Policy) (http.Handler, error) { return cache(http.HandlerFunc(things)), nil },
}

func serveMux(each func(http.Handler) http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /things": things, "PUT /things/{id}": things, "GET /private": failing, "GET /busy": failing, "GET /panics": failing,
	} {
		if each == nil {
			mux.Handle(pattern, h)
		} else {
			mux.Handle(pattern, each(h))
		}
	}
	return mux
}
