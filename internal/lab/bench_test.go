//go:build !race

package lab_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

// path is the scenario of the speed comparison: a fleet at steady traffic, a
// few misses, every request through client, balancer, box, strategy, store.
const path = `
name: path
duration: %v
window: %v
fleet:
  boxes: 4
  workers: 64
  queue: 1000
  cache: {nodes: %d, ring: ketama, rtt: 500us}
  origin: {latency: 20ms}
workload:
  - {class: page, rate: 10000/s, keys: {count: %d, zipf: 1.0}}
client: {timeout: 30s}
strategies:
  naive: {ttl: 60s}
`

func pathScenario(t testing.TB, nodes, requests int) *scenarios.Scenario {
	d := time.Duration(requests) * time.Second / 10_000
	return load(t, fmt.Sprintf(path, d, max(d/100, time.Millisecond), nodes, 10_000))
}

// limitRun runs the hand-written model of the same scenario.
func limitRun(t testing.TB, nodes, requests int) *metrics.Run {
	return newLimit(pathScenario(t, nodes, requests), 1, time.Minute).run()
}

func fullRun(t testing.TB, nodes, requests int) *metrics.Run {
	sc := pathScenario(t, nodes, requests)
	run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New()})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// The hand-written model is the same model: it comes to the same figures.
func TestLimitIsTheSameModel(t *testing.T) {
	full, limit := fullRun(t, 4, 200_000), limitRun(t, 4, 200_000)
	if full.Requests != limit.Requests || full.Outcomes != limit.Outcomes || full.Computes != limit.Computes ||
		full.DuplicateComputes != limit.DuplicateComputes || full.HerdPeak != limit.HerdPeak ||
		*full.LatencyMS != *limit.LatencyMS || *full.AgeMS != *limit.AgeMS {
		t.Errorf("full:  %d requests, %v, %d computes, %d duplicates, herd %d, %+v, %+v\nlimit: %d requests, %v, %d computes, %d duplicates, herd %d, %+v, %+v",
			full.Requests, full.Outcomes, full.Computes, full.DuplicateComputes, full.HerdPeak, *full.LatencyMS, *full.AgeMS,
			limit.Requests, limit.Outcomes, limit.Computes, limit.DuplicateComputes, limit.HerdPeak, *limit.LatencyMS, *limit.AgeMS)
	}
}

// BenchmarkPath measures the full path and the hand-written limit alternately
// in one run and reports how close the former comes to the latter: the goal is
// 0.4 for a fleet with a ring of cache nodes. With one node there is no ring to
// ask, so that less of the work is the same. An operation is one request.
func BenchmarkPath(b *testing.B) {
	b.Run("ring of 4 nodes", func(b *testing.B) { benchmarkPath(b, 4) })
	b.Run("one node", func(b *testing.B) { benchmarkPath(b, 1) })
}

func benchmarkPath(b *testing.B, nodes int) {
	const slice = 500_000
	var full, limit time.Duration
	var n int
	for n = 0; n < b.N; n += slice {
		begin := time.Now()
		limitRun(b, nodes, slice)
		middle := time.Now()
		fullRun(b, nodes, slice)
		limit += middle.Sub(begin)
		full += time.Since(middle)
	}
	b.ReportMetric(float64(full)/float64(n), "full-ns/request")
	b.ReportMetric(float64(limit)/float64(n), "limit-ns/request")
	b.ReportMetric(float64(limit)/float64(full), "ratio")
	b.ReportMetric(0, "ns/op")
}

// burst is a million requests a second that take 51 ms each: 51,000 in flight, so
// that to make and to park a process is what it costs.
const burst = `
name: burst
duration: 200ms
window: 10ms
fleet:
  boxes: 4
  workers: 20000
  cache: {rtt: 51ms}
  origin: {latency: 20ms}
workload:
  - {class: page, rate: 1000000/s, keys: {count: 10000, zipf: 1.0}}
client: {timeout: 30s}
strategies:
  naive: {ttl: 60s}
`

// BenchmarkBurst is 200,000 requests; an operation is one of them.
func BenchmarkBurst(b *testing.B) {
	sc := load(b, burst)
	requests := 0
	for requests < b.N {
		run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New()})
		if err != nil {
			b.Fatal(err)
		}
		requests += int(run.Requests)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(requests), "ns/request")
	b.ReportMetric(0, "ns/op")
}

// allocations counts the heap objects that f makes.
func allocations(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// In the steady state a request allocates nothing: more requests cost
// the same objects, once every key has been asked for.
func TestNoAllocationPerRequest(t *testing.T) {
	var few, many *metrics.Run
	a := allocations(func() { few = fullRun(t, 4, 300_000) })
	b := allocations(func() { many = fullRun(t, 4, 800_000) })
	requests := float64(many.Requests - few.Requests)
	if per := float64(int64(b-a)) / requests; per > 0.01 {
		t.Errorf("%.3f allocations a request (%d objects for %d requests, %d for %d)", per, a, few.Requests, b, many.Requests)
	}
}

// Memory does not grow with the number of requests. The long form is a matter
// of a minute, so the default run takes a twentieth.
func TestMemoryIsFlat(t *testing.T) {
	small, large := 100_000, 1_000_000
	if os.Getenv("HERDLAB_SOAK") != "" {
		small, large = 1_000_000, 20_000_000
	}
	before, after := peak(t, small), peak(t, large)
	t.Logf("live heap at the end: %d KB after %d requests, %d KB after %d", before>>10, small, after>>10, large)
	if after > before+before/4+(4<<20) {
		t.Errorf("the live heap grew from %d KB to %d KB", before>>10, after>>10)
	}
}

// peak is the largest live heap seen at ten points of a run.
func peak(t *testing.T, requests int) (most uint64) {
	sc := pathScenario(t, 4, requests)
	next := sc.Duration / 10
	_, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New(), Watch: lab.Watch{Progress: func(at time.Duration) {
		if at >= next {
			next += sc.Duration / 10
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return most
}
