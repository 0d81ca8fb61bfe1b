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

	// Rand is the source of randomness (tokens, jitter). The strategy guards it by a
	// mutex of its own. Nil means one that is seeded anew in every process.
	Rand *rand.Rand

	// ExactLRU has the copies of a [TwoLevel] make room in exact order of use, as a list
	// under one mutex does and the modelled caches do. False is right for production: what
	// makes room is then chosen nearly as well, and a hit waits for nobody.
	ExactLRU bool

	// Failed hears of what fails: an operation of the cache (a [*StoreError]), a
	// load (a [*LoadError]), a load that panics in the background (a
	// [*PanicError]). It is also told where the strategy survives the failure and no
	// caller learns of it. It is for logs, is called by several processes at once, and
	// must return soon. Nil means that failures are only counted.
	Failed func(key string, err error)
}

// OrDefault is r with what is right for production in place of what is nil.
func (r Runtime) OrDefault() Runtime {
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
