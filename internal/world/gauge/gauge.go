// Package gauge measures how full the resources of a world are: workers, queues,
// cores, links, slots. Whoever owns a resource tells its [Gauge] of every change, so
// that nothing is sampled: a peak of a microsecond is a peak. A [Board] has the gauges
// of one run and reports them.
//
// # When a resource is full
//
// Places, of which each is taken or free (workers, slots, connections, a waiting room):
// from the instant at which the last one is taken until more than a tenth of them is free
// again. A queue that refuses work is never full for long, since each job that leaves it
// makes room for the next; without that tenth it would seem to be all right.
//
// Servers with a queue before them (cores, a link; package station): while nobody could
// be served at once.
//
// That a resource is full for an instant says little: sixteen workers are all busy now
// and then on any day. The first time that counts is the first that lasts [Short], and
// it is told by when it began: of two that are full, the one that was full first is the
// one to look at, for its queue fills what is before it.
package gauge

import (
	"math"
	"math/bits"
	"time"
)

// Short is the time below which nothing is called full, or a window of the series where
// that is shorter.
const Short = time.Second

// Gauge is one resource: the workers of one box, the link of one node. It is guarded by
// its owner's mutex. A nil gauge measures nothing.
type Gauge struct {
	board    *Board
	capacity int64 // places or servers; 0: without limit
	room     int64 // it is full no more with fewer taken

	level int64 // places taken
	at    int64 // until when level is accounted for, in nanoseconds of the traffic
	piece piece // of the time, that at lies in
	next  int   // number of the piece after it
	area  int64 // of the piece so far, in places × nanoseconds

	use   []int64 // area of every window; nil until something was used
	sum   wide    // area that counts
	peak  int64   // most places taken that count, for longer than no time
	serve bool    // it has servers, and no level

	full      bool
	from, to  int64 // the last full period; of servers, who know it beforehand, perhaps yet to come
	fullFor   int64 // that counts
	firstFull int64 // -1: never
}

// Set says that so many places are taken from now on, in nanoseconds of the Unix epoch. It
// is called twice or more for every request, and costs a few nanoseconds: while the time
// stays within a piece there is one product to add.
func (g *Gauge) Set(now, level int64) {
	if g == nil {
		return
	}
	g.advance(now)
	g.level = level
	// What has no limit is never full, and its level is kept all the same: a herd shows in it.
	switch {
	case g.capacity == 0:
	case !g.full && level >= g.capacity:
		g.full = true
		g.fullAt(g.at)
	case g.full && level < g.room:
		g.full, g.to = false, g.at
	}
}

// Add says that so many more places are taken, or fewer.
func (g *Gauge) Add(now, more int64) {
	if g != nil {
		g.Set(now, g.level+more)
	}
}

// Serve says that one of the servers is busy from start to end, and that all are until
// idle, if that is later than now.
func (g *Gauge) Serve(now, start, end, idle int64) {
	if g == nil {
		return
	}
	g.serve = true
	begun := g.board.begun.Load()
	if now < begun { // before the traffic
		return
	}
	g.advance(now)
	idle = max(idle, now) // of a server that never had a job, before all time
	now, start, end, idle = now-begun, start-begun, end-begun, idle-begun
	// The job may lie in windows to come. It is put there now: with the service known, what
	// is reserved happens.
	p, next := g.piece, g.next
	for start < end {
		if start < p.end {
			g.put(p, min(end, p.end)-start)
			start = min(end, p.end)
		}
		if start < end {
			p, next = g.board.pieces[next], next+1
		}
	}
	if idle > now {
		g.fullAt(now)
		g.to = idle
	}
}

// fullAt begins a full period, or goes on with the last one where no time has passed
// since: a place that is left and taken again in one instant was never free.
func (g *Gauge) fullAt(t int64) {
	if t > g.to {
		g.countFull()
		g.from = t
	}
}

// advance accounts for the time until now, in which nothing changed. Clocks of several
// goroutines may be read in another order than the owner's mutex is taken: time then
// stands still for the gauge, and does not go back.
func (g *Gauge) advance(now int64) {
	t := now - g.board.begun.Load()
	if t <= g.at { // also before the traffic, which begins at 0
		return
	}
	if t >= g.piece.end {
		if g.advancePieces(t); t == g.at { // what lasts no time is no peak
			return
		}
	}
	g.pass(t)
}

// pass accounts for the time until t, within the piece.
func (g *Gauge) pass(t int64) {
	g.area += g.level * (t - g.at)
	g.at = t
	if g.level > g.peak && g.piece.counts {
		g.peak = g.level
	}
}

// advancePieces goes on to the piece in which t lies.
func (g *Gauge) advancePieces(t int64) {
	// An idle resource hears of nothing for long: it may pass many windows at once.
	for t >= g.piece.end {
		if g.at < g.piece.end {
			g.pass(g.piece.end)
		}
		g.put(g.piece, g.area)
		g.area = 0
		g.piece, g.next = g.board.pieces[g.next], g.next+1
	}
}

// put adds area to a piece.
func (g *Gauge) put(p piece, area int64) {
	if area == 0 || p.window < 0 {
		return
	}
	if g.use == nil {
		g.use = make([]int64, g.board.windows)
	}
	g.use[p.window] += area
	if p.counts {
		g.sum.add(wide{low: uint64(area)})
	}
}

// countFull counts the last full period, of which a warm-up is no part.
func (g *Gauge) countFull() {
	for _, c := range g.board.counted {
		a, b := max(g.from, c.from), min(g.to, c.to)
		if a >= b {
			continue
		}
		g.fullFor += b - a
		if g.firstFull < 0 && b-a >= g.board.short {
			g.firstFull = a
		}
	}
}

// end accounts for what is left when the traffic has ended.
func (g *Gauge) end() {
	if begun := g.board.begun.Load(); begun != notYet {
		g.advance(begun + g.board.duration)
	}
	if g.full {
		g.full, g.to = false, g.at
	}
	g.countFull()
	g.from = g.to
}

// notYet is when the traffic begins that has not begun.
const notYet = math.MaxInt64

// wide is a sum that 64 bits are too few for: 100,000 places over a day. It is of integers,
// since that of floating-point numbers depends on their order, and the results of a run
// are to be the same bytes on every machine.
type wide struct{ high, low uint64 }

func (w *wide) add(v wide) {
	var carry uint64
	w.low, carry = bits.Add64(w.low, v.low, 0)
	w.high += v.high + carry
}

// over is the sum divided by n, cut to a millionth.
func (w wide) over(n uint64) float64 {
	if n == 0 {
		return 0
	}
	whole, rest := bits.Div64(w.high, w.low, n)
	high, low := bits.Mul64(rest, 1e6)
	millionths, _ := bits.Div64(high, low, n)
	return float64(whole) + float64(millionths)/1e6
}
