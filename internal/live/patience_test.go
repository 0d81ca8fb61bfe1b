package live_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// A box gives up waiting for the origin, which goes on with the query: as many
// loads are begun as in the model, and as many at once.
func TestTimeoutOfTheOrigin(t *testing.T) {
	sc := scenario(t, `
name: impatient
duration: 900ms
fleet: {boxes: 2, workers: 16, origin: {latency: 250ms, timeout: 100ms}}
workload: [{class: page, rate: 100/s, arrivals: constant, keys: {count: 1}}]
strategies: {naive: {ttl: 10s}}
`)
	want, _ := run(t, sc, "naive", nil)
	if want.Failures != want.Requests || want.Computes != want.Requests {
		t.Fatalf("the model: %d of %d fail, with %d computes", want.Failures, want.Requests, want.Computes)
	}
	got, _ := run(t, sc, "naive", startTier(t, t.Context(), "embedded", sc.Fleet))
	if got.Outcomes[metrics.OriginFailure] != want.Requests || got.Computes != want.Computes {
		t.Errorf("%+v, %d computes; the model has %+v and %d", got.Outcomes, got.Computes, want.Outcomes, want.Computes)
	}
	// A box waits for 10 of them at once, and the origin works on 25.
	if got.OriginInFlightPeak < want.OriginInFlightPeak-5 {
		t.Errorf("%d queries at once, the model has %d", got.OriginInFlightPeak, want.OriginInFlightPeak)
	}
	if got.FailedMS.P50 > 200 {
		t.Errorf("a failure takes %v ms, and a box waits for 100 ms", got.FailedMS.P50)
	}
}
