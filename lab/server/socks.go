package server

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
)

// The bytes of SOCKS5 that are used: no authentication, and CONNECT.
//
// https://www.rfc-editor.org/rfc/rfc1928
const (
	socksVersion  = 5
	socksNoAuth   = 0
	socksConnect  = 1
	socksIPv4     = 1
	socksName     = 3
	socksIPv6     = 4
	socksNoMethod = 0xFF

	socksSucceeded       = 0
	socksHostUnreachable = 4
)

// connectTarget is the proxy's part of a SOCKS5 handshake. It returns the host that the browser wants, and says that it is
// connected there: whoever called it is every host there is, at every port.
func connectTarget(c io.ReadWriter) (host string, err error) {
	var head [2]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return "", err
	}
	if head[0] != socksVersion {
		return "", fmt.Errorf("SOCKS version %d; want %d", head[0], socksVersion)
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(c, methods); err != nil {
		return "", err
	}
	answer := byte(socksNoMethod)
	for _, m := range methods {
		if m == socksNoAuth {
			answer = socksNoAuth
		}
	}
	if _, err := c.Write([]byte{socksVersion, answer}); err != nil {
		return "", err
	}
	if answer == socksNoMethod {
		return "", errors.New("the browser wants to authenticate to the proxy")
	}
	var request [4]byte
	if _, err := io.ReadFull(c, request[:]); err != nil {
		return "", err
	}
	if request[1] != socksConnect {
		return "", fmt.Errorf("SOCKS command %d; want CONNECT", request[1])
	}
	if host, err = readHost(c, request[3]); err != nil {
		return "", err
	}
	var port [2]byte
	if _, err := io.ReadFull(c, port[:]); err != nil {
		return "", err
	}
	reply := byte(socksSucceeded)
	if strings.ContainsAny(host, " %") {
		reply = socksHostUnreachable // no resolver knows such a name
	}
	_, err = c.Write([]byte{socksVersion, reply, 0, socksIPv4, 127, 0, 0, 1, port[0], port[1]})
	if err == nil && reply != socksSucceeded {
		err = errNoSuchHost
	}
	return host, err
}

// errNoSuchHost ends a connection to a host that there could not be.
var errNoSuchHost = errors.New("no host has such a name")

func readHost(r io.Reader, kind byte) (string, error) {
	n := map[byte]int{socksIPv4: 4, socksIPv6: 16}[kind]
	if kind == socksName {
		var length [1]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return "", err
		}
		n = int(length[0])
	}
	if n == 0 {
		return "", fmt.Errorf("SOCKS address type %d", kind)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", err
	}
	if kind == socksName {
		return string(b), nil
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr.String(), nil
}
