package sim

// scheduled is an entry of the event list: task is due at an instant, unless
// it has had another turn by then. Ties break by seq, the order of scheduling.
type scheduled struct {
	at   int64
	seq  uint64
	task *task
	turn uint32
}

func (a *scheduled) before(b *scheduled) bool {
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

// heap is a 4-ary min-heap: half as deep as a binary one, and the four
// children of a node lie in two cache lines.
type heap []scheduled

func (h *heap) push(e scheduled) {
	*h = append(*h, e)
	q := *h
	i := len(q) - 1
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

func (h *heap) pop() scheduled {
	q := *h
	top := q[0]
	last := len(q) - 1
	e := q[last]
	q[last].task = nil
	q = q[:last]
	*h = q
	if last == 0 {
		return top
	}
	i := 0
	for {
		child := 4*i + 1
		if child >= last {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, last); c++ {
			if q[c].before(&q[least]) {
				least = c
			}
		}
		if !q[least].before(&e) {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = e
	return top
}

// queue is a ring buffer of what is due at this instant.
type queue struct {
	ring []scheduled // its length is a power of two
	head int
	n    int
}

func (q *queue) push(e scheduled) {
	if q.n == len(q.ring) {
		grown := make([]scheduled, max(16, 2*len(q.ring)))
		for i := range q.n {
			grown[i] = q.ring[(q.head+i)&(len(q.ring)-1)]
		}
		q.ring, q.head = grown, 0
	}
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = e
	q.n++
}

func (q *queue) pop() scheduled {
	e := q.ring[q.head]
	q.ring[q.head].task = nil
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	return e
}
