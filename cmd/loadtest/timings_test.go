package main

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/scenarios"
)

// What is measured of an origin is a setting that a scenario takes.
func TestLoadTimesAreSettings(t *testing.T) {
	var times loadTimes
	if got := times.settings(); got != nil {
		t.Errorf("without loads: %q", got)
	}
	for i := range 100 {
		times = append(times, time.Duration(100-i)*time.Millisecond)
	}
	sc, err := scenarios.Read("one.yaml", []byte(oneSecond+"\n"), append(times.settings(), "fleet.origin.queue=7"))
	if err != nil {
		t.Fatal(err)
	}
	values := sc.Fleet.Origin.Latency.Values
	if len(values) != latencySteps || values[0] != 3*time.Millisecond || values[19] != 98*time.Millisecond || sc.Fleet.Origin.Concurrency != 0 {
		t.Errorf("latencies %v", values)
	}

	fast := loadTimes{0}
	if _, err := scenarios.Read("one.yaml", []byte(oneSecond), fast.settings()); err != nil {
		t.Error(err)
	}
}
