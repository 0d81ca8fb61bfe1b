package ring

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// Owners that are remembered are those that would be found, for more keys than there is
// room for, asked for again and again by several at once; the empty key is one of them.
func TestOwnersAreRemembered(t *testing.T) {
	r := mustRing(t, Ketama, ringNodes(4, 11211), nil, nil).(*ketama)
	keys, want := []string{""}, []int{r.compute("")}
	for i := range 3 * recentKeys {
		keys = append(keys, fmt.Sprint("page:", i))
		want = append(want, r.compute(keys[i+1]))
	}
	var askers sync.WaitGroup
	for seed := range uint64(4) {
		askers.Go(func() {
			draw := rand.New(rand.NewPCG(seed, 1))
			for range 20 * recentKeys {
				i := min(draw.IntN(len(keys)), draw.IntN(len(keys)))
				if got := r.Owner(keys[i]); got != want[i] {
					t.Errorf("%q is on node %d, want %d", keys[i], got, want[i])
					return
				}
			}
		})
	}
	askers.Wait()
}
