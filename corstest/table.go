package corstest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/corsim/corsim/fetchspec"
)

// MaxTable is how many cases a table may have.
const MaxTable = 10_000

// Table is a policy, held against a server: each origin asks each route by each method, with each set of headers and in each
// credentials mode.
type Table struct {
	// Origins are the pages' origins, and Routes the URLs, relative to the server's. There must be one of each at least.
	Origins, Routes []string
	// Methods are GET alone where there is none.
	Methods []string
	// Headers are sets of headers, nil for none of them; just that where there is no set.
	Headers []map[string]string
	// Credentials are the credentials modes, the default one where there is none.
	Credentials []fetchspec.Credentials
	// Want says what must become of a case.
	Want func(Case) Want
}

// Run checks each case of the table in a subtest of its own, in parallel. Where any fails, the test prints a matrix of all.
func (tb Table) Run(t *testing.T, s *Server) {
	t.Helper()
	cases, err := tb.cases(s)
	if err != nil {
		t.Fatal(err)
	}
	m := &matrix{table: &tb, cells: map[string]string{}}
	t.Cleanup(func() {
		if m.failed {
			t.Logf("\n%s", m)
		}
	})
	for _, c := range cases {
		t.Run(subtest(&c), func(t *testing.T) {
			t.Parallel()
			err := Check(s, c)
			m.set(&c, err)
			report(t, err)
		})
	}
}

// Check checks all cases of the table. Its error has the matrix, and tells the first failure in full.
func (tb Table) Check(s *Server) error {
	cases, err := tb.cases(s)
	if err != nil {
		return err
	}
	m := &matrix{table: &tb, cells: map[string]string{}}
	var first error
	failed := 0
	for i := range cases {
		err := Check(s, cases[i])
		m.set(&cases[i], err)
		if err != nil {
			failed++
			if first == nil {
				first = err
			}
		}
	}
	if first == nil {
		return nil
	}
	return fmt.Errorf("%d of %d cases are not as wanted\n\n%s\n%w", failed, len(cases), m, first)
}

// cases returns the product.
func (tb *Table) cases(s *Server) ([]Case, error) {
	switch {
	case tb.Want == nil:
		return nil, misuse("the table has no Want", "give it a func(Case) Want, which says of each case whether it is Allow, Block, Unreadable or Unsent")
	case len(tb.Origins) == 0 || len(tb.Routes) == 0:
		return nil, misuse("the table has no Origins or no Routes, and so no cases", "name one of each at least")
	}
	if n := len(tb.Origins) * len(tb.Routes) * len(tb.methods()) * len(tb.headers()) * len(tb.credentials()); n > MaxTable {
		return nil, misuse(fmt.Sprintf("the table has %d cases", n), fmt.Sprintf("make it smaller: %d are the most", MaxTable))
	}
	var cases []Case
	for _, c := range tb.rows() {
		for _, col := range tb.columns() {
			c := Case{Origin: c.Origin, Credentials: c.Credentials, Method: col.Method, URL: col.URL, Header: col.Header}
			c.Want = tb.Want(c)
			if _, err := c.question(s); err != nil {
				return nil, err
			}
			cases = append(cases, c)
		}
	}
	return cases, nil
}

func (tb *Table) methods() []string                    { return orDefault(tb.Methods) }
func (tb *Table) headers() []map[string]string         { return orDefault(tb.Headers) }
func (tb *Table) credentials() []fetchspec.Credentials { return orDefault(tb.Credentials) }

// orDefault returns a list, or one with the zero value alone.
func orDefault[T any](list []T) []T {
	if len(list) == 0 {
		return make([]T, 1)
	}
	return list
}

// rows are who asks: origins and credentials modes.
func (tb *Table) rows() []Case {
	var rows []Case
	for _, o := range tb.Origins {
		for _, mode := range tb.credentials() {
			rows = append(rows, Case{Origin: o, Credentials: mode})
		}
	}
	return rows
}

// columns are what is asked for: routes, methods and headers.
func (tb *Table) columns() []Case {
	var columns []Case
	for _, route := range tb.Routes {
		for _, method := range tb.methods() {
			for _, h := range tb.headers() {
				columns = append(columns, Case{URL: route, Method: method, Header: h})
			}
		}
	}
	return columns
}

// matrix is what became of the cases of a table.
type matrix struct {
	table *Table

	mu     sync.Mutex
	cells  map[string]string
	failed bool
}

// set keeps what became of a case.
func (m *matrix) set(c *Case, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text := short(c.Want)
	if err != nil {
		m.failed = true
		got := "no answer"
		if f, ok := err.(*Failure); ok {
			got = f.problems[0].got
			if n := len(f.problems); n < len(f.all) {
				got += fmt.Sprintf(" in %d of %d", n, len(f.all))
			}
		}
		text = "✗ " + strings.ToUpper(got) + ", want " + text
	}
	m.cells[c.name()] = text
}

// short is a want in a word.
func short(w Want) string {
	switch w {
	case Unreadable:
		return "unreadable"
	case Unsent:
		return "unsent"
	}
	return w.String()
}

// String lays the matrix out: a row for each origin and credentials mode, a column for each route, method and headers.
func (m *matrix) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	columns := m.table.columns()
	for _, c := range columns {
		fmt.Fprintf(w, "\t%s %s%s", c.method(), c.URL, c.suffix())
	}
	fmt.Fprintln(w)
	for _, r := range m.table.rows() {
		fmt.Fprintf(w, "%s%s", r.Origin, r.suffix())
		for _, c := range columns {
			c.Origin, c.Credentials = r.Origin, r.Credentials
			fmt.Fprintf(w, "\t%s", m.cells[c.name()])
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}
