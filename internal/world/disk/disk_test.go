package disk_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/filebased"
)

var ctx = context.Background()

// freeDisk is a disk on which nothing takes time.
func freeDisk(s *sim.Sim, cull string, most int) (*disk.Disk, *disk.Client) {
	d := disk.New(s, disk.Config{Cull: cull, MaxEntries: most, CullFrequency: 3}, nil, func(string) int { return 1000 }, rand.New(rand.NewPCG(7, 7)))
	return d, d.Client(nil, "")
}

// The same writes, reads, deletes and timers leave the same entries on a real disk
// and on the modelled one, whichever way they are culled.
func TestDiskDiesAsTheRealOne(t *testing.T) {
	for _, cull := range []string{"published", "random", "amortised", "manual", "exact"} {
		t.Run(cull, func(t *testing.T) {
			s := sim.New()
			real, err := filebased.New(t.TempDir(), filebased.Config{Cull: filebased.CullMode(cull), MaxEntries: 60, Now: s.Now, Rand: rand.New(rand.NewPCG(7, 7))})
			if err != nil {
				t.Fatal(err)
			}
			modelled, model := freeDisk(s, cull, 60)
			dice := rand.New(rand.NewPCG(1, 2))
			const keys = 150
			if err := s.Run(func() {
				for step := range 300 {
					key := fmt.Sprint("key ", dice.IntN(keys))
					switch dice.IntN(20) {
					case 0:
						_, _ = real.Delete(ctx, key), model.Delete(ctx, key)
					default:
						ttl := time.Duration(dice.IntN(200)) * time.Second // 0 is for ever
						_, _ = real.Set(ctx, key, strategies.Entry{}, ttl), model.Set(ctx, key, strategies.Entry{}, ttl)
					}
					if step%70 == 60 {
						_, _ = real.ForceCull(ctx)
						_ = modelled.ForceCull(ctx)
					}
					_ = s.Sleep(ctx, time.Second)
					if r, m := real.Stats(), modelled.Stats(); r.Culls != m.Culls || r.Culled != m.Culled {
						t.Fatalf("step %d: %d culls of %d entries, and in the model %d of %d", step, r.Culls, r.Culled, m.Culls, m.Culled)
					}
					if step%60 != 59 {
						continue
					}
					for i := range keys {
						key := fmt.Sprint("key ", i)
						_, r, _ := real.Get(ctx, key)
						_, m, _ := model.Get(ctx, key)
						if r != m {
							t.Errorf("step %d: %q is there: %v, and in the model: %v", step, key, r, m)
						}
					}
				}
			}); err != nil {
				t.Fatal(err)
			}
			n, _, err := real.Usage()
			if got := modelled.Stats(); err != nil || got.Entries != int64(n) || got.Culls < 3 {
				t.Errorf("%d entries, %v, and in the model %d after %d culls", n, err, got.Entries, got.Culls)
			}
		})
	}
}

// A cull of 300 entries removes 100.7 on average: the entries are in 177 of the
// 256 top-level directories, and of those one in three goes, rounded up.
func TestDiskSawTooth(t *testing.T) {
	s := sim.New()
	modelled, model := freeDisk(s, "published", 300)
	if err := s.Run(func() {
		for i := 0; modelled.Stats().Culls < 1000; i++ {
			if err := model.Set(ctx, fmt.Sprint(i), strategies.Entry{}, 0); err != nil {
				t.Fatal(err)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	got := modelled.Stats()
	if mean := float64(got.Culled) / float64(got.Culls); math.Abs(mean-100.7) > 0.5 || got.EntriesPeak != 300 {
		t.Errorf("%.2f entries removed by a cull, at most %d there; want 100.7 and 300", mean, got.EntriesPeak)
	}
}

// What a program still does after a crash of its box neither reads nor writes, a
// write included that was under way.
func TestKilledClient(t *testing.T) {
	s := sim.New()
	d := disk.New(s, disk.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3, Read: time.Second, Write: time.Second}, nil, func(string) int { return 1000 }, rand.New(rand.NewPCG(7, 7)))
	old, next := d.Client(nil, "a:"), d.Client(nil, "a:")
	if err := s.Run(func() {
		_ = old.Set(ctx, "kept", strategies.Entry{}, 0)
		s.Go("write", func() {
			if err := old.Set(ctx, "lost", strategies.Entry{}, 0); !errors.Is(err, disk.ErrCut) {
				t.Errorf("a write over the crash: %v", err)
			}
		})
		_ = s.Sleep(ctx, time.Second/2)
		old.Kill()
		if _, _, err := old.Get(ctx, "kept"); !errors.Is(err, disk.ErrCut) {
			t.Errorf("a read after the crash: %v", err)
		}
		_ = s.Sleep(ctx, time.Second)
		_, kept, _ := next.Get(ctx, "kept")
		_, lost, _ := next.Get(ctx, "lost")
		if !kept || lost || d.Entries() != 1 {
			t.Errorf("kept %v, lost %v, %d entries; want the first alone", kept, lost, d.Entries())
		}
		if d.Wipe(); d.Entries() != 0 {
			t.Errorf("%d entries on a new disk", d.Entries())
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// Sizes are those of the files: key and prefix, value, and 48 bytes; of entries that
// were there before the run, what their values are said to be.
func TestBytes(t *testing.T) {
	s := sim.New()
	d := disk.New(s, disk.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3, Entries: 2}, nil, func(string) int { return 1000 }, rand.New(rand.NewPCG(7, 7)))
	if err := s.Run(func() {
		_ = d.Client(nil, "a:").Set(ctx, "key", strategies.Entry{Value: strategies.Value{Data: make([]byte, 500)}}, 0)
	}); err != nil {
		t.Fatal(err)
	}
	if got, want := d.Stats().Bytes, int64(2*(48+len(disk.FilledKey(0))+1000)+48+len("a:key")+500); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}
