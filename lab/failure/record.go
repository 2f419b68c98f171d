// Package failure asks real browsers what they say of requests that nobody answers: because the connection was refused, the
// certificate has expired, and all the other reasons. No proxy is between them and the servers, which would report the
// failure in its own words.
package failure

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/lab/record"
	"github.com/corsim/corsim/lab/server"
	"github.com/corsim/corsim/scenario"
)

// way is a way to ask a server that fails.
type way struct {
	name    string
	request string
	// after says that the preflight is answered.
	after bool
}

// ways are the ways to ask. %s is the URL.
var ways = []way{
	{name: "fetch", request: `{"url": %q}`},
	{name: "no-cors", request: `{"url": %q, "mode": "no-cors"}`},
	{name: "preflight", request: `{"url": %q, "method": "PUT", "body": "x"}`},
	{name: "put", request: `{"url": %q, "method": "PUT", "body": "x"}`, after: true},
	{name: "xhr", request: `{"api": "xhr", "url": %q}`},
	{name: "xhr-preflight", request: `{"api": "xhr", "url": %q, "method": "PUT", "body": "x"}`},
	{name: "xhr-put", request: `{"api": "xhr", "url": %q, "method": "PUT", "body": "x"}`, after: true},
	{name: "script", request: `{"api": "script", "url": %q}`},
	{name: "script-cors", request: `{"api": "script", "url": %q, "crossorigin": "anonymous"}`},
	{name: "module", request: `{"api": "module", "url": %q}`},
	{name: "img", request: `{"api": "img", "url": %q}`},
	{name: "img-cors", request: `{"api": "img", "url": %q, "crossorigin": "anonymous"}`},
	{name: "stylesheet", request: `{"api": "stylesheet", "url": %q}`},
	{name: "font", request: `{"api": "font", "url": %q}`},
	{name: "video", request: `{"api": "video", "url": %q}`},
	{name: "eventsource", request: `{"api": "eventsource", "url": %q}`},
}

// canAnswer are the failures of servers that can have answered a preflight before.
var canAnswer = []engine.Failure{"", engine.FailureRefused, engine.FailureReset, engine.FailureMalformed, engine.FailureHTTP2}

// The page and the servers have these names in scenarios, whatever their ports were.
const (
	page       = "http://localhost:8080"
	serverName = "127.0.0.1:8000"
)

// Recording is a scenario, and what a browser did.
type Recording struct {
	Scenario json.RawMessage `json:"scenario"`
	record.Recording
}

// Record asks a browser about kinds of failures, in every way there is.
func Record(ctx context.Context, o record.Options, kinds []engine.Failure, emit func(*Recording) error) error {
	trusted, err := server.NewAuthority()
	if err != nil {
		return err
	}
	other, err := server.NewAuthority()
	if err != nil {
		return err
	}
	isCertificate := func(k engine.Failure) bool { return strings.HasPrefix(string(k), "certificate-") }
	// WebKit can be told to take every certificate, or none but those of public authorities.
	for _, checked := range []bool{false, true} {
		r := &run{authorities: authorities{trusted, other}, options: o, emit: emit}
		for _, k := range kinds {
			if isCertificate(k) == checked {
				r.kinds = append(r.kinds, k)
			}
		}
		if len(r.kinds) == 0 {
			continue
		}
		launch := browser.Options{Direct: true, Executable: o.Executable, Log: o.Log}
		if checked {
			launch.Authority = trusted.DER()
		}
		if err := r.record(ctx, launch); err != nil {
			return err
		}
	}
	return nil
}

// run is the recording of some kinds in one browser.
type run struct {
	authorities
	options record.Options
	kinds   []engine.Failure
	emit    func(*Recording) error

	results chan result
}

// result is what script saw.
type result struct {
	ID string          `json:"id"`
	JS json.RawMessage `json:"js"`
}

// order is a scenario, as the page gets it.
type order struct {
	ID      string          `json:"id"`
	Request json.RawMessage `json:"request"`
}

