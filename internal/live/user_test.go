package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/metrics"
)

// A cache of the user's that fails after the lab has found it well is in the outcomes
// and in the counts, and the run ends as any other.
func TestUsersCacheFails(t *testing.T) {
	for scheme, begin := range map[string]func(context.Context, engine.Config) (*engine.Node, error){
		"redis": engine.Redis, "memcached": engine.Memcached,
	} {
		for trouble, bring := range map[string]func(*engine.Node, *rubbish) error{
			"is gone":          func(n *engine.Node, _ *rubbish) error { n.Kill(); return nil },
			"says nothing":     func(n *engine.Node, _ *rubbish) error { return n.Hang() },
			"answers nonsense": func(_ *engine.Node, r *rubbish) error { r.mu.Lock(); defer r.mu.Unlock(); r.noisy = true; return nil },
		} {
			t.Run(scheme+" "+trouble, func(t *testing.T) {
				t.Parallel()
				node, err := begin(t.Context(), engine.Config{})
				if errors.Is(err, engine.ErrNotInstalled) {
					t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
				}
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(node.Close)
				front := newRubbish(t, node.Addr)
				sc := scenario(t, steady, "warm=0", "duration=400ms", "fleet.cache.timeout=50ms", "fleet.origin.latency=5ms",
					"strategies.naive.on_cache_error=fail")
				theirs := startTier(t, t.Context(), scheme+"://"+front.listener.Addr().String(), sc.Fleet)
				if err := bring(node, front); err != nil {
					t.Fatal(err)
				}
				got, sent := run(t, sc, "naive", theirs)
				if got.Outcomes[metrics.CacheError] != got.Requests || got.Requests == 0 || got.Cache.Errors < got.Requests {
					t.Errorf("%d requests of %d sent, %d errors of the cache: %v", got.Requests, len(sent), got.Cache.Errors, got.Outcomes)
				}
				if by := got.Classes["bystander"]; by.Requests == 0 || by.Failures > 0 {
					t.Errorf("%d of %d bystanders failed, who need no cache", by.Failures, by.Requests)
				}
			})
		}
	}
}

// A value that is too large for the cache is served and not kept.
func TestValueIsTooLarge(t *testing.T) {
	sc := scenario(t, steady, "warm=0", "duration=400ms", "fleet.cache.nodes=1", "fleet.cache.timeout=2s", "fleet.origin.latency=5ms",
		"workload=[{class: page, rate: 50/s, keys: {count: 2}, size: {median: 2MB, p99: 2MB}}]")
	got, _ := run(t, sc, "naive", startTier(t, t.Context(), "memcached", sc.Fleet))
	if got.Requests == 0 || got.Outcomes[metrics.Computed] != got.Requests || got.Cache.Errors != got.Requests {
		t.Errorf("%d requests, %d errors of the cache: %v", got.Requests, got.Cache.Errors, got.Outcomes)
	}
}
