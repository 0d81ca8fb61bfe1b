// Package clock is the seam through which strategies meet time.
//
// Code that caches must sometimes wait: for another's load, for a lock, for a
// back-off. It does so through [Clock] and nothing else, so that the very same
// code runs in production on [Wall] and in a simulator on a virtual clock.
// The rule for its users is: decide with Now, wait through the seam.
//
//   - Hold no mutex across Sleep or Wait: on a virtual clock one process runs
//     at a time, and a held mutex stops the world.
//   - Start background work with Go only. The clock owns what it started, and
//     closing the clock waits for it.
//   - Bound a wait by its limit, not by context.WithTimeout, which reads the
//     wall clock behind the seam's back.
package clock

import (
	"context"
	"errors"
	"time"
)

// Forever is the limit of a wait that has none.
const Forever time.Duration = 1<<63 - 1

// ErrLimit is returned by [Event].Wait when its limit passed before the event
// was set.
var ErrLimit = errors.New("clock: the wait reached its limit")

// Clock tells the time, waits and spawns. Implementations are safe for use by
// all processes of their world at once.
type Clock interface {
	// Now is the current instant.
	Now() time.Time

	// Sleep waits for d, or until ctx is cancelled, and then returns the cause
	// of the cancellation. A d of zero or less lets other work due now go first.
	Sleep(ctx context.Context, d time.Duration) error

	// Go runs f concurrently. The name appears in diagnostics ("who waits for
	// what") and should be a constant.
	Go(name string, f func())

	// NewEvent returns an unset event. The name is for diagnostics, as in Go.
	NewEvent(name string) Event
}

// Event is a flag that can be waited for. Set wakes everyone who waits, and
// nobody waits on an event that is set until Reset.
type Event interface {
	Set()
	Reset()

	// Wait returns nil when the event is set, [ErrLimit] when limit passes
	// first, and the cause of the cancellation when ctx is cancelled first.
	// A limit of [Forever] is no limit.
	Wait(ctx context.Context, limit time.Duration) error
}
