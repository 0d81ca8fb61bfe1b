package foretell

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// Likeness is how near a simulated strategy comes to a program that was measured.
type Likeness struct {
	Strategy  string
	Simulated *metrics.Run // of the first seed
	Rows      []Row        // the figures that tell strategies apart
	Outside   int          // rows that are outside their tolerance

	// Distance is the root of the mean square of what the rows differ by, each in
	// tolerances of its own: up to 1 where all are at the edge of it.
	Distance float64
}

// Fits reports whether what was measured is, in all, within the tolerances. One figure may be outside, as
// on a busy machine, where the others are near.
func (l *Likeness) Fits() bool { return l.Distance <= 1 }

// mostAway is what one figure counts at most: what is a hundred tolerances away is as
// wrong as what is ten, and must not hide how right the others are.
const mostAway = 10

// Rank sets every simulated strategy beside the program that was measured, the likest
// first. All have faced the same requests. Of the classes, each has its own latencies and
// failures.
func Rank(measured *view.View, simulated ...*view.View) (list []Likeness) {
	program := measured.Groups[0].Runs
	for _, v := range simulated {
		for _, g := range v.Groups {
			l := Likeness{Strategy: g.Name, Simulated: g.Runs[0], Rows: tellingRows(measured, g.Name, program, g.Runs)}
			for _, r := range l.Rows {
				if !r.Within {
					l.Outside++
				}
				l.Distance += math.Pow(r.away(), 2) / float64(len(l.Rows))
			}
			l.Distance = math.Sqrt(l.Distance)
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b Likeness) int { return cmp.Compare(a.Distance, b.Distance) })
	return list
}

// Alike reports whether the traffic does not tell two strategies apart: of the figures that
// were measured of the program in v, those that are simulated agree as well as measured ones have to.
func Alike(v *view.View, a, b *Likeness) bool {
	rows := tellingRows(v, b.Strategy, []*metrics.Run{a.Simulated}, []*metrics.Run{b.Simulated})
	return !slices.ContainsFunc(rows, func(r Row) bool {
		measured := func(of Row) bool { return of.Figure == r.Figure }
		return !r.Within && slices.ContainsFunc(a.Rows, measured)
	})
}

// tellingRows compares the figures that tell strategies apart. What was not measured, as
// the hit ratio of a program that says nothing of its cache, tells nothing.
func tellingRows(v *view.View, strategy string, measured, simulated []*metrics.Run) (rows []Row) {
	requests, _ := figures.All().Find("requests")
	hits, _ := figures.All().Find("hit_ratio")
	c := comparison{strategy: strategy, measured: measured, simulated: simulated, others: [][]*metrics.Run{waitersHit(simulated)}}
	add := func(f figures.Figure, class, title string) {
		t := *f.Tolerance
		if f.Unit == figures.Share { // of few requests one or two make points of difference
			t.Absolute = max(t.Absolute, 2/medianOf(measured, func(r *metrics.Run) (float64, bool) { return requests.Value(r, "", class) }))
		}
		f.Tolerance = &t
		rows = append(rows, c.row(f, title, func(r *metrics.Run) (float64, bool) { return f.Value(r, "", class) })...)
	}
	for _, f := range figures.All().OfPrograms(v.Runs) {
		if f.Name == hits.Name || f.Unit == hits.Unit {
			f = hits // with waitersHit as the other end of what it may be
		}
		add(f, "", "")
		if f.Scope < figures.Class || len(v.Classes) < 2 {
			continue
		}
		for _, class := range v.Classes {
			if !class.Bystander {
				add(f, class.Name, class.Name+" ")
			}
		}
	}
	for i := range rows {
		rows[i].allow(sentLate(measured, rows[i].Figure))
	}
	return slices.DeleteFunc(rows, Row.Unknown)
}

// sentLate is how late requests were sent, in ms: latency counts from when they were due, and
// where the machine was busy it is of that as well as of the program.
func sentLate(runs []*metrics.Run, figure string) (ms float64) {
	for _, r := range runs {
		switch {
		case r.Generator == nil:
		case strings.Contains(figure, "p50"):
			ms = max(ms, r.Generator.LatenessMS.P50)
		default:
			ms = max(ms, r.Generator.LatenessMS.P99)
		}
	}
	return ms
}

// allow gives a latency more room.
func (r *Row) allow(ms float64) {
	if r.Latency && !math.IsNaN(r.Room) {
		r.Room += ms
		r.Within = r.away() <= 1
	}
}

// waitersHit are the runs with those who waited for another's load as hits. Varnish and Squid call
// them so, since what they got was in the cache by then; to the lab, and to others, they are none. What
// a program may mean is anything between.
func waitersHit(runs []*metrics.Run) (list []*metrics.Run) {
	for _, r := range runs {
		other := *r
		other.Figures = withWaiters(r.Figures)
		other.Classes = make(map[string]metrics.Figures)
		for name, f := range r.Classes {
			other.Classes[name] = withWaiters(f)
		}
		list = append(list, &other)
	}
	return list
}

func withWaiters(f metrics.Figures) metrics.Figures {
	if reads := f.Requests - f.Writes; f.HitRatio != nil && reads > 0 {
		f.HitRatio = new(min(1, *f.HitRatio+float64(f.Outcomes[metrics.Coalesced])/float64(reads)))
	}
	return f
}
