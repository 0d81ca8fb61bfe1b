package lab_test

import (
	"math"
	"testing"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/sim"
)

// Steady Zipf traffic on values of 5 s, as it was sent to real programs with a counting
// origin behind them (Debian 12; the libraries from npm).
const (
	behindOneProgram = `
duration: 30s
fleet: {boxes: 1, workers: 10000, queue: 0, cache: {nodes: 1, rtt: 10us}, origin: {latency: 500ms}}
workload: [{class: page, rate: 80/s, keys: {count: 50, zipf: 1.0}}]
client: {timeout: 60s}
`
	behindGunicorn = `
duration: 40s
fleet: {boxes: 1, workers: 16, queue: 2048, cores: 2, cpu: 3ms, cache: {nodes: 1, rtt: 300us}, origin: {latency: 500ms}}
workload: [{class: page, rate: 70/s, keys: {count: 100, zipf: 1.0}}, {class: bystander, rate: 5/s, arrivals: constant}]
client: {timeout: 20s}
`
)

// Loads are as many as real software made of the same traffic, within 5 % or the root of
// their number. Whole seconds are what is between them: of values that live 5 s exactly
// there are 407, 231 and 635.
func TestLoadsAsMeasured(t *testing.T) {
	for _, c := range []struct {
		program, traffic, strategy string
		loads                      []float64 // of each time it was measured
	}{
		{"a map in Node, by hand", behindOneProgram, "naive: {ttl: 5s}", []float64{410}},
		{"nginx proxy_cache", behindOneProgram, "naive: {ttl: 5s, ages: nginx}", []float64{398}},
		{"HAProxy", behindOneProgram, "naive: {ttl: 5s, ages: whole-seconds}", []float64{446}},
		{"Squid", behindOneProgram, "naive: {ttl: 5s, ages: whole-seconds}", []float64{453}},
		{"Varnish; bentocache, cacheable, lru-cache and others", behindOneProgram, "naive: {ttl: 5s, coalesce: true}", []float64{231}},
		{"Squid, collapsed forwarding", behindOneProgram, "naive: {ttl: 5s, coalesce: true, ages: whole-seconds}", []float64{245}},
		{"async-cache-dedupe", behindOneProgram, "naive: {ttl: 5s, coalesce: true, ages: whole-seconds}", []float64{238}},
		{"nginx, updating", behindOneProgram, "swr: {fresh: 5s, ttl: 10m, losers: wait, wait: 5s, then: load, poll: 500ms, ages: nginx}", []float64{208, 211}},
		{"django-function-caching 0.2 over django-redis", behindGunicorn, "mutex: {ttl: 5s, lock: 5m, losers: queue, as_published: true, ages: redis-ttl}", []float64{681}},
	} {
		sc := load(t, c.traffic+"strategies: {"+c.strategy+"}\n")
		run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatal(err)
		}
		for _, real := range c.loads {
			if tolerance := math.Max(0.05*real, math.Sqrt(real)); math.Abs(float64(run.Computes)-real) > tolerance {
				t.Errorf("%s made %.0f loads, and %s comes to %d, which is more than %.0f apart", c.program, real, c.strategy, run.Computes, tolerance)
			}
		}
	}
}
