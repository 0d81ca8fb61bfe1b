package world

import (
	"math/rand/v2"

	"github.com/herdlab/herdlab/internal/hash"
)

// draws are the random numbers of an origin. Those of the n-th load of a key do
// not depend on what else is loaded, and when: strategies that face the same
// traffic find the same load as slow, and so do the modelled and the real world
// (common random numbers). Drawn in the order of the loads, one slow load of the
// hottest key would fall to another key by a hair's breadth, and with it most of
// the failures of a cold start.
type draws struct {
	seed  uint64
	loads [1 << 14]uint32 // begun, by a hash of the key; keys that share a place take turns
	pcg   rand.PCG
	rng   *rand.Rand
}

func newDraws(seed uint64) *draws {
	d := &draws{seed: seed}
	d.rng = rand.New(&d.pcg)
	return d
}

// of returns the random numbers of the next load of key, to be used at once.
func (d *draws) of(key string) *rand.Rand {
	h := hash.Mix(hash.FNV1a(key))
	n := &d.loads[h%uint64(len(d.loads))]
	*n++
	d.pcg.Seed(hash.Mix(d.seed^h), hash.Mix(h+uint64(*n)))
	return d.rng
}
