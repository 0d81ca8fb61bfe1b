package workloads

import "iter"

// checkCache checks which cache a class uses, and for what.
func (c Class) checkCache() error {
	switch {
	case c.Bystander() && c.Cache != "" && c.Cache != "default":
		return fault("cache", "the class has no keys, and so needs no cache: remove it, or give the class keys")
	case c.Session && c.Cache == "none":
		return fault("cache", "sessions live in a cache: name another one than none")
	case !c.Session:
	case c.Keys == nil:
		return fault("session", "sessions have keys, and this class names none: give it keys")
	case c.Keys.OneHit > 0:
		return fault("keys.one_hit", "a key that is asked once is no session: nobody has logged in with it")
	}
	return nil
}

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
