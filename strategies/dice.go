package strategies

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// dice is a source of randomness that many processes share.
type dice struct {
	mu   sync.Mutex
	rand *rand.Rand
}

// token is a name for the owner of a lock, unlike any other: 128 random bits.
func (d *dice) token() string {
	d.mu.Lock()
	high, low := d.rand.Uint64(), d.rand.Uint64()
	d.mu.Unlock()
	return strconv.FormatUint(high, 36) + "-" + strconv.FormatUint(low, 36)
}

// below is a uniform duration in [0, d), and 0 for a d of less than 1.
func (d *dice) below(bound time.Duration) time.Duration {
	if bound < 1 {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Duration(d.rand.Int64N(int64(bound)))
}

// side is one of n, each as likely.
func (d *dice) side(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rand.IntN(n)
}
