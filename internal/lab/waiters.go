package lab

import (
	"context"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// waiters is the clock of the boxes' strategies, and counts those who wait on it. All
// that a strategy waits for by itself is another's load: it sleeps until it looks for
// the value again, or waits for the end of the call. Stores and origin, which it asks,
// take their time from the world's clock.
type waiters struct {
	Clock

	mu    sync.Mutex
	gauge *gauge.Gauge

	followed bool // in a run that follows requests, waits for one's own are steps as well
}

// watch has a gauge of a board hear of those who wait.
func (w *waiters) watch(on *gauge.Board) {
	w.gauge = on.Add(metrics.Waiters, metrics.Waiters, 0, &w.mu)
}

// add notes that so many more wait, or fewer.
func (w *waiters) add(n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gauge.Add(w.Now().UnixNano(), n)
}

// Sleep waits for d.
func (w *waiters) Sleep(ctx context.Context, d time.Duration) error {
	w.add(1)
	defer w.add(-1)
	span := timeline.Begin(ctx, "wait", "")
	err := w.Clock.Sleep(ctx, d)
	span.End("", err)
	return err
}

// NewEvent returns an event, of which those who wait are counted if it is the end of
// another's call. Whoever waits for a load of their own has not been held up.
func (w *waiters) NewEvent(name string) clock.Event {
	e := w.Clock.NewEvent(name)
	switch {
	case name == strategies.AnothersCall:
		return countedEvent{e, w}
	case w.followed:
		return ownEvent{e}
	}
	return e
}

// ownEvent is the end of what a request has begun itself in another process, such as a
// load that may outlive the request.
type ownEvent struct{ clock.Event }

// Wait waits for the event.
func (e ownEvent) Wait(ctx context.Context, limit time.Duration) error {
	span := timeline.Begin(ctx, "await", "")
	err := e.Event.Wait(ctx, limit)
	span.End("", err)
	return err
}

type countedEvent struct {
	clock.Event
	waiters *waiters
}

// Wait waits for the event.
func (e countedEvent) Wait(ctx context.Context, limit time.Duration) error {
	e.waiters.add(1)
	defer e.waiters.add(-1)
	span := timeline.Begin(ctx, "join", "")
	err := e.Event.Wait(ctx, limit)
	span.End("", err)
	return err
}
