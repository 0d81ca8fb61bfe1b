package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/disk"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/scenarios"
)

// timings are what the real parts of a scenario took, strategy by strategy.
type timings struct {
	sc    *scenarios.Scenario
	mu    sync.Mutex
	begun int        // runs
	cache *tier.Tier // of the run that goes on
	watch *live.Sentinels
	taken []partTimes // of every strategy that was begun, in the order of the scenario
}

// partTimes are of all runs of one strategy. Of what was never done there is none.
type partTimes struct {
	cache   []time.Duration // mean round trip of each run
	loads   loadTimes       // of a real origin
	network []time.Duration
	disk    [len(diskCosts)][]time.Duration // of the boxes, mean of each run
	machine []live.Disturbance              // while each run went on
	begun   []time.Time                     // the traffic of each run
}

// diskCosts are the settings of a disk that are measured.
var diskCosts = [...]string{"per_object", "per_open", "per_delete", "read", "write"}

// startRun takes the figure of the run that has ended, and begins the next one, which
// has the cache next; nil is none.
func (t *timings) startRun(next *tier.Tier) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cache != nil {
		now := &t.taken[len(t.taken)-1]
		now.cache = append(now.cache, t.cache.RoundTrip())
		now.machine = append(now.machine, t.watch.Stop())
	}
	t.cache = next
	if next != nil {
		if t.begun%t.sc.Seeds == 0 {
			t.taken = append(t.taken, partTimes{})
		}
		t.begun++
		t.watch = live.Watch()
	}
}

// note writes something down of the run that goes on.
func (t *timings) note(what func(*partTimes)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	what(&t.taken[len(t.taken)-1])
}

// under is what was taken under a strategy.
func (t *timings) under(strategy string) partTimes {
	return t.taken[slices.IndexFunc(t.sc.Strategies, func(e scenarios.Entry) bool { return e.Name == strategy })]
}

// mean is that of the times of runs that have one; 0 if none has.
func mean(times []time.Duration) time.Duration {
	var sum, n time.Duration
	for _, d := range times {
		if d > 0 {
			sum += d
			n++
		}
	}
	return sum / max(n, 1)
}

// median is the one in the middle; 0 where there is none.
func median[T cmp.Ordered](all []T) (middle T) {
	if len(all) == 0 {
		return middle
	}
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// began hears when the traffic of a run begins.
func (t *timings) began(now time.Time) {
	t.note(func(of *partTimes) { of.begun = append(of.begun, now) })
}

// load hears how long a load took.
func (t *timings) load(d time.Duration) {
	t.note(func(now *partTimes) { now.loads = append(now.loads, d) })
}

// probe hears how long the network takes.
func (t *timings) probe(d time.Duration) {
	t.note(func(now *partTimes) { now.network = append(now.network, d) })
}

// disk hears what the disks of the boxes took in a run.
func (t *timings) disk(took disk.Times) {
	t.note(func(now *partTimes) {
		for i, d := range [len(diskCosts)]time.Duration{took.PerObject, took.PerOpen, took.PerDelete, took.Read, took.Write} {
			now.disk[i] = append(now.disk[i], d)
		}
	})
}

// disturbance is the worst that befell a run.
func (p partTimes) disturbance() (worst live.Disturbance) {
	for _, d := range p.machine {
		worst.Late, worst.Longest, worst.Stolen = max(worst.Late, d.Late), max(worst.Longest, d.Longest), max(worst.Stolen, d.Stolen)
	}
	return worst
}

// roundTrip is the mean one of the cache; 0 if it was not asked.
func (p partTimes) roundTrip() time.Duration { return mean(p.cache).Round(time.Microsecond) }

// settings make client, origin and disks of the model take as long as they did on
// this machine, where the requests were sent so late. What was never done keeps the
// scenario's cost.
func (p partTimes) settings(late time.Duration) (set []string) {
	if rtt := median(p.network); rtt > 0 {
		set = append(set, fmt.Sprintf("client.rtt=%v", (rtt+late).Round(time.Microsecond)))
	}
	set = append(set, p.loads.settings()...)
	for i, cost := range diskCosts {
		if took := mean(p.disk[i]); took > 0 {
			set = append(set, fmt.Sprintf("fleet.disk.%s=%v", cost, took.Round(100*time.Nanosecond)))
		}
	}
	return set
}

// loadTimes are how long the loads of a real origin took, for the model to be as
// slow. Waiting for a connection is in them.
type loadTimes []time.Duration

// latencySteps is how many values stand for the distribution.
const latencySteps = 20

// settings make a modelled origin as slow: an empirical distribution, and no
// limit, since the waiting is in it already. There are none without loads.
func (l loadTimes) settings() []string {
	if len(l) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(l))
	var values []string
	for i := range latencySteps { // the middles of so many equal shares
		d := sorted[len(sorted)*(2*i+1)/(2*latencySteps)]
		values = append(values, max(d.Round(time.Microsecond), time.Microsecond).String())
	}
	return []string{"fleet.origin.latency={values: [" + strings.Join(values, ", ") + "]}", "fleet.origin.concurrency=0"}
}
