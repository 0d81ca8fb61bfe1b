package origin

import (
	"context"
	"sync"
	"time"

	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// Observe is loader, with its loads told to observer: one call at a time, as the
// modelled origin does it. A load that panics has ended too.
func Observe(loader strategies.Loader, observer model.Observer) strategies.Loader {
	return &observed{loader: loader, observer: observer}
}

type observed struct {
	loader   strategies.Loader
	mu       sync.Mutex
	observer model.Observer
}

func (o *observed) Load(ctx context.Context, key string) (strategies.Value, error) {
	o.tell(o.observer.LoadStarted, key)
	defer o.tell(o.observer.LoadEnded, key)
	return o.loader.Load(ctx, key)
}

// tell reads the clock under the mutex, so that instants are told in their order.
func (o *observed) tell(what func(key string, at time.Time), key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	what(key, time.Now())
}
