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

func (Cull) Kind() Kind {
	return Kind{Name: "cull", Doc: "A timer has the file cache of every box culled, as by cull: manual"}
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
