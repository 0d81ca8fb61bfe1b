package advise

import (
	"errors"
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/stats"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/workloads"
)

// Chosen is the first that keeps the budget; nil where none does.
func (a *Advice) Chosen() *Standing {
	if len(a.Ranked) > 0 && a.Ranked[0].Kept() {
		return &a.Ranked[0]
	}
	return nil
}

// Second is the best candidate that does something else than the first: another
// strategy, or the same with other settings than its life alone. Nil where there is none.
func (a *Advice) Second() *Standing {
	for i := range a.Ranked[1:] {
		if s := &a.Ranked[i+1]; s.form() != a.Ranked[0].form() {
			return s
		}
	}
	return nil
}

// form is the candidate without its life.
func (c Candidate) form() string {
	if c.Life == 0 {
		return c.Name
	}
	return c.Name[:len(c.Name)-len(" "+units.FormatDuration(c.Life))]
}

// Lead is by how much one standing is better than another in what decides between them.
type Lead struct {
	Figure string // effective_p99, computes or staleness_max; "" if nothing tells them apart
	Better int    // seeds of all under which it is better
	Of     int
	stats.Shift
}

// LeadOver is what a standing has over another one that it beats.
func (s *Standing) LeadOver(other *Standing) (l Lead) {
	x, y := s.Cost.list(), other.Cost.list()
	for i, name := range weighed() {
		if min(x[i], y[i])*alike >= max(x[i], y[i]) {
			continue
		}
		l.Figure = name
		var differences []float64
		for j := range min(len(s.seeds), len(other.seeds)) {
			d := other.seeds[j].list()[i] - s.seeds[j].list()[i]
			differences = append(differences, d)
			if d > 0 {
				l.Better++
			}
		}
		l.Of, l.Shift = len(differences), stats.Paired(differences)
		return l
	}
	return l
}

// Turn is a change of the world, and who would be first then.
type Turn struct {
	What  string
	First string // the label; that of the first place if nothing changes
	Kept  bool   // whether the budget is kept then
}

// finish asks the finalists what they would be worth in another world.
func (a *Advice) finish(plan Plan) error {
	for _, change := range changes(a.search.trials[0].Workload) {
		turn, err := a.turn(change, plan)
		if errors.Is(err, lab.ErrStopped) {
			a.Stopped = true
			return nil
		}
		if err != nil {
			return err
		}
		a.Turns = append(a.Turns, turn)
	}
	return nil
}

// changes are worlds that differ in one thing, as far as a workload can have them.
func changes(classes []workloads.Class) (list []Incident) {
	list = append(list, Incident{Name: "an origin twice as slow", faults: "{kind: slow-origin, at: 0s, factor: 2}"})
	for _, by := range []struct {
		name   string
		factor float64
	}{{"twice the traffic", 2}, {"half the traffic", 0.5}} {
		change := Incident{Name: by.name}
		for _, class := range classes {
			if class.Rate > 0 {
				change.set = append(change.set, fmt.Sprintf("workload.%s.rate=%s", class.Class, units.FormatRate(class.Rate*by.factor)))
			}
		}
		if change.set != nil {
			list = append(list, change)
		}
	}
	return list
}

// turn is who is first after a change, of those that were ranked.
func (a *Advice) turn(change Incident, plan Plan) (Turn, error) {
	finalists := a.Ranked[:min(len(a.Ranked), 4)]
	var list []Candidate
	for _, s := range finalists {
		list = append(list, s.Candidate)
	}
	sc, err := a.search.read(change, list)
	if err != nil {
		return Turn{}, fmt.Errorf("%s: %w", change.Name, err)
	}
	other := &Search{
		Name: a.search.Name, Candidates: list, Incidents: []Incident{change}, Budget: a.search.Budget,
		seed: a.search.seed, classes: a.search.classes, figures: a.search.figures,
	}
	other.trials = append(other.trials, sc)
	r, all := round{seeds: 1}, make([]int, len(list))
	for i := range all {
		all[i] = i
	}
	there := Advice{search: other, results: make(map[runKey]figuresOf)}
	defer other.traces.Close() // they were only read
	if err := other.runAll(other.todo(r, all, there.results), there.results, Plan{Stop: plan.Stop}, 0); err != nil {
		return Turn{}, err
	}
	there.judge(all, r)
	return Turn{change.Name, there.Ranked[0].Name, there.Ranked[0].Kept()}, nil
}

// Neighbour is the chosen candidate with the next shorter or longer life; nil where it was
// not run under all incidents.
func (a *Advice) Neighbour(step int) *Standing {
	first := a.Ranked[0]
	lives := a.search.lives
	i := slices.Index(lives, first.Life)
	if i < 0 || i+step < 0 || i+step >= len(lives) {
		return nil
	}
	for _, other := range a.Beside() {
		if other.form() == first.form() && other.Life == lives[i+step] {
			return &other
		}
	}
	return nil
}

// Outlives reports whether the values of a candidate live longer than the run: how a longer
// life would do was not seen.
func (a *Advice) Outlives(s *Standing) bool { return s.Life >= a.search.trials[0].Duration }

// Scenario is the text of the scenario to keep: the workload with the first place and, to be
// compared with it, the second.
func (a *Advice) Scenario() string {
	list := []Candidate{a.Ranked[0].Candidate}
	if second := a.Second(); second != nil {
		list = append(list, second.Candidate)
	}
	return a.search.text.with("", entries(list))
}
