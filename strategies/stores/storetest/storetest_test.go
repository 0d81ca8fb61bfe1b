package storetest_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

// The modelled tier stands for the real caches in a simulation, so it is held
// against what they are held against.
func TestModel(t *testing.T) {
	model(t, func(s *sim.Sim, client *tier.Client) strategies.Store { return client })
}

// So is the memory of a process, beside the locks of the tier.
func TestProcess(t *testing.T) {
	model(t, func(s *sim.Sim, client *tier.Client) strategies.Store {
		cfg := tier.Config{Eviction: "lru", Process: tier.ProcessConfig{Entries: 1000, Cull: 3}}
		return tier.NewProcess(cfg, client, s.Now, rand.New(rand.NewPCG(2, 2)), new(tier.ProcessCounts))
	})
}

func model(t *testing.T, store func(*sim.Sim, *tier.Client) strategies.Store) {
	storetest.Run(t, func(t *testing.T, use func(storetest.Subject)) {
		s := sim.New()
		err := s.Run(func() {
			nodes := tier.New(s, tier.Config{
				Nodes: 3, Ring: "ketama", RTT: 500 * time.Microsecond, Timeout: 250 * time.Millisecond, Eviction: "lru",
			}, nil, rand.New(rand.NewPCG(1, 1)))
			client, err := nodes.Client(-1, "", tier.KeyPrefix(tier.DefaultCache, 1))
			if err != nil {
				t.Error(err)
				return
			}
			use(storetest.Subject{Store: store(s, client), Clock: s, Model: true})
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// And so is the disk of a box, in each of its ways.
func TestDisk(t *testing.T) {
	for _, cull := range []string{"published", "random", "amortised", "manual", "exact"} {
		t.Run(cull, func(t *testing.T) {
			model(t, func(s *sim.Sim, client *tier.Client) strategies.Store {
				cfg := disk.Config{
					Cull: cull, MaxEntries: 10_000, CullFrequency: 3,
					PerObject: 13 * time.Microsecond, PerOpen: 10 * time.Microsecond, Read: time.Millisecond, Write: time.Millisecond,
				}
				return disk.New(s, cfg, nil, func(string) int { return 1 }, rand.New(rand.NewPCG(3, 3))).Client(client, "")
			})
		})
	}
}
