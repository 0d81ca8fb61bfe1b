package live_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live/front"
	"github.com/herdlab/herdlab/internal/metrics"
)

// edge has an HTTP cache before its boxes, and pages that expire every other second.
const edge = `
name: edge
duration: 7s
fleet:
  boxes: 2
  workers: 500
  cache: {nodes: 1, rtt: 10us}
  origin: {latency: 200ms}
  front: {cache: nginx, max_age: 2s, varnish: {grace: 0s}}
workload:
  - {class: page, rate: 50/s, keys: {count: 10, zipf: 1.0}, size: 3KB}
  - {class: bystander, rate: 10/s}
client: {timeout: 10s}
strategies:
  direct: {}
`

// edged runs the edge for real, and in the model from the same part of a second on: pages expire
// with a second of the wall clock, so that both have them expire between the same requests.
func edged(t *testing.T, set ...string) (real, modelled *metrics.Run) {
	t.Helper()
	sc := scenario(t, edge, set...)
	if err := front.Installed(t.Context(), *sc.Fleet.Front); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
	}
	var began time.Time
	real = watched(t, sc, "direct", startTier(t, t.Context(), "embedded", sc.Fleet), lab.Watch{Began: func(now time.Time) { began = now }})
	part := began.Sub(began.Truncate(time.Second))
	modelled, _ = run(t, scenario(t, edge, append(set, "idle="+part.String())...), "direct", nil)
	if real.Requests != modelled.Requests {
		t.Errorf("%d requests, and %d in the model", real.Requests, modelled.Requests)
	}
	t.Logf("%d computes, %d late, %v; the model has %d, %v", real.Computes, real.Generator.Late, real.Outcomes, modelled.Computes, modelled.Outcomes)
	return real, modelled
}

// near reports whether two counts of the same requests are within 15 % or twice their root. A machine
// that does other things sends requests late, and each of those may find a page as the next one
// should have found it.
func near(real *metrics.Run, got, want int64) bool {
	return math.Abs(float64(got-want)) <= max(0.15*float64(want), 2*math.Sqrt(float64(want)))+float64(real.Generator.Late)
}

// Real HTTP caches compute, hit and serve what is stale as the model has it, and have herds where
// it has them.
func TestHTTPCachesAreAsModelled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  string
		herd bool // of an expired page
	}{
		"nginx":            {"nginx={}", true},
		"nginx lock":       {"nginx={lock: true}", true},
		"nginx updating":   {"nginx={lock: true, use_stale: [updating]}", false},
		"nginx background": {"nginx={lock: true, use_stale: [updating], background_update: true}", false},
		"nginx min_uses":   {"nginx={min_uses: 3}", true},
		"varnish":          {"cache=varnish", false},
		"varnish grace":    {"={cache: varnish, max_age: 2s, varnish: {grace: 1m}}", false},
		"squid":            {"cache=squid", true},
		"squid collapsed":  {"={cache: squid, max_age: 2s, squid: {collapsed_forwarding: true}}", false},
		"haproxy":          {"cache=haproxy", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := "fleet.front." + c.set
			if strings.HasPrefix(c.set, "=") {
				set = "fleet.front" + c.set
			}
			got, want := edged(t, set)
			late := float64(got.Generator.Late) / float64(got.Requests)
			if got.Failures > got.Generator.Late || !near(got, got.Computes, want.Computes) || math.Abs(*got.HitRatio-*want.HitRatio) > 0.05+late || (got.HerdPeak > 1) != c.herd || (want.HerdPeak > 1) != c.herd {
				t.Errorf("%d computes, a herd of %d, hit ratio %.3f, %v; the model has %d, %d, %.3f, %v",
					got.Computes, got.HerdPeak, *got.HitRatio, got.Outcomes, want.Computes, want.HerdPeak, *want.HitRatio, want.Outcomes)
			}
			for _, o := range []metrics.Outcome{metrics.StaleHit, metrics.Coalesced, metrics.Computed, metrics.Served} {
				if !near(got, got.Outcomes[o], want.Outcomes[o]) {
					t.Errorf("%d are %v, and %d in the model", got.Outcomes[o], o, want.Outcomes[o])
				}
			}
		})
	}
}

