// Package verdict holds strategies against a scenario's budget and ranks those that
// keep it. What it finds stands in the results, so that a page, a table and a script
// read one verdict.
//
// A strategy is ranked by the effective p99 of its slowest class of requests: the time
// that 99 of 100 users of that class wait at most, where one who gets no answer waits
// as long as the client does. Neither can a strategy win by refusing quickly, nor by
// letting the classes wait that it was not asked about.
package verdict

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Judge is the verdict on every strategy of a file, in the order of the file.
func Judge(f *metrics.File, table figures.Table) []metrics.Verdict {
	list := []metrics.Verdict{}
	scores := make(map[string]Seeds) // of a strategy under a seed
	for strategy, runs := range byStrategy(f.Runs) {
		v := metrics.Verdict{Strategy: strategy, Breaks: []metrics.Break{}}
		for _, limit := range f.Budget {
			if b, broken := exceeded(limit, table, runs); broken {
				v.Breaks = append(v.Breaks, b)
			}
		}
		scores[strategy] = make(Seeds)
		slowest := 0.0
		for _, run := range runs {
			if class, score, ok := scoreOf(run); ok {
				if score >= slowest {
					slowest, v.ScoreClass = score, class
				}
				scores[strategy][run.Seed] = score
			}
		}
		if len(scores[strategy]) > 0 {
			v.ScoreMS = new(scores[strategy].median())
		}
		list = append(list, v)
	}
	rank(list, scores, f.Clock == "wall")
	return list
}

// byStrategy are the runs of each strategy, in the order of the file.
func byStrategy(runs []*metrics.Run) func(yield func(string, []*metrics.Run) bool) {
	return func(yield func(string, []*metrics.Run) bool) {
		for len(runs) > 0 {
			n := 1
			for n < len(runs) && runs[n].Strategy == runs[0].Strategy {
				n++
			}
			if !yield(runs[0].Strategy, runs[:n]) {
				return
			}
			runs = runs[n:]
		}
	}
}

// exceeded is by how much the runs exceed a limit at worst, and under how many seeds.
func exceeded(limit metrics.Limit, table figures.Table, runs []*metrics.Run) (worst metrics.Break, broken bool) {
	f, ok := table.Find(limit.Figure)
	if !ok { // results of another version, which limited a figure that there is no more
		return worst, false
	}
	worst = metrics.Break{Limit: limit.Name, Value: math.Inf(-1)}
	for _, run := range runs {
		class, value, ok := highest(f, run)
		if !ok || value <= limit.Most {
			continue
		}
		worst.Seeds++
		if value > worst.Value {
			worst.Value, worst.Class = value, class
		}
	}
	return worst, worst.Seeds > 0
}

// highest is the figure of the class that has most of it, or of the whole run where it
// is of no class.
func highest(f figures.Figure, run *metrics.Run) (class string, value float64, ok bool) {
	if f.Scope < figures.Class {
		value, ok = f.Value(run, "", "")
		return "", value, ok
	}
	for _, name := range slices.Sorted(maps.Keys(run.Classes)) { // of equal ones the first is named
		if v, has := f.Value(run, "", name); has && (!ok || v > value) {
			class, value, ok = name, v, true
		}
	}
	return class, value, ok
}

// scoreOf is what a run is ranked by, and the class in which it is so; false where no
// class was asked for anything.
func scoreOf(run *metrics.Run) (class string, score float64, ok bool) {
	for _, name := range slices.Sorted(maps.Keys(run.Classes)) {
		if l := run.Classes[name].EffectiveMS; l != nil && (!ok || l.P99 > score) {
			class, score, ok = name, l.P99, true
		}
	}
	return class, score, ok
}

// rank gives every strategy that keeps the budget its place: that of the best one from
// which the runs do not tell it. The next place counts those before it: two that share
// the first leave the third to the next.
func rank(list []metrics.Verdict, scores map[string]Seeds, wall bool) {
	var order []*metrics.Verdict
	for i := range list {
		if v := &list[i]; len(v.Breaks) == 0 && v.ScoreMS != nil {
			order = append(order, v)
		}
	}
	slices.SortStableFunc(order, func(a, b *metrics.Verdict) int { return cmp.Compare(*a.ScoreMS, *b.ScoreMS) })
	first := 0 // of those that share a place
	for i, v := range order {
		if i > 0 {
			v.Beside = beside(order[0].Strategy, scores[order[0].Strategy], scores[v.Strategy], wall)
		}
		if slower(scores[order[first].Strategy], scores[v.Strategy], wall) {
			first = i
		}
		v.Rank = new(first + 1)
	}
}
