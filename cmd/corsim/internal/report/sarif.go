package report

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
)

// sarif writes a log of the Static Analysis Results Interchange Format, 2.1.0, with the results first, one a line, and then
// the rules that they are of. What passes is no result.
//
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type sarif struct {
	*output
	version string
	results int
	rules   []sarifRule
	index   map[string]int
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifText struct {
	Text string `json:"text"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	Help             sarifText `json:"help"`
	HelpURI          string    `json:"helpUri"`
}

type sarifResult struct {
	RuleID     string          `json:"ruleId"`
	RuleIndex  int             `json:"ruleIndex"`
	Kind       string          `json:"kind"`
	Level      string          `json:"level"`
	Message    sarifText       `json:"message"`
	Locations  []sarifLocation `json:"locations"`
	Properties sarifProperties `json:"properties"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	Region *sarifRegion `json:"region,omitempty"`
}

type sarifRegion struct {
	StartLine  int    `json:"startLine,omitempty"`
	ByteOffset *int64 `json:"byteOffset,omitempty"`
	ByteLength int64  `json:"byteLength,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifProperties struct {
	Browsers []string `json:"browsers"`
	Console  []string `json:"console,omitempty"`
	Change   []string `json:"change,omitempty"`
}

func newSARIF(out *output, version string) *sarif {
	out.write(`{"$schema":"` + sarifSchema + `","version":"2.1.0","runs":[{"results":[`)
	return &sarif{output: out, version: version, index: map[string]int{}}
}

// levels are the kind and the level of the results of each kind of finding.
var levels = map[Kind][2]string{Failed: {"fail", "error"}, Warned: {"fail", "warning"}, Unknown: {"open", "none"}}

func (s *sarif) Add(f Finding) {
	level, ok := levels[f.Kind]
	if !ok {
		return
	}
	f = f.printable()
	r := sarifResult{
		RuleID: f.Rule, RuleIndex: s.rule(&f), Kind: level[0], Level: level[1],
		Message:    sarifText{strings.Join(f.Browsers, ", ") + ": " + f.details()},
		Locations:  []sarifLocation{f.location()},
		Properties: sarifProperties{f.Browsers, nil, f.Change},
	}
	if f.Rule != RuleExpectation {
		r.Properties.Console = f.Output
	}
	if s.results > 0 {
		s.write(",")
	}
	s.results++
	s.write("\n" + s.marshal(r))
}

// rule returns the index of the rule that a finding is of. Its help takes the first finding of the rule for an example.
func (s *sarif) rule(f *Finding) int {
	i, ok := s.index[f.Rule]
	if !ok {
		i = len(s.rules)
		s.index[f.Rule] = i
		rule := ruleOf(f.Rule)
		help := append([]string{rule.text, "For example: " + f.Text}, f.Change...)
		s.rules = append(s.rules, sarifRule{f.Rule, sarifText{rule.text}, sarifText{strings.Join(help, "\n")}, rule.uri})
	}
	return i
}

// location is the file, or else the URL.
func (f *Finding) location() sarifLocation {
	l := sarifLocation{Logical: []sarifLogical{{f.Subject, "resource"}}}
	uri := ""
	switch u, err := url.Parse(f.Place.URL); {
	case f.Place.File != "":
		uri = fileURI(f.Place.File)
	case err == nil:
		uri = u.String()
	}
	if uri == "" {
		return l
	}
	l.Physical = &sarifPhysical{}
	l.Physical.Artifact.URI = uri
	if p := &f.Place; p.Length > 0 {
		l.Physical.Region = &sarifRegion{p.Line, &p.Offset, p.Length}
	} else if p.Line > 0 {
		l.Physical.Region = &sarifRegion{StartLine: p.Line}
	}
	return l
}

// fileURI returns the URI of a file: relative where the path is.
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
		if !strings.HasPrefix(u.Path, "/") {
			u.Path = "/" + u.Path // a drive
		}
	}
	return u.String()
}

func (s *sarif) marshal(v any) string {
	text, err := json.Marshal(v)
	if s.err == nil {
		s.err = err
	}
	return string(text)
}

func (s *sarif) Close() error {
	type driver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	if s.rules == nil {
		s.rules = []sarifRule{}
	}
	tool := map[string]driver{"driver": {"corsim", s.version, "https://github.com/corsim/corsim", s.rules}}
	s.write("\n" + `],"columnKind":"utf16CodeUnits","tool":` + s.marshal(tool) + "}]}\n")
	return s.err
}
