package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// A box that gave up waiting has taken nothing off the origin: its query keeps its
// place there and then its slot, so that the next ones find the origin as busy as
// if it had waited; and the value that it computes is in no cache.
func TestQueryOutlivesTheWaitForIt(t *testing.T) {
	const ms = time.Millisecond
	cfg := fleet()
	cfg.Origin.Latency.Fixed, cfg.Origin.Concurrency = 600*ms, 1
	requests := []struct {
		key string
		at  time.Duration
	}{{"a", 0}, {"b", 1 * ms}, {"c", 950 * ms}, {"b", 3000 * ms}}
	for _, c := range []struct {
		timeout time.Duration
		want    []time.Duration // latencies, in ms; negative is a failure
		loads   int
	}{
		{0, []time.Duration{600, 1199, 850, 0}, 3},
		{time.Second, []time.Duration{600, -1000, 850, 600}, 4},
		{500 * ms, []time.Duration{-500, -500, -500, -500}, 4},
	} {
		cfg.Origin.Timeout = c.timeout
		b := setUp(t, world.Config{Fleet: cfg}, cached(time.Hour))
		b.run(t, time.Minute, func() {
			for _, r := range requests {
				b.at(r.at, r.key)
			}
		})
		if b.loads != c.loads || b.loaded != c.loads {
			t.Errorf("time-out %v: %d loads, %d ended, want %d", c.timeout, b.loads, b.loaded, c.loads)
		}
		got := map[time.Duration]metrics.Record{}
		for _, r := range b.records {
			got[r.At] = r
		}
		for i, request := range requests {
			r := got[request.at]
			latency := (r.Done - r.At) / ms
			if r.Outcome == metrics.OriginFailure {
				latency = -latency
			}
			if latency != c.want[i] {
				t.Errorf("time-out %v, request at %v: %v after %v, want %d ms", c.timeout, request.at, r.Outcome, r.Done-r.At, c.want[i])
			}
		}
	}
}
