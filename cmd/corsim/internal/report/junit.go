package report

import (
	"encoding/xml"
	"strings"
)

// jUnit writes JUnit's XML as CI servers read it: a suite for each subject, with a case for each browser. Warnings are the
// suite's output.
type jUnit struct {
	*output
	suite *suite
	// warnings are those about the suite's subject.
	warnings strings.Builder
}

type suite struct {
	XMLName  xml.Name   `xml:"testsuite"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testCase `xml:"testcase"`
	Out      *chars     `xml:"system-out"`
}

type testCase struct {
	Name      string   `xml:"name,attr"`
	ClassName string   `xml:"classname,attr"`
	File      string   `xml:"file,attr,omitempty"`
	Line      int      `xml:"line,attr,omitempty"`
	Failure   *failure `xml:"failure"`
	Skipped   *failure `xml:"skipped"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	chars
}

// chars is text, escaped, with its line breaks as they are: encoding/xml writes each as a reference.
type chars struct {
	Text string `xml:",innerxml"`
}

func escaped(text string) chars {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // into a Builder, which never fails
	return chars{strings.ReplaceAll(b.String(), "&#xA;", "\n")}
}

func newJUnit(out *output) *jUnit {
	out.write(xml.Header + "<testsuites name=\"corsim\">\n")
	return &jUnit{output: out}
}

func (j *jUnit) Add(f Finding) {
	f = f.printable()
	if j.suite != nil && j.suite.Name != f.Subject {
		j.flush()
	}
	if j.suite == nil {
		j.suite = &suite{Name: f.Subject}
	}
	s, who := j.suite, strings.Join(f.Browsers, ", ")
	if f.Kind == Warned {
		j.warnings.WriteString(f.Rule + " in " + who + "\n" + f.details() + "\n")
		return
	}
	c := testCase{Name: who, ClassName: f.Subject, File: f.Place.File, Line: f.Place.Line}
	switch f.Kind {
	case Failed:
		s.Failures++
		c.Failure = &failure{f.headline(), f.Rule, escaped(f.details())}
	case Unknown:
		s.Skipped++
		c.Skipped = &failure{Message: f.Text}
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// headline is what a list of failures shows of one: the first line of the console, or else what was found, and what to
// change.
func (f *Finding) headline() string {
	line := f.Text
	if len(f.Output) > 0 && f.Rule != RuleExpectation {
		line = f.Output[0]
	}
	if len(f.Change) > 0 {
		line += " - Change: " + f.Change[0]
	}
	return line
}

func (j *jUnit) flush() {
	if j.suite == nil {
		return
	}
	if j.warnings.Len() > 0 {
		out := escaped(j.warnings.String())
		j.suite.Out = &out
	}
	text, err := xml.MarshalIndent(j.suite, "  ", "  ")
	if j.err == nil {
		j.err = err
	}
	j.write(string(text) + "\n")
	j.suite = nil
	j.warnings.Reset()
}

func (j *jUnit) Close() error {
	j.flush()
	j.write("</testsuites>\n")
	return j.err
}
