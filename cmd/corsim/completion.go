package main

import (
	"embed"
	"io"

	"github.com/corsim/corsim/internal/cli"
)

const completionManual = `Usage: corsim completion bash|zsh|fish

Prints a script that completes the verbs and flags of corsim.

  bash:  source <(corsim completion bash)        in ~/.bashrc
  zsh:   source <(corsim completion zsh)         in ~/.zshrc, after compinit
  fish:  corsim completion fish >~/.config/fish/completions/corsim.fish
`

//go:embed completion
var completionScripts embed.FS

// shells are those that there is a completion script for.
var shells = []string{"bash", "zsh", "fish"}

// completionCommand is corsim completion.
func completionCommand(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		return cli.Fail(stderr, "corsim", "completion", cli.BadUsage("there are %s; want one shell: bash, zsh or fish", plural(len(args), "argument")))
	}
	if args[0] == "-h" || args[0] == "--help" {
		io.WriteString(stdout, completionManual)
		return exitOK
	}
	script, err := completionScripts.ReadFile("completion/corsim." + args[0])
	if err != nil {
		return cli.Fail(stderr, "corsim", "completion", cli.BadUsage("there is no script for the shell %s%s", quote(args[0]), cli.DidYouMean(args[0], shells)))
	}
	stdout.Write(script)
	return exitOK
}
