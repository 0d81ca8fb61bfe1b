package ring

import (
	"slices"
	"strconv"
)

// ketama is a circle of 2^32 places with some points of every node on it; a key
// belongs to the first point at or after its own hash.
//
// Taking a node away moves no key of the others as long as the others keep their
// points. They do at equal weights (but see digests); at unequal ones every share
// is rounded anew, and a few keys of the others move.
type ketama struct {
	points []uint32 // ascending
	owners []int32  // of points[i]: an index into the nodes
	hash   func(key string) uint32
	parts  [1 << (32 - partShift)]int32 // where the search in points begins
	recent recent
}

// newKetama places the members on the circle. Two nodes may have a point in
// common; libketama leaves its owner to qsort, here it is the first by name.
func newKetama(members []member, d ketamaDialect) *ketama {
	total := 0
	for _, m := range members {
		total += m.weight
	}
	ranked := sortedByName(members)
	var circle []uint64 // a point's place, and below it the rank of its owner, which breaks ties
	var at []uint32
	for rank, m := range ranked {
		for _, p := range d.places(at[:0], m, total, len(members)) {
			circle = append(circle, uint64(p)<<32|uint64(rank))
		}
	}
	slices.Sort(circle)

	r := &ketama{points: make([]uint32, len(circle)), owners: make([]int32, len(circle)), hash: d.hash}
	for i, p := range circle {
		r.points[i], r.owners[i] = uint32(p>>32), int32(ranked[uint32(p)].index)
	}
	r.parts = partsOf(r.points)
	return r
}

// places appends the points of a member, whose weight is a share of total, among n.
func (d ketamaDialect) places(at []uint32, m member, total, n int) []uint32 {
	if d.chain != nil {
		return d.chain(at, m.name)
	}
	label := []byte(d.label(m.name) + "-")
	for k := range d.texts(m.weight, total, n) {
		at = d.points(at, strconv.AppendInt(label, int64(k), 10))
	}
	return at
}

func (r *ketama) Owner(key string) int {
	if len(r.points) == 0 {
		return -1
	}
	return r.recent.owner(key, r.compute)
}

// compute finds the owner of key on the circle.
func (r *ketama) compute(key string) int { return int(r.owners[r.first(r.hash(key))]) }

// first is the index of the first point at or after h, round the circle.
func (r *ketama) first(h uint32) int {
	i := int(r.parts[h>>partShift])
	for i < len(r.points) && r.points[i] < h {
		i++
	}
	if i == len(r.points) {
		return 0
	}
	return i
}

// The circle is cut into 1024 equal parts. A search begins with the first point at or
// after the beginning of a key's part, and ends a few points on: four nodes have 640.
const partShift = 32 - 10

// partsOf finds the first point at or after the beginning of each part.
func partsOf(points []uint32) (parts [1 << (32 - partShift)]int32) {
	at := 0
	for i := range parts {
		for at < len(points) && points[at] < uint32(i)<<partShift {
			at++
		}
		parts[i] = int32(at)
	}
	return parts
}
