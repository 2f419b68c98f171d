package message

import "github.com/corsim/corsim/engine"

// others is what libraries print of a request that a browser blocked, and what Internet Explorer did.
var others = lexicon{
	browser: "library",
	lines: []wording{
		{text: "AxiosError: Network Error", topic: TopicFailed, era: "axios"},
		{text: "Error: Network Error at createError", topic: TopicFailed, era: "axios up to 0.27"},
		{text: "Http failure response for {url}: 0 Unknown Error", topic: TopicFailed, era: "Angular"},
		{text: "Http failure response for (unknown url): 0 Unknown Error", topic: TopicFailed, era: "Angular"},
		{text: "TypeError: Network request failed", topic: TopicFailed, era: "a fetch polyfill, or React Native"},
		{text: "SEC7120: Origin {origin} not found in Access-Control-Allow-Origin header", codes: union(missing, mismatch), era: "Internet Explorer, and Edge up to 18"},
		{text: "SEC7120: [CORS] The origin '{origin}' did not find '{origin}' in the Access-Control-Allow-Origin response header", codes: union(missing, mismatch), era: "Edge up to 18"},
		{text: "SEC7123: Request header {header} was not present in the Access-Control-Allow-Headers list", codes: codes(engine.CodeHeaderNotAllowed), era: "Internet Explorer, and Edge up to 18"},
		{text: "SCRIPT7002: XMLHttpRequest: Network Error", topic: TopicFailed, era: "Internet Explorer, and Edge up to 18"},
	},
}
