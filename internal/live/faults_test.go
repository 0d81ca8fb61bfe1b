package live_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
)

// shaken is steady with what befalls it.
func shaken(faults string, set ...string) []string {
	return append([]string{
		"duration=1800ms", "strategies.naive.ttl=10s", "fleet.origin.latency=5ms",
		"faults=" + faults,
	}, set...)
}

// What is done to real caches is seen by those who ask them.
func TestFaultsOfRealCaches(t *testing.T) {
	for _, kind := range []string{"embedded", "redis", "memcached"} {
		for _, c := range []struct {
			name, faults string
			errors       bool // of the cache
			computes     bool
			slow         bool // some wait for the time-out
		}{
			{"none", "[]", false, false, false},
			{"loss", "[{at: 200ms, for: 900ms, kind: node-loss, node: 1}]", true, true, false},
			{"hang", "[{at: 200ms, for: 1200ms, kind: node-hang, node: 1}]", true, true, true},
			{"cut", "[{at: 200ms, for: 900ms, kind: node-loss, how: cut, node: 1}]", true, true, false},
			{"flush", "[{at: 300ms, kind: flush, all: true}]", false, true, false},
			{"flap", "[{at: 200ms, for: 1200ms, kind: node-flap, node: 1, every: 600ms}]", true, true, false},
			{"deploy", "[{at: 300ms, kind: deploy}]", false, true, false},
			{"rolling deploy", "[{at: 200ms, kind: deploy, over: 1200ms}]", false, true, false},
			{"deploy of nothing new", "[{at: 300ms, kind: deploy, caches: []}]", false, false, false},
		} {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				sc := scenario(t, steady, shaken(c.faults)...)
				if c.slow {
					sc = scenario(t, steady, shaken(c.faults, "fleet.cache.timeout=400ms")...)
				}
				got, _ := run(t, sc, "naive", startTier(t, t.Context(), kind, sc.Fleet))
				if got.WarmComputes != 20 {
					t.Errorf("%d loads in the warm-up, want 20", got.WarmComputes)
				}
				if (got.Cache.Errors > 0) != c.errors {
					t.Errorf("%d errors of the cache", got.Cache.Errors)
				}
				if (got.Computes > 0) != c.computes {
					t.Errorf("%d computes", got.Computes)
				}
				if rolling := got.HitRatioOld != nil && got.HitRatioNew != nil; rolling != (c.name == "rolling deploy") {
					t.Errorf("hit ratios of two releases: %v", rolling)
				} else if rolling && (*got.HitRatioOld != 1 || *got.HitRatioNew >= 1) {
					t.Errorf("hit ratios %v of the old release and %v of the new one", *got.HitRatioOld, *got.HitRatioNew)
				}
				if c.slow && got.ServiceMS.Max < 400 {
					t.Errorf("nobody waited for the time-out of 400 ms: at most %v ms", got.ServiceMS.Max)
				}
				// A strategy that is told of an error computes: naive does not fail.
				if got.Failures != got.Outcomes[metrics.CacheError] {
					t.Errorf("%d failures: %+v", got.Failures, got.Outcomes)
				}
				for _, w := range got.Warnings {
					if strings.Contains(w, "node") {
						t.Errorf("a fault went wrong: %s", w)
					}
				}
			})
		}
	}
}

// A hang that ends before the time-out is a delay, for real clients as for the modelled
// one: nobody computes, and who asked waits for the rest of it.
func TestShortHangOfRealCaches(t *testing.T) {
	sc := scenario(t, steady, shaken("[{at: 200ms, for: 400ms, kind: node-hang, node: 1}]",
		"fleet.workers=200", "phases={hung: 200ms..600ms}")...)
	want, _ := run(t, sc, "naive", nil)
	for _, kind := range []string{"embedded", "redis", "memcached"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got, _ := run(t, sc, "naive", startTier(t, t.Context(), kind, sc.Fleet))
			if got.Computes > 0 || want.Computes > 0 || got.Cache.Errors > 0 {
				t.Errorf("%d computes and %d errors of the cache, the model has %d computes, and none is right", got.Computes, got.Cache.Errors, want.Computes)
			}
			if got, want := got.ServiceMS.Max, want.LatencyMS.Max; want < 350 || want > 402 || got < 350 || got > want+1000 { // a busy machine is late
				t.Errorf("the longest waits %v ms, and in the model %v", got, want)
			}
		})
	}
}

