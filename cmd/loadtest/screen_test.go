package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

type deaf struct{}

func (deaf) LoadStarted(string, time.Time) {}
func (deaf) LoadEnded(string, time.Time)   {}

// The line has the rate, the failures, the tail, the herd and the time left, and
// begins anew with every run.
func TestScreenSaysWhatGoesOn(t *testing.T) {
	sc := &scenarios.Scenario{Name: "small", Duration: time.Hour, Seeds: 2, Strategies: []scenarios.Entry{{Name: "naive"}, {Name: "mutex"}}}
	var before strings.Builder
	newScreen(&before, false, sc, nil).end()
	if want := "small: 4 runs of 1h0m0s on the wall clock, one after another: 4h0m0s and what they need before the traffic\n"; before.String() != want {
		t.Errorf("says before %q, wants %q", before.String(), want)
	}
	s := newScreen(io.Discard, false, sc, nil)
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
	want = "small: run 3 of 4, mutex: 0 requests/s, 1 failed, p99 0.0 ms, herd 2, 1h59m55s left" // with the loads that are left
	if got := s.line(); got != want {
		t.Errorf("says then  %s\nwants %s", got, want)
	}
}
