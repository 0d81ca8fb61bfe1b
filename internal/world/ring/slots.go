package ring

import (
	"math"
	"strings"
)

// slotCount is CLUSTER_SLOTS of Redis.
const slotCount = 16384

// slots is the placement of Redis Cluster: a key has a slot, and a slot has a node.
type slots struct {
	owners [slotCount]int32
	table  [256]uint16 // of the CRC
}

// newSlots deals the slots to all nodes in ranges, as "redis-cli --cluster create" does,
// and those of a node that is not listed to the others in turn. A node that joins or
// leaves moves its own slots, then, and no others, as after a rebalance.
//
// A node that is down keeps its slots: no client of a cluster moves them, and nobody
// else does where it has no replica. The keys of other slots are served, which asks for
// cluster-require-full-coverage no.
func newSlots(f fleet) Ring {
	if len(f.listed) == 0 {
		return modulo{}
	}
	s := &slots{table: crc16Table()}
	listed := make([]bool, len(f.names))
	for _, m := range f.listed {
		listed[m.index] = true
	}
	share, cursor, orphans := slotCount/float32(len(f.names)), float32(0), 0 // redis-cli has a float, too
	slot := 0
	for i := range f.names {
		last := int(math.Round(float64(cursor + share - 1)))
		if i == len(f.names)-1 {
			last = slotCount - 1
		}
		for ; slot <= last; slot++ {
			owner := i
			if !listed[i] {
				owner = f.listed[orphans%len(f.listed)].index
				orphans++
			}
			s.owners[slot] = int32(owner)
		}
		cursor += share
	}
	return s
}

func (s *slots) Owner(key string) int { return int(s.owners[s.slot(key)]) }

// slot is that of a key by Redis's specification of the cluster: of what stands between
// the first brace and the next closing one, where anything does, and else of the whole.
func (s *slots) slot(key string) int {
	if from := strings.IndexByte(key, '{'); from >= 0 {
		if length := strings.IndexByte(key[from+1:], '}'); length > 0 {
			key = key[from+1 : from+1+length]
		}
	}
	var h uint16
	for i := range len(key) {
		h = h<<8 ^ s.table[byte(h>>8)^key[i]]
	}
	return int(h % slotCount)
}

// crc16Table is that of CRC-16/XMODEM, of polynomial 0x1021.
func crc16Table() (table [256]uint16) {
	for i := range table {
		h := uint16(i) << 8
		for range 8 {
			if h&0x8000 != 0 {
				h = h<<1 ^ 0x1021
			} else {
				h <<= 1
			}
		}
		table[i] = h
	}
	return table
}
