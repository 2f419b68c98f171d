package generate

import "github.com/corsim/corsim/scenario"

// eventSourceRequest is an EventSource, with or without withCredentials.
func (d *draft) eventSourceRequest(url string) *scenario.Request {
	q := d.ask("eventsource", url)
	if d.percent(45) {
		q.Credentials = "include"
	}
	return q
}

// eventSources are EventSources, with answers that are streams of events or nearly so.
func (d *draft) eventSources() {
	q := d.eventSourceRequest(choose(d, of(80, d.url("a")), of(20, d.at(d.page, "a"))))
	if d.percent(20) {
		d.redirectTo(q)
		return
	}
	a := &scenario.Answer{Status: choose(d, of(72, 200), of(28, 201, 204, 206, 301, 304, 307, 400, 401, 404, 500, 503))}
	a.Headers = choose(d,
		of(60, line("Content-Type", "text/event-stream")),
		of(18, line("Content-Type", "text/event-stream;charset=utf-8"), line("Content-Type", "text/event-stream; charset=UTF-8"), line("Content-Type", "TEXT/Event-Stream"), line("Content-Type", "text/event-stream;charset=iso-8859-1"), line("Content-Type", "text/event-stream;"), line("Content-Type", " text/event-stream ")),
		of(22, none, line("Content-Type", ""), line("Content-Type", "text/plain"), line("Content-Type", "text/event-streams"), line("Content-Type", "event-stream"), line("Content-Type", "application/json"), line("Content-Type", "text/event-stream, text/plain"), line("Content-Type", "text/plain", "text/event-stream"), line("Content-Type", "text/event-stream x"), line("Content-Type", d.bend("text/event-stream"))),
	)
	a.Body = choose(d, of(70, "data: x\n\n"), of(30, "", ":\n\n", "\n", "retry: 60000\n\n", "data: x", "id: 1\ndata: x\n\n", "event: error\ndata: x\n\n", "hello"))
	a.Headers = all(a.Headers, d.allowOriginMostly(), d.allowCredentials())
	if d.percent(10) {
		a.Headers = append(a.Headers, d.corpLines()...)
	}
	d.serve(q, nil, a)
	if d.percent(4) {
		d.serve(q, nil, d.dropped())
	}
}
