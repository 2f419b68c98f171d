package requestform

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// Code writes the code of a page that makes a request: script, or the HTML of an element.
func Code(init engine.Init) string {
	switch init.API {
	case fetchspec.APIXHR:
		return xhrCode(init)
	case fetchspec.APIEventSource:
		options := ""
		if init.Credentials == fetchspec.CredentialsInclude {
			options = ", {withCredentials: true}"
		}
		return fmt.Sprintf("const source = new EventSource(%s%s);\n", js(init.URL), options)
	case fetchspec.APIFont:
		return fmt.Sprintf("await new FontFace(\"font\", %s).load();\n", js("url("+cssString(init.URL)+")"))
	}
	if init.API.IsElement() {
		return elementCode(init)
	}
	return fetchCode(init)
}

// fetchCode leaves out what is fetch's default.
func fetchCode(init engine.Init) string {
	var members []string
	member := func(name, value string) { members = append(members, fmt.Sprintf("  %s: %s,\n", name, value)) }
	for _, m := range []struct{ name, value string }{
		{"method", init.Method}, {"mode", string(init.Mode)}, {"credentials", string(init.Credentials)}, {"redirect", string(init.Redirect)},
	} {
		if m.value != "" && !(m.name == "method" && m.value == "GET") {
			member(m.name, js(m.value))
		}
	}
	if len(init.Headers) > 0 {
		var pairs strings.Builder
		for _, h := range init.Headers {
			fmt.Fprintf(&pairs, "    [%s, %s],\n", js(h.Name), js(h.Value))
		}
		member("headers", "[\n"+pairs.String()+"  ]")
	}
	if init.BodyKind != engine.BodyNone {
		member("body", bodyCode(init.Body))
	}
	if len(members) == 0 {
		return fmt.Sprintf("const response = await fetch(%s);\n", js(init.URL))
	}
	return fmt.Sprintf("const response = await fetch(%s, {\n%s});\n", js(init.URL), strings.Join(members, ""))
}

func xhrCode(init engine.Init) string {
	method := init.Method
	if method == "" {
		method = "GET"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "const xhr = new XMLHttpRequest();\nxhr.open(%s, %s);\n", js(method), js(init.URL))
	for _, h := range init.Headers {
		fmt.Fprintf(&b, "xhr.setRequestHeader(%s, %s);\n", js(h.Name), js(h.Value))
	}
	if init.Credentials == fetchspec.CredentialsInclude {
		b.WriteString("xhr.withCredentials = true;\n")
	}
	if init.UploadListener {
		b.WriteString("xhr.upload.onprogress = (event) => console.log(event.loaded);\n")
	}
	body := ""
	if init.BodyKind != engine.BodyNone {
		body = bodyCode(init.Body)
	}
	fmt.Fprintf(&b, "xhr.send(%s);\n", body)
	return b.String()
}

// bodyCode writes a body: as a string, or as bytes where it is no text.
func bodyCode(body string) string {
	if utf8.ValidString(body) {
		return js(body)
	}
	numbers := make([]string, len(body))
	for i := range len(body) {
		numbers[i] = fmt.Sprint(body[i])
	}
	return "new Uint8Array([" + strings.Join(numbers, ", ") + "])"
}

// js writes a string of JavaScript, that is safe inside of a script element too.
func js(s string) string {
	var quoted, b strings.Builder
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has a form
	for _, r := range strings.TrimSuffix(quoted.String(), "\n") {
		if r == '<' || 0x7F <= r && r <= 0x9F {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cssString writes a string of CSS.
func cssString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\a `).Replace(s) + `"`
}

// elements is the HTML of the elements that load something, less their attributes.
var elements = map[fetchspec.API]struct{ tag, url, attributes, end string }{
	fetchspec.APIScript:     {"script", "src", "", "</script>"},
	fetchspec.APIModule:     {"script", "src", ` type="module"`, "</script>"},
	fetchspec.APIImage:      {"img", "src", "", ""},
	fetchspec.APIStylesheet: {"link", "href", ` rel="stylesheet"`, ""},
	fetchspec.APIVideo:      {"video", "src", "", "</video>"},
	fetchspec.APIAudio:      {"audio", "src", "", "</audio>"},
	fetchspec.APIPreload:    {"link", "href", ` rel="preload"`, ""},
}

func elementCode(init engine.Init) string {
	e := elements[init.API]
	var b strings.Builder
	fmt.Fprintf(&b, "<%s%s", e.tag, e.attributes)
	attribute := func(name string, value *string) {
		if value != nil {
			fmt.Fprintf(&b, ` %s="%s"`, name, html.EscapeString(*value))
		}
	}
	attribute("as", init.As)
	attribute("crossorigin", init.CrossOrigin)
	attribute(e.url, &init.URL)
	b.WriteString(">" + e.end + "\n")
	return b.String()
}
