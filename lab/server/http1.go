package server

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
)

// Limits of what a browser may send. They are far above what scenarios ask of it.
const (
	maxHead = 1 << 20
	maxBody = 64 << 20
)

// http1 speaks HTTP/1.1 on a connection until it ends: header lines are read and written as they are, which net/http does
// not let anyone do.
func (s *Server) http1(c *conn) error {
	r := bufio.NewReader(c)
	for {
		q, err := readRequest(r)
		if err != nil {
			return err
		}
		q.scheme, q.host = c.scheme, q.header("Host")
		a := s.answer(q)
		if a == nil {
			c.drop()
			return nil
		}
		if _, err := c.Write(a.http1(q.method)); err != nil {
			return err
		}
	}
}

// request is a request as it was received.
type request struct {
	method, target string
	scheme, host   string
	headers        [][2]string
	body           []byte
}

// header returns the value of the first header of a name.
func (q *request) header(name string) string {
	for _, h := range q.headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// url returns the URL that was asked for.
func (q *request) url() string { return q.scheme + "://" + q.host + q.target }

func readRequest(r *bufio.Reader) (*request, error) {
	line, err := readLine(r)
	if err != nil {
		return nil, err
	}
	method, rest, _ := strings.Cut(line, " ")
	target, version, ok := strings.Cut(rest, " ")
	if !ok || !strings.HasPrefix(version, "HTTP/1.") {
		return nil, fmt.Errorf("request line %.80q; want METHOD TARGET HTTP/1.1", line)
	}
	q := &request{method: method, target: target}
	for size := len(line); ; {
		line, err := readLine(r)
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if line == "" {
			break
		}
		if size += len(line); size > maxHead {
			return nil, fmt.Errorf("the head of a request is longer than %d bytes", maxHead)
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("header line %.80q has no colon", line)
		}
		q.headers = append(q.headers, [2]string{name, strings.Trim(value, " \t")})
	}
	q.body, err = readBody(r, q)
	return q, err
}

func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxHead {
			return "", fmt.Errorf("a line is longer than %d bytes", maxHead)
		}
		if err == nil {
			return string(bytes.TrimRight(line, "\r\n")), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

func readBody(r *bufio.Reader, q *request) ([]byte, error) {
	if strings.EqualFold(q.header("Transfer-Encoding"), "chunked") {
		body, err := io.ReadAll(io.LimitReader(httputil.NewChunkedReader(r), maxBody))
		if err != nil {
			return nil, err
		}
		// NewChunkedReader leaves the line that ends the trailers.
		_, err = readLine(r)
		return body, err
	}
	length := q.header("Content-Length")
	if length == "" {
		return nil, nil
	}
	n, err := strconv.ParseUint(length, 10, 63)
	if err != nil || n > maxBody {
		return nil, fmt.Errorf("Content-Length %.40q; want a number up to %d", length, maxBody)
	}
	body := make([]byte, n)
	_, err = io.ReadFull(r, body)
	return body, err
}

// answer is a response as it is sent: bytes of header lines are those of the strings.
type answer struct {
	status  int
	headers [][2]string
	body    []byte
}

func (a *answer) has(name string) bool {
	for _, h := range a.headers {
		if strings.EqualFold(h[0], name) {
			return true
		}
	}
	return false
}

// hasBody reports whether a response to the method has a body.
func (a *answer) hasBody(method string) bool {
	return method != http.MethodHead && a.mayHaveLength()
}

func (a *answer) mayHaveLength() bool {
	return a.status >= 200 && a.status != http.StatusNoContent && a.status != http.StatusNotModified
}

func (a *answer) http1(method string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	for _, h := range a.headers {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	if a.mayHaveLength() && !a.has("Content-Length") {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(a.body))
	}
	b.WriteString("\r\n")
	if a.hasBody(method) {
		b.Write(a.body)
	}
	return b.Bytes()
}
