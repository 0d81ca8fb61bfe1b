// Package fault is what goes wrong in a run. Every kind of fault is a type of its
// own with all its faces: its settings (whose tags the loader of scenarios, the
// schema and the reference read), what a fleet must have for it, its sentence for
// `show`, its marks on the plots, what it keeps other faults from touching, and what
// it does to a [World]. A family of kinds has a file.
//
// A new kind is a type in its family's file and a line in [Kinds]. It does not
// compile without every face of [Fault], and the contract test of this package asks
// each kind in the list to do something to a world.
package fault

import (
	"reflect"
	"slices"
	"time"
)

// Fault is one thing that goes wrong, of some kind. The types are values: what a
// scenario says is never changed.
type Fault interface {
	// Times are when the fault begins, from the start of the traffic, and how long it
	// takes by the scenario; 0 where the scenario does not say.
	Times() (at, takes time.Duration)

	// Check finds what is wrong with the fault in a scene. [Check] finds what is wrong
	// with several faults together.
	Check(Scene) []Problem

	// Explain says what happens, as the end of a sentence that says when.
	Explain() string

	// Marks are where and how the fault stands on a plot.
	Marks(Scene) []Mark

	// Holds are the things that the fault keeps in a state until it ends. A fault that
	// is over in an instant, or whose end puts nothing back, has none. A hold without a
	// family is of the fault's own kind.
	Holds(Scene) []Hold

	// Schedule plans each step of what the fault does to a world.
	Schedule(World, Scene, After)
}

// Kind is what all faults of a type have in common.
type Kind struct {
	Fault Fault // one of the kind, without settings

	Name string // in a scenario file
	Doc  string // what happens, in a sentence without its full stop
	Was  string // the name that it had before; or ""
}

// Kinds are the kinds of faults, in the order of the reference.
func Kinds() []Kind {
	return []Kind{
		{Fault: NodeLoss{}, Name: "node-loss", Doc: "A cache server goes, and comes back"},
		{Fault: NodeHang{}, Name: "node-hang", Doc: "A cache server takes requests and answers none, and then goes on with the memory it had and with what waits in its sockets"},
		{Fault: NodeFlap{}, Name: "node-flap", Doc: "A cache server goes and comes back again and again"},
		{Fault: NodeReplace{}, Name: "node-replace", Doc: "Cache servers are replaced, one after another"},
		{Fault: NodeJoin{}, Name: "node-join", Doc: "A cache server that no client knew of is added to the clients' lists, and takes over its share of the keys"},
		{Fault: NodeLeave{}, Name: "node-leave", Doc: "A cache server is taken off the clients' lists, and keeps its memory"},
		{Fault: Flush{}, Name: "flush", Doc: "A cache server, or every one, forgets its values and locks"},
		{Fault: SlowOrigin{}, Name: "slow-origin", Doc: "The origin takes longer for every load that begins by then; for one that stands still and goes on there is origin-hang"},
		{Fault: OriginHang{}, Name: "origin-hang", Doc: "The origin stands still, and then goes on with what was under way and what came meanwhile"},
		{Fault: OriginErrors{}, Name: "origin-errors", Doc: "Some of the loads fail, after the time that they take"},
		{Fault: OriginDown{}, Name: "origin-down", Doc: "Every load fails at once"},
		{Fault: InvalidValue{}, Name: "invalid-value", Doc: "The origin answers in time and without an error, and every value is one that a box refuses"},
		{Fault: BoxCrash{}, Name: "box-crash", Was: "owner-crash", Doc: "A box crashes with its requests and loads under way, and comes back at once; " +
			"locks that it held stay until their time is over"},
		{Fault: Deploy{}, Name: "deploy", Doc: "A new release is brought to the boxes, in the order of their numbers, under a new version of the keys"},
		{Fault: Readmit{}, Name: "readmit", Doc: "What an operator does to an overloaded fleet: the balancer lets some requests in, and then ever more"},
		{Fault: CacheSessions{}, Name: "cache-sessions", Doc: "By a mistake in their configuration front and application cache the pages of those who are signed in, too"},
		{Fault: BoxLoss{}, Name: "box-loss", Doc: "A box is gone, and refuses every request; after `for`, a box with empty memory and disk takes its place"},
		{Fault: Cull{}, Name: "cull", Doc: "A timer has the file cache of every box culled, as by cull: manual"},
		{Fault: WarmerStop{}, Name: "warmer-stop", Doc: "The warmers stop in the middle of their runs, and what they were computing is lost"},
	}
}

// KindOf is the kind of a fault, which must be in [Kinds].
func KindOf(f Fault) Kind {
	list := Kinds()
	return list[slices.IndexFunc(list, func(k Kind) bool { return reflect.TypeOf(k.Fault) == reflect.TypeOf(f) })]
}

