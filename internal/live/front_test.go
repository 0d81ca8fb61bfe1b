package live_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/front"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/strategies/clock"
)

// site has an nginx before its boxes, and every page in the cache when it begins.
const site = `
name: site
duration: 1500ms
warm: 20
fleet:
  boxes: 2
  workers: 16
  queue: 100
  cache: {nodes: 1, rtt: 200us, timeout: 5s, max_item: 1MiB}
  origin: {latency: 30ms}
  front: {timeout: 5s, host: "WWW.Example.com:8080", query: "page=2"}
workload:
  - {class: page, rate: 200/s, keys: {count: 20, zipf: 0.8}, size: 5KB}
  - {class: bystander, rate: 30/s, cost: 1ms}
client: {timeout: 20s}
strategies:
  naive: {ttl: 1m}
`

// nginx ends a test that needs one where there is none.
func nginx(t *testing.T) {
	t.Helper()
	if err := front.Installed(t.Context(), model.Config{}); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
	}
}

// fronted runs the site for real, and in the model.
func fronted(t *testing.T, set ...string) (real, modelled *metrics.Run) {
	t.Helper()
	sc := scenario(t, site, set...)
	modelled, _ = run(t, sc, "naive", nil)
	real, _ = run(t, sc, "naive", startTier(t, t.Context(), "memcached", sc.Fleet))
	if real.Requests != modelled.Requests {
		t.Errorf("%d requests, and %d in the model", real.Requests, modelled.Requests)
	}
	return real, modelled
}

// Everything is in the cache, and nginx finds it: no box is troubled. A bystander
// reaches one.
func TestFrontFindsThePages(t *testing.T) {
	nginx(t)
	got, want := fronted(t)
	if *got.HitRatio != 1 || *want.HitRatio != 1 || got.Computes != 0 || got.Failures != 0 {
		t.Errorf("hit ratio %v, %d computes, %d failures: %v", *got.HitRatio, got.Computes, got.Failures, got.Outcomes)
	}
	if got.AgeMS == nil || got.AgeMS.Max < 1000 || got.AgeMS.Max > 60_000 {
		t.Errorf("ages %+v", got.AgeMS)
	}
	if got.Cache.Gets != got.Requests || got.Cache.BytesOut != 5000*got.Requests {
		t.Errorf("%d reads of %d bytes in all, want %d of 5 KB each", got.Cache.Gets, got.Cache.BytesOut, got.Requests)
	}
	if by := got.Classes["bystander"]; by.Requests == 0 || by.Outcomes[metrics.Served] != by.Requests {
		t.Errorf("bystanders: %v", by.Outcomes)
	}
}

// Where the application's key is another, however little, nothing is found; and
// everything where both have the same odd one.
func TestFrontAndApplicationDisagree(t *testing.T) {
	nginx(t)
	t.Parallel()
	const odd = "prefix: ':1:', scheme: true, port: true, query: drop"
	for set, hits := range map[string]float64{
		"fleet.front.app_key={prefix: ':1:'}":                                               0,
		"fleet.front.app_key={port: true}":                                                  0,
		"fleet.front.app_key={scheme: true}":                                                0,
		"fleet.front.app_key={query: drop}":                                                 0,
		"fleet.front={key: {prefix: ':1:'}, app_key: {prefix: ':2:'}}":                      0,
		"fleet.front={query: a=b, host: 'A:1', key: {" + odd + "}, app_key: {" + odd + "}}": 1,
	} {
		got, want := fronted(t, set, "duration=600ms")
		if *got.HitRatio != hits || *want.HitRatio != hits {
			t.Errorf("%s: hit ratio %v, and %v in the model; want %v", set, *got.HitRatio, *want.HitRatio, hits)
		}
	}
}

// A write is a POST: nginx refuses it, or passes it on to the application, which
// deletes the page.
func TestFrontAndWrites(t *testing.T) {
	nginx(t)
	t.Parallel()
	got, want := fronted(t, "workload.page.writes=10%")
	if n := got.Outcomes[metrics.NotAllowed]; n == 0 || n != got.Writes || n != want.Outcomes[metrics.NotAllowed] || got.Computes != 0 {
		t.Errorf("%d of %d writes refused, %d in the model; %d computes", n, got.Writes, want.Outcomes[metrics.NotAllowed], got.Computes)
	}
	got, want = fronted(t, "workload.page.writes=10%", "fleet.front.posts=pass")
	if n := got.Outcomes[metrics.Written]; n != got.Writes || n != want.Outcomes[metrics.Written] || got.Computes == 0 || got.Failures != 0 {
		t.Errorf("%d of %d writes done, %d in the model; %d computes, %d failures", n, got.Writes, want.Outcomes[metrics.Written], got.Computes, got.Failures)
	}
}

// A page above memcached's limit never stays there.
func TestFrontAndLargePages(t *testing.T) {
	nginx(t)
	t.Parallel()
	got, want := fronted(t, "workload.page.size=1100KB", "workload.page.rate=20/s", "warm=5")
	if *got.HitRatio != 0 || *want.HitRatio != 0 || got.Outcomes[metrics.Computed] != got.Requests {
		t.Errorf("hit ratio %v: %v", *got.HitRatio, got.Outcomes)
	}
	got, _ = fronted(t, "workload.page.size=1100KB", "workload.page.rate=20/s", "warm=20", "fleet.cache.max_item=2MiB")
	if *got.HitRatio < 0.9 {
		t.Errorf("with a higher limit the hit ratio is %v", *got.HitRatio)
	}
}

