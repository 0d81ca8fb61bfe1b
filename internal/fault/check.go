package fault

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// Problem is something that is wrong with a fault. Where it is written only the loader
// knows, which adds file, line and column.
type Problem struct {
	Fault int      // its number in the scene, or [Whole]
	Field string   // as a path in the fault; "" is all of it
	Msg   string   // what is wrong and, where that is not plain, what to write
	Known []string // names of which the field's value was meant to be one; or nil
}

// Whole stands for a fault's number where no single fault is wrong.
const Whole = -1

// wrongIf is a list of one problem, or of none.
func wrongIf(is bool, field, format string, args ...any) []Problem {
	if !is {
		return nil
	}
	return []Problem{{Field: field, Msg: fmt.Sprintf(format, args...)}}
}

// Check finds what is wrong with the faults of a scene: with each of them by itself, and
// then with those that get in each other's way.
func Check(s Scene) []Problem {
	var list []Problem
	for i, f := range s.Faults {
		at, _ := f.Times()
		for _, p := range append(f.Check(s), wrongIf(at >= s.Duration, "at", "the fault comes at %v, and the run ends at %v", at, s.Duration)...) {
			p.Fault = i
			list = append(list, p)
		}
	}
	_, deploys := rollouts(s)
	return slices.Concat(list, checkOverlaps(s), deploys, checkListings(s))
}

// checkNumber looks for the i-th box or node, from 0, among the n that a whole has.
func checkNumber(field, word, whole string, i, n int) []Problem {
	return wrongIf(i >= n, field, "there is no %s %d: the %s has %s, counted from 0", word, i, whole, spelling.Count(n, word))
}

// behindFront refuses a fault that there cannot be behind a front.
func behindFront(s Scene, f Fault, why string) []Problem {
	return wrongIf(s.Front, "kind", "there is no %s behind fleet.front: %s", KindOf(f).Name, why)
}

// Moot is a fault with a setting that has no effect beside another one. If a scenario
// writes it all the same, that is a mistake.
type Moot interface {
	Fault
	Moot() (field string, moot bool, why string)
}

// Hold is a thing that a fault keeps in a state until the fault ends, and then puts
// back into the state that it should have.
type Hold struct {
	Family   string // of faults that put back the same state; by default their kind
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
			list = append(list, h.problem(s, longest))
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
			h.fault, h.Family = i, cmp.Or(h.Family, KindOf(f).Name)
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

// problem says what is wrong with h beside an earlier hold of the same thing.
func (h Hold) problem(s Scene, earlier Hold) Problem {
	late, early := KindOf(s.Faults[h.fault]).Name, KindOf(s.Faults[earlier.fault]).Name
	what, which := late, "the one"
	if h.What != "" {
		what += " of " + h.What
	}
	if early != late {
		which = "the " + early
	}
	at, _ := s.Faults[earlier.fault].Times()
	const format = "%s overlaps %s at %s, and the end of one would be the end of both: end that first, or make one of them"
	return Problem{Fault: h.fault, Field: "at", Msg: fmt.Sprintf(format, what, which, units.FormatDuration(at))}
}
