package ring

import (
	"math/bits"

	"github.com/herdlab/herdlab/internal/hash"
)

// rendezvous gives a key to the node that has drawn the best lot for it, where
// the lot is a hash of key and node. A node that goes leaves all other lots as
// they were, so that only its own keys move, whatever the weights.
type rendezvous struct {
	members []member // by name: the first of equal lots wins
	seeds   []uint64 // of members[i]
	equal   bool     // all weights are
}

var _ Ring = (*rendezvous)(nil)

func newRendezvous(members []member) *rendezvous {
	r := &rendezvous{members: sortedByName(members), equal: true}
	for _, m := range r.members {
		r.seeds = append(r.seeds, hash.Mix(hash.FNV1a(m.name)))
		r.equal = r.equal && m.weight == r.members[0].weight
	}
	return r
}

func (r *rendezvous) Owner(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	h := hash.FNV1a(key)
	best := 0
	if r.equal {
		best = r.highest(h)
	} else {
		best = r.highestWeighted(h)
	}
	return r.members[best].index
}

// highest is the member with the highest lot.
func (r *rendezvous) highest(h uint64) int {
	best, top := 0, uint64(0)
	for i, seed := range r.seeds {
		if lot := hash.Mix(h ^ seed); lot > top {
			best, top = i, lot
		}
	}
	return best
}

// highestWeighted is the member with the least -log(lot)/weight, which makes
// every share proportional to its weight (Schindelhauer and Schomaker, "Weighted
// distributed hash tables", 2005). Ties go to the higher lot, so that among equal
// weights the order is that of highest.
func (r *rendezvous) highestWeighted(h uint64) int {
	best, top, least := 0, uint64(0), uint64(0)
	for i, seed := range r.seeds {
		lot := hash.Mix(h ^ seed)
		cost := minusLog2(lot)
		// cost/weight < least/bestWeight, multiplied out: 39 and 25 bits fit.
		mine := cost * uint64(r.members[best].weight)
		theirs := least * uint64(r.members[i].weight)
		if i == 0 || mine < theirs || mine == theirs && lot > top {
			best, top, least = i, lot, cost
		}
	}
	return best
}

// minusLog2 is -log2(x / 2^64) with 32 binary places, rounded up: at most 64<<32.
// It is computed in integers, since math.Log may differ in the last bit from one
// processor to the next, and a ring may not.
func minusLog2(x uint64) uint64 {
	if x == 0 {
		return 64 << 32
	}
	zeros := bits.LeadingZeros64(x)
	m := x << zeros // the mantissa, 1 <= m/2^63 < 2
	var fraction uint64
	for range 32 { // squaring doubles the logarithm: its next bit is the carry
		high, low := bits.Mul64(m, m)
		fraction <<= 1
		if high>>63 == 1 {
			fraction |= 1
			m = high
		} else {
			m = high<<1 | low>>63
		}
	}
	return uint64(zeros+1)<<32 - fraction
}