// A dead memcached, and one that hangs, are gone past, after no time and after the
// time-out; all is well afterwards.
func TestFrontAndFaults(t *testing.T) {
	nginx(t)
	for fault, slow := range map[string]bool{"node-loss": false, "node-hang": true} {
		got, want := fronted(t, "faults=[{at: 500ms, for: 400ms, kind: "+fault+"}]", "fleet.front.timeout=200ms", "fleet.cache.timeout=100ms")
		if got.Failures != 0 || got.Outcomes[metrics.Computed] < 40 || got.Outcomes[metrics.FreshHit] < 100 || got.Cache.Errors < 40 {
			t.Errorf("%s: %v, %d errors of the cache; the model has %v, %d", fault, got.Outcomes, got.Cache.Errors, want.Outcomes, want.Cache.Errors)
		}
		if waited := got.ServiceMS.P90 > 200; waited != slow {
			t.Errorf("%s: p90 %v ms", fault, got.ServiceMS.P90)
		}
	}
}

// With nginx's patience a memcached that hangs uses its connections up.
func TestFrontRunsOutOfConnections(t *testing.T) {
	nginx(t)
	t.Parallel()
	got, want := fronted(t, "fleet.front={connections: 32}", "faults=[{at: 300ms, for: 1s, kind: node-hang}]", "client.timeout=700ms")
	if got.Outcomes[metrics.Rejected] < 50 || want.Outcomes[metrics.Rejected] < 50 {
		t.Errorf("%v; the model has %v", got.Outcomes, want.Outcomes)
	}
	if notes := strings.Join(got.Warnings, "\n"); !strings.Contains(notes, "32 connections are not enough") {
		t.Errorf("it says nothing of it: %s", notes)
	}
}

// When the cache is gone, nginx's own cache has one render of a page at a time, and
// the others wait or have the old one.
func TestFrontMerges(t *testing.T) {
	nginx(t)
	t.Parallel()
	const loss = "faults=[{at: 300ms, kind: node-loss}]"
	got, _ := fronted(t, loss, "fleet.origin.latency=150ms", "workload.page.keys.count=3", "warm=3")
	herd := got.HerdPeak
	got, want := fronted(t, loss, "fleet.origin.latency=150ms", "workload.page.keys.count=3", "warm=3",
		"fleet.front.fallback={lock: true, keep: 1s, grace: 1m}")
	if herd < 5 || got.HerdPeak != 1 || want.HerdPeak != 1 || got.Outcomes[metrics.Coalesced] == 0 {
		t.Errorf("a herd of %d without the lock and %d with it: %v; the model has %v", herd, got.HerdPeak, got.Outcomes, want.Outcomes)
	}
}

// Whose page it is, is looked for in what nginx sends.
func TestFrontAndSessions(t *testing.T) {
	nginx(t)
	t.Parallel()
	visitors := []string{
		"workload.page.signed_in={share: 50%, users: 10}", "warm=0", "duration=1200ms",
		"faults=[{at: 300ms, for: 500ms, kind: cache-sessions}]",
	}
	got, want := fronted(t, visitors...)
	if got.Leaks == 0 || want.Leaks == 0 || got.Victims == 0 {
		t.Errorf("%d leaks of %d users, %d in the model", got.Leaks, got.Victims, want.Leaks)
	}
	for _, fix := range [][]string{
		{"faults=[]"},
		{"fleet.front.key.user=true", "fleet.front.app_key.user=true"},
		{"faults=[]", "fleet.front.fallback={lock: true, grace: 10s}"},
	} {
		got, want := fronted(t, append(visitors, fix...)...)
		if got.Leaks != 0 || want.Leaks != 0 || *got.HitRatio < 0.2 {
			t.Errorf("%v: %d leaks, %d in the model, hit ratio %v", fix, got.Leaks, want.Leaks, *got.HitRatio)
		}
	}
}

// The clients of a process of their own ask through the front, too.
func TestFrontFromAGenerator(t *testing.T) {
	nginx(t)
	t.Parallel()
	sc := scenario(t, site, "workload.page.writes=10%", "workload.page.signed_in={share: 30%, users: 10}")
	got, err := apart(t.Context(), sc, startTier(t, t.Context(), "memcached", sc.Fleet), itself(t))
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcomes[metrics.NotAllowed] == 0 || got.Outcomes[metrics.FreshHit] < 100 || got.Outcomes[metrics.Written] == 0 || got.Cache.Gets == 0 {
		t.Errorf("%v, %d reads of the cache", got.Outcomes, got.Cache.Gets)
	}
}

// What there is no front for is said in a sentence.
func TestFrontThatCannotBe(t *testing.T) {
	nginx(t)
	t.Parallel()
	sc := scenario(t, site)
	for kind, want := range map[string]string{"redis": "max_item", "embedded": "max_item"} {
		if _, err := tier.Open(t.Context(), kind, sc.Fleet.Cache, 1, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	plain := scenario(t, site, "fleet.cache.max_item=0")
	for _, c := range []struct {
		kind   string
		faults []fault.Fault
		says   string
	}{
		{"embedded", nil, "run it with --cache memcached"},
		{"memcached", []fault.Fault{fault.NodeLoss{How: fault.Cut}}, "cannot be cut"},
	} {
		_, err := live.New(t.Context(), live.Config{Tier: startTier(t, t.Context(), c.kind, plain.Fleet)},
			world.Config{Fleet: plain.Fleet, Faults: c.faults}, world.Environment{Clock: clock.NewWall(), Wall: true})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.kind, err, c.says)
		}
	}
}
