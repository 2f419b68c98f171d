package personality

import (
	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

func (webkitWords) exception(r *report) string {
	b := r.Block
	switch r.api() {
	case fetchspec.APIXHR:
		switch b.Code {
		case engine.CodeURLInvalid, engine.CodeMethodInvalid, engine.CodeHeaderNameInvalid, engine.CodeHeaderValueInvalid:
			return "SyntaxError: The string did not match the expected pattern."
		case engine.CodeMethodForbidden:
			return "SecurityError: The operation is insecure."
		case engine.CodeHeaderValueNotLatin1:
			return "TypeError: Type error"
		}
		return "error event"
	case fetchspec.APIFont:
		return "NetworkError:  A network error occurred."
	case fetchspec.APIFetch:
		return webkitFetchException(b)
	case fetchspec.APIEventSource:
		switch {
		case b.Code == engine.CodeURLInvalid:
			return "SyntaxError: The string did not match the expected pattern."
		case b.Code == engine.CodeBadPort, b.Code == engine.CodeRedirectLocation && b.Location == "":
			return noEvent // it takes the load for one that was cancelled
		}
	case fetchspec.APIModule:
		if b.Code == engine.CodeNotDecodable {
			return noEvent
		}
	}
	return eventOrNone(r)
}

func webkitFetchException(b *engine.Block) string {
	switch b.Code {
	case engine.CodeURLInvalid, engine.CodeURLCredentials:
		return "TypeError: URL is not valid or contains user credentials."
	case engine.CodeModeInvalid:
		if b.Param == "navigate" {
			return "TypeError: Request constructor does not accept navigate fetch mode."
		}
		return "TypeError: Type error"
	case engine.CodeCredentialsInvalid, engine.CodeRedirectInvalid, engine.CodeHeaderValueNotLatin1:
		return "TypeError: Type error"
	case engine.CodeMethodInvalid:
		return "TypeError: Method is not a valid HTTP token."
	case engine.CodeMethodForbidden:
		return "TypeError: Method is forbidden."
	case engine.CodeMethodNotNoCORS:
		return "TypeError: Method must be GET, POST or HEAD in no-cors mode."
	case engine.CodeHeaderNameInvalid:
		return "TypeError: Invalid header name: '" + b.Param + "'"
	case engine.CodeHeaderValueInvalid:
		return "TypeError: Header '" + b.Name + "' has invalid value: '" + b.Param + "'"
	case engine.CodeBodyNotAllowed:
		return "TypeError: Request has method '" + b.Param + "' and cannot have a body"
	case engine.CodeStreamBodyNotSupported:
		return "NotSupportedError: ReadableStream uploading is not supported"
	}
	return "TypeError: Load failed"
}