// Scene is what faults find when they happen: the fleet, as far as it matters to
// them, the traffic, and each other. It has numbers and not the fleet's configuration,
// so that this package knows neither world nor scenarios, and both can know it.
type Scene struct {
	Duration time.Duration // of the traffic
	Boxes    int
	Nodes    int // cache servers that a client's list can have
	AllNodes int // those, and those of caches that have their own
	Gutter   int // nodes that stand in for others; only a flush of every node reaches them
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

// Moment is the time of a fault that is over in an instant, or whose end is not put
// back by anything.
type Moment struct {
	At time.Duration `yaml:"at" required:"true" min:"0s" doc:"when it begins, from the start of the run"`
}

func (m Moment) Times() (at, takes time.Duration) { return m.At, 0 }

// Holds is nothing: what is over at once can overlap nothing.
func (Moment) Holds(Scene) []Hold { return nil }

// instant marks a fault that is over as it begins.
func (m Moment) instant(label string) []Mark { return []Mark{{Label: label, At: m.At}} }

// Span is the time of a fault that goes on.
type Span struct {
	At  time.Duration `yaml:"at" required:"true" min:"0s" doc:"when it begins, from the start of the run"`
	For time.Duration `yaml:"for" min:"0s" doc:"how long; 0 is to the end"`
}

func (s Span) Times() (at, takes time.Duration) { return s.At, s.For }

// Holds is what faults of this kind put back: two of them must not go on at once.
func (s Span) Holds(scene Scene) []Hold { return s.holds(scene, "", "") }

// marks marks a fault that goes on for its time.
func (s Span) marks(scene Scene, label string) []Mark {
	return lasting(s.At, scene.end(s.At, s.For), label)
}

// holds is one thing that is kept in a state for the fault's time.
func (s Span) holds(scene Scene, family, what string) []Hold {
	return []Hold{{Family: family, What: what, From: s.At, To: scene.end(s.At, s.For)}}
}

// plan plans the beginning of a fault and its end, which a fault that goes on to the
// end of the run does not have: nobody looks at what comes after that.
func (s Span) plan(after After, begin, end func()) {
	after(s.At, begin)
	if s.For > 0 {
		after(s.At+s.For, end)
	}
}

// Mark is a fault on a plot.
type Mark struct {
	Label string
	At    time.Duration
	Until time.Duration // where Lasts
	Lasts bool          // it is not over in an instant
}

// lasting marks a fault that goes on to an instant.
func lasting(at, until time.Duration, label string) []Mark {
	return []Mark{{Label: label, At: at, Until: until, Lasts: true}}
}

// After plans a step: do is called when so much of the traffic's time has passed,
// unless the run is over by then. In virtual time steps of one instant are done in the
// order in which they were planned; on the wall they may run at once, so that steps
// which need an order are one step.
type After func(passed time.Duration, do func())

// nothing is a step that keeps the count of events, and with it the hash of a run's
// trace, as recorded results have them.
func nothing() {}

// Schedule plans all faults of a scene, whose traffic begins now. Deploys come first,
// whatever their places in the list: anything else that is due when a box has its turn
// befalls the new program.
func Schedule(w World, s Scene, after After) {
	list, _ := rollouts(s) // the loader refuses those that cannot be
	for _, r := range list {
		r.plan(w, s, after)
	}
	for _, f := range s.Faults {
		f.Schedule(w, s, after)
	}
}

// World is what faults befall, modelled or real. None of its methods returns an error:
// a world that cannot do what it is asked to says so in the report of the run, which
// goes on. What no world could do [Check] has refused by then.
//
// On the wall the methods are called from goroutines of their own, and several at once.
type World interface {
	// The cache servers are counted from 0: first those of the tier, then its gutter or
	// those of named caches that have their own.
	StopNode(i int, how Outage)
	StartNode(i int, how Outage) // after an outage of that kind
	FlushNode(i int)             // it forgets everything, locks too
	ListNode(i int, on bool)     // puts it on every client's list, or takes it off

	// The origin is the database or service that computes values.
	ChangeOrigin(change func(*OriginState))

	CrashBox(i int)  // it loses its work and its memory, and starts anew at once
	LoseBox(i int)   // its disk is gone as well, and it stays away
	ReturnBox(i int) // a new one takes its place

	BeginRelease(caches []string) // no box has it yet; it gives the keys of these caches a new version
	DeployBox(i int)              // the box starts anew with the newest release

	Readmit(r Readmit)         // from now on the balancer lets only so many requests in as r says
	CullDisks()                // the file cache of every box, beside its requests
	CacheSessions(cached bool) // the pages of those who are signed in; false is what the configuration says

	Warmers
}

// Outage is how a node goes, and with that how it comes back.
type Outage string

// The outages.
const (
	Crash Outage = "crash" // its process dies, and an empty one follows
	Cut   Outage = "cut"   // its connections are refused, and its memory stays
	Hang  Outage = "hang"  // it answers nothing, and its memory stays
)

// OriginState is how the origin is. Faults that go on at the same time each change
// a field of it.
type OriginState struct {
	Down    bool    // every load fails at once
	Hangs   bool    // nothing goes on until it ends, and then everything does
	Invalid bool    // every value is
	Factor  float64 // of the latency; 1 without a fault
	Errors  float64 // share of loads that fail, beside the configured one
}

// Warmers compute values ahead of their readers.
type Warmers interface {
	// StopWarmers has them stop at an instant of the traffic, for good or for a time:
	// what they are computing then is lost, and they go on when nothing else keeps
	// them stopped. It is called before that, when the traffic begins.
	StopWarmers(at, takes time.Duration)
}
