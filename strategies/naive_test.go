package strategies_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// The caller's context reaches the load, and the value is stored although he
// left while it was.
func TestNaiveContext(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		n, err := filedNaive(newClient(w, "box"), w.origin, strategies.NaiveConfig{Runtime: w.runtime()})
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

// Written through, a value is there before anybody asks; of two writes whose
// words arrive in the wrong order the later one stays, where the store can tell.
func TestNaiveWritesThrough(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		c := newClient(w, "box")
		n, err := filedNaive(c, w.origin, strategies.NaiveConfig{OnWrite: "store", Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		first, second := w.origin.write("k"), w.origin.write("k")
		for _, version := range []uint64{second, first} {
			if err := strategies.Wrote(background, n, "k", written("k", version)); err != nil {
				t.Fatal(err)
			}
		}
		r, err := n.Get(background, "k")
		if err != nil || r.Outcome != strategies.FreshHit || r.Version != second || w.origin.count() != 0 {
			t.Errorf("%v of version %d, %v, after %d loads", r.Outcome, r.Version, err, w.origin.count())
		}
		if err := n.Invalidate(background, "k", second); err != nil { // by who does not know the value
			t.Fatal(err)
		}
		outcomeIs(t, n, "k", strategies.Computed)
		plain, err := filedNaive(plainStore{c}, w.origin, strategies.NaiveConfig{OnWrite: "store", Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		if err := strategies.Wrote(background, plain, "other", written("other", 3)); err != nil {
			t.Fatal(err)
		}
		outcomeIs(t, plain, "other", strategies.FreshHit)
		over, err := filedTwoLevel(plain, strategies.TwoLevelConfig{Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		if !over.WantsValues() {
			t.Error("what is over a strategy that writes through does not")
		}
		w.server.fault = func(string) error { return errCache }
		var failure *strategies.StoreError
		if err := strategies.Wrote(background, n, "k", written("k", 4)); !errors.As(err, &failure) || failure.Op != "set" {
			t.Errorf("a cache that fails: %v", err)
		}
	})
}

// Coalesced, a request that comes after a write does not get what was loaded before it.
func TestNaiveCoalescedAfterAWrite(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		n, err := filedNaive(newClient(w, "box"), w.origin, strategies.NaiveConfig{Coalesce: true, Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		w.together(2, func(i int) {
			if i == 0 {
				outcomeIs(t, n, "k", strategies.Computed)
				return
			}
			w.sleep(10 * time.Millisecond) // the load of the first is under way
			if err := n.Invalidate(background, "k", w.origin.write("k")); err != nil {
				t.Error(err)
			}
			outcomeIs(t, n, "k", strategies.Computed)
		})
		if loads := w.origin.count(); loads != 2 {
			t.Errorf("%d loads, want one before the write and one after it", loads)
		}
	})
}
