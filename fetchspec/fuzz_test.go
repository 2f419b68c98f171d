package fetchspec_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/fetchspec"
)

// goldenValues are the header values in the goldens.
func goldenValues(f *testing.F) []string {
	files, err := filepath.Glob("../testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d goldens: %v", len(files), err)
	}
	header := regexp.MustCompile(`(?m)^(?:Access-Control-|Content-Type|Accept|Range|X-)[\w-]*: (.*)$`)
	var values []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, m := range header.FindAllStringSubmatch(string(data), -1) {
			values = append(values, m[1])
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// FuzzExtractTokens holds that what is extracted are the tokens between the commas, in order, and that several lines are
// as good as one.
func FuzzExtractTokens(f *testing.F) {
	for _, v := range goldenValues(f) {
		f.Add(v, "")
	}
	f.Add("a,, b ,\t", " c")
	f.Add("b@d", "*")
	const name = "Access-Control-Allow-Headers"
	f.Fuzz(func(t *testing.T, first, second string) {
		two := fetchspec.ExtractTokens(fetchspec.Headers{{Name: name, Value: first}, {Name: strings.ToUpper(name), Value: second}}, name)
		one := fetchspec.ExtractTokens(fetchspec.Headers{{Name: name, Value: first + "," + second}}, name)
		if !slices.Equal(one.Items, two.Items) || one.Invalid != two.Invalid || one.Offender != two.Offender {
			t.Errorf("two lines give %+v, and one gives %+v", two, one)
		}
		var want []string
		invalid := false
		for _, item := range strings.Split(first+","+second, ",") {
			switch item = strings.Trim(item, " \t"); {
			case item == "":
			case fetchspec.IsToken(item):
				want = append(want, item)
			default:
				invalid = true
			}
		}
		if !slices.Equal(two.Items, want) || two.Invalid != invalid || !two.Present {
			t.Errorf("%q and %q give %+v, want %q, invalid %v", first, second, two, want, invalid)
		}
		for _, item := range want {
			if !two.Contains(item) || !two.ContainsFold(strings.ToUpper(item)) {
				t.Errorf("%+v does not contain %q", two, item)
			}
		}
	})
}

// FuzzGetDecodeSplit holds that splitting loses nothing but white space and commas, and is done once it is done.
func FuzzGetDecodeSplit(f *testing.F) {
	for _, v := range goldenValues(f) {
		f.Add(v)
	}
	f.Add(`a, "b, c" , "d\",e`)
	f.Fuzz(func(t *testing.T, value string) {
		parts := fetchspec.GetDecodeSplit(value)
		if again := fetchspec.GetDecodeSplit(strings.Join(parts, ",")); !slices.Equal(parts, again) {
			t.Errorf("%q splits into %q, and that into %q", value, parts, again)
		}
		squeeze := strings.NewReplacer(" ", "", "\t", "", ",", "")
		if squeeze.Replace(strings.Join(parts, "")) != squeeze.Replace(value) {
			t.Errorf("%q splits into %q", value, parts)
		}
	})
}

// FuzzParseMIMEType holds that what was parsed is serialized as something that parses to the same.
func FuzzParseMIMEType(f *testing.F) {
	for _, v := range goldenValues(f) {
		f.Add(v)
	}
	f.Add(`Text/Plain ; Charset="a\"b" ;; x=y`)
	f.Fuzz(func(t *testing.T, value string) {
		m, ok := fetchspec.ParseMIMEType(value)
		if !ok {
			return
		}
		again, ok := fetchspec.ParseMIMEType(m.String())
		if !ok || again.Essence != m.Essence || !slices.Equal(again.Parameters, m.Parameters) {
			t.Errorf("%q is %+v, serialized %q, which is %+v", value, m, m, again)
		}
	})
}
