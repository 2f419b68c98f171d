package personality

import (
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

func (chromiumWords) exception(r *report) string {
	b := r.Block
	switch r.api() {
	case fetchspec.APIXHR:
		return chromiumXHRException(b)
	case fetchspec.APIFont:
		return "NetworkError: A network error occurred."
	case fetchspec.APIFetch:
		if text := chromiumFetchException(b); text != "" {
			return "TypeError: Failed to execute 'fetch' on '" + chromiumGlobal(r) + "': " + text
		}
		return "TypeError: Failed to fetch"
	case fetchspec.APIEventSource:
		if b.Code == engine.CodeURLInvalid {
			return "SyntaxError: Failed to construct 'EventSource': Cannot open an EventSource to '" + b.Param + "'. The URL is invalid."
		}
	}
	return eventOrNone(r)
}

// chromiumGlobal is the interface of the global object that script's fetch belongs to.
func chromiumGlobal(r *report) string {
	if r.page.Worker {
		return "WorkerGlobalScope"
	}
	return "Window"
}

func chromiumFetchException(b *engine.Block) string {
	enum := func(member, name string) string {
		return "Failed to read the '" + member + "' property from 'RequestInit': The provided value '" + b.Param + "' is not a valid enum value of type " + name + "."
	}
	switch b.Code {
	case engine.CodeURLInvalid:
		return "Failed to parse URL from " + b.Param
	case engine.CodeURLCredentials:
		return "Request cannot be constructed from a URL that includes credentials: " + b.Param
	case engine.CodeModeInvalid:
		if b.Param == "navigate" {
			return "Cannot construct a Request with a RequestInit whose mode member is set as 'navigate'."
		}
		return enum("mode", "RequestMode")
	case engine.CodeCredentialsInvalid:
		return enum("credentials", "RequestCredentials")
	case engine.CodeRedirectInvalid:
		return enum("redirect", "RequestRedirect")
	case engine.CodeMethodInvalid:
		return "'" + b.Param + "' is not a valid HTTP method."
	case engine.CodeMethodForbidden:
		return "'" + b.Param + "' HTTP method is unsupported."
	case engine.CodeMethodNotNoCORS:
		return "'" + b.Param + "' is unsupported in no-cors mode."
	case engine.CodeHeaderNameInvalid:
		return "Invalid name"
	case engine.CodeHeaderValueInvalid:
		return "Invalid value"
	case engine.CodeHeaderValueNotLatin1:
		return "Failed to read the 'headers' property from 'RequestInit': String contains non ISO-8859-1 code point."
	case engine.CodeBodyNotAllowed:
		return "Request with GET/HEAD method cannot have body."
	case engine.CodeStreamBodyNotNoCORS:
		return `If request is made from ReadableStream, mode should be"same-origin" or "cors"`
	}
	return ""
}

func chromiumXHRException(b *engine.Block) string {
	switch b.Code {
	case engine.CodeURLInvalid:
		return "SyntaxError: Failed to execute 'open' on 'XMLHttpRequest': Invalid URL"
	case engine.CodeMethodInvalid:
		return "SyntaxError: Failed to execute 'open' on 'XMLHttpRequest': '" + b.Param + "' is not a valid HTTP method."
	case engine.CodeMethodForbidden:
		return "SecurityError: Failed to execute 'open' on 'XMLHttpRequest': '" + b.Param + "' HTTP method is unsupported."
	case engine.CodeHeaderNameInvalid:
		return "SyntaxError: Failed to execute 'setRequestHeader' on 'XMLHttpRequest': '" + b.Param + "' is not a valid HTTP header field name."
	case engine.CodeHeaderValueInvalid:
		return "SyntaxError: Failed to execute 'setRequestHeader' on 'XMLHttpRequest': '" + b.Param + "' is not a valid HTTP header field value."
	case engine.CodeHeaderValueNotLatin1:
		return "TypeError: Failed to execute 'setRequestHeader' on 'XMLHttpRequest': String contains non ISO-8859-1 code point."
	}
	return "error event"
}
