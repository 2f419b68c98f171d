package message

import (
	"bytes"
	"encoding/json"

	"github.com/corsim/corsim/engine"
)

// explained is a message with its explanation, as JSON has it.
type explained struct {
	Text     string        `json:"text"`
	Browsers []seenBy      `json:"browsers,omitempty"`
	Codes    []engine.Code `json:"codes,omitempty"`
	Topic    Topic         `json:"topic,omitempty"`
	CORS     bool          `json:"cors"`
	Cut      bool          `json:"cut,omitempty"`
	Parts    Parts         `json:"parts,omitzero"`
	Sent     []string      `json:"sent,omitempty"`
	Also     []string      `json:"also,omitempty"`
	Why      string        `json:"why"`
	Step     engine.Step   `json:"step,omitempty"`
	Anchor   string        `json:"anchor,omitempty"`
	Causes   []string      `json:"causes,omitempty"`
	Change   []string      `json:"change,omitempty"`
	Next     []string      `json:"next,omitempty"`
	StandsIn []string      `json:"stands_in,omitempty"`
}

type seenBy struct {
	Browser string `json:"browser"`
	Era     string `json:"era,omitempty"`
}

// JSON returns messages and their explanations as one JSON object. The manual of corsim explain describes it.
func JSON(messages []Message) ([]byte, error) {
	out := struct {
		Messages []explained `json:"messages"`
	}{}
	for _, m := range messages {
		e := m.Explain()
		x := explained{
			Text: m.Text, Codes: m.Codes, Topic: m.Topic, CORS: e.IsCORS, Cut: m.Cut, Parts: m.Parts, Sent: m.Sent(), Also: m.Also,
			Why: e.Why, Step: e.Step, Anchor: e.Anchor, Causes: e.Causes, Change: e.Change, Next: e.Next, StandsIn: e.StandsIn,
		}
		for _, s := range m.Sightings {
			x.Browsers = append(x.Browsers, seenBy(s))
		}
		out.Messages = append(out.Messages, x)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
