package strategies_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// However many ask, and wherever, no more loads of a key go on at once than there
// are slots, and no more of a box wait than may.
func TestPoolIsBounded(t *testing.T) {
	for _, slots := range []int{1, 2, 5} {
		onBothClocks(t, func(t *testing.T, w *world) {
			w.origin.takes = 700 * time.Millisecond
			fleet := poolVariant(strategies.PoolConfig{Slots: slots, Queue: new(3), Wait: 300 * time.Millisecond})(t, w, 4)
			outcomes := map[strategies.Outcome]int{}
			took := map[time.Duration]int{} // of those who fail: at once, or after the wait
			w.together(60, func(i int) {
				dice := rand.New(rand.NewPCG(uint64(i), 1))
				w.sleep(time.Duration(dice.IntN(50)) * time.Millisecond)
				begun := w.elapsed()
				r, err := fleet[i%4].Get(background, "k")
				checkAnswer(t, "k", r, err)
				w.origin.mu.Lock()
				defer w.origin.mu.Unlock()
				outcomes[r.Outcome]++
				if err != nil {
					took[(w.elapsed()-begun).Round(100*time.Millisecond)]++
				}
			})
			if w.origin.herd != slots || outcomes[strategies.Computed] != slots {
				t.Errorf("%d slots: a herd of %d, %v", slots, w.origin.herd, outcomes)
			}
			if took[300*time.Millisecond] != 4*3 || took[0] != 60-slots-4*3 {
				t.Errorf("%d slots: those who fail do so after %v, want 12 that waited 300 ms and the others at once", slots, took)
			}
		})
	}
}

// A value that a write has expired is served by all but those who compute it, and
// nobody waits.
func TestPoolServesWhatAWriteHasExpired(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		fleet := poolVariant(strategies.PoolConfig{Writes: strategies.Writes{OnWrite: "expire"}})(t, w, 2)
		fills(t, w, fleet[0], "k")
		w.origin.takes = time.Second
		version := w.origin.write("k")
		if err := fleet[0].(strategies.Invalidator).Invalidate(background, "k", version); err != nil {
			t.Fatal(err)
		}
		w.together(20, func(i int) {
			begun := w.elapsed()
			r, err := fleet[i%2].Get(background, "k")
			checkAnswer(t, "k", r, err)
			switch took := w.elapsed() - begun; {
			case r.Outcome == strategies.StaleHit && took < 50*time.Millisecond && r.Version == version-1:
			case r.Outcome == strategies.Computed && r.Version == version:
			default:
				t.Errorf("outcome %v of version %d after %v", r.Outcome, r.Version, took)
			}
		})
		if w.origin.herd != 2 {
			t.Errorf("%d compute at once, want 2", w.origin.herd)
		}
		if r, err := fleet[1].Get(background, "k"); err != nil || r.Outcome != strategies.FreshHit || r.Version != version {
			t.Errorf("afterwards: %v of version %d, %v", r.Outcome, r.Version, err)
		}
	})
}
