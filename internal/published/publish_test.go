package published

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// versions is an origin whose key has one more version at every load, the first of which
// takes long.
type versions struct {
	sim   *sim.Sim
	loads int
	keys  []string
}

func (o *versions) Load(ctx context.Context, key string) (strategies.Value, error) {
	o.loads++
	o.keys = append(o.keys, key)
	v := strategies.Value{Data: []byte(key), Version: uint64(o.loads)}
	takes := time.Second
	if v.Version == 1 {
		takes = time.Minute
	}
	return v, o.sim.Sleep(ctx, takes)
}

// memory is a store that knows no versions.
type memory map[string]strategies.Entry

func (m memory) Get(_ context.Context, key string) (strategies.Entry, bool, error) {
	e, ok := m[key]
	return e, ok, nil
}
func (m memory) Set(_ context.Context, key string, e strategies.Entry, _ time.Duration) error {
	m[key] = e
	return nil
}
func (m memory) Delete(_ context.Context, key string) error { delete(m, key); return nil }

// Nothing collapses, the bound holds, several jobs of a key are at work at once, and the
// one that ends last wins although it is the oldest.
func TestEverySaveIsAJob(t *testing.T) {
	s := sim.New()
	origin, store := &versions{sim: s}, memory{}
	p, err := NewPublisher(store, origin, publish.Config{Queue: 3, Runtime: strategies.Runtime{Clock: s}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Reader(store, origin)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Run(func() {
		dropped := 0
		for range 4 {
			if r.Invalidate(t.Context(), "page", 7) != nil {
				dropped++
			}
		}
		if dropped != 1 {
			t.Errorf("%d saves are dropped, and 3 have a place", dropped)
		}
		_ = s.Sleep(t.Context(), 10*time.Second)
		if store["page"].Version != 3 {
			t.Errorf("version %d is stored while the first job is at work", store["page"].Version)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(store) != 1 || store["page"].Version != 1 {
		t.Errorf("stored is %v: the oldest job ended last", store)
	}
	if n := p.Stats(); n.Jobs != 3 || n.Dropped != 1 || n.Collapsed != 0 || n.Outdated != 0 || n.Pending != 0 {
		t.Errorf("%+v", n)
	}
	for _, key := range origin.keys {
		if key != "page" {
			t.Errorf("the origin is asked for %q", key)
		}
	}
}

func TestReadersComputeWhatTheyMiss(t *testing.T) {
	var bad *strategies.ConfigError
	if _, err := NewPublisher(memory{}, &versions{}, publish.Config{OnMiss: publish.FailOnMiss}); !errors.As(err, &bad) || bad.Field != "on_miss" {
		t.Errorf("on_miss: fail is let pass: %v", err)
	}
}
