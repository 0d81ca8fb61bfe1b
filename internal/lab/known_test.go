//go:build !race

package lab_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
)

// The scenarios of this file are public cases whose right figures are known, from a real
// system or by arithmetic. A figure that is not theirs is a mistake of the model's.

// known runs each strategy of a scenario under seed 1.
func known(t *testing.T, text string) map[string]*metrics.Run {
	t.Helper()
	sc, runs := load(t, text), make(map[string]*metrics.Run)
	for _, e := range sc.Strategies {
		run, err := lab.Run(sc, e, 1, lab.Setup{Clock: sim.New()})
		if err != nil {
			t.Fatal(err)
		}
		runs[e.Name] = run
	}
	return runs
}

// near reports whether a figure is the right one, as closely as is said.
func near(got, want, within float64) bool { return math.Abs(got-want) <= within }

// A hundred new keys a second live ten seconds, 90 of them asked for but once, and 200 are
// asked for again and again: what is alive fits into the 4 MB many times over. A reader
// who asks every two seconds for what lives ten hits 5 times in 6, and is 100 of 190
// requests. A real Redis under noeviction has 43.7 %.
func TestExpiredEntriesGiveTheirMemoryBack(t *testing.T) {
	for _, sweep := range []string{"redis", "memcached"} {
		for _, eviction := range []string{"none", "lru"} {
			run := known(t, `
duration: 5m
fleet:
  boxes: 1
  workers: 64
  cache: {nodes: 1, memory: 4MB, eviction: `+eviction+`, sweep: `+sweep+`}
  origin: {latency: 5ms}
workload:
  - {class: once, rate: 90/s, keys: {count: 1, one_hit: 100%}, size: 1KB}
  - {class: page, rate: 100/s, keys: {count: 200}, size: 1KB}
phases: {early: 0s..30s, late: 60s..5m}
strategies:
  naive: {ttl: 10s}
`)["naive"]
			for phase, got := range map[string]*float64{"all": run.HitRatio, "late": run.Phases["late"].HitRatio} {
				if !near(*got, 100.0/190*5/6, 0.01) {
					t.Errorf("%s, %s, %s: hit ratio %.3f, want 0.439", sweep, eviction, phase, *got)
				}
			}
			if c := run.Cache; c.Evictions != 0 || *c.BytesPeak > 3_500_000 {
				t.Errorf("%s, %s: %d evictions, %d bytes at most, want none and what is alive, about 1.2 MB, with what is not yet swept", sweep, eviction, c.Evictions, *c.BytesPeak)
			}
		}
	}
}

// The fork of a background save stops a Redis for 0.98 s (redis/redis issue 1154). Nothing
// times out, so nothing is computed: who asks meanwhile waits for the rest of it, 490 ms
// in the mean. A real Redis, stopped by SIGSTOP, has 523 ms, 988 at p99 and no compute.
func TestHangShorterThanTheTimeoutIsADelay(t *testing.T) {
	run := known(t, `
duration: 30s
window: 100ms
warm: 200
fleet:
  boxes: 4
  workers: 500
  queue: 2000
  cache: {nodes: 1, timeout: 5s}
  origin: {latency: 50ms}
workload:
  - {class: page, rate: 500/s, keys: {count: 200}}
faults:
  - {at: 10s, for: 980ms, kind: node-hang, node: 0}
phases: {stall: 10s..10980ms}
strategies:
  naive: {ttl: 1h}
`)["naive"]
	stall := run.Phases["stall"]
	if run.Computes != 0 || run.Failures != 0 || run.Cache.Errors != 0 {
		t.Errorf("%d computes, %d failures, %d errors of the cache, want none", run.Computes, run.Failures, run.Cache.Errors)
	}
	if l := stall.LatencyMS; !near(l.Mean, 490, 20) || !near(l.P99, 970, 10) || l.Max > 981 {
		t.Errorf("the stall takes %.0f ms in the mean, %.0f at p99 and %.0f at most, want 490, 970 and 980", l.Mean, l.P99, l.Max)
	}
}

// memcached hangs for 12 s behind nginx, which waits 5 s, and a Django of 8 workers, which
// waits 100 ms. What waits in its sockets is answered and stored when it goes on: a real
// stack (SIGSTOP and SIGCONT; nginx 1.22, memcached 1.6.18, pylibmc 1.6.3) has 113 hits,
// 198 computes and 374 refusals while it hangs, and 7 computes afterwards, not 67.
func TestHungNodeDoesWhatWaitsInItsSockets(t *testing.T) {
	run := known(t, `
duration: 32s
fleet:
  boxes: 1
  workers: 8
  queue: 60
  full: reject # a unix socket
  cores: 2
  cpu: 4ms
  cache: {nodes: 1, rtt: 300us, timeout: 100ms, expiry: django}
  origin: {latency: 200ms}
  front: {connections: 300, timeout: 5s}
workload:
  - {class: page, rate: 60/s, keys: {count: 50, zipf: 1.0}, size: 2KB}
client: {timeout: 20s}
phases: {fill: 0s..5s, steady: 5s..10s, hung: 10s..22s, back: 22s..32s}
strategies:
  target: {use: naive, ttl: 20s}
faults:
  - {at: 10s, for: 12s, kind: node-hang}
`)["target"]
	hung, back := run.Phases["hung"].Outcomes, run.Phases["back"].Outcomes
	for _, c := range []struct {
		what        string
		got         int64
		real, below float64
	}{
		{"hits while it hangs", hung[metrics.FreshHit], 113, 11},
		{"computes while it hangs", hung[metrics.Computed], 198, 14},
		{"refusals while it hangs", hung[metrics.Rejected], 374, 20},
		{"computes afterwards", back[metrics.Computed], 7, 3},
	} {
		if !near(float64(c.got), c.real, c.below) {
			t.Errorf("%d %s, the real stack has %.0f", c.got, c.what, c.real)
		}
	}
}

