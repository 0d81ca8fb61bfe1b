package world_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// The balancer lets everybody in, then nobody, then ever more, and rejects the
// others at once; a second readmission takes the place of the first.
func TestReadmission(t *testing.T) {
	const rate = 500 // a second
	for _, policy := range []string{"round-robin", "least-busy"} {
		cfg := fleet()
		cfg.Balancer.Policy, cfg.Boxes, cfg.Workers = policy, 2, 200
		faults := []fault.Fault{
			fault.Readmit{Moment: fault.Moment{At: 10 * time.Second}, For: 20 * time.Second, Hold: 10 * time.Second},
			fault.Readmit{Moment: fault.Moment{At: 50 * time.Second}, For: time.Hour, Share: 0.5, Hold: time.Second},
		}
		b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, nil)
		b.run(t, 2*time.Minute, func() {
			for i := range 60 * rate {
				b.at(time.Duration(i)*time.Second/rate+time.Millisecond, fmt.Sprint(i))
			}
		})
		var in, all [6]float64
		for _, r := range b.records {
			tens := r.At / (10 * time.Second)
			all[tens]++
			switch {
			case r.Outcome == metrics.Computed:
				in[tens]++
			case r.Outcome != metrics.Rejected || r.Done != r.At:
				t.Fatalf("%s: %v after %v", policy, r.Outcome, r.Done-r.At)
			}
		}
		for i, want := range []float64{1, 0, 0.25, 0.75, 1, 0.5} {
			share := in[i] / all[i]
			if tolerance := 0.03 * math.Min(want, 1-want) * 4; math.Abs(share-want) > tolerance {
				t.Errorf("%s, %d s to %d s: %.3f are let in, want %v", policy, 10*i, 10*i+10, share, want)
			}
		}
	}
}
