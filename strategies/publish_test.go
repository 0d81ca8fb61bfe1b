package strategies_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// newPublisher makes a publisher and one reader.
func newPublisher(t testing.TB, w *world, plain bool, cfg publish.Config) (*publish.Publisher, *publish.Reader) {
	t.Helper()
	cfg.Runtime = w.runtime()
	var store strategies.Store = newClient(w, "publisher")
	if plain {
		store = plainStore{store}
	}
	p, err := publish.NewPublisher(store, w.origin, asInFiles(cfg))
	if err != nil {
		t.Fatal(err)
	}
	return p, readerOf(t, w, p)
}

func readerOf(t testing.TB, w *world, p *publish.Publisher) *publish.Reader {
	t.Helper()
	r, err := p.Reader(newClient(w, "box"), w.origin)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Random writes of random keys with failing and slow loads: in the end every
// key has its last version, no version was ever followed by an older one, and no
// more loads ran at once than there are workers, nor two of one key.
func TestPublisherEndsWithTheLastVersion(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprintf("plain=%v", plain), func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) {
				w.server.sets = map[string][]uint64{}
				dice := w.rand()
				w.origin.act = func(string, int) (time.Duration, error) {
					if dice.IntN(10) == 0 {
						return 10 * time.Millisecond, []error{errOrigin, errPanic}[dice.IntN(2)]
					}
					return time.Duration(dice.IntN(200)) * time.Millisecond, nil
				}
				p, reader := newPublisher(t, w, plain, publish.Config{Workers: 5, Attempts: 100})
				writes := w.rand()
				for range 500 {
					key := fmt.Sprint(writes.IntN(12))
					if err := reader.Invalidate(background, key, w.origin.write(key)); err != nil {
						t.Error(err)
					}
					w.sleep(time.Duration(writes.IntN(20)) * time.Millisecond)
				}
				w.sleep(10 * time.Minute)
				w.server.mu.Lock()
				defer w.server.mu.Unlock()
				w.origin.mu.Lock()
				defer w.origin.mu.Unlock()
				for key, versions := range w.server.sets {
					if !slices.IsSorted(versions) {
						t.Errorf("versions of %s as stored: %v", key, versions)
					}
					if got, want := versions[len(versions)-1], w.origin.versions[key]+1; got != want {
						t.Errorf("%s ends at version %d of %d", key, got, want)
					}
				}
				if len(w.server.sets) != 12 {
					t.Errorf("%d keys are published", len(w.server.sets))
				}
				stats := p.Stats()
				if stats.Pending != 0 || stats.Jobs+stats.Collapsed != 500 || stats.Retried == 0 || stats.Failed != 0 || w.origin.herd != 1 {
					t.Errorf("%+v, herd %d", stats, w.origin.herd)
				}
				if p.Age(w.Now()) != 0 {
					t.Errorf("age %v of an empty queue", p.Age(w.Now()))
				}
			})
		})
	}
}

func TestPublisherWorkersAndQueue(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		w.origin.takes = time.Second
		p, _ := newPublisher(t, w, false, publish.Config{Workers: 2, Queue: 4})
		accepted := 0
		for i := range 10 {
			if p.Enqueue(fmt.Sprint(i), 1) {
				accepted++
			}
			w.sleep(time.Millisecond) // two get to work
		}
		if stats := p.Stats(); accepted != 6 || stats.Dropped != 4 || stats.Jobs != 6 || stats.Pending != 4 {
			t.Errorf("%d accepted, %+v", accepted, stats)
		}
		w.sleep(500 * time.Millisecond)
		if age := p.Age(w.Now()); age < 500*time.Millisecond || age > 520*time.Millisecond {
			t.Errorf("age %v", age)
		}
		w.sleep(5 * time.Second)
		if got := w.origin.count(); got != 6 {
			t.Errorf("%d loads", got)
		}
		if stats := p.Stats(); stats.AgeMax < 2*time.Second-20*time.Millisecond || stats.AgeMax > 2*time.Second+20*time.Millisecond {
			t.Errorf("the longest wait was %v", stats.AgeMax)
		}
	})
}

