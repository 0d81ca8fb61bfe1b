package cached_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/cached"
	"github.com/herdlab/herdlab/strategies/stores/memory"
)

// counting is a store that counts its round trips.
type counting struct {
	*memory.Store
	gets, many atomic.Int64
}

func (c *counting) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	if !strings.Contains(key, "::") { // the marks of purges
		c.gets.Add(1)
	}
	return c.Store.Get(ctx, key)
}

func (c *counting) GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error) {
	c.many.Add(1)
	return c.Store.GetMany(ctx, keys)
}

// A thousand who miss one key together cost one load and a handful of round trips.
func TestStorm(t *testing.T) {
	store := &counting{Store: memory.New(memory.Config{})}
	var loads, operations atomic.Int64
	all := make(chan struct{})
	f, err := cached.New(store, "user", func(context.Context, int) (user, error) {
		loads.Add(1)
		<-all // until everybody has come
		return user{ID: 7}, nil
	}, cached.Options{Local: time.Minute, Hooks: cached.Hooks{Stored: func(context.Context, cached.Operation) { operations.Add(1) }}})
	if err != nil {
		t.Fatal(err)
	}
	var come, left sync.WaitGroup
	for range 1000 {
		come.Add(1)
		left.Go(func() {
			come.Done()
			if u, err := f.Get(background, 7); err != nil || u.ID != 7 {
				t.Error(u, err)
			}
		})
	}
	come.Wait()
	close(all)
	left.Wait()
	if loads.Load() != 1 || operations.Load() > 10 {
		t.Errorf("%d loads and %d operations of the store", loads.Load(), operations.Load())
	}
}

// One round trip for what is there, one call for what is missing.
func TestGetMany(t *testing.T) {
	store := &counting{Store: memory.New(memory.Config{})}
	var mu sync.Mutex
	var calls [][]int
	f, err := cached.NewMany(store, "user", func(_ context.Context, ids []int) (map[int]user, error) {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, ids)
		found := make(map[int]user)
		for _, id := range ids {
			if id != 13 {
				found[id] = user{ID: id}
			}
		}
		return found, nil
	}, cached.Options{NotFound: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	check := func(ids []int, want int) {
		t.Helper()
		got, err := f.GetMany(background, ids)
		if err != nil || len(got) != want {
			t.Errorf("%d results, %v, want %d", len(got), err, want)
		}
		for id, u := range got {
			if u.ID != id {
				t.Errorf("%d is %+v", id, u)
			}
		}
	}
	ids := []int{11, 12, 13, 14, 15}
	check(ids[:2], 2)
	check(ids, 4)
	if want := [][]int{{11, 12}, {13, 14, 15}}; !slices.EqualFunc(calls, want, slices.Equal) {
		t.Errorf("the function is called for %v, want %v", calls, want)
	}
	store.gets.Store(0)
	store.many.Store(0)
	check(ids, 4)
	if len(calls) != 2 || store.many.Load() != 1 || store.gets.Load() != 0 {
		t.Errorf("%d calls, %d batches and %d single reads for what is there", len(calls), store.many.Load(), store.gets.Load())
	}
	check(nil, 0)
}

// A key that another loads already is not loaded by a batch as well.
func TestGetManyJoinsLoads(t *testing.T) {
	var calls atomic.Int64
	begun, go_on := make(chan struct{}), make(chan struct{})
	f, err := cached.NewMany(memory.New(memory.Config{}), "user", func(_ context.Context, ids []int) (map[int]user, error) {
		if calls.Add(1) == 1 {
			close(begun)
			<-go_on
		} else if slices.Contains(ids, 1) {
			t.Error("1 is loaded twice")
		}
		found := make(map[int]user)
		for _, id := range ids {
			found[id] = user{ID: id}
		}
		return found, nil
	}, cached.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() { _, _ = f.Get(background, 1) })
	<-begun
	all.Go(func() {
		if got, err := f.GetMany(background, []int{1, 2, 3}); err != nil || len(got) != 3 {
			t.Error(got, err)
		}
	})
	for calls.Load() < 2 { // the batch has called for the rest
		time.Sleep(time.Millisecond)
	}
	close(go_on)
	all.Wait()
}

func TestGetManyPanics(t *testing.T) {
	f, err := cached.NewMany(memory.New(memory.Config{}), "user", func(context.Context, []int) (map[int]user, error) { panic("oh") }, cached.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if v := recover(); v == nil {
			t.Error("the panic is lost")
		}
	}()
	_, _ = f.GetMany(background, []int{1, 2, 3})
}
