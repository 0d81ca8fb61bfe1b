package strategies_test

import (
	"context"
	"testing"
	"time"

	"herdlab/strategies"
)

// The caller's context reaches the load, and the value is stored although he
// left while it was.
func TestNaiveContext(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		n, err := strategies.NewNaive(newClient(w, "box"), w.origin, strategies.NaiveConfig{Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			after time.Duration
			first strategies.Outcome
			then  strategies.Outcome
		}{
			{20 * time.Millisecond, strategies.Timeout, strategies.Computed}, // of the load
			{51200 * time.Microsecond, strategies.Computed, strategies.FreshHit},
		} {
			ctx, cancel := w.cancellable(background)
			w.Go("impatience", func() { w.sleep(c.after); cancel() })
			key := c.after.String()
			if r, err := n.Get(ctx, key); r.Outcome != c.first || (err != nil && err != context.Canceled) {
				t.Errorf("cancelled after %v: %v, %v", c.after, r.Outcome, err)
			}
			outcomeIs(t, n, key, c.then)
		}
	})
}
