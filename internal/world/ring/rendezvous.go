package ring

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/herdlab/herdlab/internal/hash"
)

// rendezvous gives a key to the node that has drawn the best lot for it, where
// the lot is a hash of key and node. A node that goes leaves all other lots as
// they were, so that only its own keys move.
type rendezvous struct {
	members []member // by name: the first of equal lots wins
	seeds   []uint64 // of members[i]
}

func newRendezvous(members []member) *rendezvous {
	r := &rendezvous{members: sortedByName(members)}
	for _, m := range r.members {
		r.seeds = append(r.seeds, hash.Mix(hash.FNV1a(m.name)))
	}
	return r
}

func (r *rendezvous) Owner(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	h := hash.FNV1a(key)
	best, top := 0, uint64(0)
	for i, seed := range r.seeds {
		if lot := hash.Mix(h ^ seed); lot > top {
			best, top = i, lot
		}
	}
	return r.members[best].index
}

// pymemcache is the rendezvous of pymemcache's HashClient: the lot is the MurmurHash3 of
// "node-key". Keys are ASCII, as that client has them unless it is told otherwise.
type pymemcache struct {
	members []member // by name, the last first: it wins where lots are equal
	labels  []string // of members[i], "node-"
}

func newPymemcache(members []member) *pymemcache {
	r := &pymemcache{members: slices.SortedFunc(slices.Values(members), func(a, b member) int { return cmp.Compare(b.name, a.name) })}
	for _, m := range r.members {
		r.labels = append(r.labels, m.name+"-")
	}
	return r
}

func (r *pymemcache) Owner(key string) int {
	if len(r.members) == 0 {
		return -1
	}
	var buf [320]byte
	best, top := 0, uint32(0)
	for i, label := range r.labels {
		if lot := murmur3(append(append(buf[:0], label...), key...)); lot > top {
			best, top = i, lot
		}
	}
	return r.members[best].index
}

// murmur3 is MurmurHash3_x86_32 (Austin Appleby, 2011) of seed 0.
func murmur3(text []byte) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h, length := uint32(0), uint32(len(text))
	for ; len(text) >= 4; text = text[4:] {
		h ^= bits.RotateLeft32(binary.LittleEndian.Uint32(text)*c1, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	var rest [4]byte // of what is missing the zeros change nothing
	copy(rest[:], text)
	h ^= bits.RotateLeft32(binary.LittleEndian.Uint32(rest[:])*c1, 15) * c2
	h ^= length
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
