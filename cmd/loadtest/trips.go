package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"herdlab/internal/live"
	"herdlab/scenarios"
)

// trips are what the real parts of a scenario took, run by run.
type trips struct {
	sc   *scenarios.Scenario
	mu   sync.Mutex
	runs []trip
	last *live.Tier
}

// trip is of one run.
type trip struct {
	strategy string
	cache    time.Duration // mean round trip; 0 if it was not asked
	loads    loadTimes     // of a real origin
	network  []time.Duration
}

// note takes the figure of the run that has ended, and begins the next one, which
// has the cache next; nil is none.
func (t *trips) note(next *live.Tier) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil {
		t.runs[len(t.runs)-1].cache = t.last.RoundTrip()
	}
	t.last = next
	if next != nil {
		t.runs = append(t.runs, trip{strategy: t.sc.Strategies[len(t.runs)/t.sc.Seeds].Name})
	}
}

// load hears how long a load took.
func (t *trips) load(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := &t.runs[len(t.runs)-1]
	now.loads = append(now.loads, d)
}

// probe hears how long the network takes.
func (t *trips) probe(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := &t.runs[len(t.runs)-1]
	now.network = append(now.network, d)
}

// settings make the model take as long as the runs of a strategy did, whose
// requests were sent so late.
func (t *trips) settings(strategy string, late time.Duration) (set []string) {
	var cache, n time.Duration
	var loads loadTimes
	for _, r := range t.runs {
		if r.strategy != strategy {
			continue
		}
		if r.cache > 0 {
			cache += r.cache
			n++
		}
		loads = append(loads, r.loads...)
	}
	if n > 0 {
		set = append(set, fmt.Sprintf("fleet.cache.rtt=%v", (cache/n).Round(time.Microsecond)))
	}
	if rtt, ok := t.network(strategy); ok {
		set = append(set, fmt.Sprintf("client.rtt=%v", (rtt+late).Round(time.Microsecond)))
	}
	return append(set, loads.settings()...)
}

// network is the median round trip between client and box under a strategy.
func (t *trips) network(strategy string) (time.Duration, bool) {
	var all []time.Duration
	for _, r := range t.runs {
		if r.strategy == strategy {
			all = append(all, r.network...)
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	return all[len(all)/2], true
}
