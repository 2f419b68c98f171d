package message

import (
	"maps"
	"slices"
)

// Topic is what a message is about that no rule of CORS says: failures that look like it, and lines that come with it.
type Topic string

// Topics of messages that say that a request failed, and not why.
const (
	// TopicFailed: something failed. Another line of the console says why.
	TopicFailed Topic = "failed"
	// TopicNoAnswer: Firefox got no answer, or none that it may say anything of.
	TopicNoAnswer Topic = "did-not-succeed"
	TopicStatus   Topic = "error-status"
	TopicAborted  Topic = "aborted"
)

// Topics of what goes wrong on the network.
const (
	TopicDNS        Topic = "dns"
	TopicRefused    Topic = "connection-refused"
	TopicTLS        Topic = "tls"
	TopicTimeout    Topic = "timeout"
	TopicOffline    Topic = "offline"
	TopicConnection Topic = "connection-failed"
)

// Topics of other protections.
const (
	TopicLocalNetwork    Topic = "local-network"
	TopicCSP             Topic = "content-security-policy"
	TopicFrameOptions    Topic = "frame-options"
	TopicTracking        Topic = "tracking-protection"
	TopicBlockedByClient Topic = "blocked-by-client"
	TopicCanvas          Topic = "tainted-canvas"
	TopicFrame           Topic = "cross-origin-frame"
	TopicWorker          Topic = "cross-origin-worker"
	TopicIntegrity       Topic = "integrity"
	TopicInsecure        Topic = "insecure-operation"
	TopicDisabled        Topic = "cors-disabled"
)

// Topics of remarks beside a request.
const (
	TopicUnexposed             Topic = "header-not-exposed"
	TopicForbiddenHeader       Topic = "forbidden-header"
	TopicAuthorizationWildcard Topic = "authorization-by-wildcard"
	TopicUpgraded              Topic = "mixed-content-upgraded"
	TopicCookie                Topic = "cookie"
	TopicType                  Topic = "content-type"
)

// remark says what a topic is about, and what to do.
type remark struct {
	why string
	// isCORS is set where it is, or may be, the rules of CORS that stopped the request.
	isCORS bool
	causes []string
	change []string
}

