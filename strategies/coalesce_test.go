package strategies_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

func TestGroupMergesConcurrentCalls(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		g := strategies.NewGroup(w)
		calls := 0
		call := func(context.Context) (strategies.Result, error) {
			calls++
			n := calls
			w.sleep(time.Second)
			return strategies.Result{Value: strategies.Value{Version: uint64(n)}}, nil
		}
		leaders := 0
		for round := 1; round <= 3; round++ {
			w.together(20, func(int) {
				r, shared, err := g.Do(background, "k", clock.Forever, call)
				if err != nil || r.Version != uint64(round) {
					t.Errorf("round %d: version %d, %v", round, r.Version, err)
				}
				if !shared {
					leaders++
				}
			})
		}
		if calls != 3 || leaders != 3 {
			t.Errorf("%d calls and %d leaders, want 3 of both", calls, leaders)
		}
	})
}

func TestGroupKeepsKeysApart(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		g := strategies.NewGroup(w)
		w.together(20, func(i int) {
			want := fmt.Sprint(i % 4)
			r, _, _ := g.Do(background, want, clock.Forever, func(context.Context) (strategies.Result, error) {
				w.sleep(time.Second)
				return strategies.Result{Value: strategies.Value{Data: []byte(want)}}, nil
			})
			if string(r.Data) != want {
				t.Errorf("key %s got %s", want, r.Data)
			}
		})
		if took := w.elapsed(); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestGroupWaiters(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		g := strategies.NewGroup(w)
		wrong := errors.New("wrong")
		w.Go("leader", func() {
			_, _, err := g.Do(background, "k", clock.Forever, func(context.Context) (strategies.Result, error) {
				w.sleep(time.Second)
				return strategies.Result{}, wrong
			})
			if err != wrong {
				t.Error(err)
			}
		})
		ctx, cancel := w.cancellable(background)
		w.Go("cancel", func() { w.sleep(300 * time.Millisecond); cancel() })
		w.sleep(100 * time.Millisecond)
		w.together(3, func(i int) {
			limit, ctx := clock.Forever, ctx
			if i == 0 {
				limit, ctx = 100*time.Millisecond, background
			} else if i == 1 {
				ctx = background
			}
			_, shared, err := g.Do(ctx, "k", limit, nil)
			want := []struct {
				err error
				at  time.Duration
			}{{clock.ErrLimit, 200 * time.Millisecond}, {wrong, time.Second}, {context.Canceled, 300 * time.Millisecond}}[i]
			if !shared || !errors.Is(err, want.err) || w.elapsed() != want.at {
				t.Errorf("waiter %d: %v at %v, want %v at %v", i, err, w.elapsed(), want.err, want.at)
			}
		})
	})
}

// The leader's own cancellation does not reach the call that others rely on.
func TestGroupCallOutlivesItsLeadersContext(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		g := strategies.NewGroup(w)
		ctx, cancel := w.cancellable(background)
		w.Go("cancel", func() { w.sleep(time.Millisecond); cancel() })
		_, _, err := g.Do(ctx, "k", clock.Forever, func(ctx context.Context) (strategies.Result, error) {
			return strategies.Result{}, w.Sleep(ctx, time.Second)
		})
		if err != nil || w.elapsed() != time.Second {
			t.Errorf("%v after %v", err, w.elapsed())
		}
	})
}

func TestGroupPanic(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		g := strategies.NewGroup(w)
		var panics, told atomic.Int64
		w.together(10, func(int) {
			defer func() {
				if v := recover(); v == errPanic {
					panics.Add(1)
				} else if v != nil {
					t.Error(v)
				}
			}()
			_, shared, err := g.Do(background, "k", clock.Forever, func(context.Context) (strategies.Result, error) {
				w.sleep(time.Second)
				panic(errPanic)
			})
			var p *strategies.PanicError
			if shared && errors.As(err, &p) && p.Value == errPanic {
				told.Add(1)
			}
		})
		if panics.Load() != 1 || told.Load() != 9 {
			t.Errorf("%d panics and %d told, want 1 and 9", panics.Load(), told.Load())
		}
		if r, shared, err := g.Do(background, "k", clock.Forever, func(context.Context) (strategies.Result, error) {
			return strategies.Result{Outcome: strategies.Computed}, nil
		}); shared || err != nil || r.Outcome != strategies.Computed {
			t.Errorf("after the panic: %v %v %v", r, shared, err)
		}
	})
}

// runtime.Goexit, as t.FailNow calls it, ends the leader and lets the others go.
func TestGroupGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := clock.NewWall()
		g := strategies.NewGroup(w)
		w.Go("leader", func() {
			_, _, _ = g.Do(background, "k", clock.Forever, func(context.Context) (strategies.Result, error) {
				_ = w.Sleep(background, time.Second)
				runtime.Goexit()
				return strategies.Result{}, nil
			})
			t.Error("the leader goes on")
		})
		_ = w.Sleep(background, time.Millisecond)
		_, shared, err := g.Do(background, "k", clock.Forever, nil)
		var p *strategies.PanicError
		if !shared || !errors.As(err, &p) {
			t.Errorf("shared %v, error %v", shared, err)
		}
		w.Close()
	})
}

func TestGroupForget(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		g := strategies.NewGroup(w)
		call := func(version uint64) func(context.Context) (strategies.Result, error) {
			return func(context.Context) (strategies.Result, error) {
				w.sleep(time.Second)
				return strategies.Result{Value: strategies.Value{Version: version}}, nil
			}
		}
		expect := func(want uint64, f uint64) {
			r, _, _ := g.Do(background, "k", clock.Forever, call(f))
			if r.Version != want {
				t.Errorf("got call %d, want %d", r.Version, want)
			}
		}
		w.Go("first", func() { expect(1, 1) })
		w.sleep(100 * time.Millisecond)
		w.Go("joins the first", func() { expect(1, 9) })
		w.sleep(100 * time.Millisecond)
		g.Forget("k")
		w.Go("second", func() { expect(2, 2) })
		w.sleep(900 * time.Millisecond) // the first has ended, and must not have taken the second along
		expect(2, 9)
	})
}
