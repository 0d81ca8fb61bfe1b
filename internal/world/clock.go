package world

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Clock is what the world needs of time: the strategies' seam, and callbacks
// for what never waits (arrivals, time-outs, faults), which cost no process.
type Clock interface {
	clock.Clock

	// AfterFunc calls f once d has passed. f must not wait.
	AfterFunc(d time.Duration, f func())
}

// background is the context of work that nobody can cancel: a synchronous
// worker is not told that its client left.
var background = context.Background()
