package cached

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// manyGetter is a store that reads several keys in one round trip.
type manyGetter interface {
	// GetMany returns the entries of those keys that have one.
	GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error)
}

// batch is a GetMany: what was read for it, and what is loaded for it.
type batch[A comparable, V any] struct {
	found   map[string]strategies.Entry // by key, as it was read
	missing []A                         // what the function is to be called for, in the caller's order
	keys    []string                    // of missing

	mu     sync.Mutex
	looked map[string]bool // keys that were read, until the strategy takes what was found
	call   batchCall[A, V]
}

// batchCall is the one call of the function for a batch.
type batchCall[A comparable, V any] struct {
	ended clock.Event // nil until it is made
	begun strategies.Instant
	asked map[A]bool
	note  *note

	values map[A]V // these two are written before ended is set
	err    error
}

// prefetch reads all keys at once. A store that cannot, or fails, is asked by the strategy,
// key by key.
func (b *batch[A, V]) prefetch(ctx context.Context, f *Func[A, V], args []A, keys []string, o Option) {
	// What the strategy wrote it reads again in the same form: an envelope is the store's
	// business, and its bounds the strategy's.
	many, ok := f.store.(manyGetter)
	if !ok || o.bypass || len(keys) == 0 {
		return
	}
	// A failure is not answered here: the strategy meets it again, key by key, and knows
	// what is to be done then.
	found, err := many.GetMany(ctx, keys)
	if err != nil {
		return
	}
	b.found = found
	for i, key := range keys {
		b.looked[key] = true
		if _, ok := found[key]; (!ok || o.refresh) && !f.loading.is(key) {
			b.missing, b.keys = append(b.missing, args[i]), append(b.keys, key)
		}
	}
}

// take is the entry that was read for key. The first look of the strategy takes it; its
// second, such as that of a lock's owner, is one into the store.
func (b *batch[A, V]) take(key string) (e strategies.Entry, found, looked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.looked[key] {
		return e, false, false
	}
	delete(b.looked, key)
	e, found = b.found[key]
	return e, found, true
}

// atOnce is how many keys of a batch are answered at once: each that is missing has to be
// locked and stored.
const atOnce = 16

// getEach gets each of args and enters it in got. A panic of the function goes on here.
func (b *batch[A, V]) getEach(ctx context.Context, f *Func[A, V], args []A, keys []string, variant string, o Option, got map[A]V) []error {
	var mu sync.Mutex
	var errs []error
	var panicked any
	var next, ended atomic.Int64
	workers := min(atOnce, len(args))
	if workers == 0 {
		return nil
	}
	done := f.clock.NewEvent("the last of a batch")
	// A panic in a process of its own would end the program, where the caller's server
	// would have caught it.
	one := func(i int) {
		defer func() {
			if v := recover(); v != nil {
				mu.Lock()
				panicked = v
				mu.Unlock()
			}
		}()
		begun := f.clock.Now()
		r, a, err := f.get(ctx, arguments[A]{args[i], variant}, keys[i], o, b)
		a.Key, a.Took = keys[i], f.clock.Now().Sub(begun)
		f.tell.answered(ctx, a, err)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case errors.Is(err, ErrNotFound), err == nil && r.none:
		case err != nil:
			errs = append(errs, fmt.Errorf("%v: %w", args[i], err))
		default:
			got[args[i]] = r.value
		}
	}
	for range workers {
		f.clock.Go("get one of a batch", func() {
			defer func() { // also where the function ends its goroutine
				if ended.Add(1) == int64(workers) {
					done.Set()
				}
			}()
			for i := int(next.Add(1)) - 1; i < len(args); i = int(next.Add(1)) - 1 {
				one(i)
			}
		})
	}
	// Without ctx: each of them leaves with ctx by itself, and until the last has left they
	// write to got.
	_ = done.Wait(context.Background(), clock.Forever)
	if panicked != nil {
		panic(panicked)
	}
	return errs
}

// load is the result for args, by a call of the function for all that the batch misses. The
// first who needs one makes it, and the others wait.
func (b *batch[A, V]) load(ctx context.Context, f *Func[A, V], id arguments[A]) (r result[V], n *note, begun strategies.Instant, err error) {
	b.mu.Lock()
	call := &b.call
	first := call.ended == nil
	if first {
		*call = batchCall[A, V]{ended: f.clock.NewEvent(strategies.AnothersCall), begun: strategies.At(f.clock.Now()), note: new(note), asked: make(map[A]bool)}
		for _, a := range b.missing {
			call.asked[a] = true
		}
	}
	b.mu.Unlock()
	// The strategy has the lock of one key while it waits for the call that is for all of
	// them. Nobody waits for a lock in that call, so that two batches cannot wait for each
	// other.
	if first && len(b.missing) > 0 {
		b.callOnce(ctx, f)
	}
	if !call.asked[id.args] { // it was there when the batch looked, and has come to its end since
		n, begun = new(note), strategies.At(f.clock.Now())
		r, err = f.call(context.WithValue(ctx, noteKey{}, n), id)
		return r, n, begun, err
	}
	if err := call.ended.Wait(ctx, clock.Forever); err != nil {
		return r, nil, begun, err
	}
	v, ok := call.values[id.args]
	return result[V]{value: v, none: !ok}, call.note, call.begun, call.err
}

// callOnce calls the function for all that the batch misses. Those who wait are let go
// however it ends.
func (b *batch[A, V]) callOnce(ctx context.Context, f *Func[A, V]) {
	call := &b.call
	call.err = errEnded // unless it returns
	f.loading.callFor(b.keys, 1)
	defer func() {
		f.loading.callFor(b.keys, -1)
		call.ended.Set()
	}()
	call.values, call.err = f.callMany(context.WithValue(ctx, noteKey{}, call.note), b.missing)
}
