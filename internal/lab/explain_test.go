package lab_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

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
	run, err := lab.Explain(sc, e, sc.Seed, func() lab.Clock { return sim.New() }, lab.Watch{}, wanted)
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
	for _, name := range []string{"burst", "smoke"} {
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
	sc, err := scenarios.Open("burst", nil)
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
