package advise

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/stats"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/scenarios"
)

// Advice is what a search found.
type Advice struct {
	Rounds  int  // that ended
	Seeds   int  // of the last one
	Stopped bool // before all rounds had ended, by the user

	// Ranked are the candidates of the last round, the best first.
	Ranked []Standing

	// Others are those that left before, the last to leave first.
	Others []Standing

	Turns []Turn // what would change the first place

	search  *Search
	results map[runKey]figuresOf
}

// Standing is what a candidate is worth: its worst incident counts.
type Standing struct {
	Candidate
	Broken []Break // limits of the budget; none if it is kept
	Cost   Cost    // medians over the seeds
	Where  string  // the incident in which clients wait longest

	// Incidents is how many it was run under: 1 if it left after the scenario as it is. Its cost is
	// then not to be set beside that of one which was run under all.
	Incidents int

	number int // of the candidate
	seeds  []Cost
}

// Kept reports whether the budget is kept under every incident and seed, in every class.
func (s *Standing) Kept() bool { return len(s.Broken) == 0 }

// Break is a limit that is broken, where it is broken most.
type Break struct {
	Limit    scenarios.Limit
	Value    float64 // in the figure's unit
	Incident string
	Class    string
}

// Cost is what a candidate is weighed by, first to last.
type Cost struct {
	// Wait is the effective p99 of the slowest class in ms: what 99 of 100 of its clients wait
	// at most, where one who gets no answer waits as long as it would have waited.
	Wait float64

	Loads float64 // of the origin
	Stale float64 // the oldest outdated answer in ms, by when a newer version was written
}

// Beside are the standings that can be set beside the first: those that were run under as
// many incidents, the best first.
func (a *Advice) Beside() (list []Standing) {
	for _, s := range append(slices.Clone(a.Ranked), a.Others...) {
		if s.Incidents == a.Ranked[0].Incidents {
			list = append(list, s)
		}
	}
	return list
}

// measures is how many figures a cost has.
const measures = 3

// list is the cost in the order in which it is weighed.
func (c Cost) list() [measures]float64 { return [3]float64{c.Wait, c.Loads, c.Stale} }

// weighed are the names of the figures of a cost.
func weighed() [measures]string { return [3]string{"effective_p99", "computes", "staleness_max"} }

// judge ranks those that a round ran.
func (a *Advice) judge(left []int, r round) {
	var before []Standing
	for _, s := range a.Ranked {
		if !slices.Contains(left, s.number) {
			before = append(before, s)
		}
	}
	a.Others = slices.Concat(before, a.Others)
	a.Ranked = nil
	for _, c := range left {
		a.Ranked = append(a.Ranked, a.standing(c, r))
	}
	rank(a.Ranked)
}

// standing is that of a candidate in a round.
func (a *Advice) standing(number int, r round) Standing {
	s := Standing{Candidate: a.search.Candidates[number], Incidents: a.search.incidentsOf(r), number: number}
	worst := make(map[string]Break)
	for seed := range r.seeds {
		var cost Cost
		for i := range a.search.incidentsOf(r) {
			run := a.results[runKey{number, i, seed}]
			wait, loads, stale := costOf(a.search, run)
			if wait > cost.Wait || s.Where == "" {
				s.Where = a.search.Incidents[i].Name
			}
			cost = Cost{max(cost.Wait, wait), max(cost.Loads, loads), max(cost.Stale, stale)}
			for _, limit := range a.search.Budget {
				class, v := highest(a.search.classes, limit.Figure, run)
				if b, has := worst[limit.Figure.Name]; v > limit.Most && (!has || v > b.Value) {
					worst[limit.Figure.Name] = Break{limit, v, a.search.Incidents[i].Name, class}
				}
			}
		}
		s.seeds = append(s.seeds, cost)
	}
	for _, limit := range a.search.Budget {
		if b, broken := worst[limit.Figure.Name]; broken {
			s.Broken = append(s.Broken, b)
		}
	}
	s.Cost = medianCost(s.seeds)
	return s
}

// highest is a figure of the class that has most of it, or of the whole run where it is of
// no class; NaN without a value.
func highest(classes []string, f figures.Figure, run figuresOf) (class string, v float64) {
	if f.Scope < figures.Class {
		if v, ok := run[f.Name]; ok {
			return "", v
		}
		return "", math.NaN()
	}
	v = math.NaN()
	for _, name := range classes {
		if one, ok := run[scenarios.ClassFigure(name, f.Name)]; ok && !(one <= v) {
			class, v = name, one
		}
	}
	return class, v
}

