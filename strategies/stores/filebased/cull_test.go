package filebased

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/filebased/sweep"
)

// Published at its default of 300: the entries rise to 300 and fall by a third.
// Of some 177 top-level directories 59 or 60 go, with 1.7 entries each; a
// simulation of 2,000 culls gave 100.7. The first directory goes every time.
func TestPublishedSawTooth(t *testing.T) {
	s := open(t, t.TempDir(), Config{})
	var removed []int64
	lowest, highest := int64(math.MaxInt64), int64(0)
	for i := 0; len(removed) < 5; i++ {
		first := s.tree.list()
		before := s.Stats()
		set(t, s, 0, fmt.Sprint("k", i))
		after := s.Stats()
		highest = max(highest, after.Entries)
		if after.Culls == before.Culls {
			continue
		}
		if before.Entries != 300 {
			t.Fatalf("a cull at %d entries", before.Entries)
		}
		removed = append(removed, after.Culled-before.Culled)
		lowest = min(lowest, after.Entries)
		if slices.Contains(s.tree.list(), first[0]) && nameOf(fmt.Sprint("k", i))[:2] != first[0] {
			t.Errorf("the first directory %s survived a cull", first[0])
		}
	}
	var sum int64
	for _, n := range removed {
		sum += n
	}
	if mean := float64(sum) / float64(len(removed)); math.Abs(mean-100.7) > 7 || highest != 300 || lowest < 170 || lowest > 215 {
		t.Errorf("culls removed %v, %.1f each; from %d down to %d", removed, mean, highest, lowest)
	}
	holds(t, s, int(s.Stats().Entries))
}

// Random at its default of 300: a third goes, to the entry, and nobody goes every time. A
// Django 3.2 was seen to remove 100.0 of 300.
func TestRandomSawTooth(t *testing.T) {
	s := open(t, t.TempDir(), Config{Cull: Random, Rand: rand.New(rand.NewPCG(1, 2))})
	set(t, s, time.Hour, numbered("k", 300)...)
	holds(t, s, 300)
	gone := 0
	for i := range 5 {
		set(t, s, time.Hour, numbered(fmt.Sprint("more", i, " "), 100)...)
		got := s.Stats()
		if got.Culls != int64(i+1) || got.Culled != int64(100*(i+1)) {
			t.Fatalf("%d entries in %d culls, want 100 in each", got.Culled, got.Culls)
		}
	}
	for _, key := range numbered("k", 300) {
		if !has(t, s, key) {
			gone++
		}
	}
	if want := 300 * (1 - math.Pow(2.0/3, 5)); math.Abs(float64(gone)-want) > 30 {
		t.Errorf("%d of the first 300 are gone after five culls, want about %.0f", gone, want)
	}
}

// Exact holds the limit to the entry, and what expires first goes first.
func TestExact(t *testing.T) {
	clock := newFixed()
	s := open(t, t.TempDir(), Config{Cull: Exact, MaxEntries: 50, Now: clock.tell})
	for i, key := range numbered("k", 51) {
		set(t, s, time.Duration(100+i)*time.Second, key)
	}
	holds(t, s, 51)
	set(t, s, time.Hour, "new", "newer")
	holds(t, s, 51)
	if has(t, s, "k0") || has(t, s, "k1") || !has(t, s, "k2") {
		t.Error("the earliest expiry was to go first")
	}
	clock.now = clock.now.Add(110 * time.Second)
	set(t, s, time.Hour, "newest")
	holds(t, s, 51-9+1) // k2 to k10 had expired
}

