package gauge_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/station"
)

// The time of the tests is short enough to look at every nanosecond of it.
const (
	duration = 97
	window   = 10
	warmFrom = 13
	warmTo   = 31
	begun    = 1_000_000
)

func newBoard() *gauge.Board {
	return gauge.NewBoard(metrics.Config{Duration: duration, Window: window, Phases: []metrics.Phase{
		{Name: "first", From: 0, To: 50}, {Name: "warm", From: warmFrom, To: warmTo, WarmUp: true},
	}})
}

func begin(b *gauge.Board) { b.Begin(time.Unix(0, begun)) }

func counts(t int) bool { return t < warmFrom || t >= warmTo }

// brute is a resource of which the level is known at every nanosecond, and where it is
// full.
type brute struct {
	capacity int
	level    [duration]int
	full     [duration]bool
}

func (x *brute) check(t *rapid.T, b *gauge.Board, busiest bool) {
	var run metrics.Run
	b.Report(&run)
	sum, counted, fullFor, peak, used := 0, 0, 0, 0.0, false
	first, lasts := -1, 0
	var use [(duration + window - 1) / window]float64
	for at := range duration {
		used = used || x.level[at] > 0
		use[at/window] += float64(x.level[at])
		if !x.full[at] || !counts(at) {
			lasts = 0
		} else if lasts++; lasts == window && first < 0 {
			first = at - window + 1
		}
		if !counts(at) {
			continue
		}
		counted++
		sum += x.level[at]
		if !busiest {
			peak = max(peak, float64(x.level[at]))
		}
		if x.full[at] {
			fullFor++
		}
	}
	if !used {
		if r := run.Resources[0]; r.Peak != 0 || r.Mean != 0 || len(run.Series.Use) > 0 {
			t.Fatalf("nobody used it, and it is %+v, %v", r, run.Series.Use)
		}
		return
	}
	for w := range use {
		length := min(window, duration-w*window)
		use[w] /= float64(length)
		if busiest && (counts(w*window) || counts(w*window+length-1)) {
			peak = max(peak, use[w])
		}
	}
	r := run.Resources[0]
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 2e-6 {
			t.Fatalf("%s is %v, want %v", what, got, want)
		}
	}
	near("the mean", r.Mean, float64(sum)/float64(counted))
	near("the peak", r.Peak, peak)
	near("the share of the time that it was full", *r.FullShare, float64(fullFor)/float64(counted))
	for w, v := range run.Series.Use[r.Name] {
		near("the use of a window", v, use[w]/float64(x.capacity))
	}
	switch {
	case r.FirstFullMS == nil && first >= 0:
		t.Fatalf("it was full from %d on, and is said never to have been", first)
	case r.FirstFullMS != nil:
		near("when it was full first", *r.FirstFullMS*1e6, float64(first))
	}
}

// A gauge of places is what a look at every nanosecond finds.
func TestPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, x := newBoard(), &brute{capacity: rapid.IntRange(1, 25).Draw(t, "capacity")}
		g := b.Add("places", "places", x.capacity, new(sync.Mutex))
		level, full := rapid.IntRange(0, x.capacity).Draw(t, "level before"), false
		set := func(now, to int) {
			g.Set(int64(now), int64(to))
			if level = to; level == x.capacity {
				full = true
			} else if level < x.capacity-x.capacity/10 {
				full = false
			}
		}
		set(begun-rapid.IntRange(0, 50).Draw(t, "before"), level)
		begin(b)
		for at := range duration {
			for range rapid.IntRange(0, 9).Draw(t, "changes") - 7 { // mostly none
				set(begun+at, rapid.IntRange(0, x.capacity).Draw(t, "level"))
			}
			x.level[at], x.full[at] = level, full
		}
		set(begun+duration+rapid.IntRange(0, 20).Draw(t, "after"), 0)
		x.check(t, b, false)
	})
}

// A gauge of servers likewise, though it hears of a job when that arrives.
func TestServers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, x := newBoard(), &brute{capacity: rapid.IntRange(1, 4).Draw(t, "servers")}
		s := station.New(x.capacity)
		s.Watch(b.Add("servers", "servers", x.capacity, new(sync.Mutex)))
		s.Reserve(begun-20, 3) // before the traffic
		begin(b)
		free := make([]int, x.capacity) // when each is
		for at := range duration {
			for range rapid.IntRange(0, 5).Draw(t, "jobs") - 3 {
				service, server := rapid.IntRange(0, 25).Draw(t, "service"), 0
				for i := range free {
					if free[i] < free[server] {
						server = i
					}
				}
				s.Reserve(int64(begun+at), time.Duration(service))
				from := max(at, free[server])
				free[server] = from + service
				for busy := from; busy < min(from+service, duration); busy++ {
					x.level[busy]++
				}
			}
			all := true
			for _, until := range free {
				all = all && until > at
			}
			x.full[at] = all
		}
		x.check(t, b, true)
	})
}

// Of a fleet the fullest box is told, and the mean; of many nodes the fullest few.
func TestTogetherAndApart(t *testing.T) {
	b := gauge.NewBoard(metrics.Config{Duration: 100, Window: 10})
	for i := range 4 {
		g := b.Add(metrics.Workers, metrics.Workers, 2, new(sync.Mutex))
		g.Set(begun-1, int64(min(i, 2))) // 0, 1, 2 and 2
	}
	for i := range 20 {
		link := b.Add(metrics.Network, metrics.NetworkOf(i), 1, new(sync.Mutex))
		link.Set(begun-1, 0)
		link.Set(begun, int64(i%2))
		if i == 3 {
			link.Set(begun+20, 0)
		}
	}
	begin(b)
	var run metrics.Run
	b.Report(&run)
	w := run.Resources[0]
	if w.Number != 4 || w.Full != 2 || w.Mean != 1.25 || w.Peak != 2 || *w.FullShare != 1 || *w.FirstFullMS != 0 {
		t.Errorf("the workers of four boxes are %+v", w)
	}
	if got := run.Series.Use[metrics.Workers]; len(got) != 10 || got[4] != 1 {
		t.Errorf("the use of the fullest box is %v", got)
	}
	var names []string
	for _, r := range run.Resources[1:] {
		names = append(names, r.Name)
	}
	if len(names) != 8 || names[0] != "network of node 1" || names[7] != "network of node 17" {
		t.Errorf("of ten links in use are told: %v", names)
	}
	if x := run.Resource(metrics.Network); x == nil || *x.FullShare != 1 {
		t.Errorf("the fullest link is %+v", x)
	}
}

// Without a board nothing is measured.
func TestNoBoard(t *testing.T) {
	var b *gauge.Board
	g := b.Add(metrics.Workers, metrics.Workers, 1, nil)
	g.Set(1, 1)
	g.Add(2, -1)
	g.Serve(3, 3, 4, 4)
}
