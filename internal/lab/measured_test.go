//go:build !race

package lab_test

import (
	"math"
	"strings"
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
	zipfAtFront = `
duration: 30s
fleet: {boxes: 1, workers: 10000, queue: 0, cache: {nodes: 1}, origin: {latency: 500ms}, front: {FRONT}}
workload: [{class: page, rate: 80/s, keys: {count: 50, zipf: 1.0}}]
client: {timeout: 60s}
strategies: {direct: {}}
`
	burstAtFront = `
duration: 4s
fleet: {boxes: 1, workers: 10000, queue: 0, cache: {nodes: 1}, origin: {latency: 1s, concurrency: 16}, front: {FRONT}}
workload: [{class: page, burst: {at: 300ms, requests: 150, over: 1500ms}, keys: {count: 1}}]
client: {timeout: 60s}
strategies: {direct: {}}
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

// HTTP caches by name make as many loads as the real ones did, twins among them and in a herd as large: what
// decides about the latter is chance, so that they have twice the tolerance of loads.
func TestHTTPCachesAsMeasured(t *testing.T) {
	const (
		locked     = "max_age: 5s, cache: nginx, nginx: {lock: true}"
		updating   = "max_age: 5s, cache: nginx, nginx: {lock: true, use_stale: [updating, error]}"
		background = "max_age: 5s, cache: nginx, nginx: {lock: true, use_stale: [updating, error], background_update: true}"
		collapsed  = "max_age: 5s, cache: squid, squid: {collapsed_forwarding: true}"
		noGrace    = "max_age: 5s, cache: varnish, varnish: {grace: 0s}"
		grace      = "max_age: 5s, cache: varnish, varnish: {grace: 1h}"
	)
	type measured struct{ loads, twins, herd, failures float64 }
	for _, c := range []struct {
		traffic, front string
		real           []measured // each time
	}{
		{zipfAtFront, "max_age: 5s, cache: nginx", []measured{{398, 190, 12, 0}}},
		{zipfAtFront, "max_age: 5s, cache: haproxy", []measured{{446, 204, 11, 0}}},
		{zipfAtFront, "max_age: 5s, cache: squid", []measured{{453, 212, 12, 0}}},
		{zipfAtFront, locked, []measured{{356, 149, 11, 0}, {342, 136, 12, 0}}},
		{zipfAtFront, updating, []measured{{211, 0, 1, 0}}},
		{zipfAtFront, background, []measured{{208, 0, 1, 0}, {211, 0, 1, 0}}},
		{zipfAtFront, noGrace, []measured{{231, 0, 1, 0}}},
		{zipfAtFront, grace, []measured{{231, 0, 1, 0}}},
		{zipfAtFront, collapsed, []measured{{245, 0, 1, 0}}},
		{burstAtFront, "max_age: 5s, cache: nginx", []measured{{101, 100, 101, 0}}},
		{burstAtFront, "max_age: 5s, cache: haproxy", []measured{{101, 100, 101, 0}}},
		{burstAtFront, "max_age: 5s, cache: squid", []measured{{101, 100, 101, 0}}},
		{burstAtFront, locked, []measured{{1, 0, 1, 0}}},
		{burstAtFront, updating, []measured{{1, 0, 1, 0}}},
		{burstAtFront, background, []measured{{1, 0, 1, 0}}},
		{burstAtFront, noGrace, []measured{{1, 0, 1, 0}}},
		{burstAtFront, grace, []measured{{1, 0, 1, 0}}},
		{burstAtFront, collapsed, []measured{{1, 0, 1, 0}}},
		{burstAtFront, "max_age: 0s, cache: varnish", []measured{{150, 148, 138, 0}}},
		{burstAtFront, "max_age: 0s, cache: varnish, varnish: {hit_for_miss: 0s}", []measured{{62, 0, 1, 90}}}, // while clients waited
	} {
		sc := load(t, strings.Replace(c.traffic, "FRONT", c.front, 1))
		run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatal(err)
		}
		for _, real := range c.real {
			for _, x := range []struct {
				what      string
				got       int64
				want, per float64
			}{
				{"loads", run.Computes, real.loads, 1}, {"twins", run.DuplicateComputes, real.twins, 2},
				{"in its herd", run.HerdPeak, real.herd, 2}, {"failures", run.Failures, real.failures, 1},
			} {
				if tolerance := x.per * math.Max(0.05*x.want, math.Sqrt(x.want)); math.Abs(float64(x.got)-x.want) > tolerance {
					t.Errorf("%s: %d %s, and the real one had %.0f, which is more than %.0f apart", c.front, x.got, x.what, x.want, tolerance)
				}
			}
		}
	}
}
