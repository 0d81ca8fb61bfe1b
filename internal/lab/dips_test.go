//go:build !race

package lab_test

import (
	"math"
	"slices"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// The dips of two shipped scenarios that no fault is at have their causes marked: the
// clients put the lost node back when it has returned, and the boxes' copies end ten
// seconds after the flush.
func TestDipsHaveCauses(t *testing.T) {
	for _, c := range []struct {
		scenario, strategy, label string
		at                        float64
	}{
		{"node-loss", "naive", "node 2 off the rings", 10_000},
		{"node-loss", "naive", "node 2 back on the rings", 40_000},
		{"cold-start", "two-level", "copies in the boxes end (ttl 30s)", 30_000},
	} {
		sc, err := scenarios.Named(c.scenario, nil)
		if err != nil {
			t.Fatal(err)
		}
		sc.Seeds = 1
		sc.Strategies = slices.DeleteFunc(sc.Strategies, func(e scenarios.Entry) bool { return e.Name != c.strategy })
		run := execute(t, sc).Runs[0]
		if !slices.ContainsFunc(run.Marks, func(m metrics.Mark) bool { return m.Label == c.label && math.Abs(m.AtMS-c.at) < 1000 }) {
			t.Errorf("%s, %s: nothing says %q at %v: %+v", c.scenario, c.strategy, c.label, c.at, run.Marks)
		}
		if len(run.Marks) > 8 {
			t.Errorf("%s, %s: %d marks", c.scenario, c.strategy, len(run.Marks))
		}
	}
}
