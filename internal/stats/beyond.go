package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat/combin"
)

// Sample is a sample of which it is known how many values are at most so large, as a
// histogram tells: Upto[i] of them are at most At[i]. Both rise, and the last of Upto
// is the size of the sample.
type Sample struct {
	At, Upto []float64
}

// Size is the number of values.
func (s Sample) Size() float64 {
	if len(s.Upto) == 0 {
		return 0
	}
	return s.Upto[len(s.Upto)-1]
}

// Beyond is the number of values above v.
func (s Sample) Beyond(v float64) float64 {
	i := sort.SearchFloat64s(s.At, math.Nextafter(v, math.Inf(1))) // the first step above v
	if i == 0 {
		return s.Size()
	}
	return s.Size() - s.Upto[i-1]
}

// Excess is a value beyond which one set of samples has more than another.
type Excess struct {
	Beyond   float64 // the value
	Old, New float64 // the share of each that is beyond it
	Z        float64 // how far apart those are, in standard errors of a share

	// P is the chance of an excess as clear as this one, anywhere, where it does not
	// matter which samples are called new.
	P float64
}

// mostExchanges is how many ways to call as many of the samples new are tried. Beyond
// that it is as many drawn at random, by a fixed seed.
const mostExchanges = 5000

// MostBeyond finds the value at which new exceeds old most: where the share of its
// values beyond it is larger by the most standard errors. A value of new counts as
// beyond v only if it is beyond grant(v), so that a shift within what is granted is
// none; an excess of less than so many standard errors is none either.
//
// It is the two-sample test of Kolmogorov and Smirnov with the weights of Anderson and
// Darling (Annals of Mathematical Statistics 23(2), 1952), which have it see five of
// ten thousand at the slow end as well as five hundred in the middle. The values of one
// sample, requests that wait for each other, are not independent, and the usual tables
// of the test would find a difference in all that queues. So P comes from exchanging
// whole samples: of every way to call as many of them new, the share in which
// the excess is as large.
func MostBeyond(old, new []Sample, grant func(v float64) float64, least float64) (x Excess, ok bool) {
	all := slices.Concat(old, new)
	places := placesOf(all)
	e := exchange{raw: make([][]float64, len(all)), granted: make([][]float64, len(all)), size: make([]float64, len(all))}
	for i, s := range all {
		e.size[i] = s.Size()
		for _, v := range places {
			e.raw[i] = append(e.raw[i], s.Beyond(v))
			e.granted[i] = append(e.granted[i], s.Beyond(grant(v)))
		}
	}
	isNew := make([]bool, len(all))
	for i := range new {
		isNew[len(old)+i] = true
	}
	found := e.most(isNew)
	if found.z <= 0 || found.z < least {
		return Excess{}, false
	}
	return Excess{Beyond: places[found.place], Old: found.old, New: found.new, Z: found.z, P: e.chance(found.z, len(new))}, true
}

// placesOf are values at which distributions are set against each other: those that
// leave 90, 80 ... 10, 9, 8 ... percent of all values behind them, down to the last one.
func placesOf(all []Sample) (places []float64) {
	total := 0.0
	var steps []float64
	for _, s := range all {
		total += s.Size()
		steps = append(steps, s.At...)
	}
	slices.Sort(steps)
	steps = slices.Compact(steps)
	left := func(v float64) (n float64) {
		for _, s := range all {
			n += s.Beyond(v)
		}
		return n
	}
	for decade := total; decade >= 1; decade /= 10 {
		for tenths := 9.0; tenths >= 1; tenths-- {
			most := decade * tenths / 10
			i := sort.Search(len(steps), func(i int) bool { return left(steps[i]) <= most })
			if i < len(steps) && (len(places) == 0 || places[len(places)-1] < steps[i]) {
				places = append(places, steps[i])
			}
		}
	}
	return places
}

// exchange is a set of samples, counted at the places, whose names can be exchanged.
type exchange struct {
	raw, granted [][]float64 // of every sample, how many values are beyond each place
	size         []float64
}

// excess is the largest one of an exchange; z is 0 where there is none.
type excess struct {
	place    int
	old, new float64
	z        float64
}

func (e exchange) most(isNew []bool) excess {
	var best excess
	var oldSize, newSize float64
	for i, is := range isNew {
		if is {
			newSize += e.size[i]
		} else {
			oldSize += e.size[i]
		}
	}
	if oldSize == 0 || newSize == 0 {
		return best
	}
	for place := range e.raw[0] {
		var x excess
		x.place = place
		for i, is := range isNew {
			if is {
				x.new += e.granted[i][place] / newSize
			} else {
				x.old += e.raw[i][place] / oldSize
			}
		}
		common := (x.old*oldSize + x.new*newSize) / (oldSize + newSize)
		if x.new <= x.old || common >= 1 {
			continue
		}
		if x.z = (x.new - x.old) / math.Sqrt(common*(1-common)*(1/oldSize+1/newSize)); x.z > best.z {
			best = x
		}
	}
	return best
}

// chance is the share of the ways to call k samples new in which the excess is as large
// as z; the way that was found is one of them.
func (e exchange) chance(z float64, k int) float64 {
	n := len(e.raw)
	as, tried := 0, 0
	try := func(chosen []int) {
		isNew := make([]bool, n)
		for _, i := range chosen {
			isNew[i] = true
		}
		tried++
		if e.most(isNew).z >= z*(1-1e-12) {
			as++
		}
	}
	if combin.GeneralizedBinomial(float64(n), float64(k)) <= mostExchanges {
		for g := combin.NewCombinationGenerator(n, k); g.Next(); {
			try(g.Combination(nil))
		}
		return float64(as) / float64(tried)
	}
	rng := rand.New(rand.NewPCG(uint64(n), uint64(k)))
	for tried < mostExchanges {
		try(rng.Perm(n)[:k])
	}
	return float64(as+1) / float64(tried+1)
}
