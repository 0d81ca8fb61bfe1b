package strategies_test

import (
	"context"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// newTwoLevel makes a box of two levels: copies for 1 s over values for 60 s.
func newTwoLevel(t *testing.T, w *world, c *client, cfg strategies.TwoLevelConfig) *strategies.TwoLevel {
	t.Helper()
	inner, err := filedNaive(c, w.origin, strategies.NaiveConfig{TTL: time.Minute, Runtime: w.runtime()})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Runtime = w.runtime()
	s, err := filedTwoLevel(inner, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// However many requests there are, the shared cache sees one read of a key per
// box and ttl.
func TestTwoLevelReadsOfTheSharedCache(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		const size, seconds = 4, 10
		var fleet []*strategies.TwoLevel
		for range size {
			fleet = append(fleet, newTwoLevel(t, w, newClient(w, "box"), strategies.TwoLevelConfig{}))
		}
		outcomeIs(t, fleet[0], "k", strategies.Computed)
		reads := 0
		w.server.seen = func(op, _ string) {
			if op == "get" {
				reads++
			}
		}
		w.together(20, func(i int) {
			for begun := w.elapsed(); w.elapsed()-begun < seconds*time.Second; {
				outcomeIs(t, fleet[i%size], "k", strategies.FreshHit)
				w.sleep(10 * time.Millisecond)
			}
		})
		if reads > size*seconds || reads < size*(seconds-1) {
			t.Errorf("%d reads in %d s by %d boxes", reads, seconds, size)
		}
		stats := fleet[0].Stats()
		if stats.Loads != 1 || stats.L1Hits < 4000 || stats.L1Misses > 60 {
			t.Errorf("%+v", stats)
		}
	})
}

// Copies that a tick ends end together in all boxes; with jitter they part.
func TestTwoLevelTogetherAndApart(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  strategies.TwoLevelConfig
		most [2]int // reads at one instant, of the last ten seconds: from, to
	}{
		{"tick", strategies.TwoLevelConfig{Tick: time.Second}, [2]int{10, 10}},
		{"jitter", strategies.TwoLevelConfig{Jitter: 0.3}, [2]int{1, 5}},
		{"jitter that a tick rounds away", strategies.TwoLevelConfig{Tick: time.Second, Jitter: 0.3}, [2]int{5, 10}},
	} {
		onSim(t, func(w *world) {
			var fleet []*strategies.TwoLevel
			for range 10 {
				fleet = append(fleet, newTwoLevel(t, w, newClient(w, "box"), c.cfg))
			}
			outcomeIs(t, fleet[0], "k", strategies.Computed)
			at := make(map[time.Duration]int)
			w.server.seen = func(op, _ string) {
				if op == "get" && w.elapsed() > 10*time.Second {
					at[w.elapsed().Truncate(10*time.Millisecond)]++
				}
			}
			w.together(10, func(i int) {
				for begun := w.elapsed(); w.elapsed()-begun < 20*time.Second; {
					outcomeIs(t, fleet[i], "k", strategies.FreshHit)
					w.sleep(time.Duration(5+i) * time.Millisecond)
				}
			})
			most := 0
			for _, n := range at {
				most = max(most, n)
			}
			if most < c.most[0] || most > c.most[1] {
				t.Errorf("%s: at most %d boxes read within 10 ms, want %d to %d", c.name, most, c.most[0], c.most[1])
			}
		})
	}
}

// A copy keeps the age of the value, and what an inner failure was.
func TestTwoLevelIsHonest(t *testing.T) {
	onSim(t, func(w *world) {
		s := newTwoLevel(t, w, newClient(w, "box"), strategies.TwoLevelConfig{})
		first := outcomeIs(t, s, "k", strategies.Computed)
		w.sleep(30 * time.Second)
		for range 3 {
			if r := outcomeIs(t, s, "k", strategies.FreshHit); r.Stored != first.Stored {
				t.Errorf("stored at %v, want %v", r.Stored, first.Stored)
			}
		}
		w.sleep(time.Minute)
		w.origin.act = func(string, int) (time.Duration, error) { return time.Second, errOrigin }
		w.together(5, func(int) { outcomeIs(t, s, "k", strategies.OriginFailure) })
		w.origin.act = nil
		w.together(5, func(i int) {
			w.sleep(time.Duration(i)) // the first one leads
			outcomeIs(t, s, "k", []strategies.Outcome{strategies.Computed, strategies.Coalesced}[min(i, 1)])
		})
	})
}

