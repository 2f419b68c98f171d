package personality

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

func (firefoxWords) exception(r *report) string {
	b := r.Block
	switch r.api() {
	case fetchspec.APIXHR:
		switch b.Code {
		case engine.CodeURLInvalid:
			if r.page.Worker {
				return "InvalidStateError: An attempt was made to use an object that is not, or is no longer, usable"
			}
			return "SyntaxError: XMLHttpRequest.open: '" + b.Param + "' is not a valid URL."
		case engine.CodeMethodInvalid:
			return "SyntaxError: An invalid or illegal string was specified"
		case engine.CodeMethodForbidden:
			return "SecurityError: The operation is insecure."
		case engine.CodeHeaderNameInvalid, engine.CodeHeaderValueInvalid:
			return "SyntaxError: Invalid header name."
		case engine.CodeHeaderValueNotLatin1:
			argument := "argument 2"
			if slices.ContainsFunc(r.init.Headers, func(h fetchspec.Header) bool { return h.Name == b.Param }) {
				argument = "argument 1"
			}
			return "TypeError: XMLHttpRequest.setRequestHeader: " + firefoxByteString(argument, b.Param)
		}
		return "error event"
	case fetchspec.APIFont:
		if b.Code == engine.CodeURLInvalid {
			return noEvent
		}
		return "NetworkError: A network error occurred."
	case fetchspec.APIFetch:
		if text := firefoxFetchException(b); text != "" {
			if r.page.Worker {
				return "TypeError: WorkerGlobalScope.fetch: " + text
			}
			return "TypeError: Window.fetch: " + text
		}
		return "TypeError: NetworkError when attempting to fetch resource."
	case fetchspec.APIEventSource:
		if b.Code == engine.CodeURLInvalid {
			return "SyntaxError: An invalid or illegal string was specified"
		}
	case fetchspec.APIAudio, fetchspec.APIVideo:
		if b.Code == engine.CodeSizeUnknown || isNoContent(b) && isMediaType(b.Param) {
			return noEvent
		}
	}
	if b.Code == engine.CodePreloadDestination && b.Param == string(fetchspec.DestinationTrack) {
		return "error event"
	}
	return eventOrNone(r)
}

func firefoxFetchException(b *engine.Block) string {
	enum := func(member, name string) string {
		return "'" + b.Param + "' (value of '" + member + "' member of RequestInit) is not a valid value for enumeration " + name + "."
	}
	switch b.Code {
	case engine.CodeURLInvalid:
		return b.Param + " is not a valid URL."
	case engine.CodeURLCredentials:
		return b.Param + " is an url with embedded credentials."
	case engine.CodeModeInvalid:
		if b.Param == "navigate" {
			return "Invalid request mode navigate."
		}
		return enum("mode", "RequestMode")
	case engine.CodeCredentialsInvalid:
		return enum("credentials", "RequestCredentials")
	case engine.CodeRedirectInvalid:
		return enum("redirect", "RequestRedirect")
	case engine.CodeMethodInvalid, engine.CodeMethodForbidden, engine.CodeMethodNotNoCORS:
		return "Invalid request method " + firefoxASCII(b.Param) + "."
	case engine.CodeHeaderNameInvalid:
		return firefoxASCII(fetchspec.ByteLower(b.Param)) + " is an invalid header name."
	case engine.CodeHeaderValueInvalid:
		value, _, _ := strings.Cut(b.Param, "\x00")
		return fetchspec.IsomorphicDecode(value) + " is an invalid header value."
	case engine.CodeBodyNotAllowed:
		return "HEAD or GET Request cannot have a body."
	case engine.CodeHeaderValueNotLatin1:
		return firefoxByteString("element of element of sequence<sequence<ByteString>> branch of (sequence<sequence<ByteString>> or record<ByteString, ByteString>)", b.Param)
	}
	return ""
}

// firefoxASCII replaces what is not ASCII by U+FFFD.
func firefoxASCII(s string) string {
	runes := []rune(s)
	for i, c := range runes {
		if c >= utf8.RuneSelf {
			runes[i] = utf8.RuneError
		}
	}
	return string(runes)
}

// firefoxByteString words the failed conversion of a string to a byte string.
func firefoxByteString(what, value string) string {
	for i, c := range []rune(value) {
		if c > 0xFF {
			return "Cannot convert " + what + " to ByteString because the character at index " + strconv.Itoa(i) + " has value " + strconv.Itoa(int(c)) + " which is greater than 255."
		}
	}
	return ""
}
