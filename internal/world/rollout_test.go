package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// deploy is a deploy of the default cache.
func deploy(at, over time.Duration, boxes float64) fault.Fault {
	return fault.Deploy{Moment: fault.Moment{At: at}, Over: over, Boxes: boxes}
}

// While a deploy is on its way over the boxes, both versions are in the memory of
// the nodes; every box finds what those of its release stored, and its requests
// are told apart.
func TestRollingDeploy(t *testing.T) {
	cfg := fleet()
	cfg.Boxes, cfg.Cache.Nodes = 4, 3
	b := setUp(t, world.Config{Fleet: cfg, Faults: []fault.Fault{deploy(10*time.Second, 20*time.Second, 1)}}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		for i := range 40 { // round robin: the first goes to box 1
			b.at(time.Duration(i)*time.Second+500*time.Millisecond, "k")
		}
	})
	if b.loads != 2 {
		t.Errorf("%d loads, want one a version", b.loads)
	}
	for i, r := range b.records {
		at, box := r.At, (i+1)%4
		given := 10*time.Second + time.Duration(box)*5*time.Second // the turn of the box
		want := metrics.Alone
		switch {
		case at < 10*time.Second, at > 25*time.Second:
		case at < given:
			want = metrics.Old
		default:
			want = metrics.New
		}
		if r.Side != want {
			t.Errorf("%v, box %d: %q, want %q", at, box, r.Side, want)
		}
	}
	if peak := b.report().Cache.BytesPeak; peak == nil || *peak != 2*(100+64+int64(len(":1:k"))) {
		t.Errorf("%d bytes at most, want those of two entries", peak)
	}
}

// A crashed box comes back with the release that it had.
func TestCrashKeepsTheRelease(t *testing.T) {
	cfg := fleet()
	cfg.Boxes = 2
	faults := []fault.Fault{deploy(10*time.Second, 0, 0.5), fault.BoxCrash{Moment: fault.Moment{At: 20 * time.Second}, Box: 1}}
	b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		for i := range 30 {
			b.at(time.Duration(i)*time.Second+500*time.Millisecond, "k")
		}
	})
	if b.loads != 2 {
		t.Errorf("%d loads, want one a version", b.loads)
	}
	if last := b.records[len(b.records)-2:]; last[0].Side != metrics.Old || last[1].Side != metrics.New {
		t.Errorf("at the end %q and %q", last[0].Side, last[1].Side)
	}
}

// What serves the whole fleet has the new version from the release on.
func TestSharedClientFollowsTheRelease(t *testing.T) {
	cfg := fleet()
	cfg.Boxes = 2
	b := setUp(t, world.Config{Fleet: cfg, Faults: []fault.Fault{deploy(10*time.Second, 10*time.Second, 1)}}, nil)
	shared, err := b.Cache(0)
	if err != nil {
		t.Fatal(err)
	}
	b.run(t, time.Minute, func() {
		set := func(data string) {
			if err := shared.Set(ctx, "k", entry(data), time.Hour); err != nil {
				t.Error(err)
			}
		}
		set("one")
		_ = b.sim.Sleep(ctx, 12*time.Second)
		if _, ok, err := shared.Get(ctx, "k"); ok || err != nil {
			t.Errorf("after the release the old value is there: %v", err)
		}
		set("two")
		for prefix, want := range map[string]string{tier.KeyPrefix("default", 1): "one", tier.KeyPrefix("default", 2): "two"} {
			c, err := b.Tier.Client(-1, "", prefix)
			if err != nil {
				t.Fatal(err)
			}
			if e, ok, err := c.Get(ctx, "k"); !ok || err != nil || string(e.Data) != want {
				t.Errorf("%s: %q, %v, %v", prefix, e.Data, ok, err)
			}
		}
	})
}
