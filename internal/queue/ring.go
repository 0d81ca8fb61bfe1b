package queue

// Ring is a first-in-first-out queue. It grows by doubling and never shrinks, so
// that one whose length stays within bounds soon allocates nothing. The zero Ring
// is empty.
//
//	       head          head+n
//	|  |  |##|##|##|##|##|  |  |     places are taken modulo the length
type Ring[T any] struct {
	places []T // their number is a power of two
	head   int
	n      int
}

// Len is the number of values.
func (r *Ring[T]) Len() int { return r.n }

// Front is the first value, valid until the ring changes. There must be one.
func (r *Ring[T]) Front() *T { return &r.places[r.head] }

// Push adds a value at the end.
func (r *Ring[T]) Push(v T) {
	if r.n == len(r.places) {
		r.grow()
	}
	r.places[(r.head+r.n)&(len(r.places)-1)] = v
	r.n++
}

func (r *Ring[T]) grow() {
	grown := make([]T, max(16, 2*len(r.places)))
	for i := range r.n {
		grown[i] = r.places[(r.head+i)&(len(r.places)-1)]
	}
	r.places, r.head = grown, 0
}

// Pop takes the first value out. There must be one.
func (r *Ring[T]) Pop() T {
	v := r.places[r.head]
	var zero T
	r.places[r.head] = zero // it may hold what nobody else does
	r.head = (r.head + 1) & (len(r.places) - 1)
	r.n--
	return v
}
