package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// tcp is a box of one worker, whose requests take 10 s, with a backlog of 0 that drops.
func tcp(linear int) world.FleetConfig {
	cfg := fleet()
	cfg.Workers, cfg.Queue, cfg.Full, cfg.Linear = 1, 0, world.FullDrop, linear
	cfg.Origin.Latency.Fixed = 10 * time.Second
	return cfg
}

// A backlog of 0 holds one connection. Who finds it full dials again when the kernel of
// that day does, and is served if there is a place then.
func TestFullBacklogDropsTheSYN(t *testing.T) {
	for name, c := range map[string]struct {
		linear int
		served time.Duration // the third
	}{
		"as of Linux 6.5": {4, 4200 * time.Millisecond}, // let in by the SYN of 2 s, and served when the second is
		"as before":       {0, 4400 * time.Millisecond}, // by that of 3 s
	} {
		t.Run(name, func(t *testing.T) {
			cfg := tcp(c.linear)
			cfg.Origin.Latency.Fixed = 1400 * time.Millisecond
			b := setUp(t, world.Config{Fleet: cfg}, nil)
			b.run(t, time.Minute, func() {
				b.at(0, "a")
				b.at(0, "b")
				b.at(0, "c")
			})
			if got := b.outcomes(); got[metrics.Computed] != 3 {
				t.Fatalf("got %v, want nobody refused", got)
			}
			if last := b.records[2]; last.Done != c.served {
				t.Errorf("the one outside was served at %v, want %v", last.Done, c.served)
			}
		})
	}
}

// A SYN comes again at the instants of Linux: the one place is free for a moment only,
// and whoever dials in that moment has it.
func TestSYNsComeAgain(t *testing.T) {
	for _, c := range []struct {
		linear int
		again  []time.Duration
	}{
		{4, []time.Duration{1, 2, 3, 4, 5, 7, 11, 19, 35, 67}},
		{0, []time.Duration{1, 3, 7, 15, 31, 63}},
	} {
		cfg := tcp(c.linear)
		cfg.Origin.Latency.Fixed = time.Hour
		b := setUp(t, world.Config{Fleet: cfg, Client: world.ClientConfig{Timeout: 3 * time.Hour}}, nil)
		var at []time.Duration
		b.run(t, 4*time.Hour, func() {
			b.at(0, "a")
			b.at(0, "b")
			b.at(0, "c")
			for i := range 300 {
				b.sim.AfterFunc(time.Duration(i)*time.Second+time.Second/2, func() {
					if n := b.Boxes()[0].Drops(); int(n) > len(at)+1 {
						at = append(at, time.Duration(i))
					}
				})
			}
		})
		if len(at) != len(c.again) {
			t.Fatalf("with %d: dialed again after %d s, want %d", c.linear, at, c.again)
		}
		for i := range at {
			if at[i] != c.again[i] {
				t.Errorf("with %d: dialed again after %d s, want %d", c.linear, at, c.again)
			}
		}
		// Then the kernel gives up: 127 s, or 131 s, after the first SYN.
		if n := b.outcomes()[metrics.Timeout]; n != 1 {
			t.Errorf("%d time-outs, want one: %+v", n, b.records)
		}
	}
}

// A client that leaves while it dials takes no worker; one that has got into the queue
// does.
func TestWhoLeavesDialsNoMore(t *testing.T) {
	b := setUp(t, world.Config{Fleet: tcp(4), Client: world.ClientConfig{Timeout: 4500 * time.Millisecond}}, nil)
	b.run(t, time.Hour, func() {
		b.at(0, "a")
		b.at(0, "b")
		b.at(0, "c")
	})
	if n := b.outcomes()[metrics.Timeout]; n != 3 || b.loads != 2 {
		t.Errorf("%d time-outs and %d loads, want 3 and 2", n, b.loads)
	}
}

// 120 requests in a second to four workers that take 300 ms each, with a backlog of 20, as
// Django under gunicorn was measured on Linux 6.18: nobody fails, and p99 was 8.24 s and
// 9.95 s in two runs.
func TestDjangoUnderGunicorn(t *testing.T) {
	cfg := fleet()
	cfg.Workers, cfg.Queue, cfg.Full, cfg.Linear, cfg.Cores, cfg.CPU = 4, 20, world.FullDrop, 4, 2, 3*time.Millisecond
	cfg.Origin.Latency.Fixed = 300 * time.Millisecond
	b := setUp(t, world.Config{Fleet: cfg, Client: world.ClientConfig{Timeout: 15 * time.Second}}, nil)
	b.run(t, time.Minute, func() {
		for i := range 120 {
			b.at(time.Duration(i)*time.Second/120, string(rune('a'+i)))
		}
	})
	if got := b.outcomes(); got[metrics.Computed] != 120 {
		t.Errorf("got %v, want all computed", got)
	}
	last := b.records[len(b.records)-1]
	if took := last.Done - last.At; took < 7*time.Second || took > 10*time.Second {
		t.Errorf("the last one waited for %v, want 7 to 10 s", took)
	}
}
