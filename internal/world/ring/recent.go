package ring

import (
	"sync"

	"github.com/herdlab/herdlab/internal/hash"
)

// recent remembers the owners of the keys that were asked for last. A client asks for an
// owner at every operation, and a miss alone is get, lock, set and unlock of one key: an
// MD5 sum and a search on the circle for each would take a tenth of a simulated run. It
// is small, so that it stays in the processor's cache, and allocates nothing.
type recent struct {
	mu   sync.Mutex
	kept [recentKeys]keyOwner
}

// recentKeys is a power of two.
const recentKeys = 1 << 10

type keyOwner struct {
	key   string
	owner int
}

// owner is what compute gives for key, or gave lately. Safe for concurrent use: nobody
// waits, as it takes less time to compute an owner than to be woken.
func (r *recent) owner(key string, compute func(key string) int) int {
	if !r.mu.TryLock() {
		return compute(key)
	}
	k := &r.kept[hash.FNV1a(key)%recentKeys]
	if k.key != key || key == "" { // "" is kept nowhere: it would be found in a place that is free
		k.key, k.owner = key, compute(key)
	}
	owner := k.owner
	r.mu.Unlock()
	return owner
}
