package fault

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/units"
)

// Problem is something that is wrong with a fault.
type Problem struct {
	Fault int      // its number in the scene; [Whole] is the list of them
	Field string   // as a path in the fault; "" is all of it
	Msg   string   // what is wrong and, where that is not plain, what to write
	Known []string // names of which the field's value was meant to be one; or nil
}

// Whole is in place of a fault's number where no single fault is wrong.
const Whole = -1

// wrong is the list of one problem.
func wrong(field, format string, args ...any) []Problem {
	return []Problem{{Field: field, Msg: fmt.Sprintf(format, args...)}}
}

// Check says what is wrong with the faults of a scene.
func Check(s Scene) []Problem {
	var list []Problem
	for i, f := range s.Faults {
		found := f.Check(s)
		if at, _ := f.Times(); at >= s.Duration {
			found = append(found, wrong("at", "the fault comes at %v, and the run ends at %v", at, s.Duration)...)
		}
		for _, p := range found {
			p.Fault = i
			list = append(list, p)
		}
	}
	return slices.Concat(list, checkOverlaps(s), checkRollouts(s), checkListings(s))
}

// Moot is a setting of a fault that has no effect beside another one. Written all the
// same, it is a mistake, unless a strategy's view of the scenario gives it one.
type Moot interface {
	Fault
	Moot() (field string, moot bool, why string)
}

// Hold is a state that a fault keeps something in until the fault ends.
type Hold struct {
	Family   string // of faults that put back the same state
	What     string // of several that the family can befall; empty where there is but one
	From, To time.Duration

	fault int // its number in the scene
}

// checkOverlaps refuses faults that hold the same thing at the same time, for the
// end of one would be the end of the other.
func checkOverlaps(s Scene) (list []Problem) {
	var longest Hold // so far, of the same thing
	for _, h := range holdsInOrder(s) {
		if h.Family != longest.Family || h.What != longest.What {
			longest = h
			continue
		}
		if h.overlaps(longest) {
			at, _ := s.Faults[longest.fault].Times()
			list = append(list, Problem{Fault: h.fault, Field: "at", Msg: fmt.Sprintf(
				"%s overlaps %s at %s, and the end of one would be the end of both: end that first, or make one of them",
				s.Faults[h.fault].Kind()+h.of(), s.earlier(h, longest), units.FormatDuration(at))})
		}
		if h.To > longest.To {
			longest = h
		}
	}
	return list
}

// holdsInOrder are the holds of all faults: those of one thing follow one another, in
// the order in which they begin.
func holdsInOrder(s Scene) (list []Hold) {
	for i, f := range s.Faults {
		for _, h := range f.Holds(s) {
			h.fault = i
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b Hold) int {
		return cmp.Or(cmp.Compare(a.Family, b.Family), cmp.Compare(a.What, b.What), cmp.Compare(a.From, b.From), cmp.Compare(a.fault, b.fault))
	})
	return list
}

// overlaps reports whether h, which does not begin before the other, begins while
// that goes on. At the instant of its end things happen in the order of the file.
func (h Hold) overlaps(other Hold) bool {
	return h.From < other.To || h.From == other.To && h.fault < other.fault
}

func (h Hold) of() string {
	if h.What == "" {
		return ""
	}
	return " of " + h.What
}

// earlier is the other fault in the words of a message about h.
func (s Scene) earlier(h, other Hold) string {
	if kind := s.Faults[other.fault].Kind(); kind != s.Faults[h.fault].Kind() {
		return "the " + kind
	}
	return "the one"
}

// behindFront refuses a fault that there cannot be behind a front.
func behindFront(s Scene, f Fault, why string) []Problem {
	if !s.Front {
		return nil
	}
	return wrong("kind", "there is no %s behind fleet.front: %s", f.Kind(), why)
}
