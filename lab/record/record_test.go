package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corsim/corsim/lab/browser"
	"github.com/corsim/corsim/scenario"
	"github.com/google/go-cmp/cmp"
)

// fakeBrowser is a browser that opens pages through the proxy, asks what to do, and says that every scenario failed with
// "seen". Scenarios whose id starts with "hang" are never finished; those with "crash" fail once in every browser.
type fakeBrowser struct {
	client  *http.Client
	crashed *crashes

	mu      sync.Mutex
	runs    []string
	cleared int
}

// crashes are the scenarios that have crashed a browser.
type crashes struct {
	mu       sync.Mutex
	seen     map[string]bool
	launched []*fakeBrowser
}

func (c *crashes) launch(_ context.Context, _ string, o browser.Options) (browser.Browser, error) {
	proxy, err := url.Parse("socks5://" + o.Proxy)
	if err != nil {
		return nil, err
	}
	b := &fakeBrowser{client: &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}, crashed: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.launched = append(c.launched, b)
	return b, nil
}

func (b *fakeBrowser) Name() string    { return "chromium" }
func (b *fakeBrowser) Version() string { return "1.2" }

func (b *fakeBrowser) Go(_ context.Context, page string) error {
	go b.browse(page)
	return nil
}

// browse opens a page and does what it is told until there is nothing left.
func (b *fakeBrowser) browse(page string) {
	for page != "" {
		body, err := b.get(page)
		if err != nil {
			return
		}
		_, config, ok := strings.Cut(body, "const config = ")
		if !ok { // a visit
			_, config, _ = strings.Cut(body, "location.replace(")
			page = ""
			json.NewDecoder(strings.NewReader(config)).Decode(&page)
			continue
		}
		var c struct{ Generation int }
		if json.NewDecoder(strings.NewReader(config)).Decode(&c) != nil {
			return
		}
		page = b.work(page, c.Generation)
	}
}

// work runs scenarios in a page, and returns the page to go to.
func (b *fakeBrowser) work(page string, generation int) string {
	u, err := url.Parse(page)
	if err != nil {
		return ""
	}
	base := u.Scheme + "://" + u.Host
	for {
		body, err := b.get(fmt.Sprintf("%s/__next?g=%d", base, generation))
		if err != nil {
			return ""
		}
		var order struct {
			Go       string
			Scenario *scenario.Scenario
		}
		if json.Unmarshal([]byte(body), &order) != nil || order.Scenario == nil {
			return order.Go
		}
		id := order.Scenario.ID
		b.mu.Lock()
		b.runs = append(b.runs, id+" on "+page)
		b.mu.Unlock()
		if strings.HasPrefix(id, "hang") {
			return ""
		}
		result := fmt.Sprintf(`{"id":%q,"js":{"error":"seen"}}`, id)
		resp, err := b.client.Post(fmt.Sprintf("%s/__result?g=%d", base, generation), "text/plain", strings.NewReader(result))
		if err != nil {
			return ""
		}
		resp.Body.Close()
	}
}