var remarks = map[Topic]remark{
	TopicFailed: {
		why:    "This line says only that the request failed; script is told no more, so that a page cannot probe other sites. The reason is in another line of the console, or in the network panel.",
		isCORS: true,
		causes: []string{
			"CORS, if the console has a line with \"CORS\", \"Cross-Origin\" or \"Access-Control-Allow-Origin\" near this one: that line says which rule.",
			"The server did not answer: it is down, its name does not resolve, or its certificate is not trusted. The network panel then shows no status.",
			"The page's Content-Security-Policy, mixed content or a blocker stopped the request before it was sent; each prints a line of its own.",
			"A service worker of the page answered with an error.",
		},
		change: []string{
			"Open the developer tools before loading the page, set the console to show all levels, and look at the lines just before this one: paste those.",
			"In the network panel, look for a red OPTIONS or request of that URL, and at its status.",
		},
	},
	TopicNoAnswer: {
		why:    "No answer came, as far as Firefox says: it words failures of the network as if they were of CORS.",
		causes: didNotSucceedCauses,
		change: []string{
			"Open the URL in a tab of its own: if that fails too, it is the server, its name or its certificate. With a certificate of your own, accept it there first, or add it to the trusted ones.",
			"If it opens, look in the network panel what became of the OPTIONS request and the request, and which extension or policy stopped them.",
		},
	},
	TopicStatus: {
		why:    "The server answered with an error status. CORS has no part in that: the line is printed of every such answer, also of those that script may read.",
		causes: []string{"The URL is wrong, or the server fails.", "Not signed in: the request went without the cookie or the header that the server wants."},
		change: []string{"Find out why the server answers so. If the console has a CORS line too, then error answers lack the headers that good ones have: paste that line."},
	},
	TopicAborted: {
		why:    "The request was given up by the page itself or by the browser. CORS has no part in that.",
		causes: []string{"The page was left, or the form that was submitted reloads it, while the request was under way.", "An AbortController, or a timeout of the page's own.", "The answer is a download, or an answer with status 204 to a navigation."},
		change: []string{"Call preventDefault() in the submit handler, and look for what aborts the request."},
	},
	TopicDNS: {
		why:    "The server's name does not resolve. CORS has no part in that: nothing was asked.",
		causes: []string{"A typing mistake in the host, or a variable in the URL that is not set.", "The name is known inside a network, a container or a VPN only, and the browser is outside: names of Docker services, for one, mean nothing to it."},
		change: []string{"Correct the host in the page, and see that it resolves on the machine that the browser runs on."},
	},
	TopicRefused: {
		why:    "Nothing listens at that host and port. CORS has no part in that.",
		causes: []string{"The server does not run, or has crashed.", "It listens on another port, or on 127.0.0.1 inside a container or another machine.", "localhost in a page is the machine of the one who looks at it, not the server."},
		change: []string{"Start the server, let it listen where the browser can reach it, and ask for that URL."},
	},
	TopicTLS: {
		why:    "The connection is not trusted: TLS failed. CORS has no part in that.",
		causes: []string{"The certificate is self-signed, expired, or of another name.", "The chain is not complete: an intermediate certificate is missing.", "https is spoken to a port that speaks http."},
		change: []string{"Serve a certificate that the browser trusts, with its whole chain. While developing, open the URL in a tab and accept it there, or use a local authority."},
	},
	TopicTimeout: {
		why:    "The server did not answer in time. CORS has no part in that.",
		causes: []string{"A firewall or security group drops the packets.", "The server takes too long."},
		change: []string{"See that the host and port can be reached from the machine that the browser runs on, and how long the server takes."},
	},
	TopicOffline: {
		why:    "The browser lost its network. CORS has no part in that.",
		causes: []string{"No network, or a VPN that changed while the request was under way."},
		change: []string{"Try again with the network up."},
	},
	TopicConnection: {
		why:    "The connection broke, or what came was no HTTP answer. CORS has no part in that.",
		causes: []string{"The server crashed or closed the connection while it answered; a body that is too large is often cut off so.", "The answer's head is broken: a header with a line break, or two different Locations.", "A proxy or load balancer gave up.", "http is spoken to a port that speaks https, or the other way round."},
		change: []string{"Look at the server's log for that moment, and ask with curl what it answers."},
	},
	TopicLocalNetwork: {
		why:    "The page is of a public site and asks for an address of the local network or of the machine itself. Browsers guard that apart from CORS, with a permission; no CORS header allows it, although Chromium words it as CORS.",
		causes: []string{"The page is not secure: from http, local addresses cannot be asked at all.", "The user, or a policy, did not grant the permission to reach the local network.", "The name resolves to a private address: split DNS, a VPN or a hosts file.", "A production page with a forgotten URL of localhost."},
		change: []string{
			"Serve the page over https, and let the user grant the permission when the browser asks. Versions before that wanted `Access-Control-Allow-Private-Network: true` on the answer to OPTIONS.",
			"Or let the page ask a public server instead of the local address.",
			"Or serve the page itself from the local network.",
		},
	},
	TopicCSP: {
		why:    "The page's own Content-Security-Policy forbids the request. It is not CORS: nothing was sent, and no header of the server that is asked can help.",
		causes: []string{"connect-src, or default-src if there is none, does not list the origin that is asked.", "A port, a scheme such as wss:, or a subdomain differs from what is listed.", "A framework, a proxy or a meta element adds a policy of its own: all of them must allow it."},
		change: []string{"Add the origin that is asked to connect-src of the policy on the page's own answer. For scripts, styles, images and fonts, it is script-src, style-src, img-src and font-src."},
	},
	TopicFrameOptions: {
		why:    "The answer may not be shown in a frame of that page. It is not CORS: X-Frame-Options or frame-ancestors decides.",
		causes: []string{"The site does not want to be framed; sign-in pages and banks never do."},
		change: []string{"If the framed site is yours, send `Content-Security-Policy: frame-ancestors` with the origin of the page around it, and leave X-Frame-Options out. If it is not, link to it, or use its API."},
	},
	TopicTracking: {
		why:    "Tracking protection blocked it. It is not CORS, and depends on the user's settings.",
		causes: []string{"The host is on the browser's list of trackers.", "A third-party cookie was to be read or set."},
		change: []string{"Try in a window with the protection off, to be sure. Then serve the resource from the page's own site, or do without."},
	},
	TopicBlockedByClient: {
		why:    "An extension or a policy on the user's own machine blocked the request. It is not CORS: nothing was sent.",
		causes: []string{"An ad blocker or privacy extension; words like ads, track, analytics or banner in the URL are enough.", "A policy of a company or a school."},
		change: []string{"Try in a private window without extensions, to be sure. Then rename the URL, or live with it: the page must work without that request."},
	},
	TopicCanvas: {
		why:    "An image or video of another origin was drawn into the canvas without CORS, and from then on script may not read the canvas.",
		isCORS: true,
		causes: []string{"The element has no crossorigin attribute.", "It has, and the server sends no Access-Control-Allow-Origin: then the image does not load at all.", "The image is in the cache from an earlier load without CORS, and its answer had no Access-Control-Allow-Origin."},
		change: []string{
			"Set crossOrigin = \"anonymous\" before src, and send `Access-Control-Allow-Origin` and `Vary: Origin` with the image, whoever asks.",
			"From a file: page nothing helps: serve the page and the image over http from one origin.",
		},
	},
	TopicFrame: {
		why:    "Script reached into a window of another origin. It is the same-origin policy for windows, and no header of CORS changes it.",
		causes: []string{"The frame has redirected to another origin, for one to a sign-in page.", "www and the bare domain, or http and https, are different origins.", "The frame is sandboxed without allow-same-origin."},
		change: []string{"Let the two windows talk with postMessage, and name the other's origin exactly as its second argument."},
	},
	TopicWorker: {
		why:    "A worker's script must be of the page's own origin; CORS does not apply to it.",
		causes: []string{"The script is on a CDN."},
		change: []string{"Serve the worker's script from the page's origin, or start a small one there that imports the other."},
	},
	TopicIntegrity: {
		why:    "The integrity attribute does not match, or cannot be checked. For files of another origin the check needs CORS.",
		isCORS: true,
		causes: []string{"The file changed since the hash was made.", "The element has no crossorigin attribute, or the server sends no Access-Control-Allow-Origin."},
		change: []string{"Make the hash anew, set crossorigin=\"anonymous\" on the element, and send `Access-Control-Allow-Origin` with the file."},
	},
	TopicInsecure: {
		why:    "The operation is forbidden to the page: Firefox and Safari say the same words for a tainted canvas, a worker's script of another origin, a forbidden method, and storage that is switched off.",
		causes: []string{"The canvas was tainted by an image of another origin that was loaded without CORS.", "The page may not use storage or workers there, for one in a sandboxed frame or with cookies blocked.", "XMLHttpRequest was opened with the method CONNECT, TRACE or TRACK."},
		change: []string{"Look at the line of the page's script that threw. For a canvas: corsim explain tainted-canvas."},
	},
	TopicDisabled: {
		why:    "CORS is switched off in this browser's settings, or an extension spoils its headers.",
		isCORS: true,
		causes: []string{"content.cors.disable is set in about:config.", "An extension changes the Origin header."},
		change: []string{"Reset content.cors.disable in about:config, and try without extensions."},
	},
	TopicUnexposed: {
		why:    "The answer came through, but script may not read that header of it.",
		isCORS: true,
		causes: []string{"Access-Control-Expose-Headers does not list the header. Without it script sees Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified and Pragma only.", "With credentials, Access-Control-Expose-Headers: * is a name like any other.", "Set-Cookie is never shown to script."},
		change: []string{"List the header in `Access-Control-Expose-Headers` on the answer to the request itself; the answer to OPTIONS does not count."},
	},
	TopicForbiddenHeader: {
		why:    "Script may not set that header: the browser sets it itself, and dropped what the page gave. The request was made without it.",
		causes: []string{"The page, or a library in it, copies headers from elsewhere: Host, Origin, Cookie, Content-Length, Accept-Encoding and others belong to the browser."},
		change: []string{"Leave the header out in the page. It is not what blocks the request."},
	},
	TopicAuthorizationWildcard: {
		why:    "Access-Control-Allow-Headers: * does not stand for Authorization. Firefox lets it pass for now, and says that it will not for ever.",
		isCORS: true,
		causes: []string{"The server, or its framework, answers OPTIONS with Access-Control-Allow-Headers: *."},
		change: []string{"List Authorization by name in `Access-Control-Allow-Headers` on the answer to OPTIONS."},
	},
	TopicUpgraded: {
		why:    "The page is secure and the URL is not; the browser asked over https instead, or let it pass. That is a warning.",
		causes: []string{"An http: URL in the page."},
		change: []string{"Write https: in the page's URL, and serve the resource over it."},
	},
	TopicCookie: {
		why:    "A cookie of the answer was not taken, or soon will not be. CORS has no part in that, but the next request goes without the cookie.",
		causes: []string{"From another site, a cookie needs SameSite=None and Secure, and then may still be blocked as a third-party cookie.", "The cookie is set over http with Secure, or for a domain that the answer is not of."},
		change: []string{"Send `SameSite=None; Secure` with the cookie, over https, and credentials: 'include' in the page; add `Partitioned` where third-party cookies are blocked."},
	},
	TopicType: {
		why:    "The Content-Type or X-Content-Type-Options of an answer is not what it should be.",
		causes: []string{"An error page or a sign-in page in HTML came instead of the file."},
		change: []string{"Send the right `Content-Type`: text/javascript for scripts, text/css for style sheets; and `X-Content-Type-Options: nosniff` in just this spelling."},
	},
}

// Topics returns all topics, sorted.
func Topics() []Topic { return slices.Sorted(maps.Keys(remarks)) }
