package cli

import (
	"bytes"
	"errors"
	"flag"
	"slices"
	"testing"
)

func TestParseFlags(t *testing.T) {
	for _, test := range []struct {
		args []string
		rest []string
		want string
	}{
		{[]string{"a", "-X", "PUT", "b", "--quiet", "c"}, []string{"a", "b", "c"}, ""},
		{[]string{"-XPUT", "--", "--quiet"}, []string{"--quiet"}, ""},
		{[]string{"--quit"}, nil, "there is no flag --quit; did you mean --quiet?"},
		{[]string{"-X"}, nil, "-X has no value after it"},
		{[]string{"-X", "--quiet"}, nil, "-X has no value after it, but the flag --quiet"},
	} {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		method := flags.String("X", "", "")
		flags.Bool("quiet", false, "")
		rest, err := ParseFlags(flags, test.args)
		var u *UsageError
		switch {
		case test.want == "" && (err != nil || !slices.Equal(rest, test.rest) || *method != "PUT"):
			t.Errorf("%q: %q, -X %q, %v; want %q", test.args, rest, *method, err, test.rest)
		case test.want != "" && (!errors.As(err, &u) || u.Message != test.want):
			t.Errorf("%q: %v; want %s", test.args, err, test.want)
		}
	}
}

func TestFail(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&UsageError{Message: "bad", Hint: "do well"}, "corsim check: bad\nhint: do well\n"},
		{errors.New("bad"), "corsim check: bad\nSee corsim help check.\n"},
	} {
		var b bytes.Buffer
		if status := Fail(&b, "corsim", "check", test.err); status != ExitUsage || b.String() != test.want {
			t.Errorf("%v: status %d, %q; want %d, %q", test.err, status, b.String(), ExitUsage, test.want)
		}
	}
}
