package live_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Those who wait in a box that goes down, for a lock or for another's load, do
// not turn to the origin afterwards; the load under way ends there and fills
// nothing. So it is in the model.
func TestCrashedBoxAsksNothingMore(t *testing.T) {
	const lost = `
name: lost
duration: 1800ms
fleet:
  boxes: 1
  workers: 32
  cache: {nodes: 1, timeout: 5s}
  origin: {latency: 1200ms}
workload:
  - {class: page, burst: {at: 0s, requests: 20, over: 100ms}, keys: {count: 1}}
  - {class: bystander, rate: 20/s}
client: {timeout: 10s}
faults:
  - {at: 700ms, kind: box-crash, box: 0}
strategies:
  mutex: {ttl: 10s, lock: 5s, losers: wait, wait: 3s, poll: 20ms}
  swr: {cold: coalesce, wait: 900ms, then: load}
`
	sc := scenario(t, lost)
	for _, strategy := range []string{"mutex", "swr"} {
		if want, _ := run(t, sc, strategy, nil); want.Computes != 1 || want.Outcomes[metrics.Rejected] != 20 {
			t.Errorf("%s modelled: %d computes, %d rejected, want 1 and 20", strategy, want.Computes, want.Outcomes[metrics.Rejected])
		}
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			got, _ := run(t, sc, strategy, startTier(t, t.Context(), "embedded", sc.Fleet))
			if got.Crashes != 1 || got.Outcomes[metrics.Rejected] == 0 {
				t.Errorf("%d crashes, %d rejected, want 1 and who was there", got.Crashes, got.Outcomes[metrics.Rejected])
			}
			// Beside the load that was lost, every load is of a request that came after
			// the crash: the load generator may be late.
			if want := 1 + got.Outcomes[metrics.Computed]; got.Computes != want {
				t.Errorf("%d computes, want %d", got.Computes, want)
			}
		})
	}
}
