package view

import (
	"math"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
)

// Trade is what choices are weighed by. Each costs something of the other two: an
// answer is fresh because the origin was asked, or soon there because it was not.
type Trade struct {
	Staleness, Load, Latency figures.Figure
}

// newTrade takes the figures that say most of a sweep. Where nothing is written nothing
// is outdated, and age stands for staleness. Latency is the one in which a failure counts
// as a client that waited in vain, where that was counted.
func newTrade(s *Sweep) Trade {
	return Trade{
		Staleness: s.firstOf(func(name string) bool { return s.differs(name) }, "staleness_p99", "age_p99"),
		Load:      s.firstOf(nil, "computes"),
		Latency:   s.firstOf(nil, "effective_p99", "p99"),
	}
}

// firstOf is the first figure of the names that the sweep has and that suits, or else the
// last; it has no name where the sweep has none of them.
func (s *Sweep) firstOf(suits func(name string) bool, names ...string) (f figures.Figure) {
	for _, name := range names {
		found, ok := s.Figures.Find(name)
		if !ok {
			continue
		}
		if f = found; suits == nil || suits(name) {
			break
		}
	}
	return f
}

// List are the three in the order in which they are shown.
func (t Trade) List() (list figures.Table) {
	for _, f := range []figures.Figure{t.Latency, t.Load, t.Staleness} {
		if f.Name != "" {
			list = append(list, f)
		}
	}
	return list
}

// costs are the figures of a choice by which it is weighed, all the better the lower, to
// two digits: what differs by less is chance, and would make a choice look worth its
// price. What has no value costs nothing: there was nothing that could be stale.
func (t Trade) costs(c *Choice) (costs [3]float64) {
	for i, f := range []figures.Figure{t.Latency, t.Load, t.Staleness} {
		if v := c.Median(f.Name); !math.IsNaN(v) {
			costs[i] = twoDigits(v)
		}
	}
	return costs
}

// twoDigits rounds to two significant digits.
func twoDigits(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 1-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// rank gives a place to every choice that keeps the conditions and that no other such
// choice dominates: one that is as good in every respect and better in some. Of equal
// ones the first has the place. (V. Pareto, Manuale di economia politica, 1906.)
func (t Trade) rank(choices []Choice) {
	costs := make([][3]float64, len(choices))
	for i := range choices {
		costs[i] = t.costs(&choices[i])
	}
	place := 0
	for i := range choices {
		if !choices[i].Kept {
			continue
		}
		beaten := false
		for j := range choices {
			if choices[j].Kept && i != j && beats(costs[j], costs[i], j < i) {
				beaten = true
				break
			}
		}
		if !beaten {
			place++
			choices[i].Place = place
		}
	}
}

// beats reports whether a dominates b, or is its equal and comes first.
func beats(a, b [3]float64, first bool) bool {
	better := false
	for i := range a {
		if a[i] > b[i] {
			return false
		}
		better = better || a[i] < b[i]
	}
	return better || first
}

// Best are the choices with a place, in the order of their places.
func (s *Sweep) Best() (list []*Choice) {
	for i := range s.Choices {
		if s.Choices[i].Place > 0 {
			list = append(list, &s.Choices[i])
		}
	}
	return list
}

// Costs says what a choice costs: p99 12 ms, computes 31, age at serve 65 s.
func (s *Sweep) Costs(c *Choice) string {
	var words []string
	for _, f := range s.Trade.List() {
		words = append(words, TitleOf(f)+" "+s.Write(f, c.Median(f.Name)))
	}
	return strings.Join(words, ", ")
}
