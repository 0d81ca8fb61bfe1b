package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/live/disk"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/scenarios"
)

// timings are what the real parts of a scenario took, run by run.
type timings struct {
	sc   *scenarios.Scenario
	mu   sync.Mutex
	runs []runTimings
	last *tier.Tier
}

// runTimings are of one run.
type runTimings struct {
	strategy string
	cache    time.Duration // mean round trip; 0 if it was not asked
	loads    loadTimes     // of a real origin
	network  []time.Duration
	disk     disk.Times // of the boxes, if they have any
}

// startRun takes the figure of the run that has ended, and begins the next one, which
// has the cache next; nil is none.
func (t *timings) startRun(next *tier.Tier) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil {
		t.runs[len(t.runs)-1].cache = t.last.RoundTrip()
	}
	t.last = next
	if next != nil {
		t.runs = append(t.runs, runTimings{strategy: t.sc.Strategies[len(t.runs)/t.sc.Seeds].Name})
	}
}

// note writes something down of the run that goes on.
func (t *timings) note(what func(*runTimings)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	what(&t.runs[len(t.runs)-1])
}

// under are the runs of a strategy.
func (t *timings) under(strategy string) (runs []runTimings) {
	for _, r := range t.runs {
		if r.strategy == strategy {
			runs = append(runs, r)
		}
	}
	return runs
}

// mean is that of a figure over the runs that have one; 0 if none has.
func mean(runs []runTimings, figure func(runTimings) time.Duration) time.Duration {
	var sum, n time.Duration
	for _, r := range runs {
		if d := figure(r); d > 0 {
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
	slices.Sort(all)
	return all[len(all)/2]
}

// load hears how long a load took.
func (t *timings) load(d time.Duration) {
	t.note(func(now *runTimings) { now.loads = append(now.loads, d) })
}

// probe hears how long the network takes.
func (t *timings) probe(d time.Duration) {
	t.note(func(now *runTimings) { now.network = append(now.network, d) })
}

// cache is the mean round trip of the cache under a strategy; 0 if it was not
// asked.
func (t *timings) cache(strategy string) time.Duration {
	return mean(t.under(strategy), func(r runTimings) time.Duration { return r.cache }).Round(time.Microsecond)
}

// settings make client and origin of the model take as long as the runs of a
// strategy did, whose requests were sent so late.
func (t *timings) settings(strategy string, late time.Duration) (set []string) {
	if rtt := t.network(strategy); rtt > 0 {
		set = append(set, fmt.Sprintf("client.rtt=%v", (rtt+late).Round(time.Microsecond)))
	}
	var loads loadTimes
	for _, r := range t.under(strategy) {
		loads = append(loads, r.loads...)
	}
	return append(append(set, loads.settings()...), t.disks(strategy)...)
}

// network is the median round trip between client and box under a strategy; 0 if none
// was measured.
func (t *timings) network(strategy string) time.Duration {
	var all []time.Duration
	for _, r := range t.under(strategy) {
		all = append(all, r.network...)
	}
	return median(all)
}

// disk hears what the disks of the boxes took in a run.
func (t *timings) disk(took disk.Times) {
	t.note(func(now *runTimings) { now.disk = took })
}

// disks make the model's disks take as long as the real ones did under a strategy,
// on this machine. What was never done keeps the scenario's cost.
func (t *timings) disks(strategy string) (set []string) {
	for i, field := range []string{"per_object", "per_open", "per_delete", "read", "write"} {
		took := mean(t.under(strategy), func(r runTimings) time.Duration {
			return [...]time.Duration{r.disk.PerObject, r.disk.PerOpen, r.disk.PerDelete, r.disk.Read, r.disk.Write}[i]
		})
		if took > 0 {
			set = append(set, fmt.Sprintf("fleet.disk.%s=%v", field, took.Round(100*time.Nanosecond)))
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
