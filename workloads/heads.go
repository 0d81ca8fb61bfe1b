package workloads

import "time"

// head is the next instant of a class. The heads are a binary heap.
type head struct {
	at    time.Duration
	class int
}

// before orders by time, and by class where the times tie.
func (h head) before(o head) bool { return h.at < o.at || h.at == o.at && h.class < o.class }

// push adds a head.
func (w *Workload) push(h head) {
	w.heads = append(w.heads, h)
	for i := len(w.heads) - 1; i > 0; {
		parent := (i - 1) / 2
		if !w.heads[i].before(w.heads[parent]) {
			return
		}
		w.heads[i], w.heads[parent] = w.heads[parent], w.heads[i]
		i = parent
	}
}

// sink puts the first head, which has changed, in its place.
func (w *Workload) sink() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(w.heads) {
			return
		}
		if right := child + 1; right < len(w.heads) && w.heads[right].before(w.heads[child]) {
			child = right
		}
		if !w.heads[child].before(w.heads[i]) {
			return
		}
		w.heads[i], w.heads[child] = w.heads[child], w.heads[i]
		i = child
	}
}
