package storetest_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"herdlab/internal/cluster"
	"herdlab/internal/sim"
	"herdlab/strategies/stores/storetest"
)

// The modelled tier stands for the real caches in a simulation, so it is held
// against what they are held against.
func TestModel(t *testing.T) {
	storetest.Run(t, func(t *testing.T, use func(storetest.Subject)) {
		s := sim.New()
		err := s.Run(func() {
			tier := cluster.NewTier(s, cluster.CacheConfig{
				Nodes: 3, Ring: "ketama", RTT: 500 * time.Microsecond, Timeout: 250 * time.Millisecond, Eviction: "lru",
			}, rand.New(rand.NewPCG(1, 1)))
			client, err := tier.Client()
			if err != nil {
				t.Error(err)
				return
			}
			use(storetest.Subject{Store: client, Clock: s, Model: true})
		})
		if err != nil {
			t.Error(err)
		}
	})
}
