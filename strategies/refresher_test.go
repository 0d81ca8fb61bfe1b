package strategies_test

import (
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// A refresh computes and stores whether or not there is a value, and the readers
// of every box have it; one that fails leaves what there is.
func TestRefresh(t *testing.T) {
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		fleet := v.fleet(t, w, 2)
		warmer, ok := fleet[1].(strategies.Refresher)
		if _, copies := fleet[1].(*strategies.TwoLevel); copies || !ok {
			return
		}
		for round := range uint64(3) {
			if err := warmer.Refresh(background, "k"); err != nil {
				t.Fatal(err)
			}
			r, err := fleet[0].Get(background, "k")
			if checkAnswer(t, "k", r, err); r.Outcome != strategies.FreshHit || r.Version != round+1 {
				t.Errorf("after refresh %d: %v, version %d", round, r.Outcome, r.Version)
			}
			w.origin.write("k")
		}
		if n := w.origin.count(); n != 3 {
			t.Errorf("%d loads", n)
		}
		w.origin.mu.Lock()
		w.origin.act = func(string, int) (time.Duration, error) { return time.Millisecond, errOrigin }
		w.origin.mu.Unlock()
		var failed *strategies.LoadError
		if err := warmer.Refresh(background, "k"); !errors.As(err, &failed) {
			t.Errorf("a refresh that fails says %v", err)
		}
		if r, _ := fleet[0].Get(background, "k"); r.Version != 3 {
			t.Errorf("after a refresh that failed: %v, version %d", r.Outcome, r.Version)
		}
	})
}

func TestRefreshBeneathTwoLevels(t *testing.T) {
	onSim(t, func(w *world) {
		for _, c := range []struct {
			beneath func(testing.TB, *world, int) []strategies.Strategy
			want    bool
		}{{naiveVariant(strategies.NaiveConfig{}), true}, {leaseVariant(strategies.LeaseConfig{}), false}} {
			loads := w.origin.count()
			s := over(c.beneath, strategies.TwoLevelConfig{})(t, w, 1)[0]
			err := s.(strategies.Refresher).Refresh(background, "k")
			if (err == nil) != c.want || (w.origin.count() > loads) != c.want {
				t.Errorf("%v after %d loads", err, w.origin.count()-loads)
			}
		}
	})
}
