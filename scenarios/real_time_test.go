package scenarios_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/scenarios"
)

// Whoever runs an incident for real waits a few minutes for a variant, and not the
// hours of the story.
func TestRealTakesMinutes(t *testing.T) {
	const most = 3 * time.Minute
	ran := 0
	for _, entry := range catalogue() {
		if !entry.IsIncident() {
			continue
		}
		s, err := scenarios.OpenReal(entry.Name, nil)
		if err != nil {
			continue // modelled only, which is tested elsewhere
		}
		ran++
		for _, e := range s.Strategies {
			of, err := s.For(e)
			if err != nil {
				t.Fatal(err)
			}
			if took := of.Duration + of.Idle; took > most {
				t.Errorf("%s, %s: %v of real time, want %v at most: shorten it in real.with", s.Name, e.Name, took, most)
			}
		}
	}
	if ran < 40 {
		t.Errorf("%d incidents can be run for real, want all but a few", ran)
	}
}
