package main

import (
	"context"
	"net/http"

	"github.com/corsim/corsim/httpfetch"
	"github.com/corsim/corsim/personality"
	"github.com/corsim/corsim/scenario"
)

// askLive asks servers, as each browser would.
func (o *checkOptions) askLive(c *check, browsers []*personality.Personality, opt scenario.Options) error {
	o.live.takeCommand()
	transport, err := o.live.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	c.source = "the server"
	c.live = &liveRecord{unsafe: map[string][]*liveAnswer{}, got: map[*scenario.Run][]*liveAnswer{}}
	for _, browser := range browsers {
		run, err := o.askAs(c, browser, transport, opt)
		if err != nil {
			return err
		}
		c.runs = append(c.runs, run)
	}
	c.answers.Notes = append(c.answers.Notes, c.live.notes(c.runs)...)
	if o.live.insecure {
		c.answers.Notes = append(c.answers.Notes, "certificates were not checked; browsers check them, and block a request where they do not trust one")
	}
	return nil
}

// askAs asks as one browser would.
func (o *checkOptions) askAs(c *check, browser *personality.Personality, transport http.RoundTripper, opt scenario.Options) (*scenario.Run, error) {
	timeout := o.live.timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	n := &liveNetwork{wire: httpfetch.Network(transport), browser: browser.Name, record: c.live, sent: map[string]int{}}
	n.wire.Context = ctx
	n.wire.Header = http.Header{"User-Agent": {o.live.userAgent()}}
	opt.Network = n
	run, err := scenario.Evaluate(c.scenario, browser, opt)
	if err != nil {
		return nil, err
	}
	c.live.got[run] = n.answers
	return run, nil
}
