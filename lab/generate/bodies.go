package generate

import (
	"strings"

	"github.com/corsim/corsim/scenario"
)

// withBody gives a request a body of any kind but a stream.
func (d *draft) withBody(q *scenario.Request) {
	switch choose(d, of(30, "string"), of(15, "urlsearchparams"), of(15, "formdata"), of(40, "blob")) {
	case "string":
		q.Body = new(pick(d, "x", "{}", ""))
	case "urlsearchparams":
		q.BodyKind = "urlsearchparams"
	case "formdata":
		q.BodyKind = "formdata"
	case "blob":
		q.BodyKind = "blob"
		q.BlobType = pick(d, "", "text/plain", "TEXT/PLAIN", "application/json", "text/plain;charset=utf-8", `text/plain;a="b"`, "image/png", "x", "\u00e9", "text/plain;"+fill(117), "text/plain;"+fill(118), "multipart/form-data; boundary=x")
	}
}

// bodies are about the Content-Type that a body brings.
func (d *draft) bodies() {
	q := d.ask(choose(d, of(80, "fetch"), of(20, "xhr")), d.url("a"))
	q.Method = choose(d, of(70, "POST", "PUT"), of(24, "DELETE", "PATCH", "post", "OPTIONS"), of(6, "GET", "HEAD"))
	d.withBody(q)
	if q.API == "fetch" {
		q.Mode = choose(d, of(75, ""), of(25, "no-cors", "same-origin", "cors"))
		d.credentials(q)
	}
	if d.percent(30) {
		q.Headers = lines{d.contentType()}
	}
	d.serve(q, d.bodyPreflight(q), d.response(q, 85))
}

// bodyPreflight is the answer to the preflight of a request whose body may bring a Content-Type.
func (d *draft) bodyPreflight(q *scenario.Request) *scenario.Answer {
	asked := *q
	asked.Headers = lines{{"Content-Type", ""}}
	return d.preflight(&asked, 90)
}

// charsets are about XMLHttpRequest, which writes the charset of a string body into the Content-Type that script set.
func (d *draft) charsets() {
	q := d.ask(choose(d, of(80, "xhr"), of(20, "fetch")), choose(d, of(60, d.url("a")), of(40, d.at(d.page, "a"))))
	q.Method = pick(d, "POST", "POST", "PUT")
	value := choose(d, of(70, d.charsetValue), of(30, d.contentTypeValue))()
	q.Headers = lines{{pick(d, "Content-Type", "content-type"), value}}
	if d.percent(85) {
		d.withBody(q)
	}
	d.serve(q, d.grant(q), d.plain(q, 95))
}

// charsetValue is a Content-Type with a charset, which XMLHttpRequest may replace.
func (d *draft) charsetValue() string {
	return pick(d,
		"text/plain;charset=iso-8859-1", `text/plain;charset="x"`, `text/plain;charset="utf-8"`, "application/json;charset=latin1", "text/plain; charset=utf-8", "text/plain;charset=UTF-8", "text/plain;charset=Utf-8", "Text/Plain;Charset=x;a=b", "text/plain", "application/x-www-form-urlencoded;charset=x;y=z", "text/html;charset=windows-1252",
		`text/plain;a="b c";charset=x`, `text/plain;a="charset=x"`, "text/plain;charset=", "text/plain;charset", "x;charset=x", "text/plain ;charset=x", "text/plain;charset=x;charset=x", "text/plain;charset=x;charset=y", "text/plain; charset = x", "text/plain;charset=utf8", "text/plain,text/html;charset=x", "", "charset=x", "text/plain;charset='x'", `text/plain;charset="a\"b"`, `text/plain;charset="a`)
}

// Bodies that browsers can decode. All bytes are under 0x80, since bodies are text.
const (
	svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`
	css = "b{}"
	js  = "0"
	vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nx\n"
	// bmp is a black pixel, of 24 bits.
	bmp = "BM:\x00\x00\x00\x00\x00\x00\x006\x00\x00\x00" + // a file of 58 bytes, whose pixels start at 54
		"(\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x18\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x00\x00\x00\x00"
	// gif is a pixel without a table of colours.
	gif = "GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)

// wav is a tenth of a second of silence: PCM, mono, 8 bits, 8000 a second.
var wav = "RIFF\x64\x03\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00" +
	"data\x40\x03\x00\x00" + strings.Repeat("\x7f", 0x340)

// content gives an answer the body and Content-Type that the request is for; fetch and XMLHttpRequest take any.
func (d *draft) content(q *scenario.Request, a *scenario.Answer) {
	if typ, body := d.contentFor(q); typ != "" {
		a.Headers = append(a.Headers, []string{"Content-Type", typ})
		a.Body = body
	}
}

// contentFor returns the type and the body that a request is for.
func (d *draft) contentFor(q *scenario.Request) (typ, body string) {
	what := q.API
	if what == "preload" {
		what = "data"
		if q.As != nil && lower(*q.As) != "fetch" {
			what = lower(*q.As)
		}
	}
	switch what {
	case "data":
		return "application/json", "{}"
	case "script", "module":
		return "text/javascript", js
	case "img", "image":
		return d.image()
	case "stylesheet", "style":
		return "text/css", css
	case "font":
		return "font/woff2", "1"
	case "track":
		return "text/vtt", vtt
	case "video", "audio":
		return "audio/wav", wav
	case "eventsource":
		return "text/event-stream", "data: x\n\n"
	}
	return "", ""
}

func (d *draft) image() (typ, body string) {
	i := choose(d, of(70, [2]string{"image/svg+xml", svg}), of(22, [2]string{"image/bmp", bmp}), of(8, [2]string{"image/gif", gif}))
	return i[0], i[1]
}
