package world

// fifo is a first-in-first-out queue that reuses its memory.
type fifo[T any] struct {
	buf  []T // its length is a power of two
	head int
	n    int
}

func (r *fifo[T]) push(v T) {
	if r.n == len(r.buf) {
		grown := make([]T, max(16, 2*len(r.buf)))
		for i := range r.n {
			grown[i] = r.buf[(r.head+i)&(len(r.buf)-1)]
		}
		r.buf, r.head = grown, 0
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = v
	r.n++
}

func (r *fifo[T]) front() *T { return &r.buf[r.head] }

func (r *fifo[T]) pop() T {
	v := r.buf[r.head]
	var zero T
	r.buf[r.head] = zero
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	return v
}
