package disk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

func value(data string) strategies.Entry {
	return strategies.Entry{Value: strategies.Value{Data: []byte(data)}, Stored: strategies.At(time.Now())}
}

func newDisk(t *testing.T, cfg model.Config) *Disk {
	t.Helper()
	d, err := New(t.Context(), cfg, world.NewBox(clock.NewWall(), world.FleetConfig{}), t.TempDir(), func(string) int { return 10 })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What every operation did is counted, also when many go on at once, and the end of
// a run adds what is there.
func TestCounts(t *testing.T) {
	d := newDisk(t, model.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3, Entries: 5})
	c := d.Client(nil, "p:")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			key := fmt.Sprint("key ", i)
			if err := c.Set(t.Context(), key, value("0123456789"), time.Hour); err != nil {
				t.Error(err)
			}
			if e, ok, err := c.Get(t.Context(), key); !ok || err != nil || len(e.Data) != 10 {
				t.Errorf("%s: %v, %v, %d bytes", key, ok, err, len(e.Data))
			}
			if i%2 == 0 {
				if err := c.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	d.Settle()
	got, err := d.Stats()
	if err != nil || got.Gets != 20 || got.Sets != 20 || got.Deletes != 10 || got.BytesOut != 200 || got.Errors != 0 {
		t.Errorf("counted %+v, %v", got, err)
	}
	if got.Entries != 15 || got.EntriesPeak < 15 || got.EntriesPeak > 25 || got.Bytes < 15*10 {
		t.Errorf("at the end there are %d entries of %d bytes, and %d at most", got.Entries, got.Bytes, got.EntriesPeak)
	}
}

// A program that was killed reaches nothing; the next one finds what it wrote, and a
// new disk has nothing.
func TestCrashAndLoss(t *testing.T) {
	d := newDisk(t, model.Config{Cull: "manual", MaxEntries: -1, CullFrequency: 3})
	old := d.Client(nil, "")
	if err := old.Set(t.Context(), "k", value("v"), time.Hour); err != nil {
		t.Fatal(err)
	}
	old.Kill()
	if err := old.Set(t.Context(), "k", value("w"), time.Hour); !errors.Is(err, errCut) {
		t.Errorf("a killed program writes: %v", err)
	}
	if e, ok, err := d.Client(nil, "").Get(t.Context(), "k"); !ok || err != nil || string(e.Data) != "v" {
		t.Errorf("the next program finds %q, %v, %v", e.Data, ok, err)
	}
	if err := d.Wipe(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := d.Client(nil, "").Get(t.Context(), "k"); ok || err != nil {
		t.Errorf("a new disk has what the old one had: %v, %v", ok, err)
	}
}

// A timer that fires after the end of a run finds no disk to cull.
func TestNoCullAfterTheEnd(t *testing.T) {
	d := newDisk(t, model.Config{Cull: "manual", MaxEntries: 1, CullFrequency: 1, Entries: 5})
	if err := d.ForceCull(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.Settle()
	before, _ := d.Stats()
	if err := d.ForceCull(context.Background()); err != nil {
		t.Error(err)
	}
	if after, _ := d.Stats(); before.Culls != 1 || after.Culls != 1 || after.Entries != before.Entries {
		t.Errorf("%+v before, %+v after", before, after)
	}
}
