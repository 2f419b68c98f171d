package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
)

// marionette is a connection of Firefox's Marionette protocol: messages of the form LENGTH:JSON, where commands are
// [0, id, name, parameters] and answers [1, id, error, result].
type marionette struct {
	conn io.ReadWriteCloser
	r    *bufio.Reader

	mu   sync.Mutex // one command at a time
	last int
	err  error // why the connection is of no use any more
}

// newMarionette reads the greeting.
func newMarionette(conn io.ReadWriteCloser) (*marionette, error) {
	m := &marionette{conn: conn, r: bufio.NewReader(conn)}
	text, err := readMarionette(m.r)
	if err != nil {
		return nil, err
	}
	var hello struct {
		Protocol int `json:"marionetteProtocol"`
	}
	if err := json.Unmarshal(text, &hello); err != nil || hello.Protocol != 3 {
		return nil, fmt.Errorf("marionette: found greeting %.100q, expected protocol 3", text)
	}
	return m, nil
}

// readMarionette reads one message.
func readMarionette(r *bufio.Reader) ([]byte, error) {
	const maxDigits = 10
	digits, err := readUntil(r, ':', maxDigits+1)
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(string(digits), 10, 32)
	if err != nil || len(digits) > maxDigits || n > maxMessage {
		return nil, fmt.Errorf("marionette: found length %q, expected at most %d", digits, maxMessage)
	}
	text := make([]byte, n)
	_, err = io.ReadFull(r, text)
	return text, err
}

// call sends a command, waits for its answer and puts it in result, unless that is nil. When the context ends before, the
// connection is closed.
func (m *marionette) call(ctx context.Context, name string, params, result any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return fmt.Errorf("%s: %w", name, m.err)
	}
	release := context.AfterFunc(ctx, func() { m.conn.Close() })
	answer, err := m.exchange(name, params)
	if !release() && err != nil {
		err = errors.Join(ctx.Err(), err)
	}
	if err != nil {
		m.err = err
		return fmt.Errorf("%s: %w", name, err)
	}
	var failure *struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(answer[2], &failure); err == nil && failure != nil {
		return fmt.Errorf("%s: %s: %s", name, failure.Error, failure.Message)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer[3], result); err != nil {
		return fmt.Errorf("%s: answer %.200q: %w", name, answer[3], err)
	}
	return nil
}

func (m *marionette) exchange(name string, params any) (answer [4]json.RawMessage, err error) {
	m.last++
	text, err := json.Marshal([]any{0, m.last, name, params})
	if err != nil {
		return answer, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(text), text); err != nil {
		return answer, err
	}
	text, err = readMarionette(m.r)
	if err != nil {
		return answer, err
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil || len(parts) != 4 || string(parts[0]) != "1" || string(parts[1]) != strconv.Itoa(m.last) {
		return answer, fmt.Errorf("found answer %.100q, expected [1, %d, error, result]", text, m.last)
	}
	return [4]json.RawMessage(parts), nil
}
