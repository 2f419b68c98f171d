package main

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/message"
)

// TestExplainNextRuns runs what corsim explain says to run next: a shell understands it, and corsim check takes its arguments.
func TestExplainNextRuns(t *testing.T) {
	ran := 0
	for _, name := range message.Names() {
		m, _ := message.Named(name)
		for _, next := range m.Explain().Next {
			_, check, ok := strings.Cut(next, "corsim check ")
			if !ok {
				continue
			}
			out, err := exec.Command("sh", "-c", `printf '%s\0' `+check).Output()
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, next)
			}
			args := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
			args[slices.Index(args, "--answer")+1] = "example"
			var stdout, stderr bytes.Buffer
			if status := run(append([]string{"check"}, args...), nil, &stdout, &stderr); status == exitUsage {
				t.Errorf("%s: %s\n%s", name, stderr.String(), next)
			}
			if strings.Contains(next, "-X OPTIONS ") != strings.Contains(stdout.String(), "  OPTIONS ") {
				t.Errorf("%s: curl and corsim ask for different things\n%s\n%s", name, next, stdout.String())
			}
			ran++
		}
	}
	if ran == 0 {
		t.Error("no explanation has a command")
	}
}

func TestExplainManualHasTopics(t *testing.T) {
	for _, topic := range message.Topics() {
		if !strings.Contains(explainManual, string(topic)) {
			t.Errorf("the manual does not have %s", topic)
		}
	}
}