// An origin that freezes and goes on holds up real boxes as it does modelled ones: nothing
// fails, and nobody waits longer than the rest of it and the load.
func TestOriginHangUnderRealBoxes(t *testing.T) {
	sc := scenario(t, steady, shaken("[{at: 200ms, for: 400ms, kind: origin-hang}]", "fleet.workers=200", "strategies.naive.ttl=100ms")...)
	want, _ := run(t, sc, "naive", nil)
	got, _ := run(t, sc, "naive", startTier(t, t.Context(), "embedded", sc.Fleet))
	if got.Failures > 0 || want.Failures > 0 {
		t.Errorf("%d failures, and %d in the model", got.Failures, want.Failures)
	}
	if got, want := got.ServiceMS.Max, want.LatencyMS.Max; want < 380 || want > 407 || got < 350 || got > want+1000 { // a busy machine is late
		t.Errorf("the longest waits %v ms, and in the model %v", got, want)
	}
}

// A cache without nodes of ours takes no harm, and the report says so.
func TestFaultsThatACacheCannotHave(t *testing.T) {
	sc := scenario(t, steady, shaken("[{at: 100ms, for: 100ms, kind: node-loss, node: 1}, {at: 100ms, kind: flush, node: 1}]", "duration=400ms")...)
	got, _ := run(t, sc, "naive", startTier(t, t.Context(), "file", sc.Fleet))
	all := strings.Join(got.Warnings, "\n")
	for _, what := range []string{"loss", "return", "flush"} {
		if want := fmt.Sprintf("%s of node 1: this cache has no node that the lab could touch", what); !strings.Contains(all, want) {
			t.Errorf("no word of %q in %q", want, all)
		}
	}
	if got.Failures > 0 {
		t.Errorf("%d failures", got.Failures)
	}
}

// A box that goes down with a lock in its hand takes its clients' connections
// with it, and the lock is held until its time is over.
func TestCrashOfALockOwner(t *testing.T) {
	const herd = `
name: owner
duration: 1500ms
fleet:
  boxes: 2
  workers: 32
  queue: 100
  cache: {nodes: 1, timeout: 5s}
  origin: {latency: 400ms}
workload:
  - {class: page, rate: 100/s, keys: {count: 1}}
client: {timeout: 20s}
faults:
  - {at: 300ms, kind: box-crash, box: 0}
  - {at: 300ms, kind: box-crash, box: 1}
strategies:
  mutex: {ttl: 10s, lock: 700ms, losers: wait, wait: 1500ms, poll: 10ms}
`
	sc := scenario(t, herd)
	want, _ := run(t, sc, "mutex", nil)
	for _, kind := range tier.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got, _ := run(t, sc, "mutex", startTier(t, t.Context(), kind, sc.Fleet))
			if got.Crashes != 2 || got.Outcomes[metrics.Rejected] == 0 {
				t.Errorf("%d crashes, %d rejected, want 2 and whoever was there", got.Crashes, got.Outcomes[metrics.Rejected])
			}
			// A request or two may be on the other side of the crash.
			if got.Computes < 2 || got.Computes > want.Computes+2 || got.HerdPeak > want.HerdPeak+2 {
				t.Errorf("%d computes, herd of %d; the model has %d and %d", got.Computes, got.HerdPeak, want.Computes, want.HerdPeak)
			}
			// Whoever came just after the crash waits for the lock's 700 ms, which
			// began before it, and for the second load.
			if got.LatencyMS.Max < 600 {
				t.Errorf("nobody waited longer than %v ms for a lock of 700 ms", got.LatencyMS.Max)
			}
		})
	}
}
