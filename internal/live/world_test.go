package live_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// scenario reads a scenario written in a test.
func scenario(t testing.TB, text string, set ...string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Read(filepath.Join(t.TempDir(), "test.yaml"), []byte(text), set)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// startTier starts a cache, or ends a test that cannot be run here.
func startTier(t testing.TB, ctx context.Context, kind string, fleet world.FleetConfig) *tier.Tier {
	t.Helper()
	started, err := tier.Open(ctx, kind, fleet.Cache, fleet.Workers, t.TempDir())
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.Close)
	return started
}

// run is one strategy of a scenario under seed 1 in the given world, or in the
// modelled one, and the requests that it was sent.
func run(t testing.TB, sc *scenarios.Scenario, strategy string, on *tier.Tier) (*metrics.Run, []workloads.Request) {
	t.Helper()
	var sent []workloads.Request
	return watched(t, sc, strategy, on, lab.Watch{Sent: func(r *workloads.Request) { sent = append(sent, *r) }}), sent
}

// watched is run, under a watch of the test's own.
func watched(t testing.TB, sc *scenarios.Scenario, strategy string, on *tier.Tier, watch lab.Watch) *metrics.Run {
	t.Helper()
	setup := lab.Setup{Clock: sim.New(), Watch: watch}
	if on != nil {
		setup.Clock, setup.Wall = clock.NewWall(), true
		setup.World = func(cfg world.Config, p world.Environment) (lab.World, error) {
			return live.New(t.Context(), live.Config{Tier: on, LateAfter: 10 * time.Millisecond}, cfg, p)
		}
	}
	for _, e := range sc.Strategies {
		if e.Name == strategy {
			result, err := lab.Run(sc, e, 1, setup)
			if err != nil {
				t.Fatal(err)
			}
			return result
		}
	}
	t.Fatalf("the scenario has no strategy %s", strategy)
	return nil
}

// steady has an expiry of every value in the middle, and writes. Nobody gives up on a machine that
// does other things.
const steady = `
name: steady
duration: 1200ms
warm: 20
fleet:
  boxes: 2
  workers: 16
  queue: 100
  cache: {nodes: 2, rtt: 200us, timeout: 5s}
  origin: {latency: 30ms}
workload:
  - {class: page, rate: 250/s, keys: {count: 20, zipf: 0.8}, size: {median: 800B, p99: 5KB}}
  - {class: bystander, rate: 30/s}
client: {timeout: 20s}
strategies:
  naive: {ttl: 600ms}
  mutex: {ttl: 600ms, lock: 5s, losers: wait, wait: 10s, poll: 10ms}
`

// The real world is sent what the modelled one is, to the request, and computes
// about as much on every cache.
func TestRealAndModelledAgree(t *testing.T) {
	sc := scenario(t, steady)
	for strategy, kinds := range map[string][]string{"naive": {"redis"}, "mutex": tier.Kinds()} {
		want, modelled := run(t, sc, strategy, nil)
		for _, kind := range kinds {
			t.Run(strategy+"/"+kind, func(t *testing.T) {
				t.Parallel()
				got, sent := run(t, sc, strategy, startTier(t, t.Context(), kind, sc.Fleet))
				if diff := cmp.Diff(modelled, sent); diff != "" {
					t.Errorf("requests (-modelled +real):\n%s", diff)
				}
				if got.Requests != want.Requests || got.Failures != 0 || got.Attempts != want.Attempts {
					t.Errorf("%d requests in %d attempts, %d failed; the model has %d in %d and no failure",
						got.Requests, got.Attempts, got.Failures, want.Requests, want.Attempts)
				}
				if by := got.Classes["bystander"]; by.Requests != want.Classes["bystander"].Requests || by.Failures > 0 {
					t.Errorf("bystander: %d requests, %d failed", by.Requests, by.Failures)
				}
				// The herds of naive depend on what happens within milliseconds, and what was sent
				// late on the machine.
				if low, high := want.Computes/2, 2*want.Computes+got.Generator.Late; got.Computes < low || got.Computes > high {
					t.Errorf("%d computes, want %d to %d", got.Computes, low, high)
				}
				if strategy == "mutex" && got.HerdPeak != 1 {
					t.Errorf("a herd of %d in spite of the lock", got.HerdPeak)
				}
				if g := got.Generator; g == nil || g.Sent != g.Scheduled || g.Scheduled != int64(len(sent)) {
					t.Errorf("generator %+v, want all %d sent", g, len(sent))
				}
				if got.Cache.Gets == 0 || got.Cache.Sets == 0 || got.Cache.BytesOut == 0 || got.Cache.Errors != 0 {
					t.Errorf("cache %+v", got.Cache)
				}
			})
		}
	}
}

// A Redis of the user's is used, run after run, and never emptied.
func TestUsersRedis(t *testing.T) {
	node, err := engine.Embedded(t.Context(), engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	sc := scenario(t, steady, "duration=300ms", "strategies.naive.ttl=10s")
	theirs := startTier(t, t.Context(), "redis://"+node.Addr, sc.Fleet)
	for i := range 2 {
		got, _ := run(t, sc, "naive", theirs)
		if got.Failures != 0 || got.Cache.Errors != 0 || got.WarmComputes != 20 {
			t.Errorf("run %d: %d failures, %d errors of the cache, %d loads in the warm-up, want none, none and 20",
				i, got.Failures, got.Cache.Errors, got.WarmComputes)
		}
	}
}

// A run leaves its caches as good as new to the next.
func TestRunsDoNotDisturbEachOther(t *testing.T) {
	for _, kind := range tier.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			sc := scenario(t, steady, "duration=300ms", "strategies.naive.ttl=10s",
				"faults=[{at: 100ms, kind: node-hang, node: 0}, {at: 100ms, kind: node-loss, node: 1}]",
				"fleet.cache.timeout=20ms")
			on := startTier(t, t.Context(), kind, sc.Fleet)
			for i := range 2 {
				if got, _ := run(t, sc, "naive", on); got.WarmComputes != 20 {
					t.Errorf("run %d: %d loads in the warm-up, want each of 20 keys once", i, got.WarmComputes)
				}
			}
		})
	}
}

// Real workers that refresh after the response have answered by then, and keep bystanders
// waiting, as the modelled ones do.
func TestRefreshAfterTheResponse(t *testing.T) {
	sc := scenario(t, `
name: deferred
duration: 2s
warm: 500
idle: 50ms
fleet: {boxes: 1, workers: 2, cache: {nodes: 1, timeout: 2s}, origin: {latency: 200ms, concurrency: 64}}
workload:
  - {class: page, burst: {at: 100ms, requests: 6, over: 100ms}, keys: {count: 500, zipf: 0}}
  - {class: bystander, rate: 50/s, cost: 1ms}
strategies: {deferred: {use: swr, fresh: 10ms, ttl: 1h, refresh: after-response}}
`)
	want, _ := run(t, sc, "deferred", nil)
	got, _ := run(t, sc, "deferred", startTier(t, t.Context(), "embedded", sc.Fleet))
	for world, r := range map[string]*metrics.Run{"modelled": want, "real": got} {
		latency := r.Classes["bystander"].LatencyMS
		if r.Computes != want.Computes || r.Outcomes[metrics.StaleHit] != 6 || r.Failures > 0 || latency.Max < 300 || latency.Max > 600 && r == want {
			t.Errorf("%s: %d computes (the model has %d), %v, and bystanders wait %.0f ms at most", world, r.Computes, want.Computes, r.Outcomes, latency.Max)
		}
	}
}
