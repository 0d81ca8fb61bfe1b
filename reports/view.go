package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// The picture of a story has so many panels: the fewest even where little
// changed, if anything did.
const fewestViews, mostViews = 3, 4

// view is what one of its panels shows.
type view struct {
	title  string
	curves []curve
	y      axis
	weight float64 // of the largest change that a variant made in it
	needed bool
}

// views chooses the panels: latency, failures where there are any, and of the
// others those in which most changed, in the order of the list. Of a burst they
// show what goes on over time, and no figure of the one window it came in.
func (s scene) views() []view {
	every := slices.DeleteFunc(s.allViews(), func(v view) bool { return len(all(v.curves)) == 0 })
	if window, ok := s.burst(); ok {
		every = slices.DeleteFunc(every, func(v view) bool { return lone(v.curves) })
		every = slices.Insert(every, 0, s.answeredView(window))
	}
	if len(every) == 0 {
		return []view{{title: "no requests", y: countAxis(1)}}
	}
	ranked := ranking(every)
	noted := max(noteworthy, ranked[0].weight/10)
	chosen := 0
	for _, v := range every {
		if v.needed {
			chosen++
		}
	}
	for i := range ranked {
		if v := &ranked[i]; !v.needed && (v.weight >= noted && chosen < mostViews || v.weight > 0 && chosen < fewestViews) {
			v.needed = true
			chosen++
		}
	}
	return slices.DeleteFunc(every, func(v view) bool {
		return !slices.ContainsFunc(ranked, func(r view) bool { return r.title == v.title && r.needed })
	})
}

// ranking puts those first in which most changed, and last those that are a few
// lone points, unless one of them changed most.
func ranking(every []view) []view {
	ranked := slices.Clone(every)
	slices.SortStableFunc(ranked, func(a, b view) int { return cmp.Compare(b.weight, a.weight) })
	slices.SortStableFunc(ranked[1:], func(a, b view) int {
		switch {
		case lone(a.curves) == lone(b.curves):
			return 0
		case lone(a.curves):
			return 1
		}
		return -1
	})
	return ranked
}

func (s scene) allViews() []view {
	weights := s.contrasts()
	weigh := func(figure string) float64 {
		w, ok := weights[figure]
		if !ok {
			panic("reports: a panel of the figure " + figure + ", which there is not")
		}
		return w
	}
	weights["herd"] *= 0.6 // what it shows is mostly in the loads at once
	timed := func(title, figure string, floor float64, series func(*metrics.Series) []float64) view {
		curves := s.dense(highest, series)
		return view{title: title, curves: curves, y: latencyAxis(floor, all(curves)), weight: weigh(figure)}
	}
	counted := func(title, figure string, series func(*metrics.Series) []int64) view {
		curves := s.curves(highest, func(m *metrics.Series) []float64 { return floats(series(m)) })
		return view{title: title, curves: curves, y: countAxis(peak(curves)), weight: weigh(figure)}
	}
	hits := s.dense(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	p99 := timed("response time, p99", "p99", finest, func(m *metrics.Series) []float64 { return m.P99 })
	p99.needed = true
	age := timed("age of values served, oldest", "age", youngest, func(m *metrics.Series) []float64 { return m.AgeMax })
	age.needed = slices.ContainsFunc(Changes(s.file), func(c Change) bool { return slices.Contains(c.told, ageEffect().name) })
	failed := s.rated("failed requests", weigh("failures"), highest, s.failuresPerSecond)
	failed.needed = peak(failed.curves) > 0
	return append([]view{
		p99,
		timed("response time of bystanders, p99", "bystander p99", finest, func(m *metrics.Series) []float64 { return m.BystanderP99 }),
		s.leakView(weigh(shownToOthers)),
		failed,
		s.rated("loads of the origin", weigh("computes")*0.8, mean, s.computesPerSecond),
		counted("loads at the origin at once", "loads at once", func(m *metrics.Series) []int64 { return m.InFlight }),
		counted("loads of one key at once", "herd", func(m *metrics.Series) []int64 { return m.Herd }),
		s.rated("reads of the shared cache", weigh("cache reads"), highest, s.cacheReadsPerSecond),
		{title: "hit ratio", curves: hits, y: shareAxis(), weight: weigh("hit ratio") * 1.3},
		s.rated("outdated answers", weigh("outdated answers"), mean, s.outdatedPerSecond),
		timed("time since the write that outdated them, longest", "staleness", youngest, func(m *metrics.Series) []float64 { return m.StalenessMax }),
		age,
	}, s.boxViews()...)
}

// rated is a view of events over time, in the unit that suits them.
func (s scene) rated(title string, weight float64, f fold, perSecond func(*metrics.Series) []float64) view {
	curves := s.curves(f, perSecond)
	unit := humanize.RateUnit(peak(curves))
	for _, c := range curves {
		c.scale(unit.Seconds)
	}
	y := countAxis(peak(curves))
	for i := range y.ticks {
		y.ticks[i].Label = unit.Write(y.ticks[i].Value)
	}
	return view{title: title, curves: curves, y: y, weight: weight}
}

// computesPerSecond are the loads begun in every window.
func (s scene) computesPerSecond(m *metrics.Series) []float64 {
	list := floats(m.Computes)
	for i := range list {
		list[i] /= s.seconds(i, i+1)
	}
	return list
}

// cacheReadsPerSecond are the reads of the shared cache in every window.
func (s scene) cacheReadsPerSecond(m *metrics.Series) []float64 {
	list := floats(m.CacheGets)
	for i := range list {
		list[i] /= s.seconds(i, i+1)
	}
	return list
}

// outdatedPerSecond are the answers of every window that a write had outdated; of a
// run without any, none in each.
func (s scene) outdatedPerSecond(m *metrics.Series) []float64 {
	list := make([]float64, len(m.Requests))
	for i, n := range m.Outdated {
		list[i] = float64(n) / s.seconds(i, i+1)
	}
	return list
}

// dense draws curves of a series that has a value where a request came. Where
// requests are rare it takes wider steps, until hardly any is without one.
func (s scene) dense(f fold, series func(*metrics.Series) []float64) []curve {
	for {
		list := s.curves(f, series)
		if s.points <= 40 || holes(list) < 0.1 {
			return list
		}
		s.points /= 2
	}
}

// holes is the share of the points between its first value and its last that
// have none, of the curve that has most of them.
func holes(list []curve) (most float64) {
	for _, c := range list {
		first, last, with := -1, -1, 0
		for i, v := range c.mid {
			if math.IsNaN(v) {
				continue
			}
			if first < 0 {
				first = i
			}
			last = i
			with++
		}
		if with > 0 {
			most = max(most, 1-float64(with)/float64(last-first+1))
		}
	}
	return most
}

// contrasts are, of every figure, the weight of its change from the first before
// to the variant in which it changed most.
func (s scene) contrasts() map[string]float64 {
	weights := make(map[string]float64)
	before := ofRole(s.groups, metrics.Before)
	list := append(effects(s.file), less("loads at once", loads(func(r *metrics.Run) int64 { return r.OriginInFlightPeak }), humanize.Count, growing(1.1, 1)))
	weights["age"] = 0 // drawn where it is told, or where little else is to see
	for _, e := range list {
		weights[e.name] = 0
		from := before.of(e.value).Median
		for _, g := range s.groups {
			if to := g.of(e.value).Median; !math.IsNaN(from) && !math.IsNaN(to) {
				weights[e.name] = max(weights[e.name], e.weigh(from, to))
			}
		}
	}
	return weights
}
