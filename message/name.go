package message

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/personality"
)

// Named returns the message that a name stands for, in any case and with spaces in it or not: a code, a [Topic], the name that Chromium's DevTools give a
// CORS error, with or without the k before it, or the key of Firefox's reason, which is also the name of its page on MDN. ok is
// false where there is none of the name.
func Named(name string) (m Message, ok bool) {
	m, ok = named[strings.ToLower(strings.ReplaceAll(name, " ", ""))]
	return m, ok
}

// Names returns all names that [Named] knows, sorted.
func Names() []string {
	var names []string
	for _, m := range named {
		names = append(names, m.Text)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// devTools are the names of CORS errors in Chromium's DevTools that are not those of a code, and what its network panel writes of
// any.
//
// https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-CorsError
var devTools = map[string]Message{
	"CORSError":                           {Topic: TopicFailed},
	"DisallowedByMode":                    {Codes: codes(engine.CodeSameOriginMode)},
	"InvalidResponse":                     {Codes: noAnswer, Topic: TopicConnection},
	"NoCorsRedirectModeNotFollow":         {Codes: codes(engine.CodeNoCORSRedirect)},
	"InsecureLocalNetwork":                {Topic: TopicLocalNetwork},
	"InvalidLocalNetworkAccess":           {Topic: TopicLocalNetwork},
	"LocalNetworkAccessPermissionDenied":  {Topic: TopicLocalNetwork},
	"InsecurePrivateNetwork":              {Topic: TopicLocalNetwork},
	"InvalidPrivateNetworkAccess":         {Topic: TopicLocalNetwork},
	"UnexpectedPrivateNetworkAccess":      {Topic: TopicLocalNetwork},
	"PreflightMissingAllowPrivateNetwork": {Topic: TopicLocalNetwork},
	"PreflightInvalidAllowPrivateNetwork": {Topic: TopicLocalNetwork},
}

// firefoxKeys are the keys of Firefox's reasons, less the number at the end of some, and what its network panel writes of them
// where that is something else.
//
// https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors
var firefoxKeys = map[string]Message{
	"CORSDisabled":                            {Topic: TopicDisabled},
	"CORSDidNotSucceed":                       {Topic: TopicNoAnswer, Codes: didNotSucceed},
	"CORSOriginHeaderNotAdded":                {Topic: TopicDisabled},
	"CORSExternalRedirectNotAllowed":          {Codes: codes(engine.CodePreflightRedirect)},
	"CORSRequestNotHttp":                      {Codes: codes(engine.CodeSchemeNotHTTP, engine.CodeRedirectScheme)},
	"CORSMissingAllowOrigin":                  {Codes: missing},
	"CORSMultipleAllowOriginNotAllowed":       {Codes: union(multiple, codes(engine.CodeNetworkError))},
	"CORSAllowOriginNotMatchingOrigin":        {Codes: union(allowOriginValue, codes(engine.CodePreflightRedirect))},
	"CORSNotSupportingCredentials":            {Codes: wildcard},
	"CORSMethodNotFound":                      {Codes: codes(engine.CodeMethodNotAllowed)},
	"CORSMissingAllowCredentials":             {Codes: credentials},
	"CORSPreflightDidNotSucceed":              {Codes: codes(engine.CodePreflightStatus, engine.CodePreflightRedirect)},
	"CORSInvalidAllowMethod":                  {Codes: codes(engine.CodeAllowMethodsInvalid)},
	"CORSInvalidAllowHeader":                  {Codes: codes(engine.CodeAllowHeadersInvalid)},
	"CORSMissingAllowHeaderFromPreflight":     {Codes: codes(engine.CodeHeaderNotAllowed)},
	"CORSAllowHeaderFromPreflightDeprecation": {Topic: TopicAuthorizationWildcard},
	"CORSFailed":                              {Topic: TopicNoAnswer, Codes: didNotSucceed},
	"CORSMultipleOriginNotAllowed":            {Codes: union(multiple, codes(engine.CodeNetworkError))},
	"CORSNoAllowCredentials":                  {Codes: wildcard},
	"CORSMissingAllowHeader":                  {Codes: codes(engine.CodeHeaderNotAllowed)},
}

// named are the messages by their names in small letters.
var named = func() map[string]Message {
	all := map[string]Message{}
	add := func(name, text, browser string, m Message) {
		m.Text = text
		if browser != "" {
			m.Sightings = []Sighting{{Browser: browser}}
		}
		all[strings.ToLower(name)] = m
	}
	for _, c := range engine.Codes() {
		add(string(c), string(c), "", Message{Codes: codes(c)})
		if d := personality.Chromium156.DevTools(&engine.Result{Block: &engine.Block{Code: c}}); d != nil {
			devTools := Message{Codes: codes(c)}
			add(d.CORSError, d.CORSError, "chromium", devTools)
			add("k"+d.CORSError, d.CORSError, "chromium", devTools)
		}
	}
	for _, topic := range Topics() {
		add(string(topic), string(topic), "", Message{Topic: topic})
	}
	for name, m := range devTools {
		add(name, name, "chromium", m)
		add("k"+name, name, "chromium", m)
	}
	for name, m := range firefoxKeys {
		add(name, name, "firefox", m)
		for _, number := range []string{"2", "3"} {
			add(name+number, name, "firefox", m)
		}
	}
	return all
}()