func (b *fakeBrowser) get(url string) (string, error) {
	resp, err := b.client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func (b *fakeBrowser) Between(_ context.Context, id string) ([]browser.Entry, error) {
	b.crashed.mu.Lock()
	defer b.crashed.mu.Unlock()
	if strings.HasPrefix(id, "crash") && !b.crashed.seen[id] {
		b.crashed.seen[id] = true
		return nil, errors.New("the browser crashed")
	}
	return []browser.Entry{{Text: "line"}, {Text: "frame's", Target: "iframe"}, {Text: "worker's", Target: "worker"}, {Blocked: "x", Target: "worker"}}, nil
}

func (b *fakeBrowser) ClearCookies(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cleared++
	return nil
}

func (b *fakeBrowser) Close() error {
	b.client.CloseIdleConnections()
	return nil
}

func scenarioOf(t *testing.T, id, client, rest string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode(fmt.Appendf(nil, `{"id":%q,"client":%s,"request":{"url":"/s/x"}%s}`, id, client, rest))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	pageA = `{"origin":"http://a.example.com"}`
	pageB = `{"origin":"http://b.example.com"}`
)

// recordAll records with fake browsers, one at a time.
func recordAll(t *testing.T, scenarios []*scenario.Scenario) (map[string]*Recording, map[string]error, *crashes) {
	t.Helper()
	c := &crashes{seen: map[string]bool{}}
	r, err := New(Options{Browser: "chromium", Timeout: 300 * time.Millisecond, launch: c.launch})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	recordings, failures := map[string]*Recording{}, map[string]error{}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err = r.Record(ctx, scenarios, func(r *Recording, f *Failure) error {
		if f != nil {
			failures[f.ID] = f
		} else {
			recordings[r.ID] = r
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recordings, failures, c
}

func TestRecord(t *testing.T) {
	recordings, failures, c := recordAll(t, []*scenario.Scenario{
		scenarioOf(t, "1", pageA, ""), scenarioOf(t, "2", pageB, ""), scenarioOf(t, "3", pageA, ""),
		scenarioOf(t, "4", pageB, `,"cookies":{"http://b.example.com/s/4/":["a=1"]}`),
	})
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	got := recordings["1"]
	want := &Recording{
		ID: "1", Browser: "chromium", Version: "1.2", Date: time.Now().UTC().Format(time.DateOnly), JS: json.RawMessage(`{"error":"seen"}`),
		Console: []browser.Entry{{Text: "line"}, {Blocked: "x"}}, Frame: []browser.Entry{{Text: "frame's"}}, Worker: []browser.Entry{{Text: "worker's"}},
		Requests: []scenario.WireRequest{},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("recording 1 (-want +got):\n%s", d)
	}
	if len(c.launched) != 1 {
		t.Fatalf("%d browsers were started; want one", len(c.launched))
	}
	const a, b = " on http://a.example.com/__run?b=chromium", " on http://b.example.com/__run?b=chromium"
	if d := cmp.Diff([]string{"1" + a, "3" + a, "2" + b, "4" + b}, c.launched[0].runs); d != "" {
		t.Errorf("runs (-want +got):\n%s", d)
	}
	if n := c.launched[0].cleared; n != 1 {
		t.Errorf("cookies were cleared %d times; want once, after scenario 4", n)
	}
}

func TestRecordTriesAgain(t *testing.T) {
	recordings, failures, c := recordAll(t, []*scenario.Scenario{
		scenarioOf(t, "hang", pageA, ""), scenarioOf(t, "crash", pageA, ""), scenarioOf(t, "ok", pageA, ""),
		scenarioOf(t, "file", `{"origin":"null"}`, ""),
	})
	if recordings["crash"] == nil || recordings["ok"] == nil || len(recordings) != 2 {
		t.Errorf("recorded %v; want crash and ok", recordings)
	}
	if err := failures["hang"]; err == nil || strings.Count(err.Error(), "the page did not finish") != Attempts {
		t.Errorf("hang: %v; want it tried %d times", err, Attempts)
	}
	if err := failures["file"]; err == nil || !strings.Contains(err.Error(), "client.origin") {
		t.Errorf("file: %v; want it refused for its origin", err)
	}
	// Each failure ends a browser.
	if n := len(c.launched); n != Attempts+2 {
		t.Errorf("%d browsers were started; want %d", n, Attempts+2)
	}
}

func TestRecordEndsEarly(t *testing.T) {
	stop := errors.New("enough")
	c := &crashes{seen: map[string]bool{}}
	r, err := New(Options{Browser: "chromium", Jobs: 2, launch: c.launch})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var list []*scenario.Scenario
	for i := range 20 {
		list = append(list, scenarioOf(t, fmt.Sprint(i), pageA, ""))
	}
	n := 0
	err = r.Record(context.Background(), list, func(*Recording, *Failure) error { n++; return stop })
	if !errors.Is(err, stop) || n > 2 {
		t.Errorf("%v after %d recordings; want %v after the first", err, n, stop)
	}
	broken, err := New(Options{Browser: "chromium", launch: func(context.Context, string, browser.Options) (browser.Browser, error) {
		return nil, stop
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.Record(context.Background(), list, func(*Recording, *Failure) error { return nil }); !errors.Is(err, stop) {
		t.Errorf("a browser that does not start: %v; want %v", err, stop)
	}
}

func TestByClient(t *testing.T) {
	var got []string
	for _, s := range byClient([]*scenario.Scenario{
		scenarioOf(t, "1", pageB, ""), scenarioOf(t, "2", pageA, `,"http2":true`), scenarioOf(t, "3", pageA, ""), scenarioOf(t, "4", pageB, ""),
	}) {
		got = append(got, s.ID)
	}
	if want := []string{"3", "1", "4", "2"}; !slices.Equal(got, want) {
		t.Errorf("order %v; want %v", got, want)
	}
}
