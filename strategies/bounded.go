package strategies

import (
	"context"
	"slices"
	"sync"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Bounded is a [Loader] that runs a number of loads at once and no more, of all keys
// together: what the origin can stand of one process. One Bounded may be the loader of several
// strategies. Loads beyond the number wait, in the order in which they came, each under its
// own context; the wait is part of the load, for its cost and its load_timeout.
//
// Coalescing bounds the loads of one key, and this those of many keys that miss together, as
// after a restart or an outage of the cache.
type Bounded struct {
	loader Loader
	clock  clock.Clock
	most   int

	mu      sync.Mutex
	running int
	waiting []clock.Event // of loads, the first to come first
}

var _ Loader = (*Bounded)(nil)

// NewBounded makes a Bounded that runs most loads of loader at once; 0 is no limit. A nil
// clock means the wall clock. The error is a [*ConfigError].
func NewBounded(loader Loader, most int, c clock.Clock) (*Bounded, error) {
	if err := present("loader", loader); err != nil {
		return nil, err
	}
	if err := refuse(most < 0, "most", "is %d: write 0, for no limit, or more", most); err != nil {
		return nil, err
	}
	if c == nil {
		c = clock.NewWall()
	}
	return &Bounded{loader: loader, clock: c, most: most}, nil
}

// Load computes the value of key when it is its turn. The error is that of the loader, or
// the cause of ctx's cancellation if that came before the turn did.
func (b *Bounded) Load(ctx context.Context, key string) (Value, error) {
	if b.most == 0 {
		return b.loader.Load(ctx, key)
	}
	if err := b.enter(ctx); err != nil {
		return Value{}, err
	}
	defer b.leave() // also when the load panics
	return b.loader.Load(ctx, key)
}

// enter waits for a place.
func (b *Bounded) enter(ctx context.Context) error {
	b.mu.Lock()
	if b.running < b.most {
		b.running++
		b.mu.Unlock()
		return nil
	}
	turn := b.clock.NewEvent("a place to load")
	b.waiting = append(b.waiting, turn)
	b.mu.Unlock()
	err := turn.Wait(ctx, clock.Forever)
	if err == nil {
		return nil
	}
	b.mu.Lock()
	i := slices.Index(b.waiting, turn)
	if i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
	}
	b.mu.Unlock()
	if i < 0 { // its turn came as it left: the next one has it
		b.leave()
	}
	return err
}

// leave gives the place to the first that waits: it stays taken meanwhile, so that nobody
// who comes now is before one who waits.
func (b *Bounded) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.running--
		return
	}
	b.waiting[0].Set()
	b.waiting = slices.Delete(b.waiting, 0, 1)
}
