package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"herdlab/internal/command"
	"herdlab/scenarios"
)

// screen shows a run while it goes on: one line that is written over on a
// terminal, a line every few seconds in a pipe, nothing when quiet.
type screen struct {
	w        io.Writer
	name     string
	span     time.Duration
	runs     int
	terminal bool
	every    time.Duration

	mu       sync.Mutex
	run      int
	started  time.Time
	shown    time.Time
	requests int
	failures int
}

func newScreen(w io.Writer, quiet bool, sc *scenarios.Scenario) *screen {
	s := &screen{
		w: w, name: sc.Name, span: sc.Duration, runs: len(sc.Strategies) * sc.Seeds,
		terminal: command.Terminal(w), every: 5 * time.Second,
	}
	if s.terminal {
		s.every = 200 * time.Millisecond
	}
	if quiet {
		s.w = nil
	}
	return s
}

// begin is the start of the next run.
func (s *screen) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run++
	s.started, s.shown = time.Now(), time.Now()
	s.requests, s.failures = 0, 0
	s.line(0)
}

// ended hears of a request that ended.
func (s *screen) ended(at time.Duration, failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if failed {
		s.failures++
	}
	if time.Since(s.shown) >= s.every {
		s.shown = time.Now()
		s.line(at)
	}
}

func (s *screen) line(at time.Duration) {
	if s.w == nil {
		return
	}
	seconds := max(time.Since(s.started).Seconds(), 0.001)
	left := (s.span - at).Round(time.Second) + time.Duration(s.runs-s.run)*s.span
	text := fmt.Sprintf("%s: run %d of %d, %.0f requests/s, %d failed, %v left",
		s.name, s.run, s.runs, float64(s.requests)/seconds, s.failures, left)
	if s.terminal {
		fmt.Fprintf(s.w, "\r\x1b[K%s", text)
		return
	}
	fmt.Fprintln(s.w, text)
}

// end leaves the terminal clean.
func (s *screen) end() {
	if s.w != nil && s.terminal {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
