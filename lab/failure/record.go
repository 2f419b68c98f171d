// Package failure asks real browsers what they say of requests that nobody answers: because the connection was refused, the
// certificate has expired, and all the other reasons. No proxy is between them and the servers, which would report the
// failure in its own words.
package failure

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
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
	// after says that the preflight is answered, and secure that the server speaks TLS with a failure that does not need it.
	after, secure bool
	// own says that it is the server of the page.
	own bool
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
	{name: "secure", request: `{"url": %q}`, secure: true},
	{name: "secure-put", request: `{"url": %q, "method": "PUT", "body": "x"}`, after: true, secure: true},
	{name: "own", request: `{"url": %q}`, own: true},
	{name: "own-put", request: `{"url": %q, "method": "PUT", "body": "x"}`, own: true},
	{name: "own-xhr-put", request: `{"api": "xhr", "url": %q, "method": "PUT", "body": "x"}`, own: true},
}

// after are the failures that may follow a request, with and without TLS, and so come from the page's own server too.
var after = []engine.Failure{engine.FailureClosed, engine.FailureReset, engine.FailureMalformed}

// can reports whether a server can fail so.
func (w way) can(k engine.Failure) bool {
	switch {
	case w.own, w.secure:
		return slices.Contains(after, k)
	case w.after:
		return k == engine.FailureRefused || k == engine.FailureHTTP2 || slices.Contains(after, k)
	}
	return true
}

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

// asked is a scenario that is to be recorded, and where its server is.
type asked struct {
	scenario json.RawMessage
	base     string
}

func (r *run) record(ctx context.Context, launch browser.Options) error {
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		return err
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	from := "http://localhost:" + port
	scenarios, orders := map[string]asked{}, []order(nil)
	for _, k := range r.kinds {
		for _, w := range ways {
			if !w.can(k) {
				continue
			}
			base := from
			if !w.own {
				f, err := r.start(k, w)
				if err != nil {
					return err
				}
				defer f.close()
				base = f.base
			}
			o, a, err := ask(k, w, base)
			if err != nil {
				return err
			}
			orders = append(orders, o)
			scenarios[o.ID] = a
		}
	}
	r.results = make(chan result, len(orders))
	s := &http.Server{Handler: r.page(orders)}
	defer s.Close()
	go s.Serve(l)
	b, err := browser.Launch(ctx, r.options.Browser, launch)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := b.Go(ctx, from+"/__run"); err != nil {
		return err
	}
	for range orders {
		var seen result
		select {
		case seen = <-r.results:
		case <-time.After(patience):
			return fmt.Errorf("%s: the page has said nothing for %v", b.Name(), patience)
		case <-ctx.Done():
			return ctx.Err()
		}
		console, err := b.Between(ctx, seen.ID)
		if err != nil {
			return err
		}
		a := scenarios[seen.ID]
		alias := func(text string) string { return strings.ReplaceAll(named(text, a.base), from, page) }
		rec := &Recording{a.scenario, record.Recording{
			ID: seen.ID, Browser: b.Name(), Version: b.Version(), Date: time.Now().UTC().Format(time.DateOnly),
			JS: json.RawMessage(alias(string(seen.JS))), Requests: []scenario.WireRequest{}, Console: []browser.Entry{},
		}}
		for _, e := range console {
			e.Text, e.URL = alias(e.Text), alias(e.URL)
			rec.Console = append(rec.Console, e)
		}
		if err := r.emit(rec); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long the page may take for a request: a connection may take minutes to time out.
const patience = 5 * time.Minute

// named writes a text about a server with the name that it has in scenarios.
func named(text, base string) string {
	_, address, _ := strings.Cut(base, "://")
	if !strings.HasPrefix(address, host+":") {
		return text
	}
	return strings.ReplaceAll(text, address, serverName)
}

// Name is what a kind of failure is called, which a connection that is closed has no name for in scenarios.
func Name(k engine.Failure) string { return cmp.Or(string(k), "closed") }

// ask makes what the page is told to do, and the scenario of it.
func ask(k engine.Failure, w way, base string) (order, asked, error) {
	id, answer := Name(k)+"-"+w.name, map[string]any{"fail": k}
	if k == engine.FailureClosed {
		answer = map[string]any{"drop": true}
	}
	url := base + "/s/" + id + "/a"
	exchange := map[string]any{"response": answer}
	if w.after {
		exchange["preflight"] = map[string]any{"status": 204, "headers": [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "PUT"}}}
	}
	alias := named(url, base)
	if w.own {
		alias = page + strings.TrimPrefix(url, base)
	}
	s, err := json.Marshal(map[string]any{
		"id": id, "client": map[string]string{"origin": page}, "request": json.RawMessage(fmt.Sprintf(w.request, alias)),
		"server": map[string]any{alias: exchange}, "http2": k == engine.FailureHTTP2,
	})
	return order{id, json.RawMessage(fmt.Sprintf(w.request, url))}, asked{s, base}, err
}

// page serves a page that makes all requests, one after the other.
func (r *run) page(orders []order) http.Handler {
	mux := http.NewServeMux()
	for _, k := range r.kinds {
		for _, w := range ways {
			if w.own && w.can(k) {
				mux.Handle("/s/"+Name(k)+"-"+w.name+"/", &failing{kind: k})
			}
		}
	}
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
