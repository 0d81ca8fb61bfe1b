package fault

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
)

// The faults of the origin hold a field of its state each, so that those of different
// kinds may go on at the same time. Every scene has an origin: there is nothing to
// check.

// OfOrigin reports whether a fault befalls the origin and nothing else: its effect is a
// change of [OriginState].
func OfOrigin(f Fault) bool {
	switch f.(type) {
	case SlowOrigin, OriginHang, OriginErrors, OriginDown, InvalidValue:
		return true
	}
	return false
}

// SlowOrigin is an origin whose loads take longer. Loads under way have their time
// already.
type SlowOrigin struct {
	Span `yaml:",inline"`

	Factor float64 `yaml:"factor" default:"10" min:"1" max:"1000000" doc:"how many times longer a load takes"`
}

func (SlowOrigin) Check(Scene) []Problem { return nil }
func (f SlowOrigin) Explain() string {
	return fmt.Sprintf("the origin is %s times slower", units.FormatNumber(f.Factor))
}
func (f SlowOrigin) Marks(s Scene) []Mark {
	return f.marks(s, fmt.Sprintf("origin %g times slower", f.Factor))
}
func (f SlowOrigin) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Factor = f.Factor }, func(o *OriginState) { o.Factor = 1 })
}

// OriginHang is an origin that stands still: a fail-over, a lock on a table, a disk that
// does not answer. Loads under way and those that come wait for the end of it, and then go
// on where they were, as none that begins in the window and takes its whole time anew
// under [SlowOrigin] does.
type OriginHang struct {
	Span `yaml:",inline"`
}

func (OriginHang) Check(Scene) []Problem { return nil }
func (OriginHang) Explain() string {
	return "the origin stands still, and then goes on with what was under way and what came meanwhile"
}
func (f OriginHang) Marks(s Scene) []Mark { return f.marks(s, "origin hangs") }
func (f OriginHang) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Hangs = true }, func(o *OriginState) { o.Hangs = false })
}

// OriginErrors is an origin some of whose loads fail, after the time that they take.
// A strategy that does not keep the failure computes the key again for the next who
// asks.
type OriginErrors struct {
	Span `yaml:",inline"`

	Errors float64 `yaml:"errors" default:"1" unit:"share" min:"0" max:"1" doc:"share of the loads that fail, beside those of fleet.origin.errors"`
}

func (OriginErrors) Check(Scene) []Problem  { return nil }
func (f OriginErrors) Explain() string      { return units.FormatShare(f.Errors) + " of the loads fail" }
func (f OriginErrors) Marks(s Scene) []Mark { return f.marks(s, KindOf(f).Name) }
func (f OriginErrors) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Errors = f.Errors }, func(o *OriginState) { o.Errors = 0 })
}

// OriginDown is an origin that is not there. Loads under way fail when their time is
// over.
type OriginDown struct {
	Span `yaml:",inline"`
}

func (OriginDown) Check(Scene) []Problem  { return nil }
func (OriginDown) Explain() string        { return "every load fails" }
func (f OriginDown) Marks(s Scene) []Mark { return f.marks(s, KindOf(f).Name) }
func (f OriginDown) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Down = true }, func(o *OriginState) { o.Down = false })
}

// InvalidValue is an origin that answers what no program can use: a page without its
// content, a truncated document. To a cache that does not look it is a value.
type InvalidValue struct {
	Span `yaml:",inline"`
}

func (InvalidValue) Check(Scene) []Problem { return nil }
func (InvalidValue) Explain() string {
	return "the origin answers as ever, and every value is invalid: a box refuses it, as a load that failed"
}
func (f InvalidValue) Marks(s Scene) []Mark { return f.marks(s, "every value invalid") }
func (f InvalidValue) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Invalid = true }, func(o *OriginState) { o.Invalid = false })
}

// planChange changes a field of the origin's state for the time of a fault.
func planChange(s Span, w World, after After, begin, end func(*OriginState)) {
	s.plan(after, func() { w.ChangeOrigin(begin) }, func() { w.ChangeOrigin(end) })
}
