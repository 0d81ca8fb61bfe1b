package strategies_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// damagedStore has something under every key that cannot be read, until it is
// taken away.
type damagedStore struct {
	*client
	damaged bool
}

func (s *damagedStore) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	if s.damaged {
		return strategies.Entry{}, false, strategies.ErrTorn
	}
	return s.client.Get(ctx, key)
}

func (s *damagedStore) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	s.damaged = false
	return s.client.Retire(ctx, key, at, keep)
}

func TestLeaseOverWhatCannotBeRead(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		s, err := filedLeased(&damagedStore{newClient(w, "box"), true}, w.origin, strategies.LeaseConfig{Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		outcomeIs(t, s, "k", strategies.Computed)
		outcomeIs(t, s, "k", strategies.FreshHit)
		if n := s.Stats().StoreErrors; n != 1 {
			t.Errorf("%d errors of the cache are counted", n)
		}
	})
}

// Who has waited enough and computes too stores nothing.
func TestLeaseLoserThatLoadsStoresNothing(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		w.server.sets = map[string][]uint64{}
		w.origin.takes = time.Second
		s, err := filedLeased(newClient(w, "box"), w.origin, strategies.LeaseConfig{Wait: 100 * time.Millisecond, Then: "load", Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		w.together(3, func(int) { outcomeIs(t, s, "k", strategies.Computed) })
		w.server.mu.Lock()
		defer w.server.mu.Unlock()
		if n := len(w.server.sets["k"]); n != 1 || w.origin.count() != 3 {
			t.Errorf("%d sets of %d loads", n, w.origin.count())
		}
	})
}

// A set that fails blocks its key no longer than until the cache answers again.
func TestLeaseIsGivenBackAfterAFailedSet(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		failed := false
		w.server.fault = func(op string) error {
			if op == "set" && !failed {
				failed = true
				return errCache
			}
			return nil
		}
		s, err := filedLeased(newClient(w, "box"), w.origin, strategies.LeaseConfig{Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		outcomeIs(t, s, "k", strategies.Computed)
		outcomeIs(t, s, "k", strategies.Computed)
		outcomeIs(t, s, "k", strategies.FreshHit)
		if took := w.elapsed(); took > 200*time.Millisecond {
			t.Errorf("that took %v", took)
		}
	})
}

func TestLeaseNeedsALeaser(t *testing.T) {
	onSim(t, func(w *world) {
		_, err := filedLeased(plainStore{newClient(w, "box")}, w.origin, strategies.LeaseConfig{})
		var bad *strategies.ConfigError
		if !errors.As(err, &bad) || bad.Field != "lease" {
			t.Errorf("a store without leases: %v", err)
		}
	})
}
