package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies/clock"
)

var background = context.Background()

func run(t *testing.T, s *sim.Sim, main func()) {
	t.Helper()
	if err := s.Run(main); err != nil {
		t.Fatal(err)
	}
}

func TestSleepPassesVirtualTime(t *testing.T) {
	s := sim.New()
	var log []string
	note := func(what string) { log = append(log, fmt.Sprint(s.Elapsed(), " ", what)) }
	run(t, s, func() {
		s.Go("b", func() { s.Sleep(background, 2*time.Hour); note("b") })
		s.Go("a", func() { s.Sleep(background, time.Hour); note("a"); s.Sleep(background, time.Hour); note("a again") })
		s.AfterFunc(90*time.Minute, func() { note("callback") })
		note("main")
	})
	want := []string{"0s main", "1h0m0s a", "1h30m0s callback", "2h0m0s b", "2h0m0s a again"}
	if !slices.Equal(log, want) {
		t.Errorf("got  %q\nwant %q", log, want)
	}
}

// Events of one instant happen in the order of their scheduling, whether they
// were scheduled long before (heap) or at that very instant (queue).
func TestTiesBreakByScheduling(t *testing.T) {
	s := sim.New()
	var order []int
	run(t, s, func() {
		for i := range 100 {
			s.AfterFunc(time.Second, func() {
				order = append(order, i)
				s.AfterFunc(0, func() { order = append(order, 100+i) })
			})
		}
	})
	for i, got := range order {
		if got != i {
			t.Fatalf("event %d came in place %d", got, i)
		}
	}
	if len(order) != 200 {
		t.Fatalf("%d events, want 200", len(order))
	}
}

func TestEvent(t *testing.T) {
	s := sim.New()
	e := s.NewEvent("flag")
	woken := 0
	run(t, s, func() {
		for range 5 {
			s.Go("waiter", func() {
				if err := e.Wait(background, clock.Forever); err != nil {
					t.Error(err)
				}
				woken++
			})
		}
		s.Go("impatient", func() {
			if err := e.Wait(background, time.Second); err != clock.ErrLimit {
				t.Errorf("got %v, want ErrLimit", err)
			}
			if s.Elapsed() != time.Second {
				t.Errorf("gave up at %v", s.Elapsed())
			}
		})
		s.Sleep(background, 3*time.Second)
		e.Set()
		e.Set()
		if err := e.Wait(background, 0); err != nil {
			t.Errorf("a set event: %v", err)
		}
		s.Sleep(background, 0)
		if woken != 5 {
			t.Errorf("%d woken, want 5", woken)
		}
		e.Reset()
		if err := e.Wait(background, time.Second); err != clock.ErrLimit {
			t.Errorf("after Reset: %v", err)
		}
	})
}

// A wait whose limit and whose Set fall on one instant ends once.
func TestEventSetAtItsLimit(t *testing.T) {
	s := sim.New()
	e := s.NewEvent("flag")
	ends := 0
	run(t, s, func() {
		s.Go("waiter", func() {
			e.Wait(background, time.Second)
			ends++
			s.Sleep(background, time.Second) // a second wake-up would cut this short
			if s.Elapsed() != 2*time.Second {
				t.Errorf("slept until %v", s.Elapsed())
			}
		})
		s.AfterFunc(time.Second, e.Set)
	})
	if ends != 1 {
		t.Errorf("the wait ended %d times", ends)
	}
}

func TestCancel(t *testing.T) {
	s := sim.New()
	e := s.NewEvent("never")
	run(t, s, func() {
		ctx, cancel := s.WithCancel(background)
		derived, stop := context.WithCancel(ctx)
		defer stop()
		type key struct{}
		carrier, stop2 := context.WithCancel(context.WithValue(ctx, key{}, "v"))
		defer stop2()
		s.Go("sleeper", func() {
			if err := s.Sleep(derived, time.Hour); err != context.Canceled {
				t.Errorf("sleep: %v", err)
			}
			if s.Elapsed() != time.Minute {
				t.Errorf("woke at %v", s.Elapsed())
			}
		})
		s.Go("waiter", func() {
			if err := e.Wait(carrier, clock.Forever); err != context.Canceled {
				t.Errorf("wait: %v", err)
			}
		})
		s.AfterFunc(time.Minute, cancel)
		s.Sleep(background, 2*time.Minute)
		if ctx.Err() == nil || derived.Err() == nil {
			t.Error("the context is not cancelled")
		}
		if err := s.Sleep(ctx, time.Hour); err != context.Canceled {
			t.Errorf("sleep under a cancelled context: %v", err)
		}
		e.Set()
	})
	if s.Elapsed() != 2*time.Minute {
		t.Errorf("ended at %v: an abandoned wake-up moved time", s.Elapsed())
	}
}

