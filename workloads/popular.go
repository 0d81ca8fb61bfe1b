package workloads

import "iter"

// Keys yields up to max keys of the finite populations, the most popular first:
// what a cache is warmed with. Classes are weighed by the requests they are
// expected to make. Keys that are asked once, those of traces and those of sessions
// are not among them. It does not touch the traffic.
func (w *Workload) Keys(max int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for it := range w.Items(max) {
			if !yield(it.Key) {
				return
			}
		}
	}
}

// Items is [Workload.Keys] with what else is known of each key.
func (w *Workload) Items(max int) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		var rows []*row
		for i, c := range w.classes {
			if c.keys != nil && !c.Session {
				rows = append(rows, &row{keys: c.keys, expected: c.expected, class: i})
			}
		}
		seen := make(map[string]bool) // classes of one prefix share keys
		for n := 0; n < max; {
			first := mostPopular(rows)
			if first == nil {
				return
			}
			key, size := first.keys.item(first.rank)
			first.rank++
			if len(rows) > 1 {
				if seen[key] {
					continue
				}
				seen[key] = true
			}
			if !yield(Item{key, size, first.class}) {
				return
			}
			n++
		}
	}
}

// row is one class's keys in their order.
type row struct {
	keys     *keyring
	expected float64 // requests of the class
	rank     uint64  // of its next key
	class    int
}

// mostPopular is the row whose next key is asked most, the earlier one where
// they tie, and nil when all are at their end.
func mostPopular(rows []*row) (first *row) {
	most := -1.0
	for _, r := range rows {
		if r.rank < r.keys.count {
			if n := r.expected * r.keys.share(r.rank); n > most {
				first, most = r, n
			}
		}
	}
	return first
}