// The box that wrote reads its write at once, whatever was under way when it
// wrote; another box may see the old value until its copy's end.
func TestTwoLevelReadsItsOwnWrites(t *testing.T) {
	for _, coalesce := range []bool{true, false} {
		onBothClocks(t, func(t *testing.T, w *world) {
			w.origin.takes = 100 * time.Millisecond
			cfg := strategies.TwoLevelConfig{Coalesce: &coalesce}
			here, there := newTwoLevel(t, w, newClient(w, "box1"), cfg), newTwoLevel(t, w, newClient(w, "box2"), cfg)
			outcomeIs(t, here, "k", strategies.Computed)
			outcomeIs(t, there, "k", strategies.FreshHit)
			w.sleep(990 * time.Millisecond)
			for wait := range 6 { // from before the read under way to after it
				w.sleep(20 * time.Millisecond) // both copies are, or soon will be, at their end
				w.Go("reads meanwhile", func() { _, _ = here.Get(background, "k") })
				w.sleep(time.Duration(wait) * 400 * time.Microsecond)
				version := w.origin.write("k")
				if err := here.Invalidate(background, "k", version); err != nil {
					t.Error(err)
				}
				r, err := here.Get(background, "k")
				if err != nil || r.Version != version {
					t.Errorf("wait %d: read version %d after writing %d (%v)", wait, r.Version, version, err)
				}
				w.sleep(980 * time.Millisecond)
			}
			seen, _ := there.Get(background, "k")
			version := w.origin.write("k")
			_ = here.Invalidate(background, "k", version)
			if r, _ := there.Get(background, "k"); r.Version != seen.Version {
				t.Errorf("the other box sees version %d at once", r.Version)
			}
			w.sleep(time.Second)
			if r, _ := there.Get(background, "k"); r.Version != version {
				t.Errorf("the other box sees version %d after its copy's end", r.Version)
			}
		})
	}
}

// countingInner counts what reaches it.
type countingInner struct{ gets int }

func (c *countingInner) Get(context.Context, string) (strategies.Result, error) {
	c.gets++
	return strategies.Result{}, nil
}

// A strategy beneath that wants to hear of no writes, and counts nothing.
func TestTwoLevelOverAPlainStrategy(t *testing.T) {
	inner := new(countingInner)
	s, err := filedTwoLevel(inner, strategies.TwoLevelConfig{TTL: time.Hour, Entries: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "a", "c", "a", "b"} { // c pushes b out
		_, _ = s.Get(background, key)
	}
	if inner.gets != 4 {
		t.Errorf("%d reads", inner.gets)
	}
	if err := s.Invalidate(background, "a", 1); err != nil {
		t.Error(err)
	}
	_, _ = s.Get(background, "a")
	if inner.gets != 5 {
		t.Errorf("%d reads after the write", inner.gets)
	}
	if got := s.Stats(); got.L1Hits != 2 || got.L1Misses != 5 {
		t.Errorf("%+v", got)
	}
}

// slowInner answers after 10 ms with the version there was when it was asked.
type slowInner struct {
	w             *world
	gets, version int
}

func (s *slowInner) Get(context.Context, string) (strategies.Result, error) {
	s.gets++
	version := s.version
	s.w.sleep(10 * time.Millisecond)
	return strategies.Result{Value: strategies.Value{Version: uint64(version)}}, nil
}

// A write while a read is under way: nobody joins that read any more, it keeps
// no copy, and the reads begun after the write do.
func TestTwoLevelWriteMeetsRead(t *testing.T) {
	for _, coalesce := range []bool{true, false} {
		onSim(t, func(w *world) {
			inner := &slowInner{w: w, version: 1}
			s, err := filedTwoLevel(inner, strategies.TwoLevelConfig{Coalesce: &coalesce, Runtime: w.runtime()})
			if err != nil {
				t.Fatal(err)
			}
			expect := func(version uint64, took time.Duration) {
				t.Helper()
				begun := w.elapsed()
				r, _ := s.Get(background, "k")
				if r.Version != version || w.elapsed()-begun != took {
					t.Errorf("version %d after %v, want %d after %v", r.Version, w.elapsed()-begun, version, took)
				}
			}
			w.Go("before", func() { expect(1, 10*time.Millisecond) })
			w.sleep(5 * time.Millisecond)
			inner.version = 2
			if err := s.Invalidate(background, "k", 2); err != nil {
				t.Error(err)
			}
			w.Go("after", func() { expect(2, 10*time.Millisecond) })
			w.sleep(7 * time.Millisecond) // the first has ended
			if coalesce {
				expect(2, 3*time.Millisecond)
			} else {
				expect(2, 10*time.Millisecond)
			}
			expect(2, 0) // from the copy
		})
	}
}

// A box keeps a copy for what is left of its value's max_age, or of the ttl where that is
// less, and none of a value that is older.
func TestTwoLevelMaxAge(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		const ms = time.Millisecond
		writer := newTwoLevel(t, w, newClient(w, "writer"), strategies.TwoLevelConfig{})
		outcomeIs(t, writer, "k", strategies.Computed)
		from := w.elapsed() // when the value was stored
		s := newTwoLevel(t, w, newClient(w, "box"), strategies.TwoLevelConfig{TTL: 200 * ms, MaxAge: 500 * ms})
		reads := func() int64 { outcomeIs(t, s, "k", strategies.FreshHit); return s.Stats().L1Misses }
		for _, step := range []struct {
			age  time.Duration
			want int64 // reads of the shared cache so far
		}{
			{0, 1}, {150 * ms, 1}, {250 * ms, 2}, // the ttl
			{400 * ms, 2}, {480 * ms, 3}, // it would live to 680
			{550 * ms, 4}, {560 * ms, 5}, // too old to be kept
		} {
			w.sleep(from + step.age - w.elapsed())
			if got := reads(); got != step.want {
				t.Errorf("at the age of %v it has read %d times, want %d", step.age, got, step.want)
			}
		}
	})
}
