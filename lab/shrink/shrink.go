// Package shrink finds the smallest scenario of which something still holds.
package shrink

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/corsim/corsim/scenario"
)

// Differs tells of each scenario whether what is looked for still holds of it: usually, that a browser does not do as the
// simulator says. It gets several at once because a browser records many in little more time than one. No two scenarios it
// gets have the same id, nor, where URLs have the form https://host/s/ID/…, the same URLs, so that none is answered from a
// cache.
type Differs func([]*scenario.Scenario) ([]bool, error)

// Each makes a Differs of a function that looks at one scenario.
func Each(differs func(*scenario.Scenario) (bool, error)) Differs {
	return func(list []*scenario.Scenario) ([]bool, error) {
		answers := make([]bool, len(list))
		for i, s := range list {
			var err error
			if answers[i], err = differs(s); err != nil {
				return nil, err
			}
		}
		return answers, nil
	}
}

// Options bound the search.
type Options struct {
	// Budget is how many scenarios may be asked about. At least one is.
	Budget int
	// Batch is how many are asked about at once; 0 is one.
	Batch int
}

// Stats tells how the search went.
type Stats struct {
	// Asked is how many scenarios were asked about, in so many Batches, and Taken how many of them were taken for the next
	// smaller one.
	Asked, Batches, Taken int
	// From and To are the sizes of the scenario before and after, in bytes of JSON.
	From, To int
	// Minimal is set where nothing that is known to make a scenario smaller keeps the difference. Otherwise the budget was
	// used up.
	Minimal bool
}

// ErrSame is the error for a scenario that does not differ to begin with.
var ErrSame = errors.New("the scenario does not differ, so there is nothing to make smaller")

// Shrink makes a scenario smaller, as long as it differs. It tries one cut after the other, the large ones first, and takes
// each that keeps the difference. The outcome depends on nothing but its arguments. It has the scenario's id, and is valid;
// what is for people alone (kind, settle and note) is left out.
//
// If differs fails, or the budget is used up, the smallest scenario found so far is returned, in the former case with the
// error.
func Shrink(s *scenario.Scenario, differs Differs, o Options) (*scenario.Scenario, Stats, error) {
	switch {
	case o.Budget < 1:
		return nil, Stats{}, fmt.Errorf("the budget is %d questions; want 1 at least", o.Budget)
	case o.Batch < 0:
		return nil, Stats{}, fmt.Errorf("the batch is %d; want 1 at least", o.Batch)
	}
	if err := s.Validate(); err != nil {
		return nil, Stats{}, fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	if err := checkID(s.ID); err != nil {
		return nil, Stats{}, err
	}
	best := clone(s)
	best.Kind, best.Settle, best.Note = "", nil, nil
	form, err := encode(best)
	if err != nil {
		return nil, Stats{}, err
	}
	whole, err := encode(s)
	if err != nil {
		return nil, Stats{}, err
	}
	x := &search{
		differs: differs, budget: o.Budget, batch: max(o.Batch, 1),
		best: best, form: form, refused: map[string]bool{},
		stats: Stats{From: len(whole), To: len(form)},
	}
	answers, err := x.ask([]*scenario.Scenario{best})
	if err == nil && !answers[0] {
		err = fmt.Errorf("scenario %q: %w", s.ID, ErrSame)
	}
	if err == nil {
		err = x.run()
	}
	return x.best, x.stats, err
}

// search is a search under way.
type search struct {
	differs       Differs
	budget, batch int
	// best is the smallest scenario that differs, and form its JSON.
	best *scenario.Scenario
	form []byte
	// refused are the forms of the scenarios that do not differ.
	refused map[string]bool
	stats   Stats
}

// candidate is a scenario that may be the next best.
type candidate struct {
	scenario *scenario.Scenario
	form     []byte
}

// run goes through all passes until none of them finds anything more.
func (x *search) run() error {
	for {
		taken := x.stats.Taken
		for _, p := range passes {
			done, err := x.pass(p)
			if err != nil || !done {
				return err
			}
		}
		if x.stats.Taken == taken {
			x.stats.Minimal = true
			return nil
		}
	}
}

// pass tries the cuts of one kind. Where one is taken, it goes on with those of the smaller scenario, from the same place.
// It is not done where the budget was used up.
func (x *search) pass(p pass) (done bool, err error) {
	cuts := p(x.best)
	for next := 0; ; {
		var batch []candidate
		var places []int
		for ; next < len(cuts) && len(batch) < x.batch; next++ {
			if c, ok := x.try(cuts[next], batch); ok {
				batch, places = append(batch, c), append(places, next)
			}
		}
		if len(batch) == 0 {
			return true, nil
		}
		if left := x.budget - x.stats.Asked; left < len(batch) {
			batch, next = batch[:left], places[left]
		}
		if len(batch) == 0 {
			return false, nil
		}
		scenarios := make([]*scenario.Scenario, len(batch))
		for i, c := range batch {
			scenarios[i] = c.scenario
		}
		answers, err := x.ask(scenarios)
		if err != nil {
			return false, err
		}
		taken := -1
		for i := range batch {
			switch {
			case !answers[i]:
				x.refused[string(batch[i].form)] = true
			case taken < 0:
				taken = i
			}
		}
		if taken >= 0 {
			x.best, x.form = batch[taken].scenario, batch[taken].form
			x.stats.Taken++
			x.stats.To = len(x.form)
			cuts, next = p(x.best), places[taken]
		}
	}
}

// try makes a cut. It is not ok where the outcome is not valid, not smaller, was refused, or is in the batch already.
func (x *search) try(c cut, batch []candidate) (candidate, bool) {
	s := clone(x.best)
	c(s)
	form, err := encode(s)
	if err != nil || !smaller(form, x.form) || x.refused[string(form)] || s.Validate() != nil {
		return candidate{}, false
	}
	for _, b := range batch {
		if bytes.Equal(b.form, form) {
			return candidate{}, false
		}
	}
	return candidate{s, form}, true
}

// smaller reports whether a form is shorter than another, or comes before it among those of its length, where the origin of
// the usual page comes before others. There is no endless descent in this order.
func smaller(a, b []byte) bool {
	first := func(form []byte) []byte {
		return bytes.ReplaceAll(form, []byte("//app.example.com"), []byte("//aaa.example.com"))
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), bytes.Compare(first(a), first(b))) < 0
}

// ask asks about scenarios under ids that were not asked about before.
func (x *search) ask(list []*scenario.Scenario) ([]bool, error) {
	fresh := make([]*scenario.Scenario, len(list))
	for i, s := range list {
		var err error
		if fresh[i], err = Rename(s, fmt.Sprintf("%s-%d", s.ID, x.stats.Asked+i)); err != nil {
			return nil, err
		}
	}
	x.stats.Asked += len(list)
	x.stats.Batches++
	answers, err := x.differs(fresh)
	if err == nil && len(answers) != len(list) {
		err = fmt.Errorf("%d answers came to %d questions", len(answers), len(list))
	}
	return answers, err
}

func encode(s *scenario.Scenario) ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	return data, nil
}
