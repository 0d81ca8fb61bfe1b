// Package figures is the table of what a run is measured by. A figure stands in it
// once, with everything that anybody does with it: the loader takes the names and
// units of expectations from it, the lab the values, reports the headings, the order
// and what is good or bad, the reference the meaning. To add a figure, count it (in
// internal/metrics, or in the part of the world where it happens) and write one
// entry into the table.
package figures

import (
	"cmp"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Figure is one result of a run.
type Figure struct {
	Name  string // in an expectation: herd_peak
	Title string // in tables, for people; a figure without one is in no table
	Unit  Unit
	Scope Scope
	Doc   string // its meaning, in one line

	Better Better
	Bad    func(v, best float64) bool // what stands out, given the best of all strategies; nil: nothing is bad in itself

	// Of reads it off a run, of which f is the whole, a phase or a class. It has no
	// value where nobody counted, or nothing happened that it could be about.
	Of func(r *metrics.Run, f *metrics.Figures) (v float64, ok bool)

	// Zero has an expectation and a story take 0 where there is no value.
	Zero bool

	// Budget is what a scenario's budget calls a limit of it, which it must not exceed;
	// empty: there is none.
	Budget string

	Column    int        // place in the summary table; 0: it is among the details
	IfAny     bool       // its column is left out where no run has a value
	Shown     *Shown     // what the details say in its place; nil: the figure itself
	PerPhase  bool       // is in the table of the phases
	Told      *Told      // how a story tells its change; nil: it does not
	Series    *Series    // the figure over time; nil where it has no file to be in
	Bench     int        // place in the output for Go benchmarks; 0: it is not in it
	Tolerance *Tolerance // between measured and simulated; nil: they are not compared
}

// Unit is what a figure is counted in.
type Unit uint8

// The units.
const (
	Count     Unit = iota + 1
	Share          // 0 to 1
	Bytes          //
	PerSecond      //
	Duration       // in milliseconds
	Latency        // likewise, from a histogram: a microsecond is the finest
)

// Scope is the smallest set of requests that a figure is known of.
type Scope uint8

// The scopes.
const (
	Run   Scope = iota // the whole run alone
	Phase              // a phase too
	Class              // a phase or a class too
)

// Better says which way a figure is to go.
type Better uint8

// The ways.
const (
	Neither Better = iota
	Lower
	Higher
)

// Shown is what the details say of a figure whose number says less to people, as a
// share of the requests in place of a count.
type Shown struct {
	Unit Unit
	Of   func(r *metrics.Run, f *metrics.Figures) (v float64, ok bool)
}

// Told says how the change of a figure weighs in the story of a fix. A figure that
// doubled, or halved, has the weight Weight·log 2: computes that fell from 1,000 to 10
// and a p99 that fell from 10 s to 100 ms are equally remarkable, whatever their units.
type Told struct {
	Place int    // in the order of a sentence
	Name  string // there; the Title where it is empty

	Weight float64

	// Least is what is next to nothing, so that from none to that much has the weight
	// of a doubling. With PerRequests it is a thousandth of the requests, 1 at least.
	Least       float64
	PerRequests bool

	// Linear weighs by the difference: of a share, where from 1 % to 2 % is little.
	Linear bool

	Like   string // figures that say the same in their own ways; one of them is enough
	Beside bool   // tells one fix from another, and no fix from what was before
	Window bool   // its name has to say how long a window is
	Drawn  bool   // decides what is drawn, and is told by other figures

	// Of is what the story means by it, where that is not quite the figure; nil is
	// the figure itself.
	Of func(r *metrics.Run, f *metrics.Figures) (v float64, ok bool)
}

// Series is the figure over time.
type Series struct {
	Place int    // of its column in timeseries.csv
	Title string // of a line of it; the figure's own where it is empty
	Name  string // its heading there, and its name in the series of results.json
	Of    func(s *metrics.Series) []float64
}

// Tolerance is how far a measured value may be from a simulated one: by a share of
// the larger, or by an absolute amount, whichever is more.
type Tolerance struct {
	Share, Absolute float64
	Words           string

	// Root has a count differ by its square root as well, which is what chance alone
	// makes of events that have nothing to do with each other.
	Root bool

	// Rank is the share of the usable answers that do not exceed it, of a figure that is one of
	// the answers in their order. Where they are few, chance decides which one that is.
	Rank float64

	PerRequests bool                         // Absolute is a share of the requests
	More        func([]*metrics.Run) float64 // an absolute amount that depends on the runs; nil is none

	IfAny bool // it is compared where one run has more than 0 of it

	// Of is what is compared, where that is not the figure itself; nil is the figure.
	Of func(r *metrics.Run, f *metrics.Figures) (v float64, ok bool)
}

// Room is how far apart two values may be, but for what depends on their runs.
func (t *Tolerance) Room(x, y float64) float64 {
	larger := math.Max(math.Abs(x), math.Abs(y))
	room := math.Max(t.Absolute, t.Share*larger)
	if t.Root {
		room = math.Max(room, math.Sqrt(larger))
	}
	return room
}

// NoiseFloor is the least difference of two values that is worth a word where results
// are noisy: what a shared machine, or chance alone, makes of the figure. It is the
// figure's tolerance, or that of its unit.
func (f Figure) NoiseFloor(x, y float64) float64 {
	if f.Tolerance != nil && !f.Tolerance.PerRequests {
		return f.Tolerance.Room(x, y)
	}
	t := counts()
	switch f.Unit {
	case Share:
		t = &Tolerance{Absolute: 0.01}
	case Duration, Latency:
		t = times(0)
	case Bytes, PerSecond:
		t.Root = false
	}
	return t.Room(x, y)
}

// ShortTitle is what a sentence, or a narrow column, calls the figure.
func (f Figure) ShortTitle() string {
	if f.Told != nil && f.Told.Name != "" {
		return f.Told.Name
	}
	return f.Title
}

// AllClasses names the requests of every class together, bystanders included, where a
// class is named.
const AllClasses = "all"

// Table is a list of figures, in the order of the details and of the reference.
type Table []Figure

// Find looks a figure up by its name.
func (t Table) Find(name string) (Figure, bool) {
	for _, f := range t {
		if f.Name == name {
			return f, true
		}
	}
	return Figure{}, false
}

// Names lists the names of the figures that are known of the scope, in the order of
// the table.
func (t Table) Names(of Scope) []string {
	var list []string
	for _, f := range t {
		if f.Scope >= of {
			list = append(list, f.Name)
		}
	}
	return list
}

// OfPrograms are the figures by which a program that is not the lab's is held beside a
// strategy: what its users and its origin saw of it. How it refused is not among them, for
// a status says less than an outcome does; that it did is. Its runs may tell those apart who
// waited for the load of another, or, as most caches do, call them hits.
func (t Table) OfPrograms(runs []*metrics.Run) (list Table) {
	tellsWaits := slices.ContainsFunc(runs, func(r *metrics.Run) bool { return r.Outcomes[metrics.Coalesced] > 0 })
	for _, name := range []string{"requests", "failures", "hit_ratio", "computes", "duplicate_computes", "herd_peak", "p50", "p99", "bystander_failures"} {
		f, ok := t.Find(name)
		switch {
		case !ok:
			panic("figures: there is no " + name)
		case name == "failures":
			f.Tolerance = counts()
		case name == "hit_ratio" && !tellsWaits:
			f.Name, f.Of = "hits_and_waits", hitsAndWaits
		}
		list = append(list, f)
	}
	return list
}

// hitsAndWaits is the hit ratio with those who waited for the load of another: the share of
// the reads that made no load of their own. There is none where there is no hit ratio.
func hitsAndWaits(_ *metrics.Run, f *metrics.Figures) (float64, bool) {
	reads := float64(f.Requests - f.Writes)
	if f.HitRatio == nil || reads == 0 {
		return 0, false
	}
	return *f.HitRatio + float64(f.Outcomes[metrics.Coalesced])/reads, true
}

// Placed are the figures that have a place of some kind, in its order; 0 is none.
func (t Table) Placed(place func(Figure) int) Table {
	list := slices.DeleteFunc(slices.Clone(t), func(f Figure) bool { return place(f) == 0 })
	slices.SortFunc(list, func(a, b Figure) int { return cmp.Compare(place(a), place(b)) })
	return list
}

// Value is the figure as an expectation takes it: of the whole run, or of one of its
// phases or classes where that has a name.
func (f Figure) Value(run *metrics.Run, phase, class string) (v float64, ok bool) {
	of := run.Figures
	switch {
	case class != "" && f.Scope < Class, phase != "" && f.Scope < Phase:
		return 0, false
	case class == AllClasses:
		of = run.All
	case class != "":
		of = run.Classes[class]
	case phase != "":
		of = run.Phases[phase]
	}
	if v, ok = f.Of(run, &of); !ok {
		return 0, f.Zero
	}
	return v, true
}

// Values are the figure of a strategy under each of its seeds, as an expectation takes
// it. There are none where one seed has no value.
func (f Figure) Values(runs []*metrics.Run, strategy, phase, class string) (values []float64) {
	for _, run := range runs {
		if run.Strategy != strategy {
			continue
		}
		v, ok := f.Value(run, phase, class)
		if !ok {
			return nil
		}
		values = append(values, v)
	}
	return values
}
