package fault

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
)

// SlowOrigin is an origin whose loads take longer.
type SlowOrigin struct {
	Span `yaml:",inline"`

	Factor float64 `yaml:"factor" default:"10" min:"1" max:"1000000" doc:"how many times longer a load takes"`
}

// Kind is slow-origin.
func (SlowOrigin) Kind() string { return "slow-origin" }

// Doc says what it is.
func (SlowOrigin) Doc() string { return "The origin takes longer for every load" }

// Check finds nothing: every scene has an origin.
func (SlowOrigin) Check(Scene) []Problem { return nil }

// Explain says how slow the origin is.
func (f SlowOrigin) Explain() string {
	return fmt.Sprintf("the origin is %s times slower", units.FormatNumber(f.Factor))
}

// Marks are one, for the time of the fault.
func (f SlowOrigin) Marks(s Scene) []Mark {
	return f.marks(s, fmt.Sprintf("origin %g times slower", f.Factor))
}

// Holds is the origin's speed.
func (f SlowOrigin) Holds(s Scene) []Hold { return f.hold(s, f.Kind(), "") }

// Schedule slows the origin down. Loads under way have their time already.
func (f SlowOrigin) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Factor = f.Factor }, func(o *OriginState) { o.Factor = 1 })
}

// OriginErrors is an origin some of whose loads fail.
type OriginErrors struct {
	Span `yaml:",inline"`

	Errors float64 `yaml:"errors" default:"1" unit:"share" min:"0" max:"1" doc:"share of the loads that fail, beside those that fleet.origin.errors has fail"`
}

// Kind is origin-errors.
func (OriginErrors) Kind() string { return "origin-errors" }

// Doc says what it is.
func (OriginErrors) Doc() string {
	return "Some of the loads fail, after the time that they take"
}

// Check finds nothing: every scene has an origin.
func (OriginErrors) Check(Scene) []Problem { return nil }

// Explain says how many loads fail.
func (f OriginErrors) Explain() string {
	return units.FormatShare(f.Errors) + " of the loads fail"
}

// Marks are one, for the time of the fault.
func (f OriginErrors) Marks(s Scene) []Mark { return f.marks(s, f.Kind()) }

// Holds is how many loads fail.
func (f OriginErrors) Holds(s Scene) []Hold { return f.hold(s, f.Kind(), "") }

// Schedule has loads fail.
func (f OriginErrors) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Errors = f.Errors }, func(o *OriginState) { o.Errors = 0 })
}

// OriginDown is an origin that is not there.
type OriginDown struct {
	Span `yaml:",inline"`
}

// Kind is origin-down.
func (OriginDown) Kind() string { return "origin-down" }

// Doc says what it is.
func (OriginDown) Doc() string { return "Every load fails at once" }

// Check finds nothing: every scene has an origin.
func (OriginDown) Check(Scene) []Problem { return nil }

// Explain says that every load fails.
func (OriginDown) Explain() string { return "every load fails" }

// Marks are one, for the time of the fault.
func (f OriginDown) Marks(s Scene) []Mark { return f.marks(s, f.Kind()) }

// Holds is whether the origin is there.
func (f OriginDown) Holds(s Scene) []Hold { return f.hold(s, f.Kind(), "") }

// Schedule takes the origin down. Loads under way fail when their time is over.
func (f OriginDown) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Down = true }, func(o *OriginState) { o.Down = false })
}

// InvalidValue is an origin that answers what no program can use.
type InvalidValue struct {
	Span `yaml:",inline"`
}

// Kind is invalid-value.
func (InvalidValue) Kind() string { return "invalid-value" }

// Doc says what it is.
func (InvalidValue) Doc() string {
	return "The origin answers in time and without an error, and every value is one that a box refuses"
}

// Check finds nothing: every scene has an origin.
func (InvalidValue) Check(Scene) []Problem { return nil }

// Explain says what becomes of the values.
func (InvalidValue) Explain() string {
	return "the origin answers as ever, and every value is invalid: a box refuses it, as a load that failed"
}

// Marks are one, for the time of the fault.
func (f InvalidValue) Marks(s Scene) []Mark { return f.marks(s, "every value invalid") }

// Holds is whether values are valid.
func (f InvalidValue) Holds(s Scene) []Hold { return f.hold(s, f.Kind(), "") }

// Schedule has values be invalid.
func (f InvalidValue) Schedule(w World, _ Scene, after After) {
	planChange(f.Span, w, after, func(o *OriginState) { o.Invalid = true }, func(o *OriginState) { o.Invalid = false })
}

// planChange changes a field of the origin's state for the time of a fault.
func planChange(s Span, w World, after After, begin, end func(*OriginState)) {
	s.during(after, func() { w.ChangeOrigin(begin) }, func() { w.ChangeOrigin(end) })
}
