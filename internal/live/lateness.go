package live

import (
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// lateness is how far behind its schedule a generator sends. Latencies count
// from the schedule, so that being late is never hidden; but a run whose
// generator was much too late measured the generator.
type lateness struct {
	after     time.Duration
	all       []time.Duration
	late      int64
	scheduled int
}

func newLateness(after time.Duration) *lateness { return &lateness{after: after} }

func (l *lateness) add(d time.Duration) {
	l.all = append(l.all, max(d, 0))
	if d > l.after {
		l.late++
	}
}

// report sorts what was added.
func (l *lateness) report(sent int64) *metrics.Generator {
	g := &metrics.Generator{
		Scheduled: int64(l.scheduled), Sent: sent, Late: l.late, Dropped: int64(l.scheduled) - sent, LateAfterMS: millis(l.after),
	}
	if n := len(l.all); n > 0 {
		slices.Sort(l.all)
		g.LatenessMS = metrics.Quantiles{P50: millis(l.all[n/2]), P99: millis(l.all[n*99/100]), Max: millis(l.all[n-1])}
	}
	return g
}

func millis(d time.Duration) float64 { return float64(d) / 1e6 }
