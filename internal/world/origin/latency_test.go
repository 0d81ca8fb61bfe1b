package origin

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/sim"
)

// What is too long for a duration takes an eternity, and not no time at all.
func TestOriginTooSlow(t *testing.T) {
	const day = 24 * time.Hour
	for name, cfg := range map[string]Config{
		"factor":    {Latency: Latency{Fixed: 300 * day}},
		"degrade":   {Latency: Latency{Fixed: 300 * day}, Degrade: math.MaxFloat64},
		"long":      {Latency: Latency{Fixed: math.MaxInt64}},
		"lognormal": {Latency: Latency{Median: 100 * 365 * day, P99: 290 * 365 * day}},
		"write":     {Write: 300 * day},
	} {
		t.Run(name, func(t *testing.T) {
			s := sim.New()
			o := New(s, cfg, rand.New(rand.NewPCG(1, 1)), func(string) int { return 1 }, unheard{})
			_ = o.Change(func(f *fault.OriginState) { f.Factor = 1e6 })
			err := s.Run(func() {
				begun := s.Now()
				if cfg.Write > 0 {
					_, _ = o.Write(context.Background(), "key")
				} else {
					_, _ = o.Load(context.Background(), "key")
				}
				if took := s.Now().Sub(begun); took < 400*day || took > 2*eternity {
					t.Errorf("it took %v", took)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

type unheard struct{}

func (unheard) LoadStarted(string, time.Time) {}
func (unheard) LoadEnded(string, time.Time)   {}
