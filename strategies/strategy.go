package strategies

import (
	"context"
	"fmt"
)

// Strategy answers reads of a key, from a cache where it can and from the
// origin where it must.
type Strategy interface {
	// Get returns the value of key. On failure the error is [ErrColdCache], a
	// [*LoadError], a [*StoreError] or the cause of ctx's cancellation, and
	// Result.Outcome says which kind it was. Result.Data must not be modified.
	Get(ctx context.Context, key string) (Result, error)
}

// Invalidator is a Strategy that wants to hear of writes. The writer calls it
// after its write has been committed at the origin, on the box that wrote.
type Invalidator interface {
	// Invalidate says that the origin's value of key is now at version.
	Invalidate(ctx context.Context, key string, version uint64) error
}

// Putter is a Strategy that wants the value that was written: write-through. The
// writer calls Put in place of Invalidate, see [Wrote].
type Putter interface {
	// Put says that the origin's value of key is now v.
	Put(ctx context.Context, key string, v Value) error

	// WantsValues reports whether it makes use of the value. If not, Put does as
	// Invalidate, and a writer need not know what was written.
	WantsValues() bool
}

// Refresher is a Strategy that can be told to compute a key ahead of its readers:
// what a cache warmer calls.
type Refresher interface {
	// Refresh computes key and stores it, whether or not there is a value, and
	// asks nobody whether another computes it too. It fails if the load does.
	Refresh(ctx context.Context, key string) error
}

// What the strategies of this package are besides.
var (
	_ = []StatsReporter{(*Direct)(nil), (*Leased)(nil), (*Mutex)(nil), (*Naive)(nil), (*Pool)(nil), (*Smear)(nil), (*SWR)(nil), (*TwoLevel)(nil)}
	_ = []Invalidator{(*Leased)(nil), (*Mutex)(nil), (*Naive)(nil), (*Pool)(nil), (*Smear)(nil), (*SWR)(nil), (*TwoLevel)(nil)}
	_ = []Putter{(*Naive)(nil), (*Smear)(nil), (*TwoLevel)(nil)}
	_ = []Deferrer{(*SWR)(nil), (*TwoLevel)(nil)}
	_ = []Refresher{(*Mutex)(nil), (*Naive)(nil), (*Pool)(nil), (*SWR)(nil), (*TwoLevel)(nil)}
)

// Wrote tells a strategy of a write that has been committed at the origin, with the
// value where it wants that. A strategy that wants to hear of no write is not
// told.
func Wrote(ctx context.Context, s Strategy, key string, v Value) error {
	switch s := s.(type) {
	case Putter:
		return s.Put(ctx, key, v)
	case Invalidator:
		return s.Invalidate(ctx, key, v.Version)
	}
	return nil
}

// wantsValues reports whether a strategy, which may be beneath another, is a
// Putter that does.
func wantsValues(s Strategy) bool {
	p, ok := s.(Putter)
	return ok && p.WantsValues()
}

// Value is what a load returns and a cache keeps.
type Value struct {
	Data []byte

	// Version orders the values of one key: higher is newer. Zero where the
	// origin has no versions.
	Version uint64
}

// Result is the answer to a Get.
type Result struct {
	Value
	Outcome Outcome

	// Stored is the instant at which the value entered the cache; its age is
	// counted from there. For a value that was just computed it is now.
	Stored Instant
}

// Outcome says how a [Strategy] answered.
type Outcome uint8

// The outcomes. Other fates of a request, such as finding no free worker, are known only
// to the code around a strategy.
const (
	FreshHit      Outcome = iota // served from a cache, within its freshness
	StaleHit                     // served from a cache, past its freshness and within its bound
	Computed                     // this request loaded the value itself
	Coalesced                    // waited for another request's load and got its value
	ColdFailure                  // refused rather than computed
	OriginFailure                // the load failed
	CacheError                   // the cache failed, and the strategy does not go past it
	Timeout                      // the caller gave up waiting

	NumOutcomes int = iota // how many there are
)

var outcomeNames = [NumOutcomes]string{
	FreshHit: "fresh_hit", StaleHit: "stale_hit", Computed: "computed", Coalesced: "coalesced",
	ColdFailure: "cold_failure", OriginFailure: "origin_failure", CacheError: "cache_error", Timeout: "timeout",
}

func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", o)
}

// Failed reports whether the request got no value.
func (o Outcome) Failed() bool {
	return o == ColdFailure || o == OriginFailure || o == CacheError || o == Timeout
}

// Loader computes a value at the origin.
type Loader interface {
	// Load computes the value of key. It may be called from several processes
	// at once, also for one key. It must not retain key's cache entry, and it
	// must return: a strategy releases those who wait for a load when the load
	// returns or panics, and not before.
	Load(ctx context.Context, key string) (Value, error)
}

// LoaderFunc is a function that loads.
type LoaderFunc func(ctx context.Context, key string) (Value, error)

// Load calls f.
func (f LoaderFunc) Load(ctx context.Context, key string) (Value, error) { return f(ctx, key) }

// Bytes makes a Loader of a function that knows no versions.
func Bytes(f func(ctx context.Context, key string) ([]byte, error)) Loader {
	return LoaderFunc(func(ctx context.Context, key string) (Value, error) {
		data, err := f(ctx, key)
		return Value{Data: data}, err
	})
}
