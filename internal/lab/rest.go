package lab

import (
	"context"
	"time"
)

// rest lets so much time pass before the traffic. On the wall clock, where that
// takes its time, stop is asked now and then whether to wait on.
func rest(clk Clock, d time.Duration, stop func() bool) {
	step := max(d/100, 10*time.Millisecond)
	for ; d > 0 && (stop == nil || !stop()); d -= step {
		_ = clk.Sleep(context.Background(), min(step, d)) // the background does not end
	}
}