// A database stands still for 10 s, as in a fail-over or behind a lock, and what waits goes
// on: nobody waits longer than the 10 s and the 50 ms of a query, but for those who queue
// behind a thousand others for 100 slots, and nothing is slow a second afterwards.
func TestOriginThatFreezesAndGoesOn(t *testing.T) {
	run := known(t, `
duration: 60s
fleet: {boxes: 4, workers: 1000, queue: 5000, cache: {nodes: 1}, origin: {latency: 50ms, concurrency: 100}}
workload:
  - {class: page, rate: 100/s, keys: {count: 1000000}}
client: {timeout: 60s}
faults:
  - {at: 20s, for: 10s, kind: origin-hang}
phases: {before: 0s..20s, hung: 20s..30s, drains: 30s..31s, late: 31s..60s}
strategies:
  direct: {}
`)["direct"]
	if max := run.LatencyMS.Max; max < 9_900 || max > 10_060 || run.Failures > 0 {
		t.Errorf("the longest waits %.0f ms and %d fail, want 10,050 and none", max, run.Failures)
	}
	for _, phase := range []string{"before", "late"} {
		if l := run.Phases[phase].LatencyMS; l.Max > 51 && phase == "late" || l.P50 > 51 {
			t.Errorf("%s: %+v, want 50 ms", phase, l)
		}
	}
}

// One that freezes to the end fails those who wait, and the run ends all the same.
func TestOriginThatFreezesForGood(t *testing.T) {
	run := known(t, `
duration: 10s
fleet: {boxes: 1, workers: 100, cache: {nodes: 1}, origin: {latency: 50ms, timeout: 1s}}
workload: [{class: page, rate: 20/s, keys: {count: 1000}}]
client: {timeout: 2s}
faults: [{at: 5s, kind: origin-hang}]
strategies: {naive: {}}
`)["naive"]
	if n := run.Outcomes[metrics.OriginFailure]; n < 80 || n > 120 || run.LatencyMS.Max > 1_060 {
		t.Errorf("%d failures of the origin and at most %.0f ms, want about 100 and the box's time-out of 1 s", n, run.LatencyMS.Max)
	}
}

// The times of an origin that forgets how long it has worked are exponential: mean, median
// ln 2 and p99 ln 100 of the mean.
func TestExponentialOrigin(t *testing.T) {
	run := known(t, `
duration: 20m
fleet: {boxes: 1, workers: 1000, queue: 1000, cache: {nodes: 1}, origin: {latency: {mean: 100ms, exponential: true}}}
workload: [{class: page, rate: 100/s, keys: {count: 1000000}}]
client: {timeout: 60s}
strategies: {direct: {}}
`)["direct"]
	if l := run.LatencyMS; !near(l.Mean, 100, 1.5) || !near(l.P50, 69.3, 1.5) || !near(l.P99, 460.5, 10) {
		t.Errorf("mean %.1f ms, p50 %.1f, p99 %.1f; want 100, 69.3 and 460.5", l.Mean, l.P50, l.P99)
	}
}

// Twenty caches at the edge and a shield, Cache-Control: max-age=60. An edge that honours
// the Age which the shield sends keeps a page for what is left of it: none is served that
// is older than a minute, the origin is asked once a minute, and each edge reads the shield
// once a minute, all of them together when the shield's copy ends. One that does not adds
// its own minute.
func TestEdgeHonoursAge(t *testing.T) {
	runs := known(t, `
duration: 2h
window: 1s
fleet:
  boxes: 20
  workers: 64
  balancer: {policy: random}
  cache: {nodes: 1, rtt: 20ms}
  origin: {latency: 100ms}
workload:
  - {class: page, rate: 4/s, keys: {count: 1}}
strategies:
  honours: {use: two-level, ttl: 60s, max_age: 60s, over: {mutex: {ttl: 60s, losers: wait}}}
  adds: {use: two-level, ttl: 60s, over: {mutex: {ttl: 60s, losers: wait}}}
`)
	honours, adds := runs["honours"], runs["adds"]
	if honours.AgeMS.Max > 60_050 || adds.AgeMS.Max < 115_000 { // an answer is on its way for a round trip
		t.Errorf("ages of %.0f and %.0f ms at most, want 60,000 and nearly two minutes", honours.AgeMS.Max, adds.AgeMS.Max)
	}
	if n := honours.Computes; n < 118 || n > 121 {
		t.Errorf("%d loads of the origin, want one a minute, 120", n)
	}
	if n := honours.L1.Misses; !near(float64(n), 2400, 200) {
		t.Errorf("%d reads of the shield, want 2,400: one a minute of each edge", n)
	}
}

