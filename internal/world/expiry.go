package world

import (
	"time"

	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// ExactExpiry is the word of [CacheConfig].Expiry for what the lab's own stores do.
const ExactExpiry = "exact"

// Dialect is in what terms the caches' clients speak of time; "" is exactly.
func (c CacheConfig) Dialect() lifetime.Dialect {
	if c.Expiry == ExactExpiry {
		return ""
	}
	return lifetime.Dialect(c.Expiry)
}

// expiry is when a node gives up what it is told to keep.
type expiry struct {
	dialect lifetime.Dialect
	server  lifetime.Memcached
}

// of is the instant at which a value set now for ttl is gone, in nanoseconds of
// the Unix epoch; 0 is never.
func (x *expiry) of(now time.Time, ttl time.Duration) int64 {
	if x.dialect != "" {
		at, never := x.server.Expires(x.dialect.Exptime(lifetime.Seconds(ttl), now), now)
		if never {
			return 0
		}
		return at.UnixNano()
	}
	if ttl > 0 {
		return now.UnixNano() + int64(ttl)
	}
	return 0
}
