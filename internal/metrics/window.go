package metrics

import "math"

// window is one step of the series in the making. Bystanders have a latency, and are
// nothing else in it.
type window struct {
	tally
	bystander waits
}

// series lays the windows out as columns, one value each. A column that would be empty
// or zero throughout, since the scenario has nothing of the kind, is empty or absent.
func series(windows []window, h *herd, loads, reads []int64, bystander bool) Series {
	n := len(windows)
	s := Series{
		Requests: make([]int64, n), P50: empty(n), P90: empty(n), P99: empty(n), Max: empty(n), EffectiveP99: empty(n), HitRatio: empty(n),
		Failures: make(map[string][]int64), Herd: h.windowPeak, InFlight: h.windowAll, Computes: loads, CacheGets: reads,
		AgeP50: empty(n), AgeMax: empty(n), BystanderP99: Floats{}, HitRatioOld: Floats{}, HitRatioNew: Floats{},
	}
	if bystander {
		s.BystanderP99 = empty(n)
	}
	for i := range windows {
		w := &windows[i]
		s.Requests[i] = w.requests
		if h := &w.bystander.usable; h.n > 0 {
			s.BystanderP99[i] = h.quantile(0.99)
		}
		if failed := w.bystander.failed.n; failed > 0 {
			s.BystanderFailures = putCount(s.BystanderFailures, i, n, failed)
		}
		if w.requests == 0 {
			continue
		}
		if h := &w.took.usable; h.n > 0 {
			s.P50[i], s.P90[i], s.P99[i], s.Max[i] = h.quantile(0.50), h.quantile(0.90), h.quantile(0.99), ms(h.max)
		}
		s.EffectiveP99[i] = w.took.effective().quantile(0.99)
		s.HitRatio = s.HitRatio.put(i, n, w.hitRatio())
		if w.reads[Old].reads+w.reads[New].reads > 0 { // there were two releases
			s.HitRatioOld = s.HitRatioOld.put(i, n, w.reads[Old].ratio())
			s.HitRatioNew = s.HitRatioNew.put(i, n, w.reads[New].ratio())
		}
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
			s.Outdated = putCount(s.Outdated, i, n, w.outdated)
			s.StalenessMax = s.StalenessMax.put(i, n, new(ms(w.staleness.max)))
		}
	}
	return s
}

// put notes a value of window i among n, where there is one. The first makes the list.
func (f Floats) put(i, n int, v *float64) Floats {
	if len(f) == 0 {
		f = empty(n)
	}
	if v != nil {
		f[i] = *v
	}
	return f
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
