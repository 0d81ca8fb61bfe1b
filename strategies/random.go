package strategies

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// random is a source of randomness that many processes share. A *rand.Rand alone is
// not safe for that.
type random struct {
	mu   sync.Mutex
	rand *rand.Rand
}

// token is a name for the owner of a lock, unlike any other: 128 random bits.
func (r *random) token() string {
	r.mu.Lock()
	high, low := r.rand.Uint64(), r.rand.Uint64()
	r.mu.Unlock()
	return strconv.FormatUint(high, 36) + "-" + strconv.FormatUint(low, 36)
}

// below is a uniform duration in [0, bound), and 0 for a bound of less than 1.
func (r *random) below(bound time.Duration) time.Duration {
	if bound < 1 {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Duration(r.rand.Int64N(int64(bound)))
}

// oneOf is one of 0 to n-1, each as likely.
func (r *random) oneOf(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rand.IntN(n)
}

// jitter gives every entry a ttl of its own, evenly spread about the one it is
// configured with, so that what was stored together does not expire together.
// K keys filled at once expire K at once without it, and with a share j of the
// ttl T at the rate K/(2jT).
type jitter struct {
	share  float64
	random *random
}

// newJitter returns nil, which spreads nothing, for a share of 0.
func newJitter(share float64, r Runtime) *jitter {
	if share == 0 {
		return nil
	}
	return &jitter{share, &random{rand: r.Rand}}
}

// spread is a ttl between (1 - share) and (1 + share) times the given one.
func (j *jitter) spread(ttl time.Duration) time.Duration {
	if j == nil {
		return ttl
	}
	half := time.Duration(j.share * float64(ttl))
	return ttl - half + j.random.below(2*half+1)
}

// bound is the longest ttl that spread gives.
func (j *jitter) bound(ttl time.Duration) time.Duration {
	if j == nil {
		return ttl
	}
	return ttl + time.Duration(j.share*float64(ttl))
}
