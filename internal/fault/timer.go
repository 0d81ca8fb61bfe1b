package fault

import (
	"time"

	"github.com/herdlab/herdlab/internal/units"
)

// minCull keeps a timer from culling all the time.
const minCull = time.Second

// Cull is a timer that has the disk of every box culled, in place of the writes that
// otherwise pay for it. It walks on the cores that requests want, at all boxes at once.
type Cull struct {
	Moment `yaml:",inline"`

	Every time.Duration `yaml:"every" min:"0s" doc:"time from one to the next; 0 is once"`
}

func (f Cull) Check(s Scene) []Problem {
	switch {
	case !s.Disk:
		return wrong("kind", "cull: the boxes have no file cache; write fleet.disk")
	case f.Every != 0 && f.Every < minCull:
		return wrong("every", "cull: every is %v, and must be %v at least, or 0 for once", f.Every, minCull)
	}
	return nil
}

func (f Cull) Explain() string {
	again := ""
	if f.Every > 0 {
		again = ", and again every " + units.FormatDuration(f.Every)
	}
	return "every box opens all files of its disk cache, removes those that have expired, " +
		"and one in cull_frequency of the top-level directories where there still are max_entries" + again
}

func (f Cull) Marks(s Scene) (list []Mark) {
	for _, at := range f.turns(s) {
		list = append(list, Mark{Label: "cull by a timer", At: at})
	}
	return list
}

// turns are the times at which the timer is due.
func (f Cull) turns(s Scene) []time.Duration {
	list := []time.Duration{f.At}
	for at := f.At + f.Every; f.Every > 0 && at < s.Duration; at += f.Every {
		list = append(list, at)
	}
	return list
}

func (f Cull) Schedule(w World, s Scene, after After) {
	for _, at := range f.turns(s) {
		after(at, w.CullDisks)
	}
}

// WarmerStop is a crash of what computes values ahead of their readers. Nobody notices
// before the values that it stored have expired, and then they do so together.
type WarmerStop struct {
	Span `yaml:",inline"`
}

func (WarmerStop) Check(s Scene) []Problem {
	if s.Warmers > 0 {
		return nil
	}
	return wrong("kind", "there is no warmer to stop: fleet.warmers has none")
}

func (WarmerStop) Explain() string {
	return "the warmers stop in the middle of their runs, and begin no more"
}

func (f WarmerStop) Marks(s Scene) []Mark { return f.marks(s, "the warmers stop") }

// Holds is nothing: warmers that are stopped twice go on when both faults are over.
func (WarmerStop) Holds(Scene) []Hold { return nil }

// Schedule tells the warmers, which keep the time themselves: the same clock says when
// their runs are due.
func (f WarmerStop) Schedule(w World, _ Scene, after After) {
	w.StopWarmers(f.At, f.For)
	after(f.At, nothing)
}
