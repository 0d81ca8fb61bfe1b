package live

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/stores/filebased"
)

// disks are the file caches of a world's boxes.
type disks struct {
	dir  string
	of   []*disk
	hear func(DiskTimes)   // or nil
	last []world.DiskStats // at the end
}

// DiskTimes is what the real disks took in one run, for the model to take as long.
// What was never done is zero.
type DiskTimes struct{ PerObject, PerOpen, PerDelete, Read, Write time.Duration }

// makeDisks gives every box a directory, where the scenario wants it.
func (w *World) makeDisks() (err error) {
	if w.sc.Fleet.Disk == nil {
		return nil
	}
	w.disks.hear = w.cfg.Disk
	if w.disks.dir, err = os.MkdirTemp(w.cfg.Dir, "herdlab-disks-"); err != nil {
		return fmt.Errorf("the disks of the boxes: %w", err)
	}
	for i, b := range w.boxes {
		d, err := newDisk(w.ctx, *w.sc.Fleet.Disk, b.box, filepath.Join(w.disks.dir, fmt.Sprint("box", i)), w.parts.Size)
		if err != nil {
			return fmt.Errorf("the disk of box %d: %w", i, err)
		}
		w.disks.of = append(w.disks.of, d)
	}
	return nil
}

// settle counts for the last time and tells what the disks took.
func (w *World) settleDisks() {
	var sum filebased.Stats
	for i, d := range w.disks.of {
		s, err := d.stats()
		if err != nil {
			w.note("the disk of box %d: %v", i, err)
		}
		w.disks.last = append(w.disks.last, s)
		d.mu.Lock()
		sum = sum.Plus(d.past).Plus(d.store.Stats())
		d.mu.Unlock()
	}
	if w.disks.hear != nil && len(w.disks.of) > 0 {
		w.disks.hear(DiskTimes{sum.Visited.Mean(), sum.Opened.Mean(), sum.Removed.Mean(), sum.Read.Mean(), sum.Written.Mean()})
	}
}

// remove removes the directories. What is under way may still write to them, so
// that it is to be called once more when all has ended.
func (d *disks) remove() {
	if d.dir != "" {
		_ = os.RemoveAll(d.dir)
	}
}

// reportDisks adds the disks to what a world counted.
func (w *World) reportDisks(r *world.Report) {
	for i, s := range w.disks.last {
		r.AddDisk(s)
		r.Cache.Errors += w.disks.of[i].errors.Load()
	}
}

// cull has the disks of all boxes culled at once, as a timer does.
func (w *World) cullDisks() {
	var all sync.WaitGroup
	for i, d := range w.disks.of {
		all.Go(func() {
			if err := d.force(w.ctx); err != nil {
				w.note("cull of box %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// Sample is every box as it is now.
func (w *World) Sample() []world.BoxSample {
	list := make([]world.BoxSample, len(w.boxes))
	for i, b := range w.boxes {
		list[i] = world.BoxSample{CPU: b.box.Demand(), In: w.balancer.Uses(b.box)}
		if w.disks.of != nil {
			list[i].Entries = w.disks.of[i].entries()
		}
	}
	return list
}

// clusterBoxes are the boxes without what is around them.
func (w *World) clusterBoxes() (list []*world.Box) {
	for _, b := range w.boxes {
		list = append(list, b.box)
	}
	return list
}
