package verdict

import (
	"maps"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/stats"
)

// Seeds are the values of one figure of a strategy by the seed of the run.
type Seeds map[uint64]float64

// What differs by less is alike whatever chance says of it: nobody chooses by it.
const (
	apart = 0.05 // of the better score

	// Too few seeds to tell a difference from luck have to agree on a larger one: the p99
	// of one strategy differs by as much from seed to seed in the quick set.
	fewsApart = 0.25

	// On the wall clock a few milliseconds are the machine's scheduler.
	wallApart, wallFloorMS = 0.15, 5
)

// finest is the shortest time that is told from none, in ms.
const finest = 0.001

// Enough reports whether so many seeds can tell a difference from chance at all.
func Enough(seeds int) bool { return stats.LeastPaired(seeds) <= stats.Alpha }

// Higher reports whether the values of b are above those of a by more than chance: by
// the signed-rank test over the seeds that both have. Of too few seeds all have to say so.
func Higher(a, b Seeds) bool {
	differences := a.pairs(b, func(v, w float64) float64 { return w - v })
	shift := stats.Paired(differences)
	if Enough(len(differences)) {
		return shift.P <= stats.Alpha && shift.Estimate > 0
	}
	return len(differences) > 0 && slices.Min(differences) > 0
}

// beside holds scores against those of the best strategy; nil where no seed has both.
func beside(name string, best, scores Seeds, wall bool) *metrics.Beside {
	shift, seeds := ratios(best, scores)
	if seeds == 0 {
		return nil
	}
	// What the last digit of a logarithm is depends on the processor.
	times := func(log float64) float64 { return math.Round(math.Exp(log)*1e4) / 1e4 }
	b := &metrics.Beside{
		Strategy: name, Verdict: metrics.Same,
		Times: times(shift.Estimate), Low: times(shift.Low), High: times(shift.High), Range: shift.Range, P: shift.P, Seeds: seeds,
	}
	switch {
	case !Enough(seeds):
		b.Verdict = metrics.NotEnough
	case slower(best, scores, wall):
		b.Verdict = metrics.Worse
	case slower(scores, best, wall):
		b.Verdict = metrics.Better
	}
	return b
}

// slower reports whether b is slower than a beyond noise, and by more than is alike.
func slower(a, b Seeds, wall bool) bool {
	least := apart
	if wall {
		least = wallApart
	}
	shift, seeds := ratios(a, b)
	enough := Enough(seeds)
	if !enough {
		least = max(least, fewsApart)
	}
	if wall && b.median()-a.median() <= wallFloorMS {
		return false
	}
	certain := shift.Estimate
	if !enough {
		certain = shift.Low // every seed says so
	}
	return seeds > 0 && Higher(a, b) && certain > math.Log1p(least)
}

// ratios is how far the logarithms of the scores are apart: a strategy is so many times
// slower, whatever a seed makes of both.
func ratios(a, b Seeds) (shift stats.Shift, seeds int) {
	list := a.pairs(b, func(v, w float64) float64 { return math.Log(max(w, finest) / max(v, finest)) })
	return stats.Paired(list), len(list)
}

// pairs sets the values of both under every seed that both have.
func (s Seeds) pairs(other Seeds, by func(v, w float64) float64) (list []float64) {
	for _, seed := range slices.Sorted(maps.Keys(s)) {
		if w, ok := other[seed]; ok && !math.IsNaN(w) && !math.IsNaN(s[seed]) {
			list = append(list, by(s[seed], w))
		}
	}
	return list
}

func (s Seeds) median() float64 {
	mid, _, _, _ := stats.Median(slices.Collect(maps.Values(s)))
	return mid
}
