package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// http2 speaks HTTP/2 on a connection until it ends. It works on frames, because net/http's server rewrites and refuses
// header lines.
func (s *Server) http2(c *conn) error {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c, preface); err != nil {
		return err
	}
	if string(preface) != http2.ClientPreface {
		return fmt.Errorf("preface %.30q; want HTTP/2's", preface)
	}
	h := &http2Conn{conn: c, framer: http2.NewFramer(c, c), streams: map[uint32]*request{}}
	h.encoder = hpack.NewEncoder(&h.block)
	h.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	h.framer.MaxHeaderListSize = maxHead
	if err := h.framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: maxBody}); err != nil {
		return err
	}
	var answering sync.WaitGroup
	defer answering.Wait()
	for {
		f, err := h.framer.ReadFrame()
		var stream http2.StreamError
		switch {
		case errors.As(err, &stream):
			if err := h.reset(stream.StreamID, stream.Code); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		q, id, err := h.frame(f)
		if err != nil {
			return err
		}
		if q != nil {
			answering.Go(func() { h.respond(id, q, s.answer(q)) })
		}
	}
}

type http2Conn struct {
	conn   *conn
	framer *http2.Framer
	// streams are the requests whose bodies are still arriving.
	streams map[uint32]*request

	mu      sync.Mutex // guards writing
	encoder *hpack.Encoder
	block   bytes.Buffer
}

// frame takes a frame, and returns the request that it completes.
func (h *http2Conn) frame(f http2.Frame) (*request, uint32, error) {
	id := f.Header().StreamID
	switch f := f.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			h.mu.Lock()
			defer h.mu.Unlock()
			return nil, 0, h.framer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			h.mu.Lock()
			defer h.mu.Unlock()
			return nil, 0, h.framer.WritePing(true, f.Data)
		}
	case *http2.GoAwayFrame:
		return nil, 0, io.EOF
	case *http2.RSTStreamFrame:
		delete(h.streams, id)
	case *http2.MetaHeadersFrame:
		if q := h.streams[id]; q != nil { // trailers
			delete(h.streams, id)
			return q, id, nil
		}
		q := &request{method: f.PseudoValue("method"), scheme: f.PseudoValue("scheme"), host: f.PseudoValue("authority"), target: f.PseudoValue("path")}
		for _, field := range f.RegularFields() {
			q.headers = append(q.headers, [2]string{field.Name, field.Value})
		}
		if f.StreamEnded() {
			return q, id, nil
		}
		h.streams[id] = q
	case *http2.DataFrame:
		q := h.streams[id]
		if q == nil {
			return nil, 0, nil
		}
		if q.body = append(q.body, f.Data()...); len(q.body) > maxBody {
			return nil, 0, fmt.Errorf("a body is longer than %d bytes", maxBody)
		}
		if n := f.Header().Length; n > 0 {
			h.mu.Lock()
			defer h.mu.Unlock()
			if err := h.framer.WriteWindowUpdate(0, n); err != nil {
				return nil, 0, err
			}
		}
		if f.StreamEnded() {
			delete(h.streams, id)
			return q, id, nil
		}
	}
	return nil, 0, nil
}

func (h *http2Conn) reset(id uint32, code http2.ErrCode) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, id)
	return h.framer.WriteRSTStream(id, code)
}

// respond sends an answer, or closes the connection where there is none. A write that fails ends the connection for the
// reader too, which reports it.
func (h *http2Conn) respond(id uint32, q *request, a *answer) {
	if a == nil {
		h.conn.drop()
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.block.Reset()
	field := func(name, value string) { h.encoder.WriteField(hpack.HeaderField{Name: name, Value: value}) }
	field(":status", strconv.Itoa(a.status))
	for _, l := range a.headers {
		field(strings.ToLower(l[0]), strings.Trim(l[1], " \t"))
	}
	hasBody := a.hasBody(q.method) && len(a.body) > 0
	if err := h.headers(id, h.block.Bytes(), !hasBody); err != nil || !hasBody {
		return
	}
	// Answers are short of the window that browsers open, so that there is no need to wait for more of it.
	for body := a.body; ; {
		n := min(len(body), frameSize)
		if err := h.framer.WriteData(id, n == len(body), body[:n]); err != nil || n == len(body) {
			return
		}
		body = body[n:]
	}
}

// frameSize is the longest frame that everyone takes.
const frameSize = 16384

// headers writes a header block in as many frames as it needs.
func (h *http2Conn) headers(id uint32, block []byte, endStream bool) error {
	n := min(len(block), frameSize)
	rest := block[n:]
	err := h.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block[:n], EndStream: endStream, EndHeaders: len(rest) == 0})
	for err == nil && len(rest) > 0 {
		n = min(len(rest), frameSize)
		err = h.framer.WriteContinuation(id, n == len(rest), rest[:n])
		rest = rest[n:]
	}
	return err
}
