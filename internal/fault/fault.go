// Package fault is what goes wrong in a run. Every kind of fault is a type of its
// own with all its faces: its settings (whose tags the loader of scenarios, the
// schema and the reference read), what a fleet must have for it, its sentence for
// `show`, its marks on the plots, what it keeps other faults from touching, and what
// it does to a [World]. A family of kinds has a file.
//
// A new kind is a type in its family's file and a place in [Kinds]. It compiles when
// it has every face of [Fault]; the test of this package asks of each kind in the
// list that it does something.
package fault

import "time"

// Fault is one thing that goes wrong, of some kind. The types are values: what a
// scenario says is never changed.
type Fault interface {
	// Kind is what a scenario calls faults of this type, and Doc what they are, in
	// a sentence without its full stop.
	Kind() string
	Doc() string

	// Times are when the fault begins, from the start of the traffic, and what the
	// scenario says of how long it takes; 0 where it says nothing.
	Times() (at, takes time.Duration)

	// Check says what is wrong with the fault in a scene. What is wrong with
	// several faults together is the business of [Check].
	Check(Scene) []Problem

	// Explain says what happens, for somebody who reads what a scenario does.
	Explain() string

	// Marks are where and how the fault stands on a plot.
	Marks(Scene) []Mark

	// Holds are the states that the fault puts something in until it ends. What is
	// over in an instant, or ends by itself, has none.
	Holds(Scene) []Hold

	// Schedule has the fault befall a world: it plans each of its steps with after.
	Schedule(World, Scene, After)
}

// Kinds has a fault of every kind, without settings, in the order of the reference.
func Kinds() []Fault {
	return []Fault{
		NodeLoss{}, NodeHang{}, NodeFlap{}, NodeReplace{}, NodeJoin{}, NodeLeave{}, Flush{},
		SlowOrigin{}, OriginErrors{}, OriginDown{}, InvalidValue{},
		BoxCrash{}, Deploy{}, Readmit{}, CacheSessions{}, BoxLoss{}, Cull{}, WarmerStop{},
	}
}

// Renamed is what a kind is called that had another name once; "" if there is none.
func Renamed(old string) string {
	for _, f := range Kinds() {
		if r, ok := f.(interface{ Formerly() string }); ok && r.Formerly() == old {
			return f.Kind()
		}
	}
	return ""
}

// Scene is what faults find when they happen: the fleet, as far as it matters to
// them, the traffic, and each other.
type Scene struct {
	Duration time.Duration // of the traffic
	Boxes    int
	Nodes    int // cache servers that a client's list can have
	AllNodes int // those, and those of caches that have their own
	Gutter   int // nodes that stand in for others; of all faults a flush of every node alone befalls them
	Warmers  int
	Caches   []string // named ones, the default first

	InProcess bool // values are in the memory of the boxes' processes
	Disk      bool // values are in a file cache of each box
	Front     bool // a web server before the boxes answers from the cache

	Faults []Fault // all of them
}

// end is when something that begins at an instant and takes so long is over: at the
// end of the traffic at the latest, which is what no time at all means.
func (s Scene) end(at, takes time.Duration) time.Duration {
	if takes == 0 || takes > s.Duration-at { // written so that at+takes cannot overflow
		return s.Duration
	}
	return at + takes
}

// Moment is the time of a fault that is over in an instant, or by itself.
type Moment struct {
	At time.Duration `yaml:"at" required:"true" min:"0s" doc:"when it begins, from the start of the run"`
}

// Times says when the fault begins.
func (m Moment) Times() (at, takes time.Duration) { return m.At, 0 }

// Span is the time of a fault that goes on.
type Span struct {
	At  time.Duration `yaml:"at" required:"true" min:"0s" doc:"when it begins, from the start of the run"`
	For time.Duration `yaml:"for" min:"0s" doc:"how long; 0 is to the end"`
}

// Times says when the fault begins and how long it takes.
func (s Span) Times() (at, takes time.Duration) { return s.At, s.For }

// Mark is a fault on a plot.
type Mark struct {
	Label string
	At    time.Duration
	Until time.Duration // where Lasts
	Lasts bool          // it is not over in an instant
}

// instant marks a fault that is over as it begins.
func (m Moment) instant(label string) []Mark { return []Mark{{Label: label, At: m.At}} }

// lasting marks a fault that goes on to an instant.
func lasting(at, end time.Duration, label string) []Mark {
	return []Mark{{Label: label, At: at, Until: end, Lasts: true}}
}

// marks marks a fault that goes on for its time.
func (s Span) marks(scene Scene, label string) []Mark {
	return lasting(s.At, scene.end(s.At, s.For), label)
}

// After plans a step: do is called when so much of the traffic's time has passed,
// unless the run is over by then. Steps of one instant are done in the order in which
// they were planned.
type After func(passed time.Duration, do func())

// hold is one thing that is kept in a state for the fault's time.
func (s Span) hold(scene Scene, family, what string) []Hold {
	return []Hold{{Family: family, What: what, From: s.At, To: scene.end(s.At, s.For)}}
}

// during plans the beginning of a fault and, unless it goes on to the end of the run,
// its end.
func (s Span) during(after After, begin, end func()) {
	after(s.At, begin)
	if s.For > 0 {
		after(s.At+s.For, end)
	}
}

// nothing is a step that keeps the count of events, and with it the hash of a run's
// trace, as recorded results have them.
func nothing() {}

// Schedule plans all faults of a scene, whose traffic begins now. Deploys come first,
// whatever their places in the list: at the instant at which a box has its turn,
// anything else befalls the new program.
func Schedule(w World, s Scene, after After) {
	rollouts, _ := Rollouts(s.Faults, s.Boxes) // a loader refuses the others
	for _, r := range rollouts {
		s.Faults[r.Fault].(Deploy).rollOut(r, w, s, after)
	}
	for _, f := range s.Faults {
		f.Schedule(w, s, after)
	}
}
