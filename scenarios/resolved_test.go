package scenarios_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/scenarios"
)

// Settings are what a run depends on: written otherwise they are the same, seeds and what
// is expected are none of them, and everything else shows.
func TestResolved(t *testing.T) {
	const plain = `
duration: 30s
fleet: {boxes: 2, workers: 50, origin: {latency: 50ms}}
workload: [{class: page, rate: 20/s, keys: {count: 10}}]
faults: [{at: 5s, kind: flush}]
strategies:
  naive: {ttl: 4h}
  small: {use: naive, ttl: 1h, with: {fleet.workers: 5, fleet.boxes: 1}}
  two-level: {ttl: 5s, over: {mutex: {}}}
`
	const otherwise = `
# The same, in other words.
seed: 7
seeds: 3
expect: [naive.p99 < 1s]
budget: {p99: 1s}
strategies:
  naive: {use: naive, ttl: 240m}
  small: {use: naive, ttl: 60m, with: {fleet.boxes: 1, fleet.workers: 5}}
  two-level:
    over: {mutex: {}}
    ttl: 5000ms
duration: 30000ms
workload:
  - class: page
    keys: {count: 10}
    rate: 1200/min
fleet:
  origin: {latency: {fixed: 0.05s}}
  workers: 50
  boxes: 2
  cache: {nodes: 1}
faults: [{kind: flush, at: 5s}]
`
	want := map[string]string{
		"duration": "30s", "window": "200ms", "fleet.boxes": "2", "fleet.workers": "50", "fleet.origin.latency": "50ms",
		"workload.page.rate": "20/s", "workload.page.keys.count": "10", "faults.0": "flush {at: 5s}",
	}
	own := map[string]map[string]string{
		"naive": {"strategy": "naive", "strategy.ttl": "4h"},
		// One box is the default.
		"small":     {"strategy": "naive", "strategy.ttl": "1h", "fleet.workers": "5", "fleet.boxes": ""},
		"two-level": {"strategy": "two-level", "strategy.ttl": "5s", "strategy.over": "mutex"},
	}
	for name, text := range map[string]string{"plain": plain, "otherwise": otherwise} {
		s, err := scenarios.Read("small.yaml", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, scenarios.Resolved(s)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		for _, e := range s.Strategies {
			got, err := scenarios.ResolvedFor(s, e)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(own[e.Name], got); diff != "" {
				t.Errorf("%s, %s: -want +got:\n%s", name, e.Name, diff)
			}
		}
	}
	for _, set := range []string{"idle=1s", "warm=3", "client.retries=1", "faults.0.at=6s", "workload.page.keys.zipf=1", "phases={a: 0s..5s}", "fleet.front={key: {}}"} {
		s, err := scenarios.Read("small.yaml", []byte(plain), []string{set})
		if err != nil {
			t.Fatal(err)
		}
		if maps.Equal(scenarios.Resolved(s), want) {
			t.Errorf("%s does not show", set)
		}
	}
}
