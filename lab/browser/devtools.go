package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// maxMessage bounds one message of a browser's protocol, in bytes. Longer ones are skipped.
const maxMessage = 64 << 20

// devtools is a connection of the DevTools protocol over a pair of pipes, where every message ends with a NUL. A browser
// with --remote-debugging-pipe opens no port, and ends when the pipes are closed.
type devtools struct {
	event func(session, method string, params json.RawMessage) // called in order; must not wait for an answer

	write sync.Mutex
	w     io.Writer

	mu      sync.Mutex
	last    int
	pending map[int]func(devtoolsMessage)
	closed  chan struct{} // closed when nothing more will be read
}

type devtoolsMessage struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

func newDevtools(r io.Reader, w io.Writer, event func(session, method string, params json.RawMessage)) *devtools {
	d := &devtools{event: event, w: w, pending: map[int]func(devtoolsMessage){}, closed: make(chan struct{})}
	go d.read(bufio.NewReaderSize(r, 1<<16))
	return d
}

func (d *devtools) read(r *bufio.Reader) {
	defer close(d.closed)
	for {
		text, err := readUntil(r, 0, maxMessage)
		if err != nil {
			return
		}
		var m devtoolsMessage
		if json.Unmarshal(text, &m) != nil {
			continue
		}
		if m.Method != "" {
			d.event(m.Session, m.Method, m.Params)
			continue
		}
		d.mu.Lock()
		answer := d.pending[m.ID]
		delete(d.pending, m.ID)
		d.mu.Unlock()
		if answer != nil {
			answer(m)
		}
	}
}

// send sends a command. Its answer is given to a function, in order with the events; the function may be nil, and must not
// wait.
func (d *devtools) send(session, method string, params any, answer func(devtoolsMessage)) (id int, err error) {
	p, err := json.Marshal(params)
	if err != nil {
		return 0, err
	}
	d.mu.Lock()
	d.last++
	id = d.last
	if answer != nil {
		d.pending[id] = answer
	}
	d.mu.Unlock()
	text, err := json.Marshal(devtoolsMessage{ID: id, Session: session, Method: method, Params: p})
	if err != nil {
		return id, err
	}
	d.write.Lock()
	defer d.write.Unlock()
	_, err = d.w.Write(append(text, 0))
	return id, err
}

var errClosed = errors.New("the connection to the browser is closed")

// call sends a command, waits for its answer and puts it in result, unless that is nil.
func (d *devtools) call(ctx context.Context, session, method string, params, result any) error {
	answer := make(chan devtoolsMessage, 1)
	id, err := d.send(session, method, params, func(m devtoolsMessage) { answer <- m })
	defer func() { d.mu.Lock(); delete(d.pending, id); d.mu.Unlock() }()
	if err != nil {
		return fmt.Errorf("%s: %w", method, errors.Join(errClosed, err))
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		if err := json.Unmarshal(m.Result, result); err != nil {
			return fmt.Errorf("%s: answer %.200q: %w", method, m.Result, err)
		}
		return nil
	case <-d.closed:
		return fmt.Errorf("%s: %w", method, errClosed)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// readUntil reads up to the byte end, and returns what came before it. What is longer than limit is cut to it.
func readUntil(r *bufio.Reader, end byte, limit int) ([]byte, error) {
	var out []byte
	for {
		part, err := r.ReadSlice(end)
		out = append(out, part[:min(len(part), limit+1-len(out))]...)
		if err == nil {
			if len(out) > 0 && out[len(out)-1] == end {
				out = out[:len(out)-1]
			}
			return out[:min(len(out), limit)], nil
		}
		if err != bufio.ErrBufferFull {
			return out[:min(len(out), limit)], err
		}
	}
}
