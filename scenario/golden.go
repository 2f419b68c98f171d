package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/corsim/corsim/personality"
)

// Golden is a scenario in a file, with what is expected to come of it: a txtar archive, see [Text], or a JSON object, see
// [Scenario] and [Expectation].
type Golden struct {
	// Name is the name of the file.
	Name     string
	Scenario *Scenario

	data []byte
	// archive is set for the text form, expect for JSON.
	archive *txtar.Archive
	text    *Text
	expect  []expected
}

// Mismatch is an expectation that is not met.
type Mismatch struct {
	// Section is the section of the file: a browser, or trace.
	Section string
	// Line is the line of the file at which the section starts, from 1; 0 in a file in JSON.
	Line int
	// Diff shows the lines that differ, as a unified diff does.
	Diff string
}

// ReadGolden reads a file. Files of more than [MaxSize] bytes are refused.
func ReadGolden(path string) (*Golden, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	return ParseGolden(path, data)
}

// ParseGolden parses the content of a file. What starts with a brace is JSON, all else is the text form. Errors start with
// the name.
func ParseGolden(name string, data []byte) (*Golden, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s: the file is larger than %d MiB, the largest that is taken", name, MaxSize>>20)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, fmt.Errorf("%s: byte %d is NUL: this is a binary file; want a txtar archive or a JSON object", name, i)
	}
	g := &Golden{Name: name, data: data}
	var err error
	if isJSON := bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")); isJSON || filepath.Ext(name) == ".json" {
		err = g.parseJSON()
	} else {
		g.archive = txtar.Parse(data)
		if g.text, err = ParseText(data); err == nil {
			g.Scenario = g.text.Scenario
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

func (g *Golden) parseJSON() error {
	dec := json.NewDecoder(bytes.NewReader(g.data))
	dec.DisallowUnknownFields()
	var file struct {
		Scenario
		Expect json.RawMessage `json:"expect"`
	}
	if err := dec.Decode(&file); err != nil {
		if typ := (*json.UnmarshalTypeError)(nil); errors.As(err, &typ) {
			typ.Field = strings.TrimPrefix(typ.Field, "Scenario.")
		}
		return decodeError(g.data, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is more after the scenario's closing brace; one file is one scenario")
	}
	if err := file.Scenario.Validate(); err != nil {
		return err
	}
	g.Scenario = &file.Scenario
	if file.Expect == nil {
		return nil
	}
	requests := max(1, len(file.Steps))
	var err error
	g.expect, err = decodeExpect(file.Expect, requests)
	return err
}

// Sections returns the names of the sections with expectations, in file order.
func (g *Golden) Sections() []string {
	var names []string
	if g.text != nil {
		for _, s := range g.text.Sections {
			names = append(names, s.Name)
		}
	}
	for _, e := range g.expect {
		names = append(names, e.browser)
	}
	return names
}

// Run evaluates the scenario in a browser. The page is <origin>/ in the text form, and as the exchange format has it in
// JSON, see [Options.Page].
func (g *Golden) Run(browser *personality.Personality) (*Run, error) {
	opt := Options{Trace: browser == personality.Spec}
	if c := g.Scenario.Client; g.text != nil {
		switch {
		case c.Opaque, c.Sandbox:
			opt.Page = embedder.String() + "/"
		case c.Origin != "null":
			opt.Page = c.Origin + "/"
		}
	}
	run, err := Evaluate(g.Scenario, browser, opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.Name, err)
	}
	return run, nil
}

// Check runs the scenario against the expectations for the browsers given, all of them where there is none given. It
// returns those that are not met, and how many were checked. The trace is the standard's.
func (g *Golden) Check(browsers []*personality.Personality) (bad []Mismatch, checked int, err error) {
	err = g.each(browsers, func(section, want, got string) {
		checked++
		if d := diff(g.Name+": "+section, want, got); d != "" {
			bad = append(bad, Mismatch{section, g.line(section), d})
		}
	}, func(e *expected, actual *Expectation) {
		checked++
		if d := diff(g.Name+": expect."+e.browser, e.want.marshal(), actual.marshal()); d != "" {
			bad = append(bad, Mismatch{e.browser, 0, d})
		}
	})
	return bad, checked, err
}

// line returns the line at which a section of the text form starts.
func (g *Golden) line(section string) int {
	for i, line := range bytes.Split(g.data, []byte("\n")) {
		if string(bytes.TrimSpace(line)) == "-- "+section+" --" {
			return i + 1
		}
	}
	return 0
}

// Update returns the file with the expectations for the browsers given, all of them where there is none given, made such
// that they are met. Only sections that exist are changed, and nothing else of the file.
func (g *Golden) Update(browsers []*personality.Personality) ([]byte, error) {
	archive := txtar.Archive{}
	if g.archive != nil {
		archive = txtar.Archive{Comment: g.archive.Comment, Files: slices.Clone(g.archive.Files)}
	}
	expect := slices.Clone(g.expect)
	changed := false
	err := g.each(browsers, func(section, want, got string) {
		if want == got {
			return
		}
		changed = true
		for i := range archive.Files {
			if archive.Files[i].Name == section {
				archive.Files[i].Data = []byte(got)
			}
		}
	}, func(e *expected, actual *Expectation) {
		for i := range expect {
			if expect[i].browser == e.browser && e.want.marshal() != actual.marshal() {
				changed = true
				expect[i].want = *actual
			}
		}
	})
	switch {
	case err != nil:
		return nil, err
	case !changed:
		return g.data, nil
	case g.archive != nil:
		return txtar.Format(&archive), nil
	}
	return replaceExpect(g.data, expect)
}

// each evaluates the scenario for each section of the browsers, and tells what is expected and what came of it.
func (g *Golden) each(browsers []*personality.Personality, text func(section, want, got string), object func(*expected, *Expectation)) error {
	runs := map[*personality.Personality]*Run{}
	run := func(name string) (*Run, error) {
		p := personality.Spec
		if name != traceSection {
			var err error
			if p, err = personality.ByName(name); err != nil {
				return nil, err
			}
		}
		if len(browsers) > 0 && !slices.Contains(browsers, p) {
			return nil, nil
		}
		if runs[p] == nil {
			r, err := g.Run(p)
			if err != nil {
				return nil, err
			}
			runs[p] = r
		}
		return runs[p], nil
	}
	if g.text != nil {
		for _, s := range g.text.Sections {
			r, err := run(s.Name)
			switch {
			case err != nil:
				return err
			case r == nil:
			case s.Name == traceSection:
				text(s.Name, s.Data, r.RenderTrace())
			default:
				text(s.Name, s.Data, r.Render())
			}
		}
	}
	for i := range g.expect {
		r, err := run(g.expect[i].browser)
		if err != nil {
			return err
		}
		if r != nil {
			object(&g.expect[i], g.expect[i].want.actual(r.Verdict(g.Scenario.ID)))
		}
	}
	return nil
}

// replaceExpect puts other expectations into a scenario in JSON, and leaves all else as it is.
func replaceExpect(data []byte, expect []expected) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		if name, ok := key.(string); !ok || !strings.EqualFold(name, "expect") {
			continue
		}
		end := int(dec.InputOffset())
		start := end - len(value)
		var b bytes.Buffer
		b.WriteByte('{')
		for i, e := range expect {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", e.browser, e.want.marshal())
		}
		b.WriteByte('}')
		var out bytes.Buffer
		if bytes.IndexByte(value, '\n') < 0 {
			err = json.Compact(&out, b.Bytes())
		} else {
			err = json.Indent(&out, b.Bytes(), indentation(data[:start]), "  ")
		}
		return slices.Concat(data[:start], out.Bytes(), data[end:]), err
	}
	return data, nil
}

// indentation returns the white space that the last line of data starts with.
func indentation(data []byte) string {
	line := string(data[bytes.LastIndexByte(data, '\n')+1:])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
