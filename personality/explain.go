package personality

import (
	"fmt"
	"strconv"

	"github.com/corsim/corsim/engine"
)

// Explanation says in plain words, which are no browser's own, what became of a request.
type Explanation struct {
	// Why is one sentence: what decided, with the header and its value where it was one.
	Why string
	// Change is what to change, on the server or in the page, for the request to go through. It is empty for a request that
	// was allowed, unless something is about to change for it.
	Change []string
}

// Explain explains the result of a request. It never advises to let in every origin that asks, or to open up to
// credentials more than to the one origin that asked here.
func Explain(page engine.Page, init engine.Init, result *engine.Result) Explanation {
	x := &explainer{report: report{result, page, &init}, b: result.Block}
	if x.b == nil {
		return x.allowed()
	}
	explain, ok := explanations[x.b.Code]
	if !ok {
		return Explanation{Why: "The request was blocked: " + string(x.b.Code) + "."}
	}
	why, change := explain(x)
	return Explanation{why + ".", change}
}

type explainer struct {
	report
	b *engine.Block
}

// explanations says for each code why a request was blocked, less the full stop, and what to change.
var explanations = map[engine.Code]func(*explainer) (why string, change []string){
	engine.CodeURLInvalid: func(x *explainer) (string, []string) {
		return x.notMade("the URL %s cannot be parsed", x.param()), inPage("Correct the URL in the page.")
	},
	engine.CodeURLCredentials: func(x *explainer) (string, []string) {
		return x.notMade("the URL %s has a user name or a password in it", x.param()), inPage("Leave user:password@ out of the URL; send an Authorization header instead.")
	},
	engine.CodeModeInvalid: func(x *explainer) (string, []string) {
		return x.notMade("%s is no request mode that script can ask for", x.param()), inPage("Set mode to cors, no-cors or same-origin, or leave it out.")
	},
	engine.CodeCredentialsInvalid: func(x *explainer) (string, []string) {
		return x.notMade("%s is no credentials mode", x.param()), inPage("Set credentials to omit, same-origin or include, or leave it out.")
	},
	engine.CodeRedirectInvalid: func(x *explainer) (string, []string) {
		return x.notMade("%s is no redirect mode", x.param()), inPage("Set redirect to follow, error or manual, or leave it out.")
	},
	engine.CodeMethodInvalid: func(x *explainer) (string, []string) {
		return x.notMade("the method %s is no HTTP token", x.param()), inPage("A method is made of letters, digits and !#$%&'*+-.^_`|~, without spaces.")
	},
	engine.CodeMethodForbidden: func(x *explainer) (string, []string) {
		return x.notMade("the method %s is forbidden to script", x.param()), inPage("Use another method: CONNECT, TRACE and TRACK are forbidden.")
	},
	engine.CodeMethodNotNoCORS: func(x *explainer) (string, []string) {
		return x.notMade("mode no-cors does not go with the method %s", x.param()), inPage("Leave out mode no-cors; it takes GET, HEAD and POST only, and script can read nothing of the response.")
	},
	engine.CodeHeaderNameInvalid: func(x *explainer) (string, []string) {
		return x.notMade("the header name %s is no HTTP token", x.param()), inPage("A name is made of letters, digits and !#$%&'*+-.^_`|~, without spaces and colons.")
	},
	engine.CodeHeaderValueInvalid: func(x *explainer) (string, []string) {
		return x.notMade("the value %s of the header %s has NUL, CR or LF in it", x.param(), shown(x.b.Name)), inPage("Leave line breaks out of header values.")
	},
	engine.CodeHeaderValueNotLatin1: func(x *explainer) (string, []string) {
		return x.notMade("the header value %s has characters that no byte can hold", x.param()), inPage("Header values are bytes: encode the text, for one with encodeURIComponent.")
	},
	engine.CodeBodyNotAllowed: func(x *explainer) (string, []string) {
		return x.notMade("a %s request takes no body", shown(x.b.Param)), inPage("Leave out the body, or set a method that takes one, such as POST.")
	},
	engine.CodeStreamBodyNotNoCORS: func(x *explainer) (string, []string) {
		return x.notMade("mode no-cors does not go with a stream as body"), inPage("Leave out mode no-cors, or send a string or a blob.")
	},
	engine.CodeStreamBodyNotSupported: func(x *explainer) (string, []string) {
		return x.notMade("this browser cannot send a stream as body"), inPage("Send a string or a blob: not every browser can send streams.")
	},
	engine.CodePreloadDestination: func(x *explainer) (string, []string) {
		if x.init.As == nil {
			return "The preload is not asked for: the link has no as attribute", inPage("Say what it is for: as=\"fetch\", font, image, script, style or track.")
		}
		return x.notMade("nothing is preloaded for as=%s", x.param()), inPage("Say what it is for: as=\"fetch\", font, image, script, style or track.")
	},

	engine.CodeSameOriginMode: func(x *explainer) (string, []string) {
		return fmt.Sprintf("The request has mode same-origin, and %s is not of the page's origin %s%s", x.asked(), x.page.Origin, x.afterRedirect()),
			[]string{"No header of the server's can help: leave out mode same-origin in the page, or ask for a URL of its own origin."}
	},
	engine.CodeNoCORSRedirect: func(x *explainer) (string, []string) {
		return fmt.Sprintf("A request of mode no-cors to another origin, here %s, must have redirect mode follow, and this one has %s", x.asked(), x.init.Redirect),
			inPage("Leave out redirect, or mode no-cors.")
	},
	engine.CodeSchemeNotHTTP: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s has the scheme %s, and requests to another origin can be made over http and https only%s", x.asked(), x.scheme(), x.afterRedirect()),
			x.noScheme()
	},
	engine.CodeSchemeUnknown: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s has the scheme %s, which cannot be fetched%s", x.asked(), x.scheme(), x.afterRedirect()),
			x.noScheme()
	},
	engine.CodeLocalResource: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s is local, scheme %s, and pages may not load such URLs", x.asked(), x.scheme()),
			[]string{"Nothing on a server can help: serve the resource over https, and ask for that URL."}
	},
	engine.CodeMixedContent: func(x *explainer) (string, []string) {
		return fmt.Sprintf("The page is secure and %s is not, which is mixed content%s", x.asked(), x.afterRedirect()),
			x.orRedirect("No header can help: serve the resource over https, and ask for its https URL.")
	},
	engine.CodeBadPort: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s has a port, %s, which browsers do not connect to: it belongs to another protocol%s", x.asked(), x.param(), x.afterRedirect()),
			x.orRedirect("No header can help: serve on another port, such as 443, 3000 or 8080.")
	},
	engine.CodeURLCredentialed: func(x *explainer) (string, []string) {
		return "The URL " + x.asked() + " has a user name or a password in it" + x.afterRedirect(), x.orRedirect("Leave user:password@ out of the URL. Nothing on the server can help.")
	},

	engine.CodeNetworkError: func(x *explainer) (string, []string) {
		return "No answer came from " + x.url() + x.failure(), noAnswer
	},
	engine.CodePreflightNetwork: func(x *explainer) (string, []string) {
		return "No answer came to the preflight OPTIONS " + x.url() + x.failure(), noAnswer
	},
	engine.CodeStreamNeedsHTTP2: func(x *explainer) (string, []string) {
		return "The request has a stream for a body, which takes HTTP/2 or later, and " + x.url() + " was answered over HTTP/1",
			[]string{"Serve over HTTP/2 or later, or send a string or a blob from the page."}
	},
	engine.CodeDataURLInvalid: func(x *explainer) (string, []string) {
		return "The URL " + x.url() + " has no comma, or its base64 does not decode", inPage("Correct the data: URL.")
	},
	engine.CodeRedirectLimit: func(x *explainer) (string, []string) {
		return "The request was redirected more than 20 times, last by " + x.url(), []string{"End the chain of redirects, or let the page ask for its end."}
	},
	engine.CodeRedirectLocation: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s leads to %s, which is no URL", x.answer(), shown(x.b.Location)), []string{"Send a `Location` that is a URL on " + x.where() + "."}
	},
	engine.CodeRedirectScheme: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s leads to %s, which is not an http or https URL", x.answer(), shown(x.b.Location)), []string{"Send a `Location` of scheme https on " + x.where() + "."}
	},
	engine.CodeRedirectCredentials: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s leads to %s, which has a user name or a password in it, and a CORS request does not go there", x.answer(), shown(x.b.Location)),
			[]string{"Leave user:password@ out of `Location` on " + x.where() + "."}
	},
	engine.CodeRedirectModeError: func(x *explainer) (string, []string) {
		return fmt.Sprintf("The request has redirect mode error, and %s redirects (status %d) to %s", x.url(), x.b.Status, shown(x.b.Location)),
			[]string{"Answer " + x.url() + " without a redirect, or let the page ask for the URL that it leads to, or leave out redirect mode error."}
	},
	engine.CodeRedirectStreamBody: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s leads to %s, and the request's body is a stream, which cannot be sent twice", x.answer(), shown(x.b.Location)),
			[]string{"Answer without a redirect, or send a string or a blob from the page."}
	},

	engine.CodeAllowOriginMissing:           (*explainer).allowOriginMissing,
	engine.CodePreflightAllowOriginMissing:  (*explainer).allowOriginMissing,
	engine.CodeAllowOriginWildcard:          (*explainer).allowOriginWildcard,
	engine.CodePreflightAllowOriginWildcard: (*explainer).allowOriginWildcard,
	engine.CodeAllowOriginMultiple:          (*explainer).allowOriginMultiple,
	engine.CodePreflightAllowOriginMultiple: (*explainer).allowOriginMultiple,
	engine.CodeAllowOriginInvalid:           (*explainer).allowOriginMismatch,
	engine.CodePreflightAllowOriginInvalid:  (*explainer).allowOriginMismatch,
	engine.CodeAllowOriginMismatch:          (*explainer).allowOriginMismatch,
	engine.CodePreflightAllowOriginMismatch: (*explainer).allowOriginMismatch,
	engine.CodeAllowCredentials:             (*explainer).allowCredentials,
	engine.CodePreflightAllowCredentials:    (*explainer).allowCredentials,
	engine.CodePreflightRedirect:            (*explainer).preflightRedirect,
	engine.CodePreflightStatus:              (*explainer).preflightStatus,
	engine.CodeAllowMethodsInvalid:          (*explainer).allowMethodsInvalid,
	engine.CodeAllowHeadersInvalid:          (*explainer).allowHeadersInvalid,
	engine.CodeMethodNotAllowed:             (*explainer).methodNotAllowed,
	engine.CodeHeaderNotAllowed:             (*explainer).headerNotAllowed,

	engine.CodeCORPSameOrigin: (*explainer).corp,
	engine.CodeCORPSameSite:   (*explainer).corp,
	engine.CodeCORPEmbedder:   (*explainer).corpMissing,
	engine.CodeOpaqueBlocked: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s has Content-Type %s, which %s cannot use, and the browser keeps it from the page (opaque response blocking)", x.answer(), x.contentType(), x.what()),
			[]string{x.contentTypeFix(), "Or let the page load it with CORS: crossorigin on the element, and `Access-Control-Allow-Origin` on " + x.where() + "."}
	},
	engine.CodeStatusNotOK: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s is an error, and %s is used with %s only", x.answer(), x.what(), x.usableStatus()), []string{"CORS let it through: find out why the server answers with status " + strconv.Itoa(x.b.Status) + "."}
	},
	engine.CodeMIMETypeMismatch: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s has Content-Type %s, which is not what %s must have", x.answer(), x.contentType(), x.what()), []string{x.contentTypeFix()}
	},
	engine.CodeEventStreamType: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s has Content-Type %s, and an EventSource reads text/event-stream only", x.answer(), x.contentType()), []string{x.contentTypeFix()}
	},
	engine.CodeEventStreamCharset: func(x *explainer) (string, []string) {
		return fmt.Sprintf("%s says to have the charset %s, and this browser's EventSource reads UTF-8 only", x.answer(), x.param()),
			[]string{"Send `Content-Type: text/event-stream`, without a charset, on " + x.where() + "."}
	},
	engine.CodeSizeUnknown: func(x *explainer) (string, []string) {
		value, _ := x.header("Content-Range")
		return fmt.Sprintf("%s is partial content with Content-Range %s, which does not say how long the whole is: this browser asks for more without end", x.answer(), shown(value)),
			[]string{"Send `Content-Range: bytes 0-LAST/SIZE` on " + x.where() + ", or all of the file with status 200."}
	},
	engine.CodeRangeMismatch: func(x *explainer) (string, []string) {
		value, _ := x.header("Content-Range")
		return fmt.Sprintf("%s is partial content with Content-Range %s, and all from the first byte on was asked for", x.answer(), shown(value)),
			[]string{"Send `Content-Range: bytes 0-LAST/SIZE` on " + x.where() + ", or all of the file with status 200."}
	},
	engine.CodeNotDecodable: func(x *explainer) (string, []string) {
		return fmt.Sprintf("The body of %s is not %s", lower(x.answer()), x.what()), []string{"CORS let it through: send the bytes of " + x.what() + "."}
	},
}

var noAnswer = []string{"This is not about CORS: see that the server runs and can be reached, that its name resolves, and that its certificate is valid."}

func inPage(s string) []string { return []string{s + " Nothing on the server can help."} }
