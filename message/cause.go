package message

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/corsim/corsim/engine"
)

var didNotSucceedCauses = []string{
	"The server does not run, is on another port, or cannot be reached from where the browser is.",
	"Its certificate is not trusted: self-signed, expired, or of another name.",
	"Its name does not resolve.",
	"An extension, an ad blocker or tracking protection stopped the request.",
	"The server closed the connection without an answer: it crashed, or refused a body that is too large.",
	"A redirect led to where the request may not go, or the page is https and the URL http.",
}

// causes are what a code usually comes of, the most likely first, as people report it.
func (m *Message) causes(c engine.Code) []string {
	first := m.told(c)
	switch c {
	case engine.CodePreflightAllowOriginMissing:
		return append(first,
			"OPTIONS does not reach the code that sets the headers: the router answers it with 404 or 405, or authentication with 401 or 403, without them. A preflight never has cookies or Authorization.",
			"The origin is not in the server's list, and so its CORS code sends nothing: another scheme, port or subdomain is another origin.",
			"A proxy, load balancer, API gateway or firewall answers OPTIONS by itself.",
			"The server failed, and its error page does not have the headers.")
	case engine.CodeAllowOriginMissing:
		return append(first,
			"The server sends CORS headers for no one, or not for this path.",
			"It is an error (4xx or 5xx) or a sign-in page, and only good answers get the headers: error pages of proxies and frameworks lose them.",
			"The origin is not in the server's list, and so its CORS code sends nothing: another scheme, port or subdomain is another origin.",
			"A cache or CDN gives out an answer that was stored for a request without Origin: Vary: Origin is missing.",
			"A redirect led to another server, which knows nothing of CORS.",
			"The API is not meant for pages: then let your own server ask it.")
	case engine.CodeAllowOriginMismatch, engine.CodePreflightAllowOriginMismatch, engine.CodeAllowOriginInvalid, engine.CodePreflightAllowOriginInvalid:
		return append(first,
			"The server sends one fixed origin, and the page is of another: localhost is not 127.0.0.1, http is not https, every port counts, and www is another host.",
			"The value is written as no browser sends an origin: with a slash or a path at its end, without scheme, or as a pattern.",
			"A cache or CDN gives one origin the answer to another: Vary: Origin is missing.",
			"A redirect between other origins has made the request's origin null.")
	case engine.CodeAllowOriginMultiple, engine.CodePreflightAllowOriginMultiple:
		return append(first,
			"Two layers set the header: the application and the proxy before it, or two middlewares.",
			"A list of origins was configured as the value: the header holds one.")
	case engine.CodeAllowOriginWildcard, engine.CodePreflightAllowOriginWildcard:
		return append(first,
			"The page sends credentials (credentials: 'include' or withCredentials), often by a default of its HTTP client, and the server's CORS code has its default, *.",
			"A proxy or CDN sets * over what the application sends.")
	case engine.CodeAllowCredentials, engine.CodePreflightAllowCredentials:
		return append(first,
			"The server's CORS code does not allow credentials: in most frameworks that is an option of its own.",
			"The value is written in another way than true, all in small letters: True, 1 and yes do not do.",
			"The header is on the answer to OPTIONS only, or on the answer to the request only: both need it.",
			"The page does not need credentials, and asks with them.")
	case engine.CodePreflightStatus:
		return append(first,
			"Authentication comes before CORS and answers 401 or 403: a preflight never has cookies or Authorization.",
			"The router has no OPTIONS for the path: 404 or 405.",
			"The server fails at OPTIONS: 500.",
			"A proxy, load balancer or firewall does not let OPTIONS through.")
	case engine.CodePreflightRedirect:
		return append(first,
			"http is redirected to https: ask for the https URL.",
			"A slash at the end is added or taken away by the framework's router.",
			"www is added or taken away.",
			"A sign-in redirect: authentication comes before CORS.")
	case engine.CodeMethodNotAllowed:
		return append(first,
			"Access-Control-Allow-Methods is missing or does not list the method. GET, HEAD and POST need no listing.",
			"The method is in another case: patch is not PATCH, and fetch() leaves it as it is written.",
			"With credentials, * does not stand for all methods.")
	case engine.CodeHeaderNotAllowed:
		return append(first,
			"Access-Control-Allow-Headers on the answer to OPTIONS is missing or does not list the header.",
			"A library or an interceptor in the page adds the header to every request: tracing, CSRF, cache control.",
			"With credentials, * does not stand for all headers; and it never stands for Authorization.",
			"The header is listed on the answer to the request itself: only that to OPTIONS counts.")
	case engine.CodeAllowMethodsInvalid, engine.CodeAllowHeadersInvalid:
		return append(first, "The list has spaces between its items where commas should be, quotes, brackets, or an empty value that was joined badly.", "Two layers write the header, one of them wrongly.")
	case engine.CodeNetworkError, engine.CodePreflightNetwork:
		return append(first, didNotSucceedCauses...)
	case engine.CodeSchemeNotHTTP:
		return append(first,
			"The page was opened from a file, with a double click: its origin is null, and what it asks for are files. Serve the folder over http instead.",
			"The URL has no http:// before it: localhost:3000/ is taken for the scheme localhost.")
	case engine.CodeSchemeUnknown, engine.CodeLocalResource:
		return append(first, "The URL is of a file, or of an app, and the page is of the web.", "The URL has no http:// before it.")
	case engine.CodeMixedContent:
		return append(first, "The page's URL of the API is still http://.", "The API redirects https to http, as frameworks do that do not know of the proxy before them.")
	case engine.CodeRedirectScheme, engine.CodeRedirectLocation, engine.CodeRedirectCredentials, engine.CodeRedirectLimit, engine.CodeRedirectModeError, engine.CodeRedirectStreamBody:
		return append(first, "The server redirects wrongly: a slash, http and https, or a sign-in page that redirects back.")
	case engine.CodeMIMETypeMismatch, engine.CodeOpaqueBlocked, engine.CodeStatusNotOK, engine.CodeNotDecodable, engine.CodeEventStreamType:
		return append(first, "The URL is wrong, and what came is an error page or the single-page application's index.html.", "The server does not know the file's type.")
	}
	return first
}

