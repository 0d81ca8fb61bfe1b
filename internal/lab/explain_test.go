//go:build !race

package lab_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

// explain explains requests of a scenario's only strategy.
func explain(t *testing.T, text string, wanted lab.Wanted) *metrics.Run {
	t.Helper()
	sc := load(t, text)
	return explainEntry(t, sc, sc.Strategies[0], wanted)
}

func explainEntry(t *testing.T, sc *scenarios.Scenario, e scenarios.Entry, wanted lab.Wanted) *metrics.Run {
	t.Helper()
	run, err := lab.Explain(sc, e, sc.Seed, func() lab.Clock { return sim.New() }, nil, lab.Watch{}, wanted)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// words are the steps of a try, without their times.
func words(try metrics.Try) (list []string) {
	for _, s := range try.Steps {
		text := s.What + " " + s.Where + " " + s.Result
		if s.Beside != "" {
			text = s.Beside + ": " + text
		}
		list = append(list, text)
	}
	return list
}

// A request that finds a worker, misses and computes.
func TestExplainMiss(t *testing.T) {
	run := explain(t, `
name: miss
duration: 1s
fleet: {cpu: 1ms, cores: 1, cache: {rtt: 500us}, origin: {latency: 20ms}}
workload: [{class: page, burst: {at: 0s, requests: 1, over: 0s}, keys: {count: 1}}]
strategies: {naive: {ttl: 60s}}
`, lab.Wanted{Number: 1})
	got := run.Timelines[0]
	want := []string{"worker box 0 ", "cpu  ", "get node 0 miss", "load  version 1", "set node 0 stored"}
	if w := words(got.Tries[0]); !reflect.DeepEqual(w, want) {
		t.Errorf("steps %q, want %q", w, want)
	}
	if got.LatencyMS != 22 || got.Outcome != metrics.Computed {
		t.Errorf("%v after %v ms, want computed after 22", got.Outcome, got.LatencyMS)
	}
}

// The steps of a try take all of its time, and tries, back-offs and the way of the answer
// all of the request's, whatever the strategy: every slow and every failed request of every
// quick scenario and variant adds up.
func TestExplainAddsUp(t *testing.T) {
	for _, name := range []string{"burst", "smoke", "file-cache-cold-disk", "reddit-restart"} {
		sc, err := scenarios.Open(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range sc.Strategies {
			run := explainEntry(t, sc, e, lab.Wanted{Slowest: 50, Failed: 20})
			if len(run.Timelines) < 20 {
				t.Errorf("%s, %s: %d timelines", name, e.Name, len(run.Timelines))
			}
			for i := range run.Timelines {
				addsUp(t, sc, e.Name, &run.Timelines[i])
			}
		}
	}
}

// addsUp checks one timeline.
func addsUp(t *testing.T, sc *scenarios.Scenario, strategy string, of *metrics.Timeline) {
	t.Helper()
	const ns = 1.5e-6
	for _, try := range of.Tries {
		if len(try.Steps) == 0 && try.ToMS == try.FromMS {
			continue // no box to send it to
		}
		sum := 0.0
		for i := range try.Steps {
			sum += try.Took(&try.Steps[i])
		}
		if took := try.ToMS - try.FromMS; math.Abs(sum-took) > ns {
			t.Errorf("%s, %s, request %d: the steps take %v ms of %v: %+v", sc.Name, strategy, of.Number, sum, took, try)
		}
	}
	if last := of.Tries[len(of.Tries)-1]; math.Abs(last.ToMS+float64(sc.Client.RTT)/1e6-of.LatencyMS) > ns || last.Outcome != of.Outcome {
		t.Errorf("%s, %s, request %d: %v after %v ms, but the last try %v after %v", sc.Name, strategy, of.Number, of.Outcome, of.LatencyMS, last.Outcome, last.ToMS)
	}
}

// To explain a run changes nothing of it.
func TestExplainChangesNothing(t *testing.T) {
	sc, err := scenarios.Open("burst", []string{"fleet.full=reject"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range sc.Strategies {
		plain, err := lab.Run(sc, e, sc.Seed, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatal(err)
		}
		run := explainEntry(t, sc, e, lab.Wanted{Slowest: 3})
		run.Timelines = nil
		want, err := json.Marshal(plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(run); err != nil || string(got) != string(want) {
			t.Errorf("%s: another run (%v)", e.Name, err)
		}
	}
}

// steps checks the steps of a try.
func steps(t *testing.T, try metrics.Try, want ...string) {
	t.Helper()
	if got := words(try); !reflect.DeepEqual(got, want) {
		t.Errorf("steps:\n%q, want\n%q", got, want)
	}
}

// Of two requests in one box one computes, and the other waits for that call.
func TestExplainCoalescedWait(t *testing.T) {
	run := explain(t, `
name: coalesced
duration: 1s
fleet: {cache: {rtt: 500us}, origin: {latency: 20ms}}
workload: [{class: page, burst: {at: 0s, requests: 2, over: 1ms}, keys: {count: 1}}]
strategies: {two-level: {ttl: 1s, over: {mutex: {ttl: 60s}}}}
`, lab.Wanted{Number: 2})
	got := run.Timelines[0]
	steps(t, got.Tries[0], "worker box 0 ", "join  the load of request 1, since 0.001500 s")
	if got.Outcome != metrics.Coalesced {
		t.Errorf("%v, want coalesced", got.Outcome)
	}
}

// A request that finds the accept queue full, is sent again after a back-off and finds a
// worker; the one before it waits in the queue.
func TestExplainRejectionAndRetry(t *testing.T) {
	run := explain(t, `
name: rejected
duration: 1s
fleet: {workers: 1, queue: 1, full: reject, origin: {latency: 20ms}}
workload:
  - {class: bystander, burst: {at: 0s, requests: 3, over: 0s}, cost: 10ms}
  - {class: page, burst: {at: 900ms, requests: 1, over: 0s}, keys: {count: 1}}
client: {retries: 1, backoff: fixed, base: 25ms}
strategies: {naive: {ttl: 60s}}
`, lab.Wanted{Slowest: 3})
	steps(t, run.Timelines[0].Tries[0], "refused box 0 the accept queue is full")
	steps(t, run.Timelines[0].Tries[1], "worker box 0 ", "cpu  ")
	if again := run.Timelines[0].Tries[1]; again.FromMS != 25 || again.ToMS != 35 {
		t.Errorf("the second try lasts from %v to %v ms, want 25 to 35", again.FromMS, again.ToMS)
	}
	steps(t, run.Timelines[2].Tries[0], "queue box 0 place 1", "worker box 0 ", "cpu  ")
}

// Where the accept queue drops, it holds one more than its backlog, and whoever does not
// get in dials again after a second.
func TestExplainDroppedSYN(t *testing.T) {
	run := explain(t, `
name: dropped
duration: 1s
fleet: {workers: 1, queue: 0, origin: {latency: 20ms}}
workload:
  - {class: bystander, burst: {at: 0s, requests: 3, over: 0s}, cost: 10ms}
  - {class: page, burst: {at: 900ms, requests: 1, over: 0s}, keys: {count: 1}}
client: {retries: 1}
strategies: {naive: {ttl: 60s}}
`, lab.Wanted{Slowest: 1})
	steps(t, run.Timelines[0].Tries[0], "connect box 0 SYN dropped, 1 so far", "worker box 0 ", "cpu  ")
	if got := run.Timelines[0]; got.Outcome != metrics.Served || got.LatencyMS != 1010 || got.Tries[0].Steps[0].ToMS != 1000 {
		t.Errorf("%v after %v ms, of which it dialed for %v; want it served after 1010, and 1000",
			got.Outcome, got.LatencyMS, got.Tries[0].Steps[0].ToMS)
	}
}

// A client that leaves does not stop its worker, which goes on behind its back.
func TestExplainTimeout(t *testing.T) {
	timeout := metrics.Timeout
	run := explain(t, `
name: patience
duration: 1s
fleet: {cache: {rtt: 500us}, origin: {latency: 200ms}}
workload: [{class: page, burst: {at: 0s, requests: 1, over: 0s}, keys: {count: 1}}]
client: {timeout: 50ms}
strategies: {naive: {ttl: 60s}}
`, lab.Wanted{Failed: 3, Cause: &timeout})
	try := run.Timelines[0].Tries[0]
	steps(t, try, "worker box 0 ", "get node 0 miss", "load  version 1", "set node 0 stored")
	if load, set := &try.Steps[2], &try.Steps[3]; try.ToMS != 50 || try.Took(load) != 49.5 || load.ToMS != 200.5 || try.Took(set) != 0 {
		t.Errorf("the client left after %v ms, of which the load took %v and ended at %v", try.ToMS, try.Took(load), load.ToMS)
	}
}

// The hit of a copy in the box itself asks nobody.
func TestExplainOwnCopy(t *testing.T) {
	run := explain(t, `
name: copy
duration: 1s
fleet: {cache: {rtt: 500us}, origin: {latency: 20ms}}
workload: [{class: page, burst: {at: 0s, requests: 2, over: 200ms}, keys: {count: 1}}]
strategies: {two-level: {ttl: 1s, over: {naive: {ttl: 60s}}}}
`, lab.Wanted{Number: 2})
	steps(t, run.Timelines[0].Tries[0], "worker box 0 ")
	if got := run.Timelines[0].Outcome; got != metrics.FreshHit {
		t.Errorf("%v, want a fresh hit", got)
	}
}

// A stale value is served at once, and refreshed beside the request, which its total leaves
// out.
func TestExplainRefreshBeside(t *testing.T) {
	run := explain(t, `
name: refresh
duration: 2s
warm: 1
fleet: {cache: {rtt: 500us}, origin: {latency: 20ms}}
workload: [{class: page, burst: {at: 1500ms, requests: 1, over: 0s}, keys: {count: 1}}]
strategies: {swr: {fresh: 1s, ttl: 60s}}
`, lab.Wanted{Number: 1})
	got := run.Timelines[0]
	steps(t, got.Tries[0], "worker box 0 ", "get node 0 found", "refresh: lock node 0 got it", "refresh: get node 0 found",
		"refresh: load  version 1", "refresh: set node 0 stored", "refresh: unlock node 0 freed")
	if got.Outcome != metrics.StaleHit || got.LatencyMS != 0.5 {
		t.Errorf("%v after %v ms, want a stale hit after 0.5", got.Outcome, got.LatencyMS)
	}
}

// A reader of what is published reads, and nothing else.
func TestExplainPublished(t *testing.T) {
	run := explain(t, `
name: published
duration: 1s
warm: 1
fleet: {cache: {rtt: 500us}, origin: {latency: 20ms}}
workload: [{class: page, burst: {at: 0s, requests: 1, over: 0s}, keys: {count: 1}}]
strategies: {publish: {workers: 1}}
`, lab.Wanted{Number: 1})
	steps(t, run.Timelines[0].Tries[0], "worker box 0 ", "get node 0 found")
}

// Which requests are shown: the slowest answers, and of each cause the first.
func TestExplainChooses(t *testing.T) {
	sc, err := scenarios.Open("burst", []string{"fleet.full=reject"})
	if err != nil {
		t.Fatal(err)
	}
	at := 2500 * time.Millisecond
	run := explainEntry(t, sc, sc.Strategies[0], lab.Wanted{Slowest: 4, Failed: 2, At: &at})
	first := run.Timelines[0]
	if first.AtMS < 2500 || first.AtMS > 2600 {
		t.Errorf("the first from 2.5 s on arrived at %v ms", first.AtMS)
	}
	slowest := run.Timelines[1:5]
	if slowest[0].LatencyMS != run.All.LatencyMS.Max {
		t.Errorf("the slowest took %v ms, and the run's longest %v", slowest[0].LatencyMS, run.All.LatencyMS.Max)
	}
	for i := 1; i < len(slowest); i++ {
		if slowest[i].LatencyMS > slowest[i-1].LatencyMS {
			t.Errorf("the slowest but %d took longer than the one before", i)
		}
	}
	failed := run.Timelines[5:]
	if len(failed) != 2 || failed[0].Outcome != metrics.Rejected || failed[0].Number > failed[1].Number {
		t.Errorf("failures: %+v", failed)
	}
}
