package live_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

const warmed = `
duration: 1s
fleet:
  boxes: 2
  cache: {nodes: 2}
  origin: {latency: 10ms}
  warmers: [{class: page, keys: 8, every: 300ms, at_once: 4}]
workload:
  - {class: page, rate: 100/s, from: 150ms, keys: {count: 8}}
faults:
  - {at: 450ms, for: 300ms, kind: warmer-stop}
strategies:
  naive: {ttl: 10s}
`

// A warmer fills the cache of the boxes from outside: at 0 and 300 ms, and, after
// it was away at 600, at 900.
func TestWarmersFillARealCache(t *testing.T) {
	sc := scenario(t, warmed)
	on := startTier(t, t.Context(), "embedded", sc.Fleet)
	run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{
		Clock: clock.NewWall(), Wall: true,
		World: func(cfg world.Config, p world.Environment) (lab.World, error) {
			return live.New(t.Context(), live.Config{Tier: on, LateAfter: time.Second}, cfg, p)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := run.Warmers
	if w == nil || w.Runs != 3 || w.Computes != 24 || w.Failed != 0 || *w.RunMaxMS < 20 {
		t.Errorf("%+v", w)
	}
	if run.Computes != 24 || run.Outcomes[metrics.FreshHit] != run.Requests {
		t.Errorf("%d computes, %d hits of %d requests", run.Computes, run.Outcomes[metrics.FreshHit], run.Requests)
	}
	if run.Cache.Sets != 24 {
		t.Errorf("%d sets", run.Cache.Sets)
	}
}
