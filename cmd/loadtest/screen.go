package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// screen shows the runs of a scenario while they go on: one line that is written
// over on a terminal, a line every few seconds in a pipe, nothing when quiet.
type screen struct {
	w        io.Writer
	sc       *scenarios.Scenario
	journal  *command.Journal // with the runs that are not made
	terminal bool
	every    time.Duration
	leave    chan struct{}
	left     chan struct{}

	mu      sync.Mutex
	run     int
	begun   time.Time       // with the warm-up
	started time.Time       // of the traffic; zero before it
	recent  []time.Duration // latencies of the requests that ended since the last line
	failed  int
	herd    func() int // the largest since it was last asked; nil where nobody tells

	heard func(now time.Time) // of the begin of the traffic, if not nil
}

func newScreen(w io.Writer, quiet bool, sc *scenarios.Scenario, journal *command.Journal) *screen {
	s := &screen{w: w, sc: sc, journal: journal, terminal: command.Terminal(w), every: 5 * time.Second}
	if s.terminal {
		s.every = time.Second
	}
	if quiet {
		s.w = io.Discard
	}
	if runs := s.runsLeft(); !quiet && time.Duration(runs)*sc.Duration > time.Minute {
		fmt.Fprintf(w, "%s: %d runs of %v on the wall clock, one after another: %v and what they need before the traffic\n",
			sc.Name, runs, sc.Duration, time.Duration(runs)*sc.Duration)
	}
	s.leave, s.left = make(chan struct{}), make(chan struct{})
	go s.refresh()
	return s
}

// runsLeft is how many runs are to be made after this one.
func (s *screen) runsLeft() (n int) {
	for i := s.run; i < len(s.sc.Strategies)*s.sc.Seeds; i++ {
		if s.journal.Known(i) == nil {
			n++
		}
	}
	return n
}

// refresh draws again and again, also while no request ends.
func (s *screen) refresh() {
	defer close(s.left)
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.leave:
			return
		}
		s.mu.Lock()
		switch {
		case s.run == 0:
		case s.started.IsZero():
			s.draw(fmt.Sprintf("%s: before the traffic, %v", s.title(), time.Since(s.begun).Round(time.Second)))
		default:
			s.draw(s.line())
		}
		s.mu.Unlock()
	}
}

// follow is the start of the next run, and of whom to ask for its herd.
func (s *screen) follow(herd func() int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.run++; s.journal.Known(s.run-1) != nil; s.run++ {
	}
	s.begun, s.started, s.recent, s.failed, s.herd = time.Now(), time.Time{}, nil, 0, herd
	s.draw(s.title() + ": begins")
}

// began hears when the traffic of the run begins.
func (s *screen) began(now time.Time) {
	if s.heard != nil {
		s.heard(now)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = now
}

// ended hears of a request that ended.
func (s *screen) ended(r *metrics.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = append(s.recent, r.Done-r.At)
	if r.Outcome.Failed() {
		s.failed++
	}
}

// title is which run it is.
func (s *screen) title() string {
	strategy := s.sc.Strategies[(s.run-1)/s.sc.Seeds].Name
	return fmt.Sprintf("%s: run %d of %d, %s", s.sc.Name, s.run, len(s.sc.Strategies)*s.sc.Seeds, strategy)
}

// line is of what ended since the last one, and forgets it; the time before the traffic
// is left out.
func (s *screen) line() string {
	herd := "unknown"
	if s.herd != nil {
		herd = fmt.Sprint(s.herd())
	}
	since := time.Since(s.started)
	rate := float64(len(s.recent)) / max(min(since, s.every).Seconds(), 1e-3)
	p99 := time.Duration(0)
	if n := len(s.recent); n > 0 {
		slices.Sort(s.recent)
		p99 = s.recent[n*99/100]
	}
	s.recent = s.recent[:0]
	left := max(s.sc.Duration-since, 0) + time.Duration(s.runsLeft())*s.sc.Duration
	return fmt.Sprintf("%s: %.0f requests/s, %d failed, p99 %.1f ms, herd %s, %v left",
		s.title(), rate, s.failed, float64(p99)/1e6, herd, left.Round(time.Second))
}

// draw writes a line; on a terminal, over the last one and no wider than it.
func (s *screen) draw(text string) {
	if !s.terminal {
		fmt.Fprintln(s.w, text)
		return
	}
	if f, ok := s.w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && len(text) >= width && width > 0 {
			text = text[:width-1]
		}
	}
	fmt.Fprintf(s.w, "\r\x1b[K%s", text)
}

// end leaves the terminal clean.
func (s *screen) end() {
	close(s.leave)
	<-s.left
	if s.terminal {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
