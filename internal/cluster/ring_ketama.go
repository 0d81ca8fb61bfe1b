package cluster

import (
	"cmp"
	"crypto/md5"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ketama is a circle of 2^32 places with some points of every node on it; a key
// belongs to the first point at or after its own hash. At equal weights a node
// has 160 points.
//
// Taking a node away moves no key of the others as long as the others keep their
// points. They do at equal weights (but see digests); at unequal ones every share
// is rounded anew, and a few keys of the others move.
type ketama struct {
	points []uint32 // ascending
	owners []int32  // of points[i]: an index into the nodes
}

var _ Ring = (*ketama)(nil)

// ketamaDialect is what the implementations of ketama disagree on.
type ketamaDialect struct {
	// label is the text that a node's points are the hashes of, before "-k".
	label func(name string) string

	// digests is how many MD5 sums, of 4 points each, a node gets that has the
	// given weight out of total, among n nodes: 40 in exact arithmetic if all
	// weights are equal. Both dialects divide in single precision and truncate,
	// so that some numbers of equal nodes come out at 39, which is 156 points; a
	// small enough weight gets none.
	digests func(weight, total, n int) int
}

// libketama is RJ/ketama at 18cf9a7, of 2007. The least number of equal nodes
// with 39 digests each is 61.
var libketama = ketamaDialect{
	label: func(name string) string { return name },
	digests: func(weight, total, n int) int {
		share := float32(weight) / float32(total)
		product := float64(float64(share)*40) * float64(n)
		return int(math.Floor(float64(float32(product))))
	},
}

// libmemcached is libmemcached 1.1.4 with KETAMA_WEIGHTED. It rounds at every
// step, and the 1e-10 it adds is lost in single precision: the least number of
// equal nodes with 39 digests each is 25.
var libmemcached = ketamaDialect{
	label: func(name string) string { return strings.TrimSuffix(name, ":11211") },
	digests: func(weight, total, n int) int {
		share := float32(weight) / float32(total)
		product := float32(float32(share*160)/4) * float32(n)
		return int(math.Floor(float64(float32(float64(product) + 1e-10))))
	},
}

// newKetama places the members on the circle. Two nodes may have a point in
// common; libketama leaves its owner to qsort, here it is the first by name.
func newKetama(members []ringMember, d ketamaDialect) *ketama {
	total := 0
	for _, m := range members {
		total += m.weight
	}
	type point struct {
		at    uint32
		owner int32
	}
	var circle []point
	for _, m := range sortedByName(members) {
		label := []byte(d.label(m.name) + "-")
		for k := range d.digests(m.weight, total, len(members)) {
			sum := md5.Sum(strconv.AppendInt(label, int64(k), 10))
			for part := 0; part < len(sum); part += 4 {
				circle = append(circle, point{binary.LittleEndian.Uint32(sum[part:]), int32(m.index)})
			}
		}
	}
	slices.SortStableFunc(circle, func(a, b point) int { return cmp.Compare(a.at, b.at) })

	r := &ketama{make([]uint32, len(circle)), make([]int32, len(circle))}
	for i, p := range circle {
		r.points[i], r.owners[i] = p.at, p.owner
	}
	return r
}

func (r *ketama) Node(key string) int {
	if len(r.points) == 0 {
		return -1
	}
	return int(r.owners[r.first(ketamaHash(key))])
}

// first is the index of the first point at or after h, round the circle.
func (r *ketama) first(h uint32) int {
	i, _ := slices.BinarySearch(r.points, h)
	if i == len(r.points) {
		return 0
	}
	return i
}

// ketamaHash is the place of a key on the circle. The buffer holds the longest
// key that memcached allows; a longer one is copied to the heap.
func ketamaHash(key string) uint32 {
	var buf [250]byte
	sum := md5.Sum(append(buf[:0], key...))
	return binary.LittleEndian.Uint32(sum[:])
}
