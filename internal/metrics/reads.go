package metrics

import (
	"sync/atomic"
	"time"
)

// reads counts the reads of the shared cache over time. Safe for concurrent use.
type reads struct {
	windows, phases []atomic.Int64
	counted         atomic.Int64 // outside of every warm-up
}

func newReads(windows, phases int) *reads {
	return &reads{windows: make([]atomic.Int64, windows), phases: make([]atomic.Int64, phases)}
}

// CacheRead notes a read of the shared cache. Unlike the other methods it may be
// called while they are and while itself is. What comes after the traffic is in no
// figure.
func (s *Summary) CacheRead(at time.Duration) {
	if at >= s.cfg.Duration {
		return
	}
	s.reads.windows[at/s.cfg.Window].Add(1)
	for i := range s.cfg.Phases {
		if p := &s.cfg.Phases[i]; p.From <= at && at < p.To {
			s.reads.phases[i].Add(1)
		}
	}
	if s.counts(at) {
		s.reads.counted.Add(1)
	}
}

// fill adds the reads to the figures of a run that had some. A window that begins
// in a warm-up is in the series alone.
func (s *Summary) fillReads(run *Run) {
	r, cfg := s.reads, s.cfg
	run.Series.CacheGets = []int64{}
	counts, most, any := make([]int64, len(r.windows)), int64(0), false
	for i := range r.windows {
		counts[i] = r.windows[i].Load()
		any = any || counts[i] > 0
		if s.counts(time.Duration(i) * cfg.Window) {
			most = max(most, counts[i])
		}
	}
	if !any {
		return
	}
	run.Series.CacheGets, run.CacheGetsPeak = counts, &most
	counted := cfg.Duration
	for i, p := range cfg.Phases {
		if p.WarmUp {
			counted -= p.To - p.From
		}
		of := run.Phases[p.Name]
		of.CacheGetsPerS = rate(r.phases[i].Load(), p.To-p.From)
		run.Phases[p.Name] = of
	}
	if counted > 0 {
		run.CacheGetsPerS = rate(r.counted.Load(), counted)
	}
}

func rate(n int64, over time.Duration) *float64 {
	perSecond := float64(n) / over.Seconds()
	return &perSecond
}
