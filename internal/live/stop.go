package live

import (
	"context"

	"github.com/herdlab/herdlab/strategies"
)

// abandon ends what is under way when the run is stopped: whoever waits for a
// box loses the connection, and what the workers still ask of the cache fails.
// Their loads end by [World.load].
func (w *World) abandon() {
	for _, b := range w.boxes {
		b.box.Crash()
	}
}

// load asks the origin, and gives up when the run is stopped. The strategies
// detach their loads from whoever asked, and so would not hear of it.
func (w *World) load(ctx context.Context, key string) (strategies.Value, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	leave := context.AfterFunc(w.ctx, func() { cancel(context.Cause(w.ctx)) })
	defer leave()
	return w.origin.Load(ctx, key)
}
