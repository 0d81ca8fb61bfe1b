package metrics

import (
	"math"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// window is one step of the series in the making.
type window struct {
	requests     int64
	all          hits
	sides        *[numSides]hits // nil where there was one release
	outcomes     Outcomes
	leaks        int64
	outdated     int64
	staleness    time.Duration // of the worst of those
	latency, age *histogram
	bystander    *histogram
}

// add files the request under its window, at which nothing may be made yet: most runs
// have windows without a request, and many have no bystander and no deploy, so that
// histograms are made when the first value comes.
func (w *window) add(r *Record, class *ClassInfo) {
	latency := r.Done - r.At
	if class.Bystander {
		if w.bystander == nil {
			w.bystander = newHistogram(2)
		}
		w.bystander.add(latency)
		return
	}
	if w.latency == nil {
		w.latency, w.age = newHistogram(2), newHistogram(2)
	}
	w.requests++
	w.outcomes[r.Outcome]++
	w.latency.add(latency)
	if r.Op != workloads.Write && !class.PastCache {
		w.all.add(r.Outcome)
		if r.Side != Alone {
			if w.sides == nil {
				w.sides = new([numSides]hits)
			}
			w.sides[r.Side].add(r.Outcome)
		}
	}
	if r.Staleness >= 0 {
		w.outdated++
		w.staleness = max(w.staleness, r.Staleness)
	}
	if r.leaked() {
		w.leaks++
	}
	if r.Age >= 0 {
		w.age.add(r.Age)
	}
}

// series lays the windows out as columns, one value each. A column that would be empty
// or zero throughout, since the scenario has nothing of the kind, is empty or absent.
func series(windows []window, h *herd, loads, reads []int64, bystander bool) Series {
	n := len(windows)
	s := Series{
		Requests: make([]int64, n), P50: empty(n), P90: empty(n), P99: empty(n), Max: empty(n), HitRatio: empty(n),
		Failures: make(map[string][]int64), Herd: h.windowPeak, InFlight: h.windowAll, Computes: loads, CacheGets: reads,
		AgeP50: empty(n), AgeMax: empty(n), BystanderP99: Floats{}, HitRatioOld: Floats{}, HitRatioNew: Floats{},
	}
	if bystander {
		s.BystanderP99 = empty(n)
	}
	for i := range windows {
		w := &windows[i]
		s.Requests[i] = w.requests
		if w.bystander != nil {
			s.BystanderP99[i] = w.bystander.quantile(0.99)
		}
		if w.requests == 0 {
			continue
		}
		s.P50[i], s.P90[i], s.P99[i] = w.latency.quantile(0.50), w.latency.quantile(0.90), w.latency.quantile(0.99)
		s.Max[i] = ms(w.latency.max)
		s.HitRatio.put(i, w.all.ratio())
		s.sides(i, n, w.sides)
		if w.age.n > 0 {
			s.AgeP50[i], s.AgeMax[i] = w.age.quantile(0.50), ms(w.age.max)
		}
		for o, count := range w.outcomes {
			if cause := Outcome(o); count > 0 && cause.Failed() {
				s.Failures[cause.String()] = putCount(s.Failures[cause.String()], i, n, count)
			}
		}
		if w.leaks > 0 {
			s.Leaks = putCount(s.Leaks, i, n, w.leaks)
		}
		if w.outdated > 0 {
			if s.Outdated == nil {
				s.StalenessMax = empty(n)
			}
			s.Outdated, s.StalenessMax[i] = putCount(s.Outdated, i, n, w.outdated), ms(int64(w.staleness))
		}
	}
	return s
}

// sides notes the hit ratios of two releases in window i of n.
func (s *Series) sides(i, n int, of *[numSides]hits) {
	if of == nil {
		return
	}
	if len(s.HitRatioOld) == 0 {
		s.HitRatioOld, s.HitRatioNew = empty(n), empty(n)
	}
	s.HitRatioOld.put(i, of[Old].ratio())
	s.HitRatioNew.put(i, of[New].ratio())
}

// put notes a value where there is one.
func (f Floats) put(i int, v *float64) {
	if v != nil {
		f[i] = *v
	}
}

// empty is a series in which nothing happened. Charts leave a gap there, which a 0 would
// fill with a latency that nobody had.
func empty(n int) Floats {
	f := make(Floats, n)
	for i := range f {
		f[i] = math.NaN()
	}
	return f
}

// putCount notes a count of window i among n. The first one makes the list: of what
// never happened there is none.
func putCount(list []int64, i, n int, count int64) []int64 {
	if list == nil {
		list = make([]int64, n)
	}
	list[i] = count
	return list
}
