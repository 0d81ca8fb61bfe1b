package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/origin"
)

// Step is something that is done to a foreign program, or around it, while the traffic
// lasts.
type Step struct {
	At   time.Duration // of the traffic
	Name string        // for the report

	// Do does it. What it returns is told as a warning of the run.
	Do func(ctx context.Context) error
}

// steps are those of a run, each at its instant, side by side.
type steps struct {
	mu     sync.Mutex
	wrong  []string
	done   sync.WaitGroup
	cancel context.CancelFunc
}

// begin has every step wait for its instant. The traffic began at now.
func (s *steps) begin(ctx context.Context, now time.Time, list []Step) {
	ctx, s.cancel = context.WithCancel(ctx)
	for _, step := range list {
		s.done.Go(func() {
			timer := time.NewTimer(time.Until(now.Add(step.At)))
			defer timer.Stop()
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			if err := step.Do(ctx); err != nil && ctx.Err() == nil {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.wrong = append(s.wrong, fmt.Sprintf("at %v, %s: %v", step.At, step.Name, err))
			}
		})
	}
}

// end ends the steps that are still under way: the traffic has. What went wrong is for the report.
func (s *steps) end() []string {
	if s.cancel != nil {
		s.cancel()
	}
	s.done.Wait()
	return s.wrong
}

// OriginSteps are the faults of a counting origin at an address, in the order of their
// instants. Others than those of the origin are none of its business, and must not be among them.
func OriginSteps(address string, scene fault.Scene) (list []Step) {
	w := &remoteOrigin{state: fault.OriginState{Factor: 1}}
	var mu sync.Mutex // two faults may begin at one instant
	fault.Schedule(w, scene, func(at time.Duration, do func()) {
		list = append(list, Step{At: at, Name: "a fault of the origin", Do: func(ctx context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			do()
			return origin.SetState(ctx, address, w.state)
		}})
	})
	return list
}

// remoteOrigin is a world of which nothing but the origin can be changed, and that by others who
// are told its state.
type remoteOrigin struct {
	fault.World // nil: no fault of another family is scheduled
	state       fault.OriginState
}

// ChangeOrigin changes the state that the origin is told.
func (w *remoteOrigin) ChangeOrigin(change func(*fault.OriginState)) { change(&w.state) }
