package metrics

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// tally is Figures in the making, of one set of requests: a class, a phase, or one step
// of the series.
type tally struct {
	requests, writes, outdated int64
	leaks                      int64
	outcomes                   Outcomes
	took                       waits
	age, staleness             histogram
	reads                      [numSides]hits // by the release that answered, of classes that are cached
}

// newTally returns one whose latencies are kept to so many digits.
func newTally(digits int) *tally {
	return &tally{took: newWaits(digits), age: newHistogram(2), staleness: newHistogram(2)}
}

// add counts a request. A write is no read, and what a class asks for past the cache
// is none of the cache's: neither is in a hit ratio. While a deploy is on its way, the
// side tells the boxes that had the old keys from those that began anew.
func (t *tally) add(r *Record, class *ClassInfo, timeout time.Duration) {
	t.requests++
	t.outcomes[r.Outcome]++
	t.took.add(r, timeout)
	switch {
	case r.Op == workloads.Write:
		t.writes++
	case !class.PastCache:
		t.reads[r.Side].add(r.Outcome)
	}
	if r.leaked() {
		t.leaks++
	}
	if r.Age >= 0 {
		t.age.add(r.Age)
	}
	if r.Staleness >= 0 {
		t.outdated++
		t.staleness.add(r.Staleness)
	}
}

// merge adds the requests of another set, which must have none in common with it.
func (t *tally) merge(other *tally) {
	t.requests += other.requests
	t.writes += other.writes
	t.outdated += other.outdated
	t.leaks += other.leaks
	for o, n := range other.outcomes {
		t.outcomes[o] += n
	}
	t.took.merge(&other.took)
	for i := range t.reads {
		t.reads[i].merge(other.reads[i])
	}
	t.age.merge(&other.age)
	t.staleness.merge(&other.staleness)
}

// figures are what the requests came to. A hit ratio is of reads through the cache: a
// set with a bystander in it, which is served without, has none.
func (t *tally) figures() Figures {
	f := Figures{
		Requests: t.requests, Writes: t.writes, Failures: t.outcomes.Failures(), Outcomes: t.outcomes,
		LatencyMS: t.took.usable.latency(), EffectiveMS: t.took.effective().latency(), FailedMS: t.took.failed.quantiles(),
		AgeMS: t.age.quantiles(), StalenessMS: t.staleness.quantiles(),
		StaleServed: t.outcomes[StaleHit], Outdated: t.outdated, Leaks: t.leaks,
		HitRatioOld: t.reads[Old].ratio(), HitRatioNew: t.reads[New].ratio(),
	}
	if t.outcomes[Served] == 0 {
		f.HitRatio = t.hitRatio()
	}
	return f
}

// hitRatio is that of all boxes, whatever release they have.
func (t *tally) hitRatio() *float64 {
	all := t.reads[Alone]
	all.merge(t.reads[Old])
	all.merge(t.reads[New])
	return all.ratio()
}

// law is what does not add up. Reads past the cache are neither writes nor reads
// here, so that those two need not be all.
func (t *tally) law() error {
	sum, reads := int64(0), int64(0)
	for _, n := range t.outcomes {
		sum += n
	}
	for _, side := range t.reads {
		if reads += side.reads; side.hits > side.reads {
			return fmt.Errorf("%d reads have %d hits", side.reads, side.hits)
		}
	}
	switch {
	case sum != t.requests:
		return fmt.Errorf("%d requests have %d outcomes", t.requests, sum)
	case t.writes+reads > t.requests:
		return fmt.Errorf("%d requests are %d writes and %d reads", t.requests, t.writes, reads)
	case t.took.usable.n+t.took.failed.n != t.requests || t.took.failed.n != t.outcomes.Failures():
		return fmt.Errorf("%d requests, %d of them failures, took %d and %d times", t.requests, t.outcomes.Failures(), t.took.usable.n, t.took.failed.n)
	}
	return nil
}

// hits counts reads, and of those the hits, fresh and stale: a stale value came from
// the cache too, and how old it was is said by the ages.
type hits struct{ reads, hits int64 }

func (h *hits) add(o Outcome) {
	h.reads++
	if o.Hit() {
		h.hits++
	}
}

func (h *hits) merge(other hits) {
	h.reads += other.reads
	h.hits += other.hits
}

// ratio is nil where there were no reads.
func (h hits) ratio() *float64 {
	if h.reads == 0 {
		return nil
	}
	return new(float64(h.hits) / float64(h.reads))
}