// costOf is what a run costs; what has no value costs nothing.
func costOf(s *Search, run figuresOf) (wait, loads, stale float64) {
	var values [measures]float64
	for i, name := range weighed() {
		f, ok := s.figures.Find(name)
		if !ok {
			panic("advise: there is no figure " + name)
		}
		if _, v := highest(s.classes, f, run); !math.IsNaN(v) {
			values[i] = v
		} else if v, ok := run[name]; ok {
			values[i] = v
		}
	}
	return values[0], values[1], values[2]
}

// medianCost is the median of each figure.
func medianCost(seeds []Cost) (c Cost) {
	of := func(get func(Cost) float64) float64 {
		values := make([]float64, len(seeds))
		for i, s := range seeds {
			values[i] = get(s)
		}
		mid, _, _, _ := stats.Median(values)
		return mid
	}
	return Cost{
		of(func(c Cost) float64 { return c.Wait }), of(func(c Cost) float64 { return c.Loads }), of(func(c Cost) float64 { return c.Stale }),
	}
}

// rank has the better one first: who keeps the budget, or misses it by less; then who
// costs less, figure by figure.
func rank(list []Standing) {
	slices.SortStableFunc(list, func(a, b Standing) int { return cmp.Compare(a.overshoot(), b.overshoot()) })
	inGroups(list, func(first, s Standing) bool { return s.overshoot() == first.overshoot() }, func(same []Standing) { rankBy(same, 0) })
}

// alike is by how much a figure may be worse and still be no reason to prefer the other one.
const alike = 1.05

// rankBy ranks by a figure of the cost. Those that come near the lowest are ranked by the next
// figure, then those that come near the lowest of the rest. Of equal ones the simpler is first.
func rankBy(list []Standing, figure int) {
	if figure == measures {
		slices.SortFunc(list, func(a, b Standing) int { return cmp.Compare(a.number, b.number) })
		return
	}
	slices.SortStableFunc(list, func(a, b Standing) int { return cmp.Compare(a.Cost.list()[figure], b.Cost.list()[figure]) })
	inGroups(list, func(first, s Standing) bool { return s.Cost.list()[figure] <= alike*first.Cost.list()[figure] },
		func(near []Standing) { rankBy(near, figure+1) })
}

// inGroups hands on each longest stretch of a list whose items belong to its first one.
func inGroups(list []Standing, belongs func(first, s Standing) bool, to func([]Standing)) {
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(s Standing) bool { return !belongs(list[0], s) })
		if n < 0 {
			n = len(list)
		}
		to(list[:n])
		list = list[n:]
	}
}

// overshoot is how many times the budget is used at most; 0 where it is kept. A limit of
// nothing at all is broken by whatever is there.
func (s *Standing) overshoot() (most float64) {
	for _, b := range s.Broken {
		if b.Limit.Most == 0 {
			return math.Inf(1)
		}
		most = max(most, b.Value/b.Limit.Most)
	}
	return twoDigits(most)
}

// twoDigits rounds to two significant digits.
func twoDigits(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) {
		return v
	}
	scale := math.Pow(10, 1-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// survivors are the best candidates of a round, and of every strategy the best one in its
// first rounds: what is second without an incident may be first under one.
func (a *Advice) survivors(keep int) (list []int) {
	seen := make(map[string]bool)
	for i, s := range a.Ranked {
		if i < keep || a.Rounds == 1 && !seen[s.Kind] {
			list = append(list, s.number)
		}
		seen[s.Kind] = true
	}
	slices.Sort(list) // a run does not depend on the order, and the log does not either
	return list
}

// Results are the candidates of [Advice.Beside] as the cells of a sweep that varies nothing: a cell a seed, with
// every figure of a candidate as it is under the worst of its incidents.
func (a *Advice) Results() (list []*sweep.Result) {
	for seed := range a.Seeds {
		r := &sweep.Result{Cell: seed, Seed: a.search.seed + uint64(seed), Values: map[string]string{}}
		for _, s := range a.Beside() {
			if seed < len(s.seeds) {
				r.Runs = append(r.Runs, sweep.Run{Strategy: s.Name, Kind: s.Kind, Figures: a.worst(s.number, seed)})
			}
		}
		list = append(list, r)
	}
	return list
}

// worst are the figures of a candidate under a seed, each as it is under that incident in
// which it is worst.
func (a *Advice) worst(number, seed int) map[string]float64 {
	list := make(map[string]float64)
	for i := range a.search.Incidents {
		for name, v := range a.results[runKey{number, i, seed}] {
			old, has := list[name]
			if f, _ := a.search.figures.Find(name[strings.LastIndexByte(name, '.')+1:]); !has || (f.Better == figures.Higher) == (v < old) {
				list[name] = v
			}
		}
	}
	return list
}