// A job that keeps failing is tried as often as it may be, ever more rarely.
func TestPublisherGivesUp(t *testing.T) {
	onSim(t, func(w *world) {
		var at []time.Duration
		w.origin.act = func(string, int) (time.Duration, error) {
			at = append(at, w.elapsed())
			return 0, errOrigin
		}
		p, _ := newPublisher(t, w, false, publish.Config{Attempts: 4, Backoff: time.Second})
		p.Enqueue("k", 1)
		w.sleep(time.Minute)
		want := []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}
		if stats := p.Stats(); !slices.Equal(at, want) || stats.Failed != 1 || stats.Retried != 3 || stats.Pending != 0 {
			t.Errorf("attempts at %v, want %v; %+v", at, want, stats)
		}
	})
}

// laggingOrigin is a read replica: it answers with an older version for a while.
type laggingOrigin struct {
	*origin
	until time.Duration
}

func (l laggingOrigin) Load(ctx context.Context, key string) (strategies.Value, error) {
	v, err := l.origin.Load(ctx, key)
	if l.world.elapsed() < l.until {
		v = strategies.Value{Data: []byte(key + " v1"), Version: 1}
	}
	return v, err
}

// A job that loads before the write is visible is done again.
func TestPublisherAheadOfTheReplica(t *testing.T) {
	onSim(t, func(w *world) {
		p, err := publish.NewPublisher(newClient(w, "publisher"), laggingOrigin{w.origin, 3 * time.Second},
			publish.Config{Attempts: 10, Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		p.Enqueue("k", w.origin.write("k"))
		w.sleep(time.Second / 2)
		reader := readerOf(t, w, p)
		if r := outcomeIs(t, reader, "k", strategies.FreshHit); r.Version != 1 {
			t.Errorf("version %d", r.Version)
		}
		w.sleep(10 * time.Second)
		if r := outcomeIs(t, reader, "k", strategies.FreshHit); r.Version != 2 {
			t.Errorf("version %d", r.Version)
		}
		if stats := p.Stats(); stats.Outdated != 2 || stats.Retried != 2 {
			t.Errorf("%+v", stats)
		}
	})
}

func TestWarm(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		w.origin.takes = time.Second
		w.origin.act = func(key string, n int) (time.Duration, error) {
			if key == "13" {
				return time.Second, errOrigin
			}
			return time.Second, nil
		}
		var keys []string
		for i := range 40 {
			keys = append(keys, fmt.Sprint(i))
		}
		p, reader := newPublisher(t, w, false, publish.Config{Workers: 8})
		if err := p.Warm(background, slices.Values(keys)); err != nil {
			t.Fatal(err)
		}
		if took := w.elapsed(); took < 5*time.Second || took > 5*time.Second+20*time.Millisecond {
			t.Errorf("40 loads of 1 s by 8 workers took %v", took)
		}
		for _, key := range keys {
			if key != "13" {
				outcomeIs(t, reader, key, strategies.FreshHit)
			}
		}
		if got := p.Stats(); got.Failed != 1 || p.Loads().LoadErrors != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestWarmIsCancelled(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		w.origin.takes = time.Second
		ctx, cancel := w.cancellable(background)
		w.Go("cancel", func() { w.sleep(2500 * time.Millisecond); cancel() })
		p, _ := newPublisher(t, w, false, publish.Config{Workers: 2})
		keys := func(yield func(string) bool) {
			for i := 0; yield(fmt.Sprint(i)); i++ {
			}
		}
		if err := p.Warm(ctx, keys); err != context.Canceled {
			t.Errorf("error %v", err)
		}
		if got := w.origin.count(); got != 6 {
			t.Errorf("%d loads, want those begun before and no more", got)
		}
	})
}

// A result that is older than what is stored is not stored, whether it is the
// store that compares or the publisher.
func TestPublisherLeavesNewerValues(t *testing.T) {
	for _, plain := range []bool{false, true} {
		onSim(t, func(w *world) {
			p, reader := newPublisher(t, w, plain, publish.Config{})
			newer := strategies.Entry{Value: strategies.Value{Data: []byte("k v9"), Version: 9}, Stored: strategies.At(w.Now())}
			if err := newClient(w, "other").Set(background, "k", newer, 0); err != nil {
				t.Fatal(err)
			}
			p.Enqueue("k", 1)
			w.sleep(time.Second)
			if r := outcomeIs(t, reader, "k", strategies.FreshHit); r.Version != 9 || p.Stats().Outdated != 1 || p.Loads().Loads != 1 {
				t.Errorf("plain %v: version %d, %+v", plain, r.Version, p.Stats())
			}
		})
	}
}