// told are the causes that what the message quotes speaks for.
func (m *Message) told(c engine.Code) []string {
	var told []string
	p := m.Parts
	if s := p.Status; s >= 400 {
		phrase := strings.TrimSpace(strconv.Itoa(s) + " " + http.StatusText(s))
		switch isPreflight(c); {
		case isPreflight(c) && (s == 401 || s == 403):
			told = append(told, "Status "+phrase+": authentication, or a firewall, answers OPTIONS before the CORS code does.")
		case isPreflight(c) && (s == 404 || s == 405 || s == 501):
			told = append(told, "Status "+phrase+": the router does not know OPTIONS for this path, or the path is wrong.")
		case s >= 500:
			told = append(told, "Status "+phrase+": the server failed, or the proxy did not reach it. That error is what to mend first; its page just lacks the CORS headers too.")
		default:
			told = append(told, "Status "+phrase+": it is an error page, which did not get the CORS headers that good answers have.")
		}
	} else if s >= 300 {
		told = append(told, "Status "+strconv.Itoa(s)+": a redirect, which needs the CORS headers of its own, and on a preflight must not be.")
	}
	if hint := m.valueHint(); hint != "" && c.Base() == engine.CodeAllowOriginMultiple {
		told = append(told, hint)
	}
	if name := strings.ToLower(p.Header); strings.HasPrefix(name, "access-control-allow-") {
		told = append(told, p.Header+" is a header of answers, and the page sends it in its request: take it out of the page.")
	}
	if p.Origin == "null" || strings.HasPrefix(p.Page, "file:") {
		told = append(told, "The page's origin is null: it was opened from a file, is in a sandboxed frame, or a redirect has led from one other origin to the next.")
	}
	if strings.Contains(p.From, "://") && strings.Contains(p.URL, "://") {
		told = append(told, "A redirect led from "+p.From+" to this URL, and its server must send the headers too; sign-in pages do not. Let the page ask for the right URL at once.")
	}
	return told
}

// valueHint says how several values came into Access-Control-Allow-Origin.
func (m *Message) valueHint() string {
	if m.Parts.Value == nil {
		return ""
	}
	items := strings.FieldsFunc(*m.Parts.Value, func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case len(items) < 2:
		return ""
	case items[0] == items[1]:
		return "The value is there twice: two layers add it."
	}
	return "The value is a list, and the header holds one origin: look up the one that asks."
}

// isPreflight reports whether a code is about the answer to a preflight.
func isPreflight(c engine.Code) bool {
	switch c {
	case engine.CodePreflightStatus, engine.CodePreflightRedirect, engine.CodePreflightNetwork, engine.CodeMethodNotAllowed, engine.CodeHeaderNotAllowed,
		engine.CodeAllowMethodsInvalid, engine.CodeAllowHeadersInvalid:
		return true
	}
	return c != c.Base()
}
