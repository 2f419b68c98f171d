package corstest

import (
	"fmt"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// Failure says that a server does not behave as a case wants. It is the error of [Check].
type Failure struct {
	Case     Case
	problems []*problem
	// all are the visits in all browsers.
	all []*Visit
}

// problem is what is not as wanted in one browser.
type problem struct {
	visit *Visit
	// got is what became of the request, and want what it must be, where that is not the case's Want.
	got, want string
	// why and change explain it.
	why    string
	change []string
}

// Visits returns what became of the request in the browsers where that is not as wanted.
func (f *Failure) Visits() []*Visit {
	var visits []*Visit
	for _, p := range f.problems {
		visits = append(visits, p.visit)
	}
	return visits
}

// Unwrap returns the blocks of the browsers, so that errors.As finds an [*engine.Block].
func (f *Failure) Unwrap() []error {
	var blocks []error
	for _, p := range f.problems {
		if b := p.visit.Result.Block; b != nil {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// Error tells what became of the request and why: the step that decided, the lines on the console, what went over the wire,
// and what to change. What is the same in several browsers is told once.
func (f *Failure) Error() string {
	var b strings.Builder
	for i, group := range f.groups() {
		if i > 0 {
			b.WriteString("\n")
		}
		f.tell(&b, group)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// groups puts together the problems that differ by the console alone.
func (f *Failure) groups() [][]*problem {
	var groups [][]*problem
	index := map[string]int{}
	for _, p := range f.problems {
		key := p.got + "\x00" + p.why + "\x00" + exchanges(p.visit.Result) + strings.Join(p.change, "\x00")
		if b := p.visit.Result.Block; b != nil {
			key += string(b.Step)
		}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

func (f *Failure) tell(b *strings.Builder, group []*problem) {
	p := group[0]
	var browsers []string
	for _, g := range group {
		browsers = append(browsers, g.visit.Browser.Name)
	}
	want := p.want
	if want == "" {
		want = "want " + f.Case.Want.String()
	}
	fmt.Fprintf(b, "%v: %s in %s; %s\n", f.Case, p.got, strings.Join(browsers, ", "), want)
	if p.why != "" {
		fmt.Fprintf(b, "  %s\n", p.why)
	}
	if block := p.visit.Result.Block; block != nil {
		fmt.Fprintf(b, "  decided by %s, %s\n", block.Step, block.Step.Link())
		for _, g := range group {
			if lines := g.visit.Console(); len(lines) > 0 {
				fmt.Fprintf(b, "  console of %s\n", g.visit.Browser.Name)
				for _, l := range lines {
					fmt.Fprintf(b, "    %s\n", strings.ReplaceAll(l, "\n", "\n    "))
				}
			}
		}
	}
	fmt.Fprintf(b, "  exchange\n%s", exchanges(p.visit.Result))
	if len(p.change) > 0 {
		b.WriteString("  change\n")
		for _, c := range p.change {
			fmt.Fprintf(b, "    - %s\n", c)
		}
	}
}

// exchanges tells what went over the wire.
func exchanges(r *engine.Result) string {
	if len(r.Exchanges) == 0 {
		return "    (nothing is sent)\n"
	}
	var b strings.Builder
	for i := range r.Exchanges {
		tellExchange(&b, &r.Exchanges[i])
	}
	return b.String()
}

func tellExchange(b *strings.Builder, e *engine.Exchange) {
	fmt.Fprintf(b, "    %s %s\n", e.Request.Method, e.Request.WireURL())
	tellHeaders(b, e.Request.Headers, "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Cookie")
	if e.Response == nil {
		fmt.Fprintf(b, "    <- no answer: %v\n", e.Err)
		return
	}
	fmt.Fprintf(b, "    <- %s\n", strings.TrimSpace(fmt.Sprint(e.Response.Status, " ", e.Response.StatusMessage)))
	tellHeaders(b, e.Response.Headers, "Access-Control-", "Vary", "Location", "Allow", "WWW-Authenticate", "Cross-Origin-Resource-Policy")
}

// tellHeaders tells the headers whose names start as given, in that order: browsers send them in orders of their own.
func tellHeaders(b *strings.Builder, headers fetchspec.Headers, names ...string) {
	for _, name := range names {
		for _, h := range headers {
			if len(h.Name) >= len(name) && fetchspec.EqualFold(h.Name[:len(name)], name) {
				fmt.Fprintf(b, "       %s: %s\n", h.Name, h.Value)
			}
		}
	}
}
