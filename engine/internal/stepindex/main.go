// Command stepindex lists the numbered steps of the Fetch standard's algorithms that the engine follows, each with a
// short hash of its text, so that a test can tell a step number that rotted from one that is right.
//
//	go run ./engine/internal/stepindex fetch.bs > engine/testdata/steps.txt
//
// Its input is the standard's Bikeshed source, https://github.com/whatwg/fetch/blob/main/fetch.bs, at the snapshot that
// fetchspec.Snapshot names.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/corsim/corsim/fetchspec"
)

// algorithms maps the anchor of an algorithm in the standard to the name that comments and traces use.
var algorithms = map[string]string{
	"append-a-request-origin-header":                          "append-origin-header",
	"block-bad-port":                                          "block-bad-port",
	"concept-bodyinit-extract":                                "bodyinit-extract",
	"concept-cache-create-entry":                              "cache-create-entry",
	"concept-cors-check":                                      "cors-check",
	"concept-headers-append":                                  "headers-append",
	"concept-http-fetch":                                      "http-fetch",
	"concept-http-network-fetch":                              "http-network-fetch",
	"concept-http-network-or-cache-fetch":                     "http-network-or-cache-fetch",
	"concept-http-redirect-fetch":                             "http-redirect-fetch",
	"concept-main-fetch":                                      "main-fetch",
	"concept-request-tainted-origin":                          "redirect-taint",
	"concept-response-location-url":                           "location-url",
	"concept-scheme-fetch":                                    "scheme-fetch",
	"cors-preflight-fetch-0":                                  "cors-preflight-fetch",
	"cross-origin-embedder-policy-allows-credentials":         "coep-allows-credentials",
	"cross-origin-resource-policy-check":                      "corp-check",
	"cross-origin-resource-policy-internal-check":             "corp-internal-check",
	"dom-request":                                             "request-constructor",
	"should-response-to-request-be-blocked-due-to-mime-type?": "mime-type-block",
	"should-response-to-request-be-blocked-due-to-nosniff?":   "nosniff",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("stepindex: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: stepindex fetch.bs")
	}
	source, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `# The numbered steps of the Fetch standard's algorithms that the engine follows: the algorithm, the step's number, and the
# start of the SHA-256 of its text. An algorithm starts with a line of its name and its anchor in the standard.
#
# From fetch.bs of %s, SHA-256 %x.
# Written by: go run ./engine/internal/stepindex fetch.bs > engine/testdata/steps.txt
`, fetchspec.Snapshot, sha256.Sum256(source))
	if err := index(&out, source, algorithms); err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(out.Bytes()); err != nil {
		log.Fatal(err)
	}
}

// index writes the steps of the algorithms, in the order of the source. It is an error where one of them is not found.
func index(w io.Writer, source []byte, algorithms map[string]string) error {
	doc, err := html.Parse(bytes.NewReader(source))
	if err != nil {
		return err
	}
	x := indexer{w: w}
	pending := ""
	var inside *html.Node // the pending algorithm's element
	missing := map[string]bool{}
	for a := range algorithms {
		missing[a] = true
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if a := anchor(n); missing[a] {
			pending, inside = a, algorithm(n)
		}
		if n.DataAtom == atom.Ol && pending != "" && algorithm(n) == inside {
			delete(missing, pending)
			fmt.Fprintf(w, "\n%s #%s\n", algorithms[pending], pending)
			x.name, pending = algorithms[pending], ""
			x.steps(n, "")
		}
	}
	for a := range missing {
		x.err = errors.Join(x.err, fmt.Errorf("no algorithm #%s with numbered steps", a))
	}
	return x.err
}

// anchor returns the element's id, or for a definition without one the id that Bikeshed derives from its first linking
// text.
func anchor(n *html.Node) string {
	id, lt := "", ""
	for _, a := range n.Attr {
		switch a.Key {
		case "id":
			id = a.Val
		case "lt":
			lt, _, _ = strings.Cut(a.Val, "|")
		}
	}
	if id != "" || n.Data != "dfn" {
		return id
	}
	if lt == "" {
		lt = text(n)
	}
	return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("`", "", "'", "").Replace(lt)), "-"))
}

// algorithm returns the element that marks the algorithm which n is a part of, nil where there is none.
func algorithm(n *html.Node) *html.Node {
	for p := range n.Ancestors() {
		if slices.ContainsFunc(p.Attr, func(a html.Attribute) bool { return a.Key == "algorithm" }) {
			return p
		}
	}
	return nil
}

type indexer struct {
	w    io.Writer
	name string
	err  error
}

// steps writes the items of a list, and what is numbered below them.
func (x *indexer) steps(list *html.Node, prefix string) {
	i := 0
	for li := range list.ChildNodes() {
		if li.DataAtom == atom.Li {
			i++
			x.step(li, fmt.Sprintf("%s%d", prefix, i))
		}
	}
}

// step writes one step and what is numbered below it. The branches of a switch are lettered: 12b.1 is the first step of
// the second branch of step 12.
func (x *indexer) step(n *html.Node, number string) {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text(n)), " ")))
	if _, err := fmt.Fprintf(x.w, "%s %s %x\n", x.name, number, sum[:6]); err != nil {
		x.err = err
	}
	branch := 'a'
	var below func(*html.Node)
	below = func(n *html.Node) {
		for c := range n.ChildNodes() {
			switch {
			case c.DataAtom == atom.Ol:
				x.steps(c, number+".")
			case c.DataAtom == atom.Dl && isSwitch(c):
				for dd := range c.ChildNodes() {
					if dd.DataAtom != atom.Dd {
						continue
					}
					if branch > 'z' {
						x.err = errors.Join(x.err, fmt.Errorf("%s %s has more branches than there are letters", x.name, number))
						return
					}
					x.step(dd, number+string(branch))
					branch++
				}
			case c.DataAtom == atom.Div, c.DataAtom == atom.P:
				below(c)
			}
		}
	}
	below(n)
}

// isSwitch tells a switch from a list of definitions.
func isSwitch(dl *html.Node) bool {
	return slices.ContainsFunc(dl.Attr, func(a html.Attribute) bool {
		return a.Key == "class" && slices.Contains(strings.Fields(a.Val), "switch")
	})
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(text(c))
	}
	return b.String()
}