// While the origin fails, an old page takes the place of a failure where the program has it so. One
// failure in the background takes Varnish its pages in grace, unless the VCL abandons it.
func TestHTTPCachesOverFailures(t *testing.T) {
	t.Parallel()
	const fails = "faults=[{at: 3s, kind: origin-errors, errors: 100%}]"
	for name, c := range map[string]struct {
		set  string
		fail bool
	}{
		"nginx":           {"{max_age: 2s, cache: nginx}", true},
		"nginx error":     {"{max_age: 2s, cache: nginx, nginx: {use_stale: [error]}}", false},
		"varnish":         {"{max_age: 2s, cache: varnish, varnish: {grace: 1m}}", true},
		"varnish abandon": {"{max_age: 2s, cache: varnish, varnish: {grace: 1m, abandon: true}}", false},
		"squid":           {"{max_age: 2s, cache: squid}", false},
		"squid collapsed": {"{max_age: 2s, cache: squid, squid: {collapsed_forwarding: true}}", false},
		"haproxy":         {"{max_age: 2s, cache: haproxy}", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, want := edged(t, "fleet.front="+c.set, fails)
			few := func(run *metrics.Run) bool { return run.Failures < run.Requests/20 }
			stale := metrics.StaleHit
			if few(got) == c.fail || few(want) == c.fail || got.Outcomes[stale] > 0 != (want.Outcomes[stale] > 0) || !near(got, got.Failures, want.Failures) {
				t.Errorf("%d failures of %d: %v; the model has %d, %v", got.Failures, got.Requests, got.Outcomes, want.Failures, want.Outcomes)
			}
		})
	}
}

// What may not be kept, the pages of sessions, and writes go to the boxes.
func TestHTTPCachesPassOn(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"nginx", "varnish", "squid", "haproxy"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			got, want := edged(t, "fleet.front.cache="+program, "workload.page.signed_in={share: 50%, users: 5}", "workload.page.writes=10%", "duration=3s")
			if got.Failures != 0 || got.Leaks != 0 || !near(got, got.Computes, want.Computes) || got.Outcomes[metrics.Written] != want.Outcomes[metrics.Written] {
				t.Errorf("%d failures, %d leaks, %d computes, %v; the model has %d, %d, %d, %v", got.Failures, got.Leaks, got.Computes, got.Outcomes, want.Failures, want.Leaks, want.Computes, want.Outcomes)
			}
			got, want = edged(t, "fleet.front={max_age: 0s, cache: "+program+"}", "duration=2s")
			if *got.HitRatio != 0 || got.Computes != want.Computes {
				t.Errorf("hit ratio %v and %d computes of what may not be kept; the model has %d", *got.HitRatio, got.Computes, want.Computes)
			}
		})
	}
}

// Of clients that do not wait for a render Varnish and HAProxy keep the answer, and nginx and Squid
// do not, so that nobody ever gets a page.
func TestHTTPCachesAndImpatientClients(t *testing.T) {
	t.Parallel()
	for program, keeps := range map[string]bool{"nginx": false, "varnish": true, "squid": false, "haproxy": true} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			got, want := edged(t, "fleet.front.cache="+program, "fleet.origin.latency=1500ms", "client.timeout=300ms", "fleet.front.max_age=9s", "duration=4s")
			hits := got.Outcomes[metrics.FreshHit]
			if hits > 0 != keeps || !near(got, hits, want.Outcomes[metrics.FreshHit]) || !near(got, got.Computes, want.Computes) {
				t.Errorf("%d hits and %d computes; the model has %d and %d", hits, got.Computes, want.Outcomes[metrics.FreshHit], want.Computes)
			}
		})
	}
}

// HAProxy keeps nothing that is larger than a 256th of its memory with its head.
func TestHAProxyAndLargePages(t *testing.T) {
	t.Parallel()
	for size, kept := range map[string]bool{"workload.page.size=15KB": true, "workload.page.size=17KB": false} {
		got, want := edged(t, "fleet.front.cache=haproxy", "duration=2s", size)
		if *got.HitRatio > 0 != kept || *want.HitRatio > 0 != kept {
			t.Errorf("%s: hit ratio %v, and %v in the model", size, *got.HitRatio, *want.HitRatio)
		}
	}
}
