package report

import (
	"strconv"
	"strings"
)

// gitHub writes workflow commands, which GitHub Actions shows as annotations. What passes is not mentioned.
//
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
type gitHub struct{ *output }

// commands are the commands of each kind of finding.
var commands = map[Kind]string{Failed: "error", Warned: "warning", Unknown: "notice"}

// mostMessage is how much of a message is written, in bytes: GitHub takes 64 KiB.
//
// https://docs.github.com/en/rest/checks/runs#create-a-check-run
const mostMessage = 32 << 10

// The characters that commands cannot hold as they are, in the message and in the values of properties.
var (
	escapeMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (g *gitHub) Add(f Finding) {
	command, ok := commands[f.Kind]
	if !ok {
		return
	}
	f = f.printable()
	var properties []string
	property := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty.Replace(value))
	}
	if f.Place.File != "" {
		property("file", f.Place.File)
		if f.Place.Line > 0 {
			property("line", strconv.Itoa(f.Place.Line))
		}
	}
	property("title", f.Rule+" in "+strings.Join(f.Browsers, ", "))
	message := f.Subject + "\n" + f.details()
	if len(message) > mostMessage {
		message = strings.ToValidUTF8(message[:mostMessage], "") + "…"
	}
	g.write("::" + command + " " + strings.Join(properties, ",") + "::" + escapeMessage.Replace(message) + "\n")
}

func (g *gitHub) Close() error { return g.err }
