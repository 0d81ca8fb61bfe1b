package world_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world"
)

// All requests for a key go to one box, what has no key goes round, and a box that
// is taken out gives away its own keys and no others.
func TestBalancerByKey(t *testing.T) {
	cfg := fleet()
	cfg.Boxes, cfg.Cores, cfg.CPU, cfg.Origin.Latency.Fixed = 4, 1, 12*time.Millisecond, 0
	cfg.Balancer = world.BalancerConfig{Policy: "by-key", Check: time.Second, MaxCPU: 0.9, EjectFor: 10 * time.Second}
	b := setUp(t, world.Config{Fleet: cfg}, nil)
	owners := func() (list []*world.Box) {
		for i := range 400 {
			list = append(list, b.Balancer.Pick(fmt.Sprint(i)))
		}
		return list
	}
	var before, during, after []*world.Box
	b.run(t, time.Minute, func() {
		before = owners()
		for at := 100 * time.Millisecond; at < time.Second; at += 10 * time.Millisecond {
			b.at(at, "0") // 100/s at 12 ms each, all on one box
		}
		b.sim.AfterFunc(1500*time.Millisecond, func() { during = owners() })
		b.sim.AfterFunc(15*time.Second, func() { after = owners() })
	})
	count := map[*world.Box]int{}
	for i, box := range before {
		count[box]++
		switch {
		case box == before[0] && during[i] == before[0]:
			t.Fatalf("key %d stays with a box that is out", i)
		case box != before[0] && during[i] != box:
			t.Fatalf("key %d moves, and its box is in", i)
		}
	}
	if !slices.Equal(before, after) {
		t.Error("the box that is back has not got its keys back")
	}
	for _, n := range count {
		if n < 70 || n > 130 || len(count) != 4 {
			t.Errorf("%d boxes have keys, one of them %d of 400", len(count), n)
		}
	}
	round := map[*world.Box]bool{}
	for range 4 {
		round[b.Balancer.Pick("")] = true
	}
	if len(round) != 4 {
		t.Errorf("what has no key goes to %d boxes of 4", len(round))
	}
}