func (r *run) record(ctx context.Context, launch browser.Options) error {
	b, err := browser.Launch(ctx, r.options.Browser, launch)
	if err != nil {
		return err
	}
	defer b.Close()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		return err
	}
	var orders []order
	scenarios := map[string]*Recording{}
	ports := map[string]*regexp.Regexp{page: regexp.MustCompile(`http://localhost:` + port(l.Addr().String()) + `\b`)}
	_ = ports
	for _, k := range r.kinds {
		for _, w := range ways {
			if w.after && !slices.Contains(canAnswer, k) {
				continue
			}
			f, err := r.start(k, w.after)
			if err != nil {
				return err
			}
			defer f.close()
			id := w.name
			if k != "" {
				id = string(k) + "-" + w.name
			} else {
				id = "empty-" + w.name
			}
			url := f.base + "/s/" + id + "/a"
			orders = append(orders, order{id, json.RawMessage(fmt.Sprintf(w.request, url))})
			sc, err := newScenario(id, k, w, named(url, f.base))
			if err != nil {
				return err
			}
			scenarios[id] = &Recording{Scenario: sc, Recording: record.Recording{ID: id, JS: json.RawMessage(f.base)}}
		}
	}
	r.results = make(chan result, len(orders))
	s := &http.Server{Handler: r.page(orders)}
	defer s.Close()
	go s.Serve(l)
	pageBase := "http://localhost:" + port(l.Addr().String())
	if err := b.Go(ctx, pageBase+"/__run"); err != nil {
		return err
	}
	for range orders {
		var seen result
		select {
		case seen = <-r.results:
		case <-time.After(10 * time.Minute):
			return fmt.Errorf("the page said nothing for ten minutes")
		case <-ctx.Done():
			return ctx.Err()
		}
		console, err := b.Between(ctx, seen.ID)
		if err != nil {
			return err
		}
		rec := scenarios[seen.ID]
		base := string(rec.JS)
		rec.Browser, rec.Version, rec.Date = b.Name(), b.Version(), time.Now().UTC().Format(time.DateOnly)
		rec.JS, rec.Requests, rec.Console = seen.JS, []scenario.WireRequest{}, []browser.Entry{}
		for _, e := range console {
			e.Text = strings.ReplaceAll(named(e.Text, base), pageBase, page)
			e.URL = strings.ReplaceAll(named(e.URL, base), pageBase, page)
			rec.Console = append(rec.Console, e)
		}
		if err := r.emit(rec); err != nil {
			return err
		}
	}
	return nil
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// named writes a text about a server with the name that it has in scenarios.
func named(text, base string) string {
	_, address, _ := strings.Cut(base, "://")
	if !strings.HasPrefix(address, host+":") {
		return text
	}
	return strings.ReplaceAll(text, address, serverName)
}

func newScenario(id string, k engine.Failure, w way, url string) (json.RawMessage, error) {
	fail := json.RawMessage(`{"drop":true}`)
	if k != "" {
		fail = json.RawMessage(fmt.Sprintf(`{"fail":%q}`, k))
	}
	exchange := map[string]json.RawMessage{"response": fail}
	if w.after {
		exchange["preflight"] = json.RawMessage(`{"status":204,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","PUT"]]}`)
	}
	s := map[string]any{"id": id, "client": map[string]string{"origin": page}, "request": json.RawMessage(fmt.Sprintf(w.request, url)), "server": map[string]any{url: exchange}}
	if k == engine.FailureHTTP2 {
		s["http2"] = true
	}
	return json.Marshal(s)
}

// page serves a page that makes all requests, one after the other.
func (r *run) page(orders []order) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/__run", func(w http.ResponseWriter, _ *http.Request) {
		list, err := json.Marshal(orders)
		if err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, pageText, server.ExecScript(), list, r.options.Browser)
	})
	mux.HandleFunc("/__result", func(_ http.ResponseWriter, q *http.Request) {
		var seen result
		if json.NewDecoder(q.Body).Decode(&seen) == nil {
			r.results <- seen
		}
	})
	return mux
}

const pageText = `<!doctype html><meta charset=utf-8><title>corsim lab</title><link rel=icon href=data:,><body><script>
%s
const orders = %s, browser = %q;
const mark = text => browser === 'firefox' ? reportError(new Error(text)) : console.log(text);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
(async () => {
  for (const { id, request } of orders) {
    mark('@@begin ' + id);
    const js = await exec(request, id);
    await sleep(150);
    mark('@@end ' + id);
    await fetch('/__result', { method: 'POST', body: JSON.stringify({ id, js }) });
    document.body.replaceChildren();
  }
})();
</script>
`
