package har

import (
	"strings"

	"github.com/corsim/corsim/fetchspec"
)

// Kinds of entries that are not judged.
const (
	kindNavigation = "navigation"
	kindWebSocket  = "WebSocket"
	kindNotHTTP    = "no http(s) URL"
	kindOther      = "of a kind that is not modelled"
)

// nature says what in a page made a request, or why it is not judged.
type nature struct {
	api fetchspec.API
	// from says what tells so, and assumed is set where it is likely only.
	from    string
	assumed bool
	// open is set where it could be an element as well as a script.
	open bool
	// skip is why the request is not judged.
	skip string
}

// byResourceType are the kinds that Chromium and Playwright tell.
var byResourceType = map[string]nature{
	"fetch":       {api: fetchspec.APIFetch},
	"xhr":         {api: fetchspec.APIXHR},
	"eventsource": {api: fetchspec.APIEventSource},
	"script":      {api: fetchspec.APIScript},
	"image":       {api: fetchspec.APIImage},
	"stylesheet":  {api: fetchspec.APIStylesheet},
	"font":        {api: fetchspec.APIFont},
	"document":    {skip: kindNavigation},
	"websocket":   {skip: kindWebSocket},
}

// byDestination are the kinds that Sec-Fetch-Dest tells, in all browsers.
var byDestination = map[string]nature{
	"script":   {api: fetchspec.APIScript},
	"image":    {api: fetchspec.APIImage},
	"style":    {api: fetchspec.APIStylesheet},
	"font":     {api: fetchspec.APIFont},
	"video":    {api: fetchspec.APIVideo},
	"audio":    {api: fetchspec.APIAudio},
	"document": {skip: kindNavigation}, "iframe": {skip: kindNavigation}, "frame": {skip: kindNavigation},
	"embed": {skip: kindNavigation}, "object": {skip: kindNavigation},
}

// byAccept are the kinds that Accept tells by how it starts, where nothing else does.
var byAccept = map[string]fetchspec.API{
	"image/": fetchspec.APIImage, "text/css": fetchspec.APIStylesheet, "application/font-woff": fetchspec.APIFont,
	"video/": fetchspec.APIVideo, "audio/": fetchspec.APIAudio,
}

// nature finds out what made a request.
func (it *item) nature() nature {
	dest, mode := strings.ToLower(it.header("Sec-Fetch-Dest")), strings.ToLower(it.header("Sec-Fetch-Mode"))
	switch {
	case it.url == nil || !it.url.IsHTTP():
		if it.url != nil && strings.HasPrefix(it.url.Scheme(), "ws") {
			return nature{skip: kindWebSocket}
		}
		return nature{skip: kindNotHTTP}
	case mode == "navigate":
		return nature{skip: kindNavigation}
	case mode == "websocket", strings.EqualFold(it.header("Upgrade"), "websocket"):
		return nature{skip: kindWebSocket}
	}
	if n, ok := byResourceType[it.ResourceType]; ok {
		n.from = "_resourceType"
		return n
	}
	if n, ok := byDestination[dest]; ok {
		n.from = "Sec-Fetch-Dest"
		return n
	}
	accept := it.header("Accept")
	switch {
	case dest != "" && dest != "empty":
		return nature{skip: kindOther}
	case it.ResourceType != "" && it.ResourceType != "other" && it.ResourceType != "media":
		return nature{skip: kindOther}
	case it.ResourceType == "media":
		return nature{api: fetchspec.APIVideo, from: "_resourceType", assumed: true}
	case accept == "text/event-stream":
		return nature{api: fetchspec.APIEventSource, from: "Accept"}
	case it.Request.Headers.Has("X-Requested-With"):
		return nature{api: fetchspec.APIXHR, from: "X-Requested-With", assumed: true}
	case dest == "empty":
		return nature{api: fetchspec.APIFetch, from: "Sec-Fetch-Dest, which is the same for an XMLHttpRequest", assumed: true}
	case strings.HasPrefix(accept, "text/html"):
		return nature{skip: kindNavigation}
	}
	for start, api := range byAccept {
		if strings.HasPrefix(accept, start) {
			return nature{api: api, from: "Accept", assumed: true}
		}
	}
	return nature{api: fetchspec.APIFetch, from: "nothing that speaks of an element", assumed: true, open: accept == "" || accept == "*/*"}
}
