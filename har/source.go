package har

import (
	"strings"

	"github.com/corsim/corsim/personality"
)

// source is what made a HAR, as far as it decides what the HAR lacks. The zero source is a proxy, which sees the wire alone, or
// something that is not known.
type source struct {
	// browser is the browser whose requests are in it, nil where that is not known, and version the browser's.
	browser *personality.Personality
	version string
	// failures is set where it is told which requests failed, and so of all others that they did not.
	failures bool
	// noResponse says what failed requests lack, empty where they have what was answered.
	noResponse string
}

// sourceOf recognises what made a HAR by what the HAR says of it.
func sourceOf(l *Log) source {
	switch strings.ToLower(l.Creator.Name) {
	case "webinspector": // DevTools, of all browsers that are made from Chromium
		return source{browser: personality.Chromium156, failures: true}
	case "webkit web inspector": // Safari's too
		return source{browser: personality.WebKit250, failures: true, noResponse: "WebKit's Web Inspector leaves out what was answered to requests that failed."}
	case "firefox":
		return source{browser: personality.Firefox153, version: l.Browser.Version}
	case "playwright":
		s := source{failures: true, noResponse: "Playwright leaves out what was answered to requests that failed."}
		if browser, err := personality.ByName(strings.ToLower(l.Browser.Name)); err == nil {
			s.browser, s.version = browser, l.Browser.Version
		}
		return s
	}
	return source{}
}

// Observed is what the HAR says that its browser did with a request.
type Observed struct {
	// Browser is the personality that stands for the browser.
	Browser string `json:"browser"`
	// Version is the browser's, where the HAR tells it. Another one than the personality's may do otherwise.
	Version string `json:"version,omitempty"`
	// Outcome is "allowed" or "blocked". A connection that failed counts as blocked, as it does to the page.
	Outcome string `json:"outcome"`
	// By is the member of the HAR that says so, and what it says.
	By string `json:"by"`
}

// observe returns what is said of the last request of a chain, nil where nothing is.
func (s *source) observe(e *Entry) *Observed {
	if s.browser == nil {
		return nil
	}
	r := &e.Response
	o := &Observed{Browser: s.browser.Name, Version: s.version, Outcome: "blocked"}
	switch {
	case e.BlockedReason != "":
		o.By = "_blockedReason " + e.BlockedReason
	case r.HasError && !aborted(r.Error):
		if o.By = "_error " + r.Error; r.Error == "" {
			o.By = "an empty _error"
		}
	case r.HasError:
		return nil
	case r.Status <= 0:
		o.By = "no status"
	case s.failures:
		o.Outcome, o.By = "allowed", "no error is told"
	default:
		return nil
	}
	return o
}

// aborted reports whether an error is about a request that the page or the user gave up, or that something else than the
// browser's own rules stopped.
func aborted(text string) bool {
	switch text {
	case "net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT", "net::ERR_BLOCKED_BY_ADMINISTRATOR", "NS_BINDING_ABORTED", "Load request cancelled":
		return true
	}
	return false
}

// failed reports whether an error is that there was no answer: a connection, a name or a certificate that is wrong.
func failed(text string) bool {
	name, ok := strings.CutPrefix(text, "net::ERR_")
	if !ok {
		return strings.HasPrefix(text, "NS_ERROR_NET_") || strings.HasPrefix(text, "NS_ERROR_UNKNOWN_HOST") || strings.HasPrefix(text, "NS_ERROR_CONNECTION_REFUSED")
	}
	return name != "FAILED" && name != "ABORTED" && !strings.HasPrefix(name, "BLOCKED_BY_") && !strings.HasPrefix(name, "CACHE_")
}
