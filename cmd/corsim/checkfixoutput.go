package main

import "github.com/corsim/corsim/fix"

// fixOutput is a fix as a member of a line of --json.
type fixOutput struct {
	// Browsers are those in which the request passes with the fix.
	Browsers []string     `json:"browsers"`
	Edits    []editOutput `json:"edits"`
	// Unseen are the answers that were taken to have no headers yet.
	Unseen []answerOutput `json:"unseen,omitempty"`
	// Must has to hold beside the edits.
	Must []string `json:"must,omitempty"`
	// Gains are those who pass only with the fix, and Refused those who are kept out as before.
	Gains   []askerOutput `json:"gains"`
	Refused []askerOutput `json:"refused"`
	// Everybody is set where every page gains.
	Everybody bool `json:"everybody"`
}

// editOutput is what is to change of one answer.
type editOutput struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Status int    `json:"status,omitempty"`
	// Headers are to be sent with just these values, and those in Remove not at all.
	Headers [][2]string `json:"headers"`
	Remove  []string    `json:"remove,omitempty"`
}

// answerOutput names an answer, as fix.Answer does.
type answerOutput struct {
	URL       string `json:"url"`
	Preflight bool   `json:"preflight"`
}

// askerOutput is somebody else who makes the same request.
type askerOutput struct {
	Origin      string `json:"origin"`
	Who         string `json:"who"`
	Credentials bool   `json:"credentials"`
}

// fixOutput returns the fix for programs, nil where there is none.
func (c *check) fixOutput() *fixOutput {
	f, err := c.fix()
	if err != nil || len(f.Edits) == 0 {
		return nil
	}
	out := &fixOutput{
		Browsers: c.browsers(), Must: f.Must(), Gains: askers(f.Blast.Gains), Refused: askers(f.Blast.Refused), Everybody: f.Blast.Everybody(),
	}
	for _, change := range f.Changes {
		edit := editOutput{Method: change.Method, URL: change.Answer.URL, Status: change.Status, Headers: [][2]string{}}
		for _, h := range change.Headers {
			if h.Value == "" {
				edit.Remove = append(edit.Remove, h.Name)
			} else {
				edit.Headers = append(edit.Headers, [2]string{h.Name, h.Value})
			}
		}
		out.Edits = append(out.Edits, edit)
	}
	for _, a := range f.Unseen {
		out.Unseen = append(out.Unseen, answerOutput(a))
	}
	return out
}

func askers(all []fix.Asker) []askerOutput {
	out := []askerOutput{}
	for _, a := range all {
		out = append(out, askerOutput{a.Origin, a.Who, a.Credentials})
	}
	return out
}