// Amortised never exceeds its limit and removes the expired before anything else.
func TestAmortised(t *testing.T) {
	clock := newFixed()
	s := open(t, t.TempDir(), Config{Cull: Amortised, MaxEntries: 320, Now: clock.tell})
	long, short := numbered("long", 200), numbered("short", 90)
	set(t, s, time.Hour, long...)
	set(t, s, time.Minute, short...)
	clock.now = clock.now.Add(time.Minute)
	// 100 of 300 are to go: the 90 that have expired, and 10 of the others.
	set(t, s, time.Hour, numbered("more", 30)...)
	for _, key := range short {
		if has(t, s, key) {
			t.Errorf("%s has expired and is there", key)
		}
	}
	lost := 0
	for _, key := range long {
		if !has(t, s, key) {
			lost++
		}
	}
	if got := s.Stats(); got.Culls != 1 || lost > 40 {
		t.Errorf("%d culls, and %d are gone that had not expired", got.Culls, lost)
	}
	for i := range 600 {
		set(t, s, time.Hour, fmt.Sprint("k", i))
		if n := s.Stats().Entries; n > 320 {
			t.Fatalf("%d entries after %d sets, above the limit", n, i)
		}
	}
	got := s.Stats()
	if mean := float64(got.Culled) / float64(got.Culls); mean < 90 || mean > 125 {
		t.Errorf("%.1f entries removed by a cull on average", mean)
	}
	holds(t, s, int(got.Entries))
}