// A request waits 100 ms, and takes the old value then; a third party answers after 45 to
// 60 s. A warm-up under that time-out ends when the value is there, and not when it has
// given up: the run does not begin with 450 failures (ZiggyCreatures/FusionCache issue 553).
func TestWarmUpUnderATimeout(t *testing.T) {
	const soft = `
duration: 10m
window: 1s
warm: 1
fleet:
  boxes: 4
  workers: 64
  cache: {nodes: 1}
  origin: {latency: {values: [45s, 50s, 55s, 60s]}}
workload:
  - {class: page, rate: 10/s, keys: {count: 1}}
client: {timeout: 5s}
strategies:
  soft: {use: mutex, fresh: 2m, ttl: 62m, stale_if_error: 1s, timeout: 100ms, losers: wait, wait: 100ms, then: stale, lock: 2m}
`
	run := known(t, soft)["soft"]
	if run.Failures != 0 || run.WarmMS < 45_000 || run.WarmMS > 60_500 || len(run.Warnings) > 0 {
		t.Errorf("%d failures after a warm-up of %.0f ms, and %q; want none, and 45 to 60 s", run.Failures, run.WarmMS, run.Warnings)
	}
	if run.LatencyMS.Max > 101 || run.AgeMS.Max > 180_500 {
		t.Errorf("at most %.1f ms, and an age of %.0f; want 100.5 and 180,000", run.LatencyMS.Max, run.AgeMS.Max)
	}
	cold := known(t, strings.Replace(soft, "origin: {", "origin: {errors: 100%, ", 1))["soft"]
	if want := "1 value of the warm-up could not be had: the run begins without"; !slices.Contains(cold.Warnings, want) {
		t.Errorf("%q, want %q", cold.Warnings, want)
	}
}

// Laravel's Cache::flexible refreshes after the answer, in the same PHP-FPM worker: 60
// stale pages of a second each, asked for once within 2 s, keep 8 workers busy for 7.5 s,
// and a bystander of 5 ms waits 5.05 s at p99 and 5.18 at most. In the background nobody
// would notice. A first level over it changes nothing.
func TestRefreshInTheWorkerThatHasAnswered(t *testing.T) {
	runs := known(t, `
duration: 15s
warm: 6000
idle: 10m
fleet: {boxes: 1, workers: 8, cache: {nodes: 1}, origin: {latency: 1s}}
workload:
  - {class: page, burst: {at: 1s, requests: 60, over: 2s}, keys: {count: 6000, zipf: 0}} # so many that hardly one is asked for twice
  - {class: bystander, rate: 10/s, cost: 5ms}
strategies:
  deferred: {use: swr, fresh: 1m, ttl: 1h, refresh: after-response}
  levels: {use: two-level, ttl: 1ms, over: {swr: {fresh: 1m, ttl: 1h, refresh: after-response}}}
  beside: {use: swr, fresh: 1m, ttl: 1h, refresh: background}
`)
	for name, want := range map[string]struct{ p99, max float64 }{"deferred": {5050, 5180}, "levels": {5050, 5180}, "beside": {5, 5}} {
		run := runs[name]
		if run.Computes < 58 || run.Computes > 60 || run.Failures > 0 || run.Classes["page"].Outcomes[metrics.StaleHit] != 60 {
			t.Errorf("%s: %d computes and %v, want 60 and stale hits", name, run.Computes, run.Classes["page"].Outcomes)
		}
		if l := run.Classes["bystander"].LatencyMS; !near(l.P99, want.p99, 0.03*want.p99+1) || !near(l.Max, want.max, 0.03*want.max+1) {
			t.Errorf("%s: bystanders wait %.0f ms at p99 and %.0f at most, want %.0f and %.0f", name, l.P99, l.Max, want.p99, want.max)
		}
	}
}

// A box that crashes while its workers refresh for answers that are long given loses none of
// them, and all laws of the fleet hold.
func TestCrashDuringARefreshAfterTheResponse(t *testing.T) {
	run := known(t, `
duration: 10s
warm: 500
idle: 10m
fleet: {boxes: 1, workers: 8, queue: 100, cache: {nodes: 1}, origin: {latency: 1s}}
workload: [{class: page, rate: 5/s, keys: {count: 500, zipf: 0}}]
faults: [{at: 3s, kind: box-crash}, {at: 6s, kind: deploy, caches: []}]
strategies: {deferred: {use: swr, fresh: 1m, ttl: 1h, refresh: after-response}}
`)["deferred"]
	if run.Failures > 0 || run.Crashes != 1 || run.Outcomes[metrics.StaleHit] < 40 {
		t.Errorf("%d failures, %d crashes, %v", run.Failures, run.Crashes, run.Outcomes)
	}
}
