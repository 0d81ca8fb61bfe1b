package fault

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/spelling"
)

// BoxCrash is an application server whose process dies and is started again at once.
type BoxCrash struct {
	Moment `yaml:",inline"`

	Box int `yaml:"box" default:"0" min:"0" doc:"which one, from 0"`
}

// Kind is box-crash.
func (BoxCrash) Kind() string { return "box-crash" }

// Formerly is what scenarios called it before it had its name.
func (BoxCrash) Formerly() string { return "owner-crash" }

// Doc says what it is.
func (BoxCrash) Doc() string {
	return "A box crashes with its requests and its loads under way, and comes back at once; the locks that it held stay until their time is over"
}

// Check looks for the box.
func (f BoxCrash) Check(s Scene) []Problem { return checkBox(f.Box, s) }

// Explain says what becomes of the box.
func (f BoxCrash) Explain() string {
	return fmt.Sprintf("box %d crashes with its loads under way and comes back at once", f.Box)
}

// Marks are one instant.
func (f BoxCrash) Marks(Scene) []Mark { return f.instant(fmt.Sprintf("box %d crashes", f.Box)) }

// Holds is nothing.
func (BoxCrash) Holds(Scene) []Hold { return nil }

// Schedule crashes the box.
func (f BoxCrash) Schedule(w World, _ Scene, after After) {
	after(f.At, func() { w.CrashBox(f.Box) })
}

func (f BoxCrash) crashes() int { return f.Box }

// BoxLoss is an application server that is gone with its disk.
type BoxLoss struct {
	Span `yaml:",inline"`

	Box int `yaml:"box" default:"0" min:"0" doc:"which one, from 0"`
}

// Kind is box-loss.
func (BoxLoss) Kind() string { return "box-loss" }

// Doc says what it is.
func (BoxLoss) Doc() string {
	return "A box is gone, and refuses every request; one with nothing in its memory and on its disk takes its place"
}

// Check looks for the box.
func (f BoxLoss) Check(s Scene) []Problem { return checkBox(f.Box, s) }

// Explain says what becomes of the box.
func (f BoxLoss) Explain() string {
	return fmt.Sprintf("box %d is gone; in its place comes one with nothing in its memory and on its disk", f.Box)
}

// Marks are one, until the new box is there.
func (f BoxLoss) Marks(s Scene) []Mark { return f.marks(s, fmt.Sprintf("box %d lost", f.Box)) }

// Holds is the box.
func (f BoxLoss) Holds(s Scene) []Hold { return f.hold(s, f.Kind(), fmt.Sprintf("box %d", f.Box)) }

// Schedule takes the box away and puts a new one there.
func (f BoxLoss) Schedule(w World, _ Scene, after After) {
	f.during(after, func() { w.LoseBox(f.Box) }, func() { w.ReturnBox(f.Box) })
}

func (f BoxLoss) crashes() int { return f.Box }

// CrashingBoxes are the boxes that will lose what they are doing, for which a box has
// to keep a list of it.
func CrashingBoxes(faults []Fault) (boxes []int) {
	for _, f := range faults {
		if f, ok := f.(interface{ crashes() int }); ok {
			boxes = append(boxes, f.crashes())
		}
	}
	return boxes
}

func checkBox(i int, s Scene) []Problem {
	if i < s.Boxes {
		return nil
	}
	return wrong("box", "there is no box %d: the fleet has %s, counted from 0", i, spelling.Count(s.Boxes, "box"))
}
