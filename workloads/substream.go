package workloads

import (
	"math/rand/v2"

	"github.com/herdlab/herdlab/internal/hash"
)

// Substream returns the stream of random numbers that belongs to a purpose
// under a seed: "arrivals/page", "origin", "strategy/box3". Streams of different
// names or seeds have nothing to do with one another, so that drawing more of
// one changes none of the others. What a name and a seed give is the same for
// ever and on every machine.
//
// The generator is PCG-DXSM of math/rand/v2. Its state is the name, hashed with
// 64-bit FNV-1a, and the seed, both spread by the finalizer of SplitMix64
// (Steele, Lea and Flood, 2014) because names and seeds tend to be neighbours.
// No two pairs of seed and hash have the same state.
func Substream(seed uint64, name string) *rand.Rand {
	return rand.New(substream(seed, name))
}

func substream(seed uint64, name string) *rand.PCG {
	hi := mix(seed ^ hash.FNV1a(name))
	return rand.NewPCG(hi, mix(hi+seed))
}

// mix is the finalizer of SplitMix64 after one step of its counter: a permutation
// of the 64-bit numbers that does not take 0 to 0.
func mix(x uint64) uint64 { return hash.Mix(x + 0x9e3779b97f4a7c15) }

// unit makes of 64 random bits a number in [0, 1), a multiple of 2^-53.
func unit(bits uint64) float64 { return float64(bits>>11) * 0x1p-53 }

// positiveUnit makes of 64 random bits a number in (0, 1], one that has a
// logarithm.
func positiveUnit(bits uint64) float64 { return float64(bits>>11+1) * 0x1p-53 }

// share is a probability in a form that 64 random bits are compared with.
type share uint64

// shareOf clips p to [0, 1].
func shareOf(p float64) share {
	switch {
	case !(p > 0):
		return 0
	case p >= 1:
		return 1<<64 - 1
	}
	return share(p * 0x1p64)
}

// hit reports whether an event of this probability happens. A share of one is
// never missed, and a share of zero draws nothing.
func (s share) hit(stream *rand.PCG) bool {
	return s > 0 && (stream.Uint64() <= uint64(s))
}