func TestPanicReachesRun(t *testing.T) {
	broken := errors.New("broken")
	for _, where := range []string{"process", "callback"} {
		t.Run(where, func(t *testing.T) {
			s := sim.New()
			cleaned := false
			err := s.Run(func() {
				s.Go("bystander", func() {
					defer func() { cleaned = true; s.Sleep(background, time.Second) }()
					s.Sleep(background, time.Hour)
				})
				if where == "callback" {
					s.AfterFunc(time.Second, func() { panic(broken) })
				}
				defer func() {
					if where == "callback" && recover() == error(broken) {
						t.Error("the process saw the callback's panic")
					}
				}()
				s.Sleep(background, 2*time.Second)
				panic(broken)
			})
			var fault *sim.PanicError
			if !errors.As(err, &fault) || !errors.Is(err, broken) {
				t.Fatalf("got %v", err)
			}
			if want := map[string]time.Duration{"process": 2 * time.Second, "callback": time.Second}[where]; fault.At != want {
				t.Errorf("at %v, want %v", fault.At, want)
			}
			if !cleaned {
				t.Error("the deferred call of another process did not run")
			}
		})
	}
}

func TestDeadlockNamesWhoWaitsForWhat(t *testing.T) {
	s := sim.New()
	err := s.Run(func() {
		s.Sleep(background, time.Second)
		s.Go("reader", func() { s.NewEvent("the lock of k").Wait(background, clock.Forever) })
	})
	var deadlock *sim.DeadlockError
	if !errors.As(err, &deadlock) {
		t.Fatalf("got %v", err)
	}
	if got := err.Error(); !strings.Contains(got, "reader waits for the lock of k since 1s") {
		t.Error(got)
	}
}

func TestWaitOutsideProcess(t *testing.T) {
	s := sim.New()
	err := s.Run(func() {
		s.AfterFunc(1, func() { s.Sleep(background, 1) })
		s.Sleep(background, time.Second)
	})
	if err == nil || !strings.Contains(err.Error(), "wait outside a process") {
		t.Errorf("got %v", err)
	}
}

// storm is a run with many ties, spawns, cancellations and waits.
func storm(seed uint64) (hash uint64, trace string) {
	s := sim.New()
	rng := rand.New(rand.NewPCG(seed, 0))
	var log strings.Builder
	err := s.Run(func() {
		flag := s.NewEvent("flag")
		for p := range 200 {
			s.Go("p", func() {
				ctx, cancel := s.WithCancel(background)
				for step := range 20 {
					d := time.Duration(rng.IntN(4)) * time.Millisecond
					switch rng.IntN(5) {
					case 0:
						flag.Wait(ctx, d)
					case 1:
						flag.Set()
					case 2:
						flag.Reset()
					case 3:
						s.Go("child", func() { s.Sleep(background, d); fmt.Fprint(&log, "c", p, " ") })
					default:
						s.Sleep(ctx, d)
					}
					fmt.Fprint(&log, p, ".", step, "@", s.Elapsed(), " ")
				}
				cancel()
			})
		}
	})
	if err != nil {
		panic(err)
	}
	return s.TraceHash(), log.String()
}

func TestDeterminism(t *testing.T) {
	hash, trace := storm(1)
	for i := range 20 {
		previous := runtime.GOMAXPROCS(1 + i%4)
		h, tr := storm(1)
		runtime.GOMAXPROCS(previous)
		if h != hash || tr != trace {
			t.Fatalf("run %d differs", i)
		}
	}
	if other, _ := storm(2); other == hash {
		t.Error("another seed has the same hash")
	}
}

// Nothing is left behind: coroutines end with their run.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 10 {
		storm(3)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestNoAllocationPerWait(t *testing.T) {
	const waits = 100_000
	measure := func(n int) uint64 {
		s := sim.New()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run(t, s, func() {
			for range 50 {
				e := s.NewEvent("e")
				s.Go("p", func() {
					for i := range n / 50 {
						s.Sleep(background, time.Duration(1+i%7))
						e.Wait(background, 3)
					}
				})
			}
		})
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs
	}
	few, many := measure(waits/10), measure(waits)
	if many > few+100 {
		t.Errorf("%d allocations for %d waits, %d for %d", few, waits/10, many, waits)
	}
}
