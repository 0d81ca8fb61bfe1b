package live_test

import (
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// What logs users out does so in real caches as in the modelled ones: a new version
// of the cache that their sessions are in, and a flush wherever they are.
func TestSessionsInRealCaches(t *testing.T) {
	const site = `
name: site
duration: 1800ms
warm: 20
fleet:
  boxes: 2
  workers: 16
  queue: 100
  cache: {nodes: 2, rtt: 200us, timeout: 5s}
  origin: {latency: 2ms}
workload:
  - {class: page, rate: 150/s, keys: {count: 20}}
  - {class: user, rate: 150/s, keys: {count: 40}, size: 300B, session: true, writes: 10%}
  - {class: bystander, rate: 30/s}
client: {timeout: 20s, retries: 2}
strategies:
  naive: {ttl: 10s}
`
	for _, kind := range []string{"embedded", "redis", "memcached"} {
		for _, c := range []struct {
			name, cache, fault string
			pages, users       bool // lose what they have
			own                string
		}{
			{"bump of all in one", "default", "{at: 300ms, kind: deploy}", true, true, "[]"},
			{"bump beside them", "sessions", "{at: 300ms, kind: deploy}", true, false, "[]"},
			{"bump of theirs", "sessions", "{at: 300ms, kind: deploy, caches: [sessions]}", false, true, "[]"},
			{"flush", "sessions", "{at: 300ms, kind: flush, all: true}", true, true, "[]"},
			{"flush of others' nodes", "sessions", "{at: 300ms, kind: flush, node: 0}, {at: 300ms, kind: flush, node: 1}", true, false, "[{cache: sessions, nodes: 2}]"},
			{"flush of their node", "sessions", "{at: 300ms, kind: flush, node: 2}", false, true, "[{cache: sessions}]"},
		} {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				sc := scenario(t, site, "workload.user.cache="+c.cache, "fleet.cache.own="+c.own, "faults=["+c.fault+"]")
				want, _ := run(t, sc, "naive", nil)
				got, _ := run(t, sc, "naive", startTier(t, t.Context(), kind, sc.Fleet))
				for world, r := range map[string]*metrics.Run{"modelled": want, "real": got} {
					out := r.Outcomes[metrics.LoggedOut]
					// Two requests of a user may find his session gone, and a busy
					// machine may wait too long for one page.
					if (out >= 25) != c.users || out > 55 || !c.users && out > 0 || r.Failures != out {
						t.Errorf("%s: %d of 40 users logged out, %d failures", world, out, r.Failures)
					}
					if (r.Computes > 10) != c.pages {
						t.Errorf("%s: %d computes", world, r.Computes)
					}
				}
			})
		}
	}
}
