// Command traefik serves an application behind Traefik's headers middleware, set up by a dynamic configuration: Traefik's own
// code, without the rest of Traefik, which takes minutes to build.
package main

import (
	"context"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/traefik/paerser/file"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/middlewares/headers"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: traefik ADDRESS APPLICATION NOBODY FILE; three addresses and a YAML file")
	}
	address, application, nobody := os.Args[1], os.Args[2], os.Args[3]
	text, err := os.ReadFile(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	var config dynamic.Configuration
	if err := file.DecodeContent(string(text), ".yml", &config); err != nil {
		log.Fatal(err)
	}
	routes := http.NewServeMux()
	routes.Handle("/", to(application))
	routes.Handle("/down", to(nobody))
	routes.HandleFunc("/private", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "private", http.StatusUnauthorized) })
	handler, err := headers.New(context.Background(), routes, *config.HTTP.Middlewares["cors"].Headers, "cors")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(address, handler))
}

// to passes requests on, as Traefik does.
func to(address string) http.Handler {
	return httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
}
