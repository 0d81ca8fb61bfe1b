package reports

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

// heap of names that would touch, one above the other.
type heap struct {
	names  []*named
	bottom vg.Length // middle of the lowest
}

// settle puts the middle of the heap to that of its points, within low and high.
func (h *heap) settle(low, high vg.Length) {
	sum := vg.Length(0)
	for _, n := range h.names {
		sum += n.at.Y
	}
	size := vg.Length(len(h.names))
	h.bottom = sum/size - (size-1)*nameHeight/2
	h.bottom = max(min(h.bottom, high-(size-1)*nameHeight), low)
}

// pile moves the names at the ends of curves up and down, as little as it can,
// until none touches another.
func pile(list []named, low, high vg.Length) {
	var ends []*named
	for i := range list {
		if list[i].atEnd && !gap(list[i].at) {
			ends = append(ends, &list[i])
		}
	}
	slices.SortStableFunc(ends, func(a, b *named) int { return cmp.Compare(a.at.Y, b.at.Y) })
	var heaps []*heap
	for _, n := range ends {
		next := &heap{names: []*named{n}}
		next.settle(low, high)
		for len(heaps) > 0 {
			below := heaps[len(heaps)-1]
			if below.bottom+vg.Length(len(below.names))*nameHeight <= next.bottom {
				break
			}
			next.names = append(below.names, next.names...)
			next.settle(low, high)
			heaps = heaps[:len(heaps)-1]
		}
		heaps = append(heaps, next)
	}
	for _, h := range heaps {
		for i, n := range h.names {
			n.spot.Y = h.bottom + vg.Length(i)*nameHeight
		}
	}
}
