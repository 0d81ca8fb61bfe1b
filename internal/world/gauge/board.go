package gauge

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// mostApart is how many resources of a kind are told apart: of a tier of 100 nodes, the
// links that were full for longest.
const mostApart = 8

// Board is the gauges of one run, over the time of its traffic. A nil board gives nil
// gauges, and reports nothing.
type Board struct {
	begun     atomic.Int64 // nanoseconds of the Unix epoch; notYet before
	duration  int64
	width     int64 // of a window
	short     int64
	windows   int
	pieces    []piece
	counted   []span // what is left of the time without the warm-ups
	resources []*resource
	named     map[string]*resource
}

// piece is a part of the time that lies in one window, and counts as a whole or not at
// all. The last one is what comes after the traffic.
type piece struct {
	end    int64
	window int // -1: none
	counts bool
}

// span is a part of the time.
type span struct{ from, to int64 }

// resource is gauges of one name: of the workers of every box. They are merged when the
// run is over and not kept as one, since a sum tells nothing of the fullest.
type resource struct {
	kind, name string
	capacity   int64
	gauges     []*Gauge
	owners     []sync.Locker
}

// NewBoard returns a board for runs of so long, in windows, with phases of which some are
// warm-ups.
func NewBoard(cfg metrics.Config) *Board {
	b := &Board{duration: int64(cfg.Duration), width: int64(cfg.Window), short: int64(min(Short, cfg.Window)), named: make(map[string]*resource)}
	b.begun.Store(notYet)
	// The time is cut into pieces once, so that a gauge that moves on need not ask in which
	// window it is and whether that counts:
	//
	//	windows   |0        |1        |2        |3      |
	//	warm-up                  |        |
	//	pieces    |0        |1   |2   |3  |4    |5      |  after
	b.windows = int((b.duration + b.width - 1) / b.width)
	cuts := []int64{b.duration}
	for w := int64(1); w < int64(b.windows); w++ {
		cuts = append(cuts, w*b.width)
	}
	for _, p := range cfg.Phases {
		if p.WarmUp {
			cuts = append(cuts, int64(p.From), min(int64(p.To), b.duration))
		}
	}
	slices.Sort(cuts)
	from := int64(0)
	for _, to := range slices.Compact(cuts) {
		if to <= from || to > b.duration {
			continue
		}
		counts := !slices.ContainsFunc(cfg.Phases, func(p metrics.Phase) bool { return p.WarmUp && int64(p.From) <= from && from < int64(p.To) })
		b.pieces = append(b.pieces, piece{to, int(from / b.width), counts})
		if last := len(b.counted) - 1; counts && last >= 0 && b.counted[last].to == from {
			b.counted[last].to = to
		} else if counts {
			b.counted = append(b.counted, span{from, to})
		}
		from = to
	}
	b.pieces = append(b.pieces, piece{math.MaxInt64, -1, false})
	return b
}

// Add returns a gauge of one more resource, of so many places or servers; of 0 there is no
// limit. Those of one name, alike in all, are reported as one. Its owner guards it.
func (b *Board) Add(kind, name string, capacity int, owner sync.Locker) *Gauge {
	if b == nil {
		return nil
	}
	g := &Gauge{board: b, capacity: int64(capacity), room: int64(capacity - capacity/10), piece: b.pieces[0], next: 1, firstFull: -1}
	r := b.named[name]
	if r == nil {
		r = &resource{kind: kind, name: name, capacity: int64(capacity)}
		b.resources, b.named[name] = append(b.resources, r), r
	}
	r.gauges, r.owners = append(r.gauges, g), append(r.owners, owner)
	return g
}

// Begin says that the traffic begins: what was before is in no figure. What is taken then
// is taken from the first instant on.
func (b *Board) Begin(now time.Time) { b.begun.Store(now.UnixNano()) }

// Report adds the resources to a run, when its traffic has ended. One that nobody used has
// no series.
func (b *Board) Report(run *metrics.Run) {
	run.Resources, run.Series.Use = []metrics.Resource{}, make(map[string]metrics.Floats)
	kinds := make(map[string][]metrics.Resource)
	use := make(map[string]metrics.Floats)
	for _, r := range b.resources {
		x, series := r.report(b)
		kinds[r.kind] = append(kinds[r.kind], x)
		use[r.name] = series
	}
	// In the order in which they were made, those of a kind together.
	for _, r := range b.resources {
		list := kinds[r.kind]
		delete(kinds, r.kind)
		for _, x := range fullest(list) {
			run.Resources = append(run.Resources, x)
			if series := use[x.Name]; series != nil { // also of what was in use in a warm-up alone
				run.Series.Use[x.Name] = series
			}
		}
	}
}

// fullest are, of many, the few that were full for longest, or else in use the most; in
// the order of the list.
func fullest(list []metrics.Resource) []metrics.Resource {
	if len(list) <= mostApart {
		return list
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(*list[j].FullShare, *list[i].FullShare), cmp.Compare(list[j].Mean, list[i].Mean))
	})
	few := order[:mostApart]
	slices.Sort(few)
	kept := make([]metrics.Resource, mostApart)
	for i, place := range few {
		kept[i] = list[place]
	}
	return kept
}

// report is the resource, and its use over time; nil where nobody used it.
func (r *resource) report(b *Board) (x metrics.Resource, use metrics.Floats) {
	x = metrics.Resource{Kind: r.kind, Name: r.name, Number: len(r.gauges)}
	if r.capacity > 0 {
		x.Capacity, x.FullShare = &r.capacity, new(float64)
	}
	// A gauge may change still, on the wall clock: what a run leaves behind, as a refresh
	// that nobody waits for, goes on under its owner's mutex.
	counted := int64(0)
	for _, s := range b.counted {
		counted += s.to - s.from
	}
	var sum wide
	for i, g := range r.gauges {
		r.owners[i].Lock()
		g.end()
		for w, area := range g.use {
			if use == nil {
				use = make(metrics.Floats, b.windows)
			}
			use[w] = max(use[w], g.share(area, w))
		}
		sum.add(g.sum)
		x.Peak = max(x.Peak, g.most()) // of boxes the worst one is told: a hot key fills one of thirty
		if g.capacity > 0 && counted > 0 {
			*x.FullShare = max(*x.FullShare, float64(g.fullFor)/float64(counted))
		}
		if g.firstFull >= 0 {
			x.Full++
			if at := float64(g.firstFull) / 1e6; x.FirstFullMS == nil || at < *x.FirstFullMS {
				x.FirstFullMS = &at
			}
		}
		r.owners[i].Unlock()
	}
	x.Mean = sum.over(uint64(counted) * uint64(len(r.gauges)))
	return x, use
}

// length is that of a window, of which the last may be cut short.
func (b *Board) length(window int) int64 { return min(b.width, b.duration-int64(window)*b.width) }

// share is the use of a window: of the capacity where there is one.
func (g *Gauge) share(area int64, window int) float64 {
	return float64(area) / float64(g.board.length(window)) / float64(max(g.capacity, 1))
}

// most is the peak, outside of the warm-ups: the most places taken, or the most servers busy in the mean of a
// window. Of servers one instant says nothing: a link is idle or busy.
func (g *Gauge) most() (most float64) {
	if !g.serve {
		return float64(g.peak)
	}
	// A window counts that lies in a warm-up in part alone.
	for _, p := range g.board.pieces {
		if p.counts && g.use != nil {
			most = max(most, float64(g.use[p.window])/float64(g.board.length(p.window)))
		}
	}
	return most
}
