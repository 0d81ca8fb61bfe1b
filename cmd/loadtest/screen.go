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
	terminal bool
	slots    int // of a window
	every    time.Duration
	leave    chan struct{}
	left     chan struct{}

	mu      sync.Mutex
	run     int
	begun   time.Time // with the warm-up
	started time.Time // of the traffic; zero before it
	window  *window
	failed  int
	herd    func() int // the largest since it was last asked; nil where nobody tells
}

func newScreen(w io.Writer, quiet bool, sc *scenarios.Scenario) *screen {
	s := &screen{w: w, sc: sc, terminal: command.Terminal(w), slots: 1, every: 5 * time.Second}
	if s.terminal {
		s.slots, s.every = 4, 250*time.Millisecond
	}
	if quiet {
		s.w = io.Discard
	}
	s.window = newWindow(s.slots, s.every)
	s.leave, s.left = make(chan struct{}), make(chan struct{})
	go s.refresh()
	return s
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
			s.window.turn()
		}
		s.mu.Unlock()
	}
}

// follow is the start of the next run, and of whom to ask for its herd.
func (s *screen) follow(herd func() int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run++
	s.begun, s.started, s.failed, s.herd = time.Now(), time.Time{}, 0, herd
	s.window = newWindow(s.slots, s.every)
	s.draw(s.title() + ": begins")
}

// began hears when the traffic of the run begins.
func (s *screen) began(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = now
}

// ended hears of a request that ended.
func (s *screen) ended(r *metrics.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.window.now()
	now.latencies = append(now.latencies, r.Done-r.At)
	if r.Outcome.Failed() {
		s.failed++
	}
}

// title is which run it is.
func (s *screen) title() string {
	strategy := s.sc.Strategies[(s.run-1)/s.sc.Seeds].Name
	return fmt.Sprintf("%s: run %d of %d, %s", s.sc.Name, s.run, len(s.sc.Strategies)*s.sc.Seeds, strategy)
}

func (s *screen) line() string {
	if s.herd != nil {
		s.window.now().herd = max(s.window.now().herd, s.herd())
	}
	since := time.Since(s.started)
	rate, p99, herd := s.window.figures(since)
	herds := fmt.Sprint(herd)
	if s.herd == nil {
		herds = "unknown"
	}
	runs := len(s.sc.Strategies)*s.sc.Seeds - s.run
	left := max(s.sc.Duration-since, 0) + time.Duration(runs)*s.sc.Duration
	return fmt.Sprintf("%s: %.0f requests/s, %d failed, p99 %.1f ms, herd %s, %v left",
		s.title(), rate, s.failed, float64(p99)/1e6, herds, left.Round(time.Second))
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

// window is what happened in the last few slots of time.
type window struct {
	slots []slot // the oldest first; the last is filled now
	width time.Duration
}

// slot is what happened in one of them.
type slot struct {
	latencies []time.Duration
	herd      int // most loads of one key at once
}

func newWindow(slots int, width time.Duration) *window {
	return &window{slots: make([]slot, slots), width: width}
}

// now is the slot that is filled.
func (w *window) now() *slot { return &w.slots[len(w.slots)-1] }

// turn begins a new slot, and forgets the oldest.
func (w *window) turn() {
	oldest := w.slots[0]
	copy(w.slots, w.slots[1:])
	*w.now() = slot{latencies: oldest.latencies[:0]}
}

// figures are of all slots, the time before the traffic began left out: requests a
// second, their 99th percentile, the largest herd.
func (w *window) figures(since time.Duration) (rate float64, p99 time.Duration, herd int) {
	var all []time.Duration
	for _, s := range w.slots {
		all = append(all, s.latencies...)
		herd = max(herd, s.herd)
	}
	if n := len(all); n > 0 {
		slices.Sort(all)
		p99 = all[n*99/100]
	}
	span := min(since, w.width*time.Duration(len(w.slots)))
	return float64(len(all)) / max(span.Seconds(), 1e-3), p99, herd
}
