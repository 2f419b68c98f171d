package har

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/corsim/corsim/fetchspec"
	"github.com/corsim/corsim/internal/recorded"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// wireHAR is the HAR that a proxy would have made of what a browser sent in a scenario. It has all that went over the wire, and
// nothing that the page knows.
func wireHAR(t *testing.T, s *scenario.Scenario, r *recorded.Recording) string {
	entries := []object{}
	for i, request := range r.Requests {
		preflight := request.Method == "OPTIONS" && slices.ContainsFunc(request.Headers, func(h []string) bool {
			return strings.EqualFold(h[0], "Access-Control-Request-Method")
		})
		answer, ok := scenario.Answering(s.Server, request.URL, preflight)
		response := object{"status": 404, "headers": []object{}}
		switch {
		case !ok:
		case answer == nil || answer.Drop:
			response["status"], response["_error"] = 0, "net::ERR_EMPTY_RESPONSE"
		default:
			response["status"], response["headers"] = answer.Status, pairs(answer.Headers)
		}
		entries = append(entries, object{
			"startedDateTime": fmt.Sprintf("2026-11-24T11:00:%02d.000Z", i), "time": 900,
			"request": object{"method": request.Method, "url": request.URL, "httpVersion": "HTTP/1.1", "headers": pairs(request.Headers)}, "response": response,
		})
	}
	data, err := json.Marshal(object{"log": object{"version": "1.2", "creator": object{"name": "a proxy", "version": "1"}, "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func pairs(headers [][]string) []object {
	list := []object{}
	for _, h := range headers {
		list = append(list, object{"name": h[0], "value": h[1]})
	}
	return list
}

// TestProvenVerdicts makes HARs of what real browsers sent and were answered, and holds that what is said to be proven of the
// browser is what the page saw.
func TestProvenVerdicts(t *testing.T) {
	const corpus = "../testdata/recorded/lab-3001"
	scenarios := map[string]*scenario.Scenario{}
	for line := range recorded.Lines(t, corpus+".ndjson.gz") {
		s, err := scenario.Decode(slices.Clone(line))
		if err != nil {
			t.Fatal(err)
		}
		scenarios[s.ID] = s
	}
	for _, browser := range personality.Browsers() {
		grades := map[Grade]int{}
		for line := range recorded.Lines(t, corpus+"."+browser.Name+".ndjson.gz") {
			r, err := recorded.ParseRecording(line)
			if err != nil {
				t.Fatal(err)
			}
			s := scenarios[r.ID]
			if s.Request == nil || s.Request.API == string(fetchspec.APIPreload) || s.HTTP2 || s.Client.Opaque || s.Client.Sandbox || r.Broken() {
				// The HAR is of one request over HTTP/1.1, of a page that has an origin. Of preloads, pages are not always told.
				continue
			}
			list, broken, err := findings(NewJudge(NewReader(strings.NewReader(wireHAR(t, s, r))), []*personality.Personality{browser}))
			if err != nil || len(broken) > 0 {
				t.Fatalf("%s: %d findings, %v, %v", r.ID, len(list), broken, err)
			}
			if len(list) != 1 {
				continue // it did not leave the page's origin
			}
			v, saw := list[0].Verdicts[0], Allowed
			if r.JS[0].Error != nil {
				saw = Blocked
			}
			if grades[v.Grade]++; v.Grade == Proven && v.Outcome != saw {
				t.Errorf("%s: %s of %s is proven to be %s (%s), and was %s in %s", r.ID, s.Request.API, list[0].URL, v.Outcome, v.Code, saw, browser.Name)
			}
		}
		if grades[Proven] < 1000 {
			t.Errorf("%s: only %d verdicts are proven", browser.Name, grades[Proven])
		}
		t.Logf("%s: %v", browser.Name, grades)
	}
}
