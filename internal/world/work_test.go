package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
)

// Real work takes a core for as long as was guessed, and what it took in truth is
// put right with the next one.
func TestWork(t *testing.T) {
	s := sim.New()
	cfg := fleet()
	cfg.Cores = 1
	box := world.NewBox(s, cfg)
	var ended []time.Duration
	if err := s.Run(func() {
		for _, guess := range []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, 0} {
			s.Go("work", func() {
				took := box.Work(guess, func() { _ = s.Sleep(ctx, 200*time.Millisecond) })
				ended = append(ended, s.Elapsed())
				if took != 200*time.Millisecond {
					t.Errorf("it took %v", took)
				}
			})
		}
	}); err != nil {
		t.Fatal(err)
	}
	// They begin at 0, at 100 ms and at 400 ms, by what was guessed of those before.
	for i, want := range []time.Duration{200, 300, 600} {
		if len(ended) != 3 || ended[i] != want*time.Millisecond {
			t.Fatalf("ended at %v", ended)
		}
	}
	if got := box.Demand(); got != 600*time.Millisecond {
		t.Errorf("%v of CPU were asked for, want three times 200 ms", got)
	}
	if took := box.Work(0, func() {}); took != 0 {
		t.Errorf("nothing took %v", took)
	}
}
