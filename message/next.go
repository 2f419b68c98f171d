package message

import (
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// next are the commands that show what the server answers, and what browsers make of it.
func (c *requestCase) next() []string {
	if c.notAsked() || !c.url.IsHTTP() {
		return nil
	}
	if c.code == engine.CodeNetworkError || c.code == engine.CodePreflightNetwork {
		return c.connect()
	}
	o := c.origin.String()
	ask := []string{"curl", "-si"}
	check := []string{"corsim", "check", "--from", o}
	add := func(to *[]string, args ...string) { *to = append(*to, args...) }
	if strings.HasPrefix(string(c.code), "redirect-") {
		add(&ask, "-L")
	}
	if isPreflight(c.code) {
		add(&ask, "-X", "OPTIONS")
	} else if c.method != "GET" {
		add(&ask, "-X", c.method)
	}
	if c.isCORSRequest() {
		add(&ask, "-H", "Origin: "+o)
	}
	if isPreflight(c.code) {
		add(&ask, "-H", "Access-Control-Request-Method: "+c.method)
		if c.header != "" {
			add(&ask, "-H", "Access-Control-Request-Headers: "+strings.ToLower(c.header))
		}
	}
	add(&ask, c.url.WithoutFragment())
	element := c.api().IsElement() && c.api() != fetchspec.APIEventSource
	if api := c.api(); api != fetchspec.APIFetch {
		add(&check, "--api", string(api))
	}
	switch {
	case element && c.api() != fetchspec.APIFont && c.api() != fetchspec.APIPreload && c.isCORSRequest():
		value := "anonymous"
		if c.include() {
			value = "use-credentials"
		}
		add(&check, "--crossorigin", value)
	case element:
	default:
		if c.method != "GET" {
			add(&check, "-X", c.method)
		}
		if c.header != "" {
			value := "x"
			if strings.EqualFold(c.header, "Content-Type") {
				value = "application/json"
			}
			add(&check, "-H", c.header+": "+value)
		}
		if c.include() {
			add(&check, "--credentials", "include")
		}
		switch c.code {
		case engine.CodeRedirectModeError:
			add(&check, "--redirect", "error")
		case engine.CodeCORPEmbedder:
			add(&check, "--mode", "no-cors", "--coep", "require-corp")
		case engine.CodeCORPSameOrigin, engine.CodeCORPSameSite:
			add(&check, "--mode", "no-cors")
		}
	}
	add(&check, c.url.WithoutFragment(), "--answer", "-")
	return []string{shellWords(ask) + " |\n  " + shellWords(check)}
}

// connect is the command that shows what becomes of the connection.
func (c *requestCase) connect() []string {
	if !c.url.IsHTTP() {
		return nil
	}
	return []string{"curl -sv -o /dev/null " + shell(c.url.String())}
}

// isCORSRequest reports whether the request has an Origin header.
func (c *requestCase) isCORSRequest() bool {
	switch c.code {
	case engine.CodeCORPSameOrigin, engine.CodeCORPSameSite, engine.CodeCORPEmbedder, engine.CodeOpaqueBlocked, engine.CodeMIMETypeMismatch, engine.CodeStatusNotOK,
		engine.CodeNotDecodable, engine.CodeRangeMismatch, engine.CodeSizeUnknown:
		return false
	}
	return true
}

// notAsked reports whether a code is of a request that no server was asked, so that no answer of one tells anything.
func (c *requestCase) notAsked() bool {
	step, _, _ := strings.Cut(string(rules[c.code.Base()].step), " ")
	switch step {
	case "request-constructor", "headers-append", "scheme-fetch", "http-network-fetch":
		return true
	}
	switch c.code {
	case engine.CodeSameOriginMode, engine.CodeNoCORSRedirect, engine.CodeSchemeNotHTTP, engine.CodeSchemeUnknown, engine.CodeLocalResource,
		engine.CodeMixedContent, engine.CodeBadPort, engine.CodeURLCredentialed:
		return true
	}
	return false
}

func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shell(w)
	}
	return strings.Join(quoted, " ")
}

// shell quotes a word for a POSIX shell, where it needs to be.
//
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
func shell(word string) string {
	plain := func(r rune) bool {
		return r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r))
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
