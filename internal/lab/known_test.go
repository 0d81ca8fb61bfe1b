package lab_test

import (
	"math"
	"testing"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
)

// The scenarios of this file are public cases whose right figures are known, from a real
// system or by arithmetic. A figure that is not theirs is a mistake of the model's.

// known runs each strategy of a scenario under seed 1.
func known(t *testing.T, text string) map[string]*metrics.Run {
	t.Helper()
	sc, runs := load(t, text), make(map[string]*metrics.Run)
	for _, e := range sc.Strategies {
		run, err := lab.Run(sc, e, 1, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatal(err)
		}
		runs[e.Name] = run
	}
	return runs
}

// near reports whether a figure is the right one, as closely as is said.
func near(got, want, within float64) bool { return math.Abs(got-want) <= within }

// A hundred new keys a second live ten seconds, 90 of them asked for but once, and 200 are
// asked for again and again: what is alive fits into the 4 MB many times over. A reader
// who asks every two seconds for what lives ten hits 5 times in 6, and is 100 of 190
// requests. A real Redis under noeviction has 43.7 %.
func TestExpiredEntriesGiveTheirMemoryBack(t *testing.T) {
	for _, sweep := range []string{"redis", "memcached"} {
		for _, eviction := range []string{"none", "lru"} {
			run := known(t, `
duration: 5m
fleet:
  boxes: 1
  workers: 64
  cache: {nodes: 1, memory: 4MB, eviction: `+eviction+`, sweep: `+sweep+`}
  origin: {latency: 5ms}
workload:
  - {class: once, rate: 90/s, keys: {count: 1, one_hit: 100%}, size: 1KB}
  - {class: page, rate: 100/s, keys: {count: 200}, size: 1KB}
phases: {early: 0s..30s, late: 60s..5m}
strategies:
  naive: {ttl: 10s}
`)["naive"]
			for phase, got := range map[string]*float64{"all": run.HitRatio, "late": run.Phases["late"].HitRatio} {
				if !near(*got, 100.0/190*5/6, 0.01) {
					t.Errorf("%s, %s, %s: hit ratio %.3f, want 0.439", sweep, eviction, phase, *got)
				}
			}
			if c := run.Cache; c.Evictions != 0 || *c.BytesPeak > 3_500_000 {
				t.Errorf("%s, %s: %d evictions, %d bytes at most, want none and what is alive, about 1.2 MB, with what is not yet swept", sweep, eviction, c.Evictions, *c.BytesPeak)
			}
		}
	}
}
