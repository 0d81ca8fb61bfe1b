package main

import (
	"sync"
	"testing"
	"time"

	"herdlab/scenarios"
)

// What is measured of an origin is a setting that a scenario takes.
func TestLoadTimesAreSettings(t *testing.T) {
	times := &loadTimes{}
	if got := times.settings(); got != nil {
		t.Errorf("without loads: %q", got)
	}
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() { times.add(time.Duration(i+1) * time.Millisecond) })
	}
	all.Wait()
	sc, err := scenarios.Read("one.yaml", []byte(oneSecond+"\n"), append(times.settings(), "fleet.origin.queue=7"))
	if err != nil {
		t.Fatal(err)
	}
	values := sc.Fleet.Origin.Latency.Values
	if len(values) != latencySteps || values[0] != 3*time.Millisecond || values[19] != 98*time.Millisecond || sc.Fleet.Origin.Concurrency != 0 {
		t.Errorf("latencies %v", values)
	}

	fast := &loadTimes{}
	fast.add(0)
	if _, err := scenarios.Read("one.yaml", []byte(oneSecond), fast.settings()); err != nil {
		t.Error(err)
	}
}
