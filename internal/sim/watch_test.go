package sim_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
)

// churn is a run of processes, callbacks and cancelled waits.
func churn(s *sim.Sim) func() {
	return func() {
		for p := range 5 {
			s.Go("worker", func() {
				for i := range 20 {
					s.Sleep(context.Background(), time.Duration(1+(i*7+p)%5)*time.Millisecond)
					s.AfterFunc(time.Duration(i%3)*time.Millisecond, func() {})
				}
			})
		}
	}
}

// The watch sees the model after every event, and a run that is watched is the
// same run.
func TestWatchIsCalledAfterEveryEvent(t *testing.T) {
	plain := sim.New()
	if err := plain.Run(churn(plain)); err != nil {
		t.Fatal(err)
	}
	watched := sim.New()
	seen := int64(0)
	watched.Watch(func() {
		if now := watched.Events(); now > seen+1 {
			t.Fatalf("it saw the run after %d events and after %d", seen, now)
		}
		seen = watched.Events()
	})
	if err := watched.Run(churn(watched)); err != nil {
		t.Fatal(err)
	}
	if seen != plain.Events() || watched.TraceHash() != plain.TraceHash() {
		t.Errorf("it saw %d of %d events, hash %x, unwatched %x", seen, plain.Events(), watched.TraceHash(), plain.TraceHash())
	}
}

func TestPanicOfTheWatchIsTheFaultOfTheRun(t *testing.T) {
	s := sim.New()
	s.Watch(func() {
		if s.Elapsed() >= 20*time.Millisecond {
			panic("a law is broken")
		}
	})
	var fault *sim.PanicError
	if err := s.Run(churn(s)); !errors.As(err, &fault) || fault.Name != "watch" || fault.At != 20*time.Millisecond || fault.Value != "a law is broken" {
		t.Errorf("the run ended with %v", err)
	}
}

func TestWatchMayNotWait(t *testing.T) {
	s := sim.New()
	s.Watch(func() { s.Sleep(context.Background(), 1) })
	if err := s.Run(func() {}); err == nil || !strings.Contains(err.Error(), "wait outside a process") {
		t.Errorf("the run ended with %v", err)
	}
}

// Beyond a crowd callbacks are called by Run and not by processes: the order of
// events is the same on either side of it.
func TestOrderIsTheSameInACrowd(t *testing.T) {
	var want []string
	for _, crowd := range []int{0, 3000} {
		s := sim.New()
		var got []string
		run(t, s, func() {
			stop := s.NewEvent("stop")
			for range crowd {
				s.Go("one of many", func() { stop.Wait(background, time.Hour) })
			}
			s.Sleep(background, time.Second)
			for p := range 3 {
				s.Go("worker", func() {
					for i := range 10 {
						s.Sleep(background, time.Duration(i%4)*time.Millisecond)
						got = append(got, fmt.Sprintf("p%d.%d@%v", p, i, s.Elapsed()))
						s.AfterFunc(time.Duration(i%3)*time.Millisecond, func() {
							got = append(got, fmt.Sprintf("c%d.%d@%v", p, i, s.Elapsed()))
							s.Go("child", func() { got = append(got, fmt.Sprintf("d%d.%d@%v", p, i, s.Elapsed())) })
						})
					}
				})
			}
			s.Sleep(background, time.Second)
			stop.Set()
		})
		if want == nil {
			want = got
		}
		if len(got) != 90 || !slices.Equal(got, want) {
			t.Errorf("%d steps among %d, and they differ from those without: %v", len(got), crowd, got)
		}
	}
}