// Of what no Set looks at the timer removes the dead, and with a limit a third of
// the living.
func TestForceCull(t *testing.T) {
	clock := newFixed()
	dir := t.TempDir()
	s := open(t, dir, Config{Cull: Manual, MaxEntries: -1, Now: clock.tell})
	set(t, s, time.Minute, numbered("short", 100)...)
	set(t, s, time.Hour, numbered("long", 400)...)
	clock.now = clock.now.Add(time.Minute)
	holds(t, s, 500)
	if got := s.Stats(); got.Visited.N+got.Opened.N+got.Removed.N != 0 {
		t.Errorf("a Set has looked around: %+v", got)
	}
	if n, err := s.ForceCull(background); n != 100 || err != nil {
		t.Errorf("%d removed, %v; want the 100 that had expired", n, err)
	}
	holds(t, s, 400)
	limited := open(t, dir, Config{Cull: Manual, MaxEntries: 300, Now: clock.tell})
	if n, err := limited.ForceCull(background); n < 100 || n > 170 || err != nil {
		t.Errorf("%d removed, %v; want about a third of 400", n, err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := limited.ForceCull(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// fill puts n entries into dir without looking around.
func fill(t testing.TB, dir string, n int, flat bool) {
	t.Helper()
	s := open(t, dir, Config{Cull: Manual, MaxEntries: -1, Flat: flat})
	e := strategies.Entry{Value: strategies.Value{Data: make([]byte, 100)}}
	for i := range n {
		if err := s.Set(background, fmt.Sprint("filled ", i), e, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
}

// The shape of a Set, told by what it does to the file system and not by the time
// it takes: a line is fitted to the operations of one Set over n entries.
func TestShape(t *testing.T) {
	sizes := []int{50, 200, 500}
	const limit = 5_000_000
	cases := []*shape{
		{name: "published, far below its limit", mode: Published, limit: limit, visit: 1},
		{name: "random, far below its limit", mode: Random, limit: limit, visit: 1},
		{name: "exact, below its limit", mode: Exact, limit: limit},
		{name: "exact, at its limit", mode: Exact, limit: 0, visit: 2, open: 2},
		{name: "manual", mode: Manual, limit: -1},
		{name: "amortised, far below its limit", mode: Amortised, limit: limit},
		{name: "amortised, at its limit", mode: Amortised, limit: 0, mostOpened: sweep.Stride},
	}
	for _, n := range sizes {
		dir := t.TempDir()
		fill(t, dir, n, false)
		flat := t.TempDir()
		fill(t, flat, n, true)
		for _, c := range cases {
			in := dir
			if c.mode == Random {
				in = flat
			}
			c.measure(t, in)
		}
	}
	for _, c := range cases {
		fits(t, c.name+": entries met while walking", c.n, c.visits, c.visit, 0)
		fits(t, c.name+": files opened", c.n, c.opens, c.open, c.mostOpened)
	}
}

// shape is how the operations of a Set grow with the entries.
type shape struct {
	name        string
	mode        CullMode
	limit       int     // 0: as many as make the next Set cull
	visit, open float64 // that every entry adds
	mostOpened  float64 // where it adds none

	n, visits, opens []float64
}

func (c *shape) measure(t *testing.T, dir string) {
	t.Helper()
	n := len((&tree{dir: dir, flat: c.mode == Random}).all())
	limit := c.limit
	switch {
	case limit == 0 && c.mode == Exact:
		limit = n - 1
	case limit == 0:
		limit = n
	}
	s := open(t, dir, Config{Cull: c.mode, MaxEntries: limit})
	before := s.Stats()
	set(t, s, time.Hour, "one more")
	after := s.Stats()
	if err := s.Delete(background, "one more"); err != nil {
		t.Fatal(err)
	}
	c.n = append(c.n, float64(n))
	c.visits = append(c.visits, float64(after.Visited.N-before.Visited.N))
	c.opens = append(c.opens, float64(after.Opened.N-before.Opened.N))
}

// fits fails unless y grows with n by the slope, along a line; with slope 0 it
// must never be more than most.
func fits(t *testing.T, what string, n, y []float64, slope, most float64) {
	t.Helper()
	var meanX, meanY, xx, xy, yy float64
	for i := range n {
		meanX += n[i] / float64(len(n))
		meanY += y[i] / float64(len(n))
	}
	for i := range n {
		dx, dy := n[i]-meanX, y[i]-meanY
		xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
	}
	got := xy / xx
	if slope == 0 {
		if slices.Max(y) > most || math.Abs(got) > 0.001 {
			t.Errorf("%s: %v, want at most %v however many entries there are", what, y, most)
		}
		return
	}
	if r2 := xy * xy / (xx * yy); math.Abs(got-slope) > 0.01 || r2 < 0.999 {
		t.Errorf("%s: %v grow by %.3f an entry with R² %.4f, want by %v along a line", what, y, got, r2, slope)
	}
}

// The time of a Set, and of each entry that is there. It is measured on the
// machine; the tests above do without.
func BenchmarkSet(b *testing.B) {
	for _, n := range []int{300, 1000, 3000, 12_000, 30_000} {
		dirs := map[bool]string{false: b.TempDir(), true: b.TempDir()}
		for flat, dir := range dirs {
			fill(b, dir, n, flat)
		}
		for _, mode := range modes() {
			dir := dirs[mode == Random]
			b.Run(fmt.Sprintf("%d/%s", n, mode), func(b *testing.B) { benchmarkSet(b, dir, mode, n) })
		}
	}
}

func benchmarkSet(b *testing.B, dir string, mode CullMode, n int) {
	limit := map[CullMode]int{Published: 5_000_000, Random: 5_000_000, Amortised: n, Manual: -1, Exact: n - 1}[mode]
	s := open(b, dir, Config{Cull: mode, MaxEntries: limit})
	e := strategies.Entry{Value: strategies.Value{Data: make([]byte, 100)}}
	sets := 0
	for b.Loop() {
		sets++
		if err := s.Set(background, fmt.Sprint("new ", sets), e, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
	got := s.Stats()
	b.ReportMetric(micros(b.Elapsed())/float64(sets)/float64(n), "us/object")
	b.ReportMetric(micros(got.Visited.Mean()), "us/visit")
	b.ReportMetric(micros(got.Opened.Mean()), "us/open")
	b.ReportMetric(micros(got.Removed.Mean()), "us/remove")
	for i := range sets { // leave as many as there were
		if err := s.Delete(background, fmt.Sprint("new ", i+1)); err != nil {
			b.Fatal(err)
		}
	}
}

// The limiter is given what a Set spends on other entries, and nothing where there
// is nothing to do.
func TestLimit(t *testing.T) {
	for _, c := range []struct {
		mode  CullMode
		limit int
		want  int // of ten sets of new keys
	}{
		{Published, 1000, 10}, {Random, 1000, 10}, {Exact, 1000, 0}, {Exact, 5, 4}, {Manual, -1, 0}, {Amortised, 1000, 0}, {Amortised, 16, 0}, {Amortised, 10, 1},
	} {
		calls := 0
		s := open(t, t.TempDir(), Config{Cull: c.mode, MaxEntries: c.limit, Limit: func(cull func()) {
			calls++
			cull()
		}})
		set(t, s, time.Hour, numbered("k", 10)...)
		if calls != c.want {
			t.Errorf("%s, limit %d: %d shares of %d sets were given away, want %d", c.mode, c.limit, calls, 10, c.want)
		}
	}
}
