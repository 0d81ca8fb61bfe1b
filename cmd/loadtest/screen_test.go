package main

import (
	"io"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

func TestWindowForgets(t *testing.T) {
	w := newWindow(2, time.Second)
	add := func(n int, latency time.Duration) {
		for range n {
			w.now().latencies = append(w.now().latencies, latency)
		}
	}
	add(10, 80*time.Millisecond)
	w.now().herd = 7
	if rate, p99, herd := w.figures(500 * time.Millisecond); rate != 20 || p99 != 80*time.Millisecond || herd != 7 {
		t.Errorf("half a second: %v/s, p99 %v, herd %d", rate, p99, herd)
	}
	w.turn()
	w.now().herd = 3
	add(20, 10*time.Millisecond)
	if rate, p99, herd := w.figures(time.Minute); rate != 15 || p99 != 80*time.Millisecond || herd != 7 {
		t.Errorf("two slots: %v/s, p99 %v, herd %d", rate, p99, herd)
	}
	w.turn()
	if rate, p99, herd := w.figures(time.Minute); rate != 10 || p99 != 10*time.Millisecond || herd != 3 {
		t.Errorf("the first slot is not forgotten: %v/s, p99 %v, herd %d", rate, p99, herd)
	}
	w.turn()
	w.turn()
	if rate, p99, herd := w.figures(time.Minute); rate != 0 || p99 != 0 || herd != 0 {
		t.Errorf("nothing happened: %v/s, p99 %v, herd %d", rate, p99, herd)
	}
}

type deaf struct{}

func (deaf) LoadStarted(string, time.Time) {}
func (deaf) LoadEnded(string, time.Time)   {}

// The line has the rate, the failures, the tail, the herd and the time left, and
// begins anew with every run.
func TestScreenSaysWhatGoesOn(t *testing.T) {
	sc := &scenarios.Scenario{Name: "small", Duration: time.Hour, Seeds: 2, Strategies: []scenarios.Entry{{Name: "naive"}, {Name: "mutex"}}}
	s := newScreen(io.Discard, false, sc)
	defer s.end()
	var observer origin.Observer
	for range 3 {
		observer = deaf{}
		s.follow(hearLoads(&observer))
	}
	begun := time.Now().Add(-5 * time.Second)
	s.began(begun)
	for i := range 10 {
		s.ended(&metrics.Record{Request: workloads.Request{At: time.Second}, Done: time.Second + time.Duration(i+1)*time.Millisecond, Outcome: metrics.FreshHit})
	}
	s.ended(&metrics.Record{Done: 42 * time.Millisecond, Outcome: metrics.Timeout})
	for range 3 {
		observer.LoadStarted("a", begun)
	}
	observer.LoadStarted("b", begun)
	observer.LoadEnded("a", begun)
	want := "small: run 3 of 4, mutex: 2 requests/s, 1 failed, p99 42.0 ms, herd 3, 1h59m55s left"
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := s.line(); got != want {
		t.Errorf("says  %s\nwants %s", got, want)
	}
	if s.herd() != 2 {
		t.Errorf("the herd now is %d, want the 2 that are left", s.herd())
	}
}
