package strategies_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// What no caller is told of is told to Failed.
func TestFailuresAreHeard(t *testing.T) {
	onSim(t, func(w *world) {
		var heard []string
		rt := w.runtime()
		rt.Failed = func(key string, err error) { heard = append(heard, key+": "+err.Error()) }
		c := newClient(w, "box")
		s, err := filedSWR(c, c, w.origin, strategies.SWRConfig{Fresh: 10 * time.Second, Runtime: rt})
		if err != nil {
			t.Fatal(err)
		}
		outcomeIs(t, s, "k", strategies.Computed)
		for _, how := range []error{errOrigin, errPanic} {
			w.origin.act = func(string, int) (time.Duration, error) { return 0, how }
			w.sleep(10 * time.Second)
			outcomeIs(t, s, "k", strategies.StaleHit)
			w.sleep(time.Second)
		}
		w.sleep(10 * time.Second)
		w.origin.act = nil
		w.server.fault = func(op string) error {
			if op == "set" || op == "unlock" {
				return errCache
			}
			return nil
		}
		outcomeIs(t, s, "k", strategies.StaleHit)
		w.sleep(time.Second)
		want := []string{
			`k: load "k": the database is away`,
			`k: the load panicked: a bug in the loader`,
			`k: cache set "k": the cache is away`,
			`k: cache unlock "k": the cache is away`,
		}
		if !slices.Equal(heard, want) {
			t.Errorf("heard %q,\nwant %q", heard, want)
		}
	})
}

// Nothing but a store and a loader is needed, and on the wall clock.
func TestZeroConfigurations(t *testing.T) {
	store := &still{entry: strategies.Entry{Value: strategies.Value{Data: []byte("k v")}, Stored: strategies.At(time.Now())}}
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return []byte("k v"), nil })
	parts := catalog.Parts{Store: store, Locker: store, Loader: load}
	for _, k := range catalog.All() {
		fleet, err := catalog.Build(catalog.Choice{Kind: k.Name, Config: k.Config()}, parts)
		if err != nil {
			t.Fatal(err)
		}
		s, err := fleet.Box(parts)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(background, "k"); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
}

// A part that is missing, or a setting out of range, is named by every
// constructor.
func TestConstructorsNameWhatIsWrong(t *testing.T) {
	store := &still{}
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return nil, nil })
	for want, err := range map[string]error{
		`setting "store": is nil`:     second(filedNaive(nil, load, strategies.NaiveConfig{})),
		`setting "loader": is nil`:    second(filedMutex(store, store, nil, strategies.MutexConfig{})),
		`setting "locker": is nil`:    second(filedMutex(store, nil, load, strategies.MutexConfig{})),
		`setting "over": is nil`:      second(filedTwoLevel(nil, strategies.TwoLevelConfig{})),
		`setting "copies": is -1`:     second(strategies.NewSmear(strategies.Strategy((*strategies.Naive)(nil)), strategies.SmearConfig{Copies: -1})),
		`setting "ttl": is -1ns`:      second(publish.NewPublisher(store, load, publish.Config{TTL: -1})),
		`setting "fresh": is 48h0m0s`: second(filedSWR(store, store, load, strategies.SWRConfig{Fresh: 48 * time.Hour})),
		`setting "extend": is on`:     second(filedSWR(store, store, load, strategies.SWRConfig{Locking: strategies.Locking{Extend: true}})),
	} {
		var bad *strategies.ConfigError
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// A write that finds the queue full says so, as does one that cannot delete.
func TestFailedInvalidations(t *testing.T) {
	onSim(t, func(w *world) {
		p, reader := newPublisher(t, w, false, publish.Config{Workers: 1, Queue: 1})
		w.origin.takes = time.Second
		var err error
		for i := range 3 {
			err = reader.Invalidate(background, fmt.Sprint(i), 1)
			w.sleep(time.Millisecond)
		}
		if err == nil || p.Stats().Dropped != 1 {
			t.Errorf("error %v, %+v", err, p.Stats())
		}
		w.server.fault = func(string) error { return errCache }
		m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{})
		var store *strategies.StoreError
		if err := m.Invalidate(background, "k", 1); !errors.As(err, &store) || store.Op != "delete" {
			t.Errorf("error %v", err)
		}
		lazy := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{Writes: strategies.Writes{OnWrite: "none"}})
		if err := lazy.Invalidate(background, "k", 1); err != nil {
			t.Errorf("a write that deletes nothing fails: %v", err)
		}
	})
}
