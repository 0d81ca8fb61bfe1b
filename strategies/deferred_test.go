package strategies_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// A refresh that is left to the worker is made by it, when it says that it has answered,
// and once. Without a worker that takes it, or where the worker has gone on already, a
// process of its own makes it.
func TestSWRRefreshesAfterTheResponse(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		c := newClient(w, "box")
		swr := newSWR(t, w, c, strategies.SWRConfig{Refresh: strategies.RefreshAfterResponse})
		levels, err := filedTwoLevel(swr, strategies.TwoLevelConfig{TTL: time.Millisecond, Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		if !strategies.Defers(swr) || !strategies.Defers(levels) || strategies.Defers(newSWR(t, w, c, strategies.SWRConfig{})) {
			t.Error("who defers")
		}
		outcomeIs(t, swr, "k", strategies.Computed)
		w.origin.takes = 5 * time.Second
		loads := 1
		for _, s := range []strategies.Strategy{swr, levels} {
			w.sleep(10 * time.Second)
			var after, gone strategies.Deferred
			if r, err := s.Get(strategies.WithDeferred(background, &after), "k"); r.Outcome != strategies.StaleHit || err != nil {
				t.Errorf("%v, %v", r.Outcome, err)
			}
			w.sleep(time.Minute / 10)
			if got := w.origin.count(); got != loads || !after.Pending() {
				t.Errorf("%d loads before the answer, want %d, and that it is pending: %v", got, loads, after.Pending())
			}
			begun := w.elapsed()
			after.Run()
			if took := w.elapsed() - begun; took < 5*time.Second || w.origin.count() != loads+1 || after.Pending() {
				t.Errorf("%d loads in %v", w.origin.count(), took)
			}
			loads++
			outcomeIs(t, swr, "k", strategies.FreshHit)

			w.sleep(10 * time.Second)
			gone.Run()
			if r, _ := s.Get(strategies.WithDeferred(background, &gone), "k"); r.Outcome != strategies.StaleHit || gone.Pending() {
				t.Errorf("%v for a worker that has gone on", r.Outcome)
			}
			w.sleep(6 * time.Second)
			loads++
			if got := w.origin.count(); got != loads {
				t.Errorf("%d loads, want %d", got, loads)
			}
			w.sleep(10 * time.Second)
			outcomeIs(t, s, "k", strategies.StaleHit) // and without one
			w.sleep(6 * time.Second)
			loads++
			outcomeIs(t, swr, "k", strategies.FreshHit)
		}
	})
}
