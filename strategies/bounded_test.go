package strategies_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// Keys that miss together are loaded a few at a time, in the order in which they came.
func TestLoadsAreBounded(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		var order []string
		running, most := 0, 0
		origin, err := strategies.NewBounded(strategies.LoaderFunc(func(context.Context, string) (strategies.Value, error) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			w.sleep(50 * time.Millisecond)
			mu.Lock()
			running--
			mu.Unlock()
			return strategies.Value{}, nil
		}), 3, w)
		if err != nil {
			t.Fatal(err)
		}
		s, err := strategies.NewSWR(newClient(w, "box"), nil, origin, strategies.SWRConfig{Runtime: w.runtime()})
		cache := made(t, s, err)
		var want []string
		for i := range 12 {
			want = append(want, fmt.Sprint(i/3))
		}
		w.together(12, func(i int) {
			w.sleep(time.Duration(i) * time.Millisecond)
			if r, err := cache.Get(background, fmt.Sprint(i)); err != nil {
				t.Errorf("%v %v", r.Outcome, err)
			}
			mu.Lock()
			order = append(order, fmt.Sprint(i/3))
			mu.Unlock()
		})
		if most != 3 || !slices.Equal(order, want) {
			t.Errorf("%d at once; the loads ended in the order %v", most, order)
		}
	})
}

// Whoever leaves before its turn holds up nobody, and a load that panics gives its place back.
func TestBoundedPlacesAreGivenBack(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		origin, err := strategies.NewBounded(strategies.LoaderFunc(func(_ context.Context, key string) (strategies.Value, error) {
			w.sleep(50 * time.Millisecond)
			if key == "panics" {
				panic(key)
			}
			return strategies.Value{}, nil
		}), 1, w)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := w.cancellable(background)
		w.Go("impatience", func() { w.sleep(20 * time.Millisecond); cancel() })
		w.together(3, func(i int) {
			w.sleep(time.Duration(i) * 5 * time.Millisecond)
			switch i {
			case 0:
				defer func() {
					if recover() == nil {
						t.Error("the panic did not go on")
					}
				}()
				_, _ = origin.Load(background, "panics")
			case 1:
				if _, err := origin.Load(ctx, "left"); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			case 2:
				if _, err := origin.Load(background, "waits"); err != nil {
					t.Error(err)
				}
			}
		})
		if _, err := origin.Load(background, "later"); err != nil {
			t.Error(err)
		}
	})
}

func TestBoundedRefuses(t *testing.T) {
	_, err := strategies.NewBounded(strategies.Bytes(nil), -1, nil)
	var wrong *strategies.ConfigError
	if !errors.As(err, &wrong) || wrong.Field != "most" {
		t.Error(err)
	}
}
