package clock_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// A server closes its clock while requests still arrive and start work.
func TestCloseWhileWorkIsStarted(t *testing.T) {
	for range 3000 {
		var w clock.Wall
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() {
				for range 5 {
					w.Go("work", func() {})
				}
			})
		}
		w.Close()
		callers.Wait()
		w.Close()
	}
}

// What does not end does not keep a shutdown for longer than its context allows.
func TestShutdownEndsWithItsContext(t *testing.T) {
	var w clock.Wall
	end := make(chan struct{})
	w.Go("work", func() { <-end })
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := w.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	close(end)
	if err := w.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
