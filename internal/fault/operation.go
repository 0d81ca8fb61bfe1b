package fault

import (
	"fmt"
	"math"
	"slices"
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
	often := s.Disk && f.Every != 0 && f.Every < minCull
	return append(wrongIf(!s.Disk, "kind", "cull: the boxes have no file cache; write fleet.disk"),
		wrongIf(often, "every", "cull: every is %v, and must be %v at least, or 0 for once", f.Every, minCull)...)
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
	return wrongIf(s.Warmers == 0, "kind", "there is no warmer to stop: fleet.warmers has none")
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

// Readmit is what an operator does to an overloaded fleet: the balancer lets only a
// share of the requests in, and little by little everybody, so that the cache fills
// before all of them are there ("Drop Traffic" in chapter 22 of Site Reliability
// Engineering, O'Reilly 2016).
type Readmit struct {
	Moment `yaml:",inline"`

	For   time.Duration `yaml:"for" min:"0s" doc:"required: how long the share grows, evenly, until everybody is let in"`
	Share float64       `yaml:"share" default:"10%" unit:"share" min:"0" max:"1" doc:"share of the requests that the balancer lets in at first, and rejects the others at once; 0 is none"`
	Hold  time.Duration `yaml:"hold" min:"0s" doc:"how long that share stays before it grows"`
}

func (f Readmit) Times() (at, takes time.Duration) { return f.At, f.For }

func (f Readmit) Check(s Scene) []Problem {
	return append(behindFront(s, f, "the front lets everybody in"),
		wrongIf(f.For == 0, "", "readmit needs for, the time in which the share grows until everybody is let in")...)
}

func (f Readmit) Explain() string {
	begin := fmt.Sprintf("the balancer lets %s of the requests in", units.FormatShare(f.Share))
	if f.Share == 0 {
		begin = "the balancer rejects every request"
	}
	if f.Hold > 0 {
		begin += " for " + units.FormatDuration(f.Hold)
	}
	return begin + ", and then evenly more until everybody is let in"
}

func (f Readmit) Marks(s Scene) []Mark {
	return lasting(f.At, f.over(s), fmt.Sprintf("readmit from %g %%", math.Round(100*f.Share)))
}

// over is when everybody is let in. Without a hold the share grows at once; s.end takes
// no time at all for the end of the run.
func (f Readmit) over(s Scene) time.Duration {
	if f.Hold == 0 {
		return s.end(f.At, f.For)
	}
	return s.end(s.end(f.At, f.Hold), f.For)
}

// Holds is the balancer's door.
func (f Readmit) Holds(s Scene) []Hold {
	return []Hold{{From: f.At, To: f.over(s)}}
}

func (f Readmit) Schedule(w World, _ Scene, after After) {
	after(f.At, func() { w.Readmit(f) })
}

// Admitted is the share of the requests that is let in when so much time has passed
// since the order: it stays as it is for a while, and then grows evenly until everybody
// is let in.
func (f Readmit) Admitted(passed time.Duration) float64 {
	switch growing := passed - f.Hold; {
	case growing <= 0:
		return f.Share
	case growing >= f.For:
		return 1
	default:
		return f.Share + (1-f.Share)*float64(growing)/float64(f.For)
	}
}

// Readmits reports whether the balancer will have such an order, for which it has to
// decide about every request.
func Readmits(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { _, ok := f.(Readmit); return ok })
}
