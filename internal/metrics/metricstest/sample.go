// Package metricstest has made-up results for tests: small ones to be read, large
// ones to be drawn, and ones that break what does not escape or expect them.
package metricstest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/workloads"
)

// sample is a made-up scenario for tests: requests for one hot key that expires
// every period, answered by strategies that differ in what they do then.
type sample struct {
	Strategies []string
	seeds      int
	duration   time.Duration
	windows    int
	period     time.Duration // of the key's expiry
	load       time.Duration // time of one load
	hit        time.Duration // time of one hit
	requests   int
	bystander  bool
	Calm       bool // nothing ever fails
}

// Burst is the usual sample: five strategies, a minute, 200 windows.
func Burst() sample {
	return sample{
		Strategies: []string{"naive", "mutex", "stale-while-revalidate", "two-level", "publish"}, seeds: 1,
		duration: time.Minute, windows: 200, period: 20 * time.Second, load: 1500 * time.Millisecond, hit: 3 * time.Millisecond,
		requests: 12000, bystander: true,
	}
}

type load struct {
	key string
	at  time.Duration
	end bool
}

func (s sample) File() *metrics.File {
	f := &metrics.File{
		Schema: metrics.Schema, Scenario: "burst-on-expiry", About: "One hot key expires every 20 s under 200 requests a second.", Source: "made up for tests",
		Clock: "virtual", Command: "simulate run burst-on-expiry --seed 1",
		DurationMS: ms(s.duration), WindowMS: ms(s.duration) / float64(s.windows),
		Classes: []metrics.ClassInfo{{Name: "page"}}, Faults: []metrics.FaultMark{}, Phases: []metrics.PhaseMark{},
		Expectations: []metrics.Expectation{},
	}
	if s.bystander {
		f.Classes = append(f.Classes, metrics.ClassInfo{Name: "bystander", Bystander: true})
	}
	for _, name := range s.Strategies {
		for seed := range s.seeds {
			f.Runs = append(f.Runs, s.run(f, name, uint64(seed+1)))
		}
	}
	return f
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func (s sample) run(f *metrics.File, name string, seed uint64) *metrics.Run {
	sum := metrics.NewSummary(metrics.Config{
		Classes: f.Classes, Duration: s.duration, Window: s.duration / time.Duration(s.windows),
	})
	rng := rand.New(rand.NewPCG(seed, uint64(len(name))))
	var loads []load
	for i := range s.requests {
		at := time.Duration(float64(s.duration) * (float64(i) + rng.Float64()) / float64(s.requests))
		r := s.request(rng, name, at, &loads, i)
		sum.Add(&r)
		if s.bystander && i%10 == 0 {
			wait := time.Duration(0)
			if name == "mutex" && r.Outcome == metrics.Coalesced {
				wait = s.load / 2
			}
			done := at + wait + jitter(rng, s.hit)
			sum.Add(&metrics.Record{Request: workloads.Request{At: at, Class: 1}, Sent: at, Done: done, Outcome: metrics.Served, Attempts: 1, Age: -1, Staleness: -1})
		}
	}
	slices.SortStableFunc(loads, func(a, b load) int { return cmp.Compare(a.at, b.at) })
	for _, l := range loads {
		if l.end {
			sum.LoadEnded(l.key, l.at)
		} else {
			sum.LoadStarted(l.key, l.at)
		}
	}
	run := sum.Close()
	run.Cache = new(metrics.CacheStats)
	run.Strategy, run.Kind, run.Seed = name, name, seed
	return run
}

// request answers one request that comes at an instant.
func (s sample) request(rng *rand.Rand, name string, at time.Duration, loads *[]load, i int) metrics.Record {
	sinceExpiry := at % s.period
	age := sinceExpiry - s.load
	if age < 0 {
		age += s.period
	}
	r := metrics.Record{Request: workloads.Request{At: at}, Sent: at, Done: at + jitter(rng, s.hit), Outcome: metrics.FreshHit, Attempts: 1, Age: age, Staleness: -1}
	compute := func(key string) {
		end := at + jitter(rng, s.load)
		*loads = append(*loads, load{key, at, false}, load{key, end, true})
		r.Outcome, r.Done, r.Age = metrics.Computed, end, 0
	}
	first := at-at%s.period > at-s.duration/time.Duration(s.requests)*2 // hardly anyone came before
	if sinceExpiry >= s.load {
		if i%97 == 0 {
			compute(fmt.Sprint("tail", i)) // the long tail misses now and then
		}
		return r
	}
	switch {
	case name == "naive":
		compute("hot")
		if r.Done-at > s.load*5/4 && !s.Calm {
			r.Outcome, r.Age = metrics.Timeout, -1
		}
	case name == "mutex" && rng.IntN(3) == 0 && !s.Calm:
		r.Outcome, r.Age = metrics.ColdFailure, -1
	case name == "mutex" || at < s.period:
		r.Outcome, r.Done, r.Age = metrics.Coalesced, at-sinceExpiry+s.load+jitter(rng, s.hit), 0
		if first {
			compute("hot")
		}
	case name == "publish":
		r.Age = sinceExpiry
		if rng.IntN(40) == 0 && !s.Calm {
			r.Outcome, r.Age = metrics.OriginFailure, -1
		}
	default:
		r.Outcome, r.Age = metrics.StaleHit, s.period+sinceExpiry
		if first {
			*loads = append(*loads, load{"hot", at, false}, load{"hot", at + s.load, true})
		}
	}
	return r
}

// jitter spreads a duration around its middle, to the right more than to the left.
func jitter(rng *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.7 + 0.4*rng.ExpFloat64()*0.6))
}

// Fault is a mark of a fault that lasts until an instant, or for no time if that is 0.
func Fault(label string, at, until time.Duration) metrics.FaultMark {
	mark := metrics.FaultMark{Label: label, AtMS: ms(at)}
	if until > 0 {
		end := ms(until)
		mark.UntilMS = &end
	}
	return mark
}
