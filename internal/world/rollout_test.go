package world_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// deploy is a deploy of the default cache.
func deploy(at, over time.Duration, boxes float64) world.FaultConfig {
	return world.FaultConfig{Kind: "deploy", At: at, DeployConfig: world.DeployConfig{Over: over, Boxes: boxes}}
}

func TestRollouts(t *testing.T) {
	const m = time.Minute
	for _, c := range []struct {
		name   string
		faults []world.FaultConfig
		want   []world.Rollout
		err    string
	}{
		{"at once", []world.FaultConfig{deploy(m, 0, 1)}, []world.Rollout{{0, true, 0, 10}}, ""},
		{"one after another, whatever their order in the file", []world.FaultConfig{deploy(2*m, m, 1), deploy(m, m, 1)},
			[]world.Rollout{{1, true, 0, 10}, {0, true, 0, 10}}, ""},
		{"a canary and the rest", []world.FaultConfig{deploy(m, 0, 0.1), deploy(2*m, m, 0.5), deploy(4*m, m, 1), deploy(6*m, 0, 1)},
			[]world.Rollout{{0, true, 0, 1}, {1, false, 1, 5}, {2, false, 5, 10}, {3, true, 0, 10}}, ""},
		{"shares are rounded up", []world.FaultConfig{deploy(m, 0, 0.01), deploy(2*m, 0, 0.3)},
			[]world.Rollout{{0, true, 0, 1}, {1, false, 1, 3}}, ""},
		{"two at once", []world.FaultConfig{deploy(m, 2*m, 1), deploy(2*m, m, 1)}, nil,
			"the deploy begins before the one at 1m0s has ended"},
		{"to nobody", []world.FaultConfig{deploy(m, 0, 0.3), deploy(2*m, 0, 0.3)}, nil,
			"the deploy reaches no box: 3 of 10 have its release by then"},
	} {
		got, err := world.Rollouts(c.faults, 10)
		if text := fmt.Sprint(err); c.err != "" && text != c.err || c.err == "" && err != nil {
			t.Errorf("%s: %v, want %s", c.name, err, c.err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// While a deploy is on its way over the boxes, both versions are in the memory of
// the nodes; every box finds what those of its release stored, and its requests
// are told apart.
func TestRollingDeploy(t *testing.T) {
	cfg := fleet()
	cfg.Boxes, cfg.Cache.Nodes = 4, 3
	b := setUp(t, world.Config{Fleet: cfg, Faults: []world.FaultConfig{deploy(10*time.Second, 20*time.Second, 1)}}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		for i := range 40 { // round robin: the first goes to box 1
			b.at(time.Duration(i)*time.Second+500*time.Millisecond, "k")
		}
	})
	if b.loads != 2 {
		t.Errorf("%d loads, want one a version", b.loads)
	}
	for i, r := range b.records {
		at, box := r.Intended, (i+1)%4
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
	faults := []world.FaultConfig{deploy(10*time.Second, 0, 0.5), {Kind: "owner-crash", At: 20 * time.Second, Box: 1}}
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
	b := setUp(t, world.Config{Fleet: cfg, Faults: []world.FaultConfig{deploy(10*time.Second, 10*time.Second, 1)}}, nil)
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
		for prefix, want := range map[string]string{world.CachePrefix("default", 1): "one", world.CachePrefix("default", 2): "two"} {
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
