package live_test

import (
	"math"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/live/tier"
)

// A time-out that a real memcached takes for another is the same mistake in the
// model: a year that nobody converts, and a zero that Django means otherwise.
func TestExpiryOfARealMemcached(t *testing.T) {
	const always = `
name: always
duration: 800ms
fleet: {boxes: 2, workers: 16, cache: {nodes: 2, timeout: 5s}, origin: {latency: 2ms}}
workload:
  - {class: page, rate: 150/s, keys: {count: 5}}
  - {class: bystander, rate: 30/s}
strategies: {naive: {ttl: 365d}, publish: {ttl: 0s}}
`
	for _, c := range []struct {
		expiry   string
		strategy string
		caches   bool
	}{
		{"exact", "naive", true},
		{"memcached", "naive", false}, // 1971
		{"django", "naive", true},
		{"memcached", "publish", true}, // zero is for ever
		{"django", "publish", false},
		{"django-1.5", "publish", true},
		{"django-pylibmc", "publish", true},
	} {
		t.Run(c.expiry+"/"+c.strategy, func(t *testing.T) {
			t.Parallel()
			sc := scenario(t, always, "fleet.cache.expiry="+c.expiry)
			want, _ := run(t, sc, c.strategy, nil)
			got, _ := run(t, sc, c.strategy, startTier(t, t.Context(), "memcached", sc.Fleet))
			for world, ratio := range map[string]*float64{"modelled": want.HitRatio, "real": got.HitRatio} {
				if c.caches && *ratio < 0.7 || !c.caches && *ratio > 0.01 {
					t.Errorf("%s: hit ratio %v", world, *ratio)
				}
			}
		})
	}
}

// Nodes of a cache's own are for the lab to start.
func TestOwnNodesNeedTheLabs(t *testing.T) {
	sc := scenario(t, steady, "workload.page.cache=pages", "fleet.cache.own=[{cache: pages}]")
	for _, kind := range []string{"file", "redis://127.0.0.1:1", "memcached://127.0.0.1:1"} {
		_, err := tier.Open(t.Context(), kind, sc.Fleet.Cache, 4, t.TempDir())
		if err == nil || !strings.Contains(err.Error(), "fleet.cache.own: the nodes of cache pages are for the lab to start") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestExpiryNeedsMemcached(t *testing.T) {
	sc := scenario(t, steady, "fleet.cache.expiry=django")
	for _, kind := range []string{"embedded", "redis", "file", "memcached://127.0.0.1:1"} {
		_, err := tier.Open(t.Context(), kind, sc.Fleet.Cache, 4, t.TempDir())
		if err == nil || !strings.Contains(err.Error(), "fleet.cache.expiry: django is about a memcached that the lab starts") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// What has expired gives its memory back, in the model as in the servers: otherwise the
// memory would be full of it in three seconds at most, and nothing more be stored.
func TestExpiredEntriesOfRealCaches(t *testing.T) {
	const churn = `
name: churn
duration: 6s
fleet: {boxes: 1, workers: 32, cache: {nodes: 1, memory: 2MB, eviction: none, rtt: 200us, timeout: 5s}, origin: {latency: 1ms}}
workload:
  - {class: once, rate: 300/s, keys: {count: 1, one_hit: 100%}, size: 5KB}
  - {class: page, rate: 300/s, keys: {count: 60}, size: 5KB}
phases: {late: 3s..6s}
strategies: {naive: {ttl: 1s}}
`
	for kind, set := range map[string][]string{
		"redis":     {"fleet.cache.memory=4MB", "strategies.naive.ttl=500ms"}, // which counts its buffers, too,
		"memcached": {"fleet.cache.expiry=memcached", "fleet.cache.eviction=lru"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			sc := scenario(t, churn, set...)
			want, _ := run(t, sc, "naive", nil)
			got, _ := run(t, sc, "naive", startTier(t, t.Context(), kind, sc.Fleet))
			late := float64(got.Generator.Late) / float64(got.Requests)
			if got, want := *got.Phases["late"].HitRatio, *want.Phases["late"].HitRatio; math.Abs(got-want) > 0.05+late || want < 0.25 {
				t.Errorf("late hit ratio %.3f, the model has %.3f; %.2f of the requests were sent late", got, want, late)
			}
			if got.Cache.Errors*100 > got.Cache.Sets || want.Cache.Errors > 0 || want.Cache.Evictions > 0 { // a busy machine has a time-out or two
				t.Errorf("%d errors of the cache; the model has %d, and evicts %d", got.Cache.Errors, want.Cache.Errors, want.Cache.Evictions)
			}
		})
	}
}
