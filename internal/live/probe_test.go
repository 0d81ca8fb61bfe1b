package live_test

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

// While the traffic goes on the way to the boxes is measured, and not after it.
func TestTheNetworkIsProbed(t *testing.T) {
	before := runtime.NumGoroutine()
	sc := scenario(t, steady, "duration=600ms", "warm=0")
	on := startTier(t, t.Context(), "embedded", sc.Fleet)
	var probes atomic.Int64
	_, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{
		Clock: clock.NewWall(), Wall: true,
		World: func(cfg world.Config, p world.Environment) (lab.World, error) {
			return live.New(t.Context(), live.Config{Tier: on, LateAfter: time.Second, Probed: func(d time.Duration) {
				probes.Add(1)
				if d <= 0 || d > time.Second {
					t.Errorf("a probe took %v", d)
				}
			}}, cfg, p)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := probes.Load(); n < 3 || n > 20 {
		t.Errorf("%d probes in 0.6 s, want some twelve", n)
	}
	on.Close()
	until(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}
