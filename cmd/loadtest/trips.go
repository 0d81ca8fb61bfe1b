package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/live/disk"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/scenarios"
)

// trips are what the real parts of a scenario took, run by run.
type trips struct {
	sc   *scenarios.Scenario
	mu   sync.Mutex
	runs []trip
	last *tier.Tier
}

// trip is of one run.
type trip struct {
	strategy string
	cache    time.Duration // mean round trip; 0 if it was not asked
	loads    loadTimes     // of a real origin
	network  []time.Duration
	disk     disk.Times // of the boxes, if they have any
}

// note takes the figure of the run that has ended, and begins the next one, which
// has the cache next; nil is none.
func (t *trips) note(next *tier.Tier) {
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

// cache is the mean round trip of the cache under a strategy; 0 if it was not
// asked.
func (t *trips) cache(strategy string) time.Duration {
	var sum, n time.Duration
	for _, r := range t.runs {
		if r.strategy == strategy && r.cache > 0 {
			sum += r.cache
			n++
		}
	}
	return (sum / max(n, 1)).Round(time.Microsecond)
}

// settings make client and origin of the model take as long as the runs of a
// strategy did, whose requests were sent so late.
func (t *trips) settings(strategy string, late time.Duration) (set []string) {
	if rtt, ok := t.network(strategy); ok {
		set = append(set, fmt.Sprintf("client.rtt=%v", (rtt+late).Round(time.Microsecond)))
	}
	var loads loadTimes
	for _, r := range t.runs {
		if r.strategy == strategy {
			loads = append(loads, r.loads...)
		}
	}
	return append(append(set, loads.settings()...), t.disks(strategy)...)
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
