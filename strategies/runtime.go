package strategies

import (
	"math/rand/v2"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Runtime is what a strategy needs besides its configuration. The zero value
// is right for production; a simulator sets every field.
type Runtime struct {
	// Clock is the source of time and of waiting. Nil means the wall clock.
	Clock clock.Clock

	// Rand is the source of randomness (tokens, jitter). It is used under the
	// strategy's own mutex. Nil means one seeded by the runtime.
	Rand *rand.Rand

	// Failed hears of what fails: an operation of the cache (a [*StoreError]), a
	// load (a [*LoadError]), a load that panics in the background (a
	// [*PanicError]); also where the strategy survives it and no caller is told.
	// It is for logs, is called by several processes at once, and must return
	// soon. Nil means that failures are only counted.
	Failed func(key string, err error)
}

func (r Runtime) orDefault() Runtime {
	if r.Clock == nil {
		r.Clock = clock.NewWall()
	}
	if r.Rand == nil {
		r.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if r.Failed == nil {
		r.Failed = func(string, error) {}
	}
	return r
}
