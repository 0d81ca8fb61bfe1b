package filebased

// stride is how many files one Set of the amortised mode looks at, or removes.
const stride = 16

// sweep is a cull that goes on from Set to Set. It begins so far below the limit
// that it has looked at every file before the limit is reached: each Set adds one
// and looks at stride.
//
// It has two parts. The first looks at as many files as there were when it began
// and removes what has expired. If that was not enough the second removes what
// comes next, whatever it is, down to the lower mark. The hand goes round the
// tree in the order of the hashes, which is no order of the keys, and goes on
// where it stopped: no entry is the first to die each time.
type sweep struct {
	hand hand
	goal int64 // the lower mark; of a sweep that goes on
	look int   // files that the first part has still to look at
	on   bool
}

// upper is how many entries begin a sweep.
func (c *Config) upper() int64 { return int64(c.MaxEntries - c.MaxEntries/stride) }

// due reports whether a sweep goes on, or is to begin.
func (s *Store) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sweep.on || s.entries.Load() >= s.cfg.upper()
}

// step does the share of one Set in a sweep.
func (s *Store) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &s.sweep
	if !w.on {
		n := s.entries.Load()
		if n < s.cfg.upper() {
			return
		}
		*w = sweep{hand: w.hand, on: true, goal: n - n/int64(s.cfg.CullFrequency), look: int(n)}
		s.culls.Add(1)
	}
	for range stride {
		name, ok := w.hand.next(&s.tree)
		if !ok {
			break
		}
		s.strike(w, name)
		if s.entries.Load() <= w.goal {
			w.on = false
			return
		}
	}
}

// strike looks at an entry, or removes it.
func (s *Store) strike(w *sweep, name string) {
	var gone bool
	if w.look > 0 {
		w.look--
		gone, _ = s.tree.removeIf(name, s.expired)
	} else {
		gone, _ = s.tree.remove(name)
	}
	if gone {
		s.entries.Add(-1)
		s.culled.Add(1)
	}
}

// hand goes round a tree, from entry to entry in the order of their names. It
// lists a directory when it comes to it.
type hand struct {
	tops, leaves, files []string // to come: in the tree, in top, in top/leaf
	top, leaf           string
}

// next is the next entry, after the last one the first. There is none in an empty
// tree.
func (h *hand) next(t *tree) (name string, ok bool) {
	for rounds := 0; ; {
		switch {
		case len(h.files) > 0:
			rest := h.files[0]
			h.files = h.files[1:]
			return h.top + h.leaf + rest, true
		case len(h.leaves) > 0:
			h.leaf, h.leaves = h.leaves[0], h.leaves[1:]
			h.files = t.list(h.top, h.leaf)
		case len(h.tops) > 0:
			h.top, h.tops = h.tops[0], h.tops[1:]
			h.leaves = t.list(h.top)
		case rounds == 2: // the first may have begun in the middle
			return "", false
		default:
			rounds++
			h.tops = t.list()
		}
	}
}
