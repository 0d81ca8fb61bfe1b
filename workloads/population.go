package workloads

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Item is a key with the size of its value.
type Item struct {
	Key   string
	Size  int // in bytes
	Class int // index of the class that asks for it, as given to [New]
}

// Population yields all the keys of a class, the most popular first; none for a
// bystander or a trace. It does not touch the traffic.
func (w *Workload) Population(class int) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		keys := w.classes[class].keys
		if keys == nil {
			return
		}
		for rank := range keys.count {
			key, size := keys.item(rank)
			if !yield(Item{key, size, class}) {
				return
			}
		}
	}
}

// Items yields up to max keys of the finite populations, the most popular first:
// what a cache is warmed with. Classes are weighed by the requests they are
// expected to make. Keys that are asked once, those of traces and those of
// sessions are not among them. It does not touch the traffic.
func (w *Workload) Items(max int) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		var rows []*row
		for i, c := range w.classes {
			if c.keys != nil && !c.Session {
				rows = append(rows, &row{keys: c.keys, expected: c.expected, class: i})
			}
		}
		several := len(rows) > 1
		seen := make(map[string]bool) // classes of one prefix share keys
		for n := 0; n < max; {
			rows = slices.DeleteFunc(rows, func(r *row) bool { return r.rank == r.keys.count })
			if len(rows) == 0 {
				return
			}
			first := slices.MaxFunc(rows, func(a, b *row) int { return cmp.Compare(a.popularity(), b.popularity()) })
			key, size := first.keys.item(first.rank)
			first.rank++
			if several {
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

// Rank is the place of a key by popularity, as a [Request] for it has it. It does not
// touch the traffic, and may be asked for at any time.
func (w *Workload) Rank(key string) int {
	at := strings.LastIndexByte(key, ':')
	number, err := strconv.ParseUint(key[at+1:], 10, 63)
	if err != nil {
		return 0
	}
	for _, c := range w.classes {
		if keys := c.keys; keys != nil && keys.prefix == key[:at+1] && number < keys.count {
			return keys.place(keys.number.rankOf(number))
		}
	}
	return 0
}

// row is one class's keys in their order.
type row struct {
	keys     *keyring
	expected float64 // requests of the class
	rank     uint64  // of its next key
	class    int
}

// popularity is how many requests ask for the next key. Of rows that tie the earlier
// one goes first.
func (r *row) popularity() float64 { return r.expected * r.keys.share(r.rank) }
