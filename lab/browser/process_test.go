package browser

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script is an executable that runs a shell script in the place of a browser.
func script(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLaunchTellsWhyTheBrowserEnded(t *testing.T) {
	for _, name := range Names() {
		var log bytes.Buffer
		_, err := Launch(t.Context(), name, Options{Proxy: "127.0.0.1:1", Executable: script(t, "echo no space left >&2; exit 3"), Log: &log})
		if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%s: got %v", name, err)
		}
		if name != "webkit" && log.String() != "no space left\n" { // where it is asked for its version first
			t.Errorf("%s: log %q", name, &log)
		}
	}
}

func TestLaunchRefuses(t *testing.T) {
	for want, c := range map[string]struct {
		name string
		o    Options
	}{
		`"opera": not known; the browsers are chromium, firefox, webkit`: {"opera", Options{Proxy: "127.0.0.1:1"}},
		"no proxy given":            {"chromium", Options{}},
		"expected one of the two":   {"chromium", Options{Proxy: "127.0.0.1:1", Direct: true}},
		"expected host:port":        {"webkit", Options{Proxy: "localhost"}},
		`no executable "/nowhere"`:  {"firefox", Options{Proxy: "127.0.0.1:1", Executable: "/nowhere"}},
		"no such file or directory": {"chromium", Options{Proxy: "127.0.0.1:1", Executable: "/nowhere"}},
	} {
		if _, err := Launch(t.Context(), c.name, c.o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}

func TestTailKeepsTheLastLines(t *testing.T) {
	var log bytes.Buffer
	tl := &tail{log: &log}
	for i := range 1000 {
		fmt.Fprintf(tl, "line %d\n", i)
	}
	got := tl.String()
	if len(got) > tailBytes || !strings.HasPrefix(got, "line ") || !strings.HasSuffix(got, "line 999") {
		t.Errorf("got %d bytes: %.40q…", len(got), got)
	}
	if n := strings.Count(log.String(), "\n"); n != 1000 {
		t.Errorf("%d lines in the log", n)
	}
	_, _ = tl.Write(bytes.Repeat([]byte("z"), 3*tailBytes))
	if got := tl.String(); len(got) > tailBytes {
		t.Errorf("%d bytes", len(got))
	}
}

func TestHomesOfTheKilledAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	alive, err := newHome("x")
	if err != nil {
		t.Fatal(err)
	}
	dead, err := newHome("x")
	if err != nil {
		t.Fatal(err)
	}
	stray := exec.Command("sleep", "60")
	stray.Env = dead.environ()
	if err := stray.Start(); err != nil {
		t.Fatal(err)
	}
	dead.lock.Close() // as at the end of its owner
	third, err := newHome("x")
	if err != nil {
		t.Fatal(err)
	}
	if err := stray.Wait(); err == nil {
		t.Error("a stray lives")
	}
	for h, want := range map[*home]bool{alive: true, dead: false, third: true} {
		if _, err := os.Stat(h.dir); (err == nil) != want {
			t.Errorf("%s: %v", h.dir, err)
		}
	}
	for _, h := range []*home{alive, third} {
		if err := h.remove(); err != nil {
			t.Error(err)
		}
	}
}

// TestNothingStaysWhenTheCallerIsKilled runs this test's program again, which starts a browser and is killed then.
func TestNothingStaysWhenTheCallerIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs the parent-death signal of Linux")
	}
	const variable = "CORSIM_TEST_LAUNCH"
	if name := os.Getenv(variable); name != "" {
		b, err := Launch(t.Context(), name, Options{Proxy: "127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Go(t.Context(), "about:blank"); err != nil {
			t.Fatal(err)
		}
		fmt.Println("running")
		time.Sleep(time.Minute)
		return
	}
	if testing.Short() {
		t.Skip("starts browsers")
	}
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			if _, err := findExecutable(name, ""); err != nil {
				t.Skipf("%s is not installed: %v", name, err)
			}
			dir, err := os.MkdirTemp("", "c") // the name of t.TempDir is too long for Chromium's socket
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			cmd := exec.Command(os.Args[0], "-test.run=^TestNothingStaysWhenTheCallerIsKilled$")
			cmd.Env = append(os.Environ(), "TMPDIR="+dir, variable+"="+name)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			said := make([]byte, len("running"))
			_, err = io.ReadFull(out, said)
			time.Sleep(300 * time.Millisecond)
			_ = cmd.Process.Signal(syscall.SIGKILL)
			_ = cmd.Wait()
			if err != nil || string(said) != "running" {
				t.Fatalf("said %q, %v", said, err)
			}
			for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				left := processes(t, homeEnv+"="+dir)
				if len(left) == 0 {
					break
				}
				if time.Now().After(deadline) {
					killStrays(homeEnv + "=" + dir)
					t.Fatalf("still running: %q", left)
				}
			}
			t.Setenv("TMPDIR", dir)
			sweepHomes()
			if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// processes lists the command lines of those whose environment has text.
func processes(t *testing.T, text string) (out []string) {
	t.Helper()
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range environs {
		if env, err := os.ReadFile(e); err == nil && bytes.Contains(env, []byte(text)) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(e), "cmdline"))
			out = append(out, fmt.Sprintf("%.100q", line))
		}
	}
	return out
}
