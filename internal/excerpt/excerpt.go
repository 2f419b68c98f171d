// Package excerpt shortens text that a server or a page may make long, for messages.
package excerpt

import "unicode/utf8"

// most is how many bytes are shown.
const most = 200

// Of returns a text, or where it is long its start with an ellipsis, which does not cut a character.
func Of(s string) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
