package disk

import "time"

// stride is how many files one write of the amortised way looks at, or
// removes.
const stride = 16

// sweep is a cull that goes on from write to write: as in
// github.com/herdlab/herdlab/strategies/stores/filebased, whose comments say why. It looks at as many
// files as there were when it began, removes the expired, and then what comes next
// down to a third below.
type sweep struct {
	on   bool
	goal int
	look int
	hand hand
}

// step does the share of one write in a sweep and returns the CPU time that it
// costs. A sweep begins a little below the limit, so that it is over before the limit
// is reached: no write ever walks the whole disk, which is the point of this way.
func (d *Disk) step(now int64) (cost time.Duration) {
	w := &d.sweep
	if !w.on {
		n := len(d.files.byName)
		if n < d.cfg.MaxEntries-d.cfg.MaxEntries/stride {
			return 0
		}
		*w = sweep{hand: w.hand, on: true, goal: n - n/d.cfg.CullFrequency, look: n}
		d.stats.Culls++
	}
	for range stride {
		name, ok := w.hand.next(d.files)
		if !ok {
			break
		}
		cost += d.strike(w, d.files.byName[name], now)
		if len(d.files.byName) <= w.goal {
			w.on = false
			break
		}
	}
	return cost
}

// strike looks at a file, or removes it: the first round of a sweep (look files) takes
// the expired, and if these were too few the next takes whatever comes. The file may
// have gone since it was listed, which costs the walk and no removal.
func (d *Disk) strike(w *sweep, f *file, now int64) time.Duration {
	cost, doomed := d.cfg.PerObject, w.look == 0
	if w.look > 0 {
		w.look--
		cost += d.cfg.PerOpen
		doomed = f != nil && f.expires <= now
	}
	if f != nil && doomed {
		d.files.remove(f)
		d.stats.Culled++
		cost += d.cfg.PerDelete
	}
	return cost
}

// hand goes round a tree, as that of CLOCK goes round a cache, from file to file in the order of their names, and
// lists a directory when it comes to it.
type hand struct {
	tops, leaves []byte
	files        []fileName
	top          byte
}

// next is the file after the last one, and not ok on an empty disk. What is written
// into a directory that is already listed is met in the next round.
func (h *hand) next(t *tree) (name fileName, ok bool) {
	for rounds := 0; ; {
		switch {
		case len(h.files) > 0:
			name, h.files = h.files[0], h.files[1:]
			return name, true
		case len(h.leaves) > 0:
			h.files, h.leaves = t.files(h.top, h.leaves[0]), h.leaves[1:]
		case len(h.tops) > 0:
			h.top, h.tops = h.tops[0], h.tops[1:]
			h.leaves = t.leaves(h.top)
		case rounds == 2: // the first may have begun in the middle
			return fileName{}, false
		default:
			rounds++
			h.tops = t.list()
		}
	}
}
