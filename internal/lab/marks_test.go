package lab

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// A fault that only some strategies have is on the timeline, with their names.
func TestFaultsOfSingleStrategies(t *testing.T) {
	sc, err := scenarios.Read("own.yaml", []byte(`
duration: 1m
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 20/s, keys: {count: 10}}]
faults: [{at: 10s, for: 5s, kind: invalid-value}]
strategies:
  naive:
  a: {use: naive, with: {faults: [{at: 10s, for: 5s, kind: invalid-value}, {at: 20s, kind: readmit, share: 0, hold: 5s, for: 10s}]}}
  b: {use: naive, with: {faults: [{at: 20s, kind: readmit, share: 0, hold: 5s, for: 10s}, {at: 30s, kind: flush}]}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []metrics.FaultMark{
		{Label: "every value invalid", AtMS: 10_000, UntilMS: new(15_000.0)},
		{Label: "a, b: readmit from 0 %", AtMS: 20_000, UntilMS: new(35_000.0), Strategies: []string{"a", "b"}},
		{Label: "b: flush of node 0", AtMS: 30_000, Strategies: []string{"b"}},
	}
	if diff := cmp.Diff(want, faultMarks(sc)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
