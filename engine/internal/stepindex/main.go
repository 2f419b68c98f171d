// Command stepindex lists the numbered steps of the Fetch standard's algorithms that the engine follows, each with a
// short hash of its text, so that a test can tell a step number that rotted from one that is right.
//
//	go run ./engine/internal/stepindex fetch.bs > engine/testdata/steps.txt
//
// Its input is the standard's Bikeshed source, https://github.com/whatwg/fetch/blob/main/fetch.bs.
package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// algorithms maps the anchor of an algorithm in the standard to the name that comments and traces use.
var algorithms = map[string]string{
	"concept-main-fetch":                                         "main-fetch",
	"concept-scheme-fetch":                                       "scheme-fetch",
	"concept-http-fetch":                                         "http-fetch",
	"concept-http-redirect-fetch":                                "http-redirect-fetch",
	"concept-http-network-or-cache-fetch":                        "http-network-or-cache-fetch",
	"cors-preflight-fetch-0":                                     "cors-preflight-fetch",
	"concept-cors-check":                                         "cors-check",
	"cross-origin-resource-policy-internal-check":                "corp-internal-check",
	"cors-safelisted-request-header":                             "safelisted-request-header",
	"forbidden-header-name":                                      "forbidden-request-header",
	"dom-request":                                                "request-constructor",
	"dom-global-fetch":                                           "fetch-method",
	"append-a-request-origin-header":                             "append-origin-header",
	"concept-headers-append":                                     "headers-append",
	"extract-header-list-values":                                 "extract-header-list-values",
	"determine-the-network-partition-key":                        "network-partition-key",
	"cors-unsafe-request-header-names":                           "cors-unsafe-request-header-names",
	"concept-bodyinit-extract":                                   "bodyinit-extract",
	"concept-cache-create-entry":                                 "cache-create-entry",
	"should-response-to-request-be-blocked-due-to-nosniff?":      "nosniff",
	"block-bad-port":                                             "block-bad-port",
	"concept-request-tainted-origin":                             "redirect-taint",
	"cross-origin-resource-policy-check":                         "corp-check",
	"should-response-to-request-be-blocked-due-to-mime-type?":    "mime-type-block",
	"should-internalresponse-to-request-be-blocked-due-to-mime?": "mime-type-block",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("stepindex: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: stepindex fetch.bs")
	}
	f, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(os.Stdout)
	if err := index(w, f); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}

func index(w io.Writer, r io.Reader) error {
	doc, err := html.Parse(r)
	if err != nil {
		return err
	}
	var pending string
	seen := map[string]bool{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if name, ok := algorithms[anchor(n)]; ok && !seen[name] {
				pending = name
			}
			if n.DataAtom == atom.Ol && pending != "" {
				seen[pending] = true
				steps(w, n, pending, "")
				pending = ""
				return
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return nil
}

// anchor returns the element's id, or for a definition without one the id that Bikeshed derives from its text.
func anchor(n *html.Node) string {
	for _, a := range n.Attr {
		if a.Key == "id" {
			return a.Val
		}
	}
	if n.Data == "dfn" {
		return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("`", "", "'", "").Replace(text(n))), "-"))
	}
	return ""
}

// steps writes one line per list item below list: the algorithm, the step's number and a hash of its text.
// Branches of a switch (dl) inside a step are lettered: 12b.1 is the first step of the second branch of step 12.
func steps(w io.Writer, list *html.Node, name, prefix string) {
	i := 0
	for li := list.FirstChild; li != nil; li = li.NextSibling {
		if li.DataAtom != atom.Li {
			continue
		}
		i++
		number := fmt.Sprintf("%s%d", prefix, i)
		sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text(li)), " ")))
		fmt.Fprintf(w, "%s %s %x\n", name, number, sum[:6])
		branches(w, li, name, number)
	}
}

func branches(w io.Writer, n *html.Node, name, number string) {
	branch := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Ol:
			steps(w, c, name, number+".")
		case atom.Dl:
			for d := c.FirstChild; d != nil; d = d.NextSibling {
				if d.DataAtom == atom.Dd {
					branches(w, d, name, fmt.Sprintf("%s%c", number, 'a'+branch%26))
					branch++
				}
			}
		case atom.Div, atom.P:
			branches(w, c, name, number)
		}
	}
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c))
	}
	return b.String()
}
