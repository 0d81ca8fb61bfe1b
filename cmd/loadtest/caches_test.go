package main

import (
	"context"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// Strategies that want the same cache share it, and those that want another one, or
// more connections to it, do not.
func TestCachesAreShared(t *testing.T) {
	sc, err := scenarios.Read("shared", []byte(`
duration: 1s
fleet: {workers: 4, cache: {nodes: 2}, origin: {latency: 5ms}}
workload: [{class: page, rate: 1/s, keys: {count: 1}}]
strategies:
  naive: {}
  same: {use: naive, with: {fleet.cache.nodes: 2}}
  more: {use: naive, with: {fleet.cache.nodes: 3}}
  busy: {use: naive, with: {fleet.workers: 8}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &caches{ctx: context.Background(), kind: embedded}
	defer c.close()
	for _, e := range sc.Strategies {
		seen, err := sc.For(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.tier(seen.Fleet); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.tiers) != 3 {
		t.Errorf("%d tiers are open, want one for naive and same, and one each for more and busy", len(c.tiers))
	}
}
