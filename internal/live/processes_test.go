package live_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Values in each process and locks in a shared cache: every process computes, one
// after another. So it is in the model.
func TestValuesInProcesses(t *testing.T) {
	const private = `
name: private
duration: 2s
fleet:
  boxes: 4
  workers: 1
  queue: 20
  balancer: {policy: least-busy}
  cache: {values: process}
  origin: {latency: 200ms}
workload:
  - {class: page, rate: 100/s, keys: {count: 1}}
strategies:
  mutex: {ttl: 1m, lock: 10s}
  shared: {use: mutex, ttl: 1m, lock: 10s, with: {fleet.cache.values: nodes}}
`
	sc := scenario(t, private)
	for strategy, computes := range map[string]int64{"mutex": 4, "shared": 1} {
		want, _ := run(t, sc, strategy, nil)
		got, _ := run(t, sc, strategy, startTier(t, t.Context(), "embedded", sc.Fleet))
		for world, r := range map[string]*metrics.Run{"modelled": want, "real": got} {
			if r.Computes != computes || r.DuplicateComputes != 0 {
				t.Errorf("%s, %s: %d computes, %d of them at once, want %d one after another", strategy, world, r.Computes, r.DuplicateComputes, computes)
			}
			if private := strategy == "mutex"; (r.L1 != nil && r.L1.Hits > 0) != private || (r.Cache.Gets > 0) == private {
				t.Errorf("%s, %s: %+v in processes, %d reads of the tier", strategy, world, r.L1, r.Cache.Gets)
			}
		}
		if d := got.Failures - want.Failures; want.Failures < 10 || d < -15 || d > 15 {
			t.Errorf("%s: %d are refused, and %d in the model", strategy, got.Failures, want.Failures)
		}
	}
}
