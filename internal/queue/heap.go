// Package queue holds the two queues of a simulator: a heap, for what comes in
// the order of time, and a ring, for what comes in the order of arrival. Both
// reuse their memory. It knows nothing else of the lab.
package queue

import "math/bits"

// Entry is what a heap orders: by At, and where that ties by Seq. Who numbers
// what it pushes in Seq gets equal instants back in the order in which they were
// pushed.
type Entry[T any] struct {
	At    int64
	Seq   uint64
	Value T
}

// before reports whether a goes first.
func (a *Entry[T]) before(b *Entry[T]) bool { return a.less(b) == 1 }

// less is 1 where a goes first, and else 0. It subtracts the keys as numbers of 128 bits,
// At above Seq, and looks whether one had to be borrowed: a branch in its place would
// often be foreseen wrongly by the processor, and a sum in place of a choice never is.
// A callback among a thousand costs half as much again without it.
func (a *Entry[T]) less(b *Entry[T]) int {
	const sign = 1 << 63 // turned over, signed numbers are in the order of unsigned ones
	_, borrow := bits.Sub64(a.Seq, b.Seq, 0)
	_, borrow = bits.Sub64(uint64(a.At)^sign, uint64(b.At)^sign, borrow)
	return int(borrow)
}

// Heap is a 4-ary min-heap: half as deep as a binary one, and the four children
// of a place lie in two or three cache lines. The key is in the entry and not
// behind a method, because the comparison is the whole cost: a call for each would
// double it. The zero Heap is empty.
//
//	place           0
//	           1  2  3  4
//	    5 .. 8  9 .. 12  13 .. 16  17 .. 20
type Heap[T any] struct{ entries []Entry[T] }

// Len is the number of entries.
func (h *Heap[T]) Len() int { return len(h.entries) }

// Min is the first entry, valid until the heap changes. There must be one.
func (h *Heap[T]) Min() *Entry[T] { return &h.entries[0] }

// Push adds an entry.
func (h *Heap[T]) Push(e Entry[T]) {
	h.entries = append(h.entries, e)
	h.rise(len(h.entries)-1, e)
}

// Pop takes the first entry out. There must be one.
func (h *Heap[T]) Pop() Entry[T] {
	top := h.entries[0]
	e := h.shrink()
	if len(h.entries) > 0 {
		h.sink(0, e)
	}
	return top
}

// Replace puts another entry in the place of the first one, which costs half of
// what Pop and Push do.
func (h *Heap[T]) Replace(e Entry[T]) { h.sink(0, e) }

// Drop takes entries out that have become void: those that come first, and all of them
// once there are more than most entries. Who wants to change an entry in the middle, or
// to remove it, leaves it there as a void one, which costs less than to know its place.
func (h *Heap[T]) Drop(void func(*Entry[T]) bool, most int) {
	if len(h.entries) > most {
		all := h.entries
		h.entries = nil
		for i := range all {
			if !void(&all[i]) {
				h.Push(all[i])
			}
		}
	}
	for len(h.entries) > 0 && void(&h.entries[0]) {
		h.Pop()
	}
}

// shrink cuts the last entry off, for another place.
func (h *Heap[T]) shrink() Entry[T] {
	last := len(h.entries) - 1
	e := h.entries[last]
	h.entries[last] = Entry[T]{} // it may hold what nobody else does
	h.entries = h.entries[:last]
	return e
}

// rise puts e at a place or above it.
func (h *Heap[T]) rise(i int, e Entry[T]) {
	q := h.entries
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&q[parent]) {
			break
		}
		q[i] = q[parent]
		i = parent
	}
	q[i] = e
}

// sink puts e at a place or below it.
func (h *Heap[T]) sink(i int, e Entry[T]) {
	q := h.entries
	for {
		child := 4*i + 1
		if child >= len(q) {
			break
		}
		least := child
		if child+4 <= len(q) { // the least of two pairs, and of both
			a, b := child+q[child+1].less(&q[child]), child+2+q[child+3].less(&q[child+2])
			least = a + (b-a)*q[b].less(&q[a])
		} else {
			for c := child + 1; c < len(q); c++ {
				if q[c].before(&q[least]) {
					least = c
				}
			}
		}
		if !q[least].before(&e) {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = e
}
