package fix

import (
	"slices"
	"strings"

	"github.com/corsim/corsim/engine"
	"github.com/corsim/corsim/fetchspec"
)

// The response headers that edits are about.
const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"
	resourcePolicy   = "Cross-Origin-Resource-Policy"
)

// Answer names an answer of a server: the one to a preflight of a URL, or the one to all else that is asked of it.
type Answer struct {
	// URL has no fragment.
	URL       string
	Preflight bool
}

// String names the answer by what is asked.
func (a Answer) String() string {
	if a.Preflight {
		return "OPTIONS " + a.URL
	}
	return a.URL
}

// answerTo returns the name of the answer to a request.
func answerTo(r *fetchspec.Request) Answer { return Answer{r.WireURL(), r.IsPreflight()} }

// EditKind is a kind of [Edit].
type EditKind string

// The kinds of edits.
const (
	// EditStatus answers with status 204, itself: no redirect, no error.
	EditStatus EditKind = "status"
	// EditSet sends the header with just this value, in one line.
	EditSet EditKind = "set"
	// EditAdd adds an item to the list in a header, which may not be there yet.
	EditAdd EditKind = "add"
	// EditRemove sends no header of the name.
	EditRemove EditKind = "remove"
	// EditClean takes what is no token out of the list in a header.
	EditClean EditKind = "clean"
)

// Edit is one part of a change of an answer. It is for those who ask from Origin only, unless that is [Any]: others are
// answered as before.
type Edit struct {
	Answer Answer
	Kind   EditKind
	// Name and Value are the header's name, and its value or the item.
	Name, Value string
	// Origin is the origin that the edit is for.
	Origin string
}

// apply changes a response, which is its own copy.
func (e Edit) apply(r *fetchspec.Response) {
	switch e.Kind {
	case EditStatus:
		r.Status, r.StatusMessage = 204, ""
	case EditSet:
		r.Headers.Delete(e.Name)
		r.Headers.Append(e.Name, e.Value)
	case EditRemove:
		r.Headers.Delete(e.Name)
	case EditAdd, EditClean:
		items := fetchspec.ExtractTokens(r.Headers, e.Name).Items
		if e.Kind == EditClean {
			value, _ := r.Headers.Get(e.Name)
			items = sound(value)
		}
		if e.Kind == EditAdd {
			items = append(slices.Clone(items), e.Value)
		}
		r.Headers.Delete(e.Name)
		if len(items) > 0 {
			r.Headers.Append(e.Name, strings.Join(items, ", "))
		}
	}
}

// sound returns the items of a list that are tokens.
func sound(list string) []string {
	var items []string
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.Trim(item, " \t"); fetchspec.IsToken(item) {
			items = append(items, item)
		}
	}
	return items
}

// edited is a network whose answers are changed by edits.
type edited struct {
	engine.Network
	edits []Edit
	// unseen is told of answers that were never seen; it may be nil.
	unseen func(Answer)
}

// Send answers a request as the network does, changed. An answer that was never seen is taken to be a success without headers.
func (n edited) Send(r *fetchspec.Request) (*fetchspec.Response, error) {
	resp, err := n.Network.Send(r)
	if isUnseen(err) {
		if n.unseen != nil {
			n.unseen(answerTo(r))
		}
		resp, err = &fetchspec.Response{Type: fetchspec.ResponseDefault, Status: 200}, nil
	}
	if err != nil {
		return nil, err
	}
	asker, _ := r.Headers.Get("Origin")
	if asker == "" {
		asker = r.Origin.String() // requests of mode no-cors do not say
	}
	answer := answerTo(r)
	var changed *fetchspec.Response
	for _, e := range n.edits {
		if e.Answer != answer || e.Origin != Any && e.Origin != asker {
			continue
		}
		if changed == nil {
			c := *resp
			c.Headers = resp.Headers.Clone(4)
			changed = &c
		}
		e.apply(changed)
	}
	if changed != nil {
		return changed, nil
	}
	return resp, nil
}

// HTTP2 reports whether the network speaks HTTP/2.
func (n edited) HTTP2() bool {
	h, ok := n.Network.(interface{ HTTP2() bool })
	return ok && h.HTTP2()
}

// Edited returns a network that answers as another does, with edits made. What has edits may be asked again with it, to see
// what becomes of a request.
func Edited(network engine.Network, edits []Edit) engine.Network {
	return edited{Network: network, edits: edits}
}
