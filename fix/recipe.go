package fix

import (
	"embed"
	"fmt"
	"go/format"
	"slices"
	"strings"
	"text/template"

	"golang.org/x/tools/txtar"
)

// Recipe writes policies for one kind of server.
type Recipe struct {
	// Name is what it is asked for by, such as "nginx", and Title its name for people.
	Name, Title string
	// Proved is what the recipe was proved with, empty where it is not machine-checked.
	Proved string
	// Checked is what was done with a recipe that is not proved, such as "parsed as Java"; empty for nothing.
	Checked string
	// comment is what a comment starts with.
	comment string
	// format puts text into its language's usual form; it may be nil.
	format func([]byte) ([]byte, error)
	// check reports what of a valid policy the server cannot do; it may be nil.
	check func(*Policy) error
}

// Part is a piece of configuration or code, and where it goes.
type Part struct {
	Where, Text string
}

var recipes = []Recipe{
	{Name: "nginx", Title: "nginx", Proved: "nginx 1.22", comment: "#"},
	{Name: "apache", Title: "Apache", Proved: "Apache 2.4", comment: "#"},
	{Name: "caddy", Title: "Caddy", Proved: "Caddy 2.6", comment: "#"},
	{Name: "haproxy", Title: "HAProxy", Proved: "HAProxy 2.6", comment: "#"},
	{Name: "traefik", Title: "Traefik 3", Proved: "the headers middleware of Traefik 3.6", comment: "#"},
	{Name: "envoy", Title: "Envoy", Checked: "read with Envoy's own types", comment: "#"},
	{Name: "express", Title: "Express", Proved: "Express 5.3.0 with cors 2.8.6", comment: "//"},
	{Name: "fastapi", Title: "FastAPI and Starlette", Proved: "FastAPI 0.92 with Starlette 0.26", comment: "#"},
	{Name: "spring", Title: "Spring", Checked: "parsed as Java", comment: "//"},
	{Name: "aspnet", Title: "ASP.NET Core", comment: "//"},
	{Name: "rs-cors", Title: "Go with rs/cors", Proved: "rs/cors 1.11.1", comment: "//", format: format.Source},
	{Name: "go", Title: "Go with net/http alone", Proved: "Go 1.26", comment: "//", format: format.Source},
	{Name: "s3", Title: "Amazon S3", Checked: "read with the AWS SDK's types", comment: "#", check: onlyMethods("Amazon S3", "GET", "HEAD", "POST", "PUT", "DELETE")},
	{Name: "cloudfront", Title: "Amazon CloudFront", Checked: "read with the AWS SDK's types, and its function run", comment: "#", check: onlyMethods("Amazon CloudFront", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")},
	{Name: "api-gateway", Title: "Amazon API Gateway, HTTP APIs", Checked: "read with the AWS SDK's types", comment: "#", check: onlyMethods("Amazon API Gateway", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")},
}

// Recipes returns all recipes.
func Recipes() []Recipe { return slices.Clone(recipes) }

// onlyMethods refuses policies with methods that a server does not know.
func onlyMethods(server string, methods ...string) func(*Policy) error {
	return func(p *Policy) error {
		for _, m := range p.Methods {
			if !slices.Contains(methods, m) {
				return &PolicyError{"Methods", fmt.Sprintf("%s cannot allow %s; it takes %s", server, m, strings.Join(methods, ", "))}
			}
		}
		return nil
	}
}

//go:embed recipes
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	// A valid policy has nothing that any of the languages would escape.
	"quoted": func(items []string) string { return quoted(items, `"`) },
	"single": func(items []string) string { return quoted(items, "'") },
	"join":   func(items []string) string { return strings.Join(items, ", ") },
}).ParseFS(files, "recipes/*.txt"))

func quoted(items []string, mark string) string {
	if len(items) == 0 {
		return ""
	}
	return mark + strings.Join(items, mark+", "+mark) + mark
}

// written is a policy as templates see it.
type written struct {
	*Policy
}

// Place names the place on the server.
func (w written) Place() string {
	if w.Path == "" {
		return "/"
	}
	return w.Path
}

// Allowed is what to list for servers that refuse methods which are not listed: those that need no permission too.
func (w written) Allowed() []string {
	all := []string{"GET", "HEAD", "POST"}
	for _, m := range w.Methods {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

// MapBucket is the size that nginx's map needs for an origin that is too long for the default one, and 0 otherwise.
func (w written) MapBucket() int {
	longest := 0
	for _, o := range w.Origins {
		longest = max(longest, len(o))
	}
	size := 64
	for size < longest+26 {
		size *= 2
	}
	if size == 64 {
		return 0
	}
	return size
}

// Parts writes a policy for the server: what goes into its configuration or code, place by place. The error is a *[PolicyError].
func (r *Recipe) Parts(p Policy) ([]Part, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if r.check != nil {
		if err := r.check(&p); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, r.Name+".txt", written{&p}); err != nil {
		return nil, err
	}
	var parts []Part
	for _, f := range txtar.Parse([]byte(b.String())).Files {
		text := f.Data
		if r.format != nil {
			var err error
			if text, err = r.format(text); err != nil {
				return nil, err
			}
		}
		parts = append(parts, Part{f.Name, string(text)})
	}
	return parts, nil
}

// Note says how sure the recipe is: what it was proved with, or that it is not machine-checked, and what was checked of it.
func (r *Recipe) Note() string {
	switch {
	case r.Proved != "":
		return "proved with " + r.Proved
	case r.Checked != "":
		return "not machine-checked, only " + r.Checked
	}
	return "not machine-checked"
}

// Write writes a policy for the server as text for people, with comments that say where each part goes.
func (r *Recipe) Write(p Policy) (string, error) {
	parts, err := r.Parts(p)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s; %s.\n", r.comment, r.Title, r.Note())
	for _, part := range parts {
		fmt.Fprintf(&b, "\n%s Goes %s:\n\n%s", r.comment, part.Where, part.Text)
	}
	return b.String(), nil
}
