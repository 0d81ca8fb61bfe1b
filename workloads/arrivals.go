package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

// pacer is a rate of requests over time, as a pure value: it knows neither a
// clock nor chance. Times are counted from the beginning of the class's active
// time.
//
// L(t), the requests expected up to t, is the integral of the rate. Both kinds
// of arrivals come from its inverse:
//
//	L(t)                          _.-'
//	  3 |- - - - - - - - - - -_.-'      constant: the k-th request, from 0,
//	2.4 |~ ~ ~ ~ ~ ~ ~ ~ _.-' :         comes when L reaches k.
//	  2 |- - - - - - _.-'     :
//	1.9 |~ ~ ~ ~ _.-' :   :   :         poisson: it comes when L reaches the
//	  1 |- _.-'   :   :   :   :         sum of k+1 independent exponential gaps
//	0.3 |.'   :   :   :   :   :         of mean 1 (here 0.3, 1.9, 2.4).
//	    +-----+---+---+---+---+---- t
//
// The second is the Poisson process of that rate, by the change of time theorem
// (Çınlar, "Introduction to Stochastic Processes", 1975, section 4.7): a process
// of rate 1 runs on the axis of L, and the inverse of L carries it over.
type pacer interface {
	// reach is when L exceeds hits: the last instant at which it does not. It is
	// false if L never does. The search may begin at an instant known to be
	// earlier.
	reach(hits float64, earlier time.Duration) (time.Duration, bool)

	// expected is L(at).
	expected(at time.Duration) float64
}

// paced are the arrivals that a pacer gives within an active time.
type paced struct {
	pacer       pacer
	stream      *rand.PCG // of the exponential gaps; nil is constant arrivals
	from, until time.Duration

	hits    float64       // gaps so far
	last    time.Duration // from the beginning of the active time
	started bool
}

// never is the instant of an arrival that does not come.
const never time.Duration = math.MaxInt64

// next returns the next instant, and never when there is none before until.
func (p *paced) next() time.Duration {
	switch {
	case p.stream != nil:
		p.hits -= ln(positiveUnit(p.stream.Uint64()))
	case p.started:
		p.hits++
	}
	p.started = true
	at, ok := p.pacer.reach(p.hits, p.last)
	if !ok || at >= p.until-p.from {
		return never
	}
	p.last = max(at, p.last) // the inverse is monotone but for rounding
	return p.from + p.last
}

// arrivals are instants that do not decrease.
type arrivals interface{ next() time.Duration }

// beside is two arrivals merged; where they tie, the first goes first.
type beside struct {
	merged [2]arrivals
	nextAt [2]time.Duration
}

func newBeside(first, second arrivals) *beside {
	return &beside{[2]arrivals{first, second}, [2]time.Duration{first.next(), second.next()}}
}

func (b *beside) next() time.Duration {
	earlier := 0
	if b.nextAt[1] < b.nextAt[0] {
		earlier = 1
	}
	at := b.nextAt[earlier]
	b.nextAt[earlier] = b.merged[earlier].next()
	return at
}
