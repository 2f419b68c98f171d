package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a child in a process group of its own.
type process struct {
	cmd    *exec.Cmd
	signal syscall.Signal // what ends it
	output *tail
	done   chan struct{} // closed when it has ended
	err    error         // how it ended; set before done is closed
}

// outputDelay is how long the output of a process that has ended is read: its children may hold it open.
const outputDelay = 300 * time.Millisecond

// startProcess starts cmd, which signal is to end when the program that started it does. The end of what it prints is
// kept, all of that copied to log, and to cmd.Stderr where that is set.
func startProcess(cmd *exec.Cmd, signal syscall.Signal, log io.Writer) (*process, error) {
	p := &process{cmd: cmd, signal: signal, output: &tail{log: log}, done: make(chan struct{})}
	if cmd.Stderr == nil {
		cmd.Stderr = p.output
	} else {
		cmd.Stderr = io.MultiWriter(p.output, cmd.Stderr)
	}
	cmd.Stdout = cmd.Stderr
	cmd.WaitDelay = outputDelay
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr, signal)
	started := make(chan error)
	go func() {
		// Linux signals the child when the thread that started it ends: hold on to that thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// ended waits for the process, and says how it ended, with the last lines that it printed.
func (p *process) ended() error {
	<-p.done
	how := "exit status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	if last := p.output.String(); last != "" {
		return fmt.Errorf("%s has ended (%s); its last lines were:\n%s", p.cmd.Path, how, last)
	}
	return fmt.Errorf("%s has ended (%s) and printed nothing", p.cmd.Path, how)
}

// explain prefers the end of the process to err, which it may have led to.
func (p *process) explain(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	select {
	case <-p.done:
		return p.ended()
	case <-time.After(outputDelay + 200*time.Millisecond): // connections close before the process has ended
		return err
	}
}

// stop ends the process and its group, and waits. It does nothing for nil.
func (p *process) stop() {
	if p == nil {
		return
	}
	// Errors mean that nobody is left.
	_ = syscall.Kill(-p.cmd.Process.Pid, p.signal)
	select {
	case <-p.done:
	case <-time.After(2 * time.Second):
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// tail keeps the last lines written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
	log io.Writer
}

const tailBytes = 2048

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.log != nil {
		_, _ = t.log.Write(p) // a log that fails must not stop the browser
	}
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailBytes; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
		if i := bytes.IndexByte(t.buf, '\n'); i >= 0 {
			t.buf = append(t.buf[:0], t.buf[i+1:]...)
		}
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(t.buf), "\uFFFD"))
}

// home is the directory that one running browser has for itself: profile, caches, sockets.
type home struct {
	dir  string
	lock *os.File // locked for as long as its owner lives
}

const (
	homePrefix = "corsim-lab-"
	homeEnv    = "CORSIM_LAB_HOME" // set for all that a browser starts, so that strays can be told
	homeLock   = "lock"
)

// newHome makes a home, after removing those whose owners were killed.
func newHome(name string) (*home, error) {
	sweepHomes()
	dir, err := os.MkdirTemp("", homePrefix+name+"-")
	if err != nil {
		return nil, err
	}
	// The lock is taken before it gets the name that sweepHomes looks for.
	early := filepath.Join(dir, "new")
	lock, err := os.Create(early)
	if err == nil {
		if err = errors.Join(syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), os.Rename(early, filepath.Join(dir, homeLock))); err != nil {
			lock.Close()
		}
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &home{dir, lock}, nil
}

// sub makes a directory in the home.
func (h *home) sub(name string) (string, error) {
	dir := filepath.Join(h.dir, name)
	return dir, os.MkdirAll(dir, 0o700)
}

// environ is the environment for what runs in the home, with more.
func (h *home) environ(more ...string) []string {
	return append(append(os.Environ(), homeEnv+"="+h.dir, "TMPDIR="+h.dir), more...)
}

// remove kills what still runs in the home, and removes it.
func (h *home) remove() error {
	defer h.lock.Close()
	return clearHome(h.dir)
}

func clearHome(dir string) error {
	var err error
	// What is being killed may still write.
	for range 50 {
		killStrays(homeEnv + "=" + dir)
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

func sweepHomes() {
	locks, _ := filepath.Glob(filepath.Join(os.TempDir(), homePrefix+"*", homeLock))
	for _, name := range locks {
		lock, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue // removed meanwhile, or another user's
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = clearHome(filepath.Dir(name)) // the next one tries again
		}
		lock.Close()
	}
}
