package message

import "github.com/corsim/corsim/engine"

const oldMicrosoft = "Internet Explorer, and Edge up to 18"

// others are what libraries print of a request that a browser blocked, and what Microsoft's own browsers did.
var others = []*lexicon{
	{browser: "axios", lines: []wording{
		{text: "AxiosError: Network Error", topic: TopicFailed},
		{text: "Error: Network Error at createError", topic: TopicFailed, era: "axios up to 0.27"},
	}},
	{browser: "angular", lines: []wording{
		{text: "Http failure response for {url}: 0 Unknown Error", topic: TopicFailed},
		{text: "Http failure response for (unknown url): 0 Unknown Error", topic: TopicFailed},
	}},
	{browser: "react-native", lines: []wording{
		{text: "TypeError: Network request failed", topic: TopicFailed},
	}},
	{browser: "microsoft", lines: []wording{
		{text: "SEC7120: Origin {origin} not found in Access-Control-Allow-Origin header", codes: union(missing, mismatch), era: oldMicrosoft},
		{text: "SEC7123: Request header {header} was not present in the Access-Control-Allow-Headers list", codes: codes(engine.CodeHeaderNotAllowed), era: oldMicrosoft},
		{text: "SCRIPT7002: XMLHttpRequest: Network Error", topic: TopicFailed, era: oldMicrosoft},
	}},
}
