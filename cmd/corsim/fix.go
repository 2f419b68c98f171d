package main

import (
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"

	"github.com/corsim/corsim/fix"
	"github.com/corsim/corsim/internal/cli"
)

const fixManual = `Usage: corsim fix --from ORIGIN [--from ORIGIN]... [FLAG]... --for SERVER
       corsim fix [--for list] [--json]

Writes a policy of CORS as configuration or code for a server: which origins may do
what. Without --for, or with --for list, it lists the servers, and what each recipe was
proved with. corsim check --fix SERVER writes what one blocked request needs.

  --from ORIGIN        an origin that may read answers, such as
                       https://app.example.com; any number of them, with commas
                       between or with --from again. Or * for every origin, without
                       credentials
  --methods LIST       methods that pages may use, with commas between, such as
                       PUT,DELETE; GET, HEAD and POST need no permission
  --headers LIST       names of request headers that pages may set
  --expose LIST        names of response headers that pages may read, beside those that
                       every page may
  --credentials        requests may have cookies
  --max-age SECONDS    how long browsers may keep the answer to a preflight
  --path PATH          the path that it is for; / if not given. Where a part goes is
                       said with it
  --for SERVER         what to write it for
  --json               for programs: one JSON object, and nothing else. It has server,
                       title, proved (what the recipe was proved with, empty where it
                       is not machine-checked), checked (what was checked of it then,
                       or empty), policy (an object with path, origins, methods,
                       headers, expose, credentials and maxAge, in seconds), parts (a
                       list of objects with where and text: what goes into one place
                       each), and text, which is what is printed without --json. With
                       --for list, a list of objects with server, title, proved and
                       checked. Members keep their names and meaning; others may come

In all that it writes, origins are compared as a whole, preflights are answered before
authentication, errors have the headers too, and caches are told with Vary. It refuses
the origin null, and every origin with credentials.

Exit status: 0, or 2 if something is wrong with the arguments.

Examples:

  corsim fix --from https://app.example.com --methods PUT --headers Content-Type --for nginx
  corsim fix --from https://app.example.com --from http://localhost:3000 \
    --credentials --for express
`

// fixCommand is corsim fix.
func fixCommand(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	var p fix.Policy
	var server string
	var asJSON bool
	flags := flag.NewFlagSet("fix", flag.ContinueOnError)
	list := func(name string, to *[]string) {
		flags.Func(name, "", func(s string) error { *to = append(*to, commas(s)...); return nil })
	}
	list("from", &p.Origins)
	list("methods", &p.Methods)
	list("headers", &p.Headers)
	list("expose", &p.Expose)
	flags.BoolVar(&p.Credentials, "credentials", false, "")
	flags.Func("max-age", "", func(s string) (err error) {
		if p.MaxAge, err = strconv.Atoi(s); err != nil {
			return errors.New("want a number of seconds")
		}
		return nil
	})
	flags.StringVar(&p.Path, "path", "/", "")
	flags.StringVar(&server, "for", "", "")
	flags.BoolVar(&asJSON, "json", false, "")
	rest, err := cli.ParseFlags(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, fixManual)
		return exitOK
	}
	if err == nil && len(rest) > 0 {
		hint := "lists have commas between, and no spaces: --methods PUT,DELETE"
		if _, err := findRecipe("", rest[0]); err == nil {
			hint = "write --for " + rest[0]
		}
		err = &cli.UsageError{Message: "there is an argument that is no flag, " + quote(rest[0]), Hint: hint}
	}
	if err == nil && server == "" && flags.NFlag() > 0 && (!asJSON || flags.NFlag() > 1) {
		err = &cli.UsageError{Message: "there is no --for; want the server to write for", Hint: "corsim fix lists them"}
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "fix", err)
	}
	if server == "" || server == "list" {
		err = writeRecipes(stdout, asJSON)
	} else {
		var recipe *fix.Recipe
		if recipe, err = findRecipe("--for", server); err == nil {
			err = writePolicy(stdout, recipe, p, asJSON)
		}
	}
	var wrong *fix.PolicyError
	if errors.As(err, &wrong) {
		err = cli.BadUsage("%s: %s", policyFlags[wrong.Field], wrong.Message)
	}
	if err != nil {
		return cli.Fail(stderr, "corsim", "fix", err)
	}
	return exitOK
}

// policyFlags are the flags that fields of a policy come from.
var policyFlags = map[string]string{
	"Path": "--path", "Origins": "--from", "Methods": "--methods", "Headers": "--headers", "Expose": "--expose", "MaxAge": "--max-age",
}

// commas splits a list at its commas.
func commas(list string) []string {
	var items []string
	for item := range strings.SplitSeq(list, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

// findRecipe returns the recipe of a name, which a flag has.
func findRecipe(flag, name string) (*fix.Recipe, error) {
	var names []string
	for _, r := range fix.Recipes() {
		if r.Name == name {
			return &r, nil
		}
		names = append(names, r.Name)
	}
	return nil, cli.BadUsage("%s is %s%s", flag, quote(name), cli.DidYouMean(name, names))
}
