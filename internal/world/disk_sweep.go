package world

import "time"

// diskStride is how many files one write of the amortised way looks at, or
// removes.
const diskStride = 16

// diskSweep is a cull that goes on from write to write: as in
// github.com/herdlab/herdlab/strategies/stores/filebased, whose comments say why. It looks at as many
// files as there were when it began, removes the expired, and then what comes next
// down to a third below.
type diskSweep struct {
	on   bool
	goal int
	look int
	hand diskHand
}

// step does the share of one write in a sweep and returns the CPU time that it
// costs.
func (d *Disk) step(now int64) (cost time.Duration) {
	w := &d.sweep
	if !w.on {
		n := len(d.tree.byName)
		if n < d.cfg.MaxEntries-d.cfg.MaxEntries/diskStride {
			return 0
		}
		*w = diskSweep{hand: w.hand, on: true, goal: n - n/d.cfg.CullFrequency, look: n}
		d.stats.Culls++
	}
	for range diskStride {
		name, ok := w.hand.next(d.tree)
		if !ok {
			break
		}
		cost += d.strike(w, d.tree.byName[name], now)
		if len(d.tree.byName) <= w.goal {
			w.on = false
			break
		}
	}
	return cost
}

// strike looks at a file, or removes it. It may have gone since it was listed.
func (d *Disk) strike(w *diskSweep, f *diskFile, now int64) time.Duration {
	cost, doomed := d.cfg.PerObject, w.look == 0
	if w.look > 0 {
		w.look--
		cost += d.cfg.PerOpen
		doomed = f != nil && f.expires <= now
	}
	if f != nil && doomed {
		d.tree.remove(f)
		d.stats.Culled++
		cost += d.cfg.PerDelete
	}
	return cost
}

// diskHand goes round a tree, from file to file in the order of their names, and
// lists a directory when it comes to it.
type diskHand struct {
	tops, leaves []byte
	files        []diskName
	top          byte
}

func (h *diskHand) next(t *diskTree) (name diskName, ok bool) {
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
			return diskName{}, false
		default:
			rounds++
			h.tops = t.list()
		}
	}
}
